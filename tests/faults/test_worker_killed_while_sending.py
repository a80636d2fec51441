"""A worker killed while it sends: every letter arrives, and none arrives twice."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import func, select, text, update

from app import db
from app.outbox.models import OutboxRow
from app.outbox.sending import LEASE
from app.people import directory
from app.people.models import Person, PersonState
from tests.conftest import People
from tests.faults.mail_server import MailServer
from tests.faults.processes import House
from tests.times import NOW

pytestmark = pytest.mark.both_databases

LETTERS = 30


@pytest.fixture
def letters(people: People) -> set[str]:
    """Invitations to thirty people, waiting; their Message-IDs."""
    for _ in range(LETTERS):
        newcomer = people.person(state=PersonState.INVITED)
        with db.writing():
            directory.invite(db.session.get_one(Person, newcomer.id), by=None, now=NOW)
    ids = {f"<out-{uuid}@127.0.0.1>" for uuid in db.session.scalars(select(OutboxRow.uuid))}
    db.session.rollback()
    assert len(ids) == LETTERS
    return ids


def states() -> dict[str, int]:
    db.session.rollback()
    rows = db.session.execute(select(OutboxRow.state, func.count()).group_by(OutboxRow.state))
    return dict(rows.all())


def test_a_worker_killed_in_mid_send_loses_no_letter_and_doubles_none(
    house: House, mail_server: MailServer, letters: set[str]
) -> None:
    house.environment["NIGHTLIGHT_MAIL_URL"] = mail_server.url
    mail_server.hesitate_at(12)
    first = house.worker()
    mail_server.wait_until_it_hesitates()
    first.kill()
    assert len(mail_server.taken) == 11
    assert states().get("sending", 0) > 0

    house.set_clock(NOW + LEASE + timedelta(seconds=1))
    second = house.worker()
    mail_server.wait_until_taken(LETTERS)
    second.stop()

    assert mail_server.taken == Counter(dict.fromkeys(letters, 1))
    assert states() == {"sent": LETTERS}


def test_nobody_else_sends_what_a_dead_worker_held_before_its_lease_ends(
    house: House, mail_server: MailServer, letters: set[str]
) -> None:
    """Otherwise a worker that is only slow would be doubled."""
    house.environment["NIGHTLIGHT_MAIL_URL"] = mail_server.url
    mail_server.hesitate_at(1)
    first = house.worker()
    mail_server.wait_until_it_hesitates()
    first.kill()
    held = states()["sending"]

    second = house.worker()
    mail_server.wait_until_taken(LETTERS - held)
    second.stop()
    assert sum(mail_server.taken.values()) == LETTERS - held
    assert states() == {"sending": held} | ({"sent": LETTERS - held} if held < LETTERS else {})


def test_two_workers_at_once_send_each_letter_once(house: House, mail_server: MailServer, letters: set[str]) -> None:
    house.environment["NIGHTLIGHT_MAIL_URL"] = mail_server.url
    with db.writing():
        db.session.execute(update(OutboxRow).values(next_try_at=NOW + timedelta(minutes=1)))
    both = [house.worker(), house.worker()]
    house.set_clock(NOW + timedelta(minutes=1))  # All fall due at once, for both.
    mail_server.wait_until_taken(LETTERS)
    for worker in both:
        worker.stop()
    assert mail_server.taken == Counter(dict.fromkeys(letters, 1))
    assert states() == {"sent": LETTERS}


def test_a_worker_killed_between_the_servers_yes_and_its_own_note_repeats_that_letter_under_the_same_name(
    house: House, mail_server: MailServer, letters: set[str]
) -> None:
    """The one gap that no order of steps can close: silence would be worse, and mail programs know a repeated name."""
    house.environment["NIGHTLIGHT_MAIL_URL"] = mail_server.url
    engine = db.extension.engine
    mail_server.hesitate_at(6)
    first = house.worker()
    mail_server.wait_until_it_hesitates()
    with engine.connect() as blocking:
        # While this holds the outbox, the worker cannot note what the server has taken.
        if engine.dialect.name == "sqlite":
            blocking.execution_options(sqlite_begin="IMMEDIATE")
        blocking.begin()
        if engine.dialect.name == "postgresql":
            blocking.execute(text("LOCK TABLE outbox IN EXCLUSIVE MODE"))
        mail_server.answer()
        mail_server.wait_until_taken(6)
        first.kill()
    assert states()["sent"] == 5

    house.set_clock(NOW + LEASE + timedelta(seconds=1))
    second = house.worker()
    mail_server.wait_until_taken(LETTERS)
    second.stop()
    assert set(mail_server.taken) == letters
    assert sorted(mail_server.taken.values()) == [1] * (LETTERS - 1) + [2]
    assert states() == {"sent": LETTERS}
