"""Columns of dates in which the month stands before the day."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.people.sheet import SheetRow
from app.people.written_dates import written_date
from app.refusals import Invalid
from app.takeover import month_first
from app.takeover.month_first import DayOrder, Turned, day_order


def column(*cells: str) -> list[tuple[int, str]]:
    return list(enumerate(cells, 2))


def turned(*rows: tuple[str, ...]) -> Turned:
    titles = dict(enumerate(("DBS date", "Start", "Notes")[: len(rows[0])]))
    return month_first.turned(tuple(SheetRow(line, cells) for line, cells in enumerate(rows, 2)), titles)


def test_a_whole_column_shows_what_stands_first() -> None:
    assert day_order(column("3/6/2025", "", "pending", "25/3/2025 14:00")) is DayOrder.DAY_FIRST
    assert day_order(column("3/6/2025", "3-25-25")) is DayOrder.MONTH_FIRST
    assert day_order(column("3/6/2025", "2025-03-25", "31/31/2025", "25")) is None


def test_a_column_of_both_orders_is_refused_with_a_line_of_each() -> None:
    with pytest.raises(Invalid) as refusal:
        day_order(column("3/6/2025", "25/3/2025", "3/26/2025", "27/3/2025"))
    assert "Line 3 (“25/3/2025”) has the day first, line 4 (“3/26/2025”) the month." in refusal.value.sentences[0]


def test_a_column_is_turned_about_where_a_value_proves_it_and_the_rest_of_the_file_follows() -> None:
    read = turned(("3/6/2025", "4/7/25", "3/6/2025 call"), ("3/25/2025", "", "none"))
    assert [row.cells for row in read.rows] == [("6/3/2025", "7/4/25", "3/6/2025 call"), ("25/3/2025", "", "none")]
    assert read.faults == {}
    assert read.notes == (
        "“DBS date” is read with the month first: “3/6/2025” is 6 March.",
        "“Start” is read with the month first: “4/7/25” is 7 April.",
    )


def test_without_a_proof_the_day_stands_first() -> None:
    assert turned(("3/6/2025", "4/7/25", "")) == Turned((SheetRow(2, ("3/6/2025", "4/7/25", "")),), (), {})


def test_a_column_that_could_be_of_either_order_in_a_file_of_both_is_refused() -> None:
    read = turned(("3/25/2025", "25/3/2025", "3/6/2025"), ("", "", ""))
    assert list(read.faults) == [2]
    assert "nothing shows which" in read.faults[2]
    assert list(turned(("3/25/2025", "3/6/2025", "x"), ("25/3/2025", "", "y")).faults) == [0, 1]


def test_a_date_in_a_remark_says_nothing_about_the_file() -> None:
    read = turned(("3/6/2025", "", "3/25/2025"), ("4/7/2025", "", "away"), ("", "", "asked twice"))
    assert read.rows[0].cells[0] == "3/6/2025"


def test_dates_that_a_program_has_half_turned_about_are_pointed_out() -> None:
    real = ("2025-06-03", "2025-07-12", "2024-01-09", "2025-02-02")
    read = turned(*((text, "") for text in (*real, "25/3/2025", "31/1/2025")))
    assert "may have taken days for months" in read.notes[0]
    assert turned(*((text, "") for text in (*real, "25/3/2025", "3/1/2025"))).notes == ()
    assert turned(*((text, "") for text in (*real, "2025-06-30", "25/3/2025"))).notes == ()


@given(st.lists(st.dates(), min_size=1, max_size=8), st.sampled_from("/.-"))
def test_a_file_written_month_first_is_read_as_it_was_meant(days: list[date], sign: str) -> None:
    meant = [date(2025, 3, 25), *days]
    read = turned(*((f"{day.month}{sign}{day.day}{sign}{day.year:04}", "") for day in meant))
    assert [written_date(row.cells[0]) for row in read.rows] == meant
