"""The table in a sheet, as a person would see it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.people.sheet import SheetRow
from app.takeover import table, workbook
from app.takeover.table import Table
from app.takeover.workbook import Sheet, Workbook
from app.typed_text import compare_key
from tests.app.takeover.spreadsheets import MESSY

KNOWN = {
    *("displayname", "emailaddress", "email", "level", "mobile", "name", "namethecommunitysees", "nickname", "roles"),
    *("dateofbirth", "dbs", "dbsdate", "dbsissued", "dbslevel", "listening", "pvgdate", "safeguarding", "sgtrained"),
    *("firstname", "surname", "status", "startdate", "tel", "team", "volunteername", "volunteersince"),
}


def knows(heading: str) -> bool:
    return "".join(filter(str.isalnum, compare_key(heading))) in KNOWN


def found(name: str) -> Table:
    read = workbook.read(MESSY[name](), name)
    return table.find(table.best_sheet(read, knows), knows)


# Of each file: its headings, the lines of its people, and what was concluded.
EXPECTED: dict[str, tuple[list[str], list[int], list[str]]] = {
    "Night volunteers 2026.xlsx": (
        ["Nickname", "E-mail", "Mobile", "DBS date", "DBS level", "Safeguarding", "Listening"],
        [5, 6, 7],
        [
            "Line 1 was left out, above the headings: “Night volunteers 2026”.",
            "The headings are read from lines 3 and 4 together.",
            "Line 9 was left out, because it is a total.",
            "Line 10 was left out: “* dates as on the certificates”.",
        ],
    ),
    "volunteers.csv": (
        ["Volunteer name", "E-mail", "Tel.", "Role(s)", "Level", "DBS issued", "Date of birth"],
        [2, 4, 5],
        [
            "The file was read as Windows-1252, from line 2 on. Please look whether accents are right.",
            "The columns are separated by semicolons.",
        ],
    ),
    "list (final) v3.xlsx": (
        ["Nickname", "E-mail", "Level", "Volunteer since", "SG trained", "Nights?", "Max hours a week"],
        [2, 3, 4, 5],
        [],
    ),
    "members.xlsx": (["First name", "Surname", "Email address", "Mobile", "Status"], [2, 3, 4, 5, 6], []),
    "people.xlsm": (
        ["Team", "Name the community sees", "E-mail", "PVG date"],
        [2, 3, 4, 6, 7],
        ["Column A numbers the rows, and was left out.", "Line 5 was left out, because it repeats the headings."],
    ),
    "export.txt": (
        ["Display name", "Email", "Start date", "DBS date"],
        [2, 3],
        [
            "The columns are separated by tabs.",
            "“Start date” is read with the month first: “9/1/2023” is 1 September.",
            "“DBS date” is read with the month first: “6/3/2025” is 3 June.",
        ],
    ),
    "Join us (Responses).xlsx": (
        [
            "Timestamp",
            "Email Address",
            "What is your full name?",
            "What should we call you? (shown to members)",
            "DBS?",
        ],
        [2, 3],
        ["Lines 4 and 5 were left out, because nobody is in them."],
    ),
    "volunteers.ods": (
        ["Name", "E-mail", "DBS date", "DBS level"],
        [5, 6],
        [
            "Line 1 was left out, above the headings: “Volunteers & peers, spring 2026”.",
            "The headings are read from lines 3 and 4 together.",
            "Line 8 was left out: “Dates of checks are those on the certificate.”.",
        ],
    ),
}


@pytest.mark.parametrize("name", MESSY)
def test_a_file_as_organisations_keep_it_is_read_as_a_person_would_read_it(name: str) -> None:
    headings, lines, notes = EXPECTED[name]
    read = found(name)
    assert [column.heading for column in read.columns] == headings
    assert [row.line for row in read.rows] == lines
    assert list(read.notes) == notes
    assert [column.fault for column in read.columns if column.fault] == []


def test_cells_are_as_people_read_them() -> None:
    assert found("people.xlsm").rows[3].cells == ("", "Days", "Marlow", "marlow@example.org", "#N/A")
    assert found("people.xlsm").rows[2].cells[1] == "Nights"  # merged downwards
    assert found("volunteers.csv").rows[0].cells[0] == "Lovell, Zoë"
    assert found("export.txt").rows[1].cells == ("Alder", "alder@example.org", "2/10/2022", "30/11/2024")
    assert found("Join us (Responses).xlsx").rows[0].cells[0] == "2026-01-05 14:22"


def test_a_column_shows_a_few_values_that_differ_and_has_a_name_without_a_heading() -> None:
    sheet = Sheet(
        "Team",
        (
            SheetRow(1, ("Nickname", "", "E-mail", "", "Level")),
            *(SheetRow(line, ("Plover", "x" * 50, "", "", "vol")) for line in (2, 3)),
            SheetRow(4, ("Alder", "y", "", "", "peer")),
        ),
    )
    columns = table.find(sheet, knows).columns
    assert [(column.place, column.title, column.samples) for column in columns] == [
        (0, "Nickname", ("Plover", "Alder")),
        (1, "Column B", ("x" * 39 + "…", "y")),
        (2, "E-mail", ()),
        (4, "Level", ("vol", "peer")),
    ]
    assert [table.name_of_column(place) for place in (25, 26, 701, 702)] == ["Z", "AA", "ZZ", "AAA"]


def test_a_column_that_contradicts_itself_has_a_fault() -> None:
    rows = (("Nickname", "DBS date"), ("Plover", "25/3/2025"), ("Alder", "3/26/2025"))
    read = table.find(Sheet("Team", tuple(SheetRow(line, cells) for line, cells in enumerate(rows, 1))), knows)
    assert ["Line 2" in column.fault and "line 3" in column.fault for column in read.columns] == [False, True]


def test_a_sheet_without_headings_keeps_every_row() -> None:
    rows = (("Plover", "plover@example.org"), ("Alder", "alder@example.org"))
    read = table.find(Sheet("Team", tuple(SheetRow(line, cells) for line, cells in enumerate(rows, 1))), knows)
    assert [column.title for column in read.columns] == ["Column A", "Column B"]
    assert (len(read.rows), read.notes) == (2, ("No line of headings was found.",))


def test_a_sheet_that_cannot_be_taken_is_never_the_best() -> None:
    team = Sheet("Team", (SheetRow(1, ("Nickname",)),))
    assert (
        table.best_sheet(Workbook("x", (Sheet("Log", (), fault="Too long."), Sheet("Notes", ()), team)), knows) is team
    )


@given(
    st.lists(st.lists(st.sampled_from(["", "Name", "E-mail", "DBS", "date", "1", "no", "3/26/25", "25/3/25", "Total"])))
)
def test_any_sheet_is_a_table_whose_rows_are_rows_of_the_sheet(grid: list[list[str]]) -> None:
    rows = tuple(SheetRow(line, tuple(cells)) for line, cells in enumerate(grid, 1) if any(cells))
    read = table.find(Sheet("Any", rows), knows)
    assert {row.line for row in read.rows} <= {row.line for row in rows}
    assert sorted({column.place for column in read.columns}) == [column.place for column in read.columns]
