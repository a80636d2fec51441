"""Tables as CSV that spreadsheet programs open as it is meant. No Flask, no database."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

# How a cell begins that a spreadsheet would calculate: OWASP, CSV injection, with the wide forms that spreadsheet
# programs in Japanese and Chinese read as the narrow ones.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def written(rows: Iterable[Sequence[str]]) -> bytes:
    """The rows in UTF-8, with the mark that spreadsheet programs need to read accents; no cell is a formula."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows([safe(cell) for cell in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def safe(cell: str) -> str:
    """A cell that no spreadsheet program takes for a formula."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell
