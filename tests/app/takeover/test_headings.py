"""Which row holds the headings, and what they are."""

from __future__ import annotations

from app.people.sheet import SheetRow
from app.takeover import headings
from app.takeover.headings import Headings
from app.takeover.workbook import Sheet
from app.typed_text import compare_key

KNOWN = {"name", "e-mail", "phone", "dbs date", "role", "safeguarding"}


def knows(heading: str) -> bool:
    return compare_key(heading) in KNOWN


def found(*rows: tuple[str, ...], joined: tuple[tuple[int, int, int], ...] = ()) -> Headings:
    sheet = Sheet("Team", tuple(SheetRow(line, cells) for line, cells in enumerate(rows, 1) if any(cells)), joined)
    return headings.find(sheet, knows)


def test_titles_above_are_passed_over() -> None:
    table = found(("Volunteers",), ("as of", "June"), ("Name", "E-mail", "Shoe size"), ("Plover", "p@example.org", "4"))
    assert (table.texts, table.first_row, table.known) == (("Name", "E-mail", "Shoe size"), 3, 2)


def test_a_group_reaches_over_the_blanks_to_its_right_or_as_far_as_its_cells_are_merged() -> None:
    above, below = ("Name", "DBS", "", "Phone"), ("", "date", "number", "")
    assert found(above, below).texts == ("Name", "DBS date", "DBS number", "Phone")
    above, below = ("Name", "DBS", "", ""), ("", "date", "number", "shoe size")
    assert found(above, below, joined=((1, 1, 2),)).texts == ("Name", "DBS date", "DBS number", "shoe size")


def test_a_heading_with_nothing_below_it_groups_nothing() -> None:
    above, below = ("Name", "E-mail", "", "DBS", ""), ("", "", "shoe size", "date", "number")
    assert found(above, below).texts == ("Name", "E-mail", "shoe size", "DBS date", "DBS number")


def test_a_word_that_is_known_alone_stands_alone_but_not_below_somebody_else() -> None:
    above = ("Volunteer", "", "Emergency contact", "", "DBS")
    assert found(above, ("Name", "E-mail", "Name", "Phone", "date")).texts == (
        "Name",
        "E-mail",
        "Emergency contact Name",
        "Emergency contact Phone",
        "DBS date",
    )
    groups = ("Details", "", "Contact", "")
    assert found(groups, ("Name", "E-mail", "Name", "Phone")).texts == ("Name", "E-mail", "Contact Name", "Phone")
    above = ("Details", "", "Checks", "", "DBS")
    assert found(above, ("Name", "E-mail", "DBS date", "role", "role")).texts == (
        "Name",
        "E-mail",
        "DBS date",
        "Checks role",
        "DBS role",
    )


def test_a_row_of_people_is_never_read_as_headings() -> None:
    assert found(("Plover", "p@example.org", "1/2/2026"), ("Alder", "a@example.org", "2/2/2026")).rows == ()
    assert found(("Name", "E-mail"), ("Plover", "p@example.org")).texts == ("Name", "E-mail")


def test_headings_that_nobody_knows_are_the_first_row_as_wide_as_the_table() -> None:
    assert found(("Our team",), ("Who", "Where"), ("Plover", "Leeds")).texts == ("Who", "Where")
