"""Vacant seats at the times that somebody offers."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app import db
from progression.duties import Duty
from progression.intervals import FOR_EVER, Interval
from rota.scheduling.cover_pattern import Need
from rota.shifts import claims_and_drops
from rota.store.open_seats import vacant_seats_for
from tests.rota.crew import Crew, seats
from tests.times import NOW

AHEAD = NOW + timedelta(days=28)
ALWAYS = [Interval(NOW, FOR_EVER)]

pytestmark = pytest.mark.both_databases


def test_vacant_seats_are_wanted_lie_in_the_available_time_and_are_of_the_duty(crew: Crew) -> None:
    wren = crew.moderator("Wren")
    crew.always_can(wren)
    rota, _ = crew.published(wren, channel=crew.evenings("Board", Need(Duty.MODERATOR, 1, 1, 2)))
    vacant = seats(rota)[2]
    too_short = [Interval(vacant.starts_at, vacant.ends_at - timedelta(minutes=1))]
    for duty, available, found in (
        (Duty.MODERATOR, ALWAYS, [vacant.id]),
        (Duty.MODERATOR, [*too_short, *ALWAYS], [vacant.id]),
        (Duty.MODERATOR, too_short, []),
        (Duty.LEAD, ALWAYS, []),
    ):
        assert [each.id for each in vacant_seats_for(wren.id, NOW, AHEAD, [duty], available)] == found


def test_shifts_that_somebody_left_are_left_out_for_them_alone(crew: Crew) -> None:
    wren = crew.moderator("Wren")
    crew.always_can(wren)
    rota, seat = crew.published(wren)
    with db.writing():
        claims_and_drops.drop(seat.assignment_id or 0, wren, now=NOW)
    first, second = seats(rota)
    for person_id, found in ((wren.id, [second.id]), (0, [first.id, second.id])):
        assert [each.id for each in vacant_seats_for(person_id, NOW, AHEAD, [Duty.MODERATOR], ALWAYS)] == found


@pytest.mark.parametrize("how_many", [0, 1, 2, 9])
def test_of_many_times_each_finds_the_shifts_within_it(crew: Crew, how_many: int) -> None:
    wren = crew.moderator("Wren")
    crew.always_can(wren)
    rota = crew.rota(crew.evenings(), days=10)
    crew.give(rota, seats(rota)[-1], wren)
    crew.publish(rota)
    read = seats(rota)[:-1]
    times = [Interval(each.starts_at, each.ends_at) for each in read[:how_many]]
    times += [Interval(each.starts_at + timedelta(minutes=1), each.ends_at) for each in read[how_many:]]
    found = vacant_seats_for(wren.id, NOW, AHEAD, [Duty.MODERATOR], times)
    assert [each.id for each in found] == [each.id for each in read[:how_many]]
