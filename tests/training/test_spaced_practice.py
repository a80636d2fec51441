"""Spaced practice: what was missed comes back on Today, changes nothing else, and can be put off."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event, func, select

from app import db
from app.people.models import Person
from app.refusals import PageOutOfDate
from tests.conftest import People, SignIn, clock_at
from tests.times import NOW
from tests.training.courses import QUIZ, STORY, TYPED, install_small, pass_course
from tests.training.reading import Reader
from training import attempts, learning, quiz, spaced_practice
from training.attempts import Shown
from training.models import Answer, Completion, PracticeAnswer, UnitAttempt
from training.practice_schedule import Item
from training.scenario import ChoiceMade

DAY = timedelta(days=1)
SIX = QUIZ.replace("draw: 2", "draw: 6").replace("pass_mark: 2", "pass_mark: 4") + TYPED


def wrong(key: str, right: list[str]) -> list[str]:
    """A wrong answer to a question, as a form sends it."""
    if key in ("five", "six"):
        return ["nobody" if key == "five" else "9"]
    return [str(1 - int(right[0]))]


def missing(person: Person, *keys: str, now: datetime = NOW) -> None:
    """Take the quiz once, with these questions wrong and the others right."""
    with db.writing():
        learning.start("kindness", by=person, now=now)
    progress = learning.progress_in(person, "kindness", now=NOW)
    shown = Shown(progress.enrolment.id, len(attempts._attempts(progress, "quiz")))
    with db.writing():
        attempts.begin_quiz("kindness", "quiz", shown=shown, by=person, now=now, seed=1)
    attempt = attempts.quiz_attempt(learning.progress_in(person, "kindness", now=NOW), "quiz")
    assert attempt is not None
    for one in attempt.asked:
        key = one.question.key
        picked = quiz.sent(one.question, one.drawn, quiz.right_answer(one.question))
        picked = wrong(key, picked) if key in keys else picked
        with db.writing():
            attempts.answer("kindness", "quiz", one.number, picked, attempt_id=attempt.row.id, by=person, now=now)


def todays(person: Person, now: datetime) -> list[str]:
    return [one.item.question for one in spaced_practice.practice_of(person, now=now).todays]


def practise(person: Person, key: str, *, right: bool, now: datetime, number: int) -> None:
    item = Item("kindness", "quiz", key)
    question = spaced_practice.question_of(item)
    assert question is not None
    drawn = quiz.shown(question, seed=f"{person.id}:{key}:{number}")
    picked = quiz.sent(question, drawn, quiz.right_answer(question))
    picked = picked if right else wrong(key, picked)
    with db.writing():
        spaced_practice.practise(item, picked, number=number, by=person, now=now)


@pytest.fixture
def wren(people: People, tmp_path: Path) -> Person:
    install_small(tmp_path, quiz=SIX)
    return people.person("Wren")


@pytest.mark.both_databases
def test_what_was_missed_comes_back_the_next_day_until_it_is_known(wren: Person) -> None:
    missing(wren, "one", "five")
    assert todays(wren, NOW) == []
    assert todays(wren, NOW + DAY) == ["five", "one"]
    practise(wren, "one", right=True, now=NOW + DAY, number=0)
    assert todays(wren, NOW + DAY) == ["five"]
    practise(wren, "five", right=False, now=NOW + DAY, number=0)
    assert todays(wren, NOW + 2 * DAY) == ["five"]
    assert todays(wren, NOW + 4 * DAY) == ["five", "one"]
    for number, day in enumerate((4, 11, 32), 1):
        practise(wren, "one", right=True, now=NOW + day * DAY, number=number)
    assert todays(wren, NOW + 400 * DAY) == ["five"]


@pytest.mark.both_databases
def test_practice_leaves_attempts_passes_and_answers_as_they_are(wren: Person) -> None:
    missing(wren, "one")
    before = [(one.id, one.is_right, one.given) for one in db.session.scalars(select(Answer))]
    attempt = db.session.scalars(select(UnitAttempt)).one()
    state = (attempt.right_answers, attempt.is_passed, attempt.finished_at)
    practise(wren, "one", right=False, now=NOW + DAY, number=0)
    db.session.expire_all()
    assert [(one.id, one.is_right, one.given) for one in db.session.scalars(select(Answer))] == before
    assert (attempt.right_answers, attempt.is_passed, attempt.finished_at) == state
    assert db.session.scalar(select(func.count()).select_from(Completion)) == 0


def test_a_later_try_that_is_right_takes_the_question_away(wren: Person) -> None:
    missing(wren, "one", "two", "six")
    missing(wren, "two", now=NOW + timedelta(hours=1))
    assert todays(wren, NOW + 2 * DAY) == ["two"]


def test_one_answer_a_press_and_none_to_a_question_that_is_not_due(wren: Person) -> None:
    missing(wren, "one")
    with pytest.raises(PageOutOfDate, match="not due"):
        practise(wren, "one", right=True, now=NOW, number=0)
    for _twice in range(2):
        practise(wren, "one", right=True, now=NOW + DAY, number=0)
    with pytest.raises(PageOutOfDate, match="first answer counts"):
        practise(wren, "one", right=False, now=NOW + DAY, number=0)
    with pytest.raises(PageOutOfDate, match="not due"):
        practise(wren, "one", right=True, now=NOW + 2 * DAY, number=1)
    with pytest.raises(PageOutOfDate, match="not due"):
        practise(wren, "two", right=True, now=NOW + DAY, number=0)
    assert db.session.scalar(select(func.count()).select_from(PracticeAnswer)) == 1


def test_a_question_that_the_newest_version_no_longer_asks_does_not_come_back(wren: Person, tmp_path: Path) -> None:
    missing(wren, "one", "six")
    install_small(tmp_path / "next", quiz=SIX.replace("key: six", "key: another"))
    assert todays(wren, NOW + DAY) == ["one"]


def test_today_shows_it_and_it_can_be_answered_put_off_and_turned_off(
    client: FlaskClient, people: People, sign_in: SignIn, wren: Person
) -> None:
    missing(wren, "five", "six")
    assert "slipped by" not in Reader(sign_in(client, wren)).open("/").text
    with clock_at(NOW + DAY):
        reader = Reader(sign_in(client, wren)).open("/")
        assert "2 questions from “Being kind”" in reader.text
        reader.follow("Practise for 1 minute")
        assert reader.heading == "Whom do you tell?"
        reader.press("Answer", picked="")
        assert "Write your answer in the box" in reader.text
        reader.press("Answer", picked=" The safegaurding LEAD. ")
        assert "That’s right" in reader.text
        reader.follow("Next question").press("Answer", picked="1,500 hours")
        assert "Write it as 1500" in reader.text
        reader.press("Answer", picked="7,5 hours")
        assert "That is too late." in reader.text
        assert "1.5 hours" in reader.text
        reader.follow("That’s it for today")
        assert "slipped by" not in reader.text
    with clock_at(NOW + 2 * DAY):
        reader = Reader(sign_in(client, wren)).open("/").follow("Not now").press("Put it off for a week")
        assert "slipped by" not in reader.open("/").text
    with clock_at(NOW + 9 * DAY):
        reader = Reader(sign_in(client, wren)).open("/")
        assert "slipped by" in reader.text
        reader.follow("Not now").press("Turn it off")
        assert "slipped by" not in reader.open("/").text
        reader.open("/learning").follow("Open the short practice").press("Show it on Today again")
        assert "slipped by" in reader.open("/").text


def test_the_card_asks_the_database_nothing_more(
    client: FlaskClient, people: People, sign_in: SignIn, wren: Person
) -> None:
    """The query of the other card of training takes along what it needs."""

    def asked() -> list[str]:
        seen: list[str] = []

        def count(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
            seen.append(statement)

        event.listen(db.extension.engine, "before_cursor_execute", count)
        assert "slipped by" in client.get("/").text
        event.remove(db.extension.engine, "before_cursor_execute", count)
        return [one for one in seen if "practice_answer" in one]

    missing(wren, "one")
    with clock_at(NOW + DAY):
        sign_in(client, wren)
        (one,) = asked()
        assert "unit_done" in one


def test_a_story_with_a_reply_that_did_not_land_well_is_named_with_a_link(
    client: FlaskClient, people: People, sign_in: SignIn, wren: Person
) -> None:
    with db.writing():
        learning.start("kindness", by=wren, now=NOW)
    progress = learning.progress_in(wren, "kindness", now=NOW)
    with db.writing():
        begun = attempts.begin_scenario("kindness", "story", shown=Shown(progress.enrolment.id, 0), by=wren, now=NOW)
    for position, (step, choice) in enumerate((("first", "rude"), ("first", "kind"), ("second", "stay"))):
        with db.writing():
            made = ChoiceMade(step, choice)
            attempts.choose("kindness", "story", made, attempt_id=begun.id, position=position, by=wren, now=NOW)
    reader = Reader(sign_in(client, wren)).open("/learning/practice")
    assert "A story: one reply did not land well at first." in reader.text
    assert reader.follow("A story").heading == "Glad"


def test_people_who_passed_without_a_miss_have_nothing_to_practise(people: People, tmp_path: Path) -> None:
    install_small(tmp_path, quiz=SIX, story=STORY)
    wren = people.person("Wren")
    pass_course(wren, code="kindness")
    assert not spaced_practice.practice_of(wren, now=NOW + 30 * DAY).is_asked
