"""Files of people as organisations keep them, each of another shape, for the tests of everything that reads them.

Names and addresses are of nobody; the telephone numbers are those that Ofcom keeps for fiction.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

Value = str | int | float | bool | date | datetime | time | timedelta | None
Grid = Sequence[Sequence[Value]]


def xlsx(sheets: Mapping[str, Grid], merged: Mapping[str, Sequence[str]] | None = None) -> bytes:
    """A workbook with these sheets; `merged` names ranges such as B1:C1 by sheet."""
    book = Workbook()
    first = book.active
    assert isinstance(first, Worksheet)
    book.remove(first)
    for name, grid in sheets.items():
        sheet = book.create_sheet(name)
        for row in grid:
            sheet.append(list(row))
        for area in (merged or {}).get(name, ()):
            sheet.merge_cells(area)
    return saved(book)


def saved(book: Workbook) -> bytes:
    """The bytes of a workbook."""
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def text(grid: Sequence[Sequence[str]], *, separator: str = ",", encoding: str = "utf-8-sig") -> bytes:
    """A table that a spreadsheet program saved as text."""
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=separator).writerows(grid)
    return out.getvalue().encode(encoding)


def two_header_lines() -> bytes:
    """A workbook with a title, groups of columns merged above the headings, and a total below."""
    grid: Grid = [
        ["Night volunteers 2026"],
        [],
        ["Nickname", "Contact", None, "DBS", None, "Training", None],
        [None, "E-mail", "Mobile", "date", "level", "Safeguarding", "Listening"],
        ["Plover", "plover@example.org", 447700900123, date(2025, 6, 3), "Enhanced", date(2026, 1, 12), "12.1.26"],
        ["Alder", "alder@example.org", "07700 900124", date(2024, 11, 30), "Enhanced", "June 25", None],
        ["Bryony", "bryony@example.org", "+44 7700 900125", None, "applied for", None, None],
        [],
        ["Total", None, None, 3],
        ["* dates as on the certificates"],
    ]
    return xlsx({"Volunteers": grid}, {"Volunteers": ["A1:G1", "A3:A4", "B3:C3", "D3:E3", "F3:G3"]})
