"""A rota as its planners see it: its seats, the open draft over them, and which seats a proposal must leave alone."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import bindparam, delete, exists, select

from app import db
from app.jobs.models import Task
from app.refusals import NotFound
from rota.store.draft_steps import STEP_COLUMNS, StepRow, with_last_steps
from rota.store.models import Assignment, ChangeReason, Draft, DraftChange, DraftState, Rota, Seat, Shift
from rota.store.planning_revision import PlanningRevision
from rota.store.seat_locks import SeatLock
from rota.store.seat_part_rows import SeatPart
from rota.store.seats import NO_SUCH_ROTA, SeatRow, query_of_seats, refuse_withdrawn


class DraftedSeat(NamedTuple):
    """What an open draft changes about one seat: a tuple, because pages read hundreds of them."""

    seat_id: int
    from_person_id: int | None
    """Who had it when the draft changed it."""
    to_person_id: int | None
    why: ChangeReason
    overrides: list[Any]
    override_words: str | None


_OF_DRAFT = [getattr(DraftChange, name) for name in DraftedSeat._fields]


@dataclass(frozen=True)
class DraftBoard:
    """A rota's seats with the open draft laid over what is published."""

    rota: Rota
    draft: Draft | None
    task: Task | None
    """The newest proposal for the draft."""
    seats: Sequence[SeatRow]
    changes: Mapping[int, DraftedSeat]
    locks: Mapping[int, int | None]
    """Who locked which seats; None for somebody whose account is gone."""
    revision: int
    """The planning revision when the board was read; 0 without a draft. A snapshot taken later may hold more."""
    steps: Sequence[StepRow]
    """What was done in the draft last, the newest first."""
    shared: frozenset[int] = frozenset()
    """The seats of which others took parts: who has one keeps it, or the parts would end."""

    def holder(self, seat: SeatRow) -> int | None:
        """Whose seat it is as the draft has it."""
        change = self.changes.get(seat.id)
        return seat.person_id if change is None else change.to_person_id

    def has_holder(self, seat: SeatRow) -> bool:
        """Whether somebody has it as the draft has it."""
        return self.holder(seat) is not None

    def is_overtaken(self, seat: SeatRow) -> bool:
        """Whether the published seat has passed to somebody else, or to nobody, since the draft changed it."""
        change = self.changes.get(seat.id)
        return change is not None and change.from_person_id != seat.person_id

    def is_settled(self, seat: SeatRow) -> bool:
        """Whether a proposal must leave it alone: locked, shared, taken as it is published, or by hand."""
        change = self.changes.get(seat.id)
        return self.stays(seat) or (
            self.holder(seat) is not None and (change is None or change.why != ChangeReason.PROPOSED)
        )

    def is_locked(self, seat: SeatRow) -> bool:
        """Whether a coordinator wants it to stay as it is."""
        return seat.id in self.locks

    def stays(self, seat: SeatRow) -> bool:
        """Whether what fills other seats leaves its holder where they are: it is locked, or others took parts of it."""
        return self.is_locked(seat) or (seat.id in self.shared and self.holder(seat) == seat.person_id)

    def is_by_hand(self, seat: SeatRow) -> bool:
        """Whether a coordinator decided in the draft who has the seat, or that nobody has."""
        change = self.changes.get(seat.id)
        return change is not None and change.why != ChangeReason.PROPOSED

    @property
    def mark(self) -> str:
        """A mark of the draft as a page shows it, so that its form says which draft it puts away."""
        changes = [(seat_id, self.changes[seat_id].to_person_id) for seat_id in sorted(self.changes)]
        return hashlib.sha256(repr((self.draft.id if self.draft else None, changes)).encode()).hexdigest()[:16]

    @property
    def people(self) -> set[int]:
        """Everybody who has a seat, as published or as drafted."""
        return self.people_on(self.seats)

    def people_on(self, seats: Iterable[SeatRow]) -> set[int]:
        """Everybody who has one of these seats, as published or as drafted."""
        people = {person_id for seat in seats for person_id in (seat.person_id, self.holder(seat))}
        return {person_id for person_id in people if person_id is not None}

    def seated_twice(self) -> set[tuple[int, int]]:
        """The people, each with a shift, who would have two seats in one duty on it."""
        held = Counter((self.holder(seat), seat.shift_id, seat.line_id) for seat in self.seats)
        return {(holder, shift_id) for (holder, shift_id, _), number in held.items() if holder and number > 1}


# Built once, because building them takes longer than answering the first.
_OF_ROTA = with_last_steps(
    select(Rota, Draft, Task, select(PlanningRevision.number).scalar_subquery(), *STEP_COLUMNS)
    .outerjoin(Draft, (Draft.rota_id == Rota.id) & (Draft.state == DraftState.OPEN))
    .outerjoin(Task, Task.id == Draft.task_id)
    .where(Rota.id == bindparam("rota_id"))
)
_IS_SHARED = exists().where(SeatPart.assignment_id == Assignment.id, SeatPart.ended_at.is_(None))
_OF_BOARD = (
    query_of_seats()
    .where(Shift.withdrawn_at.is_(None), Shift.rota_id == bindparam("rota_id"))
    .outerjoin(Draft, (Draft.rota_id == Shift.rota_id) & (Draft.state == DraftState.OPEN))
    .outerjoin(DraftChange, (DraftChange.draft_id == Draft.id) & (DraftChange.seat_id == Seat.id))
    .outerjoin(SeatLock, SeatLock.seat_id == Seat.id)
    .add_columns(*_OF_DRAFT, SeatLock.seat_id, SeatLock.by_id, _IS_SHARED.label("is_shared"))
)


def draft_board(rota: Rota) -> DraftBoard:
    """A rota as its planners see it, in two queries."""
    return get_board(rota.id)


def get_board(rota_id: int) -> DraftBoard:
    """A rota as its planners see it, in two queries; refuses one that does not exist or was withdrawn."""
    rows = db.session.execute(_OF_ROTA, {"rota_id": rota_id}).all()
    if not rows:
        raise NotFound(NO_SUCH_ROTA)
    rota, draft, task, revision = rows[0][:4]
    refuse_withdrawn(rota)
    steps = [StepRow._make(row[4:]) for row in rows if row[4] is not None]
    of_draft = revision or 0 if draft is not None else 0
    seats, changes, locks, shared = _seats(rota_id)
    return DraftBoard(rota, draft, task, seats, changes, locks, of_draft, steps, shared)


def _seats(rota_id: int) -> tuple[list[SeatRow], dict[int, DraftedSeat], dict[int, int | None], frozenset[int]]:
    """Every seat of a rota; by seat id what its open draft changes and who locked it; of which others took parts."""
    of_seat = len(SeatRow._fields)
    of_draft_ends = of_seat + len(DraftedSeat._fields)
    seats, changes, locks, shared = [], {}, {}, []
    for row in map(tuple, db.rows(_OF_BOARD, {"rota_id": rota_id})):
        seats.append(SeatRow._make(row[:of_seat]))
        if row[of_seat] is not None:
            changes[row[0]] = DraftedSeat._make(row[of_seat:of_draft_ends])
        if row[-3] is not None:
            locks[row[0]] = row[-2]
        if row[-1]:
            shared.append(row[0])
    return seats, changes, locks, frozenset(shared)


def forget_changes(draft: Draft, seat_ids: Iterable[int]) -> None:
    """Have a draft say nothing more about these seats."""
    db.session.execute(
        delete(DraftChange).where(DraftChange.draft_id == draft.id, DraftChange.seat_id.in_(list(seat_ids)))
    )
