"""Notices: queued with the change they announce, sent once, retried, and dropped when they no longer hold."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from flask import Flask
from sqlalchemy import select

from app import clock, db, settings
from app.outbox import queue, sending
from app.outbox.mail_transports import mail_transport
from app.outbox.models import DeliveryState, OutboxRow
from app.outbox.sending import claim, send_due
from app.people import one_time_links
from app.people.models import LinkKind, Person
from app.people.notices import ResetRequested
from app.people.rights import suspend
from tests.conftest import PASSWORD, People
from tests.times import NOW

pytestmark = pytest.mark.both_databases


@pytest.fixture
def wren(people: People) -> Person:
    return people.person("Wren", email="wren@example.org", password=PASSWORD)


def queued(person: Person, *, once: str = "a", deadline: timedelta = timedelta(hours=1)) -> None:
    with db.writing():
        link = one_time_links.create(person.id, LinkKind.RESET, by=None, now=NOW)
        queue.enqueue(ResetRequested(link.id), to=person.id, once=once, now=NOW, deadline=NOW + deadline)


def row() -> OutboxRow:
    return db.session.scalars(select(OutboxRow).execution_options(populate_existing=True)).one()


class MailServer:
    """A real SMTP server on loopback with scripted replies."""

    def __init__(self) -> None:
        self.answers: list[str] = []
        self.taken: list[Envelope] = []

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802  aiosmtpd's name
        answer = self.answers.pop(0) if self.answers else "250 OK"
        if answer.startswith("250"):
            self.taken.append(envelope)
        return answer


@contextmanager
def mail_server() -> Iterator[MailServer]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    handler = MailServer()
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    before = settings.current()
    settings.use(replace(before, mail_url=f"smtp://127.0.0.1:{port}"))
    try:
        yield handler
    finally:
        settings.use(before)
        controller.stop()


def test_a_notice_with_the_same_key_is_queued_once(wren: Person) -> None:
    queued(wren, once="reset:1")
    queued(wren, once="reset:1")
    assert row().once == "reset:1"


def test_a_notice_is_rolled_back_with_the_change_it_announces(wren: Person) -> None:
    def enqueue_and_fail() -> None:
        queue.enqueue(ResetRequested(1), to=wren.id, once="x", now=NOW, deadline=NOW)
        raise RuntimeError

    with pytest.raises(RuntimeError), db.writing():
        enqueue_and_fail()
    assert db.session.scalars(select(OutboxRow)).all() == []


def test_an_email_has_text_and_html_and_the_same_message_id_on_every_attempt(wren: Person, app: Flask) -> None:
    queued(wren)
    with mail_server() as server:
        server.answers = ["451 Later, please"]
        assert send_due() == 0
        waiting = row()
        assert (waiting.state, waiting.last_error) == ("waiting", "smtp 451")
        assert waiting.next_try_at > NOW
        clock.set_to(NOW + timedelta(minutes=1))
        assert send_due() == 1
        (envelope,) = server.taken
    assert envelope.rcpt_tos == ["wren@example.org"]
    content = envelope.content
    assert isinstance(content, bytes)
    text = content.decode()
    assert f"Message-ID: <out-{row().uuid}@127.0.0.1>" in text
    assert "text/plain" in text
    assert "text/html" in text
    assert "Auto-Submitted: auto-generated" in text
    assert row().state == DeliveryState.SENT
    assert send_due() == 0


def test_an_address_that_is_rejected_for_good_is_not_retried(wren: Person) -> None:
    queued(wren)
    with mail_server() as server:
        server.answers = ["550 No such person"]
        send_due()
        clock.set_to(NOW + timedelta(minutes=50))
        assert send_due() == 0
    assert (row().state, row().last_error) == ("refused", "smtp 550")


def test_an_unreachable_mail_server_is_retried_until_the_deadline(wren: Person) -> None:
    queued(wren)
    with mail_server() as gone:
        away = settings.current()
    assert gone.taken == []
    settings.use(away)
    send_due()
    assert row().last_error == "ConnectionRefusedError"
    clock.set_to(NOW + timedelta(minutes=61))
    send_due()
    assert row().state == DeliveryState.EXPIRED


def test_a_notice_that_is_no_longer_wanted_is_not_sent(wren: Person, people: People) -> None:
    admin = people.person("Tansy")
    queued(wren)
    with db.writing():
        suspend(db.session.get_one(Person, wren.id), by=admin, now=NOW)
    assert send_due() == 0
    assert row().state == DeliveryState.UNWANTED


def test_a_worker_whose_lease_expired_sends_nothing(wren: Person, tmp_path: Path) -> None:
    queued(wren)
    ((row_id, fence),) = claim(NOW, limit=5)
    clock.set_to(NOW + sending.LEASE + timedelta(seconds=1))
    ((same, newer),) = claim(clock.now(), limit=5)
    assert (same, newer) == (row_id, fence + 1)
    with mail_transport(settings.current().mail_url) as transport:
        assert not sending.send_one(row_id, fence, transport)
        assert not list((tmp_path / "mail").glob("*.eml"))
        assert sending.send_one(row_id, newer, transport)
    assert row().state == DeliveryState.SENT


def test_an_email_that_cannot_be_rendered_does_not_hold_up_the_next(wren: Person) -> None:
    with db.writing():
        queue.enqueue(ResetRequested(999), to=wren.id, once="broken", now=NOW, deadline=NOW + timedelta(hours=1))
    queued(wren, once="whole")
    assert send_due() == 1
    states = {row.once: row.state for row in db.session.scalars(select(OutboxRow))}
    assert states == {"broken": "waiting", "whole": "sent"}


def test_waits_between_attempts_grow_to_half_an_hour() -> None:
    waits = [sending.wait_after(attempts) for attempts in (1, 2, 3, 20)]
    assert timedelta(seconds=11) < waits[0] < timedelta(seconds=19)
    assert waits[0] < waits[2] < waits[3] <= sending.LONGEST_WAIT * 1.25
