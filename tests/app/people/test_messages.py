"""Writing to people: an e-mail for each, in the writer's name, without addresses; and their number, written down."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app import db
from app.audit import AuditLine
from app.outbox.models import OutboxRow
from app.outbox.sending import send_due
from app.people import messages, private, rate_limits, rights
from app.people.messages import Message
from app.people.models import Person, PersonPrivate, Role
from app.people.rate_limits import WRITTEN_MESSAGES
from app.refusals import Invalid, NotAllowed
from tests.app.outbox.mail_files import emails_in
from tests.conftest import People, SignIn
from tests.page_fields import hidden
from tests.times import NOW

TEXT = "Can you come on Friday?\n\nRing me on the office line <please>."


@pytest.fixture
def tansy(people: People) -> Person:
    return people.person("Tansy", roles=(Role.COORDINATOR,))


def lines(action: str) -> list[tuple[int | None, str, dict[str, object]]]:
    rows = db.session.scalars(select(AuditLine).where(AuditLine.action == action).order_by(AuditLine.id))
    return [(row.by_id, row.subject, row.details) for row in rows]


@pytest.mark.both_databases
def test_each_gets_an_email_of_their_own_and_the_trail_holds_no_words(
    app: Flask, people: People, tansy: Person
) -> None:
    fern, rook, gone = people.person("Fern"), people.person("Rook"), people.person("Gone")
    with db.writing():
        rights.suspend(gone, by=tansy, now=NOW)
    with db.writing():
        assert messages.write([fern.id, rook.id, gone.id], "Friday", TEXT, by=tansy, once="one", now=NOW) == 2
    with db.writing():
        assert messages.write([fern.id, rook.id], "Friday", TEXT, by=tansy, once="one", now=NOW) == 0
    rows = db.session.scalars(select(OutboxRow).order_by(OutboxRow.person_id)).all()
    assert [(row.person_id, row.facts) for row in rows] == [(each.id, {"message_id": 1}) for each in (fern, rook)]
    written = lines("people.written-to")
    assert written == [(tansy.id, f"person:{each.id}", {"message": 1}) for each in (fern, rook)]


def test_the_email_says_who_wrote_and_that_replies_do_not_reach_them(
    client: FlaskClient, people: People, sign_in: SignIn, tansy: Person, tmp_path: Path
) -> None:
    fern, rook = people.person("Fern"), people.person("Rook")
    sign_in(client, tansy)
    page = client.get(f"/people/write?to={fern.id}&to={rook.id}&to=x")
    assert "Fern, Rook" in page.text
    typed = {name: hidden(page.text, name) for name in ("csrf_token", "once")} | {"subject": "Friday", "text": TEXT}
    for _ in range(2):
        answer = client.post(f"/people/write?to={fern.id}&to={rook.id}", data=typed)
        assert answer.status_code == 302
    send_due()
    sent = emails_in(tmp_path)
    assert len(sent) == 2
    [to_fern] = [each for each in sent if "Hello Fern" in each]
    others = db.session.scalars(select(PersonPrivate.email).where(PersonPrivate.person_id != fern.id))
    whole = "".join(path.read_text() for path in (tmp_path / "mail").glob("*.eml"))
    assert "Subject: Friday" in to_fern
    assert "Reply-To" not in whole
    assert not [address for address in others if address in to_fern]
    assert "Tansy wrote this to you" in to_fern
    assert "&lt;please&gt;" in whole


def test_the_words_are_deleted_after_a_week_and_what_waits_is_then_not_sent(
    app: Flask, people: People, tansy: Person, tmp_path: Path
) -> None:
    fern = people.person("Fern")
    with db.writing():
        messages.write([fern.id], "Friday", TEXT, by=tansy, once="one", now=NOW)
    messages.delete_old(NOW + messages.KEPT_FOR)
    assert db.session.scalars(select(Message.subject)).all() == ["Friday"]
    db.session.rollback()
    messages.delete_old(NOW + messages.KEPT_FOR + timedelta(seconds=1))
    assert db.session.scalars(select(Message)).all() == []
    db.session.rollback()
    send_due()
    assert emails_in(tmp_path) == []


@pytest.mark.parametrize(
    ("subject", "text"), [("", "Hello"), ("Friday", "  \n "), ("x" * 121, "Hello"), ("Friday", "x" * 4001)]
)
def test_what_is_empty_or_too_long_is_refused(
    app: Flask, people: People, tansy: Person, subject: str, text: str
) -> None:
    fern = people.person("Fern")
    with pytest.raises(Invalid), db.writing():
        messages.write([fern.id], subject, text, by=tansy, once="one", now=NOW)


def test_somebody_who_writes_too_much_is_asked_to_wait(
    client: FlaskClient, people: People, sign_in: SignIn, tansy: Person
) -> None:
    fern = people.person("Fern")
    sign_in(client, tansy)
    with db.writing():
        rate_limits.count(WRITTEN_MESSAGES, str(tansy.id), now=NOW, tries=WRITTEN_MESSAGES.most)
    page = client.get(f"/people/write?to={fern.id}").text
    typed = {name: hidden(page, name) for name in ("csrf_token", "once")} | {"subject": "Friday", "text": TEXT}
    assert client.post(f"/people/write?to={fern.id}", data=typed).status_code == 429
    assert db.session.scalars(select(Message)).all() == []


def test_a_coordinator_reads_a_number_and_nothing_else_and_the_trail_says_so(
    client: FlaskClient, people: People, sign_in: SignIn, tansy: Person
) -> None:
    fern = people.person("Fern")
    with db.writing():
        db.session.get_one(PersonPrivate, fern.id).phone = "020 7946 0123"
    sign_in(client, tansy)
    page = client.get(f"/people/{fern.id}")
    assert "020 7946 0123" not in page.text
    shown = client.post(f"/people/{fern.id}/telephone", data={"csrf_token": hidden(page.text, "csrf_token")})
    assert "020 7946 0123" in shown.text
    assert lines("people.phone-read") == [(tansy.id, f"person:{fern.id}", {"why": "planning"})]
    with pytest.raises(NotAllowed), db.writing():
        private.private_details(fern.id, by=tansy, why="page", today=NOW.date(), now=NOW)


def test_nobody_else_reads_a_number_or_writes(client: FlaskClient, people: People, sign_in: SignIn) -> None:
    fern, lead = people.person("Fern"), people.person("Lead", roles=(Role.LEAD,))
    sign_in(client, lead)
    assert "telephone number" not in client.get(f"/people/{fern.id}").text
    assert client.get("/people/write").status_code == 403
    with pytest.raises(NotAllowed), db.writing():
        private.phone_for_planning(fern.id, by=lead, today=NOW.date(), now=NOW)
