"""Columns of dates in which the month stands before the day: found by looking at whole columns, and turned about.

Day before month is the rule (3/6/2025 is 3 June). A column is read month first where a value proves it (3/25/2025), and
no other proves the opposite; columns without a proof follow the rest of the file.
"""

from __future__ import annotations

import re
import unicodedata
from calendar import month_name
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from app.people.sheet import SheetRow
from app.people.written_dates import DAY_FIRST, ISO, LONGEST_TYPED
from app.refusals import Invalid
from app.takeover.dates import without_time
from app.typed_text import one_line, quoted

Rows = tuple[SheetRow, ...]

WRITE_ALIKE = "Please write all dates of the column alike, best like 2026-03-25."
MAY_BE_A_DATE = re.compile(r"\d\s*[/.\-\s／．－]\s*\d")
ISO_ENOUGH = 4  # real dates of one column; that all lie in the first twelve days by chance happens twice in a hundred
MONTHS_OF_A_YEAR = 12


class DayOrder(StrEnum):
    """What stands first in the dates of a column."""

    DAY_FIRST = "day"
    MONTH_FIRST = "month"


@dataclass(frozen=True)
class Turned:
    """Rows with every date day first, notes, and by place the faults of columns that must not be read."""

    rows: Rows
    notes: tuple[str, ...]
    faults: Mapping[int, str]


def day_order(column: Sequence[tuple[int, str]]) -> DayOrder | None:
    """What stands first in a column of lines and cells; None where no value proves it.

    Refuses with `Invalid`, naming a line of each kind, where values prove both.
    """
    proofs: dict[DayOrder, tuple[int, str]] = {}
    for line, text in column:
        if order := _proved_by(text):
            proofs.setdefault(order, (line, text))
    if len(proofs) < len(DayOrder):
        return next(iter(proofs), None)
    (day_line, day_text), (month_line, month_text) = proofs[DayOrder.DAY_FIRST], proofs[DayOrder.MONTH_FIRST]
    raise Invalid(
        f"Line {day_line} ({quoted(day_text)}) has the day first, line {month_line} ({quoted(month_text)}) the month. "
        f"{WRITE_ALIKE}"
    )


def turned(rows: Rows, titles: Mapping[int, str]) -> Turned:
    """Rows in which every date is written day first; `titles` are the columns, by place."""
    orders: dict[int, DayOrder | None] = {}
    faults: dict[int, str] = {}
    columns = {place: [(row.line, row.cells[place]) for row in rows if place < len(row.cells)] for place in titles}
    for place, column in columns.items():
        try:
            orders[place] = day_order(column)
        except Invalid as contradiction:
            faults[place] = contradiction.sentences[0]
    of_file = {order for place, order in orders.items() if order and _holds_dates(columns[place])}
    of_file |= set(DayOrder) if faults else set()
    for place, order in orders.items():
        if (
            order is None
            and len(of_file) == len(DayOrder)
            and any(_is_of_both_orders(text) for _, text in columns[place])
        ):
            faults[place] = f"The file has dates of both orders, and nothing shows which these are. {WRITE_ALIKE}"
    month_first = {
        place
        for place, order in orders.items()
        if order is DayOrder.MONTH_FIRST or (order is None and of_file == {DayOrder.MONTH_FIRST})
    }
    notes = [note for place in month_first if (note := _month_first_note(titles[place], columns[place]))]
    notes += [note for place in columns if (note := _half_turned_note(titles[place], columns[place]))]
    return Turned(tuple(_day_first(row, month_first) for row in rows), tuple(notes), faults)


def _parts(text: str) -> tuple[int, int] | None:
    """The two figures before the year, of a date in figures."""
    if not MAY_BE_A_DATE.search(text):  # most cells hold none, and this is quick
        return None
    found = DAY_FIRST.fullmatch(_bare(text))
    return (int(found["day"]), int(found["month"])) if found else None


def _bare(text: str) -> str:
    return without_time(unicodedata.normalize("NFKC", one_line(text[: LONGEST_TYPED + 1])))


def _proved_by(text: str) -> DayOrder | None:
    first, second = _parts(text) or (0, 0)
    if first > MONTHS_OF_A_YEAR >= second:
        return DayOrder.DAY_FIRST
    return DayOrder.MONTH_FIRST if second > MONTHS_OF_A_YEAR >= first else None


def _is_of_both_orders(text: str) -> bool:
    first, second = _parts(text) or (0, 0)
    return first != second and max(first, second) <= MONTHS_OF_A_YEAR


def _holds_dates(column: Sequence[tuple[int, str]]) -> bool:
    """Whether at least half of what stands in a column are days, so that it speaks for the whole file."""
    filled = [text for _, text in column if text]
    return 2 * sum(bool(_parts(text) or ISO.fullmatch(text)) for text in filled) >= len(filled)


def _day_first(row: SheetRow, places: Collection[int]) -> SheetRow:
    cells = list(row.cells)
    for place in places:
        if place < len(cells) and (found := DAY_FIRST.fullmatch(_bare(cells[place]))):
            cells[place] = f"{found['month']}{found['sign']}{found['day']}{found['sign']}{found['year']}"
    return SheetRow(row.line, tuple(cells))


def _month_first_note(title: str, column: Sequence[tuple[int, str]]) -> str:
    dates = [text for _, text in column if _parts(text)]
    if not dates:
        return ""
    shown = next((text for text in dates if _is_of_both_orders(text)), dates[0])
    month, day = _parts(shown) or (1, 1)
    return f"{quoted(title)} is read with the month first: {quoted(shown)} is {day} {month_name[month]}."


def _half_turned_note(title: str, column: Sequence[tuple[int, str]]) -> str:
    """A warning where a program that expects the month first turned about every date it could, and left the others."""
    days = [int(found["day"]) for _, text in column if (found := ISO.fullmatch(text))]
    texts = [text for _, text in column if _parts(text)]
    suspicious = len(days) >= ISO_ENOUGH and texts and max(days) <= MONTHS_OF_A_YEAR
    if not suspicious or any(_proved_by(text) is not DayOrder.DAY_FIRST for text in texts):
        return ""
    return (
        f"In {quoted(title)} a spreadsheet program may have taken days for months: every real date lies in the first "
        f"twelve days of a month, and only later days are text. Please compare with your records."
    )
