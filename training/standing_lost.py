"""What training does when somebody loses a right or their account closes."""

from __future__ import annotations

from datetime import datetime

from training import elsewhere
from training.live import standing


def on_standing_lost(person_id: int, *, now: datetime, why: str) -> None:
    """Erase files of removed accounts, end the bookings of closed ones, and tell whose sessions nobody leads."""
    elsewhere.on_standing_lost(person_id, now=now, why=why)
    standing.end_bookings(person_id, now=now)
    standing.tell_who_makes_sessions(person_id, now=now)
