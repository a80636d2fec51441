"""Values from addresses: each has a type and a bound."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask, g

from app import day_bounds
from app.pages import asked
from tests.times import TODAY


def test_a_number_is_one_that_an_id_can_be(app: Flask) -> None:
    for text, number in (("7", 7), ("2147483647", 2_147_483_647), ("2147483648", None), ("9" * 5000, None)):
        with app.test_request_context(f"/?page={text}"):
            assert asked.whole_number("page") == number
    for text in ("", "-1", "1.5", "%D9%A3", "x"):
        with app.test_request_context(f"/?page={text}"):
            assert asked.whole_number("page") is None


def test_words_end_where_a_name_would(app: Flask) -> None:
    with app.test_request_context("/?name=" + "x" * 3000):
        assert asked.words("name") == "x" * 200
        assert asked.words("other") == ""


def test_a_day_is_read_and_its_absence_is_none(app: Flask) -> None:
    with app.test_request_context("/?from=2027-03-01&until="):
        g.today = TODAY
        assert asked.day("from", day_bounds.PLANS) == date(2027, 3, 1)
        assert asked.day("until", day_bounds.PLANS) is None


@pytest.mark.parametrize("text", ["9999-12-31", "0001-01-01", "2062-12-01"])
def test_a_day_far_off_is_refused_with_the_years_that_can_be_shown(app: Flask, text: str) -> None:
    with app.test_request_context(f"/?from={text}"):
        g.today = TODAY
        with pytest.raises(asked.NotADay, match="give a day from 2026 to 2029"):
            asked.day("from", day_bounds.PLANS)


@pytest.mark.parametrize("text", ["2027-02-30", "20270301", "2027-W09-1", "tomorrow", "2027-3-1", "9" * 3000])
def test_a_day_that_is_none_is_refused_with_an_example(app: Flask, text: str) -> None:
    with app.test_request_context(f"/?from={text}"):
        g.today = TODAY
        with pytest.raises(asked.NotADay, match="2027-03-01"):
            asked.day("from", day_bounds.PLANS)
