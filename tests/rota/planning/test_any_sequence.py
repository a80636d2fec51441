"""Whatever coordinators and people do one after another with a rota, in any order, it stays safe and told.

Each example draws a sequence of edits, locks, proposals, undone and redone steps, published and put back versions,
claims, shifts given back, leave, lapses and hours that pass. After each step the published rota is judged from the
tables and from what the test itself remembers; no rule of the product is asked.
"""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import combinations, count
from typing import Any

from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from app import clock, db
from app.audit import AuditLine
from app.outbox.models import OutboxRow
from app.people.models import Person
from app.refusals import Refusal
from app.trail import verification
from progression import evidence
from progression.duties import Duty
from progression.evidence import NewEvidence
from progression.ledger import facts_of_person
from rota.planning import drafts, publishing, undoing
from rota.planning.version_history import put_back
from rota.scheduling.cover_pattern import Need
from rota.shifts import claims_and_drops, releasing
from rota.store import availability, pairs
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
)
from tests.examples import examples
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
STEPS = st.lists(
    st.tuples(
        st.sampled_from((*DRAFTED, *SAID, "publish", "publish", "publish")), st.integers(0, 8), st.integers(0, 2)
    ),
    min_size=8,
    max_size=24,
)
START = [("give", 0, 0), ("propose", 0, 0), ("publish", 0, 0)]
TO_THE_PERSON = ("rota-published", "seats-changed", "shift-taken", "seat-released")
DAYS = 3
WEEKS = 40  # fewer than a rota may be planned ahead


@dataclass
class Week:
    """One example: a rota of a few days, three people, and what the test remembers of them."""

    rota_id: int
    team: list[int]
    """The first two offer all their time; the third offers none, and takes a seat only by a reason."""
    now: datetime
    by: int
    away: dict[int, list[tuple[datetime, datetime]]] = field(default_factory=dict)
    lapsed: set[int] = field(default_factory=set)
    is_apart: bool = False
    """Whether the second and the third are kept apart."""
    judged_until: int = 0
    """The newest change of a seat that was judged."""

    @property
    def rota(self) -> Rota:
        return db.session.get_one(Rota, self.rota_id)

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


def held_seats(rota_id: int) -> list[Held]:
    rows = db.session.execute(
        select(Seat.id, CoverLine.id, CoverLine.most, Shift.id, Shift.starts_at, Shift.ends_at, Assignment.person_id)
        .join(Assignment, Assignment.seat_id == Seat.id)
        .join(CoverLine, CoverLine.id == Seat.line_id)
        .join(Shift, Shift.id == CoverLine.shift_id)
        .where(Shift.rota_id == rota_id, Assignment.ended_at.is_(None))
    )
    return [Held(*row) for row in rows]


def check(week: Week) -> None:
    """Judge what is published by the tables and by what the test remembers."""
    held = held_seats(week.rota_id)
    assert len({each.seat_id for each in held}) == len(held), "two people on one seat"
    on_line = Counter(each.line_id for each in held)
    assert all(on_line[each.line_id] <= each.most for each in held), "more people than the shift has work for"
    for one, other in combinations(held, 2):
        is_same = one.person_id == other.person_id
        assert not (is_same and one.starts_at < other.ends_at and other.starts_at < one.ends_at), (
            "in two places at once"
        )
    coming = [each for each in held if each.starts_at > week.now]
    assert not [each for each in coming if each.person_id in week.lapsed], "not cleared, and on a coming shift"
    changes = changes_of(week.rota_id)
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


def changes_of(rota_id: int) -> list[tuple[RotaVersion, AssignmentChange]]:
    rows = db.session.execute(
        select(RotaVersion, AssignmentChange)
        .join(AssignmentChange, AssignmentChange.version_id == RotaVersion.id)
        .where(RotaVersion.rota_id == rota_id)
        .order_by(AssignmentChange.id)
    )
    return [(row[0], row[1]) for row in rows]


def check_told(week: Week) -> None:
    """Each person whose seats a version changed has one notice of it, but who did it themselves; each has its line."""
    expected: set[tuple[int, int]] = set()
    for version, change in changes_of(week.rota_id):
        people = {change.from_person_id, change.to_person_id} - {None}
        if version.kind == "dropped":
            people -= {version.by_id}
        expected |= {(version.id, person) for person in people if person is not None}
    versions = {
        number: id_
        for id_, number in db.session.execute(
            select(RotaVersion.id, RotaVersion.number).where(RotaVersion.rota_id == week.rota_id)
        )
    }
    told: list[tuple[int, int]] = []
    for row in db.session.scalars(select(OutboxRow).where(OutboxRow.kind.in_(TO_THE_PERSON))):
        about = (row.facts["version_id"], *row.facts.get("more_version_ids", ()))
        told += [(version, row.person_id) for version in about if version in versions.values()]
    assert sorted(told) == sorted(expected)
    assert sorted(versions) == list(range(1, len(versions) + 1))
    subjects = [f"rota_version:{id_}" for id_ in versions.values()]
    lines = Counter(db.session.scalars(select(AuditLine.subject).where(AuditLine.subject.in_(subjects))))
    assert lines == dict.fromkeys(subjects, 1)


def begin(crew: Crew, channels: list[Channel], number: int) -> Week:
    """A week of its own with people of its own, two days before it; new channels when the weeks are used up."""
    if number % WEEKS == 0:
        needs = Need(Duty.MODERATOR, 1, 2, 2)
        channels[:] = [crew.evenings(f"Board {number}", needs), crew.evenings(f"Chat {number}", starts=time(20))]
    monday: date = MONDAY + timedelta(days=7 * (number % WEEKS))
    team = [crew.moderator(f"{name} {number}") for name in ("Wren", "Teal", "Rook")]
    crew.always_can(*team[:2])
    now = datetime.combine(monday - timedelta(days=2), time(12), tzinfo=LONDON).astimezone(UTC)
    return Week(crew.rota(*channels, starts_on=monday, days=DAYS).id, [each.id for each in team], now, crew.assessor.id)


def test_any_sequence_keeps_the_rota_within_its_rules_told_once_and_replayable(crew: Crew) -> None:
    channels: list[Channel] = []
    numbers = count()

    # Making a shorter sequence of one that fails would take minutes with a database.
    @settings(max_examples=examples(12), phases=(Phase.explicit, Phase.reuse, Phase.generate))
    @given(STEPS)
    def run(steps: list[tuple[str, int, int]]) -> None:
        week = begin(crew, channels, next(numbers))
        for step in [*START, *steps, ("publish", 0, 0)]:
            if step[0] == "hours pass":
                week.now += timedelta(hours=5 * (step[1] + 1))
            elif step[0] == "sweep":
                releasing.sweep(week.now)
            else:
                with suppress(Refusal), db.writing():
                    act(week, step)
            db.session.rollback()
            check(week)
        check_told(week)
        assert week.rota.version > 0, "nothing was published, so nothing was judged"

    run()
    assert list(verification.check()) == []
