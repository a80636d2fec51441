"""Decisions about a person: who may decide, what is refused, and that nothing is decided twice."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app import db
from app.outbox.models import OutboxRow
from app.people.models import Person
from app.people.rights import suspend
from app.refusals import Invalid, Refusal
from progression import evidence, signoff
from progression.duties import Duty
from progression.evidence import NewEvidence, NotAboutYourself, SentWithOtherAnswers
from progression.fact_kinds import FactKind
from progression.ledger import facts_of_person, notes_of
from progression.models import Evidence
from progression.signoff import AccountClosed, ConfirmationRequired, RequirementsUnmet, StepAlreadyTaken
from progression.stages import Stage
from progression.standing import may_do, stages_of
from tests.conftest import People
from tests.progression.bringing import bring_to, has_all_for, is_signed_off, passes_conflict, steps_back
from tests.times import NOW, TODAY

pytestmark = pytest.mark.both_databases

Decide = Callable[..., Evidence]


@pytest.fixture
def sable(people: People) -> Person:
    return people.person("Sable")


@pytest.fixture
def otter(people: People, sable: Person) -> Person:
    """A peer who has all that the step to volunteer asks for."""
    peer = bring_to(people.person("Otter"), Stage.PEER, by=sable)
    has_all_for(peer, Stage.VOLUNTEER, by=sable)
    return peer


def emails(kind: str) -> list[int]:
    return list(db.session.scalars(select(OutboxRow.person_id).where(OutboxRow.kind == kind)))


def kinds(person: Person) -> list[str]:
    return [fact.kind for fact in facts_of_person(person.id)]


def test_a_sign_off_moves_the_stage_opens_duties_and_tells_the_person(otter: Person, sable: Person) -> None:
    assert stages_of([otter.id], NOW) == {otter.id: Stage.PEER}
    decision = is_signed_off(otter, Stage.VOLUNTEER, by=sable, now=NOW)
    assert stages_of([otter.id], NOW) == {otter.id: Stage.VOLUNTEER}
    assert may_do(otter.id, "moderator", starts_at=NOW, ends_at=NOW + timedelta(hours=4), now=NOW)
    assert emails("signed-off") == [otter.id, otter.id]  # as a peer, long ago, and now
    assert notes_of([decision.id])[decision.id].text == "Ready, and glad to be."
    rests_on = {fact.id: fact.kind for fact in facts_of_person(otter.id)}
    assert {rests_on[each] for each in decision.facts["rests_on"]} == {
        "accepted",
        "training",
        "observed",
        "check",
    }


def test_a_sign_off_with_something_missing_is_refused_and_says_what(people: People, sable: Person) -> None:
    wren = bring_to(people.person("Wren"), Stage.PEER, by=sable)
    passes_conflict(wren, valid_until=TODAY - timedelta(days=1))
    with pytest.raises(RequirementsUnmet) as refused, db.writing():
        signoff.sign_off(wren, Stage.VOLUNTEER, by=sable, reason="I trust them.", now=NOW)
    assert "Wren cannot be signed off as volunteer yet" in refused.value.sentences[0]
    missing = " ".join(refused.value.sentences[1:])
    assert "Understanding conflict" in missing
    assert "Observed on a shift" in missing
    assert "Background check" in missing
    assert "code of conduct" not in missing
    assert kinds(wren).count(FactKind.SIGN_OFF) == 1
    assert emails("signed-off") == [wren.id]


def test_somebody_under_eighteen_is_not_signed_off_as_volunteer(people: People, sable: Person) -> None:
    robin = bring_to(people.person("Robin", born_on=date(2009, 2, 19)), Stage.PEER, by=sable)
    has_all_for(robin, Stage.VOLUNTEER, by=sable)
    with pytest.raises(RequirementsUnmet, match="18 or older"), db.writing():
        signoff.sign_off(robin, Stage.VOLUNTEER, by=sable, reason="Nearly of age.", now=NOW)
    is_signed_off(robin, Stage.VOLUNTEER, by=sable, now=NOW + timedelta(days=1))
    assert stages_of([robin.id], NOW + timedelta(days=1)) == {robin.id: Stage.VOLUNTEER}


@pytest.mark.parametrize("decide", [signoff.sign_off, signoff.not_yet])
def test_nobody_decides_about_themselves(otter: Person, decide: Decide) -> None:
    with pytest.raises(NotAboutYourself), db.writing():
        decide(otter, Stage.VOLUNTEER, by=otter, reason="I am ready.", now=NOW)


@pytest.mark.parametrize("decide", [signoff.sign_off, signoff.not_yet])
def test_no_decision_without_a_reason(otter: Person, sable: Person, decide: Decide) -> None:
    with pytest.raises(Invalid) as refused, db.writing():
        decide(otter, Stage.VOLUNTEER, by=sable, reason=" \n", now=NOW)
    assert refused.value.field == "reason"


@pytest.mark.parametrize("decide", [signoff.sign_off, signoff.not_yet])
@pytest.mark.parametrize("to", [Stage.PEER, Stage.STAFF])
def test_a_decision_is_about_the_next_step_only(otter: Person, sable: Person, decide: Decide, to: Stage) -> None:
    with pytest.raises(StepAlreadyTaken), db.writing():
        decide(otter, to, by=sable, reason="Ready.", now=NOW)


def test_nothing_is_decided_about_a_suspended_account(otter: Person, sable: Person) -> None:
    with db.writing():
        suspend(otter, by=sable, now=NOW)
    with pytest.raises(AccountClosed), db.writing():
        signoff.sign_off(otter, Stage.VOLUNTEER, by=sable, reason="Ready.", now=NOW)


def test_a_decision_sent_twice_counts_once(otter: Person, sable: Person) -> None:
    for _ in range(2):
        with db.writing():
            signoff.sign_off(otter, Stage.VOLUNTEER, by=sable, reason="Ready.", now=NOW, once="form:1:abcdefgh")
    assert kinds(otter).count(FactKind.SIGN_OFF) == 2  # to peer, and to volunteer
    for _ in range(2):
        with db.writing():
            signoff.not_yet(otter, Stage.STAFF, by=sable, reason="Soon.", now=NOW, once="form:1:ijklmnop")
    assert kinds(otter).count(FactKind.NOT_YET) == 1
    assert emails("not-yet") == [otter.id]


def test_the_second_of_two_assessors_is_told_that_it_was_decided(people: People, otter: Person, sable: Person) -> None:
    tansy = people.person("Tansy")
    is_signed_off(otter, Stage.VOLUNTEER, by=sable, now=NOW)
    with pytest.raises(StepAlreadyTaken, match="is a volunteer now"), db.writing():
        signoff.sign_off(otter, Stage.VOLUNTEER, by=tansy, reason="Ready.", now=NOW)
    with pytest.raises(StepAlreadyTaken, match="is a volunteer now"), db.writing():
        signoff.not_yet(otter, Stage.VOLUNTEER, by=tansy, reason="Wait.", now=NOW)


def test_two_assessors_at_the_same_moment_make_one_sign_off(
    app: Flask, people: People, otter: Person, sable: Person
) -> None:
    deciding = [sable.id, people.person("Tansy").id, people.person("Marlow").id, people.person("Birch").id]
    otter_id = otter.id
    db.session.rollback()
    together = threading.Barrier(len(deciding))
    answers: list[str] = []

    def decide(by_id: int) -> None:
        with app.app_context():
            together.wait(timeout=30)
            try:
                with db.writing():
                    about, by = db.session.get_one(Person, otter_id), db.session.get_one(Person, by_id)
                    signoff.sign_off(about, Stage.VOLUNTEER, by=by, reason="Ready.", now=NOW)
                answers.append("signed off")
            except Refusal as refusal:
                answers.append(type(refusal).__name__)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=decide, args=(by_id,)) for by_id in deciding]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert sorted(answers) == ["StepAlreadyTaken"] * 3 + ["signed off"]
    assert kinds(otter).count(FactKind.SIGN_OFF) == 2


def test_evidence_withdrawn_while_the_page_was_open_stops_the_sign_off(otter: Person, sable: Person) -> None:
    (training,) = [fact for fact in facts_of_person(otter.id) if fact.requirement == "training:conflict"]
    with db.writing():
        evidence.withdraw(training.id, by=sable.id, why="Another person’s attempt.", now=NOW)
    with pytest.raises(RequirementsUnmet, match="Understanding conflict"), db.writing():
        signoff.sign_off(otter, Stage.VOLUNTEER, by=sable, reason="Ready.", now=NOW)


def test_not_yet_names_what_is_missing_and_changes_no_stage(people: People, sable: Person) -> None:
    wren = bring_to(people.person("Wren"), Stage.PEER, by=sable)
    with db.writing():
        decision = signoff.not_yet(wren, Stage.VOLUNTEER, by=sable, reason="The course first.", now=NOW)
        assert set(decision.facts["missing"]) == {"conflict", "observed-shift", "dbs-check"}
    assert stages_of([wren.id], NOW) == {wren.id: Stage.PEER}
    assert emails("not-yet") == [wren.id]


def test_a_sign_off_taken_back_takes_the_stage_with_it(otter: Person, sable: Person) -> None:
    decision = is_signed_off(otter, Stage.VOLUNTEER, by=sable, now=NOW)
    with db.writing():
        evidence.withdraw(decision.id, by=sable.id, why="I meant Ottilie.", now=NOW)
    assert stages_of([otter.id], NOW) == {otter.id: Stage.PEER}


def test_everybody_may_step_back_themselves_without_a_reason(otter: Person) -> None:
    steps_back(otter, Stage.USER, by=otter)
    assert stages_of([otter.id], NOW) == {otter.id: Stage.USER}
    assert emails("stepped-back") == []


def test_stepping_somebody_back_needs_a_reason_and_tells_them(otter: Person, sable: Person) -> None:
    with pytest.raises(Invalid), db.writing():
        signoff.step_back(otter, Stage.USER, by=sable, reason="", now=NOW)
    for _ in range(2):
        steps_back(otter, Stage.USER, by=sable, reason="A rest, as we agreed.", once="form:1:qrstuvwx")
    assert stages_of([otter.id], NOW) == {otter.id: Stage.USER}
    assert emails("stepped-back") == [otter.id]


def test_two_who_step_somebody_back_at_once_take_one_step(people: People, otter: Person, sable: Person) -> None:
    is_signed_off(otter, Stage.VOLUNTEER, by=sable, now=NOW)
    tansy = people.person("Tansy")
    steps_back(otter, Stage.PEER, by=sable, reason="A rest.")
    with pytest.raises(StepAlreadyTaken, match="is a peer now"), db.writing():
        signoff.step_back(otter, Stage.PEER, by=tansy, reason="A rest.", now=NOW)
    assert stages_of([otter.id], NOW) == {otter.id: Stage.PEER}


def test_a_form_that_comes_back_with_other_answers_is_refused_and_not_swallowed(otter: Person, sable: Person) -> None:
    once = "form:1:abcdefgh"
    with db.writing():
        signoff.not_yet(otter, Stage.VOLUNTEER, by=sable, reason="Soon.", now=NOW, once=once)
    with pytest.raises(SentWithOtherAnswers), db.writing():
        signoff.not_yet(otter, Stage.VOLUNTEER, by=sable, reason="Very soon.", now=NOW, once=once)
    with pytest.raises(SentWithOtherAnswers), db.writing():
        signoff.sign_off(otter, Stage.VOLUNTEER, by=sable, reason="Soon.", now=NOW, once=once)
    with pytest.raises(SentWithOtherAnswers), db.writing():
        evidence.record(
            NewEvidence(person_id=sable.id, kind="not-yet", key="volunteer", note="Soon."),
            by=otter.id,
            now=NOW,
            once=once,
        )
    assert kinds(otter).count(FactKind.NOT_YET) == 1


def test_a_step_back_is_taken_only_after_agreeing_to_just_what_it_takes_away(otter: Person, sable: Person) -> None:
    is_signed_off(otter, Stage.VOLUNTEER, by=sable, now=NOW)
    before = kinds(otter)
    with pytest.raises(ConfirmationRequired) as required, db.writing():
        signoff.step_back(otter, Stage.PEER, by=otter, reason="", now=NOW)
    assert required.value.consequences.closing == (Duty.MODERATOR,)
    with pytest.raises(ConfirmationRequired), db.writing():
        signoff.step_back(otter, Stage.PEER, by=otter, reason="", now=NOW, agreed="something else")
    assert kinds(otter) == before
    steps_back(otter, Stage.PEER, by=otter)
    assert stages_of([otter.id], NOW) == {otter.id: Stage.PEER}


def test_there_is_nothing_to_step_back_from_at_the_beginning(people: People) -> None:
    moss = people.person("Moss")
    with pytest.raises(StepAlreadyTaken, match="at the beginning"), db.writing():
        signoff.step_back(moss, Stage.USER, by=moss, reason="", now=NOW)


def test_stepping_back_and_up_again_is_possible(otter: Person, sable: Person) -> None:
    steps_back(otter, Stage.USER, by=otter)
    is_signed_off(otter, Stage.PEER, by=sable, now=NOW + timedelta(days=30))
    assert stages_of([otter.id], NOW + timedelta(days=30)) == {otter.id: Stage.PEER}
