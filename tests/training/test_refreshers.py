"""A refresher asks first what somebody once missed, and says of each step why it is asked for."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from app import db
from app.people.models import Person
from tests.conftest import People, SignIn, clock_at
from tests.times import NOW
from tests.training.courses import COURSE, LESSON, install_small, write_pack
from tests.training.reading import Reader
from tests.training.test_mistakes import KIND, STAY, play
from tests.training.test_updates import major
from training import attempts, course_status, learning, quiz
from training.attempts import Shown
from training.pack import Quiz
from training.pack_reader import read_pack
from training.practice_schedule import Item
from training.refreshers import Why, units_missed, why_asked

REFRESHING = COURSE + "refresher: [story, quiz]\n"
EIGHT = ("one", "two", "three", "four", "five", "six", "seven", "eight")
QUIZ_OF_ONE = """\
kind: quiz
slug: quiz
title: Questions
minutes: 5
lead: Two questions.
draw: 2
pass_mark: 1
questions:
""" + "".join(
    f"  - {{kind: true-false, key: {key}, about: why, says: Yes., is_true: true, if_true: Yes., if_false: No.}}\n"
    for key in EIGHT
)
LATER = NOW + timedelta(days=330)


def answered(person: Person, *, wrong: set[str], seed: int, now: datetime = NOW) -> list[str]:
    """Take the quiz once, with these questions wrong; return the questions as they were asked."""
    progress = learning.progress_in(person, "kindness", now=NOW)
    done = len(attempts._attempts(progress, "quiz"))
    with db.writing():
        attempts.begin_quiz("kindness", "quiz", shown=Shown(progress.enrolment.id, done), by=person, now=now, seed=seed)
    attempt = attempts.quiz_attempt(progress, "quiz")
    assert attempt is not None
    for number, one in enumerate(attempt.asked, start=1):
        picked = quiz.sent(one.question, one.drawn, quiz.right_answer(one.question))
        if one.question.key in wrong:
            picked = picked[::-1] if len(picked) > 1 else [str(1 - int(picked[0]))]
        with db.writing():
            attempts.answer("kindness", "quiz", number, picked, attempt_id=attempt.row.id, by=person, now=now)
    return [one.question.key for one in attempt.asked]


@pytest.fixture
def wren(people: People, tmp_path: Path) -> Person:
    """Who passed with one of two questions wrong, and may take the refresher."""
    install_small(tmp_path, course=REFRESHING, quiz=QUIZ_OF_ONE)
    wren = people.person("Wren")
    with db.writing():
        enrolment = learning.start("kindness", by=wren, now=NOW)
        learning.mark_read("kindness", "why", enrolment_id=enrolment.id, by=wren, now=NOW)
    play(wren, KIND, STAY)
    answered(wren, wrong={"two"}, seed=0)
    return wren


def begin_again(person: Person) -> None:
    with db.writing():
        learning.start("kindness", by=person, now=LATER, after=1)
    play(person, KIND, STAY)


@pytest.mark.both_databases
def test_a_refresher_asks_first_what_the_person_missed_when_they_passed(wren: Person) -> None:
    begin_again(wren)
    assert answered(wren, wrong=set(), seed=1, now=LATER)[0] == "two"


def test_what_was_missed_in_a_try_of_the_refresher_itself_does_not_come_again_in_the_next(wren: Person) -> None:
    begin_again(wren)
    first = answered(wren, wrong=set(EIGHT), seed=1, now=LATER)
    assert not set(first) & set(answered(wren, wrong=set(), seed=1, now=LATER))


def test_a_course_taken_for_the_first_time_does_not_ask_first_what_was_missed_in_a_try(
    people: People, tmp_path: Path
) -> None:
    install_small(tmp_path, quiz=QUIZ_OF_ONE.replace("draw: 2", "draw: 8"))
    wren = people.person("Wren")
    with db.writing():
        enrolment = learning.start("kindness", by=wren, now=NOW)
        learning.mark_read("kindness", "why", enrolment_id=enrolment.id, by=wren, now=NOW)
    play(wren, KIND, STAY)
    bank = learning.progress_in(wren, "kindness", now=NOW).unit("quiz")
    assert isinstance(bank, Quiz)
    missed = quiz.draw(bank, seed=5)[-1].question
    answered(wren, wrong=set(EIGHT), seed=4)
    assert answered(wren, wrong=set(), seed=5)[0] != missed


def test_each_step_of_a_refresher_says_why_it_is_asked(
    wren: Person, tmp_path: Path, client: FlaskClient, sign_in: SignIn
) -> None:
    install_small(
        tmp_path,
        now=LATER,
        course=major("why") + "refresher: [story, quiz]\n",
        why=LESSON.replace("Kindness helps", "Kindness heals"),
        quiz=QUIZ_OF_ONE,
    )
    with clock_at(LATER):
        status = course_status.status_in(wren.id, "kindness", now=LATER)
        assert [status.why(unit) for unit in status.asked] == [Why.CHANGED, Why.EACH_TIME, Why.MISSED]
        page = Reader(sign_in(client, wren)).open("/learning/kindness")
        assert "The questions that you missed come first." in page.text
        for reason in Why:
            assert reason in page.text
        page.press("Start the refresher")
        page.open("/learning/kindness")
        for reason in Why:
            assert reason in page.text


def test_a_lesson_that_is_not_asked_for_says_that_questions_on_it_were_missed(
    wren: Person, client: FlaskClient, sign_in: SignIn
) -> None:
    begin_again(wren)
    with clock_at(LATER):
        page = Reader(sign_in(client, wren)).open("/learning/kindness")
    assert "to read again if you like: you missed questions on this" in page.text


def test_of_several_reasons_the_newest_is_said(tmp_path: Path) -> None:
    pack = read_pack(write_pack(tmp_path))
    lesson, _story, questions = pack.units
    missed = units_missed(pack, [Item("kindness", "quiz", "one"), Item("other", "quiz", "two")])
    assert missed == {"why", "quiz"}
    assert units_missed(pack, [Item("kindness", "quiz", "of an older version")]) == frozenset()
    assert why_asked(lesson, changed={"why"}, missed=missed) is Why.CHANGED
    assert why_asked(questions, changed={"why"}, missed=missed) is Why.MISSED
    assert why_asked(questions, changed=(), missed=()) is Why.EACH_TIME
