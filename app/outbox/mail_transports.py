"""Transports that deliver a finished e-mail: SMTP, or files in development.

A transport tells two failures apart: `TransportFault`, in which no e-mail could have been sent, and `EmailRefused`, in
which the server spoke about this one.
"""

from __future__ import annotations

import os
import smtplib
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from email import policy
from email.message import EmailMessage
from ipaddress import ip_address
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol
from urllib.parse import unquote, urlsplit

from app.outbox.statuses import HARD, STATUS
from app.settings import make_private_folder

STEP_TIMEOUT = 30.0  # seconds for one answer of the server
PHASE_LIMIT = 90.0  # seconds for all before the content, and again for the content: each ends within the lease
NO_SUCH_ADDRESS = frozenset({550, 551, 553})  # replies that mean it where no status says more (RFC 5321, 4.2.3)
ABOUT_US = frozenset({421, 530, 534, 535, 538})  # replies to no e-mail: closing down, and authentication (RFC 4954)


class TransportFault(Exception):
    """No e-mail could be sent this way: no connection, no sign-in, the sender refused. `code` holds no address."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class EmailRefused(Exception):
    """The server refused this e-mail. `code` holds no address.

    `is_final` says that it refused the address for good. It is still the server's fault if it does so to everybody.
    `is_hard` says that the address takes no e-mail at all, as far as `status` (RFC 3463) or the code tell.
    """

    def __init__(self, code: str, *, is_final: bool = False, is_hard: bool = False, status: str | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.is_final = is_final
        self.is_hard = is_hard
        self.status = status


class MailTransport(Protocol):
    """A way to deliver e-mail, used as a context manager for several."""

    def __enter__(self) -> MailTransport: ...
    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...
    def send(self, email: EmailMessage, *, name: str, before_content: Callable[[], None], sender: str = "") -> None:
        """Send one e-mail; return only when it has been accepted. `name` is the same on every attempt.

        `sender` is the address to which it comes back, where that is not the one in From. `before_content` is called
        when the server is ready to take the e-mail; if it raises, nothing is sent.
        """

    def check(self) -> None:
        """Raise `TransportFault` unless e-mails could be sent now. Sends none."""


class FileTransport:
    """Writes e-mails as files, one per name, so that sending one twice leaves one file."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __enter__(self) -> FileTransport:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None

    def send(self, email: EmailMessage, *, name: str, before_content: Callable[[], None], sender: str = "") -> None:
        """Write a temporary file, then rename it, so that no reader sees half an e-mail."""
        before_content()
        temporary = self.folder / f".{name}.{os.getpid()}"
        try:
            make_private_folder(self.folder)
            temporary.write_bytes(email.as_bytes())
            temporary.replace(self.folder / f"{name}.eml")
        except OSError as error:
            raise TransportFault(type(error).__name__) from None

    def check(self) -> None:
        """Raise `TransportFault` unless the folder can be written."""
        try:
            make_private_folder(self.folder)
            if not os.access(self.folder, os.W_OK):
                raise PermissionError
        except OSError as error:
            raise TransportFault(type(error).__name__) from None


