"""The list of e-mails that did not arrive, and sending one again."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app import audit, clock, db
from app.outbox import queue
from app.outbox.models import DeliveryState, OutboxRow
from app.outbox.sending import send_due
from app.outbox.undelivered import NO_LONGER_APPLIES, send_again
from app.people import one_time_links
from app.people.models import LinkKind, Person, Role
from app.people.notices import EmailAlreadyInUse, ResetRequested
from app.refusals import Conflict, NotFound
from tests.conftest import People, SignIn
from tests.times import NOW

pytestmark = pytest.mark.both_databases


@pytest.fixture
def admin(people: People) -> Person:
    return people.person("Tansy", roles=(Role.ADMIN,))


@pytest.fixture
def wren(people: People) -> Person:
    return people.person("Wren", email="wren@example.org")


def queued(person: Person, once: str, state: DeliveryState, *, error: str | None = None) -> int:
    """Queue an e-mail and leave it as a worker would in this state; return its row's id."""
    with db.writing():
        queue.enqueue(EmailAlreadyInUse(), to=person.id, once=once, now=NOW, deadline=NOW + timedelta(hours=1))
        row = db.session.scalars(select(OutboxRow).where(OutboxRow.once == once)).one()
        row.state, row.last_error, row.attempts = state, error, 1
        if state not in (DeliveryState.WAITING, DeliveryState.SENDING):
            row.finished_at = NOW
        return row.id


def row(row_id: int) -> OutboxRow:
    db.session.rollback()
    return db.session.get_one(OutboxRow, row_id, populate_existing=True)


def test_an_administrator_sees_what_did_not_arrive_and_why_but_neither_text_nor_address(
    client: FlaskClient, sign_in: SignIn, admin: Person, wren: Person
) -> None:
    queued(wren, "a", DeliveryState.REFUSED, error="smtp 550 at recipient")
    queued(wren, "b", DeliveryState.SENT)
    queued(wren, "c", DeliveryState.EXPIRED, error="ConnectionRefusedError")
    page = sign_in(client, admin).get("/admin/e-mails")
    assert page.status_code == 200
    assert page.text.count("Address taken") == 2 * 2  # in the list, and in each button for screen readers
    assert "The mail server did not take the address. (550)" in page.text
    assert "Nothing answers at the address of the mail server." in page.text
    assert "wren@example.org" not in page.text
    assert "/admin/e-mails" in client.get("/admin").text


def test_the_list_and_its_button_are_for_administrators(
    client: FlaskClient, sign_in: SignIn, people: People, wren: Person
) -> None:
    refused = queued(wren, "a", DeliveryState.REFUSED)
    sign_in(client, people.person("Robin", roles=(Role.COORDINATOR, Role.ASSESSOR, Role.LEAD, Role.TRAINER)))
    assert client.get("/admin/e-mails").status_code == 403
    assert client.post(f"/admin/e-mails/{refused}/again").status_code == 403
    assert row(refused).state == DeliveryState.REFUSED


@pytest.mark.parametrize("state", [DeliveryState.REFUSED, DeliveryState.EXPIRED, DeliveryState.WAITING])
def test_an_email_that_is_sent_again_leaves_and_its_line_is_in_the_audit_trail(
    client: FlaskClient, sign_in: SignIn, admin: Person, wren: Person, state: DeliveryState
) -> None:
    row_id = queued(wren, "a", state, error="smtp 550 at recipient")
    clock.set_to(NOW + timedelta(hours=2))
    answer = sign_in(client, admin).post(f"/admin/e-mails/{row_id}/again", follow_redirects=True)
    assert "It is on its way again" in answer.text
    assert send_due() == 1
    assert row(row_id).state == DeliveryState.SENT
    line = db.session.scalars(select(audit.AuditLine).where(audit.AuditLine.action == "outbox.sent-again")).one()
    assert (line.by_id, line.subject, line.details) == (
        admin.id,
        f"outbox:{row_id}",
        {"kind": "address-taken", "person": wren.id},
    )


@pytest.mark.parametrize("state", [DeliveryState.SENT, DeliveryState.SENDING, DeliveryState.UNWANTED])
def test_an_email_that_has_left_or_is_just_leaving_is_not_sent_again(
    admin: Person, wren: Person, state: DeliveryState
) -> None:
    row_id = queued(wren, "a", state)
    with pytest.raises(Conflict, match="has left meanwhile"):
        again(row_id, admin, NOW)
    assert row(row_id).state == state
    with pytest.raises(NotFound):
        again(row_id + 1, admin, NOW)


def test_an_email_whose_link_has_run_out_is_not_sent_again(admin: Person, wren: Person) -> None:
    with db.writing():
        link = one_time_links.create(wren.id, LinkKind.RESET, by=None, now=NOW)
        queue.enqueue(ResetRequested(link.id), to=wren.id, once="a", now=NOW, deadline=NOW + timedelta(hours=1))
        found = db.session.scalars(select(OutboxRow)).one()
        found.state, found.finished_at, row_id = DeliveryState.EXPIRED, NOW, found.id
    with pytest.raises(Conflict, match=NO_LONGER_APPLIES[:20]):
        again(row_id, admin, NOW + timedelta(hours=2))
    assert row(row_id).state == DeliveryState.EXPIRED


def again(row_id: int, by: Person, now: datetime) -> None:
    """Send an e-mail again, as the page does."""
    with db.writing():
        send_again(row_id, by=by.id, now=now)
