"""Transports that deliver a finished e-mail: SMTP, or files in development."""

from __future__ import annotations

import os
import smtplib
import ssl
from email.message import EmailMessage
from pathlib import Path
from types import TracebackType
from typing import Protocol
from urllib.parse import unquote, urlsplit

SMTP_TIMEOUT = 20  # seconds; well under the lease, so that a hung server cannot make two workers send one e-mail


class TemporaryFailure(Exception):
    """The e-mail was not sent, but a retry may succeed. `code` says why, without any address."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class PermanentFailure(Exception):
    """The e-mail was rejected for good. `code` says why, without any address."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class MailTransport(Protocol):
    """A way to deliver e-mail, used as a context manager for one batch."""

    def __enter__(self) -> MailTransport: ...
    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...
    def send(self, email: EmailMessage, *, name: str) -> None:
        """Send one e-mail; return only when it has been accepted. `name` is the same on every attempt."""


class FileTransport:
    """Writes e-mails as files, one per name, so that sending one twice leaves one file."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __enter__(self) -> FileTransport:
        self.folder.mkdir(parents=True, exist_ok=True)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None

    def send(self, email: EmailMessage, *, name: str) -> None:
        """Write a temporary file, then rename it, so that no reader sees half an e-mail."""
        temporary = self.folder / f".{name}.{os.getpid()}"
        temporary.write_bytes(email.as_bytes())
        temporary.replace(self.folder / f"{name}.eml")


class SmtpTransport:
    """Sends e-mails by SMTP over one connection for a batch, opened with the first e-mail."""

    def __init__(self, url: str) -> None:
        self.parts = urlsplit(url)
        self.connection: smtplib.SMTP | None = None

    def __enter__(self) -> SmtpTransport:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._disconnect()

    def send(self, email: EmailMessage, *, name: str) -> None:
        """Send one e-mail; a 5xx reply is a permanent failure, any other error a temporary one."""
        try:
            if self.connection is None:
                self.connection = self._open()
            self.connection.send_message(email)
        except smtplib.SMTPRecipientsRefused as refused:
            self._disconnect()
            code = next(iter(refused.recipients.values()))[0]
            raise (PermanentFailure if code >= 500 else TemporaryFailure)(f"smtp {code}") from None
        except smtplib.SMTPResponseException as refused:
            self._disconnect()
            # A refused sign-in is a fault of our settings, not of the e-mail: it will pass once they are corrected.
            final = refused.smtp_code >= 500 and not isinstance(refused, smtplib.SMTPAuthenticationError)
            raise (PermanentFailure if final else TemporaryFailure)(f"smtp {refused.smtp_code}") from None
        except (OSError, smtplib.SMTPException) as error:
            self._disconnect()
            raise TemporaryFailure(type(error).__name__) from None

    def _open(self) -> smtplib.SMTP:
        host, secure = self.parts.hostname or "localhost", self.parts.scheme == "smtps"
        if secure:
            connection: smtplib.SMTP = smtplib.SMTP_SSL(
                host, self.parts.port or 465, timeout=SMTP_TIMEOUT, context=ssl.create_default_context()
            )
        else:
            connection = smtplib.SMTP(host, self.parts.port or 25, timeout=SMTP_TIMEOUT)
            connection.ehlo()
            if connection.has_extn("starttls"):
                connection.starttls(context=ssl.create_default_context())
        if self.parts.username:
            connection.login(unquote(self.parts.username), unquote(self.parts.password or ""))
        return connection

    def _disconnect(self) -> None:
        if self.connection is not None:
            try:
                self.connection.quit()
            except (OSError, smtplib.SMTPException):
                self.connection.close()
            self.connection = None


def mail_transport(mail_url: str) -> MailTransport:
    """The transport that NIGHTLIGHT_MAIL_URL asks for."""
    if mail_url.startswith("file:"):
        return FileTransport(mail_folder(mail_url))
    return SmtpTransport(mail_url)


def mail_folder(mail_url: str) -> Path:
    """The folder of a `file:` mail URL."""
    return Path(mail_url.removeprefix("file:").removeprefix("//"))
