"""Reading a table that a spreadsheet program saved as text: encoding, separator, rows with their lines.

Programs save in several encodings and with several separators. What was recognised is said in a note where it could be
wrong; what cannot be read is refused with its line.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice

from app.wording import thousands

MAX_BYTES = 2_000_000
MAX_ROWS = 5_000
LONGEST_ROW = 100  # cells
ROWS_LOOKED_AT = 50  # to find the separator
SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}

# How files begin that are no text at all, and what people call them.
OTHER_FILES = {
    b"PK\x03\x04": "a workbook (Excel or LibreOffice)",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook",
    b"%PDF": "a PDF",
    b"{\\rtf": "a text document",
}
SEPARATOR_LINE = re.compile(r"\A\"?sep=(.)\"?[ \t]*(\r\n|\r|\n|\Z)", re.IGNORECASE)
# A character of UTF-8 that was read as Windows-1252: Ã©.
READ_WRONGLY = re.compile("[ÂÃ][\u0080-\u00bf]|â€")


class UnreadableSheet(ValueError):
    """The table cannot be read; says in which line, and how to mend it; of a workbook, also in which sheet."""

    def __init__(self, line: int, sentence: str, *, sheet: str = "", file: str = "") -> None:
        super().__init__(sentence)
        self.line = line
        self.sentence = sentence
        self.sheet = sheet
        self.file = file

    @property
    def where(self) -> str:
        """The place, for the beginning of a line: team.xlsx, sheet “Volunteers”."""
        line = f"line {self.line}" if self.line > 1 else ""
        return ", ".join(filter(None, (self.file, f"sheet “{self.sheet}”" if self.sheet else "", line)))


@dataclass(frozen=True)
class SheetRow:
    """One row that is not blank: the line of the file it begins in, and its cells as they stand."""

    line: int
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Sheet:
    """A table: the row that names the columns, the rows below it, and notes on how the file was read."""

    header: SheetRow
    rows: tuple[SheetRow, ...]
    notes: tuple[str, ...]


# How well a separator fits the first rows that are read with it; the first number is 0 where it does not fit at all.
Fit = Callable[[Sequence[SheetRow]], tuple[int, int]]


def read(raw: bytes, *, count_known: Callable[[tuple[str, ...]], int]) -> Sheet:
    """Read a table whose headings are known from a text file; raise `UnreadableSheet` where that is impossible.

    `count_known` says how many of some headings the caller knows, which decides the separator. Blank rows are skipped,
    wherever they are.
    """

    def names_columns(rows: Sequence[SheetRow]) -> tuple[int, int]:
        return (count_known(rows[0].cells), len(rows[0].cells)) if rows else (0, 0)

    rows, notes = read_rows(raw, most=MAX_ROWS + 1, fit=names_columns)
    if len(rows) > MAX_ROWS + 1:
        raise UnreadableSheet(
            rows[MAX_ROWS + 1].line, f"There are more than {thousands(MAX_ROWS)} rows. Please split the file."
        )
    return Sheet(rows[0], tuple(rows[1:]), notes) if rows else Sheet(SheetRow(1, ()), (), notes)


def makes_even_rows(rows: Sequence[SheetRow]) -> tuple[int, int]:
    """How many rows have the same number of cells, which is more than one, and that number: for unknown headings."""
    widths = Counter(len(row.cells) for row in rows if len(row.cells) > 1)
    width = max(widths, key=lambda each: (widths[each], each), default=0)
    return widths[width], width


def read_rows(raw: bytes, *, most: int, fit: Fit) -> tuple[list[SheetRow], tuple[str, ...]]:
    """The rows of a text file that are not blank, with notes on how it was read; raise `UnreadableSheet`.

    Of a file that has more rows than `most`, one more is read, so that the caller sees it. The separator is the one
    with the best `fit`.
    """
    if len(raw) > MAX_BYTES:
        raise UnreadableSheet(1, f"The file is larger than {MAX_BYTES // 1_000_000} MB. Please split it.")
    text, notes = _decoded(raw)
    skipped = 0
    if found := SEPARATOR_LINE.match(text):
        separator, skipped = found[1], 1
        text = text[found.end() :]
    else:
        separator = _separator(text, fit)
    rows = list(islice(_rows(text, separator, skipped), most + 1))
    if rows and separator != ",":
        notes = (*notes, f"The columns are separated by {SEPARATORS.get(separator, quoted_separator(separator))}.")
    return rows, notes


def quoted_separator(separator: str) -> str:
    """A separator that has no name of its own, for a sentence."""
    return f"“{separator}”"


def _decoded(raw: bytes) -> tuple[str, tuple[str, ...]]:
    """The text of a file, and a note where the encoding was guessed."""
    for start, what in OTHER_FILES.items():
        if raw.startswith(start):
            raise UnreadableSheet(1, f"This is {what}, not CSV. Save the sheet as “CSV UTF-8” and choose that file.")
    if encoding := _utf_16(raw):
        try:
            return raw.decode(encoding).removeprefix("\ufeff"), ()
        except UnicodeDecodeError:
            raise UnreadableSheet(1, "The file is damaged. Save the sheet as “CSV UTF-8” and try again.") from None
    try:
        return raw.decode("utf-8-sig"), ()
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
    try:
        text = raw.decode("cp1252")
    except UnicodeDecodeError:
        text = ""
    if not text or READ_WRONGLY.search(text):
        raise UnreadableSheet(line, "A character here is damaged. Save the sheet as “CSV UTF-8” and try again.")
    note = f"The file was read as Windows-1252, from line {line} on. Please look whether accents are right."
    return text, (note,)


def _utf_16(raw: bytes) -> str | None:
    """The encoding of a file in UTF-16, which begins with a mark or has a zero beside each plain character."""
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    if not raw:
        return None
    first, second = raw[:200:2].count(0), raw[1:200:2].count(0)
    if max(first, second) * 3 < len(raw[:200:2]):  # headings are mostly plain characters
        return None
    return "utf-16-le" if second > first else "utf-16-be"


def _separator(text: str, fit: Fit) -> str:
    """The separator with which the first rows fit best; a comma where none fits."""

    def fits(separator: str) -> tuple[int, int]:
        first: list[SheetRow] = []
        with suppress(UnreadableSheet):
            for row in islice(_rows(text, separator, 0), ROWS_LOOKED_AT):
                first.append(row)
        return fit(first)

    best = max(SEPARATORS, key=fits)
    return best if fits(best)[0] else ","


def _rows(text: str, separator: str, skipped: int) -> Iterator[SheetRow]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    line = 1
    while True:
        line = reader.line_num + 1 + skipped
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            sentence = f"What begins in this line cannot be read as CSV ({error}). Is there a quotation mark too many?"
            raise UnreadableSheet(line, sentence) from None
        if len(cells) > LONGEST_ROW:
            raise UnreadableSheet(line, f"This line has {thousands(len(cells))} cells; {LONGEST_ROW} are the most.")
        if any(cell.strip() for cell in cells):
            yield SheetRow(line, tuple(cells))
