"""Files that people keep their teams in are read as text, and what cannot be read says why."""

from __future__ import annotations

import io
import struct
import zipfile
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.people.sheet import SheetRow, UnreadableSheet
from app.takeover import workbook
from app.takeover.bounds import LONGEST_CELL, MAX_COLUMNS, MAX_ROWS, MAX_SHEETS
from app.takeover.workbook import MAX_BYTES, Sheet, Workbook
from tests.app.takeover import spreadsheets
from tests.app.takeover.spreadsheets import MESSY, packed, text, two_header_lines, xlsx

SHEET = "xl/worksheets/sheet1.xml"
CELLS = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>%s</sheetData></worksheet>'
LAUGHS = b"".join(b'<!ENTITY l%d "%s">' % (level, b"&l%d;" % (level - 1) * 10) for level in range(1, 10))
LAUGHS = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY l0 "ha">%s]>' % LAUGHS


def only_sheet(raw: bytes) -> Sheet:
    [sheet] = workbook.read(raw, "team").sheets
    return sheet


def parts(raw: bytes) -> dict[str, bytes]:
    package = zipfile.ZipFile(io.BytesIO(raw))
    return {name: package.read(name) for name in package.namelist()}


def with_part(raw: bytes, name: str, content: bytes) -> bytes:
    return packed({**parts(raw), name: content})


def with_more_below(rows: bytes) -> bytes:
    raw = two_header_lines()
    return with_part(raw, SHEET, parts(raw)[SHEET].replace(b"</sheetData>", rows + b"</sheetData>"))


def refusal(raw: bytes) -> UnreadableSheet:
    with pytest.raises(UnreadableSheet) as refused:
        workbook.read(raw, "team.xlsx")
    assert refused.value.file == "team.xlsx"
    assert refused.value.sentence.endswith((".", "again."))
    return refused.value


def test_a_workbook_is_read_with_the_lines_that_a_spreadsheet_program_shows() -> None:
    sheet = only_sheet(two_header_lines())
    assert (sheet.name, sheet.fault, sheet.notes) == ("Volunteers", "", ())
    assert sheet.rows[3] == SheetRow(
        5, ("Plover", "plover@example.org", "447700900123", "2025-06-03", "Enhanced", "2026-01-12", "12.1.26")
    )
    assert sheet.rows[2].cells[0] == "Nickname"  # merged downwards
    assert sheet.joined == ((1, 0, 6), (3, 1, 2), (3, 3, 4), (3, 5, 6))


@pytest.mark.parametrize("name", MESSY)
def test_every_file_goes_into_json_and_back(name: str) -> None:
    read = workbook.read(MESSY[name](), name)
    assert read.file_name == name
    assert Workbook.from_json(read.as_json()) == read


def test_a_batch_that_was_emptied_is_a_workbook_without_sheets() -> None:
    assert Workbook.from_json({}) == Workbook("", ())


def test_a_formula_is_read_as_its_value_and_macros_are_never_looked_at() -> None:
    raw = xlsx({"Team": [["Name"], ["=1+1"]]})
    calculated = with_part(raw, SHEET, parts(raw)[SHEET].replace(b"<v/>", b"<v>2</v>").replace(b"<v></v>", b"<v>2</v>"))
    assert only_sheet(with_part(calculated, "xl/vbaProject.bin", b"Sub AutoOpen()")).rows[1].cells == ("2",)


def test_what_a_file_is_shows_in_its_content_and_not_in_its_name() -> None:
    assert workbook.read(xlsx({"Team": [["Name"]]}), "team.csv").sheets[0].rows[0].cells == ("Name",)
    assert workbook.read(text([["Name", "E-mail"]]), "team.xlsx").sheets[0].rows[0].cells == ("Name", "E-mail")


def test_cells_of_libreoffice_are_read_as_those_of_excel() -> None:
    grid: spreadsheets.Grid = [["Plover", date(2025, 6, 3), True, 447700900123, 6.5, None, "x"]]
    cells = ("Plover", "2025-06-03", "yes", "447700900123", "6.5", "", "x")
    assert only_sheet(spreadsheets.ods({"Team": grid})).rows[0].cells == cells
    assert only_sheet(xlsx({"Team": grid})).rows[0].cells == cells


def test_hidden_sheets_are_left_out_and_so_are_those_beyond_the_most() -> None:
    raw = xlsx({f"Week {number}": [["x"]] for number in range(MAX_SHEETS + 2)})
    hidden = parts(raw)["xl/workbook.xml"].replace(b'state="visible"', b'state="hidden"', 1)
    read = workbook.read(with_part(raw, "xl/workbook.xml", hidden), "rota.xlsx")
    assert [sheet.name for sheet in read.sheets] == [f"Week {number}" for number in range(1, MAX_SHEETS + 1)]
    assert read.notes == ("The hidden sheet “Week 0” was left out.", "Only the first 30 of 31 sheets were read.")


def test_a_sheet_beyond_the_bounds_has_a_fault_and_the_others_are_read() -> None:
    long: spreadsheets.Grid = [["Name"]] * (MAX_ROWS + 1)
    wide: spreadsheets.Grid = [["Name"], [*[""] * MAX_COLUMNS, "x"]]
    read = workbook.read(xlsx({"Log": long, "Wide": wide, "Team": long[1:]}), "team.xlsx")
    assert [len(sheet.rows) for sheet in read.sheets] == [0, 0, MAX_ROWS]
    assert "more than 2,000 rows" in read.sheets[0].fault
    assert "Line 2 of this sheet has more than 100 columns" in read.sheets[1].fault
    assert "more than 2,000 rows" in refusal(text([["Name", "x"]] * (MAX_ROWS + 1))).sentence


