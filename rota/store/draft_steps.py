"""What was done in a draft, step by step, with how each seat was before and after, so that it can be undone.

A step is one thing that somebody did: one edit, one lock, one proposal that was kept. It is recorded by comparing the
draft before and after, so that no use case can forget a part of what it changes.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import CheckConstraint, ForeignKey, Select, delete, func, select
from sqlalchemy.orm import Mapped, aliased, mapped_column

from app import db
from app.people.models import Person
from rota.store.models import ChangeReason, Draft, DraftChange, DraftTakenOff
from rota.store.seat_locks import SeatLock

MOST_STEPS = 20  # that pages show

State = Mapping[str, Any]
"""How one seat is in a draft, as JSON: what the draft changes, its lock, and who was taken off it. None: nothing."""


class StepKind(StrEnum):
    """What somebody did."""

    ASSIGNED = "assigned"
    CLEARED = "cleared"
    LEFT_AS_PUBLISHED = "left-as-published"
    PROPOSED = "proposed"
    LOCKED = "locked"
    UNLOCKED = "unlocked"
    REVERSED = "reversed"


class DraftStep(db.Model):
    """One step, by whom, and whether it was undone."""

    __tablename__ = "draft_step"
    __table_args__ = (
        db.one_of("kind", StepKind),
        CheckConstraint("undone_by_id IS NULL OR undone_at IS NOT NULL", name="undone_at_a_time"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    draft_id: Mapped[int] = mapped_column(ForeignKey("draft.id", ondelete="CASCADE"), index=True)
    kind: Mapped[StepKind]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[datetime]
    undone_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    undone_at: Mapped[datetime | None]
    turned_at: Mapped[datetime]  # when it was last made, undone or made again


class DraftStepSeat(db.Model):
    """One seat that a step changed: how it was, and how it became."""

    __tablename__ = "draft_step_seat"

    step_id: Mapped[int] = mapped_column(ForeignKey("draft_step.id", ondelete="CASCADE"), primary_key=True)
    seat_id: Mapped[int] = mapped_column(ForeignKey("seat.id", ondelete="CASCADE"), primary_key=True)
    before: Mapped[dict[str, Any] | None]
    after: Mapped[dict[str, Any] | None]
    is_undone: Mapped[bool] = mapped_column(default=False)


class StepRow(NamedTuple):
    """A step as pages read it: with the names of who made and undid it, and of who got its seat if it has one alone."""

    step: DraftStep
    by: str | None
    undone_by: str | None
    seats: int
    seat_id: int
    given_to: str | None


_by, _undone_by = aliased(Person), aliased(Person)
_OF_STEP = DraftStepSeat.step_id == DraftStep.id
STEP_COLUMNS = (
    DraftStep,
    _by.display_name,
    _undone_by.display_name,
    select(func.count()).where(_OF_STEP).scalar_subquery(),
    select(func.min(DraftStepSeat.seat_id)).where(_OF_STEP).scalar_subquery(),
    select(func.min(Person.display_name))
    .join(DraftStepSeat, DraftStepSeat.after[("change", "to")].as_integer() == Person.id)
    .where(_OF_STEP)
    .scalar_subquery(),
)
"""The fields of `StepRow`, in their order, for a query that `with_last_steps` joined them to."""


def with_last_steps(query: Select[Any]) -> Select[Any]:
    """Join the newest steps of the draft to a query that has the draft."""
    newest = (
        select(DraftStep.id)
        .where(DraftStep.draft_id == Draft.id)
        .order_by(DraftStep.id.desc())
        .limit(MOST_STEPS)
        .correlate(Draft)
    )
    return (
        query.outerjoin(DraftStep, DraftStep.id.in_(newest))
        .outerjoin(_by, _by.id == DraftStep.by_id)
        .outerjoin(_undone_by, _undone_by.id == DraftStep.undone_by_id)
        .order_by(DraftStep.id.desc())
    )


@contextmanager
def recorded(
    draft: Draft, kind: StepKind, *, by: int | None, now: datetime, only: Collection[int] | None = None
) -> Iterator[None]:
    """Record as one step what the block changes in a draft. With `only`, the seats that it may change.

    A block that changes nothing leaves no step.
    """
    before = states_of(draft, only=only)
    yield
    db.session.flush()
    after = states_of(draft, only=only)
    changed = [seat_id for seat_id in {**before, **after} if before.get(seat_id) != after.get(seat_id)]
    if not changed:
        return
    step = DraftStep(draft_id=draft.id, kind=kind, by_id=by, made_at=now, turned_at=now)
    db.session.add(step)
    db.session.flush()
    db.session.add_all(
        DraftStepSeat(step_id=step.id, seat_id=seat_id, before=before.get(seat_id), after=after.get(seat_id))
        for seat_id in sorted(changed)
    )
    db.session.flush()


def states_of(draft: Draft, *, only: Collection[int] | None = None) -> dict[int, State]:
    """How the seats of a draft are that are changed, locked or left, by seat id, in three queries."""
    states: dict[int, dict[str, Any]] = {}
    change, lock, off = DraftChange.__table__.c, SeatLock.__table__.c, DraftTakenOff.__table__.c
    changes = select(*change).where(change.draft_id == draft.id)
    locks = select(*lock).where(lock.rota_id == draft.rota_id)
    left = select(off.seat_id, off.person_id).where(off.draft_id == draft.id).order_by(off.person_id)
    if only is not None:
        changes, locks, left = (
            changes.where(change.seat_id.in_(only)),
            locks.where(lock.seat_id.in_(only)),
            left.where(off.seat_id.in_(only)),
        )
    for row in db.session.execute(changes):
        states.setdefault(row.seat_id, {})["change"] = {
            "from": row.from_person_id,
            "to": row.to_person_id,
            "why": row.why,
            "overrides": row.overrides,
            "override_words": row.override_words,
            "by": row.by_id,
            "at": row.changed_at.isoformat(),
        }
    for row in db.session.execute(locks):
        states.setdefault(row.seat_id, {})["lock"] = {"by": row.by_id, "at": row.locked_at.isoformat()}
    for row in db.session.execute(left):
        states.setdefault(row.seat_id, {}).setdefault("left", []).append(row.person_id)
    return dict(states)


def put_states(draft: Draft, states: Mapping[int, State | None]) -> None:
    """Make these seats of a draft what a step remembers of them."""
    ids = list(states)
    for statement in (
        delete(DraftChange).where(DraftChange.draft_id == draft.id, DraftChange.seat_id.in_(ids)),
        delete(DraftTakenOff).where(DraftTakenOff.draft_id == draft.id, DraftTakenOff.seat_id.in_(ids)),
        delete(SeatLock).where(SeatLock.seat_id.in_(ids)),
    ):
        db.session.execute(statement.execution_options(synchronize_session=False))
    db.session.expire_all()
    for seat_id, state in states.items():
        if state is None:
            continue
        if change := state.get("change"):
            db.session.add(
                DraftChange(
                    draft_id=draft.id,
                    seat_id=seat_id,
                    from_person_id=change["from"],
                    to_person_id=change["to"],
                    why=ChangeReason(change["why"]),
                    overrides=change["overrides"],
                    override_words=change["override_words"],
                    by_id=change["by"],
                    changed_at=datetime.fromisoformat(change["at"]),
                )
            )
        if lock := state.get("lock"):
            at = datetime.fromisoformat(lock["at"])
            db.session.add(SeatLock(seat_id=seat_id, rota_id=draft.rota_id, by_id=lock["by"], locked_at=at))
        for person_id in state.get("left", ()):
            db.session.add(DraftTakenOff(draft_id=draft.id, seat_id=seat_id, person_id=person_id))
    db.session.flush()
