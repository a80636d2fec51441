"""Whom people can ask: named for readers who have an account, and for nobody else."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from app.people import whom_to_ask
from app.people.models import PersonState, Role
from app.settings import Settings, SettingsError
from tests.conftest import People, SignIn


@pytest.fixture
def team(people: People) -> None:
    people.person("Tansy", roles=(Role.COORDINATOR,))
    people.person("Sable", roles=(Role.ASSESSOR, Role.COORDINATOR))
    people.person("Gone", roles=(Role.COORDINATOR,), state=PersonState.SUSPENDED)


@pytest.mark.usefixtures("team")
def test_pages_that_say_to_ask_somebody_name_them_and_lead_to_the_page_of_all_of_them(
    client: FlaskClient, people: People, sign_in: SignIn
) -> None:
    sign_in(client, people.person("Moss"))
    for address, named in (
        ("/help", "a coordinator (Sable or Tansy)"),
        ("/journey/code-of-conduct", "a member of staff (Sable)"),
        ("/journey", "a member of staff (Sable)"),
    ):
        assert named in client.get(address).text
    page = client.get("/whom-to-ask").text
    assert page.index("Coordinators") < page.index("Sable") < page.index("Tansy") < page.index("Staff who sign off")
    assert "Gone" not in page


@pytest.mark.usefixtures("team")
def test_strangers_learn_no_name(client: FlaskClient) -> None:
    page = client.get("/help").text
    assert "a coordinator" in page
    assert "Tansy" not in page
    assert "/sign-in" in client.get("/whom-to-ask").location


def test_many_names_are_shortened_and_none_leaves_the_word() -> None:
    assert whom_to_ask.words_for("coordinator", []) == "a coordinator"
    assert whom_to_ask.words_for("admin", ["Heron"]) == "an administrator (Heron)"
    assert whom_to_ask.words_for("admin", ["A", "B", "C", "D"]) == "an administrator (A, B or C or others)"


@pytest.mark.parametrize(
    "contact", ["help@example.org", "0300 123 456", "+44 20 7946 0000", "https://example.org/ask", ""]
)
def test_the_contact_is_an_address_a_number_or_a_page(contact: str) -> None:
    assert Settings.from_environment({"NIGHTLIGHT_ENV": "test", "NIGHTLIGHT_CONTACT": contact}).contact == contact


@pytest.mark.parametrize("contact", ["ask Tansy", "javascript:alert(1)", 'a@b.org" onclick=', "http://example.org"])
def test_another_contact_is_refused_at_the_start(contact: str) -> None:
    with pytest.raises(SettingsError, match="NIGHTLIGHT_CONTACT"):
        Settings.from_environment({"NIGHTLIGHT_ENV": "test", "NIGHTLIGHT_CONTACT": contact})
