"""Going through a course: kept on the server, counted once, and passed in one transaction."""

from __future__ import annotations

import random
import threading
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select, text

from app import audit, db
from app.outbox.models import OutboxRow
from app.people.models import Person, Role
from app.refusals import Conflict, NotFound
from progression import evidence
from progression.ledger import facts_of_person
from tests.conftest import People
from tests.times import NOW
from tests.training.courses import do_exercises, install_shipped, pass_course, shipped
from training import course_status, demonstration, learning
from training.certificates import check
from training.learning import NotStarted
from training.models import Certificate, Completion, Enrolment, UnitDone

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


def enrolment_of(person: Person) -> int:
    return learning.progress_in(person, "conflict", now=NOW).enrolment.id


def test_passing_the_last_step_writes_evidence_certificate_email_and_audit_together(wren: Person) -> None:
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
            learning.complete_unit(learning.progress_in(wren, "conflict", now=NOW), slug, by=wren, now=NOW)
            db.session.flush()
    with db.writing():
        do_exercises(wren, pack.units[0].slug)
        # A person without an address has no credential; it stands for anything that goes wrong at the very end.
        db.session.execute(text("DELETE FROM person_private"))
    with pytest.raises(NotFound), db.writing():
        learning.mark_read("conflict", pack.units[0].slug, enrolment_id=enrolment_of(wren), by=wren, now=NOW)
    assert (count(Completion), count(Certificate)) == (0, 0)
    assert facts_of_person(wren.id) == []
    assert learning.progress_in(wren, "conflict", now=NOW).is_open


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
        learning.progress_in(wren, "conflict", now=NOW)


def test_reading_a_lesson_again_counts_once(wren: Person) -> None:
    begin(wren)
    with db.writing():
        do_exercises(wren, "calming-a-thread")
    for _ in range(2):
        with db.writing():
            learning.mark_read("conflict", "calming-a-thread", enrolment_id=enrolment_of(wren), by=wren, now=NOW)
    assert count(UnitDone) == 1


def test_a_quiz_cannot_be_passed_by_reading(wren: Person) -> None:
    begin(wren)
    with pytest.raises(Conflict), db.writing():
        learning.mark_read("conflict", "check-what-you-know", enrolment_id=enrolment_of(wren), by=wren, now=NOW)
    assert count(UnitDone) == 0


def test_a_refresher_is_a_new_way_and_a_new_certificate(wren: Person) -> None:
    pass_course(wren)
    later = NOW + timedelta(days=700)
    with db.writing():
        learning.start("conflict", by=wren, now=later, after=enrolment_of(wren))
    with db.writing():
        demonstration.take_course(wren, "conflict", now=later, chance=random.Random(3))
    assert (count(Enrolment), count(Completion), count(Certificate)) == (2, 2, 2)
    status = course_status.status_in(wren.id, "conflict", now=later)
    assert status.holds
    assert not status.lapses_soon


def test_a_refresher_asks_for_the_practice_and_the_questions_and_leaves_the_lessons_to_read(wren: Person) -> None:
    pass_course(wren)
    with db.writing():
        learning.start("conflict", by=wren, now=NOW, after=enrolment_of(wren))
    progress = learning.progress_in(wren, "conflict", now=NOW)
    assert [unit.slug for unit in progress.asked] == ["the-thread-at-1-am", "check-what-you-know"]
    status = course_status.status_in(wren.id, "conflict", now=NOW)
    assert status.is_refresher
    assert status.minutes < status.pack.minutes_of(is_refresher=False)
    for slug in ("the-thread-at-1-am", "check-what-you-know"):
        with db.writing():
            learning.complete_unit(learning.progress_in(wren, "conflict", now=NOW), slug, by=wren, now=NOW)
    assert (count(Completion), count(Certificate)) == (2, 2)
    newest = db.session.scalars(select(Certificate).order_by(Certificate.id.desc())).first()
    assert newest is not None
    says = check(newest.code, now=NOW).says
    assert says is not None
    assert says.criteria.startswith("Passed the refresher, “The thread at 1 am”, “Check what you know”")


def test_after_a_withdrawn_pass_the_whole_course_is_asked_for(wren: Person, people: People) -> None:
    pass_course(wren)
    sable = people.person("Sable", roles=(Role.ASSESSOR,))
    with db.writing():
        evidence.withdraw(facts_of_person(wren.id)[0].id, by=sable.id, why="A mistake.", now=NOW + timedelta(days=1))
    with db.writing():
        learning.start("conflict", by=wren, now=NOW, after=enrolment_of(wren))
    progress = learning.progress_in(wren, "conflict", now=NOW)
    assert progress.asked == progress.pack.units


def test_beginning_again_from_an_old_page_begins_nothing(wren: Person) -> None:
    pass_course(wren)
    first = enrolment_of(wren)
    with db.writing():
        learning.start("conflict", by=wren, now=NOW, after=first)
    with db.writing():
        demonstration.take_course(wren, "conflict", now=NOW, chance=random.Random(3))
    for _ in range(2):
        with db.writing():
            learning.start("conflict", by=wren, now=NOW, after=first)
    assert count(Enrolment) == 2
