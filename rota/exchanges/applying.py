"""Make a change that everybody agreed to: all of its moves at once, with every rule checked for everybody, or none."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from app import audit, db
from app.outbox import queue
from app.refusals import NotFound
from rota.exchanges.checking import Checked, SeatGoes, check_moves
from rota.exchanges.models import ChangeKind, ChangeState, SeatChange, SeatChangeReceipt, SeatMove
from rota.exchanges.notices import SeatChangeDone
from rota.exchanges.part_checks import check_part
from rota.exchanges.part_hours import why_not_offered
from rota.scheduling.rules.base import Breach, Scope
from rota.scheduling.rules.policy import Severity
from rota.store.assignments import current_assignments, lock_rota, new_version, reassign
from rota.store.models import ChangeReason, OverrideReason, RotaVersion, Seat, VersionKind
from rota.store.seat_part_rows import SeatPart
from rota.store.seats import SeatRow, seats_where

WHY = {
    ChangeKind.COVER: ChangeReason.COVERED,
    ChangeKind.SWAP: ChangeReason.SWAPPED,
    ChangeKind.RING: ChangeReason.SWAPPED,
    ChangeKind.PLANNED: ChangeReason.AGREED,
}
NOT_SAFE = "Without the person who has it now, the shift would not be safe to open with you in their place."


def apply_or_overtake(change: SeatChange, *, by: int, now: datetime) -> None:
    """Make the moves of a change whose people, rotas and row are locked; else set it to overtaken, and change nothing.

    It is overtaken if a seat is no longer with whom it was, or if a rule forbids what everybody would have. One version
    for each rota; the results of the rules are kept as a receipt; everybody whose seats change gets one e-mail.
    """
    seats = {seat.id: seat for seat in seats_where(Seat.id.in_([move.seat_id for move in change.moves]))}
    changed = next((move for move in change.moves if not _as_expected(move, seats, now=now)), None)
    if changed is not None:
        change.state, change.overtaken_seat_id = ChangeState.OVERTAKEN, changed.seat_id
        return
    checked = _check(change, seats, now=now)
    if any(not _is_excused(breach, change) for breach in checked.broken):
        change.state = ChangeState.OVERTAKEN
        return
    versions = _make(change, seats, by=by, now=now)
    change.state, change.ended_at, change.ended_by_id = ChangeState.APPLIED, now, by
    db.session.add(SeatChangeReceipt(change_id=change.id, checked_at=now, results=_results(checked, versions)))
    _tell(change, seats, now=now)


def _check(change: SeatChange, seats: dict[int, SeatRow], *, now: datetime) -> Checked:
    if change.kind is not ChangeKind.PART:
        return check_moves(_goes(change, seats), now=now)
    move = change.moves[0]
    assert move.to_person_id is not None
    return _check_part(seats[move.seat_id], move, move.to_person_id, now=now)


def _check_part(seat: SeatRow, move: SeatMove, person_id: int, *, now: datetime) -> Checked:
    assert move.part is not None
    return check_part(seat, move.part, person_id, now=now)


def reasons_against_taking(change: SeatChange, person_id: int, *, now: datetime) -> list[str]:
    """Why a person may not take the one seat of a change, in sentences about them alone; an empty list if they may."""
    seats = {seat.id: seat for seat in seats_where(Seat.id.in_([move.seat_id for move in change.moves]))}
    if not seats:
        raise NotFound("There is no such shift any more.")
    if change.kind is ChangeKind.PART:
        move = change.moves[0]
        checked = _check_part(seats[move.seat_id], move, person_id, now=now)
    else:
        checked = check_moves([SeatGoes(seat, person_id) for seat in seats.values()], now=now)
    own = [breach.sentence for breach in checked.broken if breach.person_id == person_id]
    return own or ([NOT_SAFE] if checked.broken else [])


def _as_expected(move: SeatMove, seats: dict[int, SeatRow], *, now: datetime) -> bool:
    seat = seats.get(move.seat_id)
    if seat is None or seat.assignment_id != move.expects_assignment_id or seat.starts_at <= now:
        return False
    # Of a part: the hours may have gone to somebody else, or have been cut off the shift.
    return move.part is None or why_not_offered(seat, move.part.start, move.part.end) is None


def _goes(change: SeatChange, seats: dict[int, SeatRow]) -> list[SeatGoes]:
    return [SeatGoes(seats[move.seat_id], move.to_person_id) for move in change.moves]


def _is_excused(breach: Breach, change: SeatChange) -> bool:
    """Whether a coordinator knows of it: a reason was given, or planners read it beside the gaps when they publish."""
    if breach.scope is Scope.SHIFT:
        return change.kind is ChangeKind.PLANNED
    given = [move.overrides for move in change.moves if move.to_person_id == breach.person_id]
    return breach.severity is Severity.OVERRIDABLE and any(breach.rule in keys for keys in given)


def _make(change: SeatChange, seats: dict[int, SeatRow], *, by: int, now: datetime) -> Sequence[RotaVersion]:
    if change.kind is ChangeKind.PART:
        _add_part(change, by=by, now=now)
        return []  # the seat stays with who has it, so it is no version of the rota
    by_rota: dict[int, list[SeatMove]] = defaultdict(list)
    for move in change.moves:
        by_rota[seats[move.seat_id].rota_id].append(move)
    versions = []
    for rota_id, moves in sorted(by_rota.items()):
        details: dict[str, Any] = {"change": change.id, "kind": change.kind, "seats": [move.seat_id for move in moves]}
        version = new_version(lock_rota(rota_id), VersionKind.EXCHANGED, by=by, now=now, details=details)
        versions.append(version)
        held = current_assignments([move.seat_id for move in moves])
        for move in moves:
            made = reassign(
                move.seat_id,
                move.to_person_id,
                held=held.get(move.seat_id),
                version=version,
                why=WHY[change.kind],
                overrides=move.overrides,
            )
            if move.override_words:
                db.session.add(OverrideReason(change_id=made.id, words=move.override_words))
    return versions


def _add_part(change: SeatChange, *, by: int, now: datetime) -> None:
    move = change.moves[0]
    part = SeatPart(
        assignment_id=move.expects_assignment_id,
        person_id=move.to_person_id,
        change_id=change.id,
        starts_at=move.part_starts_at,
        ends_at=move.part_ends_at,
        taken_at=now,
    )
    db.session.add(part)
    db.session.flush()
    details = {"part": part.id, "seat": move.seat_id, "person": move.to_person_id}
    audit.record("rota.part-taken", by=by, subject=f"seat_change:{change.id}", now=now, details=details)


def _results(checked: Checked, versions: Sequence[RotaVersion]) -> dict[str, Any]:
    return {
        "versions": [version.id for version in versions],
        "people": list(checked.people),
        "rules": list(checked.rules),
        "broken": [
            {"rule": each.rule, "person": each.person_id, "shifts": list(each.shift_ids)} for each in checked.broken
        ],
    }


def _tell(change: SeatChange, seats: dict[int, SeatRow], *, now: datetime) -> None:
    """One e-mail to each person whose seats change, about all of them."""
    both = {person for move in change.moves for person in (move.from_person_id, move.to_person_id)}
    deadline = max(seat.ends_at for seat in seats.values())
    for person_id in sorted(person for person in both if person is not None):
        notice = SeatChangeDone(change_id=change.id)
        queue.enqueue(notice, to=person_id, once=f"{notice.kind}:{change.id}:{person_id}", now=now, deadline=deadline)
