"""Marks of addresses, which tell whether two are the same and nothing else; and how an e-mail that returns is known."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from uuid import UUID

from app import settings


def mark_of(address: str) -> str:
    """The mark of an address as it is kept or as mail servers read it. Nobody without our secret key finds it again."""
    key = settings.started_with().secret_key.encode()
    digest = hmac.new(key, f"address {address.lower()}".encode(), hashlib.sha256).digest()
    return base64.b32encode(digest[:15]).decode().lower()


def return_address(uuid: str) -> str:
    """The envelope sender of an e-mail: an address of its own, to which it comes back; empty for the one in From.

    The uuid of the row is in it. Nobody can guess one, so what comes back there is tied to its e-mail by it alone.
    """
    chosen = settings.started_with().bounce_address
    name, _, domain = chosen.partition("@")
    return f"{name}+{UUID(uuid).hex}@{domain}" if chosen else ""


def uuid_in(address: str) -> str | None:
    """The uuid in an address that `return_address` made, in an address line or among other text; None without one."""
    name, _, domain = settings.started_with().bounce_address.partition("@")
    found = re.search(rf"{re.escape(name)}\+([0-9a-f]{{32}})@{re.escape(domain)}", address, re.IGNORECASE)
    return str(UUID(found[1])) if name and found else None


def uuid_of_message(message_id: str) -> str | None:
    """The uuid in a Message-ID of ours, or among several; None without one."""
    found = re.search(r"<out-([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})@", message_id)
    return found[1] if found else None
