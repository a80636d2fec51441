"""The template to download: a CSV file with every column that can be taken over, and one row as an example."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from app.takeover.parts import Column

FORMULA = (
    "=",
    "+",
    "-",
    "@",
    "\t",
    "\r",
)  # how a cell begins that a spreadsheet would calculate (OWASP, CSV injection)


def template(columns: Sequence[Column]) -> bytes:
    """The file, in UTF-8 with the mark that spreadsheets need to read accents."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([safe(column.title) for column in columns])
    writer.writerow([safe(column.example) for column in columns])
    return text.getvalue().encode("utf-8-sig")


def safe(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell
