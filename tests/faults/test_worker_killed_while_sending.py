"""A worker killed while it sends: every e-mail arrives, and none arrives twice."""

from __future__ import annotations

import os
import signal
from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import func, select, text, update

from app import db
from app.jobs.models import WorkerHeartbeat
from app.outbox.models import OutboxRow
from app.outbox.sending import LEASE
from app.people import directory
from app.people.models import Person, PersonState
from tests.conftest import People
from tests.faults.mail_server import MailServer
from tests.faults.processes import Processes
from tests.times import NOW

pytestmark = pytest.mark.both_databases

EMAILS = 30


@pytest.fixture
def message_ids(people: People) -> set[str]:
    """Queue invitations to thirty people and return their Message-IDs."""
    for _ in range(EMAILS):
        newcomer = people.person(state=PersonState.INVITED)
        with db.writing():
            directory.invite(db.session.get_one(Person, newcomer.id), by=None, now=NOW)
    ids = {f"<out-{uuid}@127.0.0.1>" for uuid in db.session.scalars(select(OutboxRow.uuid))}
    db.session.rollback()
    assert len(ids) == EMAILS
    return ids


def states() -> dict[str, int]:
    db.session.rollback()
    rows = db.session.execute(select(OutboxRow.state, func.count()).group_by(OutboxRow.state))
    return dict(rows.all())


def test_a_worker_killed_while_sending_loses_no_email_and_repeats_none(
    processes: Processes, mail_server: MailServer, message_ids: set[str]
) -> None:
    processes.environment["NIGHTLIGHT_MAIL_URL"] = mail_server.url
    mail_server.withhold_at(12)
    first = processes.worker()
    mail_server.wait_until_withheld()
    first.kill()
    assert len(mail_server.accepted) == 11
    assert states().get("sending", 0) > 0

    processes.set_clock(NOW + LEASE + timedelta(seconds=1))
    second = processes.worker()
    mail_server.wait_until_accepted(EMAILS)
    second.stop()

    assert mail_server.accepted == Counter(dict.fromkeys(message_ids, 1))
    assert states() == {"sent": EMAILS}


def test_no_other_worker_sends_what_a_dead_worker_holds_before_its_lease_ends(
    processes: Processes, mail_server: MailServer, message_ids: set[str]
) -> None:
    """Otherwise the e-mails of a worker that is only slow would be sent twice."""
    processes.environment["NIGHTLIGHT_MAIL_URL"] = mail_server.url
    mail_server.withhold_at(1)
    first = processes.worker()
    mail_server.wait_until_withheld()
    first.kill()
    held = states()["sending"]

    second = processes.worker()
    mail_server.wait_until_accepted(EMAILS - held)
    second.stop()
    assert sum(mail_server.accepted.values()) == EMAILS - held
    assert states() == {"sending": held} | ({"sent": EMAILS - held} if held < EMAILS else {})


def test_two_workers_at_once_send_each_email_once(
    processes: Processes, mail_server: MailServer, message_ids: set[str]
) -> None:
    processes.environment["NIGHTLIGHT_MAIL_URL"] = mail_server.url
    with db.writing():
        db.session.execute(update(OutboxRow).values(next_try_at=NOW + timedelta(minutes=1)))
    both = [processes.worker(), processes.worker()]
    processes.set_clock(NOW + timedelta(minutes=1))  # All fall due at once, for both.
    mail_server.wait_until_accepted(EMAILS)
    for worker in both:
        worker.stop()
    assert mail_server.accepted == Counter(dict.fromkeys(message_ids, 1))
    assert states() == {"sent": EMAILS}


def test_a_worker_killed_between_the_servers_answer_and_its_commit_repeats_that_email_with_the_same_id(
    processes: Processes, mail_server: MailServer, message_ids: set[str]
) -> None:
    """No order of steps can prevent it: a lost e-mail would be worse, and mail programs recognise a repeated id."""
    processes.environment["NIGHTLIGHT_MAIL_URL"] = mail_server.url
    engine = db.extension.engine
    mail_server.withhold_at(6)
    first = processes.worker()
    mail_server.wait_until_withheld()
    with engine.connect() as blocking:
        # While this locks the outbox, the worker cannot record what the server has accepted.
        if engine.dialect.name == "sqlite":
            blocking.execution_options(sqlite_begin="IMMEDIATE")
        blocking.begin()
        if engine.dialect.name == "postgresql":
            blocking.execute(text("LOCK TABLE outbox IN EXCLUSIVE MODE"))
        mail_server.answer()
        mail_server.wait_until_accepted(6)
        first.kill()
    assert states()["sent"] == 5

    processes.set_clock(NOW + LEASE + timedelta(seconds=1))
    second = processes.worker()
    mail_server.wait_until_accepted(EMAILS)
    second.stop()
    assert set(mail_server.accepted) == message_ids
    assert sorted(mail_server.accepted.values()) == [1] * (EMAILS - 1) + [2]
    assert states() == {"sent": EMAILS}


def test_a_worker_that_is_told_to_stop_finishes_the_email_in_hand_and_no_other(
    processes: Processes, mail_server: MailServer, message_ids: set[str]
) -> None:
    processes.environment["NIGHTLIGHT_MAIL_URL"] = mail_server.url
    mail_server.withhold_at(3)
    worker = processes.worker()
    mail_server.wait_until_withheld()
    worker.ask_to_stop()
    mail_server.answer()
    assert worker.wait_for_end() == 0
    assert sorted(mail_server.accepted.values()) == [1, 1, 1]
    assert states() == {"sent": 3, "waiting": EMAILS - 3}
    assert db.session.scalars(select(WorkerHeartbeat.name)).all() == []


def test_a_worker_that_was_frozen_while_another_took_over_hands_nothing_over_when_it_wakes(
    processes: Processes, mail_server: MailServer, message_ids: set[str]
) -> None:
    processes.environment["NIGHTLIGHT_MAIL_URL"] = mail_server.url
    mail_server.withhold_at(3, before_content=True)
    first = processes.worker()
    mail_server.wait_until_withheld()
    processes.freeze(first)

    processes.set_clock(NOW + LEASE + timedelta(seconds=1))
    second = processes.worker()
    mail_server.wait_until_accepted(EMAILS)
    second.stop()

    os.kill(first.pid, signal.SIGCONT)
    mail_server.answer()
    # On a slow machine it finds that its time for the conversation is over, before it finds that its lease is.
    first.wait_for(
        lambda said: said.get("event") == "another worker has this email now" or said.get("overtaken") is True
    )
    first.stop()
    assert mail_server.accepted == Counter(dict.fromkeys(message_ids, 1))
    assert states() == {"sent": EMAILS}
