"""How many e-mails leave a second, and whether any is lost or sent twice while workers are killed.

    ./run bench outbox
    ./run bench outbox --database postgresql --emails 50000 --workers 4 --kill-every 5

Workers are processes as an operator starts them. The mail server is a process of its own on this machine, answers at
once, and counts e-mails by Message-ID. An e-mail whose worker was killed between the server’s answer and its own commit
is sent again with the same Message-ID: those are counted apart, and there are no more of them than kills.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import random
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from uuid import uuid4

import structlog
from sqlalchemy import delete, func, select

from app import clock, db, migrating
from app.outbox.models import DeliveryState, OutboxRow
from app.outbox.sending import LEASE
from app.people.messages import Message
from app.people.models import Person, PersonPrivate, PersonState
from app.settings import ROOT, Settings
from benchmarks.crowd import put, running
from wsgi import create_app

PEOPLE = 500
TEXT = "We are short of people on Thursday night.\n\nCould you take the early part? It is from 22:00 to 02:00."


@dataclass
class Workers:
    """Worker processes, replaced when they are killed."""

    environment: dict[str, str]
    how_many: int
    log: Path
    running: list[subprocess.Popen[bytes]] = field(default_factory=list)
    kills: int = 0

    def start(self) -> None:
        """Start what is missing."""
        while len(self.running) < self.how_many:
            with self.log.open("ab") as log:
                command = [str(Path(sys.executable).with_name("nightlight")), "worker"]
                self.running.append(subprocess.Popen(command, cwd=ROOT, env=self.environment, stdout=log, stderr=log))

    def kill_one(self) -> None:
        """Kill one at random (SIGKILL), and start another."""
        killed = self.running.pop(random.randrange(len(self.running)))
        killed.kill()
        killed.wait()
        self.kills += 1
        self.start()

    def stop(self) -> None:
        """Let them finish what they have in hand."""
        for each in self.running:
            each.terminate()
        for each in self.running:
            each.wait()


@contextmanager
def mail_server() -> Iterator[tuple[int, subprocess.Popen[str]]]:
    """A mail server in a process of its own; its port."""
    command = [sys.executable, "-m", "benchmarks.mail_server"]
    server = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert server.stdout is not None
    try:
        yield int(server.stdout.readline()), server
    finally:
        server.kill()
        server.wait()


def fill(emails: int, now: datetime) -> None:
    """Queue so many e-mails to the same people, all due now."""
    with db.writing():
        first = (db.session.scalar(select(func.max(Person.id))) or 0) + 1
        ids = range(first, first + PEOPLE)
        people = [
            {"id": each, "display_name": f"Person {each}", "name_key": f"person {each}", "state": PersonState.ACTIVE}
            for each in ids
        ]
        put(Person, [{**each, "rights_version": 1, "joined_at": now} for each in people])
        put(PersonPrivate, [{"person_id": each, "email": f"p{each}@example.org"} for each in ids])
        message = Message(by_id=first, subject="Thursday night", text=TEXT, written_at=now, once=str(uuid4()))
        db.session.add(message)
        db.session.flush()
        rows = [
            {
                "uuid": str(uuid4()),
                "kind": "message",
                "person_id": first + number % PEOPLE,
                "facts": {"message_id": message.id},
                "once": f"bench {number}",
                "enqueued_at": now,
                "deadline": now + timedelta(days=1),
                "state": DeliveryState.WAITING,
                "attempts": 0,
                "next_try_at": now,
                "fence": 0,
            }
            for number in range(emails)
        ]
        db.session.execute(delete(OutboxRow).execution_options(synchronize_session=False))
        put(OutboxRow, rows)


def left() -> int:
    """How many e-mails have not left."""
    db.session.rollback()
    open_states = (DeliveryState.WAITING, DeliveryState.SENDING)
    return db.session.scalar(select(func.count()).where(OutboxRow.state.in_(open_states))) or 0


def watch(workers: Workers, kill_every: float) -> float:
    """Seconds until nothing is left, with a worker killed every so often."""
    began = time.monotonic()
    next_kill = began + kill_every
    workers.start()
    while left():
        time.sleep(0.5)
        if kill_every and time.monotonic() > next_kill:
            workers.kill_one()
            next_kill = time.monotonic() + kill_every
    return time.monotonic() - began


def main() -> None:
    """Fill an outbox, send it, and compare what was due with what the mail server took."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--emails", type=int, default=2000)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--kill-every", type=float, default=0, help="seconds; 0 for never")
    given = parser.parse_args()
    folder = ROOT / "var" / "benchmarks" / f"outbox-{given.database}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    basis = Settings.from_environment({"NIGHTLIGHT_ENV": "test", "NIGHTLIGHT_SECRET_KEY": "b" * 48})
    with running(given.database, folder) as url, mail_server() as (port, server):
        mail_url = f"smtp://127.0.0.1:{port}"
        own = replace(basis, database_url=url, mail_url=mail_url, keys=folder / "keys", var=folder)
        app = create_app(own)
        structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
        with app.app_context():
            migrating.upgrade()
            fill(given.emails, clock.real_now())
            environment = {
                "PATH": os.environ["PATH"],
                "NIGHTLIGHT_ENV": "test",
                "NIGHTLIGHT_SECRET_KEY": own.secret_key,
                "NIGHTLIGHT_DATABASE_URL": url,
                "NIGHTLIGHT_MAIL_URL": mail_url,
                "NIGHTLIGHT_KEYS": str(own.keys),
            }
            workers = Workers(environment, given.workers, folder / "workers.log")
            seconds = watch(workers, given.kill_every)
            workers.stop()
            report(given.emails, seconds, workers, server)
            db.session.remove()
            db.extension.engine.dispose()


def report(emails: int, seconds: float, workers: Workers, server: subprocess.Popen[str]) -> None:
    """Print what was due, what the server took, how fast, and the longest that one waited."""
    accepted, _ = server.communicate()
    taken = json.loads(accepted)
    due = {f"out-{uuid}" for uuid in db.session.scalars(select(OutboxRow.uuid))}
    rows = db.session.execute(select(OutboxRow.state, func.count().label("number")).group_by(OutboxRow.state))
    states = {row.state: row.number for row in rows}
    counts = {name.strip("<>").partition("@")[0]: number for name, number in taken["accepted"].items()}
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    print(f"{emails} due, {sum(states.values())} kept: {', '.join(f'{n} {s.value}' for s, n in states.items())}")
    print(
        f"lost: {len(due - counts.keys())}; sent twice: {sum(n > 1 for n in counts.values())}; kills: {workers.kills}"
    )
    print(f"{emails / taken['seconds']:.0f} a second between the first and the last; {seconds:.0f} s in all")
    print(f"longest delay {taken['longest']:.0f} s; leases end after {LEASE / timedelta(seconds=1):.0f} s")
    print(f"processor: {used.ru_utime + used.ru_stime:.0f} s for workers and mail server")


if __name__ == "__main__":
    main()
