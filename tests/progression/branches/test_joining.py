"""Joining a branch by signature, and leaving it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from app import db
from app.people.models import Person, Role
from progression import people_list
from progression.branches import joining
from progression.branches.joining import BranchNotOpen
from progression.duties import Duty
from progression.evidence import NotAboutYourself, withdraw
from progression.ledger import facts_of_person
from progression.stages import Stage
from progression.standing import standings_of
from tests.conftest import People, SignIn
from tests.progression.asking import asking, with_branch
from tests.progression.bringing import bring_to, is_observed
from tests.progression.test_people_list import found
from tests.times import NOW
from tests.training.emails import queued


def sign(person: Person, by: Person) -> None:
    with db.writing():
        joining.sign(person, "lead", by=by, reason="Calm, and clear.", now=NOW)


@pytest.fixture
def everybody(people: People) -> tuple[Person, Person, Person]:
    """Wren, who has all that leading asks for, and two assessors."""
    first, second, third = (people.person(name, roles=(Role.ASSESSOR,)) for name in ("Sable", "Tansy", "Marlow"))
    wren = bring_to(people.person("Wren"), Stage.VOLUNTEER, by=first)
    is_observed(wren, "lead", by=third)
    return wren, first, second


def leads(person: Person) -> bool:
    db.session.rollback()  # what a request wrote since is not in a transaction that began before it
    return standings_of([person.id], NOW)[person.id].may(Duty.LEAD, NOW, NOW + timedelta(minutes=1))


def test_two_sign_and_the_person_leads_and_is_told_once(everybody: tuple[Person, Person, Person]) -> None:
    wren, first, second = everybody
    assert leads(wren)  # by the shipped pathway
    with asking(with_branch()):
        assert not leads(wren)
        sign(wren, first)
        assert not leads(wren)
        with pytest.raises(BranchNotOpen, match="signed for Wren already"):
            sign(wren, first)
        sign(wren, second)
        assert leads(wren)
        assert found(people_list.is_cleared([Duty.LEAD], NOW, NOW)) == {"Wren"}
        assert len(queued("branch-joined")) == 1


def test_who_did_the_observing_is_neither_of_two_who_sign(everybody: tuple[Person, Person, Person]) -> None:
    wren = everybody[0]
    observed = next(fact for fact in facts_of_person(wren.id) if (fact.kind, fact.key) == ("observed", "lead"))
    observer = db.session.get_one(Person, observed.by_person_id)
    with asking(with_branch()), pytest.raises(BranchNotOpen, match="You wrote most of the observations"):
        sign(wren, observer)
    with asking(with_branch(signers=1)):
        sign(wren, observer)
        assert leads(wren)


def test_a_withdrawn_signature_closes_what_stood_on_it(everybody: tuple[Person, Person, Person]) -> None:
    wren, first, second = everybody
    with asking(with_branch()):
        sign(wren, first)
        sign(wren, second)
        signature = facts_of_person(wren.id)[-1]
        with db.writing():
            withdraw(signature.id, by=first.id, why="Signed for somebody else", now=NOW)
        assert not leads(wren)
        assert joining.branch_of(wren, "lead", NOW).still_needed == 1


def test_nobody_signs_for_themselves_or_for_somebody_who_lacks_something(
    everybody: tuple[Person, Person, Person], people: People
) -> None:
    wren, first, _ = everybody
    peer = bring_to(people.person("Peer"), Stage.PEER, by=first)
    with asking(with_branch()):
        with pytest.raises(NotAboutYourself):
            sign(wren, wren)
        with pytest.raises(BranchNotOpen, match="from the stage of volunteer on"):
            sign(peer, first)
    with asking(with_branch(needs=["observed-lead", "staff-talk"])), pytest.raises(BranchNotOpen, match="missing"):
        sign(wren, first)


def test_somebody_leaves_by_themselves_after_seeing_what_would_change(
    everybody: tuple[Person, Person, Person], client: FlaskClient, sign_in: SignIn
) -> None:
    wren, first, second = everybody
    with asking(with_branch()):
        sign(wren, first)
        sign(wren, second)
        sign_in(client, wren)
        page = "/journey/branches/lead/leave"
        seen = client.post(page, data={"once": "a-form-of-its-own", "reason": ""}).text
        assert "No coming shift is lost" in seen
        assert leads(wren)
        client.post(page, data={"once": "a-form-of-its-own", "reason": "", "seen": "yes"})
        assert not leads(wren)
        sign_in(client, wren)  # what takes a duty away ends the session
        assert "not in it" in client.get(page).text


def test_an_assessor_signs_on_the_page_and_ends_it_with_a_reason(
    everybody: tuple[Person, Person, Person], client: FlaskClient, sign_in: SignIn
) -> None:
    wren, first, second = everybody
    with asking(with_branch()):
        sign(wren, first)
        sign_in(client, second)
        page = f"/sign-offs/{wren.id}/branches/lead"
        assert "Leading shifts" in client.get(f"/sign-offs/{wren.id}").text
        assert "Signed by Sable" in client.get(page).text
        client.post(page, data={"once": "a-form-of-its-own", "reason": "I saw two shifts"})
        assert leads(wren)
        refused = client.post(f"{page}/end", data={"once": "another-form-too", "reason": "", "seen": "yes"})
        assert "Say why" in refused.text
        client.post(f"{page}/end", data={"once": "another-form-too", "reason": "A rest was agreed", "seen": "yes"})
        assert not leads(wren)
        assert len(queued("branch-ended")) == 1
