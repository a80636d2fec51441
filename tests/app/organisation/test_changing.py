"""What administrators write about the organisation, and what follows on pages, in e-mails and in other processes."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app import db, settings
from app.first_steps.overview import overview
from app.first_steps.steps import StepState
from app.organisation import changing, help_lines, in_force
from app.organisation.changing import Identity, SupportTexts
from app.organisation.in_force import InForce
from app.people.models import Person, Role
from app.refusals import Conflict, Invalid
from tests.conftest import People, SignIn
from tests.times import NOW

US = Identity(name="Harbour Watch", zone_name="Europe/Dublin", contact="hello@example.org")
TEXTS = SupportTexts(
    emergency_number="112",
    help_lines="Samaritans; for anyone; 116 123\n\nText line; by text message; HELLO to 50808",
    support_people="Robin, on weekdays",
    safeguarding_lead="Sable Kane",
    safeguarding_lead_number="020 7946 0018",
    safeguarding_deputy="",
    safeguarding_deputy_number="",
    safeguarding_out_of_hours="Ring the council.",
)


@pytest.fixture
def merle(people: People) -> Person:
    return people.person("Merle", roles=(Role.ADMIN,))


def describe(by: Person, identity: Identity = US, *, seen: int = 0) -> None:
    with db.writing():
        changing.describe(identity, seen=seen, by=by.id, now=NOW)


@pytest.mark.both_databases
def test_what_was_written_stands_in_the_place_of_the_environment(app: Flask, merle: Person) -> None:
    before = settings.current()
    describe(merle)
    now = settings.current()
    assert (now.organisation, now.zone, now.contact) == (
        "Harbour Watch",
        ZoneInfo("Europe/Dublin"),
        "hello@example.org",
    )
    assert replace(now, organisation=before.organisation, zone=before.zone, contact=before.contact) == before
    assert settings.started_with() == before


@pytest.mark.both_databases
def test_another_process_notices_within_its_two_seconds(app: Flask, merle: Person) -> None:
    other = InForce(app.config["SQLALCHEMY_DATABASE_URI"], connect_args={})
    assert other.details().name is None
    describe(merle)
    assert other.details().name is None  # still within the two seconds
    other.forget()
    assert other.details().over(settings.started_with()).organisation == "Harbour Watch"


def test_a_change_that_is_rolled_back_is_seen_by_nobody(app: Flask, merle: Person) -> None:
    def describe_and_fail() -> None:
        with db.writing():
            changing.describe(US, seen=0, by=merle.id, now=NOW)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        describe_and_fail()
    assert settings.current() == settings.started_with()


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"name": " "}, "at least one let"),
        ({"name": "x" * 81}, "at most 80"),
        ({"zone_name": "Europe/Atlantis"}, "from the list"),
        ({"contact": "ask around"}, "an e-mail address, a telephone number"),
    ],
)
def test_wrong_values_are_refused_with_a_sentence(merle: Person, wrong: dict[str, str], says: str) -> None:
    with pytest.raises(Invalid, match=says):
        describe(merle, replace(US, **wrong))
    assert settings.current() == settings.started_with()


def test_of_two_who_change_it_at_once_the_second_is_told(merle: Person) -> None:
    describe(merle)
    with pytest.raises(Conflict, match="Somebody else changed this"):
        describe(merle, replace(US, name="Another"))


def test_the_page_shows_was_and_is_and_keeps_what_was_typed(
    client: FlaskClient, merle: Person, sign_in: SignIn
) -> None:
    sign_in(client, merle)
    was = settings.current().organisation
    sent = {"seen": "0", "name": "Harbour Watch", "zone_name": "Europe/London", "contact": "0300 123"}
    page = client.post("/admin/organisation", data=sent, follow_redirects=True).text
    assert '<span class="nl-org">Harbour Watch</span>' in page
    assert "<ins>Harbour Watch</ins>" in page
    again = client.post("/admin/organisation", data={**sent, "seen": "1", "name": "", "contact": "x y"})
    assert again.status_code == 422
    assert 'value="x y"' in again.text
    assert was != "Harbour Watch"


def test_people_read_whom_to_turn_to_and_visitors_only_the_help_lines(
    client: FlaskClient, merle: Person, people: People, sign_in: SignIn
) -> None:
    with db.writing():
        changing.write_texts(TEXTS, seen=0, by=merle.id, now=NOW)
    public = client.get("/support").text
    assert 'href="tel:112"' in public
    assert 'href="sms:50808"' in public
    assert "Sable Kane" not in public
    sign_in(client, people.person("Wren"))
    for page in ("/support", "/help", "/duty"):
        text = client.get(page).text
        assert "Sable Kane" in text, page
        assert 'href="tel:+442079460018"' in text, page
    assert "Robin, on weekdays" in client.get("/support").text


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"emergency_number": "nine"}, "in figures"),
        ({"help_lines": "Samaritans 116 123"}, "Line 1.*three parts"),
        ({"help_lines": "A; b; 1 2 3\nB; c; ring us"}, "Line 2.*neither"),
        ({"help_lines": "A; b; 123\n" * 9}, "room for 8"),
        ({"safeguarding_lead_number": ""}, "a name alone helps nobody"),
        ({"safeguarding_lead_number": "12"}, "telephone number|as long as"),
        ({"safeguarding_deputy_number": "020 7946 0018"}, "Whose number"),
        ({"support_people": "x" * 1001}, "room for 1,000"),
    ],
)
def test_texts_that_would_help_nobody_are_refused(merle: Person, wrong: dict[str, str], says: str) -> None:
    with pytest.raises(Invalid, match=says), db.writing():
        changing.write_texts(replace(TEXTS, **wrong), seen=0, by=merle.id, now=NOW)


def test_the_help_lines_that_ship_can_be_read() -> None:
    assert [line.href for line in help_lines.read(help_lines.SHIPPED)] == ["tel:116123", "sms:85258", "tel:08001111"]


def test_without_a_change_no_version_is_written(merle: Person) -> None:
    describe(merle)
    with db.writing():
        changing.describe(US, seen=1, by=merle.id, now=NOW + timedelta(hours=1))
    assert in_force.details().version == 1


def test_the_first_steps_about_the_organisation_say_what_is_missing(app: Flask, merle: Person) -> None:
    def step(key: str) -> tuple[StepState, str]:
        found = next(each.standing for each in overview(NOW).steps if each.step.key == key)
        return found.state, found.words

    assert step("organisation")[0] is StepState.OPEN
    assert step("support")[0] is StepState.OPEN
    describe(merle)
    assert step("organisation")[0] is StepState.DONE
    with db.writing():
        changing.write_texts(TEXTS, seen=1, by=merle.id, now=NOW)
    assert step("support") == (StepState.OPEN, "Sable Kane leads safeguarding. Still to say: a deputy.")
    whole = replace(TEXTS, safeguarding_deputy="Idris Lunt", safeguarding_deputy_number="020 7946 0019")
    with db.writing():
        changing.write_texts(whole, seen=2, by=merle.id, now=NOW)
    assert step("support")[0] is StepState.DONE
    describe(merle, replace(US, contact=""), seen=3)
    assert step("organisation")[0] is StepState.OPEN
