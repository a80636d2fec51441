"""A rota as the planner's table and list show it: values computed from a board, without database or web."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from app import clock
from app.wording import duration
from progression.duties import Duty
from progression.in_grace import Grace
from rota.store.draft_board import DraftBoard
from rota.store.models import ChannelKind
from rota.store.seats import SeatRow
from rota.store.shortages import Shortage, shortage

A_WEEK = timedelta(days=7)
SMALL_HOURS = time(5)  # A shift that touches the time from midnight until then is night.

CHANNEL_WORDS = {
    ChannelKind.BOARD: "discussion board",
    ChannelKind.CHAT: "live chat",
    ChannelKind.ON_CALL: "from home",
}


@dataclass(frozen=True)
class Chip:
    """One seat in the table."""

    seat: SeatRow
    duty: Duty
    who: str | None
    stage: str | None
    href: str
    is_chosen: bool
    doubts: tuple[str, ...] = ()
    """Why its holder may no longer have it, if so."""
    grace: Grace | None = None
    """What its holder is cleared without, and until when, if so."""
    is_locked: bool = False


@dataclass(frozen=True)
class Cell:
    """One shift in the table; `gap` says what it is short of, None if it has everybody it needs or is over."""

    shift_id: int
    starts_at: datetime
    ends_at: datetime
    chips: tuple[Chip, ...]
    shortage: Shortage | None
    clock: str | None

    @property
    def short_by(self) -> int:
        """The empty seats that count."""
        return len(self.shortage.empty) if self.shortage else 0

    @property
    def gap(self) -> str | None:
        """The mark of the gap: "empty" with nobody on it, "alone" with one person, "short" with too few."""
        return self.shortage.kind if self.shortage else None

    @property
    def gap_words(self) -> str | None:
        """The gap in words; None if full."""
        return self.shortage.words if self.shortage else None


@dataclass(frozen=True)
class TimeRow:
    """The shifts of one channel at one time of day, a cell for each day of the week."""

    label: str
    starts: str
    ends: str
    is_night: bool
    cells: tuple[Cell | None, ...]


@dataclass(frozen=True)
class ChannelRows:
    """One channel's part of the table."""

    name: str
    words: str
    rows: tuple[TimeRow, ...]


@dataclass(frozen=True)
class Day:
    """One column: `clock` says how long the day is if that is not 24 hours."""

    on: date
    clock: str | None


@dataclass(frozen=True)
class Tile:
    """One day in the strip of weeks."""

    on: date
    href: str
    state: str
    count: int


@dataclass(frozen=True)
class WeekTile:
    """One week in the strip of weeks."""

    title: str
    summary: str
    is_chosen: bool
    days: tuple[Tile, ...]


@dataclass(frozen=True)
class Week:
    """One week of a rota as a table, and its shifts with gaps in order of time."""

    days: tuple[Day, ...]
    channels: tuple[ChannelRows, ...]
    cells: tuple[tuple[SeatRow, Cell], ...] = field(repr=False)

    @property
    def short_by(self) -> int:
        """Empty seats of shifts with somebody on them."""
        return sum(cell.short_by for _, cell in self.cells if cell.gap != "empty")

    @property
    def empty_shifts(self) -> int:
        """Shifts that nobody is on."""
        return sum(cell.gap == "empty" for _, cell in self.cells)

    @property
    def alone(self) -> int:
        """Shifts that one person is on alone."""
        return sum(cell.gap == "alone" for _, cell in self.cells)

    @property
    def gaps(self) -> list[tuple[SeatRow, Cell]]:
        """The shifts that are short or empty, in order of time."""
        return [(seat, cell) for seat, cell in self.cells if cell.gap]

    @property
    def to_look_at(self) -> list[Chip]:
        """The seats whose holder may no longer have them, in order of time."""
        return [chip for _, cell in self.cells for chip in cell.chips if chip.doubts]

    def on(self, day: date, zone: ZoneInfo) -> list[tuple[SeatRow, Cell]]:
        """The shifts that start on one day."""
        return [(seat, cell) for seat, cell in self.cells if clock.on(seat.starts_at, zone) == day]


