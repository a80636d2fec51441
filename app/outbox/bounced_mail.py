"""What an e-mail in the mailbox of returned e-mails says: which of ours came back, and whether for good.

It comes from anybody who knows the address, so nothing in its text is trusted. It is tied to an e-mail of ours by that
e-mail's uuid alone, which nobody but its reader and the mail servers between can know.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message

from flufl.bounce import all_failures

from app.outbox.marks import uuid_in, uuid_of_message
from app.outbox.statuses import HARD, STATUS

LARGEST = 256 * 1024  # bytes that are looked at; what a server says comes first, the e-mail that it returns after it
SENT_TO = ("Delivered-To", "X-Original-To", "Envelope-To", "To")
NAMES_OURS = ("Message-ID", "In-Reply-To", "References", "X-Failed-Message-ID")


@dataclass(frozen=True)
class Returned:
    """One e-mail of ours that came back."""

    uuid: str
    is_hard: bool
    status: str | None


def read(content: bytes) -> Returned | None:
    """What a message says; None for one that is about none of ours, or says of none that it failed for good.

    That a delivery takes longer than usual is no failure; nor is an answer that somebody’s program gave by itself.
    """
    message = message_from_bytes(content[:LARGEST])
    uuid = _uuid(message)
    if uuid is None:
        return None
    reports = [part for part in message.walk() if part.get_content_type() == "message/delivery-status"]
    if reports:
        return _reported(uuid, reports)
    soft, hard = all_failures(message)
    if not soft and not hard:
        return None
    return Returned(uuid, is_hard=bool(hard), status=None)


def _reported(uuid: str, reports: list[Message]) -> Returned | None:
    """What the blocks about recipients say (RFC 3464)."""
    failed = [
        block
        for report in reports
        for block in _blocks(report)
        if str(block.get("Action", "")).strip().lower() == "failed"
    ]
    if not failed:
        return None
    found = STATUS.search(str(failed[0].get("Status", "")))
    status = found[0] if found else None
    return Returned(uuid, is_hard=status is None or status in HARD, status=status)


def _blocks(report: Message) -> Iterator[Message]:
    blocks = report.get_payload()
    if isinstance(blocks, list):
        yield from (block for block in blocks if isinstance(block, Message))


def _uuid(message: Message) -> str | None:
    """The uuid in the address that it was sent to, else in the Message-ID of the e-mail that it returns."""
    addresses = [str(value) for name in SENT_TO for value in message.get_all(name, [])]
    of_address = next((found for each in addresses if (found := uuid_in(each))), None)
    if of_address:
        return of_address
    for part in (message, *_returned(message)):
        for name in NAMES_OURS:
            found = uuid_of_message(str(part.get(name, "")))
            if found:
                return found
    return None


def _returned(message: Message) -> Iterator[Message]:
    """The headers of the e-mails that it returns, whole or as headers alone."""
    for part in message.walk():
        kind = part.get_content_type()
        if kind == "message/rfc822" and isinstance(inside := part.get_payload(), list):
            yield from (each for each in inside if isinstance(each, Message))
        elif kind == "text/rfc822-headers" and isinstance(text := part.get_payload(decode=True), bytes):
            yield message_from_bytes(text)
