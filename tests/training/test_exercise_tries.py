"""What was done in an exercise is kept: each try a row, the latest counts, and a reply is its writer's own."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from app import db
from app.people.models import Person
from app.refusals import Invalid, NotFound, PageOutOfDate
from tests.conftest import People
from tests.times import NOW
from tests.training.courses import LESSON_TO_DO, pass_course, write_pack
from training import catalogue, exercise_tries, exercises, learning
from training.exercise_tries import ExerciseState, SentExercise
from training.models import ExerciseTry
from training.pack import Lesson
from training.pack_reader import read_pack


@pytest.fixture
def wren(people: People, tmp_path: Path) -> Person:
    with db.writing():
        catalogue.install(read_pack(write_pack(tmp_path, why=LESSON_TO_DO)), by=None, now=NOW)
    person = people.person("Wren")
    with db.writing():
        learning.start("kindness", by=person, now=NOW)
    return person


def state(person: Person, key: str) -> ExerciseState:
    progress = learning.progress_in(person, "kindness", now=NOW)
    lesson = progress.unit("why")
    assert isinstance(lesson, Lesson)
    return exercise_tries.states(progress.enrolment.id, lesson)[key]


def do(person: Person, key: str, *picked: str, tries: int = 0, text: str = "") -> None:
    enrolment_id = learning.progress_in(person, "kindness", now=NOW).enrolment.id
    with db.writing():
        sent = SentExercise(enrolment_id, tries, picked, text)
        learning.do_exercise("kindness", "why", key, sent, by=person, now=NOW)


def is_right(person: Person, key: str) -> bool:
    marked = state(person, key).mark
    return marked is not None and marked.is_right


def rows() -> list[tuple[int, list[int], str | None]]:
    found = db.session.scalars(select(ExerciseTry).order_by(ExerciseTry.number))
    return [(row.number, row.done, row.text) for row in found]


def test_the_latest_try_counts_and_the_earlier_ones_stay(wren: Person) -> None:
    do(wren, "find-it", "0")
    assert not is_right(wren, "find-it")
    do(wren, "find-it", "1", tries=1)
    assert is_right(wren, "find-it")
    assert rows() == [(1, [0], None), (2, [1], None)]


def test_a_form_that_is_sent_again_counts_once_also_after_another_try(wren: Person) -> None:
    do(wren, "find-it", "0")
    do(wren, "find-it", "0")
    do(wren, "find-it", "1", tries=1)
    do(wren, "find-it", "0")  # the first form once more, as a browser sends it after a dropped connection
    assert [done for _number, done, _text in rows()] == [[0], [1]]


def test_another_answer_from_a_second_tab_is_a_try_of_its_own(wren: Person) -> None:
    do(wren, "find-it", "0")
    do(wren, "find-it", "1")
    assert state(wren, "find-it").done == (1,)


def test_only_the_latest_reply_is_kept_and_it_can_be_deleted(wren: Person) -> None:
    do(wren, "write-it", text="First go")
    do(wren, "write-it", text="Second go", tries=1)
    assert [text for _number, _done, text in rows()] == [None, "Second go"]
    with db.writing():
        enrolment_id = learning.progress_in(wren, "kindness", now=NOW).enrolment.id
        learning.forget_reply("kindness", "why", "write-it", enrolment_id=enrolment_id, by=wren, now=NOW)
    assert [text for _number, _done, text in rows()] == [None, None]
    assert state(wren, "write-it").done == ()


def test_what_others_did_is_not_seen(wren: Person, people: People) -> None:
    do(wren, "write-it", text="Mine")
    moss = people.person("Moss")
    with db.writing():
        learning.start("kindness", by=moss, now=NOW)
    assert (state(moss, "write-it").text, state(moss, "write-it").done) == (None, None)


def test_a_lesson_counts_as_read_once_each_exercise_was_done_well_or_badly(wren: Person) -> None:
    enrolment_id = learning.progress_in(wren, "kindness", now=NOW).enrolment.id

    def read() -> None:
        with db.writing():
            learning.mark_read("kindness", "why", enrolment_id=enrolment_id, by=wren, now=NOW)

    do(wren, "find-it", "0")
    do(wren, "sort-it", "0", "0", "0")
    do(wren, "order-it", "0", "1", "2")
    with pytest.raises(PageOutOfDate, match="Do each exercise of this lesson once"):
        read()
    do(wren, "write-it", text="Mine")
    read()
    assert "why" in learning.progress_in(wren, "kindness", now=NOW).done


def test_exercises_stay_open_for_practice_after_the_course_was_passed(wren: Person) -> None:
    pass_course(wren, code="kindness")
    assert is_right(wren, "find-it")
    do(wren, "find-it", "0", tries=state(wren, "find-it").tries)
    assert state(wren, "find-it").done == (0,)


def test_a_refresher_begins_with_exercises_not_done(wren: Person) -> None:
    pass_course(wren, code="kindness")
    passed = learning.progress_in(wren, "kindness", now=NOW).enrolment.id
    with db.writing():
        learning.start("kindness", by=wren, now=NOW, after=passed)
    assert state(wren, "find-it").done is None
    sent = SentExercise(passed, 1, ("0",))
    with pytest.raises(PageOutOfDate), db.writing():
        learning.do_exercise("kindness", "why", "find-it", sent, by=wren, now=NOW)


def test_an_unknown_exercise_and_an_unfinished_one_are_refused_and_nothing_is_kept(wren: Person) -> None:
    with pytest.raises(NotFound):
        do(wren, "lose-it", "0")
    with pytest.raises(Invalid):
        do(wren, "find-it")
    assert rows() == []


@pytest.mark.both_databases
def test_the_same_form_from_two_tabs_at_the_same_moment_counts_once(wren: Person, app: Flask) -> None:
    here = state(wren, "sort-it")
    picked = tuple(str(exercises.right_way(here.exercise)[position]) for position in here.order)
    enrolment_id, wren_id = learning.progress_in(wren, "kindness", now=NOW).enrolment.id, wren.id
    db.session.rollback()
    together, troubles = threading.Barrier(4), list[BaseException]()

    def send() -> None:
        with app.app_context():
            try:
                together.wait(timeout=30)
                with db.writing():
                    by = db.session.get_one(Person, wren_id)
                    sent = SentExercise(enrolment_id, 0, picked)
                    learning.do_exercise("kindness", "why", "sort-it", sent, by=by, now=NOW)
            except BaseException as error:
                troubles.append(error)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert troubles == []
    assert [number for number, _done, _text in rows()] == [1]
