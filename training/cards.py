"""The cards of training on Today and on a person's page."""

from __future__ import annotations

from datetime import datetime
from itertools import chain

from app import clock, settings
from app.domain import Card
from app.people.models import Person
from app.people.rights import CorePermission, permissions_of
from training import catalogue, course_status, elsewhere, more_time, results, spaced_practice
from training.course_status import CourseStatus
from training.guided.paces import pace_in, takes_parts
from training.pack import Unit
from training.permissions import TrainingPermission
from training.practicals import to_mark
from training.programme.path import CourseOnPath, path_of


def carry_on_learning(person: Person, now: datetime) -> Card | None:
    """The nearest course on the person's path: what has a near day, else what is begun, needed or free."""
    path = path_of(person.id, now=now)
    nearest = path.nearest
    if nearest is None:
        return None
    one = nearest.status
    if one.next_unit is not None:
        return _begun(person, nearest, one.next_unit, now=now)
    if one.catch_up is not None:
        by = f"{one.catch_up.holds_until.day} {one.catch_up.holds_until:%B}"
        verb = "counted" if one.has_lapsed else "counts"
        return _card(
            nearest,
            title="A course has changed",
            words=f"“{one.pack.title}” has a new version. What you passed {verb} until {by}; bring it up to date in "
            f"about {one.catch_up.minutes} minutes.",
            href=f"/learning/{one.code}",
            action="See what changed",
            order=20,
        )
    if one.passed is not None and (one.lapses_soon or one.has_lapsed):
        day = f"{one.passed.holds_until.day} {one.passed.holds_until:%B}"
        verb = "lasted" if one.has_lapsed else "lasts"
        return _card(
            nearest,
            title="Time for a refresher",
            words=f"Your training “{one.pack.title}” {verb} until {day}. "
            f"The refresher takes about {one.minutes} minutes.",
            href=f"/learning/{one.code}",
            action="Look at the refresher",
            order=20 if one.has_lapsed else 30,
        )
    return _card(
        nearest,
        title="A course for you" if nearest.asked else "Start learning",
        words=f"{one.pack.title}. About {one.minutes} minutes, and you can stop at any point.",
        href=f"/learning/{one.code}",
        action="Have a look",
        order=30 if nearest.asked else 40,
        is_new=path.is_new,
    )


def _begun(person: Person, nearest: CourseOnPath, following: Unit, *, now: datetime) -> Card:
    """The card about a course in progress: its next step, or when the next part opens."""
    one = nearest.status
    waits = _waits_for(person, one, following, now=now)
    if waits is not None:
        return _card(
            nearest,
            title="All that is open is done" if one.done else "The first part is not open yet",
            words=f"{one.pack.title}: the next part {waits}. Nothing is asked of you until then.",
            href=f"/learning/{one.code}",
            action="See the parts",
            order=40,
        )
    return _card(
        nearest,
        title="Carry on learning",
        aside=f"about {one.minutes_left} minutes left",
        words=f"{one.pack.title}{', refresher' if one.is_refresher else ''}: "
        f"{one.done_of_asked} of {len(one.asked)} steps done.",
        href=f"/learning/{one.code}/{following.slug}",
        action=f"Carry on: {following.title}",
        order=30,
    )


def _waits_for(person: Person, one: CourseStatus, following: Unit, *, now: datetime) -> str | None:
    """When the next part of a course opens that is taken a part at a time; None where the next step is open."""
    if one.enrolment is None or not takes_parts(one.enrolment):
        return None
    paced = pace_in(person.id, one.pack, one.done, now=now)
    if paced is None or following.slug not in paced.closed:
        return None
    day = paced.next_opens_on
    return "is not open yet" if day is None else f"opens on {day:%A} {day.day} {day:%B}"


def what_slipped_by(person: Person, now: datetime) -> Card | None:
    """Up to five questions that the person missed and that are due today, unless they put it off or turned it off."""
    practice = spaced_practice.practice_of(person, now=now)
    if not practice.is_asked:
        return None
    titles = catalogue.titles()
    about = sorted({titles[one.item.course] for one in practice.todays})
    return Card(
        template="training/cards/what_slipped_by.html", context={"practice": practice, "about": about}, order=35
    )


def elsewhere_waits(person: Person, now: datetime) -> Card | None:
    """How many certificates from elsewhere wait, for a reader who may decide about them."""
    if not elsewhere.may_decide(person, now):
        return None
    waiting = elsewhere.how_many_wait(person.id)
    if not waiting:
        return None
    return Card(template="training/cards/elsewhere_waits.html", context={"waiting": waiting}, order=25, may_be_lit=True)


def practicals_wait(person: Person, now: datetime) -> Card | None:
    """How many practicals wait that this reader may mark: never their own."""
    if not to_mark.may_mark(person.id, now):
        return None
    waiting = to_mark.how_many_wait(person.id, now)
    if not waiting:
        return None
    return Card(template="training/cards/to_mark.html", context={"waiting": waiting}, order=24, may_be_lit=True)


def training_of(about: Person, reader: Person, now: datetime) -> Card | None:
    """The courses a person passed, for themselves and for readers who may see people."""
    today = clock.on(now, settings.current().zone)
    held = permissions_of(reader.id, on=today)
    if about.id != reader.id and not held & {CorePermission.SEE_PEOPLE, TrainingPermission.READ_CERTIFICATES}:
        return None
    return Card(
        template="training/cards/training_of.html",
        context={
            "passed": course_status.every_pass(about.id),
            "today": today,
            "may_read": about.id == reader.id or TrainingPermission.READ_CERTIFICATES in held,
            "transcript": "/learning/transcript" + ("" if about.id == reader.id else f"/{about.id}"),
            "about": about,
            "may_read_reflections": about.id != reader.id and TrainingPermission.READ_REFLECTIONS in held,
            "may_add": about.id != reader.id and TrainingPermission.ACCEPT_ELSEWHERE in held,
            "gives_time": about.id != reader.id
            and TrainingPermission.GIVE_TRIES in held
            and bool(more_time.timed_quizzes()),
            "asks": about.id if TrainingPermission.ASSIGN in held else None,
        },
        order=40,
    )


def learned_by(about: Person, reader: Person, now: datetime) -> Card | None:
    """How somebody passed their courses, for a reader who decides on their next step."""
    today = clock.on(now, settings.current().zone)
    return Card(
        template="training/panels/learned.html",
        context={
            "results": results.results_of(about.id),
            "elsewhere": list(chain.from_iterable(course_status.passed_elsewhere(about.id).values())),
            "today": today,
            "may_read": TrainingPermission.READ_CERTIFICATES in permissions_of(reader.id, on=today),
        },
        order=10,
    )


def _card(nearest: CourseOnPath, *, order: int, **words: str | bool) -> Card:
    """The card about a course: its title, words, action and where that leads; at will an aside, and `is_new`."""
    context = {"status": nearest.status, "asked": nearest.asked, "aside": None, "is_new": False, **words}
    return Card(template="training/cards/carry_on.html", context=context, order=order, may_be_lit=True)
