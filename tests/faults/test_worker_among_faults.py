"""A worker among faults of the mail server, the database, the disk and the clock.

After each fault what was due has left or has honestly failed, and nothing was sent twice but where the line was cut
after the mail server had accepted: then with the same Message-ID.
"""

from __future__ import annotations

import resource
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, text

from app import db
from app.outbox import circuit_breaker, queue
from app.outbox.circuit_breaker import LONGEST_WAIT as BREAKER_WAIT
from app.outbox.models import DeliveryState, OutboxRow
from app.outbox.sending import LEASE
from app.people.notices import EmailAlreadyInUse
from tests.app.outbox.scripted_server import DROP, DROP_WHEN_ACCEPTED, ScriptedServer, free_port, running
from tests.conftest import People
from tests.databases import Databases
from tests.faults.mail_server import MailServer
from tests.faults.processes import Process, Processes, until
from tests.times import NOW

pytestmark = pytest.mark.both_databases

SENT, REFUSED = DeliveryState.SENT, DeliveryState.REFUSED
HANG = 2.0  # seconds for each answer, from a server to a worker that waits for one


class Outbox:
    """E-mails of one test, each to somebody of its own, so that no refusal of one is another's."""

    def __init__(self, people: People) -> None:
        self.people = people
        self.queued = 0

    def queue(self, now: datetime, how_many: int = 2) -> set[str]:
        """Queue e-mails that are due now; return their Message-IDs."""
        return {self._queue_one(now) for _ in range(how_many)}

    def _queue_one(self, now: datetime) -> str:
        self.queued += 1
        person = self.people.person(f"Person {self.queued}", email=f"p{self.queued}@example.org")
        with db.writing():
            once = f"e-mail {self.queued}"
            queue.enqueue(EmailAlreadyInUse(), to=person.id, once=once, now=now, deadline=now + timedelta(days=1))
        return f"<out-{self.rows()[-1].uuid}@127.0.0.1>"

    def rows(self) -> list[OutboxRow]:
        """Every e-mail, as the database has it."""
        db.session.rollback()
        found = select(OutboxRow).order_by(OutboxRow.id).execution_options(populate_existing=True)
        return list(db.session.scalars(found))

    def errors(self, ids: set[str]) -> set[str | None]:
        """What the worker found of these e-mails or, with an e-mail or without, of the whole server."""
        found = {row.last_error for row in self.rows() if _id(row) in ids}
        return found | {circuit_breaker.get().last_error}

    def wait_until_tried(self, now: datetime) -> None:
        """Wait until no e-mail is due at this moment, nor in hand."""

        def is_open(row: OutboxRow) -> bool:
            return row.state == DeliveryState.SENDING or (row.state == DeliveryState.WAITING and row.next_try_at <= now)

        until(lambda: not any(map(is_open, self.rows())), "what is due to be tried")

    def states(self) -> Counter[DeliveryState]:
        """How many e-mails are in each state."""
        return Counter(row.state for row in self.rows())


@pytest.fixture
def outbox(people: People) -> Outbox:
    return Outbox(people)


def test_every_fault_of_a_mail_server_passes_and_each_email_leaves_once(processes: Processes, outbox: Outbox) -> None:
    script, port, now = ScriptedServer(), free_port(), NOW
    processes.environment["NIGHTLIGHT_MAIL_URL"] = f"smtp://127.0.0.1:{port}"
    refusing = outbox.queue(
        now
    )  # before the worker starts, which looks at the server as soon as it has nothing to send
    worker = processes.impatient_worker()

    def minutes_pass(moment: datetime, how_many: int) -> datetime:
        """Let the worker try what is due in each: the breaker first, then what waits because it was refused itself."""
        for minute in range(1, how_many + 1):
            processes.set_clock(moment + minute * BREAKER_WAIT)
            outbox.wait_until_tried(moment + minute * BREAKER_WAIT)
        return moment + how_many * BREAKER_WAIT

    def over(said: str | tuple[str, ...], ids: set[str]) -> None:
        """The fault was met. Then it is mended and time passes, and everything has left."""
        nonlocal now
        until(lambda: not outbox.errors(ids).isdisjoint(_all(said)), f"{said} to be met")
        script.always.clear()
        script.pause = 0.0
        now = minutes_pass(now, 3)
        assert all(script.accepted[each] == 1 for each in ids), said

    until(lambda: outbox.errors(refusing) != {None}, "the refused connection to be met")
    with running(script, port=port):
        over("ConnectionRefusedError", refusing)
        for step, answer, said in (
            ("greeting", "421 Closing down", "smtp 421 at greeting"),
            ("RCPT", "421 Closing down", "smtp 421 at recipient"),
            ("RCPT", "451 Later, please", "smtp 451 at recipient"),
            ("DATA", "451 Later, please", "smtp 451 at content"),
            ("RCPT", "550 Relaying denied", "smtp 550 at recipient"),
            ("DATA", DROP, ("ConnectionResetError", "SMTPServerDisconnected")),
        ):
            script.always[step] = answer
            over(said, outbox.queue(now))
        script.pause = HANG
        over("TimeoutError", outbox.queue(now))
        assert outbox.states() == {SENT: outbox.queued}
        assert set(script.accepted.values()) == {1}

        (gone,) = outbox.queue(now, 1)
        script.to[f"p{outbox.queued}@example.org"] = "550 No such person"
        now = minutes_pass(now, 1)
        outbox.queue(now, 1)  # the server takes somebody else's, so that the refusal is this address's own
        now = minutes_pass(now, 3)
        assert outbox.states() == {SENT: outbox.queued - 1, REFUSED: 1}
        assert gone not in script.accepted

        (cut,) = outbox.queue(now, 1)
        script.next_answers["DATA"] = [DROP_WHEN_ACCEPTED]
        until(lambda: script.accepted[cut] == 1, "the e-mail to be accepted before the line is cut")
        minutes_pass(now, 3)
        worker.stop()  # before the server, so that no connection is left open
    assert script.accepted.pop(cut) == 2  # with the same Message-ID, by which mail programs show it once
    assert set(script.accepted.values()) == {1}
    assert outbox.states() == {SENT: outbox.queued - 1, REFUSED: 1}


