"""At which hours somebody may be asked: not in the night of their own clock, unless they said so."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from app import db
from rota.store.asking_hours import is_night, may_be_asked_from, next_morning, set_asked_at_night
from tests.conftest import People

LONDON, NEW_YORK = ZoneInfo("Europe/London"), ZoneInfo("America/New_York")


@pytest.mark.parametrize(
    ("hour", "minute", "expected"), [(21, 59, False), (22, 0, True), (3, 0, True), (6, 59, True), (7, 0, False)]
)
def test_the_night_is_from_ten_to_seven_on_the_clock_of_the_zone(hour: int, minute: int, expected: bool) -> None:
    assert is_night(datetime(2027, 2, 18, hour, minute, tzinfo=UTC), LONDON) is expected


def test_the_morning_after_the_clocks_go_forward_is_seven_on_the_new_clock() -> None:
    night = datetime(2027, 3, 27, 23, 30, tzinfo=UTC)
    assert next_morning(night, LONDON) == datetime(2027, 3, 28, 6, 0, tzinfo=UTC)
    assert next_morning(datetime(2027, 3, 28, 2, 0, tzinfo=UTC), LONDON) == datetime(2027, 3, 28, 6, 0, tzinfo=UTC)


def test_each_is_asked_by_their_own_clock_and_who_allowed_it_at_any_hour(people: People) -> None:
    here, abroad, any_hour = people.person(), people.person(zone_name=NEW_YORK.key), people.person()
    night = datetime(2027, 2, 18, 23, 30, tzinfo=UTC)
    with db.writing():
        set_asked_at_night(any_hour.id, True, now=night)
    ids = [each.id for each in (here, abroad, any_hour)]
    morning = datetime(2027, 2, 19, 7, 0, tzinfo=UTC)
    assert may_be_asked_from(ids, now=night) == {here.id: morning, abroad.id: night, any_hour.id: night}
    with db.writing():
        set_asked_at_night(any_hour.id, False, now=night)
    assert may_be_asked_from([any_hour.id], now=night) == {any_hour.id: morning}
