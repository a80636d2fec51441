"""A sign-off that rested on something withdrawn is open again: somebody confirms it, or takes it back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from app import db
from app.people.models import Person, Role
from app.refusals import Invalid
from progression import confirming, evidence
from progression.evidence import NotAboutYourself
from progression.ledger import facts_of_person
from progression.models import Evidence
from progression.ready_for_decision import reopened_decisions
from progression.reopened import reopened_of
from progression.stages import Stage
from progression.standing import may_do, stages_of
from tests.conftest import People, SignIn
from tests.page_fields import hidden
from tests.progression.bringing import bring_to, is_observed, passes_conflict, steps_back
from tests.times import NOW
from tests.training.emails import queued, words_of

LATER = NOW + timedelta(minutes=1)


@pytest.fixture
def sable(people: People) -> Person:
    return people.person("Sable", roles=(Role.ASSESSOR,))


@pytest.fixture
def tansy(people: People) -> Person:
    return people.person("Tansy", roles=(Role.ASSESSOR,))


@pytest.fixture
def otter(people: People, sable: Person, tansy: Person) -> Person:
    """A volunteer whose course, which their sign-off rested on, is withdrawn."""
    volunteer = bring_to(people.person("Otter"), Stage.VOLUNTEER, by=sable)
    withdraws(volunteer, "training:conflict", by=sable)
    return volunteer


def withdraws(person: Person, requirement: str, *, by: Person) -> Evidence:
    counted = [fact for fact in facts_of_person(person.id) if fact.requirement == requirement]
    with db.writing():
        return evidence.withdraw(counted[-1].id, by=by.id, why="Another person’s attempt.", now=NOW)


def confirms(person: Person, by: Person, *, reason: str = "They know it by heart.", once: str | None = None) -> None:
    (open_one,) = reopened_of(facts_of_person(person.id))
    with db.writing():
        confirming.confirm(person, open_one.sign_off.id, by=by, reason=reason, now=LATER, once=once)


def test_what_needs_the_withdrawn_fact_ends_at_once_and_the_stage_stays_until_somebody_decides(
    otter: Person, sable: Person, tansy: Person
) -> None:
    assert not may_do(otter.id, "moderator", starts_at=NOW, ends_at=NOW + timedelta(hours=1), now=NOW)
    assert stages_of([otter.id], NOW) == {otter.id: Stage.VOLUNTEER}
    assert [each.stage for each in reopened_of(facts_of_person(otter.id))] == [Stage.VOLUNTEER]
    assert [each.person.display_name for each in reopened_decisions(NOW, excluding=tansy.id)] == ["Otter"]
    assert [row.person_id for row in queued("step-reopened")] == [tansy.id]  # and not who withdrew it
    (row,) = queued("evidence-withdrawn")
    assert "Your sign-off as volunteer rested on it too." in words_of(row)[1]


def test_a_confirmed_sign_off_is_settled_and_the_person_is_told(otter: Person, tansy: Person) -> None:
    confirms(otter, tansy)
    assert reopened_of(facts_of_person(otter.id)) == []
    assert stages_of([otter.id], LATER) == {otter.id: Stage.VOLUNTEER}
    assert [row.person_id for row in queued("step-confirmed")] == [otter.id]
    with pytest.raises(confirming.NothingToConfirm), db.writing():
        confirming.confirm(otter, 1, by=tansy, reason="It stands.", now=LATER)


def test_something_else_withdrawn_later_opens_it_again(otter: Person, sable: Person, tansy: Person) -> None:
    confirms(otter, tansy)
    withdraws(otter, "check:dbs-enhanced", by=sable)
    assert len(reopened_of(facts_of_person(otter.id))) == 1


def test_recording_it_again_does_not_settle_the_decision(otter: Person) -> None:
    passes_conflict(otter)
    assert len(reopened_of(facts_of_person(otter.id))) == 1


def test_a_step_back_or_a_sign_off_taken_back_settles_it(otter: Person) -> None:
    steps_back(otter, Stage.PEER, by=otter)
    assert reopened_of(facts_of_person(otter.id)) == []


def test_what_no_sign_off_rests_on_reopens_nothing(people: People, sable: Person) -> None:
    wren = bring_to(people.person("Wren"), Stage.PEER, by=sable)
    is_observed(wren, "shift", by=sable)
    withdraws(wren, "observed:shift", by=sable)
    assert reopened_of(facts_of_person(wren.id)) == []


def test_nobody_confirms_their_own_step_nor_without_a_reason(otter: Person, tansy: Person) -> None:
    with pytest.raises(NotAboutYourself):
        confirms(otter, otter)
    with pytest.raises(Invalid):
        confirms(otter, tansy, reason=" ")


def test_the_page_of_the_person_asks_to_look_again_and_confirms(
    client: FlaskClient, sign_in: SignIn, otter: Person, tansy: Person
) -> None:
    as_tansy = sign_in(client, tansy)
    assert "To look at again" in as_tansy.get("/sign-offs").text
    page = as_tansy.get(f"/sign-offs/{otter.id}").text
    assert "Look again: signed off as volunteer" in page
    data = {"sign_off": hidden(page, "sign_off"), "once": hidden(page, "once"), "reason": ""}
    assert as_tansy.post(f"/sign-offs/{otter.id}/confirm", data=data).status_code == 422
    data["reason"] = "They took the course again with me."
    for _ in range(2):
        answer = as_tansy.post(f"/sign-offs/{otter.id}/confirm", data=data, follow_redirects=True)
        assert "Confirmed. Otter is told" in answer.text
    assert "Look again" not in answer.text
