"""When a channel is open, as its weekly pattern has it: shifts that meet or overlap are one time. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import time

from app.wording import listed
from rota.scheduling.cover_pattern import DAY_NAMES, PatternSpan

_A_DAY = 24 * 60  # in minutes, as all numbers here
_A_WEEK = 7 * _A_DAY


@dataclass(frozen=True, slots=True)
class _Open:
    """A time of the week from one minute, counted from Monday 00:00, for so many minutes."""

    begins: int
    lasts: int


def opening_hours(spans: Sequence[PatternSpan]) -> str:
    """Say it in words: “at all hours”, “every day 18:00 to 22:00”; an empty string where nobody is needed."""
    times = _merged(_times(spans))
    if times and sum(each.lasts for each in times) >= _A_WEEK:
        return "at all hours"
    by_hours: dict[tuple[int, int], list[int]] = defaultdict(list)
    for each in times:
        by_hours[each.begins % _A_DAY, each.lasts].append(each.begins // _A_DAY)
    return "; ".join(_in_words(days, begins, lasts) for (begins, lasts), days in by_hours.items())


def _times(spans: Iterable[PatternSpan]) -> list[_Open]:
    found = []
    for span in spans:
        starts, ends = _minutes(span.starts), _minutes(span.ends) + _A_DAY * span.crosses_midnight
        found += [_Open(day * _A_DAY + starts, ends - starts) for day in span.days]
    return sorted(found, key=lambda one: (one.begins, one.lasts))


def _merged(times: Sequence[_Open]) -> list[_Open]:
    """Join those that meet; the week is a ring, so the first may go on from the last."""
    merged: list[_Open] = []
    for one in times:
        last = merged[-1] if merged else None
        if last is not None and one.begins <= last.begins + last.lasts:
            merged[-1] = _Open(last.begins, max(last.lasts, one.begins + one.lasts - last.begins))
        else:
            merged.append(one)
    if len(merged) > 1 and merged[-1].begins + merged[-1].lasts >= merged[0].begins + _A_WEEK:
        first, last = merged.pop(0), merged.pop()
        merged.append(_Open(last.begins, max(last.lasts, first.begins + first.lasts + _A_WEEK - last.begins)))
    return merged


def _in_words(days: Sequence[int], begins: int, lasts: int) -> str:
    if lasts > _A_DAY:
        ends = begins + lasts
        return listed(
            f"{DAY_NAMES[day]} {_clock(begins)} to {DAY_NAMES[(day + ends // _A_DAY) % 7]} {_clock(ends)}"
            for day in days
        )
    on = "every day" if len(days) == len(DAY_NAMES) else listed(DAY_NAMES[day] for day in days)
    return f"{on} {_clock(begins)} to {_clock(begins + lasts)}"


def _minutes(at: time) -> int:
    return at.hour * 60 + at.minute


def _clock(minutes: int) -> str:
    hours, rest = divmod(minutes % _A_DAY, 60)
    return f"{hours:02}:{rest:02}"
