"""Progression's part of the demonstration: people who came up the pathway at believable times, each signed
for.

Everything goes through the use cases, so that nothing in the demonstration could not have happened. It takes
two turns: what comes before the courses (agreements, talks, checks, the step to peer), and what rests on
them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import count

from app import clock, db, settings
from app.domain import Demonstrate, Demonstration
from app.people.models import Person
from progression import evidence, recording, signoff
from progression.checks import Level, Outcome, Workforce
from progression.facts import FactKind
from progression.ledger import of_people
from progression.stages import Stage

# Columns of demo/people.csv.
STAGE, CHECKED, TRAINED = "stage", "dbs_months_ago", "conflict_months_ago"

# Who decides. Nobody decides about themselves, so each of the three has another.
ASSESSORS = ("staff@demo.test", "marlow@demo.test")
ASSESSOR_OF_ASSESSORS = "admin@demo.test"

AGREED_ONLY = "tern@demo.test"
READY_FOR_PEER = "vale@demo.test"
READY_FOR_VOLUNTEER = "finch@demo.test"
TOLD_NOT_YET = "comet@demo.test"
LACKS_ONLY_THE_COURSE = "peer@demo.test"
WRONGLY_RECORDED = "quill@demo.test"

# Volunteers whose check is older than this have led beside an experienced lead by now.
LEADS_AFTER_MONTHS = 17

TALKS = (
    "Warm and curious. Asked what happens to a member after we log off, which is the right question.",
    "Knows from experience what it is to wait for an answer at night. Clear about what a peer is not.",
    "Listens well. We talked about saying no kindly, and about looking after oneself.",
)
SHIFTS = (
    "Calm with a member who wanted to leave. Asked before acting, twice, and was right both times.",
    "Kind and clear. Waited a little long before telling the lead; we talked about it afterwards.",
    "Noticed who had gone quiet and left the loud thread to the moderator. Handed over in good order.",
    "Steady through a heated evening. Took the break when it was offered.",
)
LEADS = (
    "Led the evening well: shared the work out early and checked on everybody once an hour.",
    "Called me in at the right moment, and wrote a handover that the night could work from.",
)
REASONS = (
    "Ready. I have seen it on shift and read what the others saw.",
    "Notices who has gone quiet, and asks for help early.",
    "Trusted by the team and honest about limits. Glad to have you.",
    "Did each part with care. The talk afterwards showed it was understood.",
)


@dataclass
class Diary:
    """What happened, put in the order of time before it is done, so that ledger and audit trail run forward."""

    demo: Demonstration
    _deeds: list[tuple[datetime, int, Callable[[datetime], object]]] = field(default_factory=list)
    _numbers: count[int] = field(default_factory=count)

    def add(self, at: datetime, deed: Callable[[datetime], object]) -> None:
        """Something that happened at an instant; what would lie ahead is left out."""
        if at <= self.demo.now:
            self._deeds.append((at, next(self._numbers), deed))

    def live_through(self) -> None:
        """Do everything in order, in one transaction."""
        with db.writing():
            for at, _number, deed in sorted(self._deeds, key=lambda each: each[:2]):
                deed(at)

    def assessor_of(self, email: str, turn: int) -> Person:
        """Who looks at this person: one of the two assessors, and for them the third."""
        if email in ASSESSORS:
            return self.demo.people[ASSESSOR_OF_ASSESSORS]
        return self.demo.people[ASSESSORS[turn % len(ASSESSORS)]]


def begin(demo: Demonstration) -> None:
    """Agreements, welcome talks, background checks, and the step from user to peer."""
    diary = Diary(demo)
    for turn, (email, row) in enumerate(demo.rows.items()):
        person, by = demo.people[email], diary.assessor_of(email, turn)
        began_at = _hour(_first_day(demo, row) - timedelta(days=75 + turn % 9), 15)
        if row[STAGE] != Stage.USER or email in (AGREED_ONLY, READY_FOR_PEER):
            diary.add(began_at, _agrees(person))
        if row[STAGE] != Stage.USER or email == READY_FOR_PEER:
            diary.add(began_at + timedelta(days=6), _is_seen(person, "welcome-talk", by, TALKS[turn % len(TALKS)]))
        if row[STAGE] != Stage.USER:
            diary.add(
                began_at + timedelta(days=9), _is_signed_off(person, Stage.PEER, by, REASONS[turn % len(REASONS)])
            )
        if row[CHECKED]:
            seen_on = clock.months_after(demo.monday, -int(row[CHECKED])) - timedelta(days=turn % 7)
            diary.add(_hour(seen_on, 11), _is_checked(person, seen_on, by, turn))
    diary.live_through()


def go_on(demo: Demonstration) -> None:
    """What rests on the courses: observed shifts, and the steps to volunteer and to staff."""
    diary = Diary(demo)
    known = of_people(person.id for person in demo.people.values())
    for turn, (email, row) in enumerate(demo.rows.items()):
        person, by = demo.people[email], diary.assessor_of(email, turn)
        prepared = [fact.happened_at for fact in known[person.id] if fact.kind in ("training", FactKind.CHECK)]
        prepared_at = max(prepared, default=demo.now)
        if email in (LACKS_ONLY_THE_COURSE, READY_FOR_VOLUNTEER) or Stage(row[STAGE]) >= Stage.VOLUNTEER:
            diary.add(prepared_at + timedelta(days=5), _is_seen(person, "shift", by, SHIFTS[turn % len(SHIFTS)]))
        if Stage(row[STAGE]) >= Stage.VOLUNTEER:
            _becomes_volunteer(diary, person, row, by, prepared_at, turn)
        if row[STAGE] == Stage.STAFF:
            _becomes_staff(diary, person, by, prepared_at, turn)
    _is_told_not_yet(diary)
    _is_put_right(diary)
    diary.live_through()


def _becomes_volunteer(
    diary: Diary, person: Person, row: Mapping[str, str], by: Person, prepared_at: datetime, turn: int
) -> None:
    reason = REASONS[(turn + 1) % len(REASONS)]
    diary.add(prepared_at + timedelta(days=12), _is_signed_off(person, Stage.VOLUNTEER, by, reason))
    if row[STAGE] == Stage.VOLUNTEER and int(row[CHECKED]) >= LEADS_AFTER_MONTHS:
        diary.add(prepared_at + timedelta(days=60), _is_seen(person, "lead", by, LEADS[turn % len(LEADS)]))


def _becomes_staff(diary: Diary, person: Person, by: Person, prepared_at: datetime, turn: int) -> None:
    diary.add(prepared_at + timedelta(days=30), _is_seen(person, "lead", by, LEADS[turn % len(LEADS)]))
    diary.add(
        prepared_at + timedelta(days=36),
        _is_seen(person, "staff-talk", by, "A good talk, and both references speak warmly."),
    )
    reason = REASONS[(turn + 2) % len(REASONS)]
    diary.add(prepared_at + timedelta(days=40), _is_signed_off(person, Stage.STAFF, by, reason))


def _is_told_not_yet(diary: Diary) -> None:
    demo = diary.demo
    person, by = demo.people[TOLD_NOT_YET], demo.people[ASSESSORS[1]]
    reason = "You are close. Let somebody watch one of your evenings and write down what they saw; then we talk again."
    diary.add(
        _hour(demo.monday - timedelta(days=20), 16),
        lambda at: signoff.not_yet(person, Stage.VOLUNTEER, by=by, reason=reason, now=at),
    )


def _is_put_right(diary: Diary) -> None:
    """A record that was made for the wrong person, and withdrawn the next day."""
    demo = diary.demo
    person, recorded_by, withdrawn_by = (
        demo.people[WRONGLY_RECORDED],
        demo.people[ASSESSORS[1]],
        demo.people[ASSESSORS[0]],
    )
    recorded: list[int] = []

    def record(at: datetime) -> object:
        note = "Led the night of Sunday without a hitch."
        wrong = recording.record_observation(
            person, "lead", on=clock.on(at, settings.current().zone), note=note, by=recorded_by, now=at
        )
        recorded.append(wrong.id)
        return wrong

    def withdraw(at: datetime) -> object:
        return evidence.withdraw(recorded[0], by=withdrawn_by.id, why="It was Alder who led that night.", now=at)

    day = demo.monday - timedelta(days=40)
    diary.add(_hour(day, 10), record)
    diary.add(_hour(day + timedelta(days=1), 10), withdraw)


def _first_day(demo: Demonstration, row: Mapping[str, str]) -> date:
    """The earliest day something rests on: the check, the course, or for newcomers a few weeks ago."""
    months = max(int(row[CHECKED] or 0), int(row[TRAINED] or 0))
    return clock.months_after(demo.monday, -months)


def _hour(day: date, hour: int) -> datetime:
    return clock.starts(day, settings.current().zone) + timedelta(hours=hour)


def _agrees(person: Person) -> Callable[[datetime], object]:
    return lambda at: recording.agree_to_code(person, edition=recording.CODE_OF_CONDUCT, now=at)


def _is_seen(person: Person, key: str, by: Person, note: str) -> Callable[[datetime], object]:
    return lambda at: recording.record_observation(
        person, key, on=clock.on(at, settings.current().zone), note=note, by=by, now=at
    )


def _is_checked(person: Person, seen_on: date, by: Person, turn: int) -> Callable[[datetime], object]:
    issued_on = seen_on - timedelta(days=3)
    check = recording.CheckSeen(
        level=Level.ENHANCED_BARRED,
        workforce=Workforce.CHILD_AND_ADULT if turn % 3 else Workforce.CHILD,
        outcome=Outcome.CLEAR,
        issued_on=issued_on,
        seen_on=seen_on,
        next_due_on=clock.months_after(issued_on, 36),
        last_four=f"{1871 + turn * 97 % 8000:04}",
    )
    return lambda at: recording.record_check(person, check, by=by, now=at)


def _is_signed_off(person: Person, to: Stage, by: Person, reason: str) -> Callable[[datetime], object]:
    return lambda at: signoff.sign_off(person, to, by=by, reason=reason, now=at)


STEPS = (Demonstrate(order=10, load=begin), Demonstrate(order=30, load=go_on))
