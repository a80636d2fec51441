"""Corrections of private details: who may make them, who is notified of what, and concurrent ones."""

from __future__ import annotations

import re
import threading
from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app import db
from app.audit import AuditLine
from app.outbox.models import OutboxRow
from app.outbox.sending import send_due
from app.people import ages, corrections, directory
from app.people.corrections import ChangedMeanwhile, ConfirmationRequired, Correction, Details
from app.people.models import OneTimeLink, Person, PersonPrivate, PersonState, Role, SignedInSession
from app.refusals import Invalid, NotAllowed, Refusal
from tests.app.outbox.mail_files import emails_in
from tests.conftest import People, SignIn
from tests.times import NOW, TODAY

pytestmark = pytest.mark.both_databases

BORN = date(1990, 5, 17)


def correct(
    person: Person,
    by: Person,
    *,
    legal_name: str | None = "Wren Legalname",
    born_on: date | None = BORN,
    email: str | None = None,
    seen: int = 0,
    reason: str = "You showed me your passport.",
) -> None:
    """Correct, and confirm the consequences of a birth date."""
    details = Details(legal_name, born_on, email)

    def act(agreed: str | None) -> None:
        with db.writing():
            corrections.correct(
                person.id, Correction(details, reason, seen=seen, agreed=agreed), by=by, today=TODAY, now=NOW
            )

    try:
        act(None)
    except ConfirmationRequired as first:
        act(first.consequences.mark)


def kept(person: Person) -> PersonPrivate:
    db.session.rollback()
    return db.session.get_one(PersonPrivate, person.id, populate_existing=True)


def the_form(page: str) -> dict[str, str]:
    """The fields that the form of private details would submit unchanged."""
    names = ("legal_name", "seen", "agreed")
    found = {name: re.search(rf'name="{name}"[^>]* value="([^"]*)"', page) for name in names}
    return {name: match[1] for name, match in found.items() if match}


def test_staff_correct_a_name_and_a_birth_date_and_the_person_is_notified_without_values(
    client: FlaskClient, people: People, sign_in: SignIn, tmp_path: Path
) -> None:
    wren = people.person("Wren")
    sign_in(client, people.person("Sable", roles=(Role.ASSESSOR,)))
    page = client.post(f"/people/{wren.id}/private").text
    assert "Wren Legalname" in page
    sent = the_form(page) | {"legal_name": "Wren  Okafor", "reason": "You showed me your passport."}
    data = {**sent, "born_on": ["16", "4", "1991"]}
    asked = client.post(f"/people/{wren.id}/private/correct", data=data)
    assert asked.status_code == 200
    data |= the_form(asked.text) | {"agree": "1"}
    answer = client.post(f"/people/{wren.id}/private/correct", data=data, follow_redirects=True)
    assert "Corrected. They get an e-mail that says so." in answer.text
    assert (kept(wren).legal_name, kept(wren).born_on) == ("Wren Okafor", date(1991, 4, 16))
    assert send_due() == 1
    (email,) = emails_in(tmp_path)
    assert "legal name and date of birth" in email
    assert "You showed me your passport." in email
    assert "Okafor" not in email
    assert "1991" not in email
    line = db.session.scalars(select(AuditLine).where(AuditLine.action == "people.details-corrected")).one()
    assert line.details == {"correction": 1, "what": ["legal-name", "born-on"]}
    page = sign_in(client, wren).get("/account").text
    assert "Legal name and date of birth</b>, corrected by Sable" in page


def test_a_birth_date_is_corrected_only_after_its_consequences_were_confirmed(
    client: FlaskClient, people: People, sign_in: SignIn
) -> None:
    wren = people.person("Wren")
    sign_in(client, people.person("Sable", roles=(Role.ASSESSOR,)))
    path = f"/people/{wren.id}/private"
    data: dict[str, object] = {
        **the_form(client.post(path).text),
        "born_on": ["17", "5", "2010"],
        "reason": "A passport.",
        "submit": "1",
    }
    asked = client.post(f"{path}/correct", data=data)
    assert "Not corrected yet: what would follow" in asked.text
    assert f"This makes Wren <b>{ages.age_on(date(2010, 5, 17), TODAY)}</b>" in asked.text
    assert f"they are {ages.age_on(BORN, TODAY)}." in asked.text
    assert "It frees no shift." in asked.text
    assert kept(wren).born_on == BORN
    assert not db.session.scalars(select(OutboxRow)).all()
    # Another year than the one confirmed is shown again, and nothing is changed.
    data |= the_form(asked.text) | {"agree": "1", "born_on": ["17", "5", "2011"]}
    again = client.post(f"{path}/correct", data=data)
    assert "This is not what you agreed to a moment ago." in again.text
    assert kept(wren).born_on == BORN
    assert client.post(f"{path}/correct", data=data | the_form(again.text)).status_code == 302
    assert kept(wren).born_on == date(2011, 5, 17)


def test_only_assessors_and_administrators_may_correct(client: FlaskClient, people: People, sign_in: SignIn) -> None:
    wren = people.person("Wren")
    sign_in(client, people.person("Tansy", roles=(Role.COORDINATOR, Role.LEAD, Role.TRAINER)))
    assert client.post(f"/people/{wren.id}/private/correct", data={"seen": "0"}).status_code == 403


