"""Files that people keep their teams in, read as text."""

from __future__ import annotations

from app.people.sheet import SheetRow
from app.takeover import workbook
from app.takeover.workbook import Workbook
from tests.app.takeover import spreadsheets


def test_a_workbook_is_read_with_the_lines_that_a_spreadsheet_program_shows() -> None:
    read = workbook.read(spreadsheets.two_header_lines(), "team.xlsx")
    [sheet] = read.sheets
    assert (read.file_name, sheet.name, sheet.fault) == ("team.xlsx", "Volunteers", "")
    assert sheet.rows[3] == SheetRow(
        5, ("Plover", "plover@example.org", "447700900123", "2025-06-03", "Enhanced", "2026-01-12", "12.1.26")
    )
    assert sheet.rows[2].cells[0] == "Nickname"  # merged downwards
    assert sheet.joined == ((1, 0, 6), (3, 1, 2), (3, 3, 4), (3, 5, 6))


def test_a_workbook_goes_into_json_and_back() -> None:
    read = workbook.read(spreadsheets.two_header_lines(), "team.xlsx")
    assert Workbook.from_json(read.as_json()) == read
    assert Workbook.from_json({}).sheets == ()
