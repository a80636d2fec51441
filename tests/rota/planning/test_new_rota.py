"""A new rota: its shifts and seats come from the patterns in force, once for each day and channel."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app import db
from app.refusals import Invalid, NotFound
from progression.duties import Duty
from rota.planning import new_rota, shifts_of_rota
from rota.scheduling.cover_pattern import Need
from rota.store.models import Shift
from tests.rota.crew import LONDON, MONDAY, Crew, seats
from tests.times import NOW

DAY = timedelta(days=1)


def make(title: str, first: date, last: date, channel_ids: list[int]) -> None:
    with db.writing():
        new_rota.make_rota(title, first, last, channel_ids, by=None, now=NOW)


def test_every_day_gets_its_shifts_with_a_seat_for_the_most_that_fit(crew: Crew) -> None:
    rota = crew.rota(crew.evenings("Board", Need(Duty.MODERATOR, 1, 2, 3)), days=2)
    assert [(seat.number, seat.is_wanted) for seat in seats(rota)] == [(1, True), (2, True), (3, False)] * 2
    assert not rota.is_published


@pytest.mark.parametrize(
    ("first", "last", "title"),
    [
        (date(2027, 3, 1), date(2027, 3, 28), "1 to 28 March"),
        (date(2027, 3, 29), date(2027, 4, 25), "29 March to 25 April"),
        (date(2027, 12, 27), date(2028, 1, 2), "27 December 2027 to 2 January 2028"),
        (date(2027, 3, 29), date(2027, 3, 29), "29 March"),
    ],
)
def test_a_rota_that_nobody_named_is_called_by_its_days(crew: Crew, first: date, last: date, title: str) -> None:
    board = crew.evenings()
    with db.writing():
        made = new_rota.make_rota("", first, last, [board.id], by=None, now=NOW)
    assert made.title == title


def test_days_that_another_rota_has_are_refused_with_its_title(crew: Crew) -> None:
    board = crew.evenings()
    crew.rota(board, title="First week", days=7)
    with pytest.raises(shifts_of_rota.ShiftsExist, match="“First week”"):
        make("Second", MONDAY + 6 * DAY, MONDAY + 7 * DAY, [board.id])


@pytest.mark.parametrize(
    ("title", "days", "field"), [(" ", 1, "title"), ("Week", -1, "ends_on"), ("Week", 56, "ends_on")]
)
def test_a_rota_without_title_or_with_impossible_days_is_refused(crew: Crew, title: str, days: int, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        make(title, MONDAY, MONDAY + days * DAY, [crew.evenings().id])
    assert refused.value.field == field


def test_a_channel_that_does_not_exist_is_refused(app: Flask) -> None:
    with pytest.raises(NotFound):
        make("Week", MONDAY, MONDAY, [404])


def test_the_next_period_is_the_first_free_week_up_to_the_next_shift(crew: Crew) -> None:
    board = crew.evenings()

    def proposed() -> tuple[date, date]:
        return new_rota.next_free_period([board.id], LONDON, today=NOW.date())

    assert proposed() == (MONDAY, MONDAY + 27 * DAY)
    crew.rota(board, days=3)
    assert proposed() == (MONDAY + 3 * DAY, MONDAY + 30 * DAY)
    crew.rota(board, starts_on=MONDAY + 14 * DAY, days=7, title="Later")
    assert proposed() == (MONDAY + 3 * DAY, MONDAY + 13 * DAY)


def test_a_rota_far_ahead_is_refused_and_one_made_before_moves_nothing(crew: Crew) -> None:
    board = crew.evenings()
    with pytest.raises(Invalid, match="more than a year away") as refused:
        make("Once", date(2062, 12, 4), date(2062, 12, 5), [board.id])
    assert refused.value.field == "starts_on"
    rota = crew.rota(board, days=1)
    with db.writing():
        shift = db.session.scalars(select(Shift).where(Shift.rota_id == rota.id)).one()
        shift.starts_at, shift.ends_at = datetime(9999, 12, 31, 18, tzinfo=UTC), datetime(9999, 12, 31, 22, tzinfo=UTC)
    assert new_rota.next_free_period([board.id], LONDON, today=NOW.date())[0] == MONDAY
