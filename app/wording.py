"""How counts and lengths of time are written in sentences, each form in one place. No Flask, no database."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo


def plural(count: int, one: str, many: str | None = None) -> str:
    """Return the count with its noun: 1 shift, 3 shifts, 0 shifts.

    `many` is needed where an s does not make the plural ("person", "people"), and where a verb follows the noun
    ("seat is", "seats are").
    """
    return f"{count} {one if count == 1 else many or one + 's'}"


def listed(words: Iterable[object], *, quoted: bool = False) -> str:
    """Several things in a sentence: A; A and B; A, B and C. Titles are `quoted`, because they may hold an “and”."""
    found = [f"“{each}”" if quoted else str(each) for each in words]
    return " and ".join([*filter(None, [", ".join(found[:-1])]), *found[-1:]])


def thousands(number: int) -> str:
    """Return the number with commas: 1,310."""
    return f"{number:,}"


def amount(number: float) -> str:
    """A measured number with at most one decimal: 1,962 or 3.5."""
    return f"{number:,.1f}".removesuffix(".0")


def percent(part: float, whole: float) -> str:
    """The part of a whole with one decimal, rounded down so that only all of it is 100%. Of nothing: a dash."""
    return f"{amount(int(part / whole * 1000 + 1e-9) / 10)}%" if whole else "–"


def duration(minutes: float) -> str:
    """A length of time, given in minutes: 8 hours, 7 hours 30 minutes, 45 minutes; zero is 0 hours."""
    hours, rest = divmod(round(minutes), 60)
    words = [plural(hours, "hour")] if hours or not rest else []
    words += [plural(rest, "minute")] if rest else []
    return " ".join(words)


def day_in_words(day: date) -> str:
    """A day in a sentence: 3 June 2025."""
    return f"{day.day} {day:%B} {day.year}"


def hour_in_words(moment: datetime, zone: ZoneInfo) -> str:
    """22:00; and, in the hour an autumn night has twice, 01:30 (first) or 01:30 (second)"""
    there = moment.astimezone(zone)
    twin = there.replace(fold=1 - there.fold)
    comes_twice = twin.utcoffset() != there.utcoffset() and twin.astimezone(UTC).astimezone(there.tzinfo) == twin
    if comes_twice:
        return f"{there:%H:%M} ({'second' if there.fold else 'first'})"
    return f"{there:%H:%M}"
