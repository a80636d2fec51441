"""Dates as an organisation's records have them."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.refusals import Invalid
from app.takeover.dates import DAY_0, YEARS_AHEAD, YEARS_BACK, Exact, RecordedDate, Unknown, recorded_date
from tests.app.test_typed_text import ANY_TEXT

TODAY = date(2026, 3, 1)
NEAR = st.dates(date(TODAY.year - YEARS_BACK, 1, 1), date(TODAY.year + YEARS_AHEAD, 12, 31))


def read(typed: str, unknown: Unknown = Unknown.LAST) -> RecordedDate | None:
    return recorded_date(typed, today=TODAY, unknown=unknown)


@pytest.mark.parametrize(
    "typed",
    [
        "2025-06-03",
        "2025-06-03 14:22",
        "2025-06-03T00:00:00.000Z",
        "3/6/2025",
        "03/06/2025 14:22:10",
        "3.6.2025",
        "Tue 3 June 2025",
        "Tuesday, 3rd Jun 2025",
        "June 3, 2025",
        "20250603",
        " ３/６/２０２５ ",
    ],
)
def test_a_whole_day_is_read_without_a_note(typed: str) -> None:
    assert read(typed) == RecordedDate(date(2025, 6, 3))


@pytest.mark.parametrize(
    "typed", ["3/6/25", "3.6.25", "03-06-25", "3 June 25", "3-Jun-25", "45811", "45811.0", "45811.75"]
)
def test_what_can_only_be_one_day_is_that_day_and_a_note_says_which(typed: str) -> None:
    assert (found := read(typed))
    assert (found.day, found.exact) == (date(2025, 6, 3), Exact.DAY)
    assert found.note.startswith(f"“{typed}” is read as 3 June 2025")


@pytest.mark.parametrize("typed", ["June 25", "Jun-25", "June 2025", "jun '25", "June, 2025", "06/2025", "2025-06"])
def test_a_month_is_its_first_or_last_day_as_the_reader_decides(typed: str) -> None:
    last = RecordedDate(
        date(2025, 6, 30), Exact.MONTH, f"“{typed}” is read as 30 June 2025, the last day of the month."
    )
    assert read(typed) == last
    assert (first := read(typed, Unknown.FIRST))
    assert (first.day, first.note[-27:]) == (date(2025, 6, 1), "the first day of the month.")


def test_the_last_day_of_what_happened_is_today_at_most() -> None:
    def happened(typed: str) -> RecordedDate | None:
        return recorded_date(typed, today=date(2026, 3, 9), unknown=Unknown.LAST, is_past=True)

    so_far = "“March 26” is read as 9 March 2026, the last day of the month so far."
    assert happened("March 26") == RecordedDate(date(2026, 3, 9), Exact.MONTH, so_far)
    assert (later := happened("April 26"))
    assert later.day == date(2026, 4, 1)


def test_a_year_is_its_first_or_last_day() -> None:
    assert read("2025") == RecordedDate(
        date(2025, 12, 31), Exact.YEAR, "“2025” is read as 31 December 2025, the last day of the year."
    )
    assert (first := read("2025", Unknown.FIRST))
    assert first.day == date(2025, 1, 1)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("1/1/85", "could be of two centuries"),
        ("March 85", "could be of two centuries"),
        ("1/2/026", "is not a date"),
        ("March 21990", "is not a date"),
        ("3/29/2026", "the day is read before the month"),
        ("31/2/26", "is not in the calendar"),
        ("13/2025", "is not in the calendar"),
        ("0000-00-00", "is not in the calendar"),
        ("May 0000", "is not in the calendar"),
        ("25 June", "has no year"),
        ("3/6", "has no year"),
        ("61000", "is not a date"),
        ("29999", "is not a date"),
        ("1066", "is not a date"),
        ("last spring", "is not a date"),
        ("3/6/2025" + " " * 90 + "or so", "is not a date"),
    ],
)
def test_what_could_be_another_day_is_refused_and_says_how_to_write_it(typed: str, words: str) -> None:
    with pytest.raises(Invalid) as refusal:
        read(typed)
    assert words in refusal.value.sentences[0]


def test_nothing_is_no_date() -> None:
    assert read("") is read(" \u00a0") is None


@given(NEAR, st.sampled_from("/.-"))
def test_every_near_day_is_read_in_every_way_it_is_written(day: date, sign: str) -> None:
    figures = f"{day.day}{sign}{day.month}{sign}"
    serial = str((day - DAY_0).days)
    ways = [
        day.isoformat(),
        f"{figures}{day.year}",
        f"{figures}{day.year % 100:02}",
        f"{day:%d %B %y}",
        f"{day:%d%b%Y}",
    ]
    assert {found.day for way in [*ways, serial] if (found := read(way))} == {day}


@given(NEAR, st.sampled_from(Unknown))
def test_the_day_of_a_month_or_a_year_lies_in_it_at_the_end_that_was_asked_for(day: date, unknown: Unknown) -> None:
    month, year = read(f"{day:%b-%y}", unknown), read(str(day.year), unknown)
    assert month
    assert year
    assert (month.day.year, month.day.month, year.day.year) == (day.year, day.month, day.year)
    if unknown is Unknown.FIRST:
        assert year.day <= month.day <= day
    else:
        assert day <= month.day <= year.day


@given(st.one_of(ANY_TEXT, st.text(alphabet="0123456789/-. MmarchT:,'", max_size=20)))
def test_any_text_is_a_day_nothing_or_refused_with_a_sentence(typed: str) -> None:
    try:
        read(typed)
    except Invalid as refusal:
        assert refusal.sentences[0].startswith("“")  # noqa: PT017  either way is right, and this holds for one
