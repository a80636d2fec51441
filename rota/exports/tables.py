"""The published rota, and when people can come, as tables for a spreadsheet.

Times stand twice: as the organisation's clock shows them, with the first and the second 01:30 of an autumn night told
apart, and in UTC for programs. Hours are those that pass.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from app import clock, csv_writer
from app.wording import hour_in_words
from progression.intervals import Interval
from rota.exports.sheets import Special, special_words
from rota.store.seats import SeatRow

HOUR = timedelta(hours=1)
TIMES = ("Day", "Starts", "Ends", "Ends on", "Hours", "Time zone", "Starts (UTC)", "Ends (UTC)")


def rota_table(seats: Sequence[SeatRow], zone: ZoneInfo, special: Special) -> bytes:
    """A line for each seat, with who works it and what its day is where it is a special one.

    A seat with parts that others took has a line for each time that one person works.

    An empty seat that counts says so, one beyond those wanted is left out.
    """
    rows: list[Sequence[str]] = [(*TIMES, "Channel", "Shift", "Duty", "Seat", "Who", "State", "Special day")]
    for seat in seats:
        if seat.is_taken or seat.is_wanted:
            state = "taken" if seat.is_taken else "empty"
            place = (seat.channel, seat.label, seat.duty.words, str(seat.number), seat.holder or "", state)
            day = special_words(special, seat.channel_id, clock.on(seat.starts_at, zone))
            rows.append((*_times(seat.starts_at, seat.ends_at, zone), *place, day))
    return csv_writer.written(rows)


def availability_table(
    names: Mapping[int, str], able: Mapping[int, Sequence[Interval]], days: Sequence[Interval], zone: ZoneInfo
) -> bytes:
    """A line for each time that somebody offers, cut at midnight, by name.

    Nothing says why the rest is not offered, nor whether somebody is away: it is simply not there.
    """
    rows: list[Sequence[str]] = [("Name", *TIMES)]
    for person_id, name in sorted(names.items(), key=lambda each: (each[1].casefold(), each[0])):
        for day in days:
            for each in able.get(person_id, ()):
                starts, ends = max(each.start, day.start), min(each.end, day.end)
                if starts < ends:
                    rows.append((name, *_times(starts, ends, zone)))
    return csv_writer.written(rows)


def _times(starts: datetime, ends: datetime, zone: ZoneInfo) -> tuple[str, ...]:
    return (
        clock.on(starts, zone).isoformat(),
        hour_in_words(starts, zone),
        hour_in_words(ends, zone),
        clock.on(ends, zone).isoformat(),
        f"{(ends - starts) / HOUR:.2f}".rstrip("0").rstrip("."),
        zone.key,
        starts.astimezone(UTC).strftime("%Y-%m-%dT%H:%MZ"),
        ends.astimezone(UTC).strftime("%Y-%m-%dT%H:%MZ"),
    )