class SmtpTransport:
    """Sends e-mails by SMTP over one connection, opened with the first e-mail."""

    def __init__(self, url: str) -> None:
        self.parts = urlsplit(url)
        self._connection: smtplib.SMTP | None = None
        self._limit = _TimeLimit()

    def __enter__(self) -> SmtpTransport:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._connection is not None:
            with suppress(OSError, smtplib.SMTPException), self._limit.running():
                self._connection.quit()
        self._drop()

    def send(self, email: EmailMessage, *, name: str, before_content: Callable[[], None], sender: str = "") -> None:
        """Send one e-mail. Each of the two phases, up to the content and the content, has a limit of time."""
        try:
            with self._limit.running():
                self._announce(email, sender or addr_spec(email, "From"))
            before_content()
            with self._limit.running():
                self._hand_over(email)
        except EmailRefused:
            self._reset()
            raise
        except BaseException:
            self._drop()  # No later e-mail may meet what is left of this conversation.
            raise

    def check(self) -> None:
        """Connect and sign in, then hang up."""
        try:
            with self._limit.running(), _step("greeting"):
                self._connected().noop()
        finally:
            self._drop()

    def _announce(self, email: EmailMessage, sender: str) -> None:
        """Name the sender and the recipient."""
        is_reused = self._connection is not None
        try:
            self._name_sender(email, sender)
        except TransportFault:
            if not is_reused:
                raise
            # Servers close a connection after some time or some e-mails; nothing was sent yet, so open another.
            self._drop()
            self._name_sender(email, sender)
        with _step("recipient"):
            code, words = self._connected().rcpt(addr_spec(email, "To"))
        _accept(code, (250, 251, 252), "recipient", words=words)

    def _name_sender(self, email: EmailMessage, sender: str) -> None:
        connection = self._connected()
        options: tuple[str, ...] = ()
        if _is_international(email):
            if not connection.has_extn("smtputf8"):
                raise EmailRefused("SMTPNotSupportedError", is_final=True)
            options = ("SMTPUTF8", "BODY=8BITMIME")
        with _step("sender"):
            code, _ = connection.mail(sender, options)
        if code != 250:
            raise TransportFault(f"smtp {code} at sender")

    def _hand_over(self, email: EmailMessage) -> None:
        content = email.as_bytes(policy=policy.SMTPUTF8 if _is_international(email) else policy.SMTP)
        with _step("content"):
            try:
                code, _ = self._connected().data(content)
            except smtplib.SMTPDataError as refused:
                code = refused.smtp_code
        _accept(code, (250,), "content")

    def _connected(self) -> smtplib.SMTP:
        if self._connection is None:
            self._connection = self._open()
        return self._connection

    def _open(self) -> smtplib.SMTP:
        host, is_smtps = self.parts.hostname or "localhost", self.parts.scheme == "smtps"
        with _step("greeting"):
            if is_smtps:
                connection: smtplib.SMTP = _Smtps(self._limit, host, self.parts.port or 465)
            else:
                connection = _Smtp(self._limit, host, self.parts.port or 25)
        try:
            with _step("greeting"):
                connection.ehlo_or_helo_if_needed()
            if not is_smtps:
                self._encrypt(connection, host)
            if self.parts.username:
                with _step("sign-in"):
                    connection.login(unquote(self.parts.username), unquote(self.parts.password or ""))
        except BaseException:
            connection.close()
            raise
        return connection

    def _encrypt(self, connection: smtplib.SMTP, host: str) -> None:
        """Encrypt the connection where the server offers it. A password is sent in the clear to this machine only."""
        if connection.has_extn("starttls"):
            with _step("encryption"):
                connection.starttls(context=ssl.create_default_context())
                connection.ehlo_or_helo_if_needed()
        elif self.parts.username and not is_this_machine(host):
            raise TransportFault("NotEncrypted")

    def _reset(self) -> None:
        """Make the connection ready for the next e-mail."""
        try:
            with self._limit.running(), _step("sender"):
                if self._connection is not None:
                    self._connection.rset()
        except TransportFault:
            self._drop()

    def _drop(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


class _TimeLimit:
    """A limit for all steps of one phase together, however slowly the server answers.

    At its end the connection is cut. A process that was suspended meanwhile sends nothing more when it wakes.
    """

    def __init__(self) -> None:
        self.connection: smtplib.SMTP | None = None
        self._ends_at = 0.0

    @contextmanager
    def running(self) -> Iterator[None]:
        """Run the limit for this block; raise `TransportFault` when it ends inside."""
        self._ends_at = time.monotonic() + PHASE_LIMIT
        timer = threading.Timer(PHASE_LIMIT, self._cut)
        timer.daemon = True
        timer.start()
        try:
            yield
        except TransportFault:
            if self.is_over:
                raise TransportFault("TimeIsUp") from None
            raise
        finally:
            timer.cancel()

    @property
    def is_over(self) -> bool:
        return time.monotonic() >= self._ends_at

    def _cut(self) -> None:
        opened = self.connection.sock if self.connection is not None else None
        if opened is not None:
            with suppress(OSError):
                # The socket's own method: that of TLS would change what the other thread is reading from.
                socket.socket.shutdown(opened, socket.SHUT_RDWR)


class _Limited:
    """An SMTP connection that knows its limit of time from before it is open."""

    def __init__(self, limit: _TimeLimit, host: str, port: int) -> None:
        self._limit = limit
        limit.connection = self  # type: ignore[assignment]  # mixed into smtplib.SMTP, below
        super().__init__(host, port, timeout=STEP_TIMEOUT, **self._more())  # type: ignore[call-arg]  # as above

    def _more(self) -> dict[str, Any]:
        return {}

    def send(self, s: Any) -> None:
        """Send a command or the content, unless time is up."""
        if self._limit.is_over:
            raise TimeoutError
        super().send(s)  # type: ignore[misc]  # as above


class _Smtp(_Limited, smtplib.SMTP):
    pass


class _Smtps(_Limited, smtplib.SMTP_SSL):
    def _more(self) -> dict[str, Any]:
        return {"context": ssl.create_default_context()}


@contextmanager
def _step(name: str) -> Iterator[None]:
    """Turn every failure in this block into a `TransportFault` that names the step."""
    try:
        yield
    except smtplib.SMTPResponseException as refused:
        raise TransportFault(f"smtp {refused.smtp_code} at {name}") from None
    except (OSError, smtplib.SMTPException) as error:
        # smtplib wraps a time-out or a reset into “disconnected”.
        cause = error.__context__ if isinstance(error.__context__, OSError) else error
        raise TransportFault(type(cause).__name__) from None


def _accept(code: int, good: tuple[int, ...], step: str, *, words: bytes | None = None) -> None:
    """Raise unless the code is a good one. `words` are the answer about an address, which alone can be final."""
    if code in ABOUT_US:
        raise TransportFault(f"smtp {code} at {step}")
    if code not in good:
        found = STATUS.match(words.decode("ascii", "replace")) if words else None
        status = found[0] if found else None
        raise EmailRefused(
            f"smtp {code} at {step}",
            is_final=words is not None and code >= 500,
            is_hard=code in NO_SUCH_ADDRESS if status is None else status in HARD,
            status=status,
        )


def addr_spec(email: EmailMessage, header: str) -> str:
    """The one address in a header, without its display name."""
    address: str = email[header].addresses[0].addr_spec
    return address


def _is_international(email: EmailMessage) -> bool:
    return not (addr_spec(email, "From") + addr_spec(email, "To")).isascii()


def is_this_machine(host: str) -> bool:
    """Whether a host is the one that we run on, so that nobody can listen on the way."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def mail_transport(mail_url: str) -> MailTransport:
    """The transport that NIGHTLIGHT_MAIL_URL asks for."""
    if mail_url.startswith("file:"):
        return FileTransport(mail_folder(mail_url))
    return SmtpTransport(mail_url)


def mail_folder(mail_url: str) -> Path:
    """The folder of a `file:` mail URL."""
    return Path(mail_url.removeprefix("file:").removeprefix("//"))
