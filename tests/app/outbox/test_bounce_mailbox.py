"""Reading the mailbox of returned e-mails: what is ours is taken out, all else is left, and a fault is told."""

from __future__ import annotations

import mailbox
from dataclasses import replace
from pathlib import Path

import pytest

from app import db, settings
from app.health import watching
from app.outbox import bounces, circuit_breaker
from app.outbox.bounce_mailbox import read_bounces
from app.people.models import Person
from tests.app.outbox import imap_server, returned_mail
from tests.app.outbox.imap_server import Account
from tests.app.outbox.scripted_server import free_port
from tests.app.outbox.test_bounces import sent
from tests.conftest import People
from tests.times import NOW

A_REPLY = b"From: Robin <robin@example.org>\nTo: nightlight@127.0.0.1\nSubject: Re: Your shift\n\nThank you!\n"


@pytest.fixture
def wren(people: People) -> Person:
    return people.person("Wren", email="wren@example.org")


def read_from(url: str) -> None:
    settings.use(replace(settings.started_with(), bounces_at=url))
    read_bounces(NOW)
    db.session.rollback()


def is_unreachable(person: Person) -> bool:
    return bounces.unreachable_one(person.id, NOW) is not None


def test_a_folder_keeps_what_people_wrote_and_gives_what_is_ours(wren: Person, tmp_path: Path) -> None:
    box = mailbox.Maildir(tmp_path / "returned", create=True)
    box.add(returned_mail.report(sent(wren, "a")))
    box.add(A_REPLY)
    read_from(f"maildir:{tmp_path / 'returned'}")
    assert is_unreachable(wren)
    (left,) = mailbox.Maildir(tmp_path / "returned")
    assert (left["Subject"], left.get_flags()) == ("Re: Your shift", "S")


def test_an_account_keeps_what_people_wrote_and_gives_what_is_ours(wren: Person) -> None:
    account = Account({7: returned_mail.report(sent(wren, "a")), 9: A_REPLY})
    with imap_server.running(account):
        read_from(account.url)
    assert is_unreachable(wren)
    assert list(account.messages) == [9]
    assert account.seen == {9}


def test_a_message_that_cannot_be_read_keeps_no_other_from_being_read(
    wren: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = Account({1: b"Content-Type: message/delivery-status\n\n\x00", 2: returned_mail.report(sent(wren, "a"))})
    with imap_server.running(account):
        read_from(account.url)
    assert is_unreachable(wren)
    assert list(account.messages) == [1]


@pytest.mark.parametrize("kind", ["nobody answers", "wrong password", "no folder"])
def test_a_mailbox_that_cannot_be_read_is_told_and_stops_being_told_once_it_can(
    wren: Person, tmp_path: Path, kind: str
) -> None:
    account = Account({})
    with imap_server.running(account):
        wrong = {
            "nobody answers": f"imap://bounces@127.0.0.1:{free_port()}",
            "wrong password": account.url.replace("secret", "guess"),
            "no folder": f"maildir:{tmp_path / 'nowhere'}",
        }
        read_from(wrong[kind])
        (trouble,) = watching.bounce_troubles(NOW)
        assert "Returned e-mails could not be read" in trouble.words
        assert not trouble.stops_service
        assert "guess" not in trouble.words
        read_from(account.url)
        assert watching.bounce_troubles(NOW) == []
    assert circuit_breaker.get().bounces_read_at == NOW


def test_a_password_for_a_mailbox_is_not_sent_unencrypted_to_another_machine(
    wren: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.outbox.bounce_mailbox.is_this_machine", lambda _host: False)
    account = Account({})
    with imap_server.running(account):
        read_from(account.url)
    assert circuit_breaker.get().bounces_error == "NotEncrypted"
