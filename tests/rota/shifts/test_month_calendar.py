"""The calendar of somebody's own shifts: which day a shift is on, and which months it knows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from flask.testing import FlaskClient

from rota.shifts import claims_and_drops
from rota.shifts.month_calendar import MonthCalendar, month_calendar
from rota.store.seats import SeatRow
from tests.conftest import SignIn, clock_at
from tests.rota.crew import LONDON, Crew, seats
from tests.times import NOW


def days_with_shifts(calendar: MonthCalendar) -> dict[date, tuple[list[int], list[int]]]:
    """The ids of the seats, own and open, of each day that has any."""
    days = (day for week in calendar.weeks for day in week if day.has_anything)
    return {day.on: (ids(day.own), ids(day.open)) for day in days}


def ids(found: Sequence[SeatRow]) -> list[int]:
    return [seat.id for seat in found]


def test_own_shifts_and_the_open_ones_that_fit_are_on_the_days_on_which_they_begin(crew: Crew) -> None:
    wren = crew.moderator("Wren")
    crew.always_can(wren)
    rota, own = crew.published(wren)
    still_open = seats(rota)[1]
    fitting = claims_and_drops.open_shifts_for(wren, now=NOW)
    calendar = month_calendar(wren.id, date(2027, 2, 14), fitting, zone=LONDON, now=NOW)
    assert calendar.words == "February 2027"
    assert days_with_shifts(calendar) == {
        date(2027, 2, 22): ([own.id], []),
        date(2027, 2, 23): ([], [still_open.id]),
    }


def test_days_are_those_of_the_readers_clock(crew: Crew) -> None:
    wren = crew.moderator("Wren")
    crew.always_can(wren)
    _, own = crew.published(wren)
    calendar = month_calendar(wren.id, own.rota_starts_on, [], zone=ZoneInfo("Pacific/Auckland"), now=NOW)
    assert list(days_with_shifts(calendar)) == [date(2027, 2, 23)]


def test_a_shift_is_in_the_month_in_which_it_begins_and_stays_there_for_years(crew: Crew) -> None:
    wren = crew.moderator("Wren")
    crew.always_can(wren)
    rota = crew.rota(crew.evenings(), starts_on=date(2027, 2, 28))
    for seat in seats(rota):
        crew.give(rota, seat, wren)
    crew.publish(rota)
    last, first = seats(rota)
    for now in (NOW, NOW + timedelta(days=300)):
        february, march = (month_calendar(wren.id, date(2027, m, 1), [], zone=LONDON, now=now) for m in (2, 3))
        assert days_with_shifts(february) == {date(2027, 2, 28): ([last.id], [])}
        assert days_with_shifts(march) == {date(2027, 3, 1): ([first.id], [])}


def test_the_page_shows_the_month_asked_for_and_refuses_one_out_of_bounds(
    client: FlaskClient, crew: Crew, sign_in: SignIn
) -> None:
    wren = crew.moderator("Wren")
    crew.always_can(wren)
    rota, own = crew.published(wren)
    sign_in(client, wren)
    page = client.get("/shifts?month=2027-02-01").text
    assert "You are on: " in page
    assert "Open to you: " in page
    assert f'href="/shifts/{own.shift_id}"' in page
    with clock_at(NOW + timedelta(days=60)):
        sign_in(client, wren)
        assert "You were on: " in client.get("/shifts?month=2027-02-01").text
    assert "No shift of yours in this month" in client.get("/shifts?month=2027-05-01").text
    assert client.get("/shifts?month=2032-01-01").status_code == 400
    assert client.get("/shifts?month=2026-01-01").text.count("The month before") == 0
    assert rota.version == 1
