"""A month of the organisation's calendar."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from app.refusals import Invalid
from rota.reports.months import Month, month_called

TODAY = date(2027, 3, 1)


def test_without_a_name_it_is_the_last_whole_month() -> None:
    assert month_called("", today=TODAY).words == "February 2027"


def test_a_month_knows_its_days_and_its_neighbours() -> None:
    february = Month(date(2028, 2, 1))
    assert (february.last, len(february.days)) == (date(2028, 2, 29), 29)
    assert (february.previous.code, february.next.code) == ("2028-01", "2028-03")
    assert Month(date(2027, 12, 1)).next.code == "2028-01"


def test_a_month_begins_and_ends_by_the_clock_of_the_organisation() -> None:
    starts, ends = Month(date(2027, 3, 1)).bounds(ZoneInfo("Europe/London"))
    assert (starts, ends) == (datetime(2027, 3, 1, tzinfo=UTC), datetime(2027, 3, 31, 23, tzinfo=UTC))


@pytest.mark.parametrize("code", ["2027-13", "2027-4", "x", "2027-04", "1990-01", "2027-02-01"])
def test_what_is_no_month_or_has_no_records_is_refused(code: str) -> None:
    with pytest.raises(Invalid):
        month_called(code, today=TODAY)
