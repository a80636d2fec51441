"""Notices: queued with the change they announce, sent once, retried, and dropped when they no longer hold."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from app import clock, db, settings
from app.outbox import queue, sending
from app.outbox.circuit_breaker import LONGEST_WAIT
from app.outbox.health import mail_state
from app.outbox.mail_transports import SmtpTransport, mail_transport
from app.outbox.models import DeliveryState, OutboxRow
from app.outbox.sending import claim, send_due
from app.people import one_time_links
from app.people.models import LinkKind, Person
from app.people.notices import ResetRequested
from app.people.rights import suspend
from tests.app.outbox.scripted_server import DROP, ScriptedServer, free_port, running
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


@contextmanager
def mail_server(script: ScriptedServer | None = None) -> Iterator[ScriptedServer]:
    """A mail server to which the workers of this test send."""
    script = script or ScriptedServer()
    with running(script) as server:
        before = settings.current()
        settings.use(replace(before, mail_url=server.url))
        try:
            yield script
        finally:
            settings.use(before)


def crowd(people: People, how_many: int, *, deadline: timedelta = timedelta(hours=1)) -> list[Person]:
    """Queue one e-mail to each of several people."""
    made = [people.person(f"Person {number}", email=f"p{number}@example.org") for number in range(how_many)]
    for each in made:
        queued(each, once=f"to {each.id}", deadline=deadline)
    return made


def states() -> dict[str, int]:
    db.session.rollback()
    rows = db.session.execute(select(OutboxRow.state, func.count()).group_by(OutboxRow.state))
    return {state.value: how_many for state, how_many in rows}


def send_for(duration: timedelta, *, step: timedelta = timedelta(seconds=5)) -> int:
    """Let a worker look every few seconds of the held clock; return how many e-mails it sent."""
    end, sent = clock.now() + duration, 0
    while clock.now() < end:
        clock.set_to(clock.now() + step)
        sent += send_due()
    return sent


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
        server.next_answers["DATA"] = ["451 Later, please"]
        assert send_due() == 0
        waiting = row()
        assert (waiting.state, waiting.last_error) == ("waiting", "smtp 451 at content")
        assert waiting.next_try_at > NOW
        clock.set_to(NOW + timedelta(minutes=1))
        assert send_due() == 1
        (envelope,) = server.envelopes
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


def test_an_address_that_is_refused_for_good_is_given_up_once_the_server_has_taken_another(
    wren: Person, people: People
) -> None:
    queued(wren)
    with mail_server() as server:
        server.to["wren@example.org"] = "550 No such person"
        send_due()
        assert (row().state, row().last_error) == ("waiting", "smtp 550 at recipient")
        send_for(timedelta(minutes=5), step=timedelta(minutes=1))
        assert row().state == "waiting"  # Nobody else's e-mail has shown yet that the server takes any.
        queued(people.person("Robin", email="robin@example.org"), once="b")
        assert send_for(timedelta(minutes=1), step=timedelta(seconds=15)) == 1
    assert states() == {"refused": 1, "sent": 1}
    assert server.recipients == ["robin@example.org"]
    refused = db.session.scalars(select(OutboxRow).where(OutboxRow.state == DeliveryState.REFUSED)).one()
    assert (refused.person_id, refused.last_error) == (wren.id, "smtp 550 at recipient")


@pytest.mark.parametrize(
    ("step", "answer"),
    [
        ("greeting", "554 No service for you"),
        ("MAIL", "530 Authentication required"),
        ("RCPT", "550 Relaying denied"),
        ("RCPT", "450 Later"),
        ("DATA", "554 Quota exceeded"),
        ("DATA", DROP),
    ],
)
def test_a_mail_server_that_refuses_everybody_loses_nobodys_email(people: People, step: str, answer: str) -> None:
    crowd(people, 5)
    with mail_server() as server:
        server.always[step] = answer
        send_for(timedelta(minutes=10), step=timedelta(seconds=40))
        assert states() == {"waiting": 5}
        found = mail_state(clock.now())
        assert found.is_failing
        assert found.last_error
        assert server.connections <= 10  # It is left in peace, however many e-mails wait.
        server.always.clear()
        clock.set_to(clock.now() + LONGEST_WAIT)
        assert send_due() == 5  # They leave at once, however long each had waited.
    assert states() == {"sent": 5}
    assert set(server.accepted.values()) == {1}
    assert not mail_state(clock.now()).is_failing


def test_an_unreachable_mail_server_is_tried_again_until_the_deadline(wren: Person) -> None:
    queued(wren, deadline=timedelta(minutes=30))
    settings.use(replace(settings.current(), mail_url=f"smtp://127.0.0.1:{free_port()}"))
    send_due()
    assert (row().last_error, row().state) == ("ConnectionRefusedError", "waiting")
    send_for(timedelta(minutes=30), step=timedelta(minutes=5))
    assert row().state == DeliveryState.WAITING
    send_for(timedelta(minutes=1), step=timedelta(minutes=1))
    assert (row().state, row().last_error) == (DeliveryState.EXPIRED, "ConnectionRefusedError")


def test_three_wrong_addresses_hold_up_the_others_for_a_moment_only(people: People) -> None:
    several = crowd(people, 6)
    with mail_server() as server:
        server.to = {f"p{number}@example.org": "550 No such person" for number in range(3)}
        send_for(timedelta(minutes=1), step=timedelta(seconds=6))
    assert states() == {"refused": 3, "sent": 3}
    assert len(several) == 6


def test_one_address_that_is_always_refused_is_no_fault_of_the_mail_server(wren: Person) -> None:
    queued(wren)
    with mail_server() as server:
        server.to["wren@example.org"] = "450 Mailbox busy"
        send_for(timedelta(minutes=10), step=timedelta(minutes=1))
    assert row().state == "waiting"
    assert not mail_state(clock.now()).is_failing


def test_a_mail_server_that_is_down_is_noticed_within_a_minute_without_an_email(app: Flask) -> None:
    settings.use(replace(settings.current(), mail_url=f"smtp://127.0.0.1:{free_port()}"))
    send_for(timedelta(minutes=1), step=timedelta(seconds=10))
    assert mail_state(clock.now()).is_failing
    with mail_server():
        send_for(timedelta(minutes=1), step=timedelta(seconds=20))
        assert not mail_state(clock.now()).is_failing


def test_a_mail_server_that_answers_is_asked_once_a_minute_at_most(app: Flask) -> None:
    with mail_server() as server:
        send_for(timedelta(minutes=3), step=timedelta(seconds=15))
    assert server.connections == 3


def test_two_workers_try_a_failing_mail_server_in_turn(people: People) -> None:
    crowd(people, 2)
    with mail_server() as server:
        server.always["greeting"] = "554 No"
        send_due()
        assert server.tried == ["greeting"]
        clock.set_to(NOW + timedelta(minutes=1))
        assert len(claim(clock.now())) == 1
        assert claim(clock.now()) == []  # The other worker's turn is not over.


def test_a_worker_that_is_asked_to_stop_finishes_the_email_in_hand_only(people: People) -> None:
    crowd(people, 3)
    with mail_server() as server:
        assert send_due(should_stop=lambda: len(server.recipients) == 1) == 1
    assert states() == {"sent": 1, "waiting": 2}


def test_a_notice_that_is_no_longer_wanted_is_not_sent(wren: Person, people: People) -> None:
    admin = people.person("Tansy")
    queued(wren)
    with db.writing():
        suspend(db.session.get_one(Person, wren.id), by=admin, now=NOW)
    assert send_due() == 0
    assert row().state == DeliveryState.UNWANTED


def test_a_worker_whose_lease_expired_sends_nothing(wren: Person, tmp_path: Path) -> None:
    queued(wren)
    row_id, fence = claimed_now()
    clock.set_to(NOW + sending.LEASE)
    with mail_transport(settings.current().mail_url) as transport:
        assert not sending.send_one(row_id, fence, transport)
        assert not list((tmp_path / "mail").glob("*.eml"))
        assert row().state == DeliveryState.SENDING
        clock.set_to(NOW + sending.LEASE + timedelta(seconds=1))
        assert claimed_now() == (row_id, fence + 1)
        assert not sending.send_one(row_id, fence, transport)
        assert not list((tmp_path / "mail").glob("*.eml"))
        assert sending.send_one(row_id, fence + 1, transport)
    assert row().state == DeliveryState.SENT


def test_a_lease_that_ran_out_during_the_conversation_hands_nothing_over(wren: Person) -> None:
    queued(wren)
    row_id, fence = claimed_now()

    class SlowToThePoint(SmtpTransport):
        """Takes as long as the lease to get to the content."""

        def _announce(self, email: EmailMessage, sender: str) -> None:
            super()._announce(email, sender)
            clock.set_to(NOW + sending.LEASE)

    with mail_server() as server, SlowToThePoint(settings.current().mail_url) as transport:
        assert not sending.send_one(row_id, fence, transport)
    assert "RCPT" in server.tried
    assert server.accepted == {}
    assert row().state == DeliveryState.SENDING


def test_an_overtaken_worker_hands_nothing_over_and_changes_nothing(wren: Person) -> None:
    queued(wren)
    row_id, fence = claimed_now()

    class Overtaken(SmtpTransport):
        """While it speaks to the server, another worker claims the same e-mail."""

        def _announce(self, email: EmailMessage, sender: str) -> None:
            super()._announce(email, sender)
            with db.writing():
                db.session.execute(update(OutboxRow).values(fence=fence + 1, lease_until=NOW + timedelta(hours=1)))

    with mail_server() as server, Overtaken(settings.current().mail_url) as transport:
        assert not sending.send_one(row_id, fence, transport)
    assert server.accepted == {}
    assert (row().state, row().fence) == (DeliveryState.SENDING, fence + 1)


@pytest.mark.parametrize("answer", ["250 OK", "550 No such person", DROP])
def test_what_an_overtaken_worker_records_late_overwrites_nothing(wren: Person, answer: str) -> None:
    queued(wren)
    row_id, fence = claimed_now()

    class OvertakenAtTheEnd(SmtpTransport):
        """Another worker claims the e-mail after this one has handed it over."""

        def send(self, email: EmailMessage, *, name: str, before_content: Callable[[], None], sender: str = "") -> None:
            try:
                super().send(email, name=name, before_content=before_content, sender=sender)
            finally:
                with db.writing():
                    db.session.execute(update(OutboxRow).values(fence=fence + 1, lease_until=NOW + timedelta(hours=1)))

    with mail_server() as server, OvertakenAtTheEnd(settings.current().mail_url) as transport:
        server.always["RCPT"] = answer
        sending.send_one(row_id, fence, transport)
    late = row()
    assert (late.state, late.fence, late.lease_until) == (DeliveryState.SENDING, fence + 1, NOW + timedelta(hours=1))
    assert (late.finished_at, late.last_error) == (None, None)


def test_the_lease_is_renewed_when_the_server_is_ready_for_the_email(wren: Person) -> None:
    queued(wren)
    row_id, fence = claimed_now()
    seen: list[datetime | None] = []

    class Watched(SmtpTransport):
        def _hand_over(self, email: EmailMessage) -> None:
            seen.append(row().lease_until)
            db.session.rollback()
            super()._hand_over(email)

    clock.set_to(NOW + timedelta(minutes=1))
    with mail_server(), Watched(settings.current().mail_url) as transport:
        assert sending.send_one(row_id, fence, transport)
    assert seen == [NOW + timedelta(minutes=1) + sending.LEASE]


def claimed_now() -> tuple[int, int]:
    """Claim the e-mail that is due."""
    (claimed,) = claim(clock.now())
    return claimed


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
