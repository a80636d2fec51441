"""A whole Nightlight in processes of its own, as an operator runs it: pages, worker, letters in files.

Its clock is held by a file, so that a story can cross days; nothing else about it is special.
"""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import TypeVar
from urllib.error import URLError
from urllib.request import urlopen

from app.settings import ROOT

PATIENCE = 60.0  # seconds until something that must happen is given up; a slow machine needs them, a quick one not
T = TypeVar("T")


class House:
    """Nightlight, served from a folder of its own."""

    def __init__(self, folder: Path, database_url: str, *, now: datetime) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.address = f"http://127.0.0.1:{port}"
        self.mail = folder / "mail"
        self._clock = folder / "clock"
        self._log = folder / "log"
        self.set_clock(now)
        self._environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("NIGHTLIGHT_")},
            "NIGHTLIGHT_ENV": "test",
            "NIGHTLIGHT_DATABASE_URL": database_url,
            "NIGHTLIGHT_MAIL_URL": f"file:{self.mail}",
            "NIGHTLIGHT_KEYS": str(folder / "keys"),
            "NIGHTLIGHT_SECRET_KEY": "a-secret-that-is-long-enough-for-a-test",
            "NIGHTLIGHT_PORT": str(port),
            "NIGHTLIGHT_CLOCK_FILE": str(self._clock),
        }
        self._served: subprocess.Popen[bytes] | None = None

    def set_clock(self, instant: datetime) -> None:
        """Move the clock of every process of this house."""
        fresh = self._clock.with_suffix(".new")
        fresh.write_text(instant.isoformat())
        fresh.replace(self._clock)  # never half-written, however many read it

    def command(self, *words: str) -> str:
        """Run a `nightlight` command as an operator would; fails when the command does."""
        done = subprocess.run(
            [str(Path(sys.executable).with_name("nightlight")), *words],
            cwd=ROOT,
            env=self._environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"nightlight {' '.join(words)}: {done.stderr}"
        return done.stdout

    def open(self) -> None:
        """Serve, and wait until the pages and the worker are there."""
        with self._log.open("wb") as log:
            self._served = subprocess.Popen(
                [str(Path(sys.executable).with_name("nightlight")), "serve"],
                cwd=ROOT,
                env=self._environment,
                stdout=log,
                stderr=log,
            )
        eventually(self._is_ready, "the house to open")

    def close(self) -> None:
        """Stop serving, as an operator does."""
        if self._served is not None:
            self._served.send_signal(signal.SIGTERM)
            self._served.wait(timeout=PATIENCE)

    def letter(self, to: str, about: str) -> EmailMessage:
        """Wait for the newest letter to an address whose subject holds some words."""

        def find() -> EmailMessage | None:
            files = sorted(self.mail.glob("*.eml"), key=lambda path: path.stat().st_mtime_ns, reverse=True)
            for file in files:
                letter = message_from_bytes(file.read_bytes(), _class=EmailMessage, policy=policy.default)
                if to in letter["To"] and about.lower() in letter["Subject"].lower():
                    return letter
            return None

        return eventually(find, f"a letter to {to} about “{about}”")

    def complaints(self) -> list[str]:
        """What the log holds that nobody should overlook."""
        lines = self._log.read_text().splitlines()
        return [line for line in lines if '"level": "error"' in line or "Traceback" in line]

    def _is_ready(self) -> bool | None:
        try:
            with urlopen(f"{self.address}/health/ready", timeout=5) as answer:  # noqa: S310  our own loopback address
                return bool(answer.status == 200) or None
        except (URLError, ConnectionError, TimeoutError):
            return None


def words_of(letter: EmailMessage) -> str:
    """The plain text of a letter."""
    body = letter.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def link_in(letter: EmailMessage, path: str) -> str:
    """The address in a letter that leads to a page whose path begins so."""
    found = re.search(rf"https?://[^\s/]+({re.escape(path)}\S*)", words_of(letter))
    assert found, f"no link to {path} in {words_of(letter)}"
    return found[1]


def eventually(look: Callable[[], T | None], what: str) -> T:
    """Look again and again until there is something; give up, naming it, when patience ends."""
    deadline = time.monotonic() + PATIENCE
    pause = threading.Event()
    while time.monotonic() < deadline:
        if (found := look()) is not None:
            return found
        pause.wait(0.1)
    raise AssertionError(f"waited {PATIENCE:.0f} seconds in vain for {what}")
