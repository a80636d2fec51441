"""Weeks of a rota to which many things happen one after another, and what must hold of them after each.

The judging asks no rule of the product: it reads the tables, and what the test itself remembers of its people.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import combinations
from typing import Any

from sqlalchemy import select

from app import clock, db
from app.audit import AuditLine
from app.outbox.models import OutboxRow
from app.people.models import Person
from progression import evidence
from progression.duties import Duty
from progression.evidence import NewEvidence
from progression.ledger import facts_of_person
from rota.exchanges.models import SeatChangeReceipt
from rota.planning import drafts, publishing, undoing
from rota.planning.version_history import put_back
from rota.scheduling.cover_pattern import Need
from rota.shifts import claims_and_drops
from rota.store import availability, pairs
from rota.store.absences import Absence, AbsenceSeat
from rota.store.draft_board import draft_board
from rota.store.models import (
    Assignment,
    AssignmentChange,
    Channel,
    CoverLine,
    DatedKind,
    OverrideReason,
    Rota,
    RotaVersion,
    Seat,
    Shift,
    VersionKind,
)
from rota.store.seat_part_rows import SeatPart
from tests.rota.crew import LONDON, MONDAY, TRAINED, Crew

DRAFTED = (
    "give",
    "give",
    "clear",
    "leave as it is",
    "lock",
    "unlock",
    "undo",
    "redo",
    "propose",
    "put back",
    "discard",
)
SAID = ("leave", "back", "lapse", "renew", "keep apart", "claim", "drop", "hours pass", "sweep")
DAYS = 3
WEEKS = 40  # fewer than a rota may be planned ahead


@dataclass
class Week:
    """One example: rotas of the same few days, some people, and what the test remembers of them."""

    rota_ids: list[int]
    team: list[int]
    """They offer all their time, but for the third, who offers none and takes a seat only by a reason."""
    now: datetime
    by: int
    away: dict[int, list[tuple[datetime, datetime]]] = field(default_factory=dict)
    lapsed: set[int] = field(default_factory=set)
    is_apart: bool = False
    """Whether the second and the third are kept apart."""
    judged_until: int = 0
    """The newest change of a seat that was judged."""
    turn: int = 0
    """Which of the rotas the next step is about."""

    @property
    def rota(self) -> Rota:
        return db.session.get_one(Rota, self.rota_ids[self.turn % len(self.rota_ids)])

    def person(self, who: int) -> Person:
        return db.session.get_one(Person, self.team[who])


def act(week: Week, step: tuple[str, int, int]) -> None:
    """Do one step as a page would; a refusal changes nothing."""
    action, place, who = step
    if action in SAID:
        say(week, action, place, who)
        return
    rota, board = week.rota, draft_board(week.rota)
    seat = board.seats[place % len(board.seats)]
    steps = undoing.last_steps(board).steps
    reason = "It was agreed." if place % 2 else ""
    details: dict[str, Any] = {"by": week.by, "now": week.now}
    if action == "give":
        drafts.assign(rota, seat.id, week.team[who], reason=reason, **details)
    elif action in ("clear", "lock", "unlock", "leave as it is"):
        uses = {"clear": drafts.clear, "lock": drafts.lock, "unlock": drafts.unlock}
        uses.get(action, drafts.leave_as_published)(rota, seat.id, **details)
    elif action in ("undo", "redo") and steps:
        getattr(undoing, action)(rota, steps[place % len(steps)].id, **details)
    elif action == "propose" and board.draft is not None:
        # Some of these plans give one person two seats at once, which publishing must refuse.
        wanted = {
            one.id: week.team[(who + n // 3) % 2] if n % 3 in ((0, 2) if place % 4 == 3 else (0,)) else None
            for n, one in enumerate(board.seats)
            if not board.is_settled(one) and one.starts_at > week.now
        }
        drafts.lay_proposal(board.draft, board, wanted, **details)
    elif action == "publish":
        publishing.publish(rota.id, gaps_read=True, **details)
    elif action == "put back":
        put_back(rota, place, reason="It was agreed." if who else "", **details)
    elif action == "discard" and not place:
        drafts.discard(rota, **details)


def say(week: Week, action: str, place: int, who: int) -> None:
    """What people say and do, and what happens to them."""
    board, person = draft_board(week.rota), week.person(who)
    seat = board.seats[place % len(board.seats)]
    if action == "leave":
        times = (seat.starts_at - timedelta(hours=1), seat.ends_at + timedelta(hours=1))
        availability.set_exception(person.id, DatedKind.LEAVE, *times, now=week.now)
        week.away.setdefault(person.id, []).append(times)
    elif action == "back":
        for row in availability.exceptions_of(person.id, now=week.now):
            availability.remove_exception(person.id, row.id, now=week.now)
        week.away[person.id] = [times for times in week.away.get(person.id, []) if times[1] <= week.now]
    elif action == "lapse" and person.id not in week.lapsed:
        trained = next(
            fact for fact in facts_of_person(person.id) if fact.kind == TRAINED[0] and fact.key == TRAINED[1]
        )
        evidence.withdraw(trained.id, by=week.by, why="It was somebody else’s", now=week.now)
        week.lapsed.add(person.id)
    elif action == "renew" and person.id in week.lapsed:
        again = NewEvidence(person_id=person.id, kind=TRAINED[0], key=TRAINED[1], facts=TRAINED[2])
        evidence.record(again, by=None, now=week.now)
        week.lapsed.discard(person.id)
    elif action == "keep apart" and not week.is_apart:
        pairs.keep_pair(
            (week.team[1], week.team[2]),
            is_together=False,
            from_on=clock.on(week.now, LONDON),
            until_on=None,
            reason="",
            by=week.by,
            now=week.now,
        )
        week.is_apart = True
    elif action == "claim":
        claims_and_drops.claim(seat.id, person, now=week.now)
    elif action == "drop" and seat.assignment_id is not None and seat.person_id is not None:
        claims_and_drops.drop(seat.assignment_id, db.session.get_one(Person, seat.person_id), now=week.now)


@dataclass(frozen=True)
class Held:
    """A seat that somebody has now, read from the tables."""

    seat_id: int
    line_id: int
    most: int
    shift_id: int
    starts_at: datetime
    ends_at: datetime
    person_id: int
    assignment_id: int


def held_seats(rota_ids: Collection[int]) -> list[Held]:
    rows = db.session.execute(
        select(
            Seat.id,
            CoverLine.id,
            CoverLine.most,
            Shift.id,
            Shift.starts_at,
            Shift.ends_at,
            Assignment.person_id,
            Assignment.id,
        )
        .join(Assignment, Assignment.seat_id == Seat.id)
        .join(CoverLine, CoverLine.id == Seat.line_id)
        .join(Shift, Shift.id == CoverLine.shift_id)
        .where(Shift.rota_id.in_(rota_ids), Assignment.ended_at.is_(None))
    )
    return [Held(*row) for row in rows]


def hours_of(held: Sequence[Held]) -> list[tuple[int, datetime, datetime]]:
    """Who works from when until when: who has a seat, less the parts that others took of it, and those others."""
    hours: list[tuple[int, datetime, datetime]] = []
    taken: dict[int, list[SeatPart]] = defaultdict(list)
    ids = [each.assignment_id for each in held]
    for part in db.session.scalars(
        select(SeatPart)
        .where(SeatPart.assignment_id.in_(ids), SeatPart.ended_at.is_(None))
        .order_by(SeatPart.starts_at)
    ):
        taken[part.assignment_id].append(part)
        hours.append((part.person_id, part.starts_at, part.ends_at))
    for each in held:
        since = each.starts_at
        for part in taken[each.assignment_id]:
            assert since <= part.starts_at < part.ends_at <= each.ends_at, "parts overlap, or are not of their shift"
            hours.append((each.person_id, since, part.starts_at))
            since = part.ends_at
        hours.append((each.person_id, since, each.ends_at))
    return hours


def check(week: Week) -> None:
    """Judge what is published by the tables and by what the test remembers."""
    held = held_seats(week.rota_ids)
    assert len({each.seat_id for each in held}) == len(held), "two people on one seat"
    on_line = Counter(each.line_id for each in held)
    assert all(on_line[each.line_id] <= each.most for each in held), "more people than the shift has work for"
    for one, other in combinations(hours_of(held), 2):
        assert not (one[0] == other[0] and one[1] < other[2] and other[1] < one[2]), "in two places at once"
    coming = [each for each in held if each.starts_at > week.now]
    assert not [each for each in coming if each.person_id in week.lapsed], "not cleared, and on a coming shift"
    parts = [each for each in hours_of(coming) if each[0] in week.lapsed]
    assert not parts, "not cleared, and on a part of a coming shift"
    changes = changes_of(week.rota_ids)
    replayed: dict[int, int] = {}
    for _, change in changes:
        assert replayed.get(change.seat_id) == change.from_person_id, "a change from somebody who did not have the seat"
        replayed.pop(change.seat_id, None)
        if change.to_person_id is not None:
            replayed[change.seat_id] = change.to_person_id
    assert replayed == {each.seat_id: each.person_id for each in held}, "the history adds up to another rota"
    for version, change in changes:
        if change.id > week.judged_until:
            judge_new(week, version, change, held)
    week.judged_until = max((change.id for _, change in changes), default=0)


def judge_new(week: Week, version: RotaVersion, change: AssignmentChange, held: list[Held]) -> None:
    """Judge one change that this step made, by what is remembered at this moment."""
    starts_at = db.session.execute(
        select(Shift.starts_at)
        .join(CoverLine, CoverLine.shift_id == Shift.id)
        .join(Seat, Seat.line_id == CoverLine.id)
        .where(Seat.id == change.seat_id)
    ).scalar_one()
    assert version.made_at == week.now < starts_at, "the seat of a shift that has begun"
    to = change.to_person_id
    if to is None:
        return
    [given] = [each for each in held if each.seat_id == change.seat_id]
    assert to not in week.lapsed
    for start, end in week.away.get(to, []):
        assert end <= given.starts_at or given.ends_at <= start, "given to somebody who is away"
    if week.is_apart and to in week.team[1:]:
        beside = {each.person_id for each in held if each.shift_id == given.shift_id}
        assert not beside >= set(week.team[1:]), "two who are kept apart are on one shift"
    if to == week.team[2]:
        assert "availability" in change.overrides, "a time that was not offered, and no reason"
        assert db.session.get_one(OverrideReason, change.id).words == "It was agreed."


def changes_of(rota_ids: Collection[int]) -> list[tuple[RotaVersion, AssignmentChange]]:
    rows = db.session.execute(
        select(RotaVersion, AssignmentChange)
        .join(AssignmentChange, AssignmentChange.version_id == RotaVersion.id)
        .where(RotaVersion.rota_id.in_(rota_ids))
        .order_by(AssignmentChange.id)
    )
    return [(row[0], row[1]) for row in rows]


def check_told(week: Week) -> None:
    """Each person whose seats a version changed has one notice of it, but who gave one back themselves; each has its
    line in the audit trail.
    """
    versions = {
        version.id: version
        for version in db.session.scalars(select(RotaVersion).where(RotaVersion.rota_id.in_(week.rota_ids)))
    }
    told = Counter((id_, person) for id_, person in all_told() if id_ in versions)
    absences = db.session.scalars(select(Absence.id).where(Absence.person_id.in_(week.team)))
    away = {version_id for absence_id in absences for version_id in versions_of_absence(absence_id)}
    expected: set[tuple[int, int]] = set()
    for version, change in changes_of(week.rota_ids):
        people = {change.from_person_id, change.to_person_id} - {None}
        if version.kind is VersionKind.DROPPED and version.id not in away:
            people -= {version.by_id}
        expected |= {(version.id, person) for person in people if person is not None}
    wrong = {
        (versions[id_].kind, id_, person): told[id_, person]
        for id_, person in {*told, *expected}
        if told[id_, person] != ((id_, person) in expected)
    }
    assert not wrong, f"not exactly one notice of each change of a person's seats: {wrong}"
    for rota_id in week.rota_ids:
        numbers = sorted(version.number for version in versions.values() if version.rota_id == rota_id)
        assert numbers == list(range(1, len(numbers) + 1))
    subjects = [f"rota_version:{id_}" for id_ in versions]
    lines = Counter(db.session.scalars(select(AuditLine.subject).where(AuditLine.subject.in_(subjects))))
    assert lines == dict.fromkeys(subjects, 1)


def all_told() -> Iterator[tuple[int, int]]:
    """The versions of which somebody has an e-mail because their own seats changed: each with the person, for each."""
    receipts = {receipt.change_id: receipt.results for receipt in db.session.scalars(select(SeatChangeReceipt))}
    for row in db.session.scalars(select(OutboxRow)):
        about: Sequence[int]
        match row.kind:
            case "rota-published" | "seats-changed" | "shift-taken" | "seat-released":
                about = [row.facts["version_id"], *row.facts.get("more_version_ids", ())]
            case "away-unmade":
                about = row.facts["version_ids"]
            case "done-for-you" if row.facts["what"] in ("claimed", "dropped"):
                about = [int(row.once.rpartition(":")[2])]
            case "seat-change-done":
                about = versions_with(row.person_id, receipts[row.facts["change_id"]]["versions"])
            case "away-said":
                about = versions_of_absence(row.facts["absence_id"])
            case _:
                about = []
        yield from ((version_id, row.person_id) for version_id in about)


def versions_with(person_id: int, version_ids: Sequence[int]) -> Sequence[int]:
    """Those of these versions of one event in which the person's seats changed; all of them where none did."""
    theirs = (AssignmentChange.from_person_id == person_id) | (AssignmentChange.to_person_id == person_id)
    found = select(AssignmentChange.version_id).where(AssignmentChange.version_id.in_(version_ids), theirs).distinct()
    return db.session.scalars(found).all() or version_ids


