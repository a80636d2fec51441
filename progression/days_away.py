"""Days that somebody was away, which no clock of the pathway counts. Pure: intervals in, days of a calendar out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from app import clock
from progression.facts import AWAY, Fact
from progression.intervals import Interval, merged

ONE_DAY = timedelta(days=1)


class DaysAway:
    """The days of the calendar in `zone` that somebody was away for at least half of.

    Leave can be given in another zone, and can end in the middle of a day: a day counts once, on one side or the other.
    """

    def __init__(self, away: Iterable[Interval], zone: ZoneInfo) -> None:
        self.ranges: list[tuple[date, date]] = []  # first and last day of each, in order, without overlap
        for span in merged(away):
            first, last = _first_day(span.start, zone), _last_day(span.end, zone)
            if self.ranges and first <= self.ranges[-1][1]:
                first = self.ranges[-1][1] + ONE_DAY
            if first <= last:
                self.ranges.append((first, last))

    def after(self, day: date, count: int) -> date:
        """The day that is so many days after this one, without counting days away."""
        end = day + timedelta(days=count)
        for first, last in self.ranges:
            begins = max(first, day + ONE_DAY)
            if begins > end:
                break
            if last >= begins:
                end += last - begins + ONE_DAY
        return end

    def between(self, day: date, later: date) -> int:
        """How many days after this one, up to and with the later one, were not days away."""
        away = sum(
            max(0, (min(last, later) - max(first, day + ONE_DAY)).days + 1) for first, last in self.ranges if last > day
        )
        return max(0, (later - day).days - away)


def _first_day(at: datetime, zone: ZoneInfo) -> date:
    day = clock.on(at, zone)
    return day if at <= _middle(day, zone) else day + ONE_DAY


def _last_day(at: datetime, zone: ZoneInfo) -> date:
    day = clock.on(at, zone)
    return day if at >= _middle(day, zone) else day - ONE_DAY


def _middle(day: date, zone: ZoneInfo) -> datetime:
    begins, ends = clock.starts(day, zone), clock.ends(day, zone)
    return begins + (ends - begins) / 2


def away_in(facts: Sequence[Fact]) -> tuple[Interval, ...]:
    """The times away among what was read about a person; see `ledger`."""
    return tuple(Interval(fact.happened_at, fact.facts["until"]) for fact in facts if fact.kind == AWAY)


def as_fact(person_id: int, starts_at: datetime, ends_at: datetime) -> Fact:
    """A time away in the form of a fact, so that every rule about facts has it. It is in no ledger and on no page."""
    return Fact(0, person_id, AWAY, "", starts_at, starts_at, facts={"until": ends_at})
