"""The child process that reads a workbook: its bytes come on standard input, lines of JSON go to standard output.

It limits itself before it looks at the file. What breaks the limits ends the process, and its parent says so.
"""

from __future__ import annotations

import io
import json
import sys
import zipfile
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from app.people.sheet import SheetRow
from app.process_limits import limit
from app.takeover import uncalculated
from app.takeover.bounds import (
    CHILD_MEMORY,
    CHILD_PROCESSOR_SECONDS,
    LONGEST_CELL,
    MAX_COLUMNS,
    MAX_INFLATED,
    MAX_ROWS,
    MAX_SHEETS,
    MAX_TEXT,
    REPLACED,
    TOO_MANY_ROWS,
)
from app.takeover.workbook import COPY_ROWS, DAMAGED, OTHER_DOCUMENT, SAVE_AS_WORKBOOK, Sheet, Workbook, cut_notes
from app.wording import plural

if TYPE_CHECKING:
    from python_calamine import CalamineSheet

Cell = int | float | str | bool | time | date | datetime | timedelta
Merged = tuple[tuple[int, int], tuple[int, int]]  # the first and the last row and column, from 0
MOST_JOINED = 1_000  # cells merged sideways that are told; they matter in headings
ENCRYPTED_STREAM = "EncryptedPackage".encode("utf-16-le")  # in which Excel keeps a workbook with a password
MANIFEST, ENCRYPTED_PART = "META-INF/manifest.xml", b"encryption-data"  # OpenDocument's list of parts
PROTECTED = "The workbook is protected with a password. Open it, save it without the password, and choose that file."
OLD_AND_CLOSED = f"This old workbook is protected with a password, or damaged. {SAVE_AS_WORKBOOK}"
NUMBERS = "This is a Numbers file. In Numbers, choose File > Export To > Excel, and choose that file."
OTHER_PACKAGES = {
    "word/document.xml": OTHER_DOCUMENT,
    "ppt/presentation.xml": OTHER_DOCUMENT,
    "Index/Document.iwa": NUMBERS,
}
SPREADSHEET_PARTS = ("xl/workbook.xml", "xl/workbook.bin", "content.xml")


class Refused(Exception):
    """The workbook cannot be taken; the sentence says why and how to mend it."""


def main() -> None:
    """Read the workbook on standard input and say what is in it, or why it cannot be read."""
    limit(memory=CHILD_MEMORY, processor_seconds=CHILD_PROCESSOR_SECONDS)

    def say(**message: Any) -> None:
        sys.stdout.write(json.dumps(message) + "\n")
        sys.stdout.flush()

    try:
        workbook = read(sys.stdin.buffer.read(), lambda name: say(reading=name))
    except Refused as refused:
        say(refused=str(refused))
    else:
        say(workbook=workbook.as_json())


def read(raw: bytes, begin: Callable[[str], None]) -> Workbook:
    """The sheets of a workbook that can be seen; `begin` is told the name of each before it is read."""
    # Loaded here, so that the library, which is what meets the file, stands under the limits.
    from python_calamine import CalamineError, PasswordError, SheetTypeEnum, SheetVisibleEnum, load_workbook

    package = _opened(raw)
    try:
        book = load_workbook(io.BytesIO(raw))
    except PasswordError:
        raise Refused(PROTECTED) from None
    except CalamineError:
        raise Refused(DAMAGED if package else OLD_AND_CLOSED) from None
    tables = [(at, each) for at, each in enumerate(book.sheets_metadata) if each.typ == SheetTypeEnum.WorkSheet]
    shown = [(at, each.name) for at, each in tables if each.visible == SheetVisibleEnum.Visible]
    notes = [f"The hidden sheet “{each.name}” was left out." for at, each in tables if (at, each.name) not in shown]
    if len(shown) > MAX_SHEETS:
        notes.append(f"Only the first {MAX_SHEETS} of {plural(len(shown), 'sheet')} were read.")
    sheets, text_left = [], MAX_TEXT
    for at, name in shown[:MAX_SHEETS]:
        begin(name)
        try:
            sheet = _read_sheet(book.get_sheet_by_index(at), uncalculated.cells(package, at) if package else {})
        except CalamineError:
            sheet = Sheet(name, (), fault=DAMAGED)
        text_left -= sum(len(cell) for row in sheet.rows for cell in row.cells)
        if text_left < 0:
            raise Refused(f"The workbook holds too much text. {COPY_ROWS}")
        sheets.append(sheet)
    return Workbook("", tuple(sheets), tuple(notes))


