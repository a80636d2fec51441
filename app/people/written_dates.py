"""Dates as people and spreadsheets write them, read day first, as in the United Kingdom."""

from __future__ import annotations

import re
import unicodedata
from datetime import date

from app.refusals import Invalid
from app.typed_text import one_line, quoted

LONGEST_TYPED = 60  # characters
EXAMPLE = "Please write it like 29/3/2008, 29 March 2008 or 2008-03-29."
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
MONTH = (
    "jan(uary)?|feb(ruary)?|mar(ch)?|apr(il)?|may|june?|july?|aug(ust)?|sept?(ember)?|"
    "oct(ober)?|nov(ember)?|dec(ember)?"
)
MIDNIGHT = r"([ T]00:00(:00(\.0+)?)?)?"  # what programs add to a date
ISO = re.compile(rf"(?P<year>\d{{4}})-(?P<month>\d{{1,2}})-(?P<day>\d{{1,2}}){MIDNIGHT}")
DAY_FIRST = re.compile(
    rf"(?P<day>\d{{1,2}})(?P<sign>[/.\- ])\s?(?P<month>\d{{1,2}})(?P=sign)\s?(?P<year>\d+){MIDNIGHT}"
)
IN_WORDS = re.compile(
    rf"(?P<day>\d{{1,2}})(st|nd|rd|th)?[ \-./]*(?P<name>{MONTH})[ \-./,]*(?P<year>\d+)", re.IGNORECASE
)
MONTH_FIRST = re.compile(rf"(?P<name>{MONTH})[ .]*(?P<day>\d{{1,2}})(st|nd|rd|th)?[, ] *(?P<year>\d+)", re.IGNORECASE)
DAYS_SINCE_1900 = re.compile(r"\d{4,6}([.,]0+)?")


def written_date(typed: str) -> date | None:
    """The day that was written, None for nothing; refuses what could be another day, and says how to write it."""
    if len(typed) > LONGEST_TYPED:
        raise Invalid(f"{quoted(typed)} is not a date. {EXAMPLE}")
    text = unicodedata.normalize("NFKC", one_line(typed))
    if not text:
        return None
    for shape in (ISO, DAY_FIRST, IN_WORDS, MONTH_FIRST):
        if found := shape.fullmatch(text):
            return _day(text, found.groupdict())
    if DAYS_SINCE_1900.fullmatch(text):
        raise Invalid(
            f"A spreadsheet turned the date into {quoted(text)}. Format the column as a date, and save it again."
        )
    raise Invalid(f"{quoted(text)} is not a date. {EXAMPLE}")


def _day(text: str, parts: dict[str, str]) -> date:
    if len(parts["year"]) != 4:
        raise Invalid(f"{quoted(text)} could be of two centuries. Please write the year with four figures.")
    month = MONTHS.index(parts["name"][:3].lower()) + 1 if parts.get("name") else int(parts["month"])
    try:
        return date(int(parts["year"]), month, int(parts["day"]))
    except ValueError:
        raise Invalid(f"{quoted(text)} is not in the calendar; the day is read before the month. {EXAMPLE}") from None
