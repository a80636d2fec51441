"""The field for a day: three boxes, bounds, and a sentence for each fault."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from flask import Flask, g
from werkzeug.datastructures import MultiDict
from wtforms import Form

from app import day_bounds
from app.pages.fields import DayField
from tests.times import TODAY


class OneDay(Form):
    day = DayField("On which day", bounds=day_bounds.PLANS, missing="Give a day.")
    end = DayField("Until when", bounds=day_bounds.PLANS)
    born = DayField("Date of birth", bounds=day_bounds.BIRTHS)


@pytest.fixture(autouse=True)
def today(app: Flask) -> Iterator[date]:
    with app.test_request_context():
        g.today = TODAY
        yield TODAY


def sent(*parts: str, name: str = "day") -> OneDay:
    return OneDay(MultiDict([(name, part) for part in parts]))


def test_three_boxes_are_one_day() -> None:
    form = sent(" 28", "2 ", "2027")
    assert form.validate()
    assert form.day.data == date(2027, 2, 28)
    assert form.end.data is None


@pytest.mark.parametrize("typed", ["1/3/2027", "1.3.27", " 01-03-2027 ", "1 3 27"])
def test_a_whole_day_in_the_first_box_is_taken(typed: str) -> None:
    form = sent(typed, "", "")
    assert form.validate()
    assert form.day.data == date(2027, 3, 1)


def test_a_year_of_two_figures_is_taken_where_only_one_can_be_meant() -> None:
    assert sent("1", "3", "27").day.data == date(2027, 3, 1)
    assert sent("17", "5", "90", name="born").born.data == date(1990, 5, 17)
    form = sent("17", "5", "10", name="born")  # 1910, or 2010
    assert not form.validate()
    assert list(form.born.errors) == ["Date of birth: write the year with four figures, such as 2026."]


@pytest.mark.parametrize(
    ("parts", "sentence"),
    [
        (("", "", ""), "Give a day."),
        (("28", "", "2027"), "On which day: give the day, the month and the year."),
        (("28", "February", "2027"), "On which day: write the day in figures, such as 14 6 2026."),
        (("28", "2", "127"), "On which day: write the year with four figures, such as 2026."),
        (("28", "2", "95"), "On which day: write the year with four figures, such as 2026."),
        (("29", "2", "2027"), "On which day: there is no such day in the calendar."),
        (("31", "12", "9999"), "On which day: give a day from 2026 to 2029."),
        (("1", "12", "2062"), "On which day: give a day from 2026 to 2029."),
        (("1", "1", "0000"), "On which day: there is no such day in the calendar."),
        (("28",), "On which day: give the day, the month and the year."),
        (("٢٨", "2", "2027"), "On which day: write the day in figures, such as 14 6 2026."),
    ],
)
def test_each_fault_is_one_sentence_that_names_the_field_and_keeps_what_was_typed(
    parts: tuple[str, ...], sentence: str
) -> None:
    form = sent(*parts)
    assert not form.validate()
    assert list(form.day.errors) == [sentence]
    assert form.day.raw_data == [*parts, "", "", ""][:3]


def test_a_box_gives_back_no_more_than_a_box_can_show() -> None:
    form = sent("9" * 60_000, "2", "2027", "more", "and more")
    assert not form.validate()
    assert form.day.raw_data == ["9" * 20, "2", "2027"]
