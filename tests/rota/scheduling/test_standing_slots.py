"""A standing slot is a weekday and a time on the organisation's clock."""

from __future__ import annotations

from datetime import UTC, datetime, time

from progression.duties import Duty
from rota.scheduling.standing_slots import StandingSlot
from tests.rota.scheduling.rosters import LONDON, at

MONDAYS_AT_SIX = StandingSlot(0, time(18), "Board", Duty.MODERATOR)


def test_it_is_at_its_weekday_and_time_in_every_week() -> None:
    assert [MONDAYS_AT_SIX.is_at(at(day, 18), LONDON) for day in range(8)] == [True, *[False] * 6, True]
    assert not MONDAYS_AT_SIX.is_at(at(0, 19), LONDON)


def test_it_goes_by_the_wall_clock_in_summer_too() -> None:
    assert MONDAYS_AT_SIX.is_at(datetime(2027, 7, 5, 17, tzinfo=UTC), LONDON)


def test_a_time_that_the_clocks_skip_is_the_end_of_the_gap() -> None:
    skipped = StandingSlot(6, time(1, 30), "Board", Duty.MODERATOR)
    assert skipped.is_at(datetime(2027, 3, 28, 1, tzinfo=UTC), LONDON)
