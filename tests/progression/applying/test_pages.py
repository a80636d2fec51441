"""The pages of an application: the applicant's own, and those of the people who decide."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from app.people.models import Person, Role
from progression.stages import Stage
from tests.conftest import People, SignIn
from tests.progression.bringing import bring_to

PAGE = "/journey/application"


@pytest.fixture
def sable(people: People) -> Person:
    return people.person("Sable", roles=(Role.ASSESSOR,))


@pytest.fixture
def otter(people: People, sable: Person) -> Person:
    return bring_to(people.person("Otter"), Stage.PEER, by=sable)


def test_an_application_goes_from_statement_to_question_answer_and_decision(
    client: FlaskClient, otter: Person, sable: Person, sign_in: SignIn
) -> None:
    about = f"/sign-offs/{otter.id}"
    sign_in(client, otter)
    assert PAGE in client.get("/journey").text
    empty = client.post(PAGE, data={"to": "volunteer", "statement": " "})
    assert (empty.status_code, "Say in a sentence or two" in empty.text) == (422, True)
    assert client.post(PAGE, data={"to": "volunteer", "statement": "I like <b>to</b> listen."}).status_code == 302
    assert "I like &lt;b&gt;to&lt;/b&gt; listen." in client.get(PAGE).text

    sign_in(client, sable)
    assert "Applied today" in client.get("/sign-offs").text
    assert "I like &lt;b&gt;to" in client.get(about).text
    assert client.post(f"{about}/ask", data={"question": ""}).status_code == 422
    assert client.post(f"{about}/ask", data={"question": "When could you begin?"}).status_code == 302
    assert "no answer yet" in client.get("/sign-offs").text

    sign_in(client, otter)
    assert "When could you begin?" in client.get(PAGE).text
    assert client.post(f"{PAGE}/answer", data={"answer": "In May."}).status_code == 302

    sign_in(client, sable)
    assert "In May." in client.get(about).text
    decision = {"to": "volunteer", "decision": "not-yet", "reason": "Two shifts first.", "once": "a" * 12}
    page = client.get(about).text
    decision["seen"] = page.split('name="seen" value="')[1].split('"')[0]
    assert client.post(about, data=decision).status_code == 302

    sign_in(client, otter)
    assert "It was answered with “not yet”" in client.get(PAGE).text
    assert "Answer, and apply again" in client.get("/journey").text


def test_an_application_is_taken_back_with_one_button(
    client: FlaskClient, otter: Person, sable: Person, sign_in: SignIn
) -> None:
    sign_in(client, otter)
    client.post(PAGE, data={"to": "volunteer", "statement": "Please."})
    assert "Your application" in client.get("/journey").text
    assert client.post(f"{PAGE}/withdraw").status_code == 302
    assert "You took it back" in client.get(PAGE).text
    late = client.post(f"{PAGE}/answer", data={"answer": "In May."})
    assert (late.status_code, "no open application" in late.text) == (409, True)


def test_an_application_for_a_step_that_was_taken_meanwhile_says_so_and_keeps_the_words(
    client: FlaskClient, otter: Person, sign_in: SignIn
) -> None:
    sign_in(client, otter)
    late = client.post(PAGE, data={"to": "peer", "statement": "I would love to."})
    assert (late.status_code, "not your next step" in late.text, "I would love to." in late.text) == (409, True, True)


def test_those_who_only_see_evidence_read_an_application_and_ask_nothing(
    client: FlaskClient, otter: Person, sable: Person, sign_in: SignIn, people: People
) -> None:
    sign_in(client, otter)
    client.post(PAGE, data={"to": "volunteer", "statement": "Please."})
    sign_in(client, people.person("Fern"))
    assert client.post(f"/sign-offs/{otter.id}/ask", data={"question": "Why?"}).status_code == 403
