"""Slowing down guessing, with counts in the database so that every process shares them."""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock

from sqlalchemy import delete, func, select

from app import db
from app.people.models import Attempts
from app.refusals import Throttled

KEEP = timedelta(days=1)


@dataclass(frozen=True)
class Limit:
    """At most this many tries of something in one window of time."""

    name: str
    most: int
    window: timedelta

    def window_at(self, now: datetime) -> datetime:
        seconds = int(self.window.total_seconds())
        return now.fromtimestamp(now.timestamp() // seconds * seconds, tz=now.tzinfo)


SIGN_IN_HERE = Limit("sign-in from one place", 10, timedelta(minutes=15))
SIGN_IN_ANYWHERE = Limit("sign-in to one account", 50, timedelta(minutes=15))
SIGN_IN_PLACE = Limit("sign-ins from one place", 100, timedelta(minutes=15))
RESET_ACCOUNT = Limit("reset of one account", 5, timedelta(hours=1))
RESET_PLACE = Limit("resets from one place", 30, timedelta(hours=1))
LINK_PLACE = Limit("one-time links from one place", 60, timedelta(minutes=15))
MOVE_ACCOUNT = Limit("moves of one account", 5, timedelta(hours=1))
MOVE_ADDRESS = Limit("moves to one address", 3, timedelta(hours=1))
PASSWORD_AGAIN = Limit("password asked for again", 10, timedelta(minutes=15))
FEED = Limit("readings of one calendar", 60, timedelta(minutes=15))  # programs ask every few minutes at most
VERIFY_PLACE = Limit("verifications from one place", 120, timedelta(minutes=15))


def count(limit: Limit, key: str, *, now: datetime, tries: int = 1) -> None:
    """Count one try of `key` (an address, an account), or several. Opens no transaction.

    The count stays even when what follows fails, so call it in a `db.writing()` of its own and check afterwards.
    """
    values = {"key": _hashed(limit, key), "window_starts_at": limit.window_at(now), "count": tries}
    db.upsert(Attempts, values, key=("key", "window_starts_at"), update={"count": Attempts.count + tries})


_not_yet_written: dict[str, tuple[datetime, int]] = {}
_writing_down = Lock()
MOST_HELD = 10_000  # keys; then this process begins anew, which only ever lets a few tries go uncounted


def gather(limit: Limit, key: str, *, now: datetime, step: int) -> int:
    """Hold back a try in this process, and return how many to `count` now: none until `step` of them have gathered.

    For what is read often and mostly in good order: who stays below the step costs no write. Up to `step` tries a
    process and window go uncounted, so the step is small beside the limit.
    """
    hashed, window = _hashed(limit, key), limit.window_at(now)
    with _writing_down:
        since, held = _not_yet_written.get(hashed, (window, 0))
        held = held + 1 if since == window else 1
        if held < step:
            if len(_not_yet_written) >= MOST_HELD:
                _not_yet_written.clear()
            _not_yet_written[hashed] = (window, held)
            return 0
        _not_yet_written.pop(hashed, None)
        return held


def check(limit: Limit, key: str, *, now: datetime) -> None:
    """Refuse when `key` was tried more often than the limit allows, saying when to come back."""
    starts = limit.window_at(now)
    tried = db.session.scalar(
        select(func.coalesce(func.sum(Attempts.count), 0)).where(
            Attempts.key == _hashed(limit, key), Attempts.window_starts_at == starts
        )
    )
    if (tried or 0) > limit.most:
        wait = math.ceil((starts + limit.window - now).total_seconds())
        minutes = math.ceil(wait / 60)
        raise Throttled(
            f"There were many tries in a short time. Please wait {minutes} minute{'s' if minutes != 1 else ''}, "
            "then try again.",
            retry_after=wait,
        )


def forget(limit: Limit, key: str) -> None:
    """Start afresh for `key`, after a try that succeeded."""
    db.session.execute(delete(Attempts).where(Attempts.key == _hashed(limit, key)))


def sweep(now: datetime) -> None:
    """Drop counts whose window is long over."""
    with db.writing():
        db.session.execute(delete(Attempts).where(Attempts.window_starts_at < now - KEEP))


def _hashed(limit: Limit, key: str) -> str:
    return hashlib.sha256(f"{limit.name}\0{key}".encode()).hexdigest()
