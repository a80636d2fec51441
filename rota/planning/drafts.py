"""The draft: a coordinator's changes on top of what is published, seen by nobody else until it comes out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, select

from app import audit, db
from app.people.directory import names_of
from app.refusals import Conflict, Invalid, NotFound
from rota.scheduling.rules.base import Breach
from rota.scheduling.rules.book import check_assignment
from rota.scheduling.rules.policy import Severity
from rota.store.assignments import SeatHolderChanged, lock_rota
from rota.store.models import ChangeReason, Draft, DraftChange, DraftState, Rota
from rota.store.seats import SeatRow
from rota.store.snapshot import DraftBoard, Snapshot, draft_board, take_snapshot

LONGEST_REASON = 500


class BreaksRules(Conflict):
    """A rule that nobody may set aside stands in the way."""


class SeatChangedInDraft(Conflict):
    """Somebody else changed this seat of the draft after the page was opened."""


class NeedsReason(Conflict):
    """A rule stands in the way that a coordinator may set aside, with a reason."""


@dataclass(frozen=True)
class Objections:
    """What giving one person one seat would break."""

    never: tuple[Breach, ...]
    with_reason: tuple[Breach, ...]

    @classmethod
    def of(cls, breaches: Sequence[Breach]) -> Objections:
        """Sort what the rules say by how strict each is; wishes stop nobody."""
        return cls(
            tuple(each for each in breaches if each.severity is Severity.HARD),
            tuple(each for each in breaches if each.severity is Severity.OVERRIDABLE),
        )


def open_draft(rota: Rota, *, by: int | None, now: datetime) -> Draft:
    """The rota's open draft, or a new one on the version that is published now; the rota stays locked."""
    rota = lock_rota(rota.id)
    draft = db.session.scalars(
        select(Draft)
        .where(Draft.rota_id == rota.id, Draft.state == DraftState.OPEN)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if draft is not None:
        return draft
    last = db.session.scalar(select(func.max(Draft.number)).where(Draft.rota_id == rota.id)) or 0
    draft = Draft(rota_id=rota.id, number=last + 1, base_version=rota.version, started_at=now, started_by_id=by)
    db.session.add(draft)
    db.session.flush()
    audit.record("rota.draft-started", by=by, subject=f"draft:{draft.id}", now=now, details={"rota": rota.id})
    return draft


def assign(
    rota: Rota, seat_id: int, person_id: int, *, by: int, now: datetime, reason: str = "", seen: int | None = None
) -> DraftBoard:
    """Give a seat to somebody in the draft.

    Refuses what breaks a hard rule, and asks a reason for setting aside any other. `seen` is who had the seat when
    the coordinator decided (0 for nobody): if that is no longer so, nothing is written over.
    """
    draft = open_draft(rota, by=by, now=now)
    board = draft_board(rota)
    seat = _seat_to_change(board, seat_id, now=now)
    if board.holder(seat) == person_id and not board.is_overtaken(seat):
        return board
    _still_as_seen(board, seat, seen)
    roster = take_snapshot(board, now=now, only=[person_id])
    fit = judge(roster, board, seat, person_id)
    if fit.never:
        raise BreaksRules(*(breach.sentence for breach in fit.never))
    reason = " ".join(reason.split())
    if fit.with_reason and not reason:
        raise NeedsReason(
            *(breach.sentence for breach in fit.with_reason),
            "If it is right all the same, say why.",
            field="reason",
        )
    if len(reason) > LONGEST_REASON:
        raise Invalid(f"Please keep the reason under {LONGEST_REASON} characters.", field="reason")
    _write(
        draft,
        board,
        seat,
        person_id,
        by=by,
        why=ChangeReason.BY_HAND,
        now=now,
        overrides=sorted({breach.rule for breach in fit.with_reason}),
        words=reason if fit.with_reason else None,
    )
    return board


def clear(rota: Rota, seat_id: int, *, by: int, now: datetime, seen: int | None = None) -> None:
    """Leave a seat empty in the draft. Its holder is told only when the draft is published. `seen` as for `assign`."""
    draft = open_draft(rota, by=by, now=now)
    board = draft_board(rota)
    seat = _seat_to_change(board, seat_id, now=now)
    if board.holder(seat) is not None or board.is_overtaken(seat):
        _still_as_seen(board, seat, seen)
        _write(draft, board, seat, None, by=by, why=ChangeReason.CLEARED, now=now)


def leave_as_published(rota: Rota, seat_id: int, *, by: int, now: datetime) -> None:
    """Take the draft's change of one seat back."""
    draft = open_draft(rota, by=by, now=now)
    db.session.execute(delete(DraftChange).where(DraftChange.draft_id == draft.id, DraftChange.seat_id == seat_id))


def discard(rota: Rota, *, by: int, now: datetime) -> None:
    """Put the open draft away; what is published stays as it is. Without one, nothing happens."""
    rota = lock_rota(rota.id)
    draft = db.session.scalars(
        select(Draft).where(Draft.rota_id == rota.id, Draft.state == DraftState.OPEN).with_for_update()
    ).one_or_none()
    if draft is None:
        return
    draft.state = DraftState.DISCARDED
    audit.record("rota.draft-discarded", by=by, subject=f"draft:{draft.id}", now=now)


def judge(roster: Snapshot, board: DraftBoard, seat: SeatRow, person_id: int) -> Objections:
    """What giving this seat to this person would break, whoever has it now stepping aside."""
    person = roster.roster.person_by_id.get(person_id)
    if person is None:
        raise NotFound("This person has no open account, so they cannot be given a seat.")
    plan = roster.plan
    holder = board.holder(seat)
    if holder is not None:
        plan = plan.without(*(s for s in plan.by_person.get(holder, ()) if s.shift_id == seat.shift_id))
    shift = roster.roster.shift_by_id[seat.shift_id]
    return Objections.of(check_assignment(roster.roster, plan, person, shift, seat.duty))


def keep_proposal(draft: Draft, board: DraftBoard, seated: dict[int, int], *, by: int | None, now: datetime) -> None:
    """Lay a proposal (seat -> person) over the draft: what was placed by hand or is published stays."""
    db.session.execute(
        delete(DraftChange).where(DraftChange.draft_id == draft.id, DraftChange.why == ChangeReason.PROPOSED)
    )
    db.session.flush()
    for seat in board.seats:
        person_id = seated.get(seat.id)
        if person_id is None or board.is_settled(seat):
            continue
        change = board.changes.get(seat.id)
        if change is not None and change.why != ChangeReason.PROPOSED:
            db.session.delete(change)  # it was cleared by hand, and is filled again
            db.session.flush()
        db.session.add(_change(draft, seat, person_id, by=by, why=ChangeReason.PROPOSED, now=now))


def _seat_to_change(board: DraftBoard, seat_id: int, *, now: datetime) -> SeatRow:
    seat = next((each for each in board.seats if each.id == seat_id), None)
    if seat is None:
        raise NotFound("This seat is not on this rota.")
    if seat.starts_at <= now:
        raise SeatHolderChanged("This shift has begun, so the rota no longer changes it.")
    return seat


def _still_as_seen(board: DraftBoard, seat: SeatRow, seen: int | None) -> None:
    holder = board.holder(seat) or 0
    if seen is None or holder == seen:
        return
    has_it = f"{names_of([holder])[holder]} has this seat now" if holder else "This seat is empty now"
    raise SeatChangedInDraft(f"{has_it}: it was changed while your page was open. Look again, then decide.")


def _write(
    draft: Draft,
    board: DraftBoard,
    seat: SeatRow,
    to: int | None,
    *,
    by: int | None,
    why: ChangeReason,
    now: datetime,
    overrides: Sequence[str] = (),
    words: str | None = None,
) -> None:
    before = board.changes.get(seat.id)
    if before is not None:
        db.session.delete(before)
        db.session.flush()
    if to != seat.person_id:
        change = _change(draft, seat, to, by=by, why=why, now=now)
        change.overrides, change.override_words = list(overrides), words
        db.session.add(change)


def _change(
    draft: Draft, seat: SeatRow, to: int | None, *, by: int | None, why: ChangeReason, now: datetime
) -> DraftChange:
    return DraftChange(
        draft_id=draft.id,
        seat_id=seat.id,
        from_person_id=seat.person_id,
        to_person_id=to,
        why=why,
        overrides=[],
        override_words=None,
        by_id=by,
        changed_at=now,
    )
