"""Who came, as its trainer marks it: what it completes, what a correction takes back, and what stays."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from app import db
from app.audit import AuditLine
from app.people.models import Person, Role
from app.refusals import Conflict, Invalid
from progression.ledger import facts_of_person
from tests.conftest import People
from tests.times import NOW
from tests.training.live.sessions_for_tests import (
    AFTER,
    STARTS,
    begin,
    book,
    booking_id,
    install_with_workshop,
    make,
    mark,
)
from training import catalogue, learning
from training.authoring import beginning, checking, drafts
from training.live import attendance
from training.live.models import Outcome

CAME, IN_PART, DID_NOT = Outcome.CAME, Outcome.IN_PART, Outcome.DID_NOT_COME


@pytest.fixture
def rook(people: People, tmp_path: Path) -> Person:
    """A trainer, and a course whose last step is a live session."""
    install_with_workshop(tmp_path)
    return people.person("Rook", roles=(Role.TRAINER,))


@pytest.fixture
def moss(people: People) -> Person:
    return people.person("Moss")


def done(moss: Person) -> set[str]:
    db.session.rollback()
    return set(learning.progress_in(moss, "kindness", now=AFTER).done)


def passes(moss: Person) -> list[str]:
    db.session.rollback()
    return [fact.key for fact in facts_of_person(moss.id)]


def test_having_come_completes_the_unit_and_only_the_whole_course_is_evidence(rook: Person, moss: Person) -> None:
    live = make(rook, course="kindness", unit="together")
    begin(moss)
    book(live, moss)
    mark(live, moss, IN_PART, by=rook)
    assert done(moss) == set()
    mark(live, moss, CAME, by=rook)
    assert (done(moss), passes(moss)) == ({"together"}, [])
    begin(moss, does_the_rest=True, now=AFTER)
    assert passes(moss) == ["kindness"]


def test_the_last_unit_passes_the_course_as_the_trainer_marks_it(rook: Person, moss: Person) -> None:
    live = make(rook, course="kindness", unit="together")
    begin(moss, does_the_rest=True)
    book(live, moss)
    assert mark(live, moss, CAME, by=rook) == []
    assert passes(moss) == ["kindness"]


def test_a_correction_opens_the_unit_again_and_says_where_a_pass_stays(
    rook: Person, moss: Person, people: People
) -> None:
    jay = people.person("Jay")
    live = make(rook, course="kindness", unit="together")
    begin(moss)
    begin(jay, does_the_rest=True)
    book(live, moss, jay)
    mark(live, moss, CAME, by=rook)
    mark(live, jay, CAME, by=rook)
    assert mark(live, moss, DID_NOT, by=rook) == []
    assert done(moss) == set()
    assert mark(live, jay, IN_PART, by=rook) == ["Jay"]
    assert passes(jay) == ["kindness"]
    actions = [line.action for line in db.session.scalars(select(AuditLine)) if "attendance" in line.action]
    assert actions == ["training.attendance-marked"] * 2 + ["training.attendance-corrected"] * 2


def test_somebody_who_came_before_they_began_counts_it_themselves_once(rook: Person, moss: Person) -> None:
    live = make(rook, course="kindness", unit="together")
    book(live, moss)
    mark(live, moss, CAME, by=rook)
    begin(moss, now=AFTER)
    progress = learning.progress_in(moss, "kindness", now=AFTER)
    assert [each.id for each in attendance.sessions_attended(progress, "together")] == [live]
    enrolment_id = progress.enrolment.id
    db.session.rollback()
    with db.writing():
        attendance.count("kindness", "together", enrolment_id=enrolment_id, by=moss, now=AFTER)
    assert done(moss) == {"together"}
    with pytest.raises(Conflict, match="no live session"), db.writing():
        attendance.count("kindness", "why", enrolment_id=enrolment_id, by=moss, now=AFTER)


def test_a_session_before_the_last_pass_does_not_count_for_a_refresher(rook: Person, moss: Person) -> None:
    live = make(rook, course="kindness", unit="together")
    begin(moss, does_the_rest=True)
    book(live, moss)
    mark(live, moss, CAME, by=rook)
    later = AFTER + timedelta(days=330)
    with db.writing():
        latest = learning.progress_in(moss, "kindness", now=AFTER).enrolment.id
        learning.start("kindness", by=moss, now=later, after=latest)
    progress = learning.progress_in(moss, "kindness", now=AFTER)
    assert attendance.sessions_attended(progress, "together") == []


def test_it_is_marked_from_the_start_on_and_after_a_week_with_a_reason(rook: Person, moss: Person) -> None:
    live = make(rook)
    book(live, moss)
    with pytest.raises(Conflict, match="has not begun"):
        mark(live, moss, CAME, by=rook, now=STARTS - timedelta(seconds=1))
    mark(live, moss, DID_NOT, by=rook, now=STARTS)
    late = STARTS + timedelta(days=9)
    with pytest.raises(Invalid, match="say why"):
        mark(live, moss, CAME, by=rook, now=late)
    mark(live, moss, CAME, by=rook, now=late, reason="The list was on paper.")
    of = booking_id(live, moss)
    latest = attendance.latest_marks([of])[of]
    assert (latest.outcome, latest.reason) == (CAME, "The list was on paper.")


def test_two_trainers_do_not_write_over_each_other_unseen(rook: Person, moss: Person) -> None:
    live = make(rook)
    book(live, moss)
    mark(live, moss, CAME, by=rook)
    with pytest.raises(Conflict, match="Somebody else marked"):
        mark(live, moss, DID_NOT, by=rook, seen=0)
    mark(live, moss, CAME, by=rook, seen=0)


def test_a_course_with_a_live_session_can_be_opened_as_a_draft(rook: Person) -> None:
    pack = catalogue.pack_of(catalogue.course_called("kindness")[1])
    db.session.rollback()
    with db.writing():
        draft = beginning.begin_from_pack(pack, by=rook, now=NOW)
        read = checking.checked(drafts.written(drafts.parts_of(draft.id)))
    assert [fault.sentence for fault in read.faults] == ["“what” is empty."], "what changes is for the author to say"
