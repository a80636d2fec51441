"""Four weeks of all channels at a glance: a mark for each shift, totals for each week, and what is open first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import false

from app import clock
from rota.planning.week_table import A_WEEK, CHANNEL_WORDS, WeekTile, day_tile, summary_of, touches_night
from rota.store.cover_needs import UnplannedTime, cover_between
from rota.store.models import ChannelKind
from rota.store.shift_counts import ShiftCount, shifts_starting
from rota.store.shortages import mark_of, nobody_may_be_alone, words_of
from rota.store.special_days import special_days_between

WEEKS = 4
A_PERIOD = WEEKS * A_WEEK


@dataclass(frozen=True)
class Window:
    """One shift: what it is short of, and where it is shown."""

    count: ShiftCount
    is_alone: bool
    is_over: bool
    href: str

    @property
    def short_by(self) -> int:
        """The empty seats that count; none once the shift is over."""
        return 0 if self.is_over else self.count.wanted - self.count.filled

    @property
    def gap(self) -> str | None:
        """Its mark, as in the table of a week; None if it has everybody it needs, or is over."""
        return mark_of(self.count.present, is_alone=self.is_alone) if self.short_by or self.is_alone else None

    @property
    def words(self) -> str:
        """What it is, in words."""
        if self.gap is None:
            return "over" if self.is_over else "full"
        is_on_call = self.count.channel_kind is ChannelKind.ON_CALL
        return words_of(self.count.present, self.short_by, is_alone=self.is_alone, is_on_call=is_on_call)


@dataclass(frozen=True)
class WindowRow:
    """The shifts of one channel at one time of day, one for each day; None where there is none."""

    label: str
    starts: str
    is_night: bool
    windows: tuple[Window | None, ...]


@dataclass(frozen=True)
class ChannelOfWeeks:
    """One channel's rows."""

    name: str
    words: str
    rows: tuple[WindowRow, ...]


@dataclass(frozen=True)
class DayOfWeeks:
    """One day in the list: its shifts that are short, and the pages of the day, one for each rota that has shifts."""

    on: date
    open: tuple[Window, ...]
    pages: tuple[str, ...]
    shifts: int


@dataclass(frozen=True)
class FourWeeks:
    """Four weeks from a Monday, of every rota, as its open draft has it."""

    monday: date
    days: tuple[date, ...]
    weeks: tuple[WeekTile, ...]
    channels: tuple[ChannelOfWeeks, ...]
    by_day: tuple[DayOfWeeks, ...]
    unplanned: Sequence[UnplannedTime]
    """Times that need people and have no shift on any rota."""
    special: tuple[tuple[date, str], ...]
    """What is special about days of these weeks, on any channel, in order of the day: Good Friday, as on a Sunday."""

    @property
    def last(self) -> date:
        """The last day."""
        return self.days[-1]

    @property
    def first_open(self) -> Window | None:
        """The first shift that is short."""
        return next((window for day in self.by_day for window in day.open), None)

    @property
    def short(self) -> int:
        """How many shifts are short."""
        return sum(len(day.open) for day in self.by_day)


Href = Callable[[int, date, int | None], str]
"""Where a day of a rota is shown, and on it a shift: by the rota's id, the day and the shift's id."""


def four_weeks(day: date, href: Href, *, zone: ZoneInfo, now: datetime) -> FourWeeks:
    """The four weeks from the Monday of a day on. A few queries, however many shifts there are."""
    monday = clock.monday_of(day)
    days = tuple(monday + timedelta(days=number) for number in range(A_PERIOD.days))
    since, until = clock.starts(monday, zone), clock.starts(monday + A_PERIOD, zone)
    windows = [_window(count, href, zone=zone, now=now) for count in shifts_starting(since, until)]
    by_day: dict[date, list[Window]] = defaultdict(list)
    for window in windows:
        by_day[clock.on(window.count.starts_at, zone)].append(window)
    return FourWeeks(
        monday=monday,
        days=days,
        weeks=tuple(_weeks(days, by_day, clock.on(now, zone))),
        channels=tuple(_channels(windows, monday, zone)),
        by_day=tuple(_day(day, by_day[day], href) for day in days),
        unplanned=_unplanned(max(since, now), until, zone),
        special=_special(days[0], days[-1]),
    )


def _special(first: date, last: date) -> tuple[tuple[date, str], ...]:
    of_channels = special_days_between(first, last).values()
    return tuple(sorted({(day.day, f"{day.reason}, {day.kind.words}") for days in of_channels for day in days}))


def _window(count: ShiftCount, href: Href, *, zone: ZoneInfo, now: datetime) -> Window:
    is_over = count.ends_at <= now
    is_alone = count.present == 1 and not is_over and nobody_may_be_alone(count.starts_at, count.channel_kind, zone)
    return Window(count, is_alone, is_over, href(count.rota_id, clock.on(count.starts_at, zone), count.shift_id))


def _day(day: date, windows: Sequence[Window], href: Href) -> DayOfWeeks:
    rotas = dict.fromkeys(window.count.rota_id for window in windows)
    in_order = sorted(windows, key=lambda window: window.count.starts_at)
    return DayOfWeeks(
        day,
        tuple(window for window in in_order if window.gap),
        tuple(href(rota_id, day, None) for rota_id in rotas),
        len(windows),
    )


def _weeks(days: Sequence[date], by_day: dict[date, list[Window]], today: date) -> Iterator[WeekTile]:
    for number in range(WEEKS):
        of_week = days[7 * number : 7 * number + 7]
        yield WeekTile(
            title=f"Week {number + 1}",
            summary=summary_of([each for day in of_week for each in by_day[day]]),
            is_chosen=of_week[0] <= today <= of_week[-1],
            days=tuple(day_tile(day, by_day[day], f"#d{day.isoformat()}") for day in of_week),
        )


def _channels(windows: Sequence[Window], monday: date, zone: ZoneInfo) -> Iterator[ChannelOfWeeks]:
    """Each channel's shifts, one row for each time of day, in order of the clock."""
    of_channel: dict[int, list[Window]] = defaultdict(list)
    for window in windows:
        of_channel[window.count.channel_id].append(window)
    for channel in of_channel.values():
        rows: dict[tuple[str, str], dict[int, Window]] = defaultdict(dict)
        nights: set[tuple[str, str]] = set()
        for window in channel:
            starts, ends = window.count.starts_at.astimezone(zone), window.count.ends_at.astimezone(zone)
            key = (f"{starts:%H:%M}", window.count.label)
            rows[key][(starts.date() - monday).days] = window
            if touches_night(starts, ends):
                nights.add(key)
        first = channel[0].count
        yield ChannelOfWeeks(
            first.channel,
            CHANNEL_WORDS[first.channel_kind],
            tuple(
                WindowRow(
                    label=label,
                    starts=starts_at,
                    is_night=(starts_at, label) in nights,
                    windows=tuple(by_day.get(number) for number in range(A_PERIOD.days)),
                )
                for (starts_at, label), by_day in sorted(rows.items())
            ),
        )


def _unplanned(since: datetime, until: datetime, zone: ZoneInfo) -> Sequence[UnplannedTime]:
    if since >= until:
        return ()
    return cover_between(since, until, zone=zone, named=false(), counting_drafts=True).unplanned.times
