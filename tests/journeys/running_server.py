"""Nightlight in processes of its own, as an operator runs it: web server, worker, and e-mails as files.

A file holds its clock, so that a journey can cross days; everything else is as in production.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import TypeVar
from urllib.error import URLError
from urllib.request import urlopen

from app.settings import ROOT
from tests.ports import free_port

CLOCK_OF_PRODUCTION = "CLOCK_OF_THE_JOURNEY"  # the variable that names the clock's file for `production_clock`
LONGEST_WAIT = 120.0  # seconds, for slow machines
T = TypeVar("T")


class RunningServer:
    """Nightlight with a folder of its own, served on a free port."""

    def __init__(self, folder: Path, database_url: str, *, now: datetime) -> None:
        port = free_port()
        self.address = f"http://127.0.0.1:{port}"
        self.mail = folder / "mail"
        self._clock = folder / "clock"
        self._log = folder / "log"
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("NIGHTLIGHT_")},
            "NIGHTLIGHT_ENV": "test",
            "NIGHTLIGHT_DATABASE_URL": database_url,
            "NIGHTLIGHT_MAIL_URL": f"file:{self.mail}",
            "NIGHTLIGHT_KEYS": str(folder / "keys"),
            "NIGHTLIGHT_SECRET_KEY": "a-secret-that-is-long-enough-for-a-test",
            "NIGHTLIGHT_PORT": str(port),
            "NIGHTLIGHT_CLOCK_FILE": str(self._clock),
        }
        self.program = [str(Path(sys.executable).with_name("nightlight"))]
        self._served: subprocess.Popen[bytes] | None = None
        self.set_clock(now)

    def set_clock(self, instant: datetime) -> None:
        """Hold the clock of every process of this server at an instant."""
        new = self._clock.with_suffix(".new")
        new.write_text(instant.isoformat())
        new.replace(self._clock)  # atomically, because other processes read it

    def command(self, *words: str) -> str:
        """Run a `nightlight` command and return its output; fails when the command does."""
        done = subprocess.run(
            [*self.program, *words],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"nightlight {' '.join(words)}: {done.stderr}"
        return done.stdout

    def start(self) -> None:
        """Start the server and wait until it is ready."""
        with self._log.open("wb") as log:
            self._served = subprocess.Popen(
                [*self.program, "serve"],
                cwd=ROOT,
                env=self.environment,
                stdout=log,
                stderr=log,
            )
        eventually(self._is_ready, "the server to be ready")

    def stop(self) -> None:
        """Stop the server, as an operator does."""
        if self._served is not None:
            self._served.send_signal(signal.SIGTERM)
            self._served.wait(timeout=LONGEST_WAIT)

    def email(self, to: str, about: str) -> EmailMessage:
        """Wait for the newest e-mail to an address with these words in its subject."""

        def find() -> EmailMessage | None:
            wanted = (email for email in self.sent() if to in email["To"] and about.lower() in email["Subject"].lower())
            return next(wanted, None)

        return eventually(find, f"an e-mail to {to} about “{about}”")

    def sent(self) -> Iterator[EmailMessage]:
        """Every e-mail sent until now, the newest first."""
        for file in sorted(self.mail.glob("*.eml"), key=lambda path: path.stat().st_mtime_ns, reverse=True):
            yield message_from_bytes(file.read_bytes(), _class=EmailMessage, policy=policy.default)

    def logged_errors(self) -> list[str]:
        """Return the errors and tracebacks in the log."""
        lines = self._log.read_text().splitlines()
        return [line for line in lines if '"level": "error"' in line or "Traceback" in line]

    def _is_ready(self) -> bool | None:
        try:
            with urlopen(f"{self.address}/health/ready", timeout=5) as answer:  # noqa: S310  our own loopback address
                return bool(answer.status == 200) or None
        except (URLError, ConnectionError, TimeoutError):
            return None


def text_of(email: EmailMessage) -> str:
    """Return the plain text of an e-mail."""
    body = email.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def link_in(email: EmailMessage, path: str) -> str:
    """Return the path of the first link in an e-mail that begins with `path`."""
    match = re.search(rf"https?://[^\s/]+({re.escape(path)}\S*)", text_of(email))
    assert match, f"no link to {path} in {text_of(email)}"
    return match[1]


def eventually(look: Callable[[], T | None], what: str) -> T:
    """Call `look` until it returns a value; fail after LONGEST_WAIT seconds, naming what was waited for."""
    deadline = time.monotonic() + LONGEST_WAIT
    pause = threading.Event()
    while time.monotonic() < deadline:
        if (value := look()) is not None:
            return value
        pause.wait(0.1)
    raise AssertionError(f"waited {LONGEST_WAIT:.0f} seconds in vain for {what}")
