"""Marking: who may, what it comes to, and that two never mark the same work by accident."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from app import audit, db
from app.people.models import Person, Role
from app.refusals import Conflict, Invalid, NotAllowed, Refusal
from progression.evidence import NotAboutYourself
from progression.ledger import facts_of_person
from tests.conftest import People
from tests.times import NOW
from tests.training.emails import queued, words_of
from tests.training.practicals import work
from tests.training.practicals.work import a_mark, hand_in, row_of
from training import cards, learning
from training.practicals import handing_in, marking, to_mark
from training.practicals.marking import MayNotMark
from training.practicals.models import PracticalMark, TryState
from training.practicals.rules import Hindrance, Result

ONE_PRACTICAL = "  - reply.yaml\n"


@pytest.fixture
def wren(people: People, tmp_path: Path) -> Person:
    work.install(tmp_path, units=ONE_PRACTICAL)
    return work.begin(people.person("Wren"))


@pytest.fixture
def rook(people: People) -> Person:
    return people.person("Rook", roles=(Role.TRAINER,))


@pytest.fixture
def teal(people: People) -> Person:
    return people.person("Teal", roles=(Role.ASSESSOR,))


def test_a_pass_completes_the_unit_and_with_the_last_one_the_course_and_says_so(wren: Person, rook: Person) -> None:
    try_id = hand_in(wren)
    assert work.mark(try_id, rook) is Result.PASSED
    assert [(fact.kind, fact.key) for fact in facts_of_person(wren.id)] == [
        ("practical", "moderator"),
        ("training", "kindness"),
    ]
    (row,) = queued("practical-marked")
    subject, text, _html = words_of(row)
    assert (row.person_id, subject) == (wren.id, "Passed: A hard evening")
    assert "is passed. Well done." in text
    line = db.session.scalars(
        select(audit.AuditLine).where(audit.AuditLine.action == "training.practical-marked")
    ).one()
    assert (line.by_id, line.subject, line.details["learner"]) == (rook.id, f"practical_try:{try_id}", wren.id)
    assert "ask first" not in str(line.content)


def test_a_miss_is_told_with_its_comment_and_completes_nothing(wren: Person, rook: Person) -> None:
    try_id = hand_in(wren)
    assert work.mark(try_id, rook, good=False) is Result.AGAIN
    assert row_of(try_id).state is TryState.AGAIN
    assert "reply" not in learning.progress_in(wren, "kindness", now=NOW).done
    assert words_of(queued("practical-marked")[0])[0] == "Marked: A hard evening"


def test_the_same_mark_sent_twice_counts_once(wren: Person, rook: Person) -> None:
    try_id = hand_in(wren)
    work.mark(try_id, rook)
    rubric = marking.rubric_of_try(try_id)
    db.session.rollback()
    with db.writing():
        assert marking.mark(try_id, a_mark(rubric), by=rook, now=NOW) is Result.PASSED
    assert db.session.scalar(select(func.count()).select_from(PracticalMark)) == 1


def test_a_level_the_rubric_has_not_and_a_miss_without_words_are_refused(wren: Person, rook: Person) -> None:
    try_id = hand_in(wren)
    with db.writing():
        marking.take(try_id, None, by=rook, now=NOW)
    rubric = marking.rubric_of_try(try_id)
    db.session.rollback()
    good = a_mark(rubric)
    for wrong, fault in (
        (a_mark(rubric, safety=9), "choose a level"),
        (marking.SentMark(1, {**good.levels, "safety": 1}, {}, "Well."), "say what was missing"),
        (marking.SentMark(1, good.levels, {}, " "), "about the whole"),
    ):
        with pytest.raises(Invalid, match=fault), db.writing():
            marking.mark(try_id, wrong, by=rook, now=NOW)


def test_nobody_marks_themselves_nor_without_the_right_nor_somebody_they_are_close_to(
    people: People, wren: Person, rook: Person
) -> None:
    own = hand_in(work.begin(rook))
    with pytest.raises(NotAboutYourself), db.writing():
        marking.take(own, None, by=rook, now=NOW)
    assert to_mark.how_many_wait(rook.id, NOW) == 0
    try_id = hand_in(wren)
    admin = people.person("Moss", roles=(Role.ADMIN,))
    with pytest.raises(NotAllowed, match="does not mark"), db.writing():
        marking.take(try_id, None, by=admin, now=NOW)
    with db.writing():
        marking.take(try_id, None, by=rook, now=NOW)
        marking.not_me(try_id, by=rook, now=NOW)
    assert row_of(try_id).taken_by_id is None
    assert to_mark.waiting_for(rook.id, NOW) == []
    with pytest.raises(MayNotMark, match="not me"), db.writing():
        marking.take(try_id, None, by=rook, now=NOW)
    with db.writing():
        marking.me_again(wren.id, by=rook, now=NOW)
    assert [each.row.id for each in to_mark.waiting_for(rook.id, NOW)] == [try_id]


def test_today_says_to_markers_alone_how_many_practicals_wait(wren: Person, rook: Person) -> None:
    assert cards.practicals_wait(rook, NOW) is None, "nothing waits"
    hand_in(wren)
    card = cards.practicals_wait(rook, NOW)
    assert card is not None
    assert card.context == {"waiting": 1}
    assert cards.practicals_wait(wren, NOW) is None


def test_the_database_itself_refuses_a_mark_of_ones_own_work(wren: Person) -> None:
    try_id = hand_in(wren)
    own = {"person_id": wren.id, "marker_id": wren.id, "round": 1, "levels": {}, "passes": True, "given_at": NOW}
    with pytest.raises(IntegrityError, match="marked_by_somebody_else"), db.writing():
        db.session.add(PracticalMark(try_id=try_id, **own))


def test_what_somebody_took_is_theirs_until_its_time_is_over(wren: Person, rook: Person, teal: Person) -> None:
    try_id = hand_in(wren)
    with db.writing():
        marking.take(try_id, None, by=rook, now=NOW)
    assert to_mark.waiting_for(teal.id, NOW) == []
    with pytest.raises(MayNotMark, match="Somebody else has just taken"), db.writing():
        marking.take(try_id, None, by=teal, now=NOW)
    later = NOW + timedelta(hours=72)
    assert [each.row.id for each in to_mark.waiting_for(teal.id, later)] == [try_id]
    with db.writing():
        marking.take(try_id, None, by=teal, now=later)
    with pytest.raises(MayNotMark, match="Somebody else"), db.writing():
        marking.mark(try_id, a_mark(marking.rubric_of_try(try_id)), by=rook, now=later)


def test_a_second_marker_is_somebody_else_and_a_third_decides_where_they_differ(
    people: People, wren: Person, rook: Person, teal: Person
) -> None:
    work.two_mark()
    try_id = hand_in(wren)
    assert work.mark(try_id, rook) is Result.WAITS
    assert to_mark.waiting_for(rook.id, NOW) == []
    with pytest.raises(MayNotMark, match="second mark comes from somebody else"), db.writing():
        marking.take(try_id, None, by=rook, now=NOW)
    with pytest.raises(Conflict, match="has marked it already"), db.writing():
        handing_in.take_back("kindness", "reply", enrolment_id=work.enrolment_of(wren), by=wren, now=NOW)
    assert work.mark(try_id, teal, good=False) is Result.WAITS
    assert queued("practical-marked") == []
    assert work.mark(try_id, people.person("Heron", roles=(Role.TRAINER,))) is Result.PASSED
    assert len(queued("practical-marked")) == 1


@pytest.mark.both_databases
def test_of_all_who_take_the_same_work_at_once_one_gets_it_and_the_others_are_told(
    app: Flask, people: People, wren: Person
) -> None:
    try_id = hand_in(wren)
    markers = [people.person(f"Marker {number}", roles=(Role.TRAINER,)).id for number in range(4)]
    db.session.remove()

    def take_as(marker_id: int) -> Callable[[], None]:
        return lambda: marking.take(try_id, None, by=db.session.get_one(Person, marker_id), now=NOW)

    told = at_once(app, [take_as(each) for each in markers])
    assert told == [marking.SENTENCES[Hindrance.TAKEN]] * 3
    assert row_of(try_id).taken_by_id in markers


@pytest.mark.both_databases
def test_a_learner_who_takes_back_while_a_marker_takes_it_and_two_tabs_that_hand_in(
    app: Flask, wren: Person, rook: Person
) -> None:
    enrolment_id, forms = work.enrolment_of(wren), [work.sent(wren, text) for text in ("One.", "Two.")]
    wren_id, rook_id = wren.id, rook.id
    db.session.remove()

    def hand_in_tab(number: int) -> None:
        handing_in.hand_in("kindness", "reply", forms[number], by=db.session.get_one(Person, wren_id), now=NOW)

    told = at_once(app, [lambda: hand_in_tab(0), lambda: hand_in_tab(1)])
    assert told == [handing_in.IN_ALREADY]
    waiting = work.tries_of(db.session.get_one(Person, wren_id)).waiting
    assert waiting is not None
    try_id = waiting.id
    db.session.remove()

    def take() -> None:
        marking.take(try_id, None, by=db.session.get_one(Person, rook_id), now=NOW)

    def take_back() -> None:
        wren = db.session.get_one(Person, wren_id)
        handing_in.take_back("kindness", "reply", enrolment_id=enrolment_id, by=wren, now=NOW)

    (sentence,) = at_once(app, [take, take_back])
    taken = row_of(try_id).taken_by_id is not None
    assert ("begun to mark" if taken else "no longer waits") in sentence


def at_once(app: Flask, deeds: list[Callable[[], None]]) -> list[str]:
    """Do these things at the same moment, each in a transaction, and return what the refused ones were told."""
    together, told = threading.Barrier(len(deeds)), list[str]()

    def do(deed: Callable[[], None]) -> None:
        with app.app_context():
            together.wait()
            try:
                with db.writing():
                    deed()
            except Refusal as refusal:
                told.append(refusal.sentences[0])
            db.session.remove()

    threads = [threading.Thread(target=do, args=(each,)) for each in deeds]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    return told