def versions_of_absence(absence_id: int) -> Sequence[int]:
    """The versions in which an absence took its person off seats."""
    return db.session.scalars(
        select(AssignmentChange.version_id)
        .join(AbsenceSeat, AbsenceSeat.seat_id == AssignmentChange.seat_id)
        .join(Absence, Absence.id == AbsenceSeat.absence_id)
        .join(RotaVersion, RotaVersion.id == AssignmentChange.version_id)
        .where(
            RotaVersion.kind == VersionKind.DROPPED,
            Absence.id == absence_id,
            AssignmentChange.changed_at == Absence.said_at,
            AssignmentChange.from_person_id == Absence.person_id,
            AssignmentChange.to_person_id.is_(None),
        )
        .distinct()
    ).all()


def begin(
    crew: Crew, channels: list[Channel], number: int, *more: str, days_before: int = 2, are_apart: bool = False
) -> Week:
    """A week of its own with people of its own, some days before it; new channels when the weeks are used up.

    One rota of both channels or, with `are_apart`, one of each, the second of one day more. `more` are names of more
    people.
    """
    if number % WEEKS == 0:
        needs = Need(Duty.MODERATOR, 1, 2, 2)
        channels[:] = [crew.evenings(f"Board {number}", needs), crew.evenings(f"Chat {number}", starts=time(20))]
    monday: date = MONDAY + timedelta(days=7 * (number % WEEKS))
    team = [crew.moderator(f"{name} {number}") for name in ("Wren", "Teal", "Rook", *more)]
    crew.always_can(*team[:2], *team[3:])
    now = datetime.combine(monday - timedelta(days=days_before), time(12), tzinfo=LONDON).astimezone(UTC)
    of_rotas = [[each] for each in channels] if are_apart else [channels]
    rotas = [crew.rota(*each, starts_on=monday, days=DAYS + n).id for n, each in enumerate(of_rotas)]
    return Week(rotas, [each.id for each in team], now, crew.assessor.id)
