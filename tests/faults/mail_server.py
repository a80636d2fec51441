"""A real mail server on loopback that can be made to hesitate, so that a worker can be killed at a known point."""

from __future__ import annotations

import asyncio
import email
import socket
import threading
from collections import Counter

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.faults.processes import LONGEST_WAIT


class MailServer:
    """Takes letters and counts them by Message-ID. A letter counts as taken from the moment it answers "250"."""

    def __init__(self) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        self.taken: Counter[str] = Counter()
        self._offered = 0
        self._hesitate_at: int | None = None
        self._has_hesitated = threading.Event()
        self._changed = threading.Condition()
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port)

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    def start(self) -> None:
        self._controller.start()

    def stop(self) -> None:
        self._controller.stop()

    def hesitate_at(self, number: int) -> None:
        """Leave the so-manieth letter, counted from here, without an answer."""
        self._offered, self._hesitate_at = 0, number
        self._has_hesitated.clear()

    def wait_until_it_hesitates(self) -> None:
        assert self._has_hesitated.wait(LONGEST_WAIT), "the letter to hesitate at never came"

    def answer(self) -> None:
        """Take the letter that was left without an answer."""
        self._loop.call_soon_threadsafe(self._answer.set)

    def wait_until_taken(self, number: int) -> None:
        """Wait until so many different letters have been taken."""
        with self._changed:
            assert self._changed.wait_for(lambda: len(self.taken) >= number, LONGEST_WAIT), len(self.taken)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802  aiosmtpd's name
        self._offered += 1
        if self._offered == self._hesitate_at:
            # Either the sender is killed, and its hanging up ends this wait, or we are told to answer after all.
            self._loop = asyncio.get_running_loop()
            self._answer = asyncio.Event()
            self._has_hesitated.set()
            await self._answer.wait()
        assert isinstance(envelope.content, bytes)
        with self._changed:
            self.taken[email.message_from_bytes(envelope.content)["Message-ID"]] += 1
            self._changed.notify_all()
        return "250 OK"
