"""Who waits for a decision: the list that assessors open, page by page, and what Today says of it."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from flask.testing import FlaskClient

from app import db
from app.people.models import Person, Role
from progression import signoff
from progression.ready_for_decision import PER_PAGE, candidates_for_decision
from progression.stages import Stage
from tests.conftest import People, SignIn
from tests.progression.bringing import (
    agrees,
    bring_to,
    has_all_for,
    is_checked,
    is_observed,
    passes_conflict,
    steps_back,
)
from tests.times import NOW


@pytest.fixture
def sable(people: People) -> Person:
    return people.person("Sable", roles=(Role.ASSESSOR,))


@pytest.fixture
def otter(people: People, sable: Person) -> Person:
    return bring_to(people.person("Otter"), Stage.PEER, by=sable)


@pytest.fixture
def ready(otter: Person, sable: Person) -> Person:
    has_all_for(otter, Stage.VOLUNTEER, by=sable)
    return otter


@pytest.fixture
def as_sable(client: FlaskClient, sable: Person, sign_in: SignIn) -> FlaskClient:
    return sign_in(client, sable)


@pytest.mark.both_databases
def test_a_person_who_lacks_nothing_or_one_thing_is_waiting_for_a_decision(
    people: People, ready: Person, sable: Person
) -> None:
    one_missing = bring_to(people.person("Comet"), Stage.PEER, by=sable)
    passes_conflict(one_missing)
    is_checked(one_missing, by=sable)
    two_missing = bring_to(people.person("Clover"), Stage.PEER, by=sable)
    passes_conflict(two_missing)
    stepped_back = bring_to(people.person("Rowan"), Stage.VOLUNTEER, by=sable)
    steps_back(stepped_back, Stage.PEER, by=stepped_back)
    bring_to(people.person("Wren"), Stage.VOLUNTEER, by=sable)
    too_young = bring_to(people.person("Robin", born_on=date(2010, 1, 1)), Stage.PEER, by=sable)
    has_all_for(too_young, Stage.VOLUNTEER, by=sable)
    lapsed_too = bring_to(people.person("Dune"), Stage.PEER, by=sable)
    has_all_for(lapsed_too, Stage.VOLUNTEER, by=sable)
    later = NOW + timedelta(days=900)  # every check is out of date by then

    found = candidates_for_decision(NOW, excluding=sable.id)
    assert [(each.person.display_name, each.step.is_ready) for each in found] == [
        ("Dune", True),
        ("Otter", True),
        ("Rowan", True),
        ("Comet", False),
        ("Robin", False),
    ]
    nothing_else = candidates_for_decision(NOW, excluding=sable.id, most_missing=0)
    assert [each.person.display_name for each in nothing_else] == ["Dune", "Otter", "Rowan"]
    assert ready.id not in {each.person.id for each in candidates_for_decision(NOW, excluding=ready.id)}
    assert not [each for each in candidates_for_decision(later, excluding=sable.id) if each.step.is_ready]


def test_sign_offs_list_who_is_ready_then_who_lacks_one_thing(
    as_sable: FlaskClient, people: People, otter: Person, sable: Person
) -> None:
    has_all_for(otter, Stage.VOLUNTEER, by=sable)
    agrees(people.person("Tern"))
    people.person("Nobody yet")
    page = as_sable.get("/sign-offs").text
    assert page.index("Ready") < page.index("Otter") < page.index("One thing missing") < page.index("Tern")
    assert "Missing: A welcome talk with a member of staff" in page
    assert "Nobody yet" not in page
    assert "1 person is ready for a decision." in page


def told_not_yet(person: Person, *, by: Person, now: datetime = NOW) -> None:
    with db.writing():
        signoff.not_yet(person, Stage.VOLUNTEER, by=by, reason="Two quiet shifts first, then we talk.", now=now)


def test_who_was_told_not_yet_leaves_the_ready_with_reason_and_date_kept_until_something_changes(
    as_sable: FlaskClient, ready: Person, sable: Person
) -> None:
    told_not_yet(ready, by=sable)
    page = as_sable.get("/sign-offs").text
    assert "Nobody is waiting for a decision just now." in page
    told = page[page.index("Not yet, and nothing new since") :]
    assert "Otter</b>" in told
    assert "18 February 2027, Sable: “Two quiet shifts first, then we talk.”" in " ".join(told.split())
    assert "Ready for a decision" not in as_sable.get("/").text
    is_observed(ready, "shift", by=sable, now=NOW)
    page = as_sable.get("/sign-offs").text
    assert "1 person is ready for a decision." in page
    assert "Not yet, and nothing new since" not in page
    assert "Ready for a decision" in as_sable.get("/").text


def test_time_alone_can_make_a_not_yet_worth_another_look(people: People, sable: Person) -> None:
    robin = bring_to(people.person("Robin", born_on=date(2009, 3, 1)), Stage.PEER, by=sable)
    has_all_for(robin, Stage.VOLUNTEER, by=sable)
    told_not_yet(robin, by=sable)
    (before,) = candidates_for_decision(NOW, excluding=sable.id)
    assert not before.is_waiting
    (after,) = candidates_for_decision(NOW + timedelta(days=30), excluding=sable.id)  # Robin is 18 by then
    assert after.is_waiting


def content_of(page: str) -> str:
    """The page without what surrounds it: the form for signing out has a token that holds the second it was made."""
    return page.partition("<main")[2].partition("</main>")[0]


def test_the_list_comes_in_pages_with_those_who_are_ready_first(
    as_sable: FlaskClient, otter: Person, people: People, sable: Person
) -> None:
    has_all_for(otter, Stage.VOLUNTEER, by=sable)
    for number in range(PER_PAGE):
        agrees(people.person(f"Heron {number:02}"))
    first, last = as_sable.get("/sign-offs").text, as_sable.get("/sign-offs?page=2").text
    assert "1 person is ready for a decision. Page 1 of 2." in first
    assert "Otter</b>" in first
    assert "Heron 48</b>" in first
    assert "Heron 49</b>" not in first
    assert "Heron 49</b>" in last
    assert "Otter</b>" not in last
    assert content_of(as_sable.get("/sign-offs?page=99").text) == content_of(last)
    assert as_sable.get("/sign-offs?page=x").status_code == 200


def test_an_assessor_is_not_in_their_own_list(as_sable: FlaskClient, people: People, sable: Person) -> None:
    has_all_for(sable, Stage.PEER, by=people.person("Heron"))
    assert "Nobody is waiting for a decision just now." in as_sable.get("/sign-offs").text
