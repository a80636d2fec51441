"""What a person offered of a time, in minutes and in words."""

from __future__ import annotations

import pytest

from progression.intervals import Interval
from rota.scheduling import offered_time
from tests.rota.scheduling.rosters import at, person, roster


@pytest.mark.parametrize(
    ("offered", "minutes", "words"),
    [
        ((Interval(at(0, 18), at(0, 20)),), 120, "offered until 20:00, 2 hours short"),
        ((Interval(at(0, 20), at(0, 22)),), 120, "offered from 20:00, 2 hours short"),
        ((Interval(at(0, 19), at(0, 20.5)),), 90, "offered 19:00 to 20:30, 2 hours 30 minutes short"),
        (
            (Interval(at(0, 17), at(0, 19)), Interval(at(0, 21), at(0, 23))),
            120,
            "offered parts of this time, 2 hours short",
        ),
        ((Interval(at(0, 12), at(0, 18)),), 0, None),
        ((), 0, None),
    ],
)
def test_the_offered_part_of_a_shift_is_counted_and_worded(
    offered: tuple[Interval, ...], minutes: int, words: str | None
) -> None:
    wren = person(free=offered)
    evening = (at(0, 18), at(0, 22))
    assert offered_time.offered_minutes(wren, *evening) == minutes
    assert offered_time.partial_offer(roster([wren], []), wren, *evening) == words


def test_a_person_away_for_any_part_of_a_time_is_away() -> None:
    wren = person(away=(Interval(at(0, 21), at(1, 0)),))
    assert offered_time.is_away(wren, at(0, 18), at(0, 22))
    assert not offered_time.is_away(wren, at(0, 18), at(0, 21))


def test_the_same_hours_on_another_day_are_such_hours() -> None:
    wren = person(free=(Interval(at(3, 18), at(3, 20)),))
    assert offered_time.offers_such_hours(wren, at(0, 19), at(0, 22))
    assert not offered_time.offers_such_hours(wren, at(0, 8), at(0, 12))
