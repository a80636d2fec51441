"""Rows of a sheet that are nobody: repeated headings, totals, titles between people, and notes below the table."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import partial
from itertools import pairwise

from app.people.sheet import SheetRow
from app.takeover.headings import Headings, one_line
from app.takeover.workbook import Sheet
from app.typed_text import compare_key, quoted

Rows = tuple[SheetRow, ...]

TOTAL = re.compile(r"((grand|sub)[ -]?)?totals?\b|sum\b|average\b|count\b|number of\b", re.IGNORECASE)
FIGURES = re.compile(r"[\d.,%£€ -]+")
NUMBERS_ROWS = ("", "no", "no.", "nr", "nr.", "#", "number", "row", "n°", "№")  # headings above numbers of rows
# What a column of boxes to tick holds beside rows that nobody has filled in yet.
NOT_TICKED = {"no", "false", "0"}
LONGEST_NAME = 40  # characters; what stands alone and is longer is a note
LEAST_COLUMNS = 3  # of a table in which a row with one cell says something about the table
QUOTED = 3  # rows that a note quotes


def numbered_place(found: Headings, rows: Rows) -> int | None:
    """The column that only numbers the rows, one after the other, if there is one."""
    for place, heading in enumerate(found.texts[:2]):
        below = [row for row in rows if not _repeats(found, row)]
        numbers = [row.cells[place] for row in below if place < len(row.cells) and row.cells[place]]
        counted = all(number.isdecimal() for number in numbers) and len(numbers) > 1
        if compare_key(heading) in NUMBERS_ROWS and counted:
            first = int(numbers[0])
            if [int(number) for number in numbers] == list(range(first, first + len(numbers))):
                return place
    return None


def people(sheet: Sheet, found: Headings, rows: Rows) -> tuple[Rows, tuple[str, ...]]:
    """The rows that are people, and a note on each kind of row that is not."""
    notes: list[str] = []
    for is_such, one, many in (
        (partial(_repeats, found), "it repeats the headings", "they repeat the headings"),
        (_is_total, "it is a total", "they are totals"),
        (_is_unfilled, "nobody is in it", "nobody is in them"),
    ):
        if chosen := tuple(row for row in rows if is_such(row)):
            rows = _without(rows, chosen)
            notes.append(f"{lines(chosen)} left out, because {one if len(chosen) == 1 else many}.")
    if sum(bool(text) for text in found.texts) >= LEAST_COLUMNS:
        for find in (_below, _alone):
            if chosen := find(sheet, rows):
                rows = _without(rows, chosen)
                notes.append(f"{lines(chosen)} left out: {_quotations(chosen)}.")
    return rows, tuple(notes)


def lines(rows: Sequence[SheetRow]) -> str:
    """The lines of rows, for the beginning of a sentence: Line 3 was, Lines 3 to 9 and 12 were."""
    spans: list[tuple[int, int]] = []
    for row in rows:
        if spans and row.line == spans[-1][1] + 1:
            spans[-1] = (spans[-1][0], row.line)
        else:
            spans.append((row.line, row.line))
    said = []
    for first, last in spans:
        said += [f"{first} to {last}"] if last > first + 1 else [str(line) for line in range(first, last + 1)]
    if len(said) == 1:
        return f"Line {said[0]} was" if len(rows) == 1 else f"Lines {said[0]} were"
    return f"Lines {', '.join(said[:-1])} and {said[-1]} were"


def above(rows: Sequence[SheetRow]) -> str:
    """A note on the rows above the headings."""
    return f"{lines(rows)} left out, above the headings: {_quotations(rows)}."


def _quotations(rows: Sequence[SheetRow]) -> str:
    texts = [quoted(" ".join(dict.fromkeys(filter(None, row.cells)))) for row in rows[:QUOTED]]
    return ", ".join(texts) + (" …" if len(rows) > QUOTED else "")


def _without(rows: Rows, chosen: Sequence[SheetRow]) -> Rows:
    gone = {row.line for row in chosen}
    return tuple(row for row in rows if row.line not in gone)


def _repeats(found: Headings, row: SheetRow) -> bool:
    """Whether a row is one of the headings again, as at the top of each printed page."""
    filled = [(place, cell) for place, cell in enumerate(row.cells) if cell]
    return len(filled) > 1 and any(
        all(
            place < len(heading.cells) and compare_key(one_line(heading.cells[place])) == compare_key(one_line(cell))
            for place, cell in filled
        )
        for heading in found.rows
    )


def _is_total(row: SheetRow) -> bool:
    filled = [cell for cell in row.cells if cell]
    return bool(TOTAL.match(filled[0])) and all(FIGURES.fullmatch(cell) for cell in filled[1:])


def _is_unfilled(row: SheetRow) -> bool:
    return all(compare_key(cell) in NOT_TICKED for cell in row.cells if cell)


def _below(sheet: Sheet, rows: Rows) -> Rows:
    """The notes below a table: after a blank line, only rows of one or two cells, and no e-mail address."""
    block: Rows = ()
    after_blank = _after_blank_lines(sheet)
    for at in range(len(rows) - 1, 0, -1):
        row = rows[at]
        if _filled(row) > 2 or any("@" in cell for cell in row.cells):
            break
        if row.line in after_blank:
            block = rows[at:]
    return block


def _alone(sheet: Sheet, rows: Rows) -> Rows:
    """Titles between people and remarks: one cell that is merged over others, follows a blank line, or is no name."""
    titles = {line for line, _, _ in sheet.joined} | _after_blank_lines(sheet)
    return tuple(
        row
        for row in rows
        if _filled(row) == 1
        and not any("@" in cell for cell in row.cells)
        and (row.line in titles or _is_remark("".join(row.cells)))
    )


def _is_remark(text: str) -> bool:
    return text.startswith("*") or text.endswith(":") or len(text) > LONGEST_NAME


def _after_blank_lines(sheet: Sheet) -> set[int]:
    """The lines that follow a blank one. In a text file, a row has a line more for each line break in its cells."""
    found = set()
    for before, row in pairwise(sheet.rows):
        breaks = 0 if sheet.name else sum(cell.count("\n") for cell in before.cells)
        if row.line > before.line + breaks + 1:
            found.add(row.line)
    return found


def _filled(row: SheetRow) -> int:
    return len({cell for cell in row.cells if cell})
