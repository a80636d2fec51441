"""The report says a month beside the one before, and how people answered."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from rota.reports.asks import Asks
from rota.reports.month_report import MonthReport, report_of
from rota.reports.months import Month
from tests.rota.crew import LONDON, Crew, seats
from tests.rota.reports.test_month_files import figures

FEBRUARY, MARCH = Month(date(2027, 2, 1)), Month(date(2027, 3, 1))
AFTER = datetime(2027, 4, 2, 12, tzinfo=UTC)


def said(asks: Asks) -> str:
    return MonthReport(figures(), figures(), asks, Asks()).answers


def test_two_months_stand_side_by_side(crew: Crew) -> None:
    wren = crew.moderator("Wren")
    crew.always_can(wren)
    rota = crew.rota(crew.evenings(), starts_on=date(2027, 2, 27), days=3)
    for seat in seats(rota):
        crew.give(rota, seat, wren)
    crew.publish(rota)

    compared = {line.what: (line.this, line.before) for line in report_of(MARCH, LONDON, now=AFTER).compared}

    assert compared["Hours given"] == ("4", "8")
    assert compared["Of the hours had somebody there"] == ("3.2%", "7.1%")  # of 124 and of 112 hours
    assert compared["Nights with the safe mix"] == ("0 of 0", "0 of 0")


def test_a_first_month_is_compared_with_nothing(crew: Crew) -> None:
    wren = crew.moderator("Wren")
    crew.always_can(wren)
    crew.published(wren)
    # The channel was open from 25 January on.
    assert report_of(Month(date(2027, 1, 1)), LONDON, now=AFTER).compared == ()
    assert report_of(FEBRUARY, LONDON, now=AFTER).compared


def test_answers_are_said_in_whole_sentences() -> None:
    assert said(Asks()) == ""
    assert (
        said(Asks(seats=1)) == "1 seat was given back or lost, and 0 of them had somebody again before the shift began."
    )
    assert said(Asks(8, 6, timedelta(hours=3), 20, 1)) == (
        "8 seats were given back or lost, and 6 of them had somebody again before the shift began. "
        "Half of those were taken within 3 hours. "
        "20 e-mails asked somebody to take one, and 1 was answered by doing so."
    )
    assert "within 20 minutes" in said(Asks(2, 1, timedelta(minutes=20)))
    assert "within 3 days" in said(Asks(2, 1, timedelta(days=3, hours=2)))
