"""Publishing: was, is, why; then the draft becomes the next version, and whom it concerns is told once."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from app import db
from app.outbox import queue
from app.refusals import Conflict, Invalid
from progression.stages import Stage
from rota.notices import RotaPublished, SeatsChanged
from rota.scheduling.rules.base import Breach, Scope
from rota.scheduling.rules.book import breaches
from rota.scheduling.rules.policy import Severity
from rota.store.assignments import current_assignments, lock_rota, new_version, reassign
from rota.store.models import (
    ChangeReason,
    Draft,
    DraftChange,
    DraftState,
    OverrideReason,
    Rota,
    RotaVersion,
    VersionKind,
)
from rota.store.seats import SeatRow
from rota.store.snapshot import DraftBoard, Snapshot, draft_board, take_snapshot

LONGEST_LINE = 500


class NothingToPublish(Conflict):
    """There is no open draft, or it changes nothing."""


class SeatsChangedMeanwhile(Conflict):
    """Seats of the draft changed hands since it was made."""


class DraftBreaksRules(Conflict):
    """A filled seat of the draft breaks a rule."""


class ReadAgain(Conflict):
    """The draft is not the one that was read."""


class GapsNotRead(Invalid):
    """Somebody must have looked at what stays empty."""


@dataclass(frozen=True)
class Move:
    """One change of the draft: whose the seat was, whose it is to be."""

    seat: SeatRow
    from_person_id: int | None
    to_person_id: int | None
    why: ChangeReason
    reason: str | None


@dataclass(frozen=True)
class Gap:
    """A shift that is short after publishing: the wanted seats left empty, and what makes it unsafe to open.

    `place` is any seat of the shift, for its channel and times.
    """

    place: SeatRow
    empty: tuple[SeatRow, ...]
    unsafe: tuple[str, ...]


@dataclass(frozen=True)
class Review:
    """All that a coordinator reads before publishing."""

    moves: tuple[Move, ...]
    overtaken: tuple[Move, ...]
    stopping: tuple[Breach, ...]
    gaps: tuple[Gap, ...]
    filled: int
    wanted: int
    names: Mapping[int, str]
    stages: Mapping[int, Stage]

    @property
    def mark(self) -> str:
        """The same for as long as a coordinator would read the same changes and the same gaps."""
        moves = [(move.seat.id, move.from_person_id, move.to_person_id) for move in self.moves]
        empty = [seat.id for gap in self.gaps for seat in gap.empty]
        return hashlib.sha256(repr((moves, empty)).encode()).hexdigest()[:16]

    def seat_of(self, breach: Breach) -> SeatRow:
        """The seat of this draft at which a stopping breach can be mended."""
        return next(
            move.seat
            for move in self.moves
            if move.to_person_id == breach.person_id and move.seat.shift_id in breach.shift_ids
        )

    @property
    def people(self) -> set[int]:
        """Everybody whose seats change."""
        both = {person for move in self.moves for person in (move.from_person_id, move.to_person_id)}
        return {person for person in both if person is not None}

    @property
    def empty(self) -> int:
        """Wanted seats that stay empty."""
        return self.wanted - self.filled


def review(board: DraftBoard, *, now: datetime) -> Review:
    """What publishing the open draft would change, what stands in its way, and what stays empty."""
    moved = {change.from_person_id for change in board.changes.values()}
    roster = take_snapshot(board, now=now, only={person for person in moved if person is not None})
    seats = {seat.id: seat for seat in board.seats}
    moves, overtaken = [], []
    for change in sorted(board.changes.values(), key=lambda one: (seats[one.seat_id].starts_at, one.seat_id)):
        seat = seats[change.seat_id]
        move = Move(seat, change.from_person_id, change.to_person_id, ChangeReason(change.why), change.override_words)
        if board.is_overtaken(seat) or seat.starts_at <= now:
            overtaken.append(move)
        elif change.to_person_id != seat.person_id:
            moves.append(move)
    counted = [seat for seat in board.seats if seat.is_wanted and seat.duty.counts_as_cover]
    return Review(
        moves=tuple(moves),
        overtaken=tuple(overtaken),
        stopping=tuple(_stopping(board, roster, moves)),
        gaps=tuple(_gaps(board, roster, now=now)),
        filled=sum(board.holder(seat) is not None for seat in counted),
        wanted=len(counted),
        names={person.id: person.name for person in roster.roster.people},
        stages=roster.stages,
    )


def publish(
    rota_id: int,
    *,
    by: int | None,
    now: datetime,
    gaps_read: bool,
    seen: str | None = None,
    line_for_everyone: str = "",
) -> RotaVersion:
    """Make the open draft the next version, and tell each person whose seats change, once.

    Refuses a draft that others have overtaken, naming the seats; one in which a filled seat breaks a rule;
    and, where seats stay empty, somebody who has not read which. `seen` is the mark of the review that was read;
    a draft that somebody has changed since then is refused too.
    """
    _lock_people_of(rota_id)
    rota = lock_rota(rota_id)
    board = draft_board(rota)
    if board.draft is None:
        raise NothingToPublish("There is nothing to publish: this rota has no open draft.")
    found = review(board, now=now)
    if seen is not None and seen != found.mark and not found.overtaken:
        raise ReadAgain("The draft has changed since you read it. Please look at it again, then publish.")
    _refuse(found, gaps_read=gaps_read, rota=rota)
    line = " ".join(line_for_everyone.split())
    if len(line) > LONGEST_LINE:
        raise Invalid(f"Please keep the line for everyone under {LONGEST_LINE} characters.", field="line")
    version = new_version(
        rota,
        VersionKind.PUBLISHED,
        by=by,
        now=now,
        line_for_everyone=line or None,
        details={"draft": board.draft.id, "moves": len(found.moves), "empty": found.empty},
    )
    _apply(board, version, found.moves)
    board.draft.state = DraftState.PUBLISHED
    _tell(version, found.moves, now=now)
    return version


def _lock_people_of(rota_id: int) -> None:
    """Hold everybody the draft moves, before the rota itself, so that nobody is given two seats at once."""
    rows = db.session.execute(
        select(DraftChange.from_person_id, DraftChange.to_person_id)
        .join(Draft, Draft.id == DraftChange.draft_id)
        .where(Draft.rota_id == rota_id, Draft.state == DraftState.OPEN)
    )
    db.lock_people(person for row in rows for person in row if person is not None)


def _refuse(found: Review, *, gaps_read: bool, rota: Rota) -> None:
    if found.overtaken:
        places = [_place(move.seat) for move in found.overtaken]
        raise SeatsChangedMeanwhile(
            "Some seats changed hands since this draft was made. Look at them again, then publish:", *places
        )
    if not found.moves and rota.is_published:
        raise NothingToPublish("This draft changes nothing, so there is nothing to publish.")
    if found.stopping:
        raise DraftBreaksRules(*(breach.sentence for breach in found.stopping))
    if found.gaps and not gaps_read:
        raise GapsNotRead(
            f"Please say that you have read the {found.empty} seats that stay empty."
            if found.empty
            else "Please say that you have read which shifts are not safe to open.",
            field="gaps_read",
        )


def _apply(board: DraftBoard, version: RotaVersion, moves: Sequence[Move]) -> None:
    held = current_assignments([move.seat.id for move in moves])
    for move in moves:
        drafted = board.changes[move.seat.id]
        change = reassign(
            move.seat.id,
            move.to_person_id,
            held=held.get(move.seat.id),
            version=version,
            why=move.why,
            overrides=drafted.overrides,
        )
        if drafted.override_words:
            db.session.add(OverrideReason(change_id=change.id, words=drafted.override_words))


def _tell(version: RotaVersion, moves: Sequence[Move], *, now: datetime) -> None:
    last_matter: dict[int, datetime] = defaultdict(lambda: now)
    for move in moves:
        for person_id in (move.from_person_id, move.to_person_id):
            if person_id is not None:
                last_matter[person_id] = max(last_matter[person_id], move.seat.ends_at)
    letter = RotaPublished if version.number == 1 else SeatsChanged
    for person_id, deadline in sorted(last_matter.items()):
        queue.enqueue(
            letter(version_id=version.id),
            to=person_id,
            once=f"{letter.kind}:{version.id}:{person_id}",
            now=now,
            deadline=deadline,
        )


def _stopping(board: DraftBoard, roster: Snapshot, moves: Sequence[Move]) -> list[Breach]:
    """The breaches on seats that this draft fills, unless somebody took them on with a reason.

    A rule that was broken before by seats the draft does not touch is no reason to hold the others back.
    """
    given: dict[tuple[int, int], set[str]] = defaultdict(set)
    for move in moves:
        if move.to_person_id is not None:
            given[move.to_person_id, move.seat.shift_id] |= set(board.changes[move.seat.id].overrides)
    found = []
    for breach in breaches(roster.roster, roster.plan):
        if breach.scope is not Scope.PERSON or breach.person_id is None:
            continue
        touched = [
            given[breach.person_id, shift_id] for shift_id in breach.shift_ids if (breach.person_id, shift_id) in given
        ]
        excused = breach.severity is Severity.OVERRIDABLE and any(breach.rule in rules for rules in touched)
        if touched and not excused and breach.severity in (Severity.HARD, Severity.OVERRIDABLE):
            found.append(breach)
    return found


def _gaps(board: DraftBoard, roster: Snapshot, *, now: datetime) -> list[Gap]:
    """Shifts to come with wanted seats that stay empty, or not safe to open as they stand."""
    unsafe: dict[int, list[str]] = defaultdict(list)
    for breach in breaches(roster.roster, roster.plan):
        if breach.scope is Scope.SHIFT and breach.severity is not Severity.WISH:
            unsafe[breach.shift_ids[0]].append(breach.sentence)
    by_shift: dict[int, list[SeatRow]] = defaultdict(list)
    for seat in board.seats:
        if seat.starts_at > now:
            by_shift[seat.shift_id].append(seat)
    gaps = []
    for shift_id, seats in by_shift.items():
        empty = [seat for seat in seats if seat.is_wanted and seat.duty.counts_as_cover and board.holder(seat) is None]
        if empty or unsafe[shift_id]:
            gaps.append(Gap(seats[0], tuple(empty), tuple(unsafe[shift_id])))
    return gaps


def _place(seat: SeatRow) -> str:
    return f"{seat.channel}, {seat.duty.words}, seat {seat.number}, {seat.label}"
