"""The field for a day: three boxes, and a sentence for each fault."""

from __future__ import annotations

from datetime import date

import pytest
from werkzeug.datastructures import MultiDict
from wtforms import Form

from app.pages.fields import DayField


class OneDay(Form):
    day = DayField("On which day", missing="Give a day.")
    end = DayField("Until when")


def sent(*parts: str) -> OneDay:
    return OneDay(MultiDict([("day", part) for part in parts]))


def test_three_boxes_are_one_day() -> None:
    form = sent(" 28", "2 ", "2027")
    assert form.validate()
    assert form.day.data == date(2027, 2, 28)
    assert form.end.data is None


@pytest.mark.parametrize(
    ("parts", "sentence"),
    [
        (("", "", ""), "Give a day."),
        (("28", "", "2027"), "Give the day, the month and the year."),
        (("28", "February", "2027"), "Write the day in figures, such as 14 6 2026."),
        (("28", "2", "27"), "Write the year with four figures, such as 2026."),
        (("29", "2", "2027"), "There is no such day in the calendar."),
        (("28",), "Give the day, the month and the year."),
    ],
)
def test_each_fault_has_a_sentence_and_keeps_what_was_typed(parts: tuple[str, ...], sentence: str) -> None:
    form = sent(*parts)
    assert not form.validate()
    assert list(form.day.errors) == [sentence]
    assert form.day.raw_data == [*parts, "", "", ""][:3]
