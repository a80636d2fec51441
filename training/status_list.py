"""The public list of withdrawn certificates: a W3C Bitstring Status List, signed like a certificate.

It shows whether a credential is still valid without asking us about that one person.
"""

from __future__ import annotations

import base64
import gzip
import secrets
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from app.refusals import NotFound
from training import badges
from training.signing_keys import SigningKey

# W3C Bitstring Status List 1.0 asks for at least 131,072 entries, so that a position identifies nobody.
LENGTH = 131_072
# A list is used up to half full: positions are drawn at random, and a free one must be found quickly.
MOST_IN_ONE = LENGTH // 2


def draw_position(is_taken: Callable[[int], bool]) -> int:
    """A free position, drawn at random until one is free: positions in order would reveal the order of awards."""
    while is_taken(position := secrets.randbelow(LENGTH)):
        pass
    return position


def list_for(issued: int) -> int:
    """The number of the list for the next certificate, when this many were issued."""
    return 1 + issued // MOST_IN_ONE


def signed(
    number: int,
    withdrawn: Iterable[int],
    *,
    newest: int,
    public_url: str,
    organisation: str,
    key: SigningKey,
    now: datetime,
) -> str:
    """The list of this number as a signed credential, with a bit set for each withdrawn position.

    `newest` is the last number that is in use; refuses any beyond it, so that we sign nothing that we never issued.
    """
    if not 1 <= number <= newest:
        raise NotFound("There is no such list.")
    address = badges.status_list_url(public_url, number)
    claims: dict[str, Any] = {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "id": address,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": badges.issuer(public_url, organisation),
        "validFrom": now.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "credentialSubject": {
            "id": f"{address}#list",
            "type": "BitstringStatusList",
            "statusPurpose": "revocation",
            "encodedList": encoded(withdrawn),
        },
        "iss": badges.issuer_url(public_url),
        "sub": f"{address}#list",
        "jti": address,
        "nbf": int(now.timestamp()),
    }
    return badges.sign_claims(claims, public_url, key)


def encoded(positions: Iterable[int]) -> str:
    """The bits, gzipped, in multibase base64url: position 0 is the leftmost bit of the first byte."""
    bits = bytearray(LENGTH // 8)
    for position in positions:
        bits[position // 8] |= 0x80 >> (position % 8)
    return "u" + base64.urlsafe_b64encode(gzip.compress(bytes(bits), mtime=0)).rstrip(b"=").decode()
