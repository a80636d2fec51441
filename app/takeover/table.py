"""The table of people in a sheet, as a person would see it: headings, the rows below them, and what was left out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from app.people.sheet import SheetRow
from app.takeover import headings, left_out, month_first
from app.takeover.headings import Headings, Knows
from app.takeover.left_out import Rows
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
    rows: Rows
    notes: tuple[str, ...] = ()
    known: int = 0  # how many headings are known


def find(sheet: Sheet, knows: Knows) -> Table:
    """The table of a sheet; `knows` says of a heading as it is written whether it has a meaning here.

    Dates written month first are turned about, so that every date in figures has the day first. The notes of the sheet
    are among those of the table.
    """
    found = headings.find(sheet, knows)
    rows = sheet.rows[found.first_row :]
    notes = [*sheet.notes, *_heading_notes(sheet, found)]
    numbers = left_out.numbered_place(found, rows)
    if numbers is not None:
        notes.append(f"Column {name_of_column(numbers)} numbers the rows, and was left out.")
        rows = _without_column(rows, numbers)
    rows, more = left_out.people(sheet, found, rows)
    columns = [column for column in _columns(found, rows) if column.place != numbers]
    turned = month_first.turned(rows, {column.place: column.title for column in columns})
    columns = [replace(column, fault=turned.faults.get(column.place, "")) for column in columns]
    return Table(tuple(columns), turned.rows, (*notes, *more, *turned.notes), found.known)


def _heading_notes(sheet: Sheet, found: Headings) -> list[str]:
    if not found.rows:
        return ["No line of headings was found."] if sheet.rows else []
    notes = []
    titles = sheet.rows[: found.first_row - len(found.rows)]
    if titles:
        notes.append(left_out.above(titles))
    if len(found.rows) > 1:
        notes.append(f"The headings are read from lines {found.rows[0].line} and {found.rows[1].line} together.")
    return notes


def _without_column(rows: Rows, place: int) -> Rows:
    """The rows with nothing in one column, and without those that hold nothing else."""
    emptied = (SheetRow(row.line, (*row.cells[:place], "", *row.cells[place + 1 :])) for row in rows)
    return tuple(row for row in emptied if any(row.cells))


def best_sheet(workbook: Workbook, knows: Knows) -> Sheet:
    """The sheet that names the most known columns, and of several the one with the most rows."""

    def fits(sheet: Sheet) -> tuple[bool, int, int]:
        return not sheet.fault, headings.find(sheet, knows).known, len(sheet.rows)

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
            samples = tuple(_shortened(value) for value in list(values)[:SAMPLES])
            columns.append(TableColumn(place, heading, samples))
    return columns


def _shortened(value: str) -> str:
    return value if len(value) <= LONGEST_SAMPLE else value[: LONGEST_SAMPLE - 1] + "…"