@dataclass(frozen=True)
class ShortTimes:
    """Why one duty stays short at one time of day: `places` are its empty seats as the page shows them."""

    duty: Duty
    places: tuple[Chip, ...]
    facts: str
    todo: str


@dataclass(frozen=True)
class WeekTable:
    """What turns a board into tables of a week: names, stages, a link for each seat, the organisation's zone, and the
    present instant: shifts that are over have no gaps."""

    board: DraftBoard
    names: Mapping[int, str]
    stages: Mapping[int, str]
    zone: ZoneInfo
    href: Callable[[SeatRow], str]
    now: datetime
    chosen: int | None = None
    doubts: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    graces: Mapping[int, Grace] = field(default_factory=dict)

    def week(self, monday: date) -> Week:
        """The table of the week that begins on a Monday."""
        days = tuple(self._day(monday + timedelta(days=number)) for number in range(7))
        inside = [each for each in self.board.seats if monday <= self._on(each) < monday + A_WEEK]
        by_shift = _grouped(inside)
        cells = {shift_id: self._cell(seats, chips=self.chips(seats)) for shift_id, seats in by_shift.items()}
        channels = []
        for channel_id in sorted({seat.channel_id for seat in inside}):
            shifts = [seats for seats in by_shift.values() if seats[0].channel_id == channel_id]
            kind = shifts[0][0].channel_kind
            channels.append(
                ChannelRows(shifts[0][0].channel, CHANNEL_WORDS[kind], tuple(self._rows(shifts, cells, monday)))
            )
        return Week(
            days,
            tuple(channels),
            tuple((seats[0], cells[shift_id]) for shift_id, seats in by_shift.items()),
        )

    def weeks(self, chosen: date, href: Callable[[date], str]) -> list[WeekTile]:
        """The strip of weeks: every day of the rota, and how short it is."""
        by_day: dict[date, list[Cell]] = defaultdict(list)
        for seats in _grouped(self.board.seats).values():
            by_day[self._on(seats[0])].append(self._cell(seats, chips=()))
        rota = self.board.rota
        monday = clock.monday_of(rota.starts_on)
        tiles: list[WeekTile] = []
        while monday <= rota.ends_on:
            days = [monday + timedelta(days=number) for number in range(7)]
            tiles.append(
                WeekTile(
                    title=f"Week {len(tiles) + 1}",
                    summary=summary_of([cell for day in days for cell in by_day.get(day, ())]),
                    is_chosen=monday <= chosen < monday + A_WEEK,
                    days=tuple(day_tile(day, by_day[day], href(day)) for day in days),
                )
            )
            monday += A_WEEK
        return tiles

    def short_times(self, week: Week, reasons: Sequence[Mapping[str, Any]]) -> list[ShortTimes]:
        """The reasons a proposal gave for a week, each with the first empty seat of every shift it is about.

        Shifts that have been filled since are left out.
        """
        short = []
        for reason in reasons:
            duty, shift_ids = Duty(reason["duty"]), set(reason["shift_ids"])
            cells = [cell for _, cell in week.cells if cell.shift_id in shift_ids]
            empty = [[chip for chip in cell.chips if chip.duty is duty and chip.who is None] for cell in cells]
            places = tuple(chips[0] for chips in empty if chips)
            if places:
                short.append(ShortTimes(duty, places, reason["facts"], reason["todo"]))
        return short

    def chips(self, seats: Sequence[SeatRow]) -> tuple[Chip, ...]:
        """The seats of one shift that the table shows: wanted ones, and others that are taken or chosen."""
        return tuple(
            Chip(
                seat=seat,
                duty=seat.duty,
                who=self.names[holder] if holder is not None else None,
                stage=self.stages[holder] if holder is not None else None,
                href=self.href(seat),
                is_chosen=seat.id == self.chosen,
                doubts=self.doubts.get(seat.id, ()),
                grace=self.graces.get(seat.id),
                is_locked=self.board.is_locked(seat),
            )
            for seat in seats
            for holder in (self.board.holder(seat),)
            if seat.is_wanted or holder is not None or seat.id == self.chosen or self.board.is_locked(seat)
        )

    def _cell(self, seats: Sequence[SeatRow], *, chips: tuple[Chip, ...]) -> Cell:
        first = seats[0]
        return Cell(
            shift_id=first.shift_id,
            starts_at=first.starts_at,
            ends_at=first.ends_at,
            chips=chips,
            shortage=shortage(seats, self.board.has_holder, zone=self.zone, now=self.now),
            clock=clock_words(first, self.zone),
        )

    def _rows(self, shifts: Sequence[Sequence[SeatRow]], cells: Mapping[int, Cell], monday: date) -> list[TimeRow]:
        """One row for each time of day, in order of the clock."""
        lines: dict[tuple[str, str, str], dict[int, Cell]] = defaultdict(dict)
        night: dict[tuple[str, str, str], bool] = defaultdict(bool)
        for seats in shifts:
            first = seats[0]
            starts, ends = first.starts_at.astimezone(self.zone), first.ends_at.astimezone(self.zone)
            key = (f"{starts:%H:%M}", f"{ends:%H:%M}", first.label)
            lines[key][(starts.date() - monday).days] = cells[first.shift_id]
            night[key] |= touches_night(starts, ends)
        return [
            TimeRow(
                label,
                starts,
                ends,
                night[starts, ends, label],
                tuple(by_weekday.get(number) for number in range(7)),
            )
            for (starts, ends, label), by_weekday in sorted(lines.items())
        ]

    def _day(self, day: date) -> Day:
        lasts = clock.ends(day, self.zone) - clock.starts(day, self.zone)
        return Day(day, None if lasts == timedelta(days=1) else f"{lasts / timedelta(hours=1):g}-hour day")

    def _on(self, seat: SeatRow) -> date:
        return clock.on(seat.starts_at, self.zone)


