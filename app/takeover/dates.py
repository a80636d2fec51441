"""Dates as an organisation's records have them: days, months, years, and what spreadsheet programs turn days into.

Stricter than a person who knows the records, and never stricter than it must be: what can only be one day is that day,
and what was concluded is said in a note. Dates of birth are read by `written_date`, which concludes nothing.
"""

from __future__ import annotations

import re
import unicodedata
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from app.people.written_dates import DAY_FIRST, IN_WORDS, ISO, LONGEST_TYPED, MONTH, MONTH_FIRST, MONTHS
from app.refusals import Invalid
from app.typed_text import one_line, quoted
from app.wording import day_in_words

EXAMPLE = "Please write it like 3/6/2025, 3 June 2025 or 2025-06-03."

# Years with two figures are taken where only one century is possible. The oldest records of this kind are those of the
# Criminal Records Bureau, which began in 2002; nothing is booked or valid for longer than ten years ahead.
YEARS_BACK, YEARS_AHEAD = 30, 10

TIME = re.compile(r"[ T,]+\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?( ?[ap]m)?Z?$", re.IGNORECASE)
WEEKDAY = re.compile(r"(mon|tues?|wed(nes)?|thu(rs?)?|fri|sat(ur)?|sun)(day)?[.,]? +(?P<rest>.+)", re.IGNORECASE)

MONTH_IN_WORDS = re.compile(rf"(?P<name>{MONTH})[ \-./,]*['’]?(?P<year>\d+)", re.IGNORECASE)
MONTH_IN_FIGURES = re.compile(r"(?P<month>\d{1,2})[/.\-](?P<year>\d{4})")
ISO_MONTH = re.compile(r"(?P<year>\d{4})-(?P<month>\d{1,2})")
COMPACT = re.compile(r"(?P<year>(19|20)\d{2})(?P<month>\d{2})(?P<day>\d{2})")
MONTHS_WRITTEN = (MONTH_IN_WORDS, MONTH_IN_FIGURES, ISO_MONTH)
DAYS_WRITTEN = (ISO, DAY_FIRST, IN_WORDS, MONTH_FIRST, COMPACT)
YEAR = re.compile(r"(19|20)\d{2}")
WITHOUT_YEAR = re.compile(rf"\d{{1,2}}(st|nd|rd|th)?[ \-./]*({MONTH})|\d{{1,2}}[/.]\d{{1,2}}", re.IGNORECASE)

# Spreadsheet programs count days from here; the figures stand for days from 1982 to 2064.
DAY_0 = date(1899, 12, 30)
SERIAL = re.compile(r"(?P<days>[345]\d{4})([.,]\d+)?")


class Exact(StrEnum):
    """How exactly a date was written."""

    DAY = "day"
    MONTH = "month"
    YEAR = "year"


class Unknown(StrEnum):
    """Which day stands for a month or a year whose day is not known; who reads the column decides."""

    FIRST = "first"
    LAST = "last"


@dataclass(frozen=True)
class RecordedDate:
    """The day that is kept, how exactly it was written, and a sentence where something was concluded."""

    day: date
    exact: Exact = Exact.DAY
    note: str = ""


def recorded_date(typed: str, *, today: date, unknown: Unknown, is_past: bool = False) -> RecordedDate | None:
    """Read a date of the past or the near future, day before month; None for an empty cell.

    A month or a year becomes its first or last day, as `unknown` says; the last is today at most where the date is of
    something that happened. Refuses with `Invalid` what is no date, or could be of two centuries, and says how to write
    it.
    """
    if len(typed) > LONGEST_TYPED:
        raise Invalid(f"{quoted(typed)} is not a date. {EXAMPLE}")
    text = unicodedata.normalize("NFKC", one_line(typed))
    if not text:
        return None
    bare = without_time(text)
    for shape in MONTHS_WRITTEN:
        if found := shape.fullmatch(bare):
            span = Exact.MONTH, *_month(text, found.groupdict(), today)
            return _one_of(text, *span, unknown, today if is_past else date.max)
    for shape in DAYS_WRITTEN:
        if found := shape.fullmatch(bare):
            return _day(text, found.groupdict(), today)
    if YEAR.fullmatch(bare):
        year = int(bare)
        span = Exact.YEAR, date(year, 1, 1), date(year, 12, 31)
        return _one_of(text, *span, unknown, today if is_past else date.max)
    if found := SERIAL.fullmatch(bare):
        day = DAY_0 + timedelta(days=int(found["days"]))
        return RecordedDate(day, note=f"{quoted(text)} is read as {day_in_words(day)}, as spreadsheets count days.")
    fault = "has no year" if WITHOUT_YEAR.fullmatch(bare) else "is not a date"
    raise Invalid(f"{quoted(text)} {fault}. {EXAMPLE}")


def _day(text: str, parts: dict[str, str], today: date) -> RecordedDate:
    year, month = _year(text, parts["year"], today), _month_number(parts)
    try:
        day = date(year, month, int(parts["day"]))
    except ValueError:
        raise Invalid(f"{quoted(text)} is not in the calendar; the day is read before the month. {EXAMPLE}") from None
    was_short = len(parts["year"]) == 2
    return RecordedDate(day, note=f"{quoted(text)} is read as {day_in_words(day)}." if was_short else "")


def _month(text: str, parts: dict[str, str], today: date) -> tuple[date, date]:
    year, month = _year(text, parts["year"], today), _month_number(parts)
    try:
        first = date(year, month, 1)
    except ValueError:
        raise Invalid(f"{quoted(text)} is not in the calendar. {EXAMPLE}") from None
    return first, first.replace(day=monthrange(year, month)[1])


def _one_of(text: str, exact: Exact, first: date, last: date, unknown: Unknown, latest: date) -> RecordedDate:
    """The day that stands for a month or a year; what begins after `latest` is left to the reader to refuse."""
    day = first if unknown is Unknown.FIRST else max(first, min(last, latest))
    which = f"the {unknown} day of the {exact}" if day in (first, last) else f"the last day of the {exact} so far"
    return RecordedDate(day, exact, f"{quoted(text)} is read as {day_in_words(day)}, {which}.")


def _month_number(parts: dict[str, str]) -> int:
    return MONTHS.index(parts["name"][:3].lower()) + 1 if parts.get("name") else int(parts["month"])


def _year(text: str, figures: str, today: date) -> int:
    if len(figures) == 4:
        return int(figures)
    if len(figures) != 2:
        raise Invalid(f"{quoted(text)} is not a date. {EXAMPLE}")
    possible = range(today.year - YEARS_BACK, today.year + YEARS_AHEAD + 1)
    year = next((each for each in possible if each % 100 == int(figures)), None)
    if year is None:
        raise Invalid(f"{quoted(text)} could be of two centuries. Please write the year with four figures.")
    return year


def without_time(text: str) -> str:
    """A date without the time after it and the weekday before it, which forms and calendars add."""
    found = WEEKDAY.fullmatch(text)
    return TIME.sub("", found["rest"] if found else text)
