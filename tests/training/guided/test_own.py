"""Taking a course a part at a time: what is open, what is refused, pausing, going on, and leaving."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from flask.testing import FlaskClient

from app import clock, db, settings
from app.people.models import Person
from app.refusals import Conflict, Invalid
from tests.conftest import People, SignIn, clock_at
from tests.times import NOW
from tests.training.courses import do_exercises, install_shipped, pass_course
from tests.training.reading import Reader
from training import attempts, exercise_tries, learning
from training.attempts import Shown
from training.exercise_tries import SentExercise
from training.guided import own
from training.guided.paces import PacedCourse, pace_in
from training.learning import NotOpenYet
from training.pack import Lesson, Quiz
from training.programme.assigning import assign

WEEK = timedelta(days=7)


@pytest.fixture
def wren(people: People) -> Person:
    """Who takes the shipped course a part a week."""
    install_shipped()
    person = people.person("Wren")
    begin(person)
    return person


def begin(person: Person, *, now: datetime = NOW) -> None:
    with db.writing():
        own.begin(learning.start("conflict", by=person, now=now), by=person, now=now)


def paced(person: Person, *, now: datetime = NOW) -> PacedCourse:
    progress = learning.progress_in(person, "conflict", now=now)
    found = pace_in(person.id, progress.pack, progress.done, now=now)
    assert found is not None
    return found


def today(now: datetime = NOW) -> date:
    return clock.on(now, settings.current().zone)


def read_first_lesson(person: Person, *, now: datetime = NOW) -> None:
    progress = learning.progress_in(person, "conflict", now=now)
    slug = progress.pack.units[0].slug
    with db.writing():
        do_exercises(person, slug)
        learning.mark_read("conflict", slug, enrolment_id=progress.enrolment.id, by=person, now=now)


@pytest.mark.both_databases
def test_a_unit_of_a_part_that_is_not_open_is_refused_by_every_way_to_it_until_its_day(wren: Person) -> None:
    progress = learning.progress_in(wren, "conflict", now=NOW)
    second = progress.pack.units[1]
    assert isinstance(second, Lesson)
    quiz = next(unit for unit in progress.pack.units if isinstance(unit, Quiz))
    enrolment_id = progress.enrolment.id
    sent = SentExercise(enrolment_id, 0, ("0",), "")
    ways = (
        lambda now: progress.unit(second.slug),
        lambda now: learning.mark_read("conflict", second.slug, enrolment_id=enrolment_id, by=wren, now=now),
        lambda now: learning.do_exercise("conflict", second.slug, second.exercises[0].key, sent, by=wren, now=now),
        lambda now: attempts.begin_quiz("conflict", quiz.slug, shown=Shown(enrolment_id, 0), by=wren, now=now),
        lambda now: attempts.answer("conflict", quiz.slug, 1, ["0"], attempt_id=1, by=wren, now=now),
    )
    for way in ways:
        with pytest.raises(NotOpenYet, match="you take this course a part at a time"), db.writing():
            way(NOW)
    assert learning.progress_in(wren, "conflict", now=NOW + WEEK).unit(second.slug) == second
    assert exercise_tries.left_to_do(enrolment_id, second)


def test_parts_open_by_the_calendar_of_the_organisation(wren: Person) -> None:
    midnight = clock.starts(today() + WEEK, settings.current().zone)
    assert len(paced(wren, now=midnight - timedelta(seconds=1)).open_parts) == 1
    assert len(paced(wren, now=midnight).open_parts) == 2


def test_beginning_twice_begins_one_pace_and_a_refresher_has_none(wren: Person) -> None:
    begin(wren)
    with db.writing():
        own.leave("conflict", by=wren, now=NOW)
    pass_course(wren)
    with pytest.raises(Conflict, match="refresher"):
        begin_again(wren)


def begin_again(person: Person) -> None:
    latest = learning.progress_in(person, "conflict", now=NOW).enrolment
    with db.writing():
        later = learning.start("conflict", by=person, now=NOW + WEEK, after=latest.id)
        own.begin(later, by=person, now=NOW + WEEK)


@pytest.mark.both_databases
def test_a_pause_holds_the_days_to_come_and_going_on_moves_them_by_what_it_lasted(wren: Person) -> None:
    with db.writing():
        own.pause("conflict", None, by=wren, now=NOW)
    assert paced(wren).next_opens_on is None
    assert len(paced(wren, now=NOW + 10 * WEEK).open_parts) == 1
    for _twice in range(2):
        with db.writing():
            own.go_on("conflict", by=wren, now=NOW + 2 * WEEK)
    assert paced(wren, now=NOW + 2 * WEEK).next_opens_on == today() + 3 * WEEK


def test_a_pause_with_a_day_ends_by_itself_and_another_one_after_it_counts_both(wren: Person) -> None:
    with db.writing():
        own.pause("conflict", today() + WEEK, by=wren, now=NOW)
    assert paced(wren).next_opens_on == today() + 2 * WEEK
    assert not paced(wren, now=NOW + WEEK).is_paused
    with db.writing():
        own.pause("conflict", today() + 3 * WEEK, by=wren, now=NOW + 2 * WEEK)
    after = paced(wren, now=NOW + 2 * WEEK)
    assert len(after.open_parts) == 2
    assert after.next_opens_on == today() + 4 * WEEK


@pytest.mark.parametrize("days", [0, -3, 400])
def test_a_pause_until_a_day_that_is_not_to_come_or_far_off_is_refused(wren: Person, days: int) -> None:
    with pytest.raises(Invalid) as refused, db.writing():
        own.pause("conflict", today() + timedelta(days), by=wren, now=NOW)
    assert refused.value.field == "until"


def test_leaving_opens_everything_keeps_what_is_done_and_can_be_taken_back(wren: Person, people: People) -> None:
    read_first_lesson(wren)
    with db.writing():
        own.leave("conflict", by=wren, now=NOW)
    progress = learning.progress_in(wren, "conflict", now=NOW)
    assert progress.closed == {}
    assert len(progress.done) == 1
    with db.writing():
        own.take_up_again("conflict", by=wren, now=NOW)
    assert learning.progress_in(wren, "conflict", now=NOW).closed
    moss = people.person("Moss")
    with pytest.raises(Conflict, match="no pace"), db.writing():
        own.take_up_again("conflict", by=moss, now=NOW)


def test_a_learner_chooses_a_part_a_week_and_goes_through_it_by_pages_alone(
    client: FlaskClient, people: People, sign_in: SignIn
) -> None:
    install_shipped()
    wren = people.person("Wren")
    reader = Reader(sign_in(client, wren)).open("/learning/conflict")
    assert "Or take it a part a week" in reader.text
    reader.press("Take it a part a week")
    assert reader.address.startswith("/learning/conflict/")
    read_first_lesson(wren)
    page = reader.open("/learning/conflict")
    assert "All that is open is done" in page.text
    assert "The next opens on Thursday 25 February." in page.text
    assert page.text.count("Calming a thread without taking sides") == 1, "each step is listed once"
    assert "The next opens on Thursday 25 February." in reader.open("/learning").text
    assert "the next part opens on Thursday 25 February" in reader.open("/").text
    slug = learning.progress_in(wren, "conflict", now=NOW).pack.units[1].slug
    refused = reader.open(f"/learning/conflict/{slug}")
    assert refused.address == "/learning/conflict"
    assert "opens on Thursday 25 February: you take this course a part at a time" in refused.text
    wrong = reader.press("Pause", until=["1", "1", "2001"])
    assert wrong.status == 422
    assert "Go on again on: give a day" in wrong.text
    reader.open("/learning/conflict").press("Pause", until=["", "", ""])
    assert "You pause, until you go on." in reader.text
    reader.press("Go on today")
    assert "The next opens on Thursday 25 February." in reader.text
    reader.press("Leave the pace")
    assert "Everything is open now" in reader.text
    reader.press("Take it a part at a time again")
    assert "The next opens on Thursday 25 February." in reader.text
    with clock_at(NOW + WEEK):
        assert reader.open(f"/learning/conflict/{slug}").address == f"/learning/conflict/{slug}"


def test_a_pace_that_ends_after_the_day_by_which_the_course_is_asked_for_says_so(
    client: FlaskClient, people: People, sign_in: SignIn
) -> None:
    install_shipped()
    wren, tansy = people.person("Wren"), people.person("Tansy")
    with db.writing():
        assign([wren.id], "conflict", due_on=today() + WEEK, by=tansy, now=NOW)
    reader = Reader(sign_in(client, wren)).open("/learning/conflict")
    assert "You were asked to take this course by 25 February 2027." in reader.text
    reader.press("Take it a part a week").open("/learning/conflict")
    assert "The last part opens after 25 February 2027" in reader.text
