"""Seats read from the database: which ones each question returns."""

from __future__ import annotations

from datetime import time, timedelta

import pytest

from app.refusals import NotFound
from progression.duties import Duty
from rota.scheduling.cover_pattern import Need
from rota.store import own_shifts
from rota.store import seats as store
from tests.rota.crew import MONDAY, Crew, seats
from tests.times import NOW


def test_an_open_seat_is_published_wanted_and_taken_by_nobody(crew: Crew) -> None:
    wren = crew.moderator("Wren")
    crew.always_can(wren)
    channel = crew.evenings("Board", Need(Duty.MODERATOR, 1, 1, 2))
    rota, _ = crew.published(wren, channel=channel)
    second = seats(rota)[2]
    assert [each.id for each in store.seats_where() if each.is_open] == [second.id]
    assert not any(each.is_open for each in seats(crew.rota(channel, starts_on=MONDAY + timedelta(days=7))))


def test_the_query_names_nobody_whom_the_reader_may_not_know(crew: Crew) -> None:
    wren, teal = crew.moderator("Wren"), crew.moderator("Teal")
    crew.always_can(wren, teal)
    rota = crew.rota(crew.evenings("Board"), crew.evenings("Chat", starts=time(10), ends=time(12)), days=1)
    for seat, person in zip(seats(rota), (teal, wren), strict=True):
        crew.give(rota, seat, person)
    crew.publish(rota)
    read = store.seats_where(named=store.is_own_shift(wren.id))
    assert [(each.holder, each.person_id, each.is_taken) for each in read] == [
        (None, None, True),
        ("Wren", wren.id, True),
    ]


def test_own_shifts_come_with_the_seats_of_colleagues(crew: Crew) -> None:
    wren, heron = crew.moderator("Wren"), crew.lead("Heron")
    crew.always_can(wren, heron)
    rota = crew.rota(crew.evenings("Board", Need(Duty.LEAD, 1, 1, 1), Need(Duty.MODERATOR, 1, 1, 1)))
    lead, moderator = seats(rota)[:2]
    crew.give(rota, lead, heron)
    crew.give(rota, moderator, wren)
    crew.publish(rota)
    assert [each.holder for each in own_shifts.seats_of_own_shifts(wren.id, NOW)] == ["Heron", "Wren"]
    own_alone = own_shifts.seats_of_own_shifts(wren.id, moderator.ends_at)
    assert [each.holder for each in own_alone] == ["Wren"]
    assert own_shifts.seats_of_own_shifts(wren.id, moderator.ends_at + store.LONGEST_ROTA) == []


def test_a_seat_or_rota_that_does_not_exist_is_refused(crew: Crew) -> None:
    for read in (store.get_seat, store.get_rota):
        with pytest.raises(NotFound):
            read(404)
