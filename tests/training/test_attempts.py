"""Attempts at quizzes and scenarios: saved, counted once, and passed."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from app import clock, db, settings
from app.people.models import Person
from app.refusals import Conflict, Invalid, NotFound
from tests.conftest import People
from tests.times import NOW, TODAY
from tests.training.courses import install_shipped, pass_course, shipped
from training import attempts, demonstration, learning
from training.models import Completion, Enrolment, UnitAttempt, UnitDone
from training.pack import Quiz
from training.scenario import ChoiceMade, StepOutOfDate

pytestmark = pytest.mark.both_databases


@pytest.fixture
def wren(people: People) -> Person:
    install_shipped()
    return people.person("Wren")


def count(model: type[db.Model]) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def begin(person: Person) -> None:
    with db.writing():
        learning.start("conflict", by=person, now=NOW)


def take_quiz(person: Person, *, seed: int, wrong: int = 0) -> UnitAttempt:
    """Answer every question of a fresh try, the first `wrong` of them not right."""
    slug = "check-what-you-know"
    with db.writing():
        attempts.begin_quiz("conflict", slug, by=person, now=NOW, seed=seed)
    attempt = attempts.quiz_attempt(learning.progress_in(person, "conflict"), slug)
    assert attempt is not None
    for asked in attempt.asked:
        right = [str(asked.drawn.order.index(position)) for position in demonstration.right_answer(asked.question)]
        others = [str(position) for position in range(len(asked.drawn.order)) if str(position) not in right]
        wrong_answer = right[::-1] if len(right) == len(asked.drawn.order) else others[:1]
        with db.writing():
            picked = wrong_answer if asked.number <= wrong else right
            attempts.answer("conflict", slug, asked.number, picked, by=person, now=NOW)
    return attempt.row


def test_five_of_six_pass_and_four_do_not(wren: Person) -> None:
    begin(wren)
    failed = take_quiz(wren, seed=1, wrong=2)
    assert (failed.right_answers, failed.is_passed) == (4, False)
    assert count(UnitDone) == 0
    passed = take_quiz(wren, seed=2, wrong=1)
    assert (passed.number, passed.right_answers, passed.is_passed) == (2, 5, True)
    assert count(UnitDone) == 1


def test_a_second_try_asks_other_questions(wren: Person) -> None:
    begin(wren)
    first, second, third = (take_quiz(wren, seed=5, wrong=6) for _ in range(3))
    asked = [{one["question"] for one in attempt.drawn} for attempt in (first, second, third)]
    assert not asked[0] & asked[1]
    assert len(asked[0] | asked[1] | asked[2]) == 18


def test_the_first_answer_counts_and_a_second_changes_nothing(wren: Person) -> None:
    begin(wren)
    slug = "check-what-you-know"
    with db.writing():
        attempts.begin_quiz("conflict", slug, by=wren, now=NOW, seed=1)
    attempt = attempts.quiz_attempt(learning.progress_in(wren, "conflict"), slug)
    assert attempt is not None
    number = next(one.number for one in attempt.asked if one.question.kind == "single")
    with db.writing():
        assert attempts.answer("conflict", slug, number, ["0"], by=wren, now=NOW)
    with db.writing():
        assert not attempts.answer("conflict", slug, number, ["1"], by=wren, now=NOW)
    again = attempts.quiz_attempt(learning.progress_in(wren, "conflict"), slug)
    assert again is not None
    asked = again.numbered(number)
    assert asked.given == (asked.drawn.order[0],)


@pytest.mark.parametrize("number", [0, 7, -1])
def test_a_question_that_was_not_asked_cannot_be_answered(wren: Person, number: int) -> None:
    begin(wren)
    with db.writing():
        attempts.begin_quiz("conflict", "check-what-you-know", by=wren, now=NOW)
    with pytest.raises(NotFound), db.writing():
        attempts.answer("conflict", "check-what-you-know", number, ["0"], by=wren, now=NOW)


def choose(person: Person, step: str, choice: str, position: int) -> None:
    with db.writing():
        attempts.choose(
            "conflict", "the-thread-at-1-am", ChoiceMade(step, choice), position=position, by=person, now=NOW
        )


def test_a_choice_sent_twice_counts_once_and_one_from_a_stale_page_is_refused(wren: Person) -> None:
    begin(wren)
    with db.writing():
        attempts.begin_scenario("conflict", "the-thread-at-1-am", by=wren, now=NOW, after=0)
    with db.writing():
        attempts.begin_scenario("conflict", "the-thread-at-1-am", by=wren, now=NOW, after=0)
    choose(wren, "first-look", "name-both", 0)
    choose(wren, "first-look", "name-both", 0)
    with pytest.raises(StepOutOfDate):
        choose(wren, "first-look", "wait", 0)
    with pytest.raises(Invalid):
        choose(wren, "moss-joins", "dance", 1)
    attempt = attempts.scenario_attempt(learning.progress_in(wren, "conflict"), "the-thread-at-1-am")
    assert attempt is not None
    assert attempt.row.number == 1
    assert attempt.path.at.key == "moss-joins"


def test_a_course_passed_is_not_changed_by_a_page_that_was_left_open(wren: Person) -> None:
    pass_course(wren)
    with pytest.raises(Conflict, match="passed this course already"):
        choose(wren, "first-look", "wait", 0)
    with db.writing():
        learning.mark_read("conflict", "calming-a-thread", by=wren, now=NOW)
        learning.start("conflict", by=wren, now=NOW)
    assert (count(Enrolment), count(Completion)) == (1, 1)


def test_the_bank_is_drawn_from_the_version_that_was_begun(wren: Person) -> None:
    begin(wren)
    row = take_quiz(wren, seed=9)
    bank = shipped().unit("check-what-you-know")
    assert isinstance(bank, Quiz)
    assert {one["question"] for one in row.drawn} <= {question.key for question in bank.questions}
    assert clock.on(row.started_at, settings.current().zone) == TODAY