def _all(said: str | tuple[str, ...]) -> tuple[str, ...]:
    return (said,) if isinstance(said, str) else said


def _id(row: OutboxRow) -> str:
    return f"<out-{row.uuid}@127.0.0.1>"


@pytest.mark.parametrize("moment", ["before the claim", "after the claim", "after the commit"])
def test_a_worker_killed_outside_the_conversation_loses_and_repeats_nothing(
    processes: Processes, mail_server: MailServer, outbox: Outbox, moment: str
) -> None:
    """What is killed between the server's answer and the commit is in test_worker_killed_while_sending.py."""
    processes.environment["NIGHTLIGHT_MAIL_URL"] = mail_server.url
    if moment == "before the claim":
        first = processes.worker()
        first.kill()
        ids = outbox.queue(NOW, 3)
    elif moment == "after the claim":
        ids = outbox.queue(NOW, 3)
        mail_server.withhold_at(1, before_content=True)
        first = processes.worker()
        mail_server.wait_until_withheld()
        first.kill()
        assert not mail_server.accepted
    else:
        ids = outbox.queue(NOW, 3)
        first = processes.worker()
        until(lambda: outbox.states() == {SENT: 3}, "all to be recorded")
        first.kill()
    processes.set_clock(NOW + LEASE + timedelta(seconds=1))
    second = processes.worker()
    mail_server.wait_until_accepted(3)
    second.stop()
    assert mail_server.accepted == Counter(dict.fromkeys(ids, 1))
    assert outbox.states() == {SENT: 3}


def test_a_database_that_stops_a_full_disk_and_a_clock_that_goes_back_lose_and_repeat_nothing(
    processes: Processes, mail_server: MailServer, outbox: Outbox, databases: Databases
) -> None:
    """Each comes while the server holds back its answer, so that the worker has an e-mail in hand."""
    processes.environment["NIGHTLIGHT_MAIL_URL"] = mail_server.url
    worker = processes.worker()
    mail_server.withhold_at(1)
    ids = outbox.queue(NOW, 3)
    mail_server.wait_until_withheld()
    if db.extension.engine.dialect.name == "postgresql":
        db.session.rollback()
        db.extension.engine.dispose()
        mail_server.answer()
        databases.restart_postgresql()
    else:
        with full_disk(worker):
            mail_server.answer()
            worker.wait_for(lambda said: said.get("event") == "outcome not recorded yet")
    until(lambda: outbox.states() == {SENT: 3}, "the outcomes to be recorded")

    mail_server.withhold_at(1)
    ids |= outbox.queue(NOW, 3)
    mail_server.wait_until_withheld()
    with locked_outbox():
        mail_server.answer()
        mail_server.wait_until_accepted(4)
    until(lambda: outbox.states() == {SENT: 6}, "the outcomes to be recorded after the lock")

    mail_server.withhold_at(1)
    ids |= outbox.queue(NOW, 3)
    mail_server.wait_until_withheld()
    processes.set_clock(NOW - timedelta(minutes=10))
    mail_server.answer()
    until(lambda: outbox.states()[SENT] >= 7, "the e-mail in hand to be recorded")
    processes.set_clock(NOW + timedelta(seconds=1))
    until(lambda: outbox.states() == {SENT: 9}, "the others to leave once the clock is right")
    worker.stop()
    assert mail_server.accepted == Counter(dict.fromkeys(ids, 1))


@contextmanager
def full_disk(worker: Process) -> Iterator[None]:
    """Let a worker write no file any further, as on a disk without room, for a while."""
    before = resource.prlimit(worker.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(worker.pid, resource.RLIMIT_FSIZE, (1, before[1]))
    try:
        yield
    finally:
        resource.prlimit(worker.pid, resource.RLIMIT_FSIZE, before)


@contextmanager
def locked_outbox() -> Iterator[None]:
    """Hold a lock that keeps every worker from writing the outbox."""
    db.session.rollback()
    with db.extension.engine.connect() as blocking:
        if blocking.dialect.name == "sqlite":
            blocking.execution_options(sqlite_begin="IMMEDIATE")
        blocking.begin()
        if blocking.dialect.name == "postgresql":
            blocking.execute(text("LOCK TABLE outbox IN EXCLUSIVE MODE"))
        yield
