"""The table of people in a sheet, as a person would see it: headings, the rows below them, and what was left out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.people.sheet import SheetRow
from app.takeover import headings
from app.takeover.headings import Headings, Knows
from app.takeover.workbook import Sheet, Workbook

SAMPLES = 3
LONGEST_SAMPLE = 40  # characters


@dataclass(frozen=True)
class TableColumn:
    """A column of the file. `place` counts from 0 in the cells of each row; `samples` are values that differ.

    A column with a `fault` must not be read: its values contradict each other.
    """

    place: int
    heading: str  # empty where the file has none
    samples: tuple[str, ...] = ()
    fault: str = ""

    @property
    def title(self) -> str:
        """What pages and sentences call the column."""
        return self.heading or f"Column {name_of_column(self.place)}"


@dataclass(frozen=True)
class Table:
    """The people of a sheet: columns, rows with their lines in the file, and notes on how both were found."""

    columns: tuple[TableColumn, ...]
    rows: tuple[SheetRow, ...]
    notes: tuple[str, ...] = ()
    known: int = 0  # how many headings are known


def find(sheet: Sheet, knows: Knows) -> Table:
    """The table of a sheet; `knows` says of a heading as it is written whether it has a meaning here."""
    found = headings.find(sheet, knows)
    rows = sheet.rows[found.first_row :]
    return Table(tuple(_columns(found, rows)), rows, (), found.known)


def best_sheet(workbook: Workbook, knows: Knows) -> Sheet:
    """The sheet that names the most known columns, and of several the one with the most rows."""

    def fits(sheet: Sheet) -> tuple[bool, int, int]:
        table = find(sheet, knows)
        return not sheet.fault, table.known, len(table.rows)

    return max(workbook.sheets, key=fits)


def cell(row: SheetRow, place: int) -> str:
    """What stands in a column of a row; nothing beyond its end."""
    return row.cells[place] if place < len(row.cells) else ""


def name_of_column(place: int) -> str:
    """The name of a column in spreadsheet programs: A, B … Z, AA."""
    name = ""
    number = place + 1
    while number:
        number, rest = divmod(number - 1, 26)
        name = chr(ord("A") + rest) + name
    return name


def _columns(found: Headings, rows: Sequence[SheetRow]) -> list[TableColumn]:
    width = max([len(found.texts), *(len(row.cells) for row in rows)])
    columns = []
    for place in range(width):
        heading = found.texts[place] if place < len(found.texts) else ""
        values = dict.fromkeys(filter(None, (cell(row, place) for row in rows)))
        if heading or values:
            samples = tuple(value[:LONGEST_SAMPLE] for value in list(values)[:SAMPLES])
            columns.append(TableColumn(place, heading, samples))
    return columns
