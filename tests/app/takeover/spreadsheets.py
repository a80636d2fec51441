"""Files of people as organisations keep them, each of another shape, for the tests of everything that reads them.

Names and addresses are of nobody; the telephone numbers are those that Ofcom keeps for fiction.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from xml.sax.saxutils import escape

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

Value = str | int | float | bool | date | datetime | time | timedelta | None
Grid = Sequence[Sequence[Value]]
Writer = Callable[[list[list[str]]], bytes]


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


def ods(sheets: Mapping[str, Grid]) -> bytes:
    """A workbook as LibreOffice saves it, as far as readers need."""
    tables = "".join(
        f'<table:table table:name="{escape(name)}">'
        + "".join(f"<table:table-row>{''.join(map(_ods_cell, row))}</table:table-row>" for row in grid)
        + "</table:table>"
        for name, grid in sheets.items()
    )
    names = "urn:oasis:names:tc:opendocument:xmlns"
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content xmlns:office="{names}:office:1.0"'
        f' xmlns:table="{names}:table:1.0" xmlns:text="{names}:text:1.0">'
        f"<office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body></office:document-content>"
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    manifest = f'<manifest:manifest xmlns:manifest="{names}:manifest:1.0"/>'
    return packed({"mimetype": kind, "content.xml": content, "META-INF/manifest.xml": manifest})


def _ods_cell(value: Value) -> str:
    if value is None:
        return "<table:table-cell/>"
    attributes = 'office:value-type="string"'
    if isinstance(value, bool):
        attributes = f'office:value-type="boolean" office:boolean-value="{str(value).lower()}"'
    elif isinstance(value, (int, float)):
        attributes = f'office:value-type="float" office:value="{value}"'
    elif isinstance(value, date):
        attributes = f'office:value-type="date" office:date-value="{value.isoformat()}"'
    return f"<table:table-cell {attributes}><text:p>{escape(str(value))}</text:p></table:table-cell>"


def packed(parts: Mapping[str, str | bytes]) -> bytes:
    """A zip file with these parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return out.getvalue()


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


def one_column_for_the_whole_name() -> bytes:
    """Text with semicolons in Windows-1252: surname first, roles in words, blank rows, dates as people type them."""
    grid = [
        ["Volunteer name", "E-mail", "Tel.", "Role(s)", "Level", "DBS issued", "Date of birth"],
        [
            "Lovell, Zoë",
            "zoe@example.org",
            "07700 900101",
            "Shift lead & co-ordinator",
            "Volunteer",
            "3/6/2025",
            "29/3/1998",
        ],
        ["", "", "", "", "", "", ""],
        ["Sørensen, Bo", "bo@example.org", "07700 900102", "", "vol.", "03.11.24", "1/2/2001"],
        ["O’Neill, Maeve", "maeve@example.org", "4,47701E+11", "trainer", "V", "applied for", ""],
        ["", "", "", "", "", "", ""],
    ]
    return text(grid, separator=";", encoding="cp1252")


def dates_and_answers_in_words() -> bytes:
    """A workbook in which nearly everything is text: months, two-figure years, yes and no, “not before May”."""
    grid: Grid = [
        ["Nickname", "E-mail", "Level", "Volunteer since", "SG trained", "Nights?", "Max hours a week"],
        ["Plover", "plover@example.org", "vol", "Sept 2023", "June 25", "y", 8],
        ["Alder", "alder@example.org", "vol.", "2022", "12.1.26", "n", 6.5],
        ["Bryony", "bryony@example.org", "V", "1st March 2024", "45811", "not before May", "about 10"],
        ["Marlow", "marlow@example.org", "peer", datetime.fromisoformat("2025-02-01T09:30"), "not yet", True, None],
    ]
    return xlsx({"Sheet1": grid})


def duplicates_and_no_email() -> bytes:
    """A workbook with the same person twice, one address for two people, and people without an address."""
    grid: Grid = [
        ["First name", "Surname", "Email address", "Mobile", "Status"],
        ["Robin", "Hale", "robin@example.org", "07700 900111", "Active volunteer"],
        ["Robin", "Hale", "ROBIN@example.org ", "07700900111", "Active volunteer"],
        ["Wren", "Hale", "robin@example.org", None, "Active volunteer"],
        ["Tansy", "Moor", None, "07700 900112", "Active volunteer"],
        ["Linden", "Moor", "none", None, "Left in May"],
    ]
    return xlsx({"Members": grid})


def team_on_the_second_sheet() -> bytes:
    """A workbook that begins with a sheet of notes: teams merged downwards, numbered rows, headings on each page."""
    heads = ["No.", "Team", "Name the community sees", "E-mail", "PVG date"]
    grid: Grid = [
        heads,
        [1, "Nights", "Plover", "plover@example.org", date(2025, 6, 3)],
        [2, None, "Alder", "alder@example.org", date(2024, 11, 30)],
        [3, None, "Bryony", "bryony@example.org", None],
        heads,
        [4, "Days", "Marlow", "marlow@example.org", "#N/A"],
        [5, None, "Tansy", "tansy@example.org", date(2026, 1, 12)],
        [6],
        [7],
    ]
    notes: Grid = [["How we keep this list"], ["Ask Sam before changing a name or an e-mail."]]
    return xlsx({"Read me": notes, "People": grid}, {"People": ["B2:B4", "B6:B7"]})


def month_before_day() -> bytes:
    """What Excel calls Unicode text, from a computer set to the United States: tabs, UTF-16, the month first."""
    grid = [
        ["Display name", "Email", "Start date", "DBS date"],
        ["Plover", "plover@example.org", "9/1/2023", "6/3/2025"],
        ["Alder", "alder@example.org", "10/2/2022", "11/30/2024"],
    ]
    return text(grid, separator="\t", encoding="utf-16")


def answers_to_a_form() -> bytes:
    """Answers as a form collects them: questions for headings, a time stamp first, boxes that nobody ticked below."""
    grid: Grid = [
        [
            "Timestamp",
            "Email Address",
            "What is your full name?",
            "What should we call you?\n(shown to members)",
            "DBS?",
        ],
        [datetime.fromisoformat("2026-01-05T14:22"), "plover@example.org", "Pauline Lovell", "Plover", True],
        [datetime.fromisoformat("2026-01-06T09:05"), "alder@example.org", "Al Derwent", "Alder", False],
        [None, None, None, None, False],
        [None, None, None, None, False],
    ]
    return xlsx({"Form responses 1": grid})


def from_libreoffice() -> bytes:
    """An OpenDocument workbook: groups of columns without a word where they were merged, and a remark below."""
    grid: Grid = [
        ["Volunteers & peers, spring 2026"],
        [None],
        ["Person", None, "Checks", None],
        ["Name", "E-mail", "DBS date", "DBS level"],
        ["Pauline Lovell", "plover@example.org", date(2025, 6, 3), "Enhanced"],
        ["Al Derwent", "alder@example.org", "30/11/2024", "Basic"],
        [None],
        ["Dates of checks are those on the certificate."],
    ]
    return ods({"Volunteers": grid, "Old": [["x"]]})


# Every file, by the name it could have.
MESSY: Mapping[str, Callable[[], bytes]] = {
    "Night volunteers 2026.xlsx": two_header_lines,
    "volunteers.csv": one_column_for_the_whole_name,
    "list (final) v3.xlsx": dates_and_answers_in_words,
    "members.xlsx": duplicates_and_no_email,
    "people.xlsm": team_on_the_second_sheet,
    "export.txt": month_before_day,
    "Join us (Responses).xlsx": answers_to_a_form,
    "volunteers.ods": from_libreoffice,
}
