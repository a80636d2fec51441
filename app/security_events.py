"""Security events: failed sign-ins and refused requests, kept apart from the audit trail and for a limited time.

The audit trail holds what was done; this table holds what somebody tried and was refused. It holds no address, no
password and no path: what was tried is the name of a route, the place a keyed hash.
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime, timedelta
from enum import StrEnum
from threading import Lock

import structlog
from sqlalchemy import delete, func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Mapped, mapped_column

from app import db, settings

KEEP = timedelta(days=90)
"""Long enough to look into what is noticed weeks later. No longer, because these rows tell what somebody tried when."""
WINDOW = timedelta(minutes=15)  # the same refusal in one window is counted in one row, as rate limits count
MOST_IN_A_WINDOW = 100  # rows; what goes beyond is counted in one more row of each kind, so a flood fills no disk
MOST_KEPT = 100_000  # rows; about 20 MB
MOST_LOCAL_KEYS = 10_000
PLACE_CHARACTERS = 10

log = structlog.get_logger()


class EventKind(StrEnum):
    """What was refused."""

    SIGN_IN_FAILED = "sign-in-failed"
    PASSWORD_REFUSED = "password-refused"  # noqa: S105  the name of an event
    LINK_REFUSED = "link-refused"
    DENIED = "denied"
    THROTTLED = "throttled"

    @property
    def words(self) -> str:
        """The words for it in a list."""
        return {
            EventKind.SIGN_IN_FAILED: "Sign-in failed",
            EventKind.PASSWORD_REFUSED: "Wrong password when asked again",
            EventKind.LINK_REFUSED: "Link that no longer works, or never did",
            EventKind.DENIED: "Not allowed",
            EventKind.THROTTLED: "Too many tries",
        }[self]


class SecurityEvent(db.Model):
    """One refusal, or several alike from one place in one window."""

    __tablename__ = "security_event"
    __table_args__ = (db.one_of("kind", EventKind),)

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)  # the hash of everything that makes two of them alike
    at: Mapped[datetime] = mapped_column(index=True)
    last_at: Mapped[datetime]
    kind: Mapped[EventKind]
    what: Mapped[str]  # the name of a route, or MORE
    # No foreign key: a person who is removed leaves none of these behind, and a lost row must not stop the removal.
    person_id: Mapped[int | None] = mapped_column(index=True)
    place: Mapped[str | None]
    count: Mapped[int]


MORE = "more"
"""What stands for the route in the row that counts what went beyond `MOST_IN_A_WINDOW`."""


def record(kind: EventKind, *, what: str, person_id: int | None, address: str, now: datetime) -> None:
    """Keep a refusal, in a transaction of its own. Never fails: a page must not break because this cannot be written.

    `person_id` is who asked, or for a sign-in whose account it was; None where that is not known. `address` is where
    the request came from, and is kept as a hash only.
    """
    place = _hashed_place(address)
    window = _window_of(now)
    key = hashlib.sha256(f"{kind}\0{what}\0{person_id}\0{place}\0{window}".encode()).hexdigest()
    times = _times_to_write(key)
    if times == 0:
        return
    try:
        with db.writing():
            _count(SecurityEvent(key=key, kind=kind, what=what, person_id=person_id, place=place), times, now)
    except SQLAlchemyError:
        log.warning("a security event could not be written", kind=kind, what=what)


def _count(event: SecurityEvent, times: int, now: datetime) -> None:
    is_new = db.session.scalar(select(SecurityEvent.id).where(SecurityEvent.key == event.key)) is None
    window = _window_of(now)
    in_window = select(func.count()).select_from(SecurityEvent).where(SecurityEvent.at >= window)
    if is_new and (db.session.scalar(in_window) or 0) >= MOST_IN_A_WINDOW:
        event = SecurityEvent(key=f"{MORE} {event.kind} {window}", kind=event.kind, what=MORE)
    values = {
        "key": event.key,
        "at": now,
        "last_at": now,
        "kind": event.kind,
        "what": event.what,
        "person_id": event.person_id,
        "place": event.place,
        "count": times,
    }
    db.upsert(SecurityEvent, values, key=("key",), update={"count": SecurityEvent.count + times, "last_at": now})


def delete_old(now: datetime) -> None:
    """Delete what is older than `KEEP`, and the oldest of more than `MOST_KEPT`."""
    with db.writing():
        db.session.execute(delete(SecurityEvent).where(SecurityEvent.at < now - KEEP))
        newest_to_go = db.session.scalar(
            select(SecurityEvent.id).order_by(SecurityEvent.id.desc()).offset(MOST_KEPT).limit(1)
        )
        if newest_to_go is not None:
            db.session.execute(delete(SecurityEvent).where(SecurityEvent.id <= newest_to_go))


_local_counts: dict[str, int] = {}  # how often this process saw each key
_local_counts_lock = Lock()


def _times_to_write(key: str) -> int:
    """How many to write now: at the first, second, fourth, eighth … of the same key those since the last write.

    So a client that tries a thousand times costs ten writes. Up to half of the last ones may go uncounted.
    """
    with _local_counts_lock:
        if len(_local_counts) >= MOST_LOCAL_KEYS:
            _local_counts.clear()
        seen = _local_counts[key] = _local_counts.get(key, 0) + 1
    if seen & (seen - 1):
        return 0
    return max(1, seen // 2)


def _window_of(now: datetime) -> datetime:
    seconds = int(WINDOW.total_seconds())
    return now.fromtimestamp(now.timestamp() // seconds * seconds, tz=now.tzinfo)


def _hashed_place(address: str) -> str:
    """The same place looks the same; with the secret key, so that nobody finds the address by trying them all."""
    key = settings.current().secret_key.encode()
    return hmac.new(key, f"place {address}".encode(), hashlib.sha256).hexdigest()[:PLACE_CHARACTERS]
