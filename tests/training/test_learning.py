"""Going through a course: kept on the server, counted once, and passed in one transaction."""

from __future__ import annotations

import random
import threading
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select, text
from sqlalchemy.exc import DatabaseError

from app import audit, clock, db, settings
from app.db import AppendOnly
from app.outbox.models import OutboxRow
from app.people.models import Person
from app.refusals import Conflict, Invalid, NotFound
from progression.ledger import facts_of_person
from tests.conftest import People
from tests.times import NOW, TODAY
from tests.training.courses import install_shipped, pass_course, shipped
from training import attempts, catalogue, demonstration, learning, progress
from training.learning import NotStarted
from training.models import Certificate, Completion, CourseVersion, Enrolment, UnitAttempt, UnitDone
from training.pack import Quiz
from training.scenario import NotWhereYouAre

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


def test_passing_the_last_step_writes_evidence_certificate_letter_and_audit_together(wren: Person) -> None:
    pass_course(wren)
    fact = facts_of_person(wren.id)[0]
    assert fact.requirement == "training:conflict"
    assert fact.valid_until == date(2029, 2, 18)
    completion = db.session.scalars(select(Completion)).one()
    assert completion.evidence_id == fact.id
    assert db.session.scalars(select(Certificate)).one().printed_name == "Wren"
    assert db.session.scalars(select(OutboxRow.kind)).all() == ["certificate-issued"]
    actions = set(db.session.scalars(select(audit.AuditLine.action)))
    assert {"training.course-installed", "training.course-started", "training.course-passed"} <= actions


def test_when_the_certificate_cannot_be_made_nothing_of_the_pass_is_kept(wren: Person, app: Flask) -> None:
    begin(wren)
    pack = shipped()
    with db.writing():
        for slug in [unit.slug for unit in pack.units][1:]:
            learning.unit_done(learning.way_of(wren, "conflict"), slug, by=wren, now=NOW)
            db.session.flush()
    with db.writing():
        # A person without an address has no credential; it stands for anything that goes wrong at the very end.
        db.session.execute(text("DELETE FROM person_private"))
    with pytest.raises(NotFound), db.writing():
        learning.mark_read("conflict", pack.units[0].slug, by=wren, now=NOW)
    assert (count(Completion), count(Certificate)) == (0, 0)
    assert facts_of_person(wren.id) == []
    assert learning.way_of(wren, "conflict").is_open


def test_starting_twice_is_one_way(wren: Person) -> None:
    begin(wren)
    begin(wren)
    assert count(Enrolment) == 1


def test_eight_presses_of_start_at_once_begin_one_way(wren: Person, app: Flask) -> None:
    wren_id = wren.id
    db.session.rollback()
    barrier = threading.Barrier(8)
    troubles: list[BaseException] = []

    def press() -> None:
        with app.app_context():
            try:
                barrier.wait(timeout=30)
                with db.writing():
                    learning.start("conflict", by=db.session.get_one(Person, wren_id), now=NOW)
            except BaseException as error:
                troubles.append(error)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=press) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert troubles == []
    assert count(Enrolment) == 1


def test_a_course_not_begun_opens_no_step(wren: Person) -> None:
    with pytest.raises(NotStarted):
        learning.way_of(wren, "conflict")


def test_reading_a_lesson_again_counts_once(wren: Person) -> None:
    begin(wren)
    for _ in range(2):
        with db.writing():
            learning.mark_read("conflict", "calming-a-thread", by=wren, now=NOW)
    assert count(UnitDone) == 1


def test_a_quiz_cannot_be_passed_by_reading(wren: Person) -> None:
    begin(wren)
    with pytest.raises(Conflict), db.writing():
        learning.mark_read("conflict", "check-what-you-know", by=wren, now=NOW)
    assert count(UnitDone) == 0


def take_quiz(person: Person, *, seed: int, wrong: int = 0) -> UnitAttempt:
    """Answer every question of a fresh try, the first `wrong` of them not right."""
    slug = "check-what-you-know"
    with db.writing():
        attempts.begin_quiz("conflict", slug, by=person, now=NOW, seed=seed)
    attempt = attempts.quiz_attempt(learning.way_of(person, "conflict"), slug)
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
    attempt = attempts.quiz_attempt(learning.way_of(wren, "conflict"), slug)
    assert attempt is not None
    number = next(one.number for one in attempt.asked if one.question.kind == "single")
    with db.writing():
        assert attempts.answer("conflict", slug, number, ["0"], by=wren, now=NOW)
    with db.writing():
        assert not attempts.answer("conflict", slug, number, ["1"], by=wren, now=NOW)
    again = attempts.quiz_attempt(learning.way_of(wren, "conflict"), slug)
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
            "conflict", "the-thread-at-1-am", step=step, choice=choice, position=position, by=person, now=NOW
        )


