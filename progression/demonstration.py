"""Progression's part of the demonstration: people who moved up the pathway at plausible times, each signed off.

Everything goes through the use cases, so the demonstration holds nothing that could not have happened. It loads in
three steps: what comes before the courses (agreements, talks, checks, the step to peer), what depends on them, and what
was seen on shifts.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta

from app import clock, settings
from app.domain import Demonstration, DemonstrationStep
from app.people.models import Person
from progression import evidence, recording, signoff
from progression.checks import Level, Outcome, Workforce
from progression.demonstrating.decisions import add_decisions, load_after_shifts
from progression.demonstrating.timeline import ASSESSORS, Timeline, hour
from progression.documents.agreeing import agree
from progression.documents.shipped import CODE_OF_CONDUCT, FIRST
from progression.fact_kinds import FactKind
from progression.ledger import facts_of_people
from progression.listening import news, pulses, suggesting
from progression.listening.models import Outcome as Done
from progression.road.thanks import thank
from progression.stages import Stage

# Columns of demo/people.csv.
STAGE, CHECKED, TRAINED = "stage", "dbs_months_ago", "conflict_months_ago"

AGREED_ONLY = "tern@demo.test"
READY_FOR_PEER = "vale@demo.test"
READY_FOR_VOLUNTEER = "finch@demo.test"
DECIDED_NOT_YET = "comet@demo.test"
MISSING_ONLY_THE_COURSE = "peer@demo.test"
WITHOUT_SAFEGUARDING = ("heath@demo.test", "nettle@demo.test")
"""Hosts from before the pathway asked for Safeguarding essentials, who have some weeks to take it."""
WRONGLY_RECORDED = "quill@demo.test"
THANKED = "volunteer@demo.test"  # here for more than a year, which is a milestone

# What seven people answered to two short questions.
ANSWERS: tuple[tuple[tuple[int | None, int | None], str], ...] = (
    ((5, 4), ""),
    ((4, 2), "I would like to know my shifts a week earlier."),
    ((4, 4), ""),
    ((3, 3), "The nights after a hard conversation are long."),
    ((5, 5), ""),
    ((4, 3), ""),
    ((None, 4), "Thank you for asking."),
)

# Volunteers whose check is older than this have been observed leading.
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


def load_before_courses(demo: Demonstration) -> None:
    """Load agreements, welcome talks, background checks, and the step from user to peer."""
    timeline = Timeline(demo)
    for turn, (email, row) in enumerate(demo.rows.items()):
        person, by = demo.people[email], timeline.assessor_of(email, turn)
        began_at = hour(_first_day(demo, row) - timedelta(days=75 + turn % 9), 15)
        if row[STAGE] != Stage.USER or email in (AGREED_ONLY, READY_FOR_PEER):
            timeline.add(began_at, _agree(person))
        if row[STAGE] != Stage.USER or email == READY_FOR_PEER:
            timeline.add(began_at + timedelta(days=6), _observe(person, "welcome-talk", by, TALKS[turn % len(TALKS)]))
        if row[STAGE] != Stage.USER:
            timeline.add(began_at + timedelta(days=9), _sign_off(person, Stage.PEER, by, REASONS[turn % len(REASONS)]))
        if row[CHECKED]:
            seen_on = clock.months_after(demo.monday, -int(float(row[CHECKED]))) - timedelta(days=turn % 7)
            timeline.add(hour(seen_on, 11), _record_check(person, seen_on, by, turn))
    timeline.carry_out()


def load_after_courses(demo: Demonstration) -> None:
    """Load what depends on the courses: observed shifts, and the steps to volunteer and to staff."""
    timeline = Timeline(demo)
    facts_by_person = facts_of_people(person.id for person in demo.people.values())
    for turn, (email, row) in enumerate(demo.rows.items()):
        person, by = demo.people[email], timeline.assessor_of(email, turn)
        prepared = [
            fact.happened_at for fact in facts_by_person[person.id] if fact.kind in ("training", FactKind.CHECK)
        ]
        prepared_at = max(prepared, default=demo.now)
        if email in (MISSING_ONLY_THE_COURSE, READY_FOR_VOLUNTEER) or Stage(row[STAGE]) >= Stage.VOLUNTEER:
            timeline.add(prepared_at + timedelta(days=5), _observe(person, "shift", by, SHIFTS[turn % len(SHIFTS)]))
        if Stage(row[STAGE]) >= Stage.VOLUNTEER:
            _add_steps_to_volunteer(timeline, person, row, by, prepared_at, turn)
        if row[STAGE] == Stage.STAFF:
            _add_steps_to_staff(timeline, person, by, prepared_at, turn)
    add_decisions(timeline)
    _add_not_yet(timeline)
    _add_withdrawn_record(timeline)
    _add_what_people_say(timeline)
    timeline.carry_out()


def _add_steps_to_volunteer(
    timeline: Timeline, person: Person, row: Mapping[str, str], by: Person, prepared_at: datetime, turn: int
) -> None:
    reason = REASONS[(turn + 1) % len(REASONS)]
    timeline.add(prepared_at + timedelta(days=12), _sign_off(person, Stage.VOLUNTEER, by, reason))
    if row[STAGE] == Stage.VOLUNTEER and float(row[CHECKED]) >= LEADS_AFTER_MONTHS:
        timeline.add(prepared_at + timedelta(days=60), _observe(person, "lead", by, LEADS[turn % len(LEADS)]))


def _add_steps_to_staff(timeline: Timeline, person: Person, by: Person, prepared_at: datetime, turn: int) -> None:
    timeline.add(prepared_at + timedelta(days=30), _observe(person, "lead", by, LEADS[turn % len(LEADS)]))
    timeline.add(
        prepared_at + timedelta(days=36),
        _observe(person, "staff-talk", by, "A good talk, and both references speak warmly."),
    )
    reason = REASONS[(turn + 2) % len(REASONS)]
    timeline.add(prepared_at + timedelta(days=40), _sign_off(person, Stage.STAFF, by, reason))


def _add_not_yet(timeline: Timeline) -> None:
    demo = timeline.demo
    person, by = demo.people[DECIDED_NOT_YET], demo.people[ASSESSORS[1]]
    reason = "You are close. Let somebody watch one of your evenings and write down what they saw; then we talk again."
    timeline.add(
        hour(demo.monday - timedelta(days=20), 16),
        lambda at: signoff.not_yet(person, Stage.VOLUNTEER, by=by, reason=reason, now=at),
    )


def _add_withdrawn_record(timeline: Timeline) -> None:
    """A record for the wrong person, withdrawn the next day."""
    demo = timeline.demo
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
    timeline.add(hour(day, 10), record)
    timeline.add(hour(day + timedelta(days=1), 10), withdraw)


def _add_what_people_say(timeline: Timeline) -> None:
    """Suggestions, one answered for everybody to read and one that waits; news; and short questions that are open."""
    demo = timeline.demo
    day = demo.monday - timedelta(days=30)
    made: list[int] = []
    asked: list[int] = []

    def suggest(at: datetime) -> object:
        words = "After a night shift I cannot sleep. A few words on how others wind down would help."
        made.append(suggesting.suggest(demo.people[READY_FOR_VOLUNTEER], words, with_name=False, now=at).id)
        return made

    def answer(at: datetime) -> object:
        words = "There is a page on it in Looking after yourself now, written with six people who do nights."
        new = suggesting.NewAnswer(Done.DONE, words, "It is hard to sleep after a night shift.", seen=0)
        return suggesting.answer(made[0], new, by=demo.people[ASSESSORS[0]], now=at)

    def suggest_more(at: datetime) -> object:
        words = "Could the on-call number stand at the top of the shift page? I looked for it for too long."
        return suggesting.suggest(demo.people[WRONGLY_RECORDED], words, with_name=True, now=at)

    def announce(at: datetime) -> object:
        new = news.NewNews(
            "From March, live chat opens at five",
            "Members ask for it, and most come right after school.",
            "Evening shifts on live chat begin an hour earlier. Offer that hour if you can; nobody has to.",
            "Twelve people who host in the evenings, in January.",
            Stage.PEER,
        )
        made = news.announce(new, by=demo.people[ASSESSORS[0]], now=at)
        made.told_at = at  # the e-mails of last week are not sent again to everybody
        return made

    def ask(at: datetime) -> object:
        questions = ("How well looked after do you feel on your shifts?", "How well does the rota fit your life?")
        first = clock.on(at, settings.current().zone)
        new = pulses.NewPulse(questions, Stage.PEER, first, first + timedelta(days=9))
        asked.append(pulses.ask(new, by=demo.people[ASSESSORS[0]], now=at).id)
        return asked

    def reply(email: str, ratings: tuple[int | None, int | None], words: str) -> Callable[[datetime], object]:
        return lambda at: pulses.answer(demo.people[email], asked[0], ratings, words, now=at)

    timeline.add(hour(demo.monday - timedelta(days=6), 10), announce)
    timeline.add(hour(demo.monday - timedelta(days=24), 10), ask)
    hosts = [email for email, row in demo.rows.items() if Stage(row[STAGE]) >= Stage.VOLUNTEER]
    for turn, (ratings, words) in enumerate(ANSWERS):
        timeline.add(hour(demo.monday - timedelta(days=22), 10), reply(hosts[turn], ratings, words))
    timeline.add(hour(day, 10), suggest)
    timeline.add(hour(day + timedelta(days=9), 10), answer)
    timeline.add(hour(demo.monday - timedelta(days=4), 10), suggest_more)

    def say_thanks(at: datetime) -> object:
        words = "You stayed until the last one had logged off, and nobody had asked you to. It was noticed."
        return thank(demo.people[ASSESSORS[0]], demo.people[THANKED].id, words, sees_people=True, now=at)

    timeline.add(hour(demo.monday - timedelta(days=3), 10), say_thanks)


def _first_day(demo: Demonstration, row: Mapping[str, str]) -> date:
    """The day of the check or the course, whichever is earlier; for newcomers the first day of the demonstration."""
    months = int(max(float(row[CHECKED] or 0), float(row[TRAINED] or 0)))
    return clock.months_after(demo.monday, -months)


def _agree(person: Person) -> Callable[[datetime], object]:
    return lambda at: agree(person, CODE_OF_CONDUCT, edition=FIRST, now=at)


def _observe(person: Person, key: str, by: Person, note: str) -> Callable[[datetime], object]:
    return lambda at: recording.record_observation(
        person, key, on=clock.on(at, settings.current().zone), note=note, by=by, now=at
    )


def _record_check(person: Person, seen_on: date, by: Person, turn: int) -> Callable[[datetime], object]:
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


def _sign_off(person: Person, to: Stage, by: Person, reason: str) -> Callable[[datetime], object]:
    return lambda at: signoff.sign_off(person, to, by=by, reason=reason, now=at)


STEPS = (
    DemonstrationStep(order=10, load=load_before_courses),
    DemonstrationStep(order=30, load=load_after_courses),
    DemonstrationStep(order=95, load=load_after_shifts),
)
