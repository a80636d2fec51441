"""A real mail server on loopback that can withhold an answer, so that a worker can be killed at a known point."""

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
    """Accepts e-mails and counts them by Message-ID. An e-mail is accepted once the server answers "250"."""

    def __init__(self) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        self.accepted: Counter[str] = Counter()
        self._received = 0
        self._withhold_at: int | None = None
        self._before_content = False
        self._is_withholding = threading.Event()
        self._changed = threading.Condition()
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port)

    @property
    def url(self) -> str:
        """The address for NIGHTLIGHT_MAIL_URL."""
        return f"smtp://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Listen, in a thread of this process."""
        self._controller.start()

    def stop(self) -> None:
        """Stop listening."""
        self._controller.stop()

    def withhold_at(self, number: int, *, before_content: bool = False) -> None:
        """Withhold the answer to the n-th e-mail from now on, or to its recipient, before it is handed over."""
        self._received, self._withhold_at, self._before_content = 0, number, before_content
        self._is_withholding.clear()

    def wait_until_withheld(self) -> None:
        """Wait until an answer is being withheld."""
        assert self._is_withholding.wait(LONGEST_WAIT), "the e-mail to withhold the answer to never came"

    def answer(self) -> None:
        """Accept the e-mail whose answer was withheld."""
        self._loop.call_soon_threadsafe(self._answer.set)

    def wait_until_accepted(self, number: int) -> None:
        """Wait until that many different e-mails have been accepted."""
        with self._changed:
            assert self._changed.wait_for(lambda: len(self.accepted) >= number, LONGEST_WAIT), len(self.accepted)

    async def handle_RCPT(  # noqa: N802  aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Accept a recipient, or withhold the answer."""
        self._received += 1
        if self._before_content:
            await self._withhold_in_turn()
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802  aiosmtpd's name
        """Accept one e-mail, or withhold the answer."""
        if not self._before_content:
            await self._withhold_in_turn()
        assert isinstance(envelope.content, bytes)
        with self._changed:
            self.accepted[email.message_from_bytes(envelope.content)["Message-ID"]] += 1
            self._changed.notify_all()
        return "250 OK"

    async def _withhold_in_turn(self) -> None:
        if self._received == self._withhold_at:
            # Ends when the sender is killed and its connection closes, or when the test calls `answer`.
            self._loop = asyncio.get_running_loop()
            self._answer = asyncio.Event()
            self._is_withholding.set()
            await self._answer.wait()
