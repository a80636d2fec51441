"""How a finished letter leaves: by SMTP, or as a file."""

from __future__ import annotations

import os
import smtplib
import ssl
from email.message import EmailMessage
from pathlib import Path
from types import TracebackType
from typing import Protocol
from urllib.parse import unquote, urlsplit

SMTP_TIMEOUT = 20  # seconds; well under the lease, so that a hung server cannot make two workers send one letter


class TryAgain(Exception):
    """The letter did not leave, but may later. `code` says why, without anybody's address."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class NeverWill(Exception):
    """The letter will not be taken, however often it is tried. `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Carrier(Protocol):
    """Something that carries letters away, used as a context manager for a batch."""

    def __enter__(self) -> Carrier: ...
    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...
    def carry(self, letter: EmailMessage, *, name: str) -> None:
        """Hand one letter over; return only when it is safely away. `name` is the same on every try."""


class Files:
    """Letters as files, each written whole under its own name: carrying one twice leaves one."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __enter__(self) -> Files:
        self.folder.mkdir(parents=True, exist_ok=True)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None

    def carry(self, letter: EmailMessage, *, name: str) -> None:
        """Write the letter beside its final name, then move it there."""
        half = self.folder / f".{name}.{os.getpid()}"
        half.write_bytes(letter.as_bytes())
        half.replace(self.folder / f"{name}.eml")


class Smtp:
    """Letters by SMTP; one connection for a batch, opened with the first letter."""

    def __init__(self, url: str) -> None:
        self.parts = urlsplit(url)
        self.connection: smtplib.SMTP | None = None

    def __enter__(self) -> Smtp:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._hang_up()

    def carry(self, letter: EmailMessage, *, name: str) -> None:
        """Send one letter; 5xx means never, anything else that goes wrong means later."""
        try:
            if self.connection is None:
                self.connection = self._open()
            self.connection.send_message(letter)
        except smtplib.SMTPRecipientsRefused as refused:
            self._hang_up()
            code = next(iter(refused.recipients.values()))[0]
            raise (NeverWill if code >= 500 else TryAgain)(f"smtp {code}") from None
        except smtplib.SMTPResponseException as refused:
            self._hang_up()
            # A sign-in refused by the server is our fault, not the letter's: mending the settings will let it pass.
            final = refused.smtp_code >= 500 and not isinstance(refused, smtplib.SMTPAuthenticationError)
            raise (NeverWill if final else TryAgain)(f"smtp {refused.smtp_code}") from None
        except (OSError, smtplib.SMTPException) as error:
            self._hang_up()
            raise TryAgain(type(error).__name__) from None

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

    def _hang_up(self) -> None:
        if self.connection is not None:
            try:
                self.connection.quit()
            except (OSError, smtplib.SMTPException):
                self.connection.close()
            self.connection = None


def carrier(mail_url: str) -> Carrier:
    """The carrier that NIGHTLIGHT_MAIL_URL names."""
    if mail_url.startswith("file:"):
        return Files(Path(mail_url.removeprefix("file:").removeprefix("//")))
    return Smtp(mail_url)
