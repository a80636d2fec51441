"""The weeks and months that people take out."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from app.refusals import Invalid
from rota.exports.periods import period_called

TODAY = date(2027, 2, 18)


@pytest.mark.parametrize(
    ("code", "words", "days"),
    [
        ("", "15 to 21 February 2027", 7),
        ("2027-02-24", "22 to 28 February 2027", 7),
        ("2027-03-03", "1 to 7 March 2027", 7),
        ("2027-03-31", "29 March to 4 April 2027", 7),
        ("2028-02", "February 2028", 29),
    ],
)
def test_a_code_names_a_week_by_a_day_or_a_month(code: str, words: str, days: int) -> None:
    period = period_called(code, today=TODAY)
    assert (period.words, len(period.days)) == (words, days)
    assert period_called(period.code, today=TODAY) == period
    assert period.next.previous == period


@pytest.mark.parametrize("code", ["2027-13", "2027-2", "soon", "1999-01", "2027-02-30"])
def test_what_is_neither_or_too_far_off_is_refused(code: str) -> None:
    with pytest.raises(Invalid):
        period_called(code, today=TODAY)


def test_a_week_in_which_the_clocks_change_is_an_hour_shorter() -> None:
    starts, ends = period_called("2027-03-28", today=TODAY).bounds(ZoneInfo("Europe/London"))
    assert (starts, ends) == (datetime(2027, 3, 22, tzinfo=UTC), datetime(2027, 3, 28, 23, tzinfo=UTC))
