"""Attempts at quizzes and scenarios: saved, counted once, and passed."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from app import clock, db, settings
from app.people.models import Person
from app.refusals import Invalid, NotFound, PageOutOfDate
from tests.conftest import People
from tests.times import NOW, TODAY
from tests.training.courses import install_shipped, pass_course, shipped
from training import attempts, learning, quiz
from training.attempts import QuizAttempt, Shown
from training.models import Answer, Completion, Enrolment, ScenarioChoice, UnitAttempt, UnitDone
from training.pack import Quiz
from training.scenario import ChoiceMade

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


QUIZ, STORY = "check-what-you-know", "the-thread-at-1-am"


def shown_of(person: Person, slug: str) -> Shown:
    """What a page opened now shows."""
    progress = learning.progress_in(person, "conflict", now=NOW)
    return Shown(progress.enrolment.id, len(attempts._attempts(progress, slug)))


def begin_quiz(person: Person, *, seed: int = 1) -> QuizAttempt:
    shown = shown_of(person, QUIZ)
    with db.writing():
        attempts.begin_quiz("conflict", QUIZ, shown=shown, by=person, now=NOW, seed=seed)
    attempt = attempts.quiz_attempt(learning.progress_in(person, "conflict", now=NOW), QUIZ)
    assert attempt is not None
    return attempt


def begin_story(person: Person) -> int:
    shown = shown_of(person, STORY)
    with db.writing():
        return attempts.begin_scenario("conflict", STORY, shown=shown, by=person, now=NOW).id


def answer(person: Person, attempt_id: int, number: int, *picked: str) -> None:
    with db.writing():
        attempts.answer("conflict", QUIZ, number, picked, attempt_id=attempt_id, by=person, now=NOW)


def take_quiz(person: Person, *, seed: int, wrong: int = 0) -> UnitAttempt:
    """Answer every question of a fresh try, the first `wrong` of them not right."""
    attempt = begin_quiz(person, seed=seed)
    for asked in attempt.asked:
        right = quiz.sent(asked.question, asked.drawn, quiz.right_answer(asked.question))
        others = [str(position) for position in range(len(asked.drawn.order)) if str(position) not in right]
        wrong_answer = right[::-1] if len(right) == len(asked.drawn.order) else others[:1]
        answer(person, attempt.row.id, asked.number, *(wrong_answer if asked.number <= wrong else right))
    return attempt.row


def test_eight_of_ten_pass_and_seven_do_not(wren: Person) -> None:
    begin(wren)
    failed = take_quiz(wren, seed=1, wrong=3)
    assert (failed.right_answers, failed.is_passed) == (7, False)
    assert count(UnitDone) == 0
    passed = take_quiz(wren, seed=2, wrong=2)
    assert (passed.number, passed.right_answers, passed.is_passed) == (2, 8, True)
    assert count(UnitDone) == 1


def test_a_second_try_asks_other_questions(wren: Person) -> None:
    begin(wren)
    first, second, third = (take_quiz(wren, seed=5, wrong=6) for _ in range(3))
    asked = [{one["question"] for one in attempt.drawn} for attempt in (first, second, third)]
    assert not asked[0] & asked[1]
    assert len(asked[0] | asked[1] | asked[2]) == 30


def test_the_first_answer_counts_and_a_second_changes_nothing(wren: Person) -> None:
    begin(wren)
    attempt = begin_quiz(wren)
    number = next(one.number for one in attempt.asked if one.question.kind == "single")
    for _ in range(2):
        answer(wren, attempt.row.id, number, "0")
    with pytest.raises(PageOutOfDate, match="the first answer counts"):
        answer(wren, attempt.row.id, number, "1")
    again = attempts.quiz_attempt(learning.progress_in(wren, "conflict", now=NOW), QUIZ)
    assert again is not None
    asked = again.numbered(number)
    assert asked.given == (asked.drawn.order[0],)


@pytest.mark.parametrize("number", [0, 11, -1])
def test_a_question_that_was_not_asked_cannot_be_answered(wren: Person, number: int) -> None:
    begin(wren)
    attempt = begin_quiz(wren)
    with pytest.raises(NotFound):
        answer(wren, attempt.row.id, number, "0")


def test_an_answer_from_a_page_of_an_earlier_try_is_not_counted_in_the_new_one(wren: Person) -> None:
    begin(wren)
    old = take_quiz(wren, seed=1, wrong=6)
    new = begin_quiz(wren, seed=2)
    for picked in (["0"], ["1"], ["0", "1"], ["0", "1", "2"]):
        with pytest.raises(PageOutOfDate, match="earlier try"):
            answer(wren, old.id, 1, *picked)
    again = attempts.quiz_attempt(learning.progress_in(wren, "conflict", now=NOW), QUIZ)
    assert again is not None
    assert again.row.id == new.row.id
    assert all(asked.given is None for asked in again.asked)
    assert count(Answer) == 10


def test_a_try_is_begun_only_by_a_page_that_shows_the_latest_one(wren: Person) -> None:
    begin(wren)
    before_any = shown_of(wren, QUIZ)
    take_quiz(wren, seed=1, wrong=6)
    with db.writing():
        attempts.begin_quiz("conflict", QUIZ, shown=before_any, by=wren, now=NOW)
    assert count(UnitAttempt) == 1


def choose(person: Person, attempt_id: int, step: str, choice: str, position: int) -> None:
    with db.writing():
        attempts.choose(
            "conflict",
            STORY,
            ChoiceMade(step, choice),
            attempt_id=attempt_id,
            position=position,
            by=person,
            now=NOW,
        )


def test_a_choice_sent_twice_counts_once_and_one_from_a_stale_page_is_refused(wren: Person) -> None:
    begin(wren)
    shown = shown_of(wren, STORY)
    for _ in range(2):
        with db.writing():
            begun = attempts.begin_scenario("conflict", STORY, shown=shown, by=wren, now=NOW).id
    choose(wren, begun, "first-look", "name-both", 0)
    choose(wren, begun, "first-look", "name-both", 0)
    with pytest.raises(PageOutOfDate):
        choose(wren, begun, "first-look", "wait", 0)
    with pytest.raises(Invalid):
        choose(wren, begun, "moss-joins", "dance", 1)
    attempt = attempts.scenario_attempt(learning.progress_in(wren, "conflict", now=NOW), STORY)
    assert attempt is not None
    assert attempt.row.number == 1
    assert attempt.path.at.key == "moss-joins"


def test_a_choice_from_a_page_of_an_earlier_walk_is_not_made_in_the_new_one(wren: Person) -> None:
    begin(wren)
    first = begin_story(wren)
    begin_story(wren)
    with pytest.raises(PageOutOfDate, match="earlier try"):
        choose(wren, first, "first-look", "wait", 0)
    assert count(ScenarioChoice) == 0


def test_a_course_passed_is_not_changed_by_a_page_that_was_left_open(wren: Person) -> None:
    pass_course(wren)
    played = attempts.scenario_attempt(learning.progress_in(wren, "conflict", now=NOW), STORY)
    assert played is not None
    made = count(ScenarioChoice)
    last = played.choices_made[-1]
    with pytest.raises(PageOutOfDate, match="stays as you played it"):
        choose(wren, played.row.id, last.step, "stay-on", len(played.choices_made))
    enrolment_id = learning.progress_in(wren, "conflict", now=NOW).enrolment.id
    with db.writing():
        learning.mark_read("conflict", "calming-a-thread", enrolment_id=enrolment_id, by=wren, now=NOW)
        learning.start("conflict", by=wren, now=NOW)
    assert (count(Enrolment), count(Completion), count(ScenarioChoice)) == (1, 1, made)


def test_the_practice_can_be_played_again_after_the_pass_and_the_pass_stays_as_it_is(wren: Person) -> None:
    pass_course(wren)
    done = count(UnitDone)
    again = begin_story(wren)
    choose(wren, again, "first-look", "wait", 0)
    choose(wren, again, "first-look", "name-both", 1)
    attempt = attempts.scenario_attempt(learning.progress_in(wren, "conflict", now=NOW), STORY)
    assert attempt is not None
    assert (attempt.row.number, attempt.path.at.key) == (2, "moss-joins")
    assert (count(UnitDone), count(Completion), count(Enrolment)) == (done, 1, 1)


def test_a_page_of_an_earlier_start_records_nothing_in_the_new_one(wren: Person) -> None:
    pass_course(wren)
    old = learning.progress_in(wren, "conflict", now=NOW).enrolment.id
    with db.writing():
        learning.start("conflict", by=wren, now=NOW, after=old)
    fresh = learning.progress_in(wren, "conflict", now=NOW)
    for change in (
        lambda: learning.mark_read("conflict", "calming-a-thread", enrolment_id=old, by=wren, now=NOW),
        lambda: attempts.begin_quiz("conflict", QUIZ, shown=Shown(old, 0), by=wren, now=NOW),
        lambda: attempts.begin_scenario("conflict", STORY, shown=Shown(old, 0), by=wren, now=NOW),
    ):
        with pytest.raises(PageOutOfDate, match="started this course again"), db.writing():
            change()
    assert learning.progress_in(wren, "conflict", now=NOW).done == fresh.done == frozenset()


def test_the_bank_is_drawn_from_the_version_that_was_begun(wren: Person) -> None:
    begin(wren)
    row = take_quiz(wren, seed=9)
    bank = shipped().unit("check-what-you-know")
    assert isinstance(bank, Quiz)
    assert {one["question"] for one in row.drawn} <= {question.key for question in bank.questions}
    assert clock.on(row.started_at, settings.current().zone) == TODAY