@pytest.mark.parametrize("write", [lambda grid: xlsx({"Team": grid}), text])
def test_a_cell_is_cut_at_its_longest_and_a_note_says_so(write: spreadsheets.Writer) -> None:
    sheet = only_sheet(write([["Name", "Notes"], ["Plover", "x" * (LONGEST_CELL + 1)]]))
    assert sheet.rows[1].cells[1] == "x" * LONGEST_CELL
    assert sheet.notes == ("1 cell is longer than 500 characters; only the beginning was read.",)


def test_text_is_read_with_the_separator_that_makes_even_rows() -> None:
    grid = [["Who", "Notes"], ["Plover", "tea, coffee, cake"], ["Moor, Alder", "none"]]
    for separator in ",;\t|":
        rows = only_sheet(text(grid, separator=separator)).rows
        assert [row.cells for row in rows] == [tuple(row) for row in grid]


def test_a_null_character_becomes_a_sign_that_readers_refuse() -> None:
    assert only_sheet(b"Name,E-mail\nZo\0e,z@example.org\n").rows[1].cells[0] == "Zo\ufffde"


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"%PDF-1.7 ...", "This is a PDF"),
        (b"\x89PNG....", "a picture"),
        (b"{\\rtf1 ...", "a document and not a spreadsheet"),
        (b"\r\n<HTML><table><tr><td>Name", "a web page or XML"),
        (b"", "nothing in this file"),
        (b" \r\n,,,\r\n", "nothing in this file"),
        (bytes(1000), "not a table"),
        (b"x" * (MAX_BYTES + 1), "larger than 2 MB"),
        (packed({"word/document.xml": "x"}), "a document and not a spreadsheet"),
        (packed({"Index/Document.iwa": "x"}), "a Numbers file"),
        (packed({"team.csv": "x"}), "a packed folder"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000), "protected with a password, or damaged"),
        (b"\xd0\xcf\x11\xe0" + "EncryptedPackage".encode("utf-16-le"), "protected with a password."),
        (packed({"content.xml": "x", "META-INF/manifest.xml": "<encryption-data/>"}), "protected with a password."),
        (two_header_lines()[:3000], "not complete"),
        (two_header_lines()[:-10], "not complete"),
        (xlsx({"Empty": []}), "nothing in this file"),
    ],
)
def test_what_is_no_table_says_what_it_is_and_how_to_go_on(raw: bytes, words: str) -> None:
    assert words in refusal(raw).sentence


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (with_part(two_header_lines(), SHEET, parts(two_header_lines())[SHEET][:1500]), "damaged"),
        (with_part(two_header_lines(), SHEET, LAUGHS + CELLS % b"<row><c t='str'><v>&l9;</v></c></row>"), "damaged"),
        (with_more_below(b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'), "far below or far right"),
        (with_part(two_header_lines(), SHEET, CELLS % (b"<row><c><v>1</v></c></row>" * 1_000_000)), "more than 2,000"),
    ],
    ids=["cut", "billion laughs", "a cell in the last corner", "a million rows"],
)
def test_a_broken_or_enormous_sheet_is_named(raw: bytes, words: str) -> None:
    refused = refusal(raw)
    assert (refused.sheet, refused.where) == ("Volunteers", "team.xlsx, sheet “Volunteers”")
    assert words in refused.sentence


def test_entities_of_libreoffice_are_never_unfolded() -> None:
    content = parts(spreadsheets.ods({"Team": [["laugh"]]}))["content.xml"].partition(b"?>")[2]
    raw = with_part(spreadsheets.ods({}), "content.xml", LAUGHS + content.replace(b">laugh<", b">&l9;<"))
    assert "damaged" in refusal(raw).sentence


def test_columns_keep_their_places_where_the_first_is_blank() -> None:
    assert only_sheet(xlsx({"Team": [[], [None, "Name"], [None, "Plover"]]})).rows == (
        SheetRow(2, ("", "Name")),
        SheetRow(3, ("", "Plover")),
    )


def test_a_stray_cell_far_below_does_no_harm() -> None:
    assert only_sheet(with_more_below(b'<row r="99999"><c r="A99999"><v>1</v></c></row>')).rows[-1].line == 99_999


def test_a_workbook_that_unpacks_to_too_much_is_refused_whether_it_admits_it_or_not() -> None:
    raw = two_header_lines()
    content = parts(raw)[SHEET].replace(b"</sheetData>", b" " * 101_000_000 + b"</sheetData>")
    bomb = with_part(raw, SHEET, content)
    assert len(bomb) < MAX_BYTES
    assert "unpacks to more than 100 MB" in refusal(bomb).sentence
    size = struct.pack("<L", len(content))
    assert bomb.count(size) == 2  # in the entry and in the directory
    assert "damaged" in refusal(bomb.replace(size, struct.pack("<L", 5000))).sentence


def test_more_text_than_a_team_has_is_refused() -> None:
    grid: spreadsheets.Grid = [["y" * LONGEST_CELL] * MAX_COLUMNS] * 50
    assert "too much text" in refusal(xlsx({"A": grid})).sentence


def test_a_reader_that_takes_too_long_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "CHILD_SECONDS", timedelta(microseconds=1).total_seconds())
    assert "too large" in refusal(two_header_lines()).sentence


def test_the_reader_gets_no_environment_and_so_no_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONHOME", "/nowhere")  # a child that got it could not begin
    assert only_sheet(two_header_lines()).rows


@given(st.binary(max_size=200))
def test_any_bytes_that_are_no_workbook_are_read_or_refused(raw: bytes) -> None:
    try:
        read = workbook.read(b"," + raw, "team")
    except UnreadableSheet as refused:
        assert refused.sentence  # noqa: PT017  either way is right, and this holds for one
        return
    assert read.sheets[0].rows
