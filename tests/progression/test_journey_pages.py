"""The pages of the journey, as their readers meet them."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from app import db
from app.people.models import Person, Role
from progression import signoff
from progression.fact_kinds import FactKind
from progression.ledger import facts_of_person
from progression.stages import Stage
from progression.standing import stages_of
from tests.conftest import People, SignIn, clock_at
from tests.page_fields import hidden
from tests.progression.bringing import bring_to, is_observed, passes_conflict
from tests.times import NOW, TODAY


@pytest.fixture
def sable(people: People) -> Person:
    return people.person("Sable", roles=(Role.ASSESSOR,))


@pytest.fixture
def otter(people: People, sable: Person) -> Person:
    return bring_to(people.person("Otter"), Stage.PEER, by=sable)


def kinds(person: Person) -> list[str]:
    return [fact.kind for fact in facts_of_person(person.id)]


def test_a_newcomer_sees_the_code_of_conduct_as_the_nearest_step(
    client: FlaskClient, people: People, sign_in: SignIn
) -> None:
    page = sign_in(client, people.person("Moss")).get("/journey").text
    nearest = page[page.index("The nearest way on") :]
    assert "The code of conduct" in nearest[:300]
    assert "/documents/code-of-conduct" in nearest[:600]
    assert "0 of 2 things are done for the next step." in page


def test_a_member_agrees_to_the_code_of_conduct_on_its_page(
    client: FlaskClient, people: People, sign_in: SignIn
) -> None:
    moss = people.person("Moss")
    sign_in(client, moss)
    page = client.get("/journey/code-of-conduct").text
    assert "I never promise to keep a secret." in page
    data = {"edition": hidden(page, "edition"), "once": hidden(page, "once")}
    for _ in range(2):
        answer = client.post("/journey/code-of-conduct", data=data, follow_redirects=True)
        assert "Your agreement is recorded." in answer.text
    assert kinds(moss) == [FactKind.ACCEPTED]
    assert "You have agreed to this." in client.get("/journey/code-of-conduct").text


def test_an_agreement_to_words_that_were_not_shown_is_refused(
    client: FlaskClient, people: People, sign_in: SignIn
) -> None:
    moss = people.person("Moss")
    answer = sign_in(client, moss).post("/journey/code-of-conduct", data={"edition": "0", "once": "abcdefgh1"})
    assert answer.status_code == 409
    assert "Please read it again." in answer.text
    assert kinds(moss) == []


def test_the_journey_shows_what_one_has_what_is_missing_and_who_said_what(
    client: FlaskClient, otter: Person, sable: Person, sign_in: SignIn
) -> None:
    is_observed(otter, "shift", by=sable)
    with db.writing():
        signoff.not_yet(otter, Stage.VOLUNTEER, by=sable, reason="The course next, and we talk again.", now=NOW)
    page = sign_in(client, otter).get("/journey").text
    assert "4 of 6 things are done for the next step." in page
    assert "“The course next, and we talk again.”" in page
    assert "“Ready, and glad to be.”" in page
    assert "“Calm and kind, and asked for help early.”" in page
    assert "Background check, enhanced" in page


def test_the_journey_warns_of_what_lapses_before_it_does(client: FlaskClient, otter: Person, sign_in: SignIn) -> None:
    passes_conflict(otter, valid_until=TODAY.replace(day=20))
    page = sign_in(client, otter).get("/journey").text
    assert "Lapses in 2 days" in page
    assert "It lasts until 20 February 2027." in page
    with clock_at(NOW.replace(day=21)):
        assert "It is no longer valid" in client.get("/journey").text


def test_somebody_at_the_end_of_the_road_sees_no_next_step(
    client: FlaskClient, people: People, sable: Person, sign_in: SignIn
) -> None:
    page = sign_in(client, bring_to(people.person("Ash"), Stage.STAFF, by=sable)).get("/journey").text
    assert "There is no step after this one." in page


def test_stepping_back_asks_no_reason_and_signs_one_out(client: FlaskClient, otter: Person, sign_in: SignIn) -> None:
    sign_in(client, otter)
    page = client.get("/journey/step-back").text
    assert "Nobody will ask you why." in page
    for gentler in ("/journey/pause", "/shifts"):
        assert f'href="{gentler}"' in page
    data = {"once": hidden(page, "once"), "to": "user", "reason": ""}
    answer = client.post("/journey/step-back", data=data)
    assert answer.status_code == 200
    assert stages_of([otter.id], NOW) == {otter.id: Stage.PEER}
    for said in ("No coming shift is lost.", "shadow", "signs you off again as peer", "No, stay a peer"):
        assert said in " ".join(answer.text.split())
    data["agreed"] = hidden(answer.text, "agreed")
    assert client.post("/journey/step-back", data=data).status_code == 302
    assert stages_of([otter.id], NOW) == {otter.id: Stage.USER}
    assert "/sign-in" in client.get("/journey").location
