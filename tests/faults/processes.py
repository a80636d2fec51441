"""Real processes of Nightlight, started, watched and killed by the fault tests.

They share nothing with the test but the database, the clock's file and the mail server, as on a real host.
"""

from __future__ import annotations

import json
import os
import queue
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import make_url

from app.settings import ROOT, Settings

LONGEST_WAIT = 60  # seconds; only a process that hangs is ever waited for so long
CALLED = "house"  # what PostgreSQL knows its processes by, apart from the test's own connections


class House:
    """What every process of one test is told: the same database, mail server and time."""

    def __init__(self, settings: Settings, folder: Path) -> None:
        self.clock_file = folder / "clock"
        self.environment = {
            "PATH": os.environ["PATH"],
            "NIGHTLIGHT_ENV": "test",
            "NIGHTLIGHT_SECRET_KEY": settings.secret_key,
            "NIGHTLIGHT_DATABASE_URL": settings.database_url,
            "NIGHTLIGHT_MAIL_URL": settings.mail_url,
            "NIGHTLIGHT_PUBLIC_URL": settings.public_url,
            "NIGHTLIGHT_KEYS": str(settings.keys),
            "NIGHTLIGHT_CLOCK_FILE": str(self.clock_file),
            "PGAPPNAME": CALLED,
        }
        self._running: list[Process] = []

    def set_clock(self, instant: datetime) -> None:
        """Hold the clock of every process at an instant; the file is swapped whole, never half-written."""
        half = self.clock_file.with_suffix(".half")
        half.write_text(instant.isoformat())
        half.replace(self.clock_file)

    def worker(self) -> Process:
        """Start a worker, as an operator does, and wait until it turns."""
        started = self._start([str(Path(sys.executable).with_name("nightlight")), "worker"])
        started.wait_for(lambda said: said.get("event") == "worker ready")
        return started

    def freeze(self, process: Process) -> None:
        """Stop a process where it stands, but not in the middle of a transaction.

        What it holds in the database there, nobody else could have before it wakes: SQLite knows no deadline for a
        lock, and on PostgreSQL the deadline is longer than a test should wait.
        """

        def stands_still() -> bool:
            os.kill(process.pid, signal.SIGSTOP)
            until(lambda: _state(process.pid) == "T", "the process to stand still")
            if self._nobody_is_in_a_transaction():
                return True
            os.kill(process.pid, signal.SIGCONT)
            return False

        until(stands_still, "a moment between two transactions")

    def _nobody_is_in_a_transaction(self) -> bool:
        url = make_url(self.environment["NIGHTLIGHT_DATABASE_URL"])
        if url.get_backend_name() == "sqlite":
            with closing(sqlite3.connect(str(url.database), timeout=0)) as connection:
                try:
                    connection.execute("BEGIN EXCLUSIVE")
                except sqlite3.OperationalError:
                    return False
                return True
        busy = (
            "select 1 from pg_stat_activity "
            "where datname = current_database() and application_name = %s and state <> 'idle'"
        )
        with psycopg.connect(url.set(drivername="postgresql").render_as_string(hide_password=False)) as connection:
            return connection.execute(busy, [CALLED]).fetchone() is None

    def actors(self, how_many: int, *words: str) -> list[Process]:
        """Start processes that will do one thing of `tests/faults/actor.py`; all stand ready when this returns."""
        started = [self._start([sys.executable, "-m", "tests.faults.actor", *words]) for _ in range(how_many)]
        for actor in started:
            actor.wait_for(lambda said: said.get("ready") is True)
        return started

    def _start(self, command: list[str]) -> Process:
        process = Process(command, self.environment)
        self._running.append(process)
        return process

    def end(self) -> None:
        """Leave nothing running. What each process said is printed, for whoever reads why a test failed."""
        for process in self._running:
            process.kill()
            process.kill_children()
            process.hear_the_end()
            sys.stdout.write(process.all_it_said)


class Process:
    """One running process, and what it has said: a JSON object a line."""

    def __init__(self, command: list[str], environment: dict[str, str]) -> None:
        self._popen = subprocess.Popen(
            command,
            cwd=ROOT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._said: queue.SimpleQueue[dict[str, Any] | None] = queue.SimpleQueue()
        self._heard: list[str] = []
        self._children: set[int] = set()
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()

    @property
    def all_it_said(self) -> str:
        return "".join(self._heard)

    @property
    def pid(self) -> int:
        return self._popen.pid

    def _listen(self) -> None:
        assert self._popen.stdout is not None
        with self._popen.stdout as lines:
            for line in lines:
                self._heard.append(line)
                try:
                    said = json.loads(line)
                except ValueError:
                    continue
                if isinstance(said, dict):
                    self._said.put(said)
        self._said.put(None)

    def wait_for(self, wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """Read on until the process says what is wanted; fail with all it said if it ends first."""
        while (said := self._said.get(timeout=LONGEST_WAIT)) is not None:
            if wanted(said):
                return said
        raise AssertionError(f"the process ended without saying it:\n{self.all_it_said}")

    def go(self) -> None:
        """Let an actor that stands ready begin."""
        assert self._popen.stdin is not None
        self._popen.stdin.write("go\n")
        self._popen.stdin.flush()

    def outcome(self) -> dict[str, Any]:
        """What an actor says came of it."""
        return self.wait_for(lambda said: "outcomes" in said)

    def children(self) -> list[int]:
        """The processes this one has started and that still live."""
        listed = Path(f"/proc/{self.pid}/task").glob("*/children")
        self._children |= {int(pid) for path in listed for pid in path.read_text().split()}
        return [pid for pid in sorted(self._children) if lives(pid)]

    def kill(self) -> None:
        """End it at once, with no chance to tidy up."""
        if self._popen.poll() is None:
            self._popen.send_signal(signal.SIGKILL)
        self._close()

    def kill_children(self) -> None:
        """End what it has left behind, even what was frozen."""
        for pid in self._children:
            if lives(pid):
                os.kill(pid, signal.SIGKILL)

    def stop(self) -> None:
        """Ask it to finish what it has in hand and end."""
        self._popen.send_signal(signal.SIGTERM)
        self._close()

    def _close(self) -> None:
        assert self._popen.stdin is not None
        self._popen.wait(timeout=LONGEST_WAIT)
        self._popen.stdin.close()

    def hear_the_end(self) -> None:
        """Wait until nobody, no child of it either, can say anything more."""
        self._listener.join(timeout=LONGEST_WAIT)


def lives(pid: int) -> bool:
    """Whether a process is there and not just a dead one that nobody has buried."""
    return _state(pid) not in (None, "Z")


def _state(pid: int) -> str | None:
    """The letter by which the system calls what a process is doing, or None when it is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return None


def until(condition: Callable[[], bool], what: str) -> None:
    """Look again and again until something outside this process has come about; fail when it never does."""
    pause = threading.Event()
    for _ in range(LONGEST_WAIT * 20):
        if condition():
            return
        pause.wait(0.05)
    raise AssertionError(f"never came about: {what}")
