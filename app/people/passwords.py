"""Passwords: argon2id hashing, and refusal of those that are easy to guess."""

from __future__ import annotations

import secrets
import unicodedata
from datetime import datetime
from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from zxcvbn import zxcvbn

from app import db, settings
from app.people.models import Password
from app.refusals import Invalid

MIN_LENGTH = 10  # characters; OWASP ASVS 5.0, 6.2.1 asks for 8 and advises more; strength is judged below
MAX_LENGTH = 200  # characters; zxcvbn and the hash read all of it
MIN_SCORE = 3  # of 4 on zxcvbn's scale: "safely unguessable" online
DEMONSTRATION = "nightlight-demo"  # the one exception; only the demonstration sets it, never in production


class WrongPassword(Invalid):
    """Somebody who is signed in was asked for their password again, and gave another."""

    security_event = "password-refused"

    def __init__(self) -> None:
        super().__init__("That is not the password you have now.", field="current")


@lru_cache
def _hasher() -> PasswordHasher:
    if settings.current().env == "test":
        return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    # OWASP's first choice for argon2id: 19 MiB, two passes, one lane (Password Storage Cheat Sheet, ASVS 11.4.2).
    return PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


def hashed(password: str) -> str:
    """The argon2id hash of a password. Slow by design: never call it inside a transaction."""
    return _hasher().hash(_normalized(password))


def _normalized(password: str) -> str:
    """The password in Unicode form NFKC, so that two keyboards which write “é” differently type the same one.

    NIST SP 800-63B-4, 3.1.1.2: normalize before hashing, by NFKC or NFKD. Blanks are kept as they were typed.
    """
    return unicodedata.normalize("NFKC", password)


def matches(password: str, stored: str | None) -> bool:
    """Whether the password matches the stored hash. Takes the same time when none is stored, against timing attacks."""
    try:
        return _hasher().verify(stored or _dummy_hash(), _normalized(password)) and stored is not None
    except (VerifyMismatchError, InvalidHashError):
        return False


def is_outdated(stored: str) -> bool:
    """Whether a hash was made with older parameters and should be replaced at the next sign-in."""
    return _hasher().check_needs_rehash(stored)


@lru_cache
def _dummy_hash() -> str:
    return _hasher().hash(secrets.token_urlsafe(16))


def check_strength(password: str, *, about: list[str]) -> None:
    """Refuse a password that is too short, too long or easily guessed; `about` is the person's name and address."""
    password = _normalized(password)
    if len(password) < MIN_LENGTH:
        raise Invalid(
            f"Please use at least {MIN_LENGTH} characters. Three or four words in a row work well.",
            field="password",
        )
    if len(password) > MAX_LENGTH:
        raise Invalid(f"Please use at most {MAX_LENGTH} characters.", field="password")
    estimate = zxcvbn(password[:72], user_inputs=[*about, "nightlight", settings.current().organisation])
    if estimate["score"] < MIN_SCORE:
        raise Invalid(
            "That password would be easy to guess. Three or four unrelated words make a strong one.",
            field="password",
        )


def store(person_id: int, new_hash: str, now: datetime) -> None:
    """Store a person's new hash in place of the old one."""
    stored = db.session.get(Password, person_id)
    if stored is None:
        db.session.add(Password(person_id=person_id, hashed=new_hash, set_at=now))
    else:
        stored.hashed, stored.set_at = new_hash, now
