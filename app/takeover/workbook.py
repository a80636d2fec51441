"""Reading the sheets of a file as text: workbooks of Excel and LibreOffice, and tables saved as text.

What a file is shows in its content, whatever its name says. Workbooks are read in a child process with limits
(`workbook_child`), so that a hostile or broken one costs neither memory nor the web process, and ends as a sentence.
"""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from app.people import sheet as text_sheet
from app.people.sheet import MAX_BYTES as MAX_BYTES  # what a page reads at most
from app.people.sheet import SheetRow, UnreadableSheet
from app.process_limits import KILLED_FOR_SIZE, bare_environment
from app.settings import ROOT
from app.takeover.bounds import (
    CHILD_SECONDS,
    LONGEST_CELL,
    MAX_ROWS,
    REPLACED,
    TOO_MANY_ROWS,
)
from app.wording import plural

EMPTY = "There is nothing in this file."
COPY_ROWS = "Please copy the rows with the people into a new workbook, and choose that file."
DAMAGED = f"This is damaged and cannot be read. {COPY_ROWS}"
TOO_LARGE = f"This is too large to be read: something may stand far below or far right of the table. {COPY_ROWS}"
OTHER_DOCUMENT = "This is a document and not a spreadsheet. Please copy its table into one, and choose that file."
WORKBOOKS = (b"PK\x03\x04", b"PK\x05\x06", b"\xd0\xcf\x11\xe0")  # zip, empty zip, compound file of old Excel
SAVE_AS_WORKBOOK = "Open it in your spreadsheet program, save it as .xlsx or .ods, and choose that file."
OTHER_FILES = {
    b"%PDF": f"This is a PDF. Please choose the spreadsheet it was made from. {SAVE_AS_WORKBOOK}",
    b"{\\rtf": OTHER_DOCUMENT,
    b"\x89PNG": "This is a picture. Please choose the spreadsheet itself.",
    b"\xff\xd8\xff": "This is a picture. Please choose the spreadsheet itself.",
}
MARKUP = (b"<!doctype", b"<html", b"<table", b"<?xml", b"<meta")


@dataclass(frozen=True)
class Sheet:
    """One sheet of a file. Rows that are blank are left out; a row says its line, counted from 1 as programs show it.

    `joined` are cells merged sideways: line, first place, last place, counted from 0. Cells merged downwards are
    filled in. A sheet with a `fault` cannot be taken, and has no rows.
    """

    name: str
    rows: tuple[SheetRow, ...]
    joined: tuple[tuple[int, int, int], ...] = ()
    notes: tuple[str, ...] = ()
    fault: str = ""


@dataclass(frozen=True)
class Workbook:
    """The sheets of a file in their order, and notes on how it was read. Made from and into plain data for JSON."""

    file_name: str
    sheets: tuple[Sheet, ...]
    notes: tuple[str, ...] = ()

    def sheet(self, name: str) -> Sheet | None:
        """The sheet of this name."""
        return next((each for each in self.sheets if each.name == name), None)

    def as_json(self) -> dict[str, Any]:
        """Plain data, as it is kept in `TakeoverBatch.rows`."""
        sheets = [
            {
                "name": each.name,
                "rows": [[row.line, list(row.cells)] for row in each.rows],
                "joined": [list(span) for span in each.joined],
                "notes": list(each.notes),
                "fault": each.fault,
            }
            for each in self.sheets
        ]
        return {"file_name": self.file_name, "sheets": sheets, "notes": list(self.notes)}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Workbook:
        """What `as_json` returned; a batch that was emptied is a workbook without sheets."""
        sheets = tuple(
            Sheet(
                name=each["name"],
                rows=tuple(SheetRow(line, tuple(cells)) for line, cells in each["rows"]),
                joined=tuple((line, first, last) for line, first, last in each["joined"]),
                notes=tuple(each["notes"]),
                fault=each["fault"],
            )
            for each in data.get("sheets", ())
        )
        return cls(data.get("file_name", ""), sheets, tuple(data.get("notes", ())))


