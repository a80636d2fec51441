"""Who came: the shifts that ended on one day, each with the people who had them, for those who plan."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from app import clock
from app.people.directory import names_of
from rota.store.did_not_come_rows import DidNotCome
from rota.store.models import Assignment, Rota, Shift
from rota.store.seats import SeatRow, seats_where
from rota.worked.did_not_come import SAID_WITHIN, said_of


@dataclass(frozen=True, slots=True)
class SeatThen:
    """One seat of a shift that is over, and what was said of whether its holder came."""

    seat: SeatRow
    said: DidNotCome | None
    said_by: str


@dataclass(frozen=True, slots=True)
class DayThen:
    """The shifts that ended on one day, and the days before and after that can be looked at."""

    day: date
    seats: list[SeatThen]
    before: date | None
    after: date | None


def ended_on(day: date | None, zone: ZoneInfo, *, now: datetime) -> DayThen:
    """The seats of shifts that ended on a day by the organisation's calendar; without one, or out of reach, today.

    Today counts the shifts that are over by now. Three queries.
    """
    today = clock.on(now, zone)
    first = clock.on(now - SAID_WITHIN, zone)
    shown = day if day is not None and first <= day <= today else today
    seats = seats_where(
        Assignment.id.is_not(None),
        Rota.version > 0,
        Shift.ends_at > clock.starts(shown, zone),
        Shift.ends_at <= min(clock.ends(shown, zone), now),
    )
    said = said_of([seat.assignment_id for seat in seats if seat.assignment_id is not None])
    names = names_of({row.said_by_id for row in said.values()})
    a_day = timedelta(days=1)
    return DayThen(
        shown,
        [
            SeatThen(seat, row, names[row.said_by_id] if row is not None else "")
            for seat in seats
            for row in [said.get(seat.assignment_id or 0)]
        ],
        before=shown - a_day if shown > first else None,
        after=shown + a_day if shown < today else None,
    )
