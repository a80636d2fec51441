"""The table in a sheet, as a person would see it."""

from __future__ import annotations

from app.takeover import table, workbook
from app.typed_text import compare_key
from tests.app.takeover import spreadsheets

HEADINGS = {"nickname", "e-mail", "mobile", "dbs date", "dbs level", "safeguarding", "listening"}


def knows(heading: str) -> bool:
    return compare_key(heading) in HEADINGS


def test_two_lines_of_headings_are_read_together() -> None:
    read = workbook.read(spreadsheets.two_header_lines(), "team.xlsx")
    found = table.find(table.best_sheet(read, knows), knows)
    assert [column.heading for column in found.columns] == [
        "Nickname",
        "E-mail",
        "Mobile",
        "DBS date",
        "DBS level",
        "Safeguarding",
        "Listening",
    ]