def read(raw: bytes, file_name: str) -> Workbook:
    """Read every sheet of a file as text; raise `UnreadableSheet`, which says the file, where, and how to mend it.

    Dates become 2025-06-03, times 19:30, whole numbers all their digits, yes and no words, formulas their values;
    cells with an error keep its text. At least one sheet has rows.
    """
    try:
        workbook = _read(raw, file_name)
        if not any(sheet.rows for sheet in workbook.sheets):
            faulty = next((sheet for sheet in workbook.sheets if sheet.fault), None)
            raise UnreadableSheet(1, faulty.fault if faulty else EMPTY, sheet=faulty.name if faulty else "")
    except UnreadableSheet as unreadable:
        unreadable.file = file_name
        raise
    return workbook


def _read(raw: bytes, file_name: str) -> Workbook:
    if len(raw) > MAX_BYTES:
        raise UnreadableSheet(1, f"The file is larger than {MAX_BYTES // 1_000_000} MB. {COPY_ROWS}")
    if raw.startswith(WORKBOOKS):
        return _read_in_child(raw, file_name)
    for start, sentence in OTHER_FILES.items():
        if raw.startswith(start):
            raise UnreadableSheet(1, sentence)
    if raw[:200].lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith(MARKUP):
        raise UnreadableSheet(1, f"This is a web page or XML, whatever its name says. {SAVE_AS_WORKBOOK}")
    return Workbook(file_name, (_read_text(raw),))


def _read_text(raw: bytes) -> Sheet:
    rows, notes = text_sheet.read_rows(raw, most=MAX_ROWS, fit=text_sheet.makes_even_rows)
    if len(rows) > MAX_ROWS:
        return Sheet("", (), fault=TOO_MANY_ROWS)
    cut = 0
    kept = []
    for row in rows:
        cut += sum(len(cell) > LONGEST_CELL for cell in row.cells)
        cells = tuple(cell[:LONGEST_CELL].replace("\0", REPLACED).replace("\r\n", "\n").strip() for cell in row.cells)
        kept.append(SheetRow(row.line, cells))
    if 10 * sum(cell.count(REPLACED) for row in kept for cell in row.cells) > len(raw):
        raise UnreadableSheet(1, f"This is not a table. {SAVE_AS_WORKBOOK}")
    return Sheet("", tuple(kept), notes=(*notes, *cut_notes(cut)))


def cut_notes(cut: int) -> Sequence[str]:
    """What to say about cells that were longer than can be kept."""
    if not cut:
        return ()
    cells = plural(cut, "cell is", "cells are")
    return (f"{cells} longer than {LONGEST_CELL} characters; only the beginning was read.",)


def _read_in_child(raw: bytes, file_name: str) -> Workbook:
    """Let a child process read the workbook: each sheet's name as a line of JSON before it is read, then the answer."""
    command = [sys.executable, "-m", "app.takeover.workbook_child"]
    try:
        child = subprocess.run(
            command,
            input=raw,
            capture_output=True,
            timeout=CHILD_SECONDS,
            cwd=ROOT,
            env=bare_environment(),
            check=False,
        )
        said, status = child.stdout, child.returncode
    except subprocess.TimeoutExpired as expired:
        said, status = expired.stdout or b"", -signal.SIGKILL
    messages = [json.loads(line) for line in said.splitlines(keepends=True) if line.endswith(b"\n")]
    last = messages[-1] if messages else {}
    if "refused" in last:
        raise UnreadableSheet(1, last["refused"])
    if status or "workbook" not in last:
        sentence = TOO_LARGE if status in KILLED_FOR_SIZE else DAMAGED
        raise UnreadableSheet(1, sentence, sheet=last.get("reading", ""))
    return replace(Workbook.from_json(last["workbook"]), file_name=file_name)