def clock_words(seat: SeatRow, zone: ZoneInfo) -> str | None:
    """How long the shift really lasts, if the clocks change during it; otherwise None."""
    starts, ends = seat.starts_at.astimezone(zone), seat.ends_at.astimezone(zone)
    return (
        None
        if starts.utcoffset() == ends.utcoffset()
        else duration((seat.ends_at - seat.starts_at) / timedelta(minutes=1))
    )


def touches_night(starts: datetime, ends: datetime) -> bool:
    """Whether a shift, by its local times, has hours after midnight."""
    over_midnight = ends.date() > starts.date() and ends.time() > time(0)
    return over_midnight or starts.time() < SMALL_HOURS


def _grouped(seats: Sequence[SeatRow]) -> dict[int, list[SeatRow]]:
    by_shift: dict[int, list[SeatRow]] = defaultdict(list)
    for seat in seats:
        by_shift[seat.shift_id].append(seat)
    return by_shift


class Counted(Protocol):
    """A shift as tiles and summaries count it."""

    @property
    def gap(self) -> str | None:
        """Its mark; None where it has everybody it needs, or is over."""

    @property
    def short_by(self) -> int:
        """The empty seats that count."""


def day_tile(day: date, cells: Sequence[Counted], href: str) -> Tile:
    """A day in a strip of weeks, with the worst of what its shifts are."""
    empty = sum(cell.gap == "empty" for cell in cells)
    short = sum(cell.short_by for cell in cells if cell.gap != "empty")
    alone = sum(cell.gap == "alone" for cell in cells)
    state = "none" if not cells else "empty" if empty else "alone" if alone else "short" if short else "full"
    return Tile(day, href, state, empty or alone or short)


def summary_of(cells: Sequence[Counted]) -> str:
    """What shifts lack together, in words: “2 short, 1 empty”."""
    short = sum(cell.short_by for cell in cells if cell.gap != "empty")
    empty = sum(cell.gap == "empty" for cell in cells)
    alone = sum(cell.gap == "alone" for cell in cells)
    counts = ((short, "short"), (alone, "alone"), (empty, "empty"))
    words = [f"{count} {word}" for count, word in counts if count]
    return ", ".join(words) or ("full" if cells else "no shifts")
