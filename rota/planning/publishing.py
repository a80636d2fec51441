"""Publishing: review what a draft changes, make it the next version, and notify each person affected once."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property

from sqlalchemy import select

from app import db
from app.outbox import queue
from app.refusals import Conflict, Invalid
from app.wording import plural
from progression.in_grace import InGrace, in_grace_among
from progression.stages import Stage
from rota.notices import RotaPublished, SeatsChanged
from rota.planning.asking_first import ask_first, emergency_words, keep_emergency, to_be_asked
from rota.planning.moves import Move
from rota.planning.totals import Totals, totals_of
from rota.scheduling.roster import Seating
from rota.scheduling.rules.base import Breach
from rota.scheduling.rules.book import breaches_of_people, breaches_of_shifts, on_it_already
from rota.scheduling.rules.policy import Severity
from rota.store.assignments import current_assignments, lock_rota, new_version, reassign
from rota.store.draft_board import DraftBoard, draft_board
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
from rota.store.removal_reasons import LONGEST_WORDS, RemovalReason
from rota.store.seats import SeatRow
from rota.store.shortages import Filling, Shortage, filling, shortage
from rota.store.snapshot import Snapshot, take_snapshot

LONGEST_LINE = 500
USUAL_REASON = {ChangeReason.PROPOSED: "The rota was filled again, with as few changes as it takes."}
USUAL_REASON_BY_HAND = "A coordinator planned these shifts again."


class NothingToPublish(Conflict):
    """There is no open draft, or it changes nothing."""


class SeatsChangedMeanwhile(Conflict):
    """Seats of the draft passed to somebody else since it was made."""


class DraftBreaksRules(Conflict):
    """A filled seat of the draft breaks a rule."""


class ReadAgain(Conflict):
    """The draft has changed since it was reviewed."""


class GapsNotRead(Invalid):
    """Nobody confirmed having read which seats stay empty."""


@dataclass(frozen=True)
class PersonChange:
    """What changes for one person: the seats they lose and get, and why, as codes."""

    person_id: int
    lost: tuple[SeatRow, ...]
    got: tuple[SeatRow, ...]
    why: tuple[ChangeReason, ...]

    @property
    def usual_reason(self) -> str:
        """What they are told of the loss where the coordinator writes nothing else."""
        return USUAL_REASON.get(self.why[0], USUAL_REASON_BY_HAND) if len(self.why) == 1 else USUAL_REASON_BY_HAND


@dataclass(frozen=True)
class Told:
    """What a coordinator writes to people: a line for everyone, and why somebody loses shifts, by their id."""

    line: str = ""
    reasons: Mapping[int, str] = field(default_factory=dict)
    emergency: str = ""
    """Why people are not asked first where they should be; empty: they are."""


NOTHING_WRITTEN = Told()


@dataclass(frozen=True)
class Gap:
    """A shift that is short after publishing, and what makes it unsafe to open.

    `shortage` is None where it has all its people and is unsafe all the same. `place` is any seat of the shift.
    """

    place: SeatRow
    shortage: Shortage | None
    unsafe: tuple[str, ...]

    @property
    def empty(self) -> tuple[SeatRow, ...]:
        """The seats that count and stay empty."""
        return self.shortage.empty if self.shortage else ()


@dataclass(frozen=True)
class Review:
    """All that a coordinator reads before publishing."""

    moves: tuple[Move, ...]
    overtaken: tuple[Move, ...]
    stopping: tuple[Breach, ...]
    gaps: tuple[Gap, ...]
    filling: Filling
    totals: Totals
    names: Mapping[int, str]
    stages: Mapping[int, Stage]
    unopened: frozenset[int]
    asking: tuple[Move, ...]  # of the moves, those that are made only once their people have said yes
    in_grace: Sequence[InGrace]  # of the people with seats after publishing, who do without something new, until when

    @property
    def digest(self) -> str:
        """Equal for two reviews with the same changes and the same gaps: 16 hexadecimal digits."""
        moves = [(move.seat.id, move.from_person_id, move.to_person_id) for move in self.moves]
        empty = [seat.id for gap in self.gaps for seat in gap.empty]
        return hashlib.sha256(repr((moves, empty)).encode()).hexdigest()[:16]

    def seat_of(self, breach: Breach) -> SeatRow:
        """The seat of this draft where a stopping breach can be put right."""
        return next(seat for shift_id in breach.shift_ids for seat in self._given.get((breach.person_id, shift_id), ()))

    @cached_property
    def _given(self) -> dict[tuple[int | None, int], list[SeatRow]]:
        given: dict[tuple[int | None, int], list[SeatRow]] = defaultdict(list)
        for move in self.moves:
            given[move.to_person_id, move.seat.shift_id].append(move.seat)
        return given

    @property
    def names_unopened(self) -> list[str]:
        """The people who get seats and have not opened their account yet, by name."""
        return sorted(self.names[person_id] for person_id in self.unopened)

    @property
    def by_person(self) -> list[PersonChange]:
        """The changes person by person, by name: those who lose a shift first."""
        lost, got = defaultdict[int, list[SeatRow]](list), defaultdict[int, list[SeatRow]](list)
        why: dict[int, dict[ChangeReason, None]] = defaultdict(dict)
        for move in self.moves:
            for person_id, seats in ((move.from_person_id, lost), (move.to_person_id, got)):
                if person_id is not None:
                    seats[person_id].append(move.seat)
                    why[person_id][move.why] = None
        changes = [PersonChange(each, tuple(lost[each]), tuple(got[each]), tuple(why[each])) for each in self.people]
        return sorted(changes, key=lambda each: (not each.lost, self.names[each.person_id].casefold(), each.person_id))

    @property
    def people(self) -> set[int]:
        """Everybody whose seats change."""
        both = {person for move in self.moves for person in (move.from_person_id, move.to_person_id)}
        return {person for person in both if person is not None}

    @property
    def empty(self) -> int:
        """The seats that count and stay empty: those of the gaps."""
        return self.filling.empty


def review(board: DraftBoard, *, now: datetime) -> Review:
    """What publishing the open draft would change, what stands in its way, and what stays empty."""
    moved = {change.from_person_id for change in board.changes.values()}
    snapshot = take_snapshot(board, now=now, only={person for person in moved if person is not None})
    seats = {seat.id: seat for seat in board.seats}
    moves, overtaken = [], []
    for change in sorted(board.changes.values(), key=lambda one: (seats[one.seat_id].starts_at, one.seat_id)):
        seat = seats[change.seat_id]
        move = Move(seat, change.from_person_id, change.to_person_id, ChangeReason(change.why), change.override_words)
        if board.is_overtaken(seat) or seat.starts_at <= now:
            overtaken.append(move)
        elif change.to_person_id != seat.person_id:
            moves.append(move)
    names = {person.id: person.name for person in snapshot.roster.people}
    return Review(
        moves=tuple(moves),
        overtaken=tuple(overtaken),
        stopping=tuple(stopping_breaches(board, snapshot, moves)),
        gaps=tuple(_gaps(board, snapshot, now=now)),
        filling=filling(board.seats, board.has_holder, now=now),
        totals=totals_of(board, snapshot, now=now),
        names=names,
        stages=snapshot.stages,
        asking=to_be_asked(board, moves, now=now),
        unopened=snapshot.unopened & {move.to_person_id for move in moves},
        in_grace=in_grace_among({each: names[each] for each in _holders(board)}, snapshot.without, now),
    )


def _holders(board: DraftBoard) -> set[int]:
    """Everybody who would have a seat."""
    return {holder for seat in board.seats if (holder := board.holder(seat)) is not None}


def publish(
    rota_id: int,
    *,
    by: int | None,
    now: datetime,
    gaps_read: bool,
    seen: str | None = None,
    told: Told = NOTHING_WRITTEN,
) -> RotaVersion:
    """Make the open draft the next version, and notify each person whose seats change, once.

    Everybody who loses a shift is told why: as `told` has it, else in the usual words. Moves of a published rota near
    its time are not made: their people are asked (`asking_first`), unless `told` gives a reason why it cannot wait.

    Refuses a draft whose seats have passed to others meanwhile, naming them; one in which a filled seat breaks a rule;
    and, where seats stay empty, publishing without `gaps_read`. `seen` is the digest of the review that was read: a
    draft that was changed since is refused too.
    """
    _lock_people_of(rota_id)
    rota = lock_rota(rota_id)
    board = draft_board(rota)
    if board.draft is None:
        raise NothingToPublish("There is nothing to publish: this rota has no open draft.")
    reviewed = review(board, now=now)
    if seen is not None and seen != reviewed.digest and not reviewed.overtaken:
        raise ReadAgain("The draft has changed since you read it. Please look at it again, then publish.")
    _refuse(reviewed, gaps_read=gaps_read, rota=rota)
    line = " ".join(told.line.split())
    if len(line) > LONGEST_LINE:
        raise Invalid(f"Please keep the line for everyone under {LONGEST_LINE} characters.", field="line")
    emergency = emergency_words(told.emergency)
    asking = () if emergency or by is None else reviewed.asking
    done = replace(reviewed, moves=tuple(move for move in reviewed.moves if move not in asking))
    _refuse_what_breaks_without(asking, done, board, now=now)
    reasons = _reasons(done, told)
    version = new_version(
        rota,
        VersionKind.PUBLISHED,
        by=by,
        now=now,
        line_for_everyone=line or None,
        details={"draft": board.draft.id, "moves": len(done.moves), "asked": len(asking), "empty": reviewed.empty},
    )
    _apply(board, version, done.moves)
    db.session.add_all(RemovalReason(version_id=version.id, person_id=each, words=reasons[each]) for each in reasons)
    board.draft.state = DraftState.PUBLISHED
    asked = ask_first(board, asking, by=by, now=now, told_otherwise=done.people) if by is not None else {}
    _notify(version, done.moves, asked, now=now)
    if by is not None and emergency and reviewed.asking:
        keep_emergency(version, emergency, by=by)
    return version


def _reasons(reviewed: Review, told: Told) -> dict[int, str]:
    """Why each person who loses a shift does so, by their id."""
    reasons = {}
    for each in reviewed.by_person:
        if each.lost:
            words = " ".join(told.reasons.get(each.person_id, "").split())
            if len(words) > LONGEST_WORDS:
                name = reviewed.names[each.person_id]
                raise Invalid(f"Please keep what {name} is told under {LONGEST_WORDS} characters.")
            reasons[each.person_id] = words or each.usual_reason
    return reasons


def _lock_people_of(rota_id: int) -> None:
    """Lock everybody the draft moves, before the rota itself, so that nobody is given two seats at once."""
    rows = db.session.execute(
        select(DraftChange.from_person_id, DraftChange.to_person_id)
        .join(Draft, Draft.id == DraftChange.draft_id)
        .where(Draft.rota_id == rota_id, Draft.state == DraftState.OPEN)
    )
    db.lock_people(person for row in rows for person in row if person is not None)


def _refuse(reviewed: Review, *, gaps_read: bool, rota: Rota) -> None:
    if reviewed.overtaken:
        places = [_place(move.seat) for move in reviewed.overtaken]
        raise SeatsChangedMeanwhile(
            "Some seats changed hands since this draft was made. Look at them again, then publish:", *places
        )
    if not reviewed.moves and rota.is_published:
        raise NothingToPublish("This draft changes nothing, so there is nothing to publish.")
    if reviewed.stopping:
        raise DraftBreaksRules(*(breach.sentence for breach in reviewed.stopping))
    if reviewed.gaps and not gaps_read:
        raise GapsNotRead(
            f"Please say that you have read which {plural(reviewed.empty, 'seat stays', 'seats stay')} empty."
            if reviewed.empty
            else "Please say that you have read which shifts are not safe to open.",
            field="gaps_read",
        )


def _refuse_what_breaks_without(asking: Sequence[Move], done: Review, board: DraftBoard, *, now: datetime) -> None:
    """Refuse moves that would break a rule as long as the others are only asked for."""
    if not asking:
        return
    people = {person for move in (*asking, *done.moves) for person in (move.from_person_id, move.to_person_id)}
    snapshot = take_snapshot(board, now=now, only={person for person in people if person is not None})
    not_yet = [Seating(m.seat.shift_id, m.seat.duty, m.to_person_id) for m in asking if m.to_person_id is not None]
    still = [Seating(m.seat.shift_id, m.seat.duty, m.from_person_id) for m in asking if m.from_person_id is not None]
    meanwhile = replace(snapshot, plan=snapshot.plan.without(*not_yet).adding(*still))
    if breaks := stopping_breaches(board, meanwhile, done.moves):
        raise DraftBreaksRules(
            "Some people are asked first, and until they say yes this would break a rule:",
            *(breach.sentence for breach in breaks),
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


def _notify(version: RotaVersion, moves: Sequence[Move], asked: Mapping[int, list[int]], *, now: datetime) -> None:
    deadlines: dict[int, datetime] = defaultdict(lambda: now)
    for move in moves:
        for person_id in (move.from_person_id, move.to_person_id):
            if person_id is not None:
                deadlines[person_id] = max(deadlines[person_id], move.seat.ends_at)
    for person_id, deadline in sorted(deadlines.items()):
        later = SeatsChanged(version_id=version.id, asked_change_ids=asked.get(person_id, ()))
        notice = RotaPublished(version_id=version.id) if version.number == 1 else later
        queue.enqueue(
            notice,
            to=person_id,
            once=f"{notice.kind}:{version.id}:{person_id}",
            now=now,
            deadline=deadline,
        )


def stopping_breaches(board: DraftBoard, snapshot: Snapshot, moves: Sequence[Move]) -> list[Breach]:
    """Return the breaches on seats that this draft fills, less those that a coordinator gave a reason for.

    A rule already broken by seats the draft does not touch does not stop publishing.
    """
    given: dict[tuple[int, int], set[str]] = defaultdict(set)
    for move in moves:
        if move.to_person_id is not None:
            given[move.to_person_id, move.seat.shift_id] |= set(board.changes[move.seat.id].overrides)
    people = snapshot.roster.person_by_id
    twice = sorted(board.seated_twice() & given.keys())
    stopping = [on_it_already(who, people[who].name, shift_id) for who, shift_id in twice]
    for breach in breaches_of_people(snapshot.roster, snapshot.plan, sorted({person for person, _ in given})):
        if breach.person_id is None:
            continue
        touched = [
            given[breach.person_id, shift_id] for shift_id in breach.shift_ids if (breach.person_id, shift_id) in given
        ]
        excused = breach.severity is Severity.OVERRIDABLE and any(breach.rule in rules for rules in touched)
        if touched and not excused and breach.severity in (Severity.HARD, Severity.OVERRIDABLE):
            stopping.append(breach)
    return stopping


def _gaps(board: DraftBoard, snapshot: Snapshot, *, now: datetime) -> list[Gap]:
    """Return the shifts that are not over and stay short, or that are not safe to open as they stand."""
    unsafe: dict[int, list[str]] = defaultdict(list)
    for breach in breaches_of_shifts(snapshot.roster, snapshot.plan):
        unsafe[breach.shift_ids[0]].append(breach.sentence)
    by_shift: dict[int, list[SeatRow]] = defaultdict(list)
    for seat in board.seats:
        if seat.ends_at > now:
            by_shift[seat.shift_id].append(seat)
    gaps = []
    for shift_id, seats in by_shift.items():
        short = shortage(seats, board.has_holder, zone=snapshot.roster.zone, now=now)
        if short or unsafe[shift_id]:
            gaps.append(Gap(seats[0], short, tuple(unsafe[shift_id])))
    return gaps


def _place(seat: SeatRow) -> str:
    return f"{seat.channel}, {seat.duty.words}, seat {seat.number}, {seat.label}"
