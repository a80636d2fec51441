"""Saving the page of a month, whole: what was painted, limits, days away, what is copied from the month before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from app.refusals import Invalid
from rota.offering.painting import Painted, copy_month, paint_week
from rota.store.availability import count_shifts_within, remove_exception, set_leave
from rota.store.limits import limits_of, set_limits


@dataclass(frozen=True)
class Asked:
    """What the form of a month asks for."""

    painted: Painted
    limits: Mapping[str, int | None] = field(default_factory=dict)
    """Only those that the page has; the others stay."""
    away: tuple[date | None, date | None] = (None, None)
    copies: bool = False
    takes_back: int | None = None


@dataclass(frozen=True)
class Saved:
    """What saving came to."""

    copied: int | None = None
    """How many times were copied; None where nobody asked for it."""
    clashing: int = 0
    """How many shifts somebody still has in the days away that they entered."""
    takes_back: bool = False


def save_month(person_id: int, month: date, asked: Asked, *, zone: ZoneInfo, by: int, now: datetime) -> Saved:
    """Save the month of a person, whose days run by `zone`; `by` is who enters it.

    Refuses what the single use cases refuse, and one day away without the other.
    """
    first, last = asked.away
    if (first is None) != (last is None):
        raise Invalid(
            "Give the first and the last day away, or neither.", field="away_from" if first is None else "away_until"
        )
    paint_week(person_id, asked.painted, on=month, by=by, now=now)
    if asked.limits:
        kept = limits_of(person_id)
        set_limits(person_id, by=by, now=now, **{**(kept.figures if kept else {}), **asked.limits})
    clashing = 0
    if first is not None and last is not None:
        clashing = count_shifts_within(set_leave(person_id, first, last, zone=zone, now=now, by=by))
    if asked.takes_back is not None:
        remove_exception(person_id, asked.takes_back, now=now)
    copied = copy_month(person_id, month, zone=zone, by=by, now=now) if asked.copies else None
    return Saved(copied, clashing, takes_back=asked.takes_back is not None)
