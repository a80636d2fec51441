"""Cells of an Excel workbook that hold an error or a formula without a value: what the library reads as blank.

A blank in their place would be understood as “nothing there”, which nobody wrote.
"""

from __future__ import annotations

import re
import zipfile
from html import unescape

from app.takeover.bounds import MAX_COLUMNS

RELATION = re.compile(rb"<(?:\w+:)?Relationship\b[^>]*>")
SHEET = re.compile(rb"<(?:\w+:)?sheet\b[^>]*>")
CELL = re.compile(rb"<(?:\w+:)?c\b([^>]*[^/>])>(.*?)</(?:\w+:)?c>", re.DOTALL)
ERROR = re.compile(rb"\bt=[\"']e[\"']")
REFERENCE = re.compile(rb"\br=[\"']([A-Z]{1,3})([0-9]{1,7})[\"']")
VALUE = re.compile(rb"<(?:\w+:)?v>([^<]+)<")
FORMULA = re.compile(rb"<(?:\w+:)?f\b[^>]*>([^<]*)")
ID_OF_SHEET = re.compile(rb"\b\w+:id=[\"']([^\"']+)[\"']")
ID = re.compile(rb"\bId=[\"']([^\"']+)[\"']")
TARGET = re.compile(rb"\bTarget=[\"']([^\"']+)[\"']")


def cells(package: zipfile.ZipFile, sheet: int) -> dict[int, dict[int, str]]:
    """What such cells of the sheet with this place in the workbook show, by row and column from 0: #REF!, or =A1+1."""
    part = _part_of(package, sheet)
    if part is None:
        return {}
    content = package.read(part)
    if b"#" not in content and not FORMULA.search(content):
        return {}
    found: dict[int, dict[int, str]] = {}
    for cell in CELL.finditer(content):
        attributes, inside = cell[1], cell[2]
        reference = REFERENCE.search(attributes)
        if reference is None:
            continue
        value = VALUE.search(inside)
        if ERROR.search(attributes) and value:
            text = value[1].decode("utf-8", "replace")
        elif value is None and (formula := FORMULA.search(inside)):
            text = "=" + unescape(formula[1].decode("utf-8", "replace"))
        else:
            continue
        row, column = _place(*reference.groups())
        if column < MAX_COLUMNS:
            found.setdefault(row, {})[column] = text
    return found


def _part_of(package: zipfile.ZipFile, sheet: int) -> str | None:
    """The name of the part that holds a sheet; None where the package is not of Excel's kind, or broken."""
    try:
        sheets = SHEET.findall(package.read("xl/workbook.xml"))
        relations = RELATION.findall(package.read("xl/_rels/workbook.xml.rels"))
    except KeyError:
        return None
    wanted = ID_OF_SHEET.search(sheets[sheet]) if sheet < len(sheets) else None
    for relation in relations:
        found, target = ID.search(relation), TARGET.search(relation)
        if wanted and found and target and found[1] == wanted[1]:
            path = target[1].decode("utf-8", "replace")
            name = path.removeprefix("/") if path.startswith("/") else f"xl/{path}"
            return name if name in package.namelist() else None
    return None


def _place(name: bytes, number: bytes) -> tuple[int, int]:
    column = 0
    for sign in name:
        column = column * 26 + sign - ord("A") + 1
    return int(number) - 1, column - 1
