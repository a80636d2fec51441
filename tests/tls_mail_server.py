"""A mail server on loopback as providers run them: TLS from the first byte, and only for who signs in."""

from __future__ import annotations

import ssl
import threading
from email import message_from_bytes, policy
from email.message import EmailMessage

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from tests.ports import free_port
from tests.tls import Certificate

USER, PASSWORD = "nightlight", "right"


class TlsMailServer:
    """Keeps the e-mails it accepts, the oldest first."""

    def __init__(self, certificate: Certificate) -> None:
        self.port = free_port()
        self._accepted: list[EmailMessage] = []
        self._lock = threading.Lock()
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(certificate.certificate, certificate.key)
        self._controller = Controller(
            self,
            hostname="127.0.0.1",
            port=self.port,
            ssl_context=context,
            authenticator=_sign_in,
            auth_require_tls=False,  # aiosmtpd means STARTTLS; here the whole connection is encrypted
        )

    @property
    def url(self) -> str:
        """The address for NIGHTLIGHT_MAIL_URL."""
        return f"smtps://{USER}:{PASSWORD}@127.0.0.1:{self.port}"

    @property
    def accepted(self) -> list[EmailMessage]:
        """The e-mails accepted until now."""
        with self._lock:
            return list(self._accepted)

    def start(self) -> None:
        """Listen, in a thread of this process."""
        self._controller.start()

    def stop(self) -> None:
        """Stop listening."""
        self._controller.stop()

    async def handle_MAIL(  # noqa: N802  aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take e-mails only from who has signed in."""
        if not session.authenticated:
            return "530 5.7.0 Sign in first"
        envelope.mail_from = address
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802  aiosmtpd's name
        """Accept an e-mail."""
        assert isinstance(envelope.content, bytes)
        email = message_from_bytes(envelope.content, _class=EmailMessage, policy=policy.default)
        with self._lock:
            self._accepted.append(email)
        return "250 OK"


def _sign_in(server: SMTP, session: Session, envelope: Envelope, mechanism: str, given: object) -> AuthResult:
    right = LoginPassword(USER.encode(), PASSWORD.encode())
    return AuthResult(success=given == right, handled=False)
