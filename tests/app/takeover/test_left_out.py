"""Rows that are nobody are left out, and a note says which."""

from __future__ import annotations

from app.people.sheet import SheetRow
from app.takeover import left_out, table
from app.takeover.table import Table
from app.takeover.workbook import Sheet
from app.typed_text import compare_key

HEADINGS = ("Name", "E-mail", "Role")
PLOVER, ALDER = ("Plover", "p@example.org", "vol"), ("Alder", "a@example.org", "peer")
BLANK = ()


def knows(heading: str) -> bool:
    return compare_key(heading) in {"name", "e-mail", "role", "no of shifts"}


def found(*rows: tuple[str, ...], name: str = "Team", joined: tuple[tuple[int, int, int], ...] = ()) -> Table:
    sheet = Sheet(name, tuple(SheetRow(line, cells) for line, cells in enumerate(rows, 1) if any(cells)), joined)
    return table.find(sheet, knows)


def names(of: Table) -> list[str]:
    return [row.cells[0] for row in of.rows]


def test_headings_that_stand_on_each_page_are_left_out() -> None:
    read = found(HEADINGS, PLOVER, HEADINGS, ALDER, BLANK, ("Name", "E-mail"))
    assert names(read) == ["Plover", "Alder"]
    assert read.notes == ("Lines 3 and 6 were left out, because they repeat the headings.",)


def test_totals_are_left_out_but_not_somebody_of_that_name() -> None:
    read = found(HEADINGS, PLOVER, ("Count", "c@example.org", "vol"), ("Total", "2"), ("Grand total:", "", "2 300,50"))
    assert names(read) == ["Plover", "Count"]
    assert read.notes == ("Lines 4 and 5 were left out, because they are totals.",)


def test_notes_below_the_table_and_titles_in_it_are_left_out() -> None:
    read = found(
        HEADINGS,
        ("Moderators:",),
        PLOVER,
        BLANK,
        ("Peers",),
        ALDER,
        BLANK,
        ("vol", "volunteer"),
        ("peer", "peer host"),
    )
    assert names(read) == ["Plover", "Alder"]
    assert read.notes == (
        "Lines 8 and 9 were left out: “vol volunteer”, “peer peer host”.",
        "Lines 2 and 5 were left out: “Moderators:”, “Peers”.",
    )


def test_somebody_of_whom_only_the_name_is_known_stays_for_the_reader_to_refuse() -> None:
    assert names(found(HEADINGS, PLOVER, ("Bryony",), ALDER)) == ["Plover", "Bryony", "Alder"]
    assert names(found(HEADINGS, PLOVER, ("Bryony",), ALDER, joined=((3, 0, 2),))) == ["Plover", "Alder"]
    assert names(found(HEADINGS, PLOVER, BLANK, ("", "b@example.org"))) == ["Plover", ""]


def test_a_line_break_in_a_text_file_is_no_blank_line() -> None:
    rows = (HEADINGS, ("Plover", "p@example.org", "vol\nlead"), BLANK, ("Bryony",))
    assert names(found(*rows, name="")) == ["Plover", "Bryony"]
    assert names(found(*rows, name="Team")) == ["Plover"]


def test_rows_that_only_hold_a_number_or_boxes_that_nobody_ticked_are_left_out() -> None:
    headings = ("No.", *HEADINGS, "Nights?")
    read = found(headings, ("1", *PLOVER, "yes"), ("2", *ALDER, "no"), ("3", "", "", "", "no"), ("4",))
    assert [row.cells[1] for row in read.rows] == ["Plover", "Alder"]
    assert [column.heading for column in read.columns] == [*HEADINGS, "Nights?"]
    assert read.notes == (
        "Column A numbers the rows, and was left out.",
        "Line 4 was left out, because nobody is in it.",
    )


def test_numbers_that_are_not_of_the_rows_are_kept() -> None:
    for numbers in (("7", "9"), ("1", "1"), ("2", "1"), ("1", "two")):
        assert len(found(("No.", *HEADINGS), (numbers[0], *PLOVER), (numbers[1], *ALDER)).columns) == 4
    assert len(found(("No of shifts", *HEADINGS), ("1", *PLOVER), ("2", *ALDER)).columns) == 4


def test_lines_are_named_in_the_fewest_words() -> None:
    def said(*numbers: int) -> str:
        return left_out.lines([SheetRow(number, ()) for number in numbers])

    assert said(3) == "Line 3 was"
    assert said(3, 4, 5) == "Lines 3 to 5 were"
    assert said(3, 4) == "Lines 3 and 4 were"
    assert said(3, 5, 7, 8, 9) == "Lines 3, 5 and 7 to 9 were"
