"""A real mail server on loopback that answers as it is told, step by step."""

from __future__ import annotations

import asyncio
import email
import ipaddress
import socket
import ssl
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, AnyStr

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

GOOD = "250 OK"
DROP = "drop the line"
DROP_WHEN_ACCEPTED = "accept, then drop the line before the answer"


class ScriptedServer:
    """Counts the e-mails it accepts by Message-ID, and keeps what it saw.

    `always[step]` is its answer in a step ("greeting", "MAIL", "RCPT", "DATA") from now on; `next_answers[step]` are
    the answers before that; `to[address]` is the answer to one recipient. `pause` delays each answer, in seconds.
    """

    def __init__(self) -> None:
        self.always: dict[str, str] = {}
        self.next_answers: dict[str, list[str]] = defaultdict(list)
        self.to: dict[str, str] = {}
        self.pause = 0.0
        self.is_listening = False  # aiosmtpd connects to itself when it starts
        self.accepted: Counter[str] = Counter()
        self.recipients: list[str] = []
        self.envelopes: list[Envelope] = []
        self.connections = 0
        self.tried: list[str] = []
        self.logins: list[str] = []
        self.was_encrypted: list[bool] = []

    def answer(self, step: str) -> str:
        """Return what it says in this step now."""
        self.tried.append(step)
        waiting = self.next_answers[step]
        return waiting.pop(0) if waiting else self.always.get(step, GOOD)

    async def handle_MAIL(  # noqa: N802  aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Answer to the sender."""
        answer = self.answer("MAIL")
        if answer == GOOD:
            envelope.mail_from = address
        return _say(server, answer)

    async def handle_RCPT(  # noqa: N802  aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Answer to the recipient."""
        answer = self.answer("RCPT")
        answer = self.to.get(address, answer)
        if answer == GOOD:
            envelope.rcpt_tos.append(address)
        return _say(server, answer)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802  aiosmtpd's name
        """Answer to the content."""
        answer = self.answer("DATA")
        if answer in (GOOD, DROP_WHEN_ACCEPTED):
            assert isinstance(envelope.content, bytes)
            self.accepted[email.message_from_bytes(envelope.content)["Message-ID"]] += 1
            self.recipients += envelope.rcpt_tos
            self.envelopes.append(envelope)
            self.was_encrypted.append(session.ssl is not None)
        return _say(server, answer)

    def authenticate(self, server: SMTP, session: Session, envelope: Envelope, way: str, data: Any) -> AuthResult:
        """Let in the user “nightlight” with the password “a secret/”."""
        assert isinstance(data, LoginPassword)
        self.logins.append(data.login.decode())
        fits = (data.login, data.password) == (b"nightlight", b"a secret/")
        return AuthResult(success=fits, handled=False)


def _say(server: SMTP, answer: str) -> str:
    if answer in (DROP, DROP_WHEN_ACCEPTED):
        _drop(server)
    return GOOD if answer in (DROP, DROP_WHEN_ACCEPTED) else answer


def _drop(server: SMTP) -> None:
    assert isinstance(server.transport, asyncio.Transport)
    server.transport.abort()


class _Conversation(SMTP):
    """One connection; it can be slow, and refuse in its greeting."""

    script: ScriptedServer
    is_greeted = False

    async def push(self, status: AnyStr) -> None:
        """Send one answer."""
        if not self.is_greeted and self.script.is_listening:
            self.is_greeted = True
            self.script.connections += 1
            answer = self.script.answer("greeting")
            if answer == DROP:
                _drop(self)
            elif answer != GOOD:
                await super().push(answer)
                return
        if self.script.pause:
            await asyncio.sleep(self.script.pause)
        await super().push(status)


@dataclass(frozen=True)
class RunningServer:
    """A server that listens on a port of loopback."""

    script: ScriptedServer
    port: int

    @property
    def url(self) -> str:
        """The address for NIGHTLIGHT_MAIL_URL."""
        return f"smtp://127.0.0.1:{self.port}"


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def running(
    script: ScriptedServer, *, port: int | None = None, ssl_context: ssl.SSLContext | None = None, **options: Any
) -> Iterator[RunningServer]:
    """Run a server in a thread. `ssl_context` encrypts from the first byte (smtps); `options` are aiosmtpd's."""

    class _Controller(Controller):
        def factory(self) -> SMTP:
            made = _Conversation(script, **self.SMTP_kwargs)
            made.script = script
            return made

    port = port or free_port()
    controller = _Controller(
        script,
        hostname="127.0.0.1",
        port=port,
        ssl_context=ssl_context,
        authenticator=script.authenticate,
        **options,
    )
    script.is_listening = False
    controller.start()
    script.is_listening = True
    try:
        yield RunningServer(script, port)
    finally:
        controller.stop()


def certificate(folder: Path) -> tuple[ssl.SSLContext, Path]:
    """Make a certificate for 127.0.0.1; return a server's context and the file that makes clients trust it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Mail server of a test")])
    today = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(today - timedelta(days=1))
        .not_valid_after(today + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    public, private = folder / "mail.crt", folder / "mail.key"
    public.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(public, private)
    return context, public