def _opened(raw: bytes) -> zipfile.ZipFile | None:
    """The package that a workbook is, None for an old one; refuses other documents and what unpacks to too much."""
    if not raw.startswith(b"PK"):
        if ENCRYPTED_STREAM in raw:
            raise Refused(PROTECTED)
        return None
    try:
        package = zipfile.ZipFile(io.BytesIO(raw))
    except (zipfile.BadZipFile, ValueError):
        raise Refused(f"The file is not complete. {COPY_ROWS}") from None
    names = set(package.namelist())
    for name, sentence in OTHER_PACKAGES.items():
        if name in names:
            raise Refused(sentence)
    if not names & set(SPREADSHEET_PARTS):
        raise Refused("This is a packed folder. Please unpack it, and choose the spreadsheet in it.")
    if sum(part.file_size for part in package.infolist()) > MAX_INFLATED:
        raise Refused(f"The workbook unpacks to more than {MAX_INFLATED // 1_000_000} MB. {COPY_ROWS}")
    if MANIFEST in names and ENCRYPTED_PART in package.read(MANIFEST):
        raise Refused(PROTECTED)
    return package


def _read_sheet(sheet: CalamineSheet, errors: dict[int, dict[int, str]]) -> Sheet:
    if sheet.start is None:
        return Sheet(sheet.name, ())
    rows: list[tuple[int, list[str]]] = []
    cut = 0
    for number, values in enumerate(_whole_rows(sheet)):
        missing = errors.get(number, {})
        if values.count("") == len(values) and not missing:  # quickly: programs count a million rows
            continue
        cells = [as_text(value) for value in values]
        for place, text in missing.items():
            cells += [""] * (place + 1 - len(cells))
            cells[place] = text
        if not any(cells):
            continue
        if len(rows) == MAX_ROWS:
            return Sheet(sheet.name, (), fault=TOO_MANY_ROWS)
        if any(cells[MAX_COLUMNS:]):
            return Sheet(sheet.name, (), fault=_too_wide(number + 1))
        cut += sum(len(cell) > LONGEST_CELL for cell in cells)
        rows.append((number, [cell[:LONGEST_CELL] for cell in cells[:MAX_COLUMNS]]))
    joined = _join(rows, sheet.merged_cell_ranges or ())
    kept = tuple(SheetRow(number + 1, tuple(_without_blank_end(cells))) for number, cells in rows)
    return Sheet(sheet.name, kept, joined, tuple(cut_notes(cut)))


def _whole_rows(sheet: CalamineSheet) -> Iterator[list[Cell]]:
    """Every row from the first of the sheet on, with every cell from the first column on."""
    before: list[Cell] = [""] * (sheet.start[1] if sheet.start else 0)
    for values in sheet.iter_rows():
        yield [*before, *values]


def _join(rows: list[tuple[int, list[str]]], merged: Iterable[Merged]) -> tuple[tuple[int, int, int], ...]:
    """Fill in cells that are merged downwards, where their rows hold something; return those merged sideways."""
    row_of = dict(rows)
    joined = []
    for (top, left), (bottom, right) in merged:
        if top not in row_of or left >= MAX_COLUMNS:
            continue
        text = row_of[top][left] if left < len(row_of[top]) else ""
        for number, cells in rows if bottom > top else ():
            if top < number <= bottom:
                cells.extend([""] * (left + 1 - len(cells)))
                cells[left] = text
        if right > left:
            joined.append((top + 1, left, min(right, MAX_COLUMNS - 1)))
    return tuple(sorted(joined)[:MOST_JOINED])


def _too_wide(line: int) -> str:
    return (
        f"Line {line} of this sheet has more than {MAX_COLUMNS} columns. "
        f"Please delete what stands to the right of the table."
    )


def _without_blank_end(cells: list[str]) -> list[str]:
    end = next((place for place in range(len(cells), 0, -1) if cells[place - 1]), 0)
    return cells[:end]


def as_text(value: Cell) -> str:
    """A cell as people read it: 2025-06-03, 19:30, 447700900123, 2.5, yes."""
    if isinstance(value, str):
        return value.replace("\0", REPLACED).replace("\r\n", "\n").strip()
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (int, float)):
        return str(int(value)) if float(value).is_integer() else f"{value:.15g}"  # as many digits as Excel keeps
    return _instant_as_text(value)


def _instant_as_text(value: time | date | datetime | timedelta) -> str:
    if isinstance(value, timedelta):
        minutes = round(value.total_seconds() / 60)
        return f"{minutes // 60}:{minutes % 60:02}"
    if isinstance(value, datetime) and value.time() == time():
        value = value.date()
    if isinstance(value, time):
        return f"{value:%H:%M}"
    return value.isoformat(" ", "minutes") if isinstance(value, datetime) else value.isoformat()


if __name__ == "__main__":
    main()