def test_a_choice_sent_twice_counts_once_and_one_from_a_stale_page_is_refused(wren: Person) -> None:
    begin(wren)
    with db.writing():
        attempts.begin_walk("conflict", "the-thread-at-1-am", by=wren, now=NOW, after=0)
    with db.writing():
        attempts.begin_walk("conflict", "the-thread-at-1-am", by=wren, now=NOW, after=0)
    choose(wren, "first-look", "name-both", 0)
    choose(wren, "first-look", "name-both", 0)
    with pytest.raises(NotWhereYouAre):
        choose(wren, "first-look", "wait", 0)
    with pytest.raises(Invalid):
        choose(wren, "moss-joins", "dance", 1)
    attempt = attempts.walk_attempt(learning.way_of(wren, "conflict"), "the-thread-at-1-am")
    assert attempt is not None
    assert attempt.row.number == 1
    assert attempt.walk.at.key == "moss-joins"


def test_a_course_passed_is_not_changed_by_a_page_that_was_left_open(wren: Person) -> None:
    pass_course(wren)
    with pytest.raises(Conflict, match="passed this course already"):
        choose(wren, "first-look", "wait", 0)
    with db.writing():
        learning.mark_read("conflict", "calming-a-thread", by=wren, now=NOW)
        learning.start("conflict", by=wren, now=NOW)
    assert (count(Enrolment), count(Completion)) == (1, 1)


def test_a_refresher_is_a_new_way_and_a_new_certificate(wren: Person) -> None:
    pass_course(wren)
    later = NOW + timedelta(days=700)
    with db.writing():
        learning.start("conflict", by=wren, now=later, again=True)
    with db.writing():
        demonstration.take_course(wren, "conflict", now=later, chance=random.Random(3))
    assert (count(Enrolment), count(Completion), count(Certificate)) == (2, 2, 2)
    standing = progress.standing_in(wren.id, "conflict", now=later)
    assert standing.holds
    assert not standing.lapses_soon


def test_training_lapses_soon_then_has_lapsed(wren: Person) -> None:
    pass_course(wren)
    last_day = date(2029, 2, 18)
    for before, soon, lapsed in ((90, False, False), (60, True, False), (0, True, False), (-1, False, True)):
        now = clock.starts(last_day - timedelta(days=before), settings.current().zone) + timedelta(hours=12)
        standing = progress.standing_in(wren.id, "conflict", now=now)
        assert (standing.lapses_soon, standing.has_lapsed) == (soon, lapsed)


def test_who_has_begun_keeps_the_version_they_began_and_others_get_the_new_one(wren: Person, people: People) -> None:
    begin(wren)
    old = shipped()
    with db.writing():
        changed = old.model_copy(update={"title": "Understanding quarrels"})
        assert catalogue.install(changed, by=None, now=NOW).number == 2
    rook = people.person("Rook")
    begin(rook)
    assert learning.way_of(wren, "conflict").pack.title == "Understanding conflict"
    assert learning.way_of(rook, "conflict").pack.title == "Understanding quarrels"
    assert progress.standing_in(wren.id, "conflict", now=NOW).pack.title == "Understanding conflict"


def test_installing_the_same_words_again_adds_nothing(wren: Person) -> None:
    with db.writing():
        assert catalogue.install(shipped(), by=None, now=NOW).number == 1
    assert count(CourseVersion) == 1


@pytest.mark.parametrize("statement", ["UPDATE {} SET id = id", "DELETE FROM {}"])
@pytest.mark.parametrize("table", ["course_version", "completion"])
def test_versions_and_completions_only_grow(wren: Person, table: str, statement: str) -> None:
    pass_course(wren)
    db.session.rollback()
    with pytest.raises(DatabaseError, match="only grows"), db.writing():
        db.session.execute(text(statement.format(table)))
    model: type[db.Model] = {"course_version": CourseVersion, "completion": Completion}[table]
    with pytest.raises(AppendOnly), db.writing():
        db.session.delete(db.session.scalars(select(model)).one())


def test_the_requirement_names_the_course_once_it_is_installed(app: Flask) -> None:
    assert catalogue.requirement_words("conflict", NOW) is None
    install_shipped()
    words = catalogue.requirement_words("conflict", NOW)
    assert words is not None
    assert (words.title, words.href) == ("Understanding conflict", "/learning/conflict")


def test_the_bank_is_drawn_from_the_version_that_was_begun(wren: Person) -> None:
    begin(wren)
    row = take_quiz(wren, seed=9)
    bank = shipped().unit("check-what-you-know")
    assert isinstance(bank, Quiz)
    assert {one["question"] for one in row.drawn} <= {question.key for question in bank.questions}
    assert clock.on(row.started_at, settings.current().zone) == TODAY