def test_nobody_corrects_their_own_details(client: FlaskClient, people: People, sign_in: SignIn) -> None:
    admin = people.person("Tansy", roles=(Role.ADMIN,))
    sign_in(client, admin)
    assert "Correct something" not in client.post(f"/people/{admin.id}/private").text
    with pytest.raises(NotAllowed):
        correct(admin, admin, born_on=date(1980, 1, 1))


def test_after_a_concurrent_correction_both_the_new_details_and_the_input_are_shown(
    client: FlaskClient, people: People, sign_in: SignIn
) -> None:
    wren, robin = people.person("Wren"), people.person("Robin", roles=(Role.ADMIN,))
    sign_in(client, people.person("Sable", roles=(Role.ASSESSOR,)))
    sent = the_form(client.post(f"/people/{wren.id}/private").text)
    correct(wren, robin, legal_name="Wren First")
    sent |= {"legal_name": "Wren Second", "reason": "You told me."}
    data = {**sent, "born_on": ["17", "5", "1990"]}
    refused = client.post(f"/people/{wren.id}/private/correct", data=data)
    assert refused.status_code == 409
    assert "Somebody else corrected these details while this page was open." in refused.text
    assert "Wren First" in refused.text
    assert 'value="Wren Second"' in refused.text
    assert kept(wren).legal_name == "Wren First"
    again = {**the_form(refused.text), "reason": "You told me.", "born_on": ["17", "5", "1990"]}
    assert client.post(f"/people/{wren.id}/private/correct", data=again).status_code == 302
    assert kept(wren).legal_name == "Wren Second"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"reason": " "}, "reason"),
        ({"born_on": date(2030, 1, 1)}, "born_on"),
        ({"born_on": date(1890, 1, 1)}, "born_on"),
        ({"legal_name": "Wren\nOkafor"}, "legal_name"),
        ({"legal_name": "W" * 121}, "legal_name"),
        ({}, None),
    ],
)
def test_invalid_details_are_refused(people: People, change: dict[str, object], field: str | None) -> None:
    wren, sable = people.person("Wren"), people.person("Sable")
    with pytest.raises(Invalid) as refusal:
        correct(wren, sable, **change)  # type: ignore[arg-type]  # each case gives other fields
    assert refusal.value.field == field


def test_a_page_older_than_the_last_correction_is_refused(people: People) -> None:
    wren, sable = people.person("Wren"), people.person("Sable")
    correct(wren, sable, legal_name="Wren First")
    with pytest.raises(ChangedMeanwhile):
        correct(wren, sable, legal_name="Wren Second")
    correct(wren, sable, legal_name="Wren Second", seen=corrections.last_correction(wren.id))
    assert kept(wren).legal_name == "Wren Second"


def test_a_later_birth_date_ends_sessions_and_an_earlier_one_keeps_them(
    client: FlaskClient, people: People, sign_in: SignIn
) -> None:
    wren, sable = people.person("Wren"), people.person("Sable")
    sign_in(client, wren)
    correct(wren, sable, born_on=date(1989, 1, 1))
    assert client.get("/account").status_code == 200
    correct(wren, sable, born_on=date(2009, 1, 1), seen=1)
    assert client.get("/account").status_code == 302
    assert not db.session.scalars(select(SignedInSession).where(SignedInSession.ended_at.is_(None))).all()


def test_the_address_of_an_invitation_can_be_corrected_and_a_fresh_one_goes_there(
    client: FlaskClient, people: People, sign_in: SignIn, tmp_path: Path
) -> None:
    wren = people.person("Wren", state=PersonState.INVITED, email="wrne@example.org")
    with db.writing():
        first = directory.invite(db.session.get_one(Person, wren.id), by=None, now=NOW).id
    sign_in(client, people.person("Sable", roles=(Role.ASSESSOR,)))
    page = client.post(f"/people/{wren.id}/private").text
    assert 'value="wrne@example.org"' in page
    data = {**the_form(page), "born_on": ["17", "5", "1990"], "email": "Wren@example.org", "reason": "A slip of mine."}
    assert client.post(f"/people/{wren.id}/private/correct", data=data).status_code == 302
    assert kept(wren).email == "wren@example.org"
    assert db.session.get_one(OneTimeLink, first).used_at == NOW
    assert send_due() == 1
    assert "To: wren@example.org" in emails_in(tmp_path)[0]


def test_the_address_of_an_open_account_is_left_to_its_person(people: People) -> None:
    wren, sable = people.person("Wren"), people.person("Sable")
    with pytest.raises(Refusal, match="themselves"):
        correct(wren, sable, email="other@example.org")
    assert kept(wren).email == "wren@example.org"
    assert not db.session.scalars(select(OutboxRow)).all()


def test_of_concurrent_corrections_one_succeeds_and_the_others_are_refused(app: Flask, people: People) -> None:
    wren, sable = people.person("Wren"), people.person("Sable")
    ids, outcomes, together = (wren.id, sable.id), list[str](), threading.Barrier(6)

    def act(number: int) -> None:
        with app.app_context():
            together.wait()
            try:
                about, by = (db.session.get_one(Person, each) for each in ids)
                correct(about, by, legal_name=f"Wren {number}")
                outcomes.append("corrected")
            except ChangedMeanwhile:
                outcomes.append("refused")
            finally:
                db.session.remove()

    threads = [threading.Thread(target=act, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["corrected"] + ["refused"] * 5
    db.session.rollback()
    assert len(db.session.scalars(select(OutboxRow)).all()) == 1
