"""Reading the mailbox in which e-mails of ours come back: a folder of files (Maildir) or an account (IMAP).

What is about an e-mail of ours is taken out once it is recorded, because it holds an address and words of ours. All
else, such as an answer that a person wrote, is marked as seen and left to the people who read that mailbox.
"""

from __future__ import annotations

import imaplib
import mailbox
import re
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Protocol
from urllib.parse import SplitResult, unquote, urlsplit

import structlog
from sqlalchemy import update

from app import db, settings
from app.outbox import bounced_mail, bounces
from app.outbox.mail_transports import is_this_machine
from app.outbox.models import MailCircuitBreaker

AT_ONCE = 200  # messages read in one run; the next run reads on
TIMEOUT = 30.0  # seconds for one answer of the server

log = structlog.get_logger()


class MailboxFault(Exception):
    """The mailbox could not be read; `code` holds neither an address nor the server's words."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Mailbox(Protocol):
    """A mailbox that is open for reading."""

    def unseen(self) -> Iterator[tuple[str, bytes]]:
        """The messages that nobody has seen, each with its key, at most so many and cut off at their largest size."""

    def take_out(self, key: str) -> None:
        """Delete a message."""

    def mark_seen(self, key: str) -> None:
        """Leave a message, so that it is not read again."""


class MaildirFolder:
    """A Maildir folder on this machine, as mail servers such as Postfix and Dovecot deliver into."""

    def __init__(self, folder: Path) -> None:
        if not (folder / "new").is_dir():
            raise FileNotFoundError
        self._box = mailbox.Maildir(folder, factory=None, create=False)

    def unseen(self) -> Iterator[tuple[str, bytes]]:
        """Messages of the folder that bear no S."""
        unseen = [key for key in self._box.iterkeys() if "S" not in self._box.get_message(key).get_flags()]
        for key in sorted(unseen)[:AT_ONCE]:
            with self._box.get_file(key) as file:
                yield key, file.read(bounced_mail.LARGEST)

    def take_out(self, key: str) -> None:
        """Delete the file."""
        self._box.discard(key)

    def mark_seen(self, key: str) -> None:
        """Move it to `cur` with the flag S."""
        message = self._box.get_message(key)
        message.set_subdir("cur")
        message.add_flag("S")
        self._box[key] = message


class ImapAccount:
    """One folder of an IMAP account."""

    def __init__(self, connection: imaplib.IMAP4) -> None:
        self._connection = connection

    def unseen(self) -> Iterator[tuple[str, bytes]]:
        """Messages without the flag Seen, by their UID."""
        found = self._asked("SEARCH", "UNSEEN")
        for uid in b" ".join(part for part in found if isinstance(part, bytes)).split()[:AT_ONCE]:
            answer = self._asked("FETCH", uid.decode(), f"(BODY.PEEK[]<0.{bounced_mail.LARGEST}>)")
            content = next((part[1] for part in answer if isinstance(part, tuple)), None)
            if content is not None:
                yield uid.decode(), content

    def take_out(self, key: str) -> None:
        """Flag it as deleted; what is so flagged goes when the folder is closed."""
        self._asked("STORE", key, "+FLAGS.SILENT", r"(\Deleted)")

    def mark_seen(self, key: str) -> None:
        """Flag it as seen."""
        self._asked("STORE", key, "+FLAGS.SILENT", r"(\Seen)")

    def _asked(self, command: str, *words: str) -> list[bytes | tuple[bytes, bytes] | None]:
        status, answer = self._connection.uid(command, *words)
        if status != "OK":
            raise MailboxFault(f"imap {command.lower()}")
        return answer


def read_bounces(now: datetime) -> None:
    """Read what came back since the last time, if this installation has a mailbox for it, and say whether it could."""
    url = settings.started_with().bounces_at
    if not url:
        return
    error: str | None = None
    try:
        with _open(url) as box:
            for key, content in box.unseen():
                _take_in(box, key, content, now)
    except MailboxFault as fault:
        error = fault.code
    except (OSError, imaplib.IMAP4.error, mailbox.Error) as fault:
        error = type(fault).__name__
    if error:
        log.warning("returned emails could not be read", error=error)
    with db.writing():
        values = {"bounces_error": error} if error else {"bounces_error": None, "bounces_read_at": now}
        db.session.execute(update(MailCircuitBreaker).values(values).execution_options(synchronize_session=False))


def _take_in(box: Mailbox, key: str, content: bytes, now: datetime) -> None:
    try:
        returned = bounced_mail.read(content)
    except Exception:  # One message, from anybody, must not keep all others from being read.
        log.exception("returned email could not be understood")
        returned = None
    is_ours = False
    if returned is not None:
        with db.writing():
            is_ours = bounces.record(returned.uuid, hard=returned.is_hard, status=returned.status, now=now)
    if is_ours:
        box.take_out(key)  # Only now: what is not recorded is read again.
    else:
        box.mark_seen(key)


@contextmanager
def _open(url: str) -> Iterator[Mailbox]:
    parts = urlsplit(url)
    if parts.scheme == "maildir":
        yield MaildirFolder(Path(url.removeprefix("maildir:").removeprefix("//")))
        return
    connection = _connected(parts)
    try:
        _signed_in(connection, parts)
        yield ImapAccount(connection)
        connection.close()  # which takes out what is flagged as deleted
    finally:
        with suppress(OSError, imaplib.IMAP4.error):
            connection.logout()


def _connected(parts: SplitResult) -> imaplib.IMAP4:
    host = parts.hostname or "localhost"
    if parts.scheme == "imaps":
        context = ssl.create_default_context()
        return imaplib.IMAP4_SSL(host, parts.port or 993, ssl_context=context, timeout=TIMEOUT)
    connection = imaplib.IMAP4(host, parts.port or 143, timeout=TIMEOUT)
    if "STARTTLS" in connection.capabilities:
        connection.starttls(ssl.create_default_context())
    elif not is_this_machine(host):
        connection.shutdown()
        raise MailboxFault("NotEncrypted")  # The password is not sent in the clear to another machine.
    return connection


def _signed_in(connection: imaplib.IMAP4, parts: SplitResult) -> None:
    try:
        connection.login(unquote(parts.username or ""), unquote(parts.password or ""))
    except imaplib.IMAP4.error:
        raise MailboxFault("imap sign-in") from None
    folder = re.sub(r'["\\\r\n]', "", unquote(parts.path.strip("/"))) or "INBOX"
    status, _ = connection.select(f'"{folder}"')
    if status != "OK":
        raise MailboxFault("imap folder")
