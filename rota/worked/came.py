"""Who came: the shifts that ended on one day, each with the people who had them, for those who plan."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from app import clock
from app.people.directory import names_of
from rota.store.did_not_come_rows import NotCome
from rota.store.models import Assignment, Rota, Shift
from rota.store.seat_parts import parts_where
from rota.store.seats import SeatRow, place_of, seats_where
from rota.worked.did_not_come import SAID_WITHIN, said_of, which_of


@dataclass(frozen=True, slots=True)
class SeatThen:
    """One seat, or part of one, of a shift that is over, and what was said of whether its holder came."""

    seat: SeatRow
    """Of a part that somebody had taken, with its hours and its person."""
    said: NotCome | None
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

    Today counts the shifts that are over by now. At most five queries.
    """
    today = clock.on(now, zone)
    first = clock.on(now - SAID_WITHIN, zone)
    shown = day if day is not None and first <= day <= today else today
    over = (
        Rota.version > 0,
        Shift.ends_at > clock.starts(shown, zone),
        Shift.ends_at <= min(clock.ends(shown, zone), now),
    )
    seats = [*seats_where(Assignment.id.is_not(None), *over), *parts_where(*over)]
    said = said_of(seats)
    names = names_of({row.said_by_id for row in said.values()})
    a_day = timedelta(days=1)
    return DayThen(
        shown,
        [
            SeatThen(seat, row, names[row.said_by_id] if row is not None else "")
            for seat in sorted(seats, key=place_of)
            for row in [said.get(which_of(seat))]
        ],
        before=shown - a_day if shown > first else None,
        after=shown + a_day if shown < today else None,
    )
