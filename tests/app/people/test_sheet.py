"""Reading what spreadsheet programs save as text."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.people import sheet
from app.people.sheet import Sheet, SheetRow, UnreadableSheet
from tests.app.test_typed_text import ANY_TEXT

TABLE = "name,mail\r\nZoë,z@example.org\r\nBo,b@example.org\r\n"
ROWS = [SheetRow(2, ("Zoë", "z@example.org")), SheetRow(3, ("Bo", "b@example.org"))]


def read(raw: bytes | str) -> Sheet:
    content = raw.encode() if isinstance(raw, str) else raw
    return sheet.read(content, count_known=lambda cells: sum(cell.strip() in ("name", "mail") for cell in cells))


@pytest.mark.parametrize(
    "raw",
    [
        TABLE.encode(),
        TABLE.replace("\r\n", "\n").encode(),
        TABLE.replace("\r\n", "\r").encode(),
        b"\xef\xbb\xbf" + TABLE.encode(),
        TABLE.encode("utf-16"),
        TABLE.encode("utf-16-le"),
        TABLE.encode("utf-16-be"),
        b"\xfe\xff" + TABLE.encode("utf-16-be"),
        TABLE.encode("cp1252"),
        TABLE.replace(",", ";").encode(),
        TABLE.replace(",", "\t").encode(),
        TABLE.replace(",", "|").encode("utf-16"),
        TABLE.replace("Zoë", '"Zoë"').encode(),
    ],
)
def test_a_table_is_read_in_every_encoding_and_with_every_separator(raw: bytes) -> None:
    assert list(read(raw).rows) == ROWS


def test_what_had_to_be_guessed_is_said() -> None:
    assert read(TABLE).notes == ()
    assert read(TABLE.replace(",", ";")).notes == ("The columns are separated by semicolons.",)
    assert "Windows-1252, from line 2 on" in read(TABLE.encode("cp1252")).notes[0]


def test_excels_own_line_about_the_separator_is_followed() -> None:
    read_from_excel = read("sep=;\r\n" + TABLE.replace(",", ";"))
    assert [row.line for row in read_from_excel.rows] == [3, 4]
    assert read_from_excel.header.cells == ("name", "mail")


def test_blank_rows_are_skipped_and_lines_are_counted_as_the_file_has_them() -> None:
    table = read('\n ,\nname,mail\n\n"Zoë\nMaria",z@example.org\n,,\nBo,b@example.org\n\n\n')
    assert [row.line for row in table.rows] == [5, 8]
    assert table.header.line == 3


@pytest.mark.parametrize(
    ("raw", "line", "words"),
    [
        (b"PK\x03\x04abc", 1, "a workbook"),
        (b"\xd0\xcf\x11\xe0abc", 1, "an old Excel workbook"),
        (b"%PDF-1.7", 1, "a PDF"),
        ('name,mail\nBo,b\n"Zoë,z\nWren,w\n', 3, "quotation mark"),
        ('name,mail\n"Zo"ë,z\n', 2, "quotation mark"),
        ("name,mail\nZoë,z\n".encode() + b"Zo\xc3,z\n", 3, "damaged"),
        (b"name,mail\nZo\x81,z\n", 2, "damaged"),
        ("name,mail\n" + "a," * 200, 2, "201 cells; 100 are the most"),
        (b"x" * (sheet.MAX_BYTES + 1), 1, "larger than 2 MB"),
        ("name,mail\n" + "a,b\n" * (sheet.MAX_ROWS + 1), sheet.MAX_ROWS + 2, "more than 5,000 rows"),
        ('name,mail\n"' + "a" * 140_000 + '",b\n', 2, "cannot be read as CSV"),
        ("name,mail\nZo".encode("utf-16") + b"\x00\xd8", 1, "damaged"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_line(raw: bytes | str, line: int, words: str) -> None:
    with pytest.raises(UnreadableSheet) as refusal:
        read(raw)
    assert (refusal.value.line, words in refusal.value.sentence) == (line, True), refusal.value.sentence


def test_an_empty_file_is_a_table_without_headings() -> None:
    assert read(b"").header.cells == read(b"\n\n ,,\n").header.cells == ()


GRIDS = st.lists(st.lists(ANY_TEXT, max_size=6), max_size=6)
WAYS = st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le"])


@given(GRIDS, st.sampled_from(",;\t|"), WAYS)
def test_what_a_spreadsheet_wrote_comes_back_cell_by_cell(grid: list[list[str]], separator: str, encoding: str) -> None:
    rows = [["name", "mail", *(f"column {number}" for number in range(4))], *grid]
    table = read(as_file(rows, separator, encoding))
    assert [row.cells for row in table.rows] == [tuple(row) for row in grid if any(cell.strip() for cell in row)]


def as_file(rows: list[list[str]], separator: str, encoding: str) -> bytes:
    """The bytes of a file as a spreadsheet program saves it."""
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=separator).writerows(rows)
    return out.getvalue().encode(encoding, "replace")


@given(st.binary(max_size=300))
def test_any_bytes_are_a_table_or_refused_with_a_line(raw: bytes) -> None:
    try:
        table = read(raw)
    except UnreadableSheet as refusal:
        assert refusal.line >= 1  # noqa: PT017  either way is right, and this holds for one
        return
    assert all(row.line > table.header.line for row in table.rows)


def test_the_rows_of_unknown_headings_are_parted_so_that_they_are_even() -> None:
    def parted(raw: str) -> list[tuple[str, ...]]:
        rows, _ = sheet.read_rows(raw.encode(), most=9, fit=sheet.makes_even_rows)
        return [row.cells for row in rows]

    assert parted("Who;Notes\nBo;tea, cake, jam\nMoor, Al;none\n")[1] == ("Bo", "tea, cake, jam")
    assert parted("Our team\nWho,Notes\nBo,a;b;c;d\n")[2] == ("Bo", "a;b;c;d")
    assert parted("Who\nBo\n") == [("Who",), ("Bo",)]


def test_no_more_rows_are_read_than_the_caller_needs_to_see_that_there_are_too_many() -> None:
    rows, _ = sheet.read_rows(b"a,b\n" * 50, most=9, fit=sheet.makes_even_rows)
    assert len(rows) == 10


def test_the_place_of_what_cannot_be_read_is_named_as_far_as_it_is_known() -> None:
    assert UnreadableSheet(1, "It is empty.").where == ""
    assert UnreadableSheet(7, "Damaged.", file="team.csv").where == "team.csv, line 7"
    assert UnreadableSheet(1, "Damaged.", file="team.xlsx", sheet="Team").where == "team.xlsx, sheet “Team”"
