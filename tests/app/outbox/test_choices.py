"""Turning e-mails of one kind off: from the e-mail, by its reader or their mail program, and on again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app import clock, db, settings
from app.audit import AuditLine
from app.outbox import choices, queue
from app.outbox.models import DeliveryState, EmailTurnedOff, OutboxRow
from app.outbox.notice import Notice
from app.outbox.render import render_email
from app.outbox.sending import send_due
from app.people.models import Person, Role
from app.people.notices import EmailAlreadyInUse
from app.people.rights import suspend
from app.refusals import Conflict
from progression.listening.notices import SuggestionsWait
from tests.conftest import People, SignIn
from tests.times import NOW

OPTIONAL = SuggestionsWait.kind


@pytest.fixture
def wren(people: People) -> Person:
    return people.person("Wren", email="wren@example.org")


def written(person: Person, notice: Notice, **facts: int) -> EmailMessage:
    """The e-mail of a notice as it would be sent now."""
    row = OutboxRow(uuid="0a1b2c3d-0000-4000-8000-00000000beef", kind=notice.kind, person_id=person.id, facts=facts)
    return render_email(row, notice, now=NOW)


def address_in(email: EmailMessage) -> str:
    return str(email["List-Unsubscribe"]).strip("<>").removeprefix(settings.current().public_url)


def off() -> list[tuple[int, str]]:
    db.session.rollback()
    return [(each.person_id, each.kind) for each in db.session.scalars(select(EmailTurnedOff))]


@pytest.fixture
def over_https() -> None:
    settings.use(replace(settings.started_with(), public_url="https://rota.example.org"))


def test_an_email_that_can_be_turned_off_says_so_as_mail_programs_read_it(wren: Person, over_https: None) -> None:
    email = written(wren, SuggestionsWait())
    address = email["List-Unsubscribe"].strip("<>")
    assert address.startswith("https://rota.example.org/e-mails/off/")
    assert email["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    for kind in ("plain", "html"):
        body = email.get_body((kind,))
        assert body is not None
        assert address in body.get_content()


def test_an_essential_email_has_no_such_address_and_cannot_be_turned_off(wren: Person) -> None:
    email = written(wren, EmailAlreadyInUse())
    assert email["List-Unsubscribe"] is None
    assert email["List-Unsubscribe-Post"] is None
    with pytest.raises(Conflict, match="cannot be turned off"), db.writing():
        choices.turn_off(wren.id, EmailAlreadyInUse.kind, now=NOW)


def test_the_promise_of_one_click_is_made_over_https_only(wren: Person) -> None:
    assert written(wren, SuggestionsWait())["List-Unsubscribe-Post"] is None


def test_opening_the_address_changes_nothing_and_its_button_or_a_mail_program_does(
    client: FlaskClient, wren: Person
) -> None:
    address = address_in(written(wren, SuggestionsWait()))
    page = client.get(address)
    assert page.status_code == 200
    assert "Turn them off" in page.text
    assert off() == []
    headers = {"Sec-Fetch-Site": "cross-site", "Origin": "https://mail.example.com"}
    for _ in range(2):  # a mail program may say it twice
        answer = client.post(address, data={"List-Unsubscribe": "One-Click"}, headers=headers)
        assert answer.status_code == 200  # and no redirect, which RFC 8058 forbids
    assert off() == [(wren.id, OPTIONAL)]
    assert "These e-mails are off" in client.get(address).text
    lines = db.session.scalars(select(AuditLine.action).where(AuditLine.action.startswith("outbox."))).all()
    assert lines == ["outbox.kind-turned-off"]


def test_what_is_turned_off_is_not_sent_and_is_turned_on_again_on_the_account_page(
    client: FlaskClient, sign_in: SignIn, wren: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("progression.listening.notices.are_waiting", lambda: True)
    client.post(address_in(written(wren, SuggestionsWait())))
    for once in ("a", "b"):
        with db.writing():
            queue.enqueue(SuggestionsWait(), to=wren.id, once=once, now=NOW, deadline=NOW + timedelta(days=1))
        sent = send_due()
        row = db.session.scalars(select(OutboxRow).where(OutboxRow.once == once)).one()
        if once == "a":
            assert (sent, row.state, row.last_error) == (0, DeliveryState.UNWANTED, queue.TURNED_OFF)
            sign_in(client, wren)
            assert f"/account/e-mails/{OPTIONAL}/on" in client.get("/account").text
            client.post(f"/account/e-mails/{OPTIONAL}/on")
            assert off() == []
        else:
            assert (sent, row.state) == (1, DeliveryState.SENT)


@pytest.mark.parametrize("change", [lambda token: token[:-1], lambda token: "x" + token, lambda _token: "none"])
def test_an_address_that_is_not_ours_turns_nothing_off(
    client: FlaskClient, wren: Person, change: Callable[[str], str]
) -> None:
    token = choices.token_for(wren.id, OPTIONAL)
    wrong = f"/e-mails/off/{change(token)}"
    assert client.get(wrong).status_code == 404
    assert client.post(wrong).status_code == 404
    assert off() == []


def test_an_address_for_an_essential_kind_or_a_closed_account_does_nothing(
    client: FlaskClient, people: People, wren: Person
) -> None:
    essential = choices.token_for(wren.id, EmailAlreadyInUse.kind)
    assert client.post(f"/e-mails/off/{essential}").status_code == 404
    admin = people.person(roles=(Role.ADMIN,))
    with db.writing():
        suspend(db.session.get_one(Person, wren.id), by=admin, now=clock.now())
    assert client.post(f"/e-mails/off/{choices.token_for(wren.id, OPTIONAL)}").status_code == 404
    assert off() == []


def test_emails_about_one_thing_stand_together_and_apart_from_those_about_another(wren: Person, people: People) -> None:
    def thread(of: Person, **facts: int) -> str | None:
        found: str | None = written(of, EmailAlreadyInUse(), **facts)["References"]
        return found

    assert thread(wren) is None
    first = thread(wren, change_id=1)
    assert first is not None
    assert first == thread(wren, change_id=1, note_id=2)
    others = {thread(wren, change_id=2), thread(wren, seat_id=1), thread(people.person(), change_id=1)}
    assert len(others | {first}) == 4


def test_an_answer_to_an_email_goes_to_the_contact_of_the_organisation(wren: Person) -> None:
    assert written(wren, EmailAlreadyInUse())["Reply-To"] is None
    settings.use(replace(settings.started_with(), contact="hello@example.org"))
    assert written(wren, EmailAlreadyInUse())["Reply-To"] == "hello@example.org"
