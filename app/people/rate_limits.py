"""Rate limits against guessing, with counts in the database so that all processes share them."""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock

from sqlalchemy import delete, func, select

from app import db
from app.people.models import Attempts
from app.refusals import TooManyAttempts

KEEP = timedelta(days=1)


@dataclass(frozen=True)
class RateLimit:
    """At most `most` attempts in one fixed window of time."""

    name: str
    most: int
    window: timedelta

    def window_start(self, now: datetime) -> datetime:
        """The start of the window that `now` is in."""
        seconds = int(self.window.total_seconds())
        return now.fromtimestamp(now.timestamp() // seconds * seconds, tz=now.tzinfo)


SIGN_IN_PER_ACCOUNT_AND_IP = RateLimit("sign-in from one place", 10, timedelta(minutes=15))
SIGN_IN_PER_ACCOUNT = RateLimit("sign-in to one account", 50, timedelta(minutes=15))
SIGN_IN_PER_IP = RateLimit("sign-ins from one place", 100, timedelta(minutes=15))
RESET_PER_ACCOUNT = RateLimit("reset of one account", 5, timedelta(hours=1))
RESET_PER_IP = RateLimit("resets from one place", 30, timedelta(hours=1))
LINK_PER_IP = RateLimit("one-time links from one place", 60, timedelta(minutes=15))
EMAIL_CHANGE_PER_ACCOUNT = RateLimit("moves of one account", 5, timedelta(hours=1))
EMAIL_CHANGE_PER_TARGET = RateLimit("moves to one address", 3, timedelta(hours=1))
PASSWORD_CONFIRMATION = RateLimit("password asked for again", 10, timedelta(minutes=15))
FEED = RateLimit("readings of one calendar", 60, timedelta(minutes=15))  # programs ask every few minutes at most
WRITTEN_MESSAGES = RateLimit("e-mails that one person writes to others", 200, timedelta(days=1))
WRITTEN_QUESTIONS = RateLimit("messages that one person writes to those who can help", 30, timedelta(days=1))
UPLOADS = RateLimit("files that one person sends", 30, timedelta(hours=1))  # each takes a process for seconds
VERIFY_PER_IP = RateLimit("verifications from one place", 120, timedelta(minutes=15))


def count(limit: RateLimit, key: str, *, now: datetime, tries: int = 1) -> None:
    """Count one attempt, or several, for `key` (an IP address, an account), in this transaction.

    The count must outlive a failure of what follows, so call it in a `db.writing()` of its own and check afterwards,
    as `enforce` does.
    """
    values = {"key": _hashed(limit, key), "window_starts_at": limit.window_start(now), "count": tries}
    db.upsert(Attempts, values, key=("key", "window_starts_at"), update={"count": Attempts.count + tries})


def enforce(limit: RateLimit, key: str, *, now: datetime) -> None:
    """Count one attempt in a transaction of its own, then refuse if there were too many."""
    with db.writing():
        count(limit, key, now=now)
    check(limit, key, now=now)


_local_counts: dict[str, tuple[datetime, int]] = {}  # by hashed key: the window and the attempts not yet written
_local_counts_lock = Lock()
MAX_LOCAL_KEYS = 10_000  # then this process starts again with none, and at most `step` attempts a key go uncounted


def count_locally(limit: RateLimit, key: str, *, now: datetime, step: int) -> int:
    """Count an attempt in this process's memory; return how many to `count` in the database now.

    That is 0 until `step` attempts have collected. For frequent, mostly legitimate requests: a client below the step
    costs no write. Up to `step` attempts per process and window go uncounted, so choose a step small beside the limit.
    """
    hashed, window = _hashed(limit, key), limit.window_start(now)
    with _local_counts_lock:
        counted_window, attempts = _local_counts.get(hashed, (window, 0))
        attempts = attempts + 1 if counted_window == window else 1
        if attempts < step:
            if len(_local_counts) >= MAX_LOCAL_KEYS:
                _local_counts.clear()
            _local_counts[hashed] = (window, attempts)
            return 0
        _local_counts.pop(hashed, None)
        return attempts


def check(limit: RateLimit, key: str, *, now: datetime) -> None:
    """Refuse if there were more attempts for `key` than the limit allows; the refusal says when to try again."""
    starts = limit.window_start(now)
    attempts = db.session.scalar(
        select(func.coalesce(func.sum(Attempts.count), 0)).where(
            Attempts.key == _hashed(limit, key), Attempts.window_starts_at == starts
        )
    )
    if (attempts or 0) > limit.most:
        wait = math.ceil((starts + limit.window - now).total_seconds())
        minutes = math.ceil(wait / 60)
        raise TooManyAttempts(
            f"There were many tries in a short time. Please wait {minutes} minute{'s' if minutes != 1 else ''}, "
            "then try again.",
            retry_after=wait,
        )


def reset(limit: RateLimit, key: str) -> None:
    """Delete the counts of `key`, after an attempt that succeeded."""
    db.session.execute(delete(Attempts).where(Attempts.key == _hashed(limit, key)))


def delete_expired(now: datetime) -> None:
    """Delete counts whose window ended long ago."""
    with db.writing():
        db.session.execute(delete(Attempts).where(Attempts.window_starts_at < now - KEEP))


def _hashed(limit: RateLimit, key: str) -> str:
    return hashlib.sha256(f"{limit.name}\0{key}".encode()).hexdigest()
