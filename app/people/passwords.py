"""Passwords: hashed with argon2id, and refused when they are easy to guess."""

from __future__ import annotations

import secrets
from datetime import datetime
from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from zxcvbn import zxcvbn

from app import db, settings
from app.people.models import Password
from app.refusals import Invalid

SHORTEST = 10  # OWASP ASVS 5.0, 6.2.1 asks for 8 and advises more; strength is judged below
LONGEST = 200  # characters; zxcvbn and the hash read all of it
STRONG_ENOUGH = 3  # of 4 in zxcvbn's scale: "safely unguessable" online
DEMONSTRATION = "nightlight-demo"  # the one exception; only the demonstration sets it, never in production


@lru_cache
def _hasher() -> PasswordHasher:
    if settings.current().env == "test":
        return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    # OWASP's first choice for argon2id: 19 MiB, two passes, one lane (Password Storage Cheat Sheet, ASVS 11.4.2).
    return PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


def hashed(password: str) -> str:
    """The argon2id hash of a password. Slow on purpose: never inside a transaction."""
    return _hasher().hash(password)


def matches(password: str, stored: str | None) -> bool:
    """Whether the password is the one that was hashed. Takes as long when there is nothing stored."""
    try:
        return _hasher().verify(stored or _nobodys(), password) and stored is not None
    except (VerifyMismatchError, InvalidHashError):
        return False


def is_outdated(stored: str) -> bool:
    """Whether a hash was made with older parameters and should be made anew at the next sign-in."""
    return _hasher().check_needs_rehash(stored)


@lru_cache
def _nobodys() -> str:
    return _hasher().hash(secrets.token_urlsafe(16))


def check_strength(password: str, *, about: list[str]) -> None:
    """Refuse a password that is too short, too long or easily guessed; `about` are words close to the person."""
    if len(password) < SHORTEST:
        raise Invalid(
            f"Please use at least {SHORTEST} characters. Three or four words in a row work well.",
            field="password",
        )
    if len(password) > LONGEST:
        raise Invalid(f"Please use at most {LONGEST} characters.", field="password")
    verdict = zxcvbn(password[:72], user_inputs=[*about, "nightlight", settings.current().organisation])
    if verdict["score"] < STRONG_ENOUGH:
        raise Invalid(
            "That password would be easy to guess. Three or four unrelated words make a strong one.",
            field="password",
        )


def keep(person_id: int, new_hash: str, now: datetime) -> None:
    """Store a person's new hash in place of the old one."""
    stored = db.session.get(Password, person_id)
    if stored is None:
        db.session.add(Password(person_id=person_id, hashed=new_hash, set_at=now))
    else:
        stored.hashed, stored.set_at = new_hash, now
