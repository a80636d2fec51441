"""Time limits: the server decides, what was answered in time counts, and who needs more time has it."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from app import db
from app.audit import AuditLine
from app.people.models import Person, Role
from app.refusals import Conflict, Invalid
from tests.conftest import People, SignIn, clock_at
from tests.times import NOW
from tests.training.courses import QUIZ, every_kind, install_small
from tests.training.reading import Reader
from training import attempts, learning, more_time, pack_checks, quiz, quiz_time, time_over
from training.attempts import QuizAttempt, Shown
from training.models import Answer, UnitAttempt
from training.time_models import MoreTime

MINUTE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)
TEN_MINUTES = QUIZ.replace("draw: 2", "minutes_allowed: 10\ndraw: 2")
ADDRESS = "/learning/kindness/quiz"


@pytest.fixture
def wren(people: People, tmp_path: Path) -> Person:
    """Who has begun a course whose questions have ten minutes."""
    install_small(tmp_path, quiz=TEN_MINUTES)
    person = people.person("Wren")
    with db.writing():
        learning.start("kindness", by=person, now=NOW)
    return person


def begin(person: Person, *, now: datetime = NOW, tries: int = 0) -> QuizAttempt:
    enrolment_id = learning.progress_in(person, "kindness", now=now).enrolment.id
    with db.writing():
        attempts.begin_quiz("kindness", "quiz", shown=Shown(enrolment_id, tries), by=person, now=now, seed=1)
    return latest(person, now=now)


def latest(person: Person, *, now: datetime = NOW) -> QuizAttempt:
    found = attempts.quiz_attempt(learning.progress_in(person, "kindness", now=now), "quiz")
    assert found is not None
    return found


def answer(person: Person, attempt: QuizAttempt, number: int, *, now: datetime) -> bool:
    one = attempt.numbered(number)
    picked = quiz.sent(one.question, one.drawn, quiz.right_answer(one.question))
    with db.writing():
        return attempts.answer("kindness", "quiz", number, picked, attempt_id=attempt.row.id, by=person, now=now)


def give(
    about: Person, by: Person, *, percent: int | None = 50, minutes: int | None = None, now: datetime = NOW
) -> int:
    with db.writing():
        return more_time.give(
            about, "kindness/quiz", percent=percent, minutes=minutes, reason="Reads slowly.", by=by, now=now
        ).id


def test_without_a_limit_no_time_is_ever_over() -> None:
    assert quiz_time.allowed(every_kind(), None) is None
    assert not quiz_time.is_over(UnitAttempt(started_at=NOW), NOW + timedelta(days=400))


def test_more_time_is_a_share_of_what_is_allowed_or_minutes_on_top() -> None:
    timed = every_kind().model_copy(update={"minutes_allowed": 20})
    assert quiz_time.allowed(timed, MoreTime(percent=25, minutes=None)) == 25 * MINUTE
    assert quiz_time.allowed(timed, MoreTime(percent=None, minutes=7)) == 27 * MINUTE


def test_a_limit_shorter_than_the_questions_take_is_refused_in_a_course() -> None:
    short = every_kind().model_copy(update={"minutes_allowed": 1})
    assert [place for place, _words in pack_checks.check_quiz(short)] == [("minutes_allowed",)]


@pytest.mark.both_databases
def test_an_answer_is_taken_until_a_minute_after_the_time_and_none_after_that(wren: Person) -> None:
    attempt = begin(wren)
    assert answer(wren, attempt, 1, now=NOW + 11 * MINUTE)
    assert not answer(wren, attempt, 2, now=NOW + 11 * MINUTE + SECOND)
    row = latest(wren).row
    assert (row.finished_at, row.right_answers, row.is_passed) == (NOW + 10 * MINUTE, 1, False)
    assert not answer(wren, attempt, 2, now=NOW + 12 * MINUTE)
    assert db.session.scalar(select(func.count()).select_from(Answer)) == 1


def test_a_replayed_form_of_the_start_gives_no_more_time(wren: Person) -> None:
    first = begin(wren).row
    ends = first.answers_until
    assert begin(wren, now=NOW + 5 * MINUTE).row.id == first.id
    assert latest(wren).row.answers_until == ends == NOW + 10 * MINUTE
    assert begin(wren, now=NOW + 30 * MINUTE, tries=0).row.id == first.id
    assert begin(wren, now=NOW + 30 * MINUTE, tries=1).row.number == 2


@pytest.mark.both_databases
def test_a_try_that_nobody_comes_back_to_is_ended_with_what_was_answered(wren: Person) -> None:
    attempt = begin(wren)
    answer(wren, attempt, 1, now=NOW + MINUTE)
    time_over.end_all(NOW + 11 * MINUTE)
    assert latest(wren).row.finished_at is None
    for _twice in range(2):
        time_over.end_all(NOW + 15 * MINUTE)
    assert latest(wren).row.finished_at == NOW + 10 * MINUTE


def test_more_time_reaches_the_try_that_is_open_and_taking_it_back_does_not_shorten_it(
    wren: Person, people: People
) -> None:
    teal = people.person("Teal", roles=(Role.TRAINER,))
    attempt = begin(wren)
    row_id = give(wren, teal, now=NOW + MINUTE)
    assert latest(wren).row.answers_until == NOW + 15 * MINUTE
    with db.writing():
        more_time.take_back(row_id, by=teal, now=NOW + 2 * MINUTE)
    assert answer(wren, attempt, 1, now=NOW + 15 * MINUTE)
    assert db.session.get_one(MoreTime, row_id).reason is None
    give(wren, teal, percent=None, minutes=30)
    give(wren, teal, percent=100)
    (given,) = more_time.given_to(wren.id)
    assert given.row.percent == 100


def test_its_reason_stands_in_no_line_of_the_trail_and_nobody_gives_it_to_themselves(
    wren: Person, people: People
) -> None:
    teal = people.person("Teal", roles=(Role.TRAINER,))
    give(wren, teal)
    line = db.session.scalars(select(AuditLine).where(AuditLine.action == "training.more-time-given")).one()
    assert "slowly" not in str(line.content)
    with pytest.raises(Conflict, match="Another trainer"):
        give(teal, teal)
    for percent, minutes in ((None, None), (50, 5), (33, None), (None, 0)):
        with pytest.raises(Invalid):
            give(wren, teal, percent=percent, minutes=minutes)


def test_a_learner_reads_the_time_on_their_own_clock_and_what_was_in_time_counts(
    client: FlaskClient, wren: Person, sign_in: SignIn
) -> None:
    with db.writing():
        db.session.get_one(Person, wren.id).zone_name = "America/New_York"
    reader = Reader(sign_in(client, wren)).open(ADDRESS)
    assert "From when you start you have 10 minutes." in reader.text
    reader.press("Start the questions")
    ends = (NOW + 10 * MINUTE).astimezone(ZoneInfo("America/New_York"))
    assert f"Answers are taken until Thu 18 Feb, {ends:%H:%M}." in reader.text
    assert "Your answers are kept, and the time goes on." in reader.text
    form = reader.form("Answer")
    answer(wren, latest(wren), 2, now=NOW + MINUTE)
    with clock_at(NOW + 20 * MINUTE):
        late = reader._took(client.post(form.action, data={**form.fields, "picked": ["0"]}, follow_redirects=True), "")
        assert "The time was over, so that answer was not taken." in late.text
        assert "1 of 2 right" in late.text
        assert "Question 1, when the time was over" in late.text


def test_a_learner_who_comes_back_later_sees_how_it_went(client: FlaskClient, wren: Person, sign_in: SignIn) -> None:
    begin(wren)
    with clock_at(NOW + 20 * MINUTE):
        reader = Reader(sign_in(client, wren)).open(f"{ADDRESS}/1")
        assert "You had answered 0 of 2" in reader.text
        reader.press("See how it went")
        assert "0 of 2 right" in reader.text
        reader.press("Try again with other questions")
    assert db.session.scalar(select(func.count()).select_from(UnitAttempt)) == 2


def test_a_trainer_gives_more_time_on_a_page_of_the_person(
    client: FlaskClient, wren: Person, people: People, sign_in: SignIn
) -> None:
    teal = people.person("Teal", roles=(Role.TRAINER,))
    trainer = Reader(sign_in(client, teal)).open(f"/people/{wren.id}").follow("More time for questions")
    assert trainer.press("Give more time", reason="").status == 422
    trainer.press("Give more time", percent="50", minutes="", reason="Uses a screen reader.")
    assert "50 % longer." in trainer.text
    assert "Uses a screen reader." in trainer.text
    learner = Reader(sign_in(client, wren)).open(ADDRESS)
    assert "you have 15 minutes, longer than usual, as was agreed with you" in learner.text
    assert learner.open(f"/learning/more-time/{wren.id}").status == 403
    Reader(sign_in(client, teal)).open(f"/learning/more-time/{wren.id}").press("Take it back")
    assert more_time.given_to(wren.id) == []
