"""Dates as people and spreadsheets write them."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.people.written_dates import written_date
from app.refusals import Invalid
from tests.app.test_typed_text import ANY_TEXT


@pytest.mark.parametrize(
    "typed",
    [
        "1990-03-02",
        "2/3/1990",
        "02/03/1990",
        "2.3.1990",
        "2-3-1990",
        "2 3 1990",
        "2 March 1990",
        "2nd Mar 1990",
        "02-Mar-1990",
        "March 2, 1990",
        "Mar 2nd 1990",
        "1990-03-02 00:00:00",
        "1990-03-02T00:00:00.000",
        "2/3/1990 00:00",
        " ２/３/１９９０ ",
    ],
)
def test_a_day_is_read_day_first_in_all_the_ways_it_is_written(typed: str) -> None:
    assert written_date(typed) == date(1990, 3, 2)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("2/3/90", "could be of two centuries"),
        ("3/29/1990", "the day is read before the month"),
        ("31/2/1990", "is not in the calendar"),
        ("32933", "A spreadsheet turned the date into “32933”"),
        ("yesterday", "is not a date"),
        ("1990", "turned the date"),
        ("2/3-1990", "is not a date"),
        ("0000-00-00", "is not in the calendar"),
        ("2/3/1990" + " " * 90 + "or so", "is not a date"),
    ],
)
def test_what_could_be_another_day_is_refused_and_says_how_to_write_it(typed: str, words: str) -> None:
    with pytest.raises(Invalid) as refusal:
        written_date(typed)
    assert words in refusal.value.sentences[0]


def test_no_date_is_none() -> None:
    assert written_date("") is written_date(" ") is None


@given(st.dates())
def test_every_day_of_the_calendar_is_read_in_both_orders(day: date) -> None:
    assert written_date(day.isoformat()) == written_date(f"{day.day}/{day.month}/{day.year:04d}") == day


@given(st.one_of(ANY_TEXT, st.text(alphabet="0123456789/-. MmarchT:,", max_size=20)))
def test_any_text_is_a_day_or_refused(typed: str) -> None:
    try:
        read = written_date(typed)
    except Invalid as refusal:
        read = None if refusal.sentences[0] else date.max
    assert read != date.max
