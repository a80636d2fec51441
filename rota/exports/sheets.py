"""The published rota as it is printed: weeks as tables of channels and times by day, and a call sheet day by day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from app import clock
from app.wording import hour_in_words
from progression.duties import Duty
from rota.exports.periods import A_WEEK, Period
from rota.planning.week_table import clock_words
from rota.scheduling.special_days import SpecialDay
from rota.store.seats import SeatRow

DAYS = range(7)

Special = Mapping[int, Sequence[SpecialDay]]
"""The special days of channels, by channel id, as `rota.store.special_days` reads them."""


@dataclass(frozen=True, slots=True)
class Place:
    """One seat of a printed shift: who has it, None where nobody does, and in which duty."""

    who: str | None
    duty: Duty


@dataclass(frozen=True, slots=True)
class PrintedShift:
    """One shift: its times by the organisation's clock, and its people. `note` says how long it lasts where the clocks
    change in it, `special` what its day is for the channel, if anything."""

    day: date
    starts: str
    ends: str
    channel: str
    label: str
    note: str | None
    special: str
    places: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class PrintedRow:
    """The shifts of a channel at one time of day, one for each day of a week; None where there is none."""

    channel: str
    starts: str
    ends: str
    label: str
    shifts: tuple[tuple[PrintedShift, ...], ...]
    special: tuple[str, ...]
    """What each day is for the channel where it is a special one, else empty."""


@dataclass(frozen=True, slots=True)
class PrintedWeek:
    """A week of the rota; days outside the period that is printed have no shifts."""

    days: tuple[date, ...]
    rows: tuple[PrintedRow, ...]


@dataclass(frozen=True, slots=True)
class PrintedDay:
    """A day of the call sheet, its shifts in order of time."""

    day: date
    shifts: tuple[PrintedShift, ...]


def special_words(days: Special, channel_id: int, day: date) -> str:
    """What a day is for a channel: bank holidays and other special days of those that were read, else empty."""
    return "; ".join(each.words for each in days.get(channel_id, ()) if each.day == day)


def shifts_of(seats: Sequence[SeatRow], zone: ZoneInfo, special: Special) -> list[tuple[SeatRow, PrintedShift]]:
    """The shifts of these seats in their order, each with its first seat. Empty seats not wanted are left out."""
    by_shift: dict[int, list[SeatRow]] = defaultdict(list)
    for seat in seats:
        by_shift[seat.shift_id].append(seat)
    return [(of_shift[0], _shift(of_shift, zone, special)) for of_shift in by_shift.values()]


def _shift(seats: Sequence[SeatRow], zone: ZoneInfo, special: Special) -> PrintedShift:
    first = seats[0]._replace(ends_at=max(each.ends_at for each in seats))  # it may be a part of a seat
    day = clock.on(first.starts_at, zone)
    places = tuple(Place(_who(each, first, zone), each.duty) for each in seats if each.is_taken or each.is_wanted)
    return PrintedShift(
        day=day,
        starts=hour_in_words(first.starts_at, zone),
        ends=hour_in_words(first.ends_at, zone),
        channel=first.channel,
        label=first.label,
        note=clock_words(first, zone),
        special=special_words(special, first.channel_id, day),
        places=places,
    )


def _who(seat: SeatRow, shift: SeatRow, zone: ZoneInfo) -> str | None:
    """The name of who works a seat, with the hours where they are not all of the shift."""
    if seat.holder is None or (seat.starts_at, seat.ends_at) == (shift.starts_at, shift.ends_at):
        return seat.holder
    return f"{seat.holder}, {hour_in_words(seat.starts_at, zone)} to {hour_in_words(seat.ends_at, zone)}"


def weeks_of(period: Period, seats: Sequence[SeatRow], zone: ZoneInfo, special: Special) -> list[PrintedWeek]:
    """The weeks of a period that have shifts; `special` are the special days of its channels."""
    shifts = shifts_of(seats, zone, special)
    monday, weeks = clock.monday_of(period.first), []
    while monday < period.next.first:
        days = tuple(monday + timedelta(days=number) for number in DAYS)
        of_week = [(seat, shift) for seat, shift in shifts if shift.day in days]
        if of_week:
            weeks.append(PrintedWeek(days, tuple(_rows(of_week, days, special))))
        monday += A_WEEK
    return weeks


def _rows(
    shifts: Sequence[tuple[SeatRow, PrintedShift]], days: Sequence[date], special: Special
) -> Iterator[PrintedRow]:
    lines: dict[tuple[int, str, str, str], dict[date, list[PrintedShift]]] = defaultdict(lambda: defaultdict(list))
    channels = {seat.channel_id: seat.channel for seat, _ in shifts}
    for seat, shift in shifts:
        lines[seat.channel_id, shift.starts, shift.ends, shift.label][shift.day].append(shift)
    for (channel_id, starts, ends, label), by_day in sorted(lines.items()):
        yield PrintedRow(
            channels[channel_id],
            starts,
            ends,
            label,
            tuple(tuple(by_day[day]) for day in days),
            tuple(special_words(special, channel_id, day) for day in days),
        )


def call_sheet(period: Period, seats: Sequence[SeatRow], zone: ZoneInfo, special: Special) -> list[PrintedDay]:
    """The days of a period that have shifts, each with them in order of time."""
    by_day: dict[date, list[PrintedShift]] = defaultdict(list)
    for _, shift in shifts_of(seats, zone, special):
        by_day[shift.day].append(shift)
    return [PrintedDay(day, tuple(by_day[day])) for day in period.days if by_day[day]]
