"""Real processes of Nightlight, started, watched and killed by the fault tests.

They share only the database, the clock's file and the mail server with the test, as on a real host.
"""

from __future__ import annotations

import json
import os
import queue
import signal
import socket
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

LONGEST_WAIT = 180  # seconds, reached only when a process hangs
APPLICATION_NAME = "processes-of-test"  # by which PostgreSQL tells them from the test's own connections


class Processes:
    """Starts the processes of one test, all with the same database, mail server and clock."""

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
            "PGAPPNAME": APPLICATION_NAME,
        }
        self._running: list[Process] = []

    def set_clock(self, instant: datetime) -> None:
        """Hold the clock of every process at an instant. The file is replaced atomically."""
        half = self.clock_file.with_suffix(".half")
        half.write_text(instant.isoformat())
        half.replace(self.clock_file)

    def worker(self) -> Process:
        """Start a worker, as an operator does, and wait until it is ready."""
        started = self._start([str(Path(sys.executable).with_name("nightlight")), "worker"])
        started.wait_for(lambda line: line.get("event") == "worker ready")
        return started

    def impatient_worker(self) -> Process:
        """Start a worker that waits one second for an answer of the mail server and not half a minute."""
        started = self._start([sys.executable, "-m", "tests.faults.impatient_worker"])
        started.wait_for(lambda line: line.get("event") == "worker ready")
        return started

    def serve(self, port: int) -> Process:
        """Start the web server and a worker by one command, and wait until pages are served and the worker is ready."""
        self.environment["NIGHTLIGHT_PORT"] = str(port)
        started = self._start([str(Path(sys.executable).with_name("nightlight")), "serve"])
        started.wait_for(lambda line: line.get("event") == "worker ready")
        until(lambda: answers(port), "pages to be served")
        return started

    def freeze(self, process: Process) -> None:
        """Stop a process (SIGSTOP) outside a transaction.

        Otherwise nobody else could get its database locks before it continues: locks of SQLite have no time limit, and
        the one of PostgreSQL is longer than a test should wait.
        """

        def is_stopped() -> bool:
            os.kill(process.pid, signal.SIGSTOP)
            until(lambda: _state(process.pid) == "T", "the process to stop")
            if self._nobody_is_in_a_transaction():
                return True
            os.kill(process.pid, signal.SIGCONT)
            return False

        until(is_stopped, "a moment between two transactions")

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
            return connection.execute(busy, [APPLICATION_NAME]).fetchone() is None

    def actors(self, how_many: int, *words: str) -> list[Process]:
        """Start processes that will do one action of `tests/faults/actor.py`; all are ready when this returns."""
        started = [self._start([sys.executable, "-m", "tests.faults.actor", *words]) for _ in range(how_many)]
        for actor in started:
            actor.wait_for(lambda line: line.get("ready") is True)
        return started

    def _start(self, command: list[str]) -> Process:
        process = Process(command, self.environment)
        self._running.append(process)
        return process

    def end(self) -> None:
        """End all processes and print their output, which pytest shows when a test fails."""
        for process in self._running:
            process.kill()
            process.kill_children()
            process.wait_for_end_of_output()
            sys.stdout.write(process.output)


class Process:
    """One running process and its output: a JSON object a line, among other lines."""

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
        self._objects: queue.SimpleQueue[dict[str, Any] | None] = queue.SimpleQueue()
        self._lines: list[str] = []
        self._children: set[int] = set()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    @property
    def output(self) -> str:
        """Everything it has written so far."""
        return "".join(self._lines)

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._popen.pid

    def _read(self) -> None:
        assert self._popen.stdout is not None
        with self._popen.stdout as lines:
            for line in lines:
                self._lines.append(line)
                try:
                    parsed = json.loads(line)
                except ValueError:
                    continue
                if isinstance(parsed, dict):
                    self._objects.put(parsed)
        self._objects.put(None)

    def wait_for(self, wanted: Callable[[dict[str, Any]], bool], *, seconds: float = LONGEST_WAIT) -> dict[str, Any]:
        """Read its output up to the object that is wanted; fail with the whole output if the process ends first."""
        while (line := self._objects.get(timeout=seconds)) is not None:
            if wanted(line):
                return line
        raise AssertionError(f"the process ended without writing it:\n{self.output}")

    def go(self) -> None:
        """Let an actor that is ready begin."""
        assert self._popen.stdin is not None
        self._popen.stdin.write("go\n")
        self._popen.stdin.flush()

    def outcome(self, *, seconds: float = LONGEST_WAIT) -> dict[str, Any]:
        """Wait for an actor's outcomes."""
        return self.wait_for(lambda line: "outcomes" in line, seconds=seconds)

    def children(self) -> list[int]:
        """Return the ids of the processes that it has started and that are still alive."""
        listed = Path(f"/proc/{self.pid}/task").glob("*/children")
        self._children |= {int(pid) for path in listed for pid in path.read_text().split()}
        return [pid for pid in sorted(self._children) if is_alive(pid)]

    def kill(self) -> None:
        """End it at once (SIGKILL), without a chance to clean up."""
        if self._popen.poll() is None:
            self._popen.send_signal(signal.SIGKILL)
        self._close()

    def kill_children(self) -> None:
        """End the child processes it has left behind, stopped ones too."""
        for pid in self._children:
            if is_alive(pid):
                os.kill(pid, signal.SIGKILL)

    def ask_to_stop(self) -> None:
        """Ask it to finish its current work and end (SIGTERM)."""
        self._popen.send_signal(signal.SIGTERM)

    def stop(self) -> None:
        """Ask it to finish its current work and end (SIGTERM), and wait until it has."""
        self.ask_to_stop()
        self._close()

    def wait_for_end(self) -> int:
        """Wait until it has ended by itself; return its exit status."""
        self._close()
        return self._popen.returncode

    def _close(self) -> None:
        assert self._popen.stdin is not None
        self._popen.wait(timeout=LONGEST_WAIT)
        self._popen.stdin.close()

    def wait_for_end_of_output(self) -> None:
        """Wait until the process and its children have closed their output."""
        self._reader.join(timeout=LONGEST_WAIT)


def answers(port: int) -> bool:
    """Whether somebody answers on a port of loopback."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def is_alive(pid: int) -> bool:
    """Whether a process is alive; a zombie is not."""
    return _state(pid) not in (None, "Z")


def _state(pid: int) -> str | None:
    """Return the one-letter state of a process as in `ps` (T: stopped, Z: zombie), or None when it is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return None


def until(condition: Callable[[], bool], what: str) -> None:
    """Wait until a condition outside this process holds; fail when it never does."""
    pause = threading.Event()
    for _ in range(LONGEST_WAIT * 20):
        if condition():
            return
        pause.wait(0.05)
    raise AssertionError(f"waited in vain for {what}")
