"""Withdrawing a mark: the unit opens again, and whatever stood on it no longer counts."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from app import db
from app.people.models import Person, Role
from app.refusals import Conflict, Invalid, NotAllowed, PageOutOfDate
from progression.evidence import NotAboutYourself
from progression.facts import without_withdrawn
from progression.ledger import facts_of_person
from tests.conftest import People
from tests.times import NOW
from tests.training.emails import queued, words_of
from tests.training.practicals import work
from tests.training.practicals.work import hand_in, row_of
from training import course_status, learning
from training.models import Certificate, Enrolment
from training.practicals import marking, to_mark, withdrawing
from training.practicals.models import TryState
from training.practicals.rules import Result

WHY = "It was marked by the rubric of another duty."


@pytest.fixture
def wren(people: People, tmp_path: Path) -> Person:
    work.install(tmp_path, units="  - reply.yaml\n")
    return work.begin(people.person("Wren"))


@pytest.fixture
def rook(people: People) -> Person:
    return people.person("Rook", roles=(Role.TRAINER,))


def withdraw(try_id: int, by: Person, *, why: str = WHY, round: int = 1) -> None:
    db.session.rollback()
    with db.writing():
        withdrawing.withdraw_mark(try_id, why, round=round, by=by, now=NOW)


def counts(person: Person) -> list[str]:
    db.session.rollback()
    return [fact.key for fact in without_withdrawn(facts_of_person(person.id)) if fact.kind == "training"]


@pytest.mark.both_databases
def test_a_withdrawn_pass_takes_the_course_back_and_a_new_mark_passes_it_again(wren: Person, rook: Person) -> None:
    try_id = hand_in(wren)
    work.mark(try_id, rook)
    assert counts(wren) == ["kindness"]
    withdraw(try_id, rook)
    assert counts(wren) == []
    status = course_status.status_in(wren.id, "kindness", now=NOW)
    assert status.is_open
    assert status.done == {"why", "story", "quiz"}
    assert status.next_unit is not None
    assert status.next_unit.slug == "reply"
    assert (row_of(try_id).state, row_of(try_id).round) == (TryState.WAITING, 2)
    subject, text, _html = words_of(queued("mark-withdrawn")[0])
    assert (subject, "is with the markers again" in text) == ("A mark was withdrawn: A hard evening", True)
    assert [each.row.id for each in to_mark.waiting_for(rook.id, NOW)] == [try_id]
    db.session.rollback()
    assert work.mark(try_id, rook, round=2) is Result.PASSED
    assert counts(wren) == ["kindness"]
    assert len(db.session.scalars(select(Certificate)).all()) == 2


def test_in_a_course_in_progress_just_the_unit_opens_again(people: People, tmp_path: Path, rook: Person) -> None:
    work.install(tmp_path)
    moss = work.begin(people.person("Moss"))
    try_id = hand_in(moss)
    work.mark(try_id, rook)
    assert "reply" in learning.progress_in(moss, "kindness", now=NOW).done
    withdraw(try_id, rook)
    assert "reply" not in learning.progress_in(moss, "kindness", now=NOW).done
    assert len(db.session.scalars(select(Enrolment)).all()) == 1


def test_a_refresher_that_stood_on_the_pass_no_longer_counts_either(wren: Person, rook: Person) -> None:
    try_id = hand_in(wren)
    work.mark(try_id, rook)
    later = NOW + timedelta(days=300)
    with db.writing():
        learning.start("kindness", by=wren, now=later, after=work.enrolment_of(wren))
        progress = learning.progress_in(wren, "kindness", now=NOW)
        progress.enrolment.asked = ["quiz"]
        learning.complete_unit(learning.progress_in(wren, "kindness", now=NOW), "quiz", by=wren, now=later)
    assert counts(wren) == ["kindness", "kindness"]
    with db.writing():
        withdrawing.withdraw_mark(try_id, WHY, round=1, by=rook, now=later)
    assert counts(wren) == []
    assert learning.progress_in(wren, "kindness", now=NOW).is_open


def test_a_refresher_in_progress_asks_for_the_whole_course_instead(wren: Person, rook: Person) -> None:
    try_id = hand_in(wren)
    work.mark(try_id, rook)
    with db.writing():
        learning.start("kindness", by=wren, now=NOW, after=work.enrolment_of(wren))
    withdraw(try_id, rook)
    progress = learning.progress_in(wren, "kindness", now=NOW)
    assert (progress.enrolment.is_refresher, len(progress.asked)) == (False, 4)
    assert row_of(try_id).state is TryState.VOID
    assert "hand it in once more" in words_of(queued("mark-withdrawn")[0])[1]


def test_a_withdrawn_miss_is_marked_again_unless_another_try_is_under_way(wren: Person, rook: Person) -> None:
    try_id = hand_in(wren)
    work.mark(try_id, rook, good=False)
    withdraw(try_id, rook)
    assert row_of(try_id).state is TryState.WAITING
    work.mark(try_id, rook, good=False, round=2)
    hand_in(wren, "Better.", now=NOW + timedelta(days=7))
    withdraw(try_id, rook, round=2)
    assert row_of(try_id).state is TryState.VOID


def test_a_first_of_two_marks_is_withdrawn_by_its_marker_alone(people: People, wren: Person, rook: Person) -> None:
    work.two_mark()
    teal, try_id = people.person("Teal", roles=(Role.ASSESSOR,)), hand_in(wren)
    work.mark(try_id, rook)
    with pytest.raises(Conflict, match="there is none to withdraw"):
        withdraw(try_id, teal)
    withdraw(try_id, rook)
    assert queued("mark-withdrawn") == [], "the learner has not heard of it"
    assert [each.row.id for each in to_mark.waiting_for(rook.id, NOW)] == [try_id]


def test_who_withdraws_says_why_and_is_neither_the_learner_nor_close_to_them(
    people: People, wren: Person, rook: Person
) -> None:
    try_id = hand_in(wren)
    work.mark(try_id, rook)
    with pytest.raises(Invalid, match="Say why"):
        withdraw(try_id, rook, why=" ")
    with pytest.raises(NotAllowed):
        withdraw(try_id, people.person("Moss"))
    own = hand_in(work.begin(people.person("Teal", roles=(Role.TRAINER,))))
    work.mark(own, rook)
    teal = db.session.get_one(Person, row_of(own).person_id)
    with pytest.raises(NotAboutYourself):
        withdraw(own, teal)
    with db.writing():
        marking.not_me(try_id, by=teal, now=NOW)
    with pytest.raises(Conflict, match="another marker"):
        withdraw(try_id, teal)
    withdraw(try_id, rook)
    with pytest.raises(PageOutOfDate, match="withdrawn already"):
        withdraw(try_id, rook)
