"""The draft: a coordinator's changes to what is published, which only planners see until they are published."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NoReturn

from sqlalchemy import delete, func, select

from app import audit, db
from app.people.directory import names_of
from app.refusals import Conflict, Invalid, NotFound, PageOutOfDate
from rota.scheduling.rules.base import Breach
from rota.scheduling.rules.book import check_assignment
from rota.scheduling.rules.policy import Severity
from rota.store.assignments import SeatHolderChanged, lock_rota
from rota.store.draft_board import DraftBoard, draft_board, forget_changes
from rota.store.draft_steps import StepKind, recorded
from rota.store.models import ChangeReason, Draft, DraftChange, DraftState, DraftTakenOff, Rota
from rota.store.seat_locks import SeatLock
from rota.store.seats import SeatRow
from rota.store.snapshot import Snapshot, take_snapshot

LONGEST_REASON = 500


class BreaksRules(Conflict):
    """Giving the seat would break a rule that nobody may set aside."""


class SeatChangedInDraft(Conflict):
    """Somebody else changed this seat of the draft after the page was opened."""


class SeatLocked(Conflict):
    """A coordinator locked the seat, so it stays as it is until somebody unlocks it."""


class NeedsReason(Conflict):
    """Giving the seat would break a rule that a coordinator may set aside, with a reason."""


@dataclass(frozen=True)
class Objections:
    """What giving one person one seat would break."""

    never: tuple[Breach, ...]
    with_reason: tuple[Breach, ...]

    @classmethod
    def of(cls, breaches: Sequence[Breach]) -> Objections:
        """Sort broken rules by severity; wishes stop nobody."""
        return cls(
            tuple(each for each in breaches if each.severity is Severity.HARD),
            tuple(each for each in breaches if each.severity is Severity.OVERRIDABLE),
        )


def open_draft(rota: Rota, *, by: int | None, now: datetime) -> Draft:
    """Return the rota's open draft, or start one. The rota stays locked until the transaction ends."""
    rota = lock_rota(rota.id)
    draft = db.session.scalars(
        select(Draft)
        .where(Draft.rota_id == rota.id, Draft.state == DraftState.OPEN)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if draft is not None:
        return draft
    last = db.session.scalar(select(func.max(Draft.number)).where(Draft.rota_id == rota.id)) or 0
    draft = Draft(rota_id=rota.id, number=last + 1, started_at=now)
    db.session.add(draft)
    db.session.flush()
    audit.record("rota.draft-started", by=by, subject=f"draft:{draft.id}", now=now, details={"rota": rota.id})
    return draft


def assign(
    rota: Rota, seat_id: int, person_id: int, *, by: int, now: datetime, reason: str = "", seen: int | None = None
) -> DraftBoard:
    """Give a seat to somebody in the draft.

    Refuses what breaks a hard rule, and asks for a reason to set aside any other. `seen` is who had the seat when the
    coordinator decided (0 for nobody): if that is no longer so, nothing is overwritten.
    """
    draft = open_draft(rota, by=by, now=now)
    board = draft_board(rota)
    seat = _seat_to_change(board, seat_id, now=now)
    if board.holder(seat) == person_id and not board.is_overtaken(seat):
        return board
    _refuse_unless_as_seen(board, seat, seen)
    objections = objections_to(take_snapshot(board, now=now, only=[person_id]), board, seat, person_id)
    reason = " ".join(reason.split())
    _refuse_without_reason(objections, reason)
    change = new_change(draft, seat, person_id, by=by, why=ChangeReason.BY_HAND, now=now)
    if objections.with_reason:
        change.overrides = sorted({breach.rule for breach in objections.with_reason})
        change.override_words = reason
    with recorded(draft, StepKind.ASSIGNED, by=by, now=now, only=[seat.id]):
        _replace_change(board, seat, change)
    return board


def clear(rota: Rota, seat_id: int, *, by: int, now: datetime, seen: int | None = None) -> None:
    """Leave a seat empty in the draft; its holder is notified only when it is published. `seen` as for `assign`.

    Nothing suggests them for this shift again while the draft is open.
    """
    draft = open_draft(rota, by=by, now=now)
    board = draft_board(rota)
    seat = _seat_to_change(board, seat_id, now=now)
    holder = board.holder(seat)
    if holder is not None or board.is_overtaken(seat):
        _refuse_unless_as_seen(board, seat, seen)
        with recorded(draft, StepKind.CLEARED, by=by, now=now, only=[seat.id]):
            if holder is not None:
                key = {"draft_id": draft.id, "seat_id": seat.id, "person_id": holder}
                db.insert_or_ignore(DraftTakenOff, key, key=tuple(key))
            _replace_change(board, seat, new_change(draft, seat, None, by=by, why=ChangeReason.CLEARED, now=now))


def leave_as_published(rota: Rota, seat_id: int, *, by: int, now: datetime) -> None:
    """Remove the draft's change of one seat. Refuses a locked one."""
    draft = open_draft(rota, by=by, now=now)
    lock = db.session.get(SeatLock, seat_id, populate_existing=True)
    if lock is not None:
        _refuse_locked(lock.by_id)
    with recorded(draft, StepKind.LEFT_AS_PUBLISHED, by=by, now=now, only=[seat_id]):
        forget_changes(draft, [seat_id])


def lock(rota: Rota, seat_id: int, *, by: int, now: datetime) -> None:
    """Lock a seat as the draft has it, with somebody on it or nobody. Doing it twice changes nothing."""
    draft = open_draft(rota, by=by, now=now)
    board = draft_board(rota)
    seat = _seat_on(board, seat_id, now=now)
    if not board.is_locked(seat):
        with recorded(draft, StepKind.LOCKED, by=by, now=now, only=[seat.id]):
            db.session.add(SeatLock(seat_id=seat.id, rota_id=rota.id, by_id=by, locked_at=now))


def unlock(rota: Rota, seat_id: int, *, by: int, now: datetime) -> None:
    """Unlock a seat; everybody who plans may. Doing it twice changes nothing."""
    draft = open_draft(rota, by=by, now=now)
    with recorded(draft, StepKind.UNLOCKED, by=by, now=now, only=[seat_id]):
        db.session.execute(delete(SeatLock).where(SeatLock.seat_id == seat_id, SeatLock.rota_id == rota.id))


def discard(rota: Rota, *, by: int, now: datetime, seen: str | None = None) -> None:
    """Discard the open draft, if there is one; what is published stays as it is.

    `seen` is the mark of the draft that the page showed: refuses to discard what somebody has changed since.
    """
    rota = lock_rota(rota.id)
    if seen is not None and seen != draft_board(rota).mark:
        raise PageOutOfDate(
            "The draft has changed since you opened that page, so it was kept. Here it is as it is now."
        )
    draft = db.session.scalars(
        select(Draft).where(Draft.rota_id == rota.id, Draft.state == DraftState.OPEN).with_for_update(key_share=True)
    ).one_or_none()
    if draft is None:
        return
    draft.state = DraftState.DISCARDED
    audit.record("rota.draft-discarded", by=by, subject=f"draft:{draft.id}", now=now)


def objections_to(snapshot: Snapshot, board: DraftBoard, seat: SeatRow, person_id: int) -> Objections:
    """What giving this seat to this person would break, with its present holder taken off it."""
    roster, plan = snapshot.roster, snapshot.plan
    person = roster.person_by_id.get(person_id)
    if person is None:
        raise NotFound("This person has no open account, so they cannot be given a seat.")
    holder = board.holder(seat)
    if holder is not None:
        plan = plan.without(*(s for s in plan.by_person.get(holder, ()) if s.shift_id == seat.shift_id))
    return Objections.of(check_assignment(roster, plan, person, roster.shift_by_id[seat.shift_id], seat.duty))


def lay_proposal(
    draft: Draft, board: DraftBoard, decided: Mapping[int, int | None], *, by: int | None, now: datetime
) -> None:
    """Write a proposal into the draft, as one step, in place of what was proposed for the same seats before.

    `decided` says by seat id who is to have each seat that the proposal may change, None being nobody. A seat that was
    cleared by hand stays cleared unless somebody is to have it.
    """
    with recorded(draft, StepKind.PROPOSED, by=by, now=now):
        forget_changes(draft, [seat.id for seat in board.seats if _gives_way(board, seat, decided, now=now)])
        for seat in board.seats:
            if seat.id not in decided:
                continue
            to = decided[seat.id]
            if to is None and board.is_by_hand(seat):
                continue
            if to != seat.person_id:
                db.session.add(new_change(draft, seat, to, by=by, why=ChangeReason.PROPOSED, now=now))


def _gives_way(board: DraftBoard, seat: SeatRow, decided: Mapping[int, int | None], *, now: datetime) -> bool:
    """Whether what the draft says of a seat gives way to a proposal."""
    if board.is_by_hand(seat):
        return decided.get(seat.id) is not None
    return seat.id in board.changes and (seat.id in decided or seat.starts_at <= now)


def _seat_to_change(board: DraftBoard, seat_id: int, *, now: datetime) -> SeatRow:
    seat = _seat_on(board, seat_id, now=now)
    if seat.id in board.locks:
        _refuse_locked(board.locks[seat.id])
    return seat


def _refuse_locked(by_id: int | None) -> NoReturn:
    by = names_of([by_id])[by_id] if by_id is not None else "Somebody"
    raise SeatLocked(f"{by} locked this seat, so it stays as it is. Unlock it first, then change it.")


def _seat_on(board: DraftBoard, seat_id: int, *, now: datetime) -> SeatRow:
    seat = next((each for each in board.seats if each.id == seat_id), None)
    if seat is None:
        raise NotFound("This seat is not on this rota.")
    if seat.starts_at <= now:
        raise SeatHolderChanged("This shift has begun, so the rota no longer changes it.")
    return seat


def _refuse_unless_as_seen(board: DraftBoard, seat: SeatRow, seen: int | None) -> None:
    holder = board.holder(seat) or 0
    if seen is None or holder == seen:
        return
    has_it = f"{names_of([holder])[holder]} has this seat now" if holder else "This seat is empty now"
    raise SeatChangedInDraft(f"{has_it}: it was changed while your page was open. Look again, then decide.")


def _refuse_without_reason(objections: Objections, reason: str) -> None:
    if objections.never:
        raise BreaksRules(*(breach.sentence for breach in objections.never))
    if objections.with_reason and not reason:
        raise NeedsReason(
            *(breach.sentence for breach in objections.with_reason),
            "If it is right all the same, say why.",
            field="reason",
        )
    if len(reason) > LONGEST_REASON:
        raise Invalid(f"Please keep the reason under {LONGEST_REASON} characters.", field="reason")


def _replace_change(board: DraftBoard, seat: SeatRow, change: DraftChange) -> None:
    """Put this change of a seat in place of an earlier one. A seat left as it is published needs none."""
    if board.draft is not None and seat.id in board.changes:
        forget_changes(board.draft, [seat.id])
    if change.to_person_id != seat.person_id:
        db.session.add(change)


def new_change(
    draft: Draft, seat: SeatRow, to: int | None, *, by: int | None, why: ChangeReason, now: datetime
) -> DraftChange:
    """A change of one seat, from its published holder to somebody or, with None, to nobody; not added yet."""
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
