"""Passed practicals as evidence: added with the mark that passes one, withdrawn with it, and asked for by a pathway."""

from __future__ import annotations

from pathlib import Path

import pytest

from app import db
from app.domain import RequirementWords
from app.people.models import Person, Role
from progression.duties import Duty
from progression.facts import Fact, without_withdrawn
from progression.labels import fact_title, provided_by, resolve, unmeetable_requirements
from progression.ledger import facts_of_person
from progression.pathway import Pathway
from progression.standing import missing_by_duty, pathway_now
from tests.conftest import People
from tests.progression.asking import SAID, asking
from tests.progression.facts import SHIPPED_PATHWAY
from tests.times import NOW
from tests.training.emails import queued
from tests.training.practicals import work
from training.practicals import marking, passes, withdrawing


@pytest.fixture
def wren(people: People, tmp_path: Path) -> Person:
    work.install(tmp_path)
    return work.begin(people.person("Wren"))


@pytest.fixture
def rook(people: People) -> Person:
    return people.person("Rook", roles=(Role.TRAINER,))


def passed(person: Person) -> list[Fact]:
    db.session.rollback()
    return [fact for fact in without_withdrawn(facts_of_person(person.id)) if fact.kind == "practical"]


def asked_for() -> Pathway:
    """The shipped pathway, in which moderators pass their practical."""
    document = SHIPPED_PATHWAY.model_dump(mode="json")
    document["requirements"]["practical"] = {**SAID, "evidence": "practical:moderator"}
    document["duties"]["moderator"]["needs"].append("practical")
    return Pathway.model_validate(document)


def test_a_pass_is_evidence_by_its_marker_before_the_course_is_passed_and_is_withdrawn_with_the_mark(
    wren: Person, rook: Person
) -> None:
    try_id = work.hand_in(wren)
    work.mark(try_id, rook)
    (pass_,) = passed(wren)
    assert (pass_.requirement, pass_.by_person_id, pass_.valid_until) == ("practical:moderator", rook.id, None)
    db.session.rollback()
    with db.writing():
        withdrawing.withdraw_mark(try_id, "Marked by the wrong rubric.", round=1, by=rook, now=NOW)
    assert passed(wren) == []
    assert queued("evidence-withdrawn") == []  # the e-mail about the mark says it
    work.mark(try_id, rook, round=2)
    assert len(passed(wren)) == 1


def test_a_work_that_did_not_pass_is_no_evidence(wren: Person, rook: Person) -> None:
    work.mark(work.hand_in(wren), rook, good=False)
    assert passed(wren) == []


def test_with_two_markers_the_one_who_decides_it_is_named(people: People, wren: Person, rook: Person) -> None:
    work.two_mark()
    try_id = work.hand_in(wren)
    work.mark(try_id, rook)
    assert passed(wren) == []
    tansy = people.person("Tansy", roles=(Role.TRAINER,))
    work.mark(try_id, tansy)
    assert [fact.by_person_id for fact in passed(wren)] == [tansy.id]


@pytest.mark.both_databases
def test_passes_from_before_are_recorded_once_and_a_withdrawn_one_never_again(
    wren: Person, rook: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(marking, "record_pass", lambda *_, **__: None)  # as it was before
    try_id = work.hand_in(wren)
    work.mark(try_id, rook)
    assert passed(wren) == []
    for _ in range(2):
        passes.record_earlier_passes(NOW)
    (pass_,) = passed(wren)
    assert (pass_.by_person_id, pass_.happened_at) == (rook.id, NOW)
    db.session.rollback()
    with db.writing():
        withdrawing.withdraw_mark(try_id, "Marked by the wrong rubric.", round=1, by=rook, now=NOW)
    passes.record_earlier_passes(NOW)
    assert passed(wren) == []


def test_a_pathway_can_ask_for_it_and_says_where_it_is_done_and_who_marks_it(wren: Person, rook: Person) -> None:
    assert passes.offered(NOW) == [("moderator", "The practical for moderator")]
    assert resolve("practical:moderator", NOW) == RequirementWords("The practical for moderator", "/learning/kindness")
    assert provided_by("practical:moderator") == "they do it under Learning, and a trainer marks it"
    assert unmeetable_requirements(asked_for(), NOW) == [
        each for each in unmeetable_requirements(SHIPPED_PATHWAY, NOW) if "practical" not in each
    ]
    with asking(asked_for()):
        missing = [each.evidence for each in missing_by_duty(wren.id, NOW)[Duty.MODERATOR]]
        assert "practical:moderator" in missing
    work.mark(work.hand_in(wren), rook)
    with asking(asked_for()):
        missing = [each.evidence for each in missing_by_duty(wren.id, NOW)[Duty.MODERATOR]]
        assert "practical:moderator" not in missing
    (pass_,) = passed(wren)
    assert fact_title(pass_, pathway_now(NOW), NOW) == "The practical for moderator"


def test_nobody_can_meet_a_practical_that_no_course_has(wren: Person) -> None:
    document = asked_for().model_dump(mode="json")
    document["requirements"]["practical"]["evidence"] = "practical:on-call"
    assert any("practical:on-call" in each for each in unmeetable_requirements(Pathway.model_validate(document), NOW))
