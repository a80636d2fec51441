"""Seats read from the database: which ones each question returns."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.refusals import NotFound
from progression.duties import Duty
from progression.intervals import FOR_EVER, Interval
from rota.scheduling.cover_pattern import Need
from rota.store import seats as store
from tests.rota.crew import Crew, seats
from tests.times import NOW

AHEAD = NOW + timedelta(days=28)


def test_vacant_seats_are_published_wanted_and_held_by_nobody(crew: Crew) -> None:
    wren = crew.moderator("Wren")
    crew.always_can(wren)
    channel = crew.evenings("Board", Need(Duty.MODERATOR, 1, 1, 2))
    assert store.vacant_seats_between(NOW, AHEAD) == []
    rota, seat = crew.published(wren, channel=channel)
    second = seats(rota)[2]
    assert [each.id for each in store.vacant_seats_between(NOW, AHEAD)] == [second.id]
    assert store.vacant_seats_between(NOW, seat.ends_at) == []


def test_own_shifts_come_with_the_seats_of_colleagues(crew: Crew) -> None:
    wren, heron = crew.moderator("Wren"), crew.lead("Heron")
    crew.always_can(wren, heron)
    rota = crew.rota(crew.evenings("Board", Need(Duty.LEAD, 1, 1, 1), Need(Duty.MODERATOR, 1, 1, 1)))
    lead, moderator = seats(rota)[:2]
    crew.give(rota, lead, heron)
    crew.give(rota, moderator, wren)
    crew.publish(rota)
    assert [each.holder for each in store.seats_of_own_shifts(wren.id, NOW)] == ["Heron", "Wren"]
    assert store.seats_of_own_shifts(wren.id, moderator.ends_at) == []


def test_shifts_with_room_lie_in_the_available_time_and_have_a_vacant_seat_in_the_duty(crew: Crew) -> None:
    wren = crew.moderator("Wren")
    crew.always_can(wren)
    rota, _ = crew.published(wren)
    vacant = seats(rota)[1]
    always = Interval(NOW, FOR_EVER)
    too_short = Interval(vacant.starts_at, vacant.ends_at - timedelta(minutes=1))

    def ids(duty: Duty, available: Interval) -> list[int]:
        return [each.id for each in store.seats_of_shifts_with_room(NOW, AHEAD, [duty], [available])]

    assert ids(Duty.MODERATOR, always) == [vacant.id]
    assert ids(Duty.MODERATOR, too_short) == []
    assert ids(Duty.LEAD, always) == []


def test_a_seat_or_rota_that_does_not_exist_is_refused(crew: Crew) -> None:
    for read in (store.get_seat, store.get_rota):
        with pytest.raises(NotFound):
            read(404)
