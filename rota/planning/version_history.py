"""The versions of a rota: who made each, when and why, what differs between any two, and putting one back.

Everything is read from the permanent rows of who had which seat, so a version is what these rows add up to.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from app import db
from app.people.directory import names_of
from app.refusals import Conflict, NotFound
from rota.planning.drafts import BreaksRules, NeedsReason, Objections, new_change, objections_to, open_draft
from rota.store.draft_board import DraftBoard, draft_board, forget_changes
from rota.store.draft_steps import StepKind, recorded
from rota.store.emergency_reasons import EmergencyReason
from rota.store.models import AssignmentChange, ChangeReason, Draft, DraftChange, Rota, RotaVersion, VersionKind
from rota.store.seats import SeatRow, seats_of_rota
from rota.store.snapshot import take_snapshot

MOST_VERSIONS = 50  # on one page; each claim of a seat is a version

HOW = {
    VersionKind.PUBLISHED: "Published",
    VersionKind.CLAIMED: "A shift was taken",
    VersionKind.DROPPED: "A shift was given back",
    VersionKind.RELEASED: "Shifts of somebody who may no longer have them were opened",
    VersionKind.WITHDRAWN: "Withdrawn",
    VersionKind.EXCHANGED: "Shifts changed hands, as everybody concerned agreed",
}


class NothingToPutBack(Conflict):
    """Every seat of the version passed to others since, or its shift has begun."""


@dataclass(frozen=True)
class VersionLine:
    """One version in the list."""

    number: int
    how: str
    made_at: datetime
    by: str
    line_for_everyone: str | None
    emergency: str | None
    """Why its people were not asked first, in the words they read."""
    seats: int
    """How many seats it changed."""
    can_be_put_back: bool


@dataclass(frozen=True)
class Difference:
    """One seat that two versions disagree about: who had it, and who has it; None is nobody."""

    seat: SeatRow
    was: str | None
    now: str | None


@dataclass(frozen=True)
class PersonDifference:
    """What changed for one person between two versions."""

    name: str
    gained: tuple[SeatRow, ...]
    lost: tuple[SeatRow, ...]


@dataclass(frozen=True)
class Comparison:
    """What differs between two versions, seat by seat in order of time, and person by person in order of name."""

    earlier: int
    later: int
    seats: tuple[Difference, ...]
    people: tuple[PersonDifference, ...]


def versions_of(rota: Rota, *, before: int | None = None) -> list[VersionLine]:
    """The newest versions of a rota, the newest first; with `before`, those with lower numbers. Two queries."""
    changed = select(func.count()).where(AssignmentChange.version_id == RotaVersion.id).scalar_subquery()
    query = (
        select(RotaVersion, changed, EmergencyReason.words)
        .outerjoin(EmergencyReason, EmergencyReason.version_id == RotaVersion.id)
        .where(RotaVersion.rota_id == rota.id)
    )
    if before is not None:
        query = query.where(RotaVersion.number < before)
    rows = db.session.execute(query.order_by(RotaVersion.number.desc()).limit(MOST_VERSIONS)).all()
    names = names_of(version.by_id for version, *_ in rows if version.by_id is not None)
    return [
        VersionLine(
            number=version.number,
            how=HOW[VersionKind(version.kind)],
            made_at=version.made_at,
            by=names.get(version.by_id or 0, "Nightlight"),
            line_for_everyone=version.line_for_everyone,
            emergency=emergency,
            seats=count,
            can_be_put_back=version.kind == VersionKind.PUBLISHED and version.number > 1 and count > 0,
        )
        for version, count, emergency in rows
    ]


def compare(rota: Rota, earlier: int, later: int) -> Comparison:
    """What differs between two versions of a rota, in whichever order they are given. Refuses numbers it has not."""
    earlier, later = sorted((earlier, later))
    if not 0 <= earlier <= later <= rota.version:
        raise NotFound(f"This rota has the versions 1 to {rota.version}, and 0 stands for nothing published.")
    changes = _changes(rota)
    was, now = _replayed(changes, earlier), _replayed(changes, later)
    seats = {seat.id: seat for seat in seats_of_rota(rota.id)}
    differing = [seat_id for seat_id in seats if was.get(seat_id) != now.get(seat_id)]
    names = names_of({person for seat in differing for person in (was.get(seat), now.get(seat)) if person is not None})
    gained: dict[int, list[SeatRow]] = defaultdict(list)
    lost: dict[int, list[SeatRow]] = defaultdict(list)
    for seat_id in differing:
        if seat_id in was:
            lost[was[seat_id]].append(seats[seat_id])
        if seat_id in now:
            gained[now[seat_id]].append(seats[seat_id])
    return Comparison(
        earlier,
        later,
        tuple(
            Difference(seats[seat_id], names.get(was.get(seat_id, 0)), names.get(now.get(seat_id, 0)))
            for seat_id in differing
        ),
        tuple(
            PersonDifference(names[person_id], tuple(gained[person_id]), tuple(lost[person_id]))
            for person_id in sorted(names, key=names.__getitem__)
        ),
    )


def _changes(rota: Rota) -> Sequence[tuple[int, int, int | None]]:
    """Version number, seat and new holder of every change of a rota, in order. One query."""
    rows = db.session.execute(
        select(RotaVersion.number, AssignmentChange.seat_id, AssignmentChange.to_person_id)
        .join(RotaVersion, RotaVersion.id == AssignmentChange.version_id)
        .where(RotaVersion.rota_id == rota.id)
        .order_by(RotaVersion.number, AssignmentChange.id)
    )
    return [(row[0], row[1], row[2]) for row in rows]


def _replayed(changes: Sequence[tuple[int, int, int | None]], until: int) -> dict[int, int]:
    holders: dict[int, int] = {}
    for number, seat_id, to in changes:
        if number <= until:
            holders.pop(seat_id, None)
            if to is not None:
                holders[seat_id] = to
    return holders


@dataclass(frozen=True)
class PutBack:
    """What putting a version back came to."""

    seats: int
    kept: tuple[SeatRow, ...]
    """The seats of the version that stay as they are, because they changed since, are locked or have begun."""


def put_back(rota: Rota, number: int, *, by: int, now: datetime, reason: str = "") -> PutBack:
    """Write the reverse of a published version into the draft, as one step; it counts once it is published again.

    Seats that passed to others since stay as they are. Refuses what breaks a rule, and asks for a reason where a rule
    must be set aside.
    """
    draft = open_draft(rota, by=by, now=now)
    board = draft_board(rota)
    wanted = _reverse_of(rota, number)
    turning = [
        (seat, wanted[seat.id][1])
        for seat in board.seats
        if seat.id in wanted and seat.starts_at > now and not board.is_locked(seat)
        if seat.person_id == wanted[seat.id][0] == board.holder(seat)
    ]
    if not turning:
        raise NothingToPutBack("Every seat of that version passed to others since, is locked, or has begun.")
    reason = " ".join(reason.split())
    with recorded(draft, StepKind.REVERSED, by=by, now=now):
        forget_changes(draft, [seat.id for seat, _ in turning])
        for seat, to in turning:
            why = ChangeReason.CLEARED if to is None else ChangeReason.BY_HAND
            db.session.add(new_change(draft, seat, to, by=by, why=why, now=now))
        db.session.flush()
        _note_reasons(draft, draft_board(rota), turning, reason, now=now)
    ids = {seat.id for seat, _ in turning}
    return PutBack(len(turning), tuple(seat for seat in board.seats if seat.id in wanted and seat.id not in ids))


def _reverse_of(rota: Rota, number: int) -> Mapping[int, tuple[int | None, int | None]]:
    """Who has each seat by a published version, and who had it before."""
    version = db.session.scalars(
        select(RotaVersion).where(RotaVersion.rota_id == rota.id, RotaVersion.number == number)
    ).one_or_none()
    if version is None or version.kind != VersionKind.PUBLISHED:
        raise NotFound("There is no published version of that number on this rota.")
    rows = db.session.scalars(select(AssignmentChange).where(AssignmentChange.version_id == version.id))
    return {row.seat_id: (row.to_person_id, row.from_person_id) for row in rows}


def _note_reasons(
    draft: Draft, board: DraftBoard, turning: Sequence[tuple[SeatRow, int | None]], reason: str, *, now: datetime
) -> None:
    """Check each person on the seat they get back, and note the rules that the reason sets aside."""
    given = [(seat, to) for seat, to in turning if to is not None]
    if not given:
        return
    snapshot = take_snapshot(board, now=now, only={to for _, to in given})
    names = names_of({to for _, to in given})
    found: list[tuple[SeatRow, Objections]] = []
    for seat, to in given:
        if to not in snapshot.roster.person_by_id:
            raise BreaksRules(f"{names.get(to, 'Somebody')} has no open account, so they cannot be given a seat.")
        found.append((seat, objections_to(snapshot, board, seat, to)))
    if never := [breach.sentence for _, each in found for breach in each.never]:
        raise BreaksRules(*dict.fromkeys(never))
    sentences = [breach.sentence for _, each in found for breach in each.with_reason]
    if sentences and not reason:
        raise NeedsReason(*dict.fromkeys(sentences), "If it is right all the same, say why.", field="reason")
    for seat, each in found:
        if each.with_reason:
            change = db.session.get_one(DraftChange, (draft.id, seat.id))
            change.overrides = sorted({breach.rule for breach in each.with_reason})
            change.override_words = reason
