"""The duty board: whom those on a shift can ring, and who does not see the number."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from app import db
from app.people.models import Person, PersonPrivate
from progression.duties import Duty
from rota.duty import ARRIVING, OnSeat, on_duty
from rota.models import ChannelKind, Rota
from rota.pattern import Need
from tests.rota.crew import Crew, seats

NUMBER = "07700 900104"


@pytest.fixture
def caller(crew: Crew) -> Person:
    person = crew.lead("Sable")
    with db.writing():
        db.session.get_one(PersonPrivate, person.id).phone = NUMBER
    return person


@pytest.fixture
def host(crew: Crew) -> Person:
    return crew.moderator("Wren")


@pytest.fixture
def evening(crew: Crew, caller: Person, host: Person) -> Rota:
    line = crew.evenings("On call", Need(Duty.ON_CALL, 1, 1, 1), kind=ChannelKind.ON_CALL)
    board = crew.evenings("Board", Need(Duty.MODERATOR, 1, 1, 1))
    rota = crew.rota(line, board, days=1)
    crew.always_can(caller, host)
    for seat in seats(rota):
        crew.give(rota, seat, caller if seat.duty is Duty.ON_CALL else host)
    crew.publish(rota)
    return rota


def on_call(reader: Person, now: datetime) -> list[OnSeat]:
    board = on_duty(reader.id, now)
    assert board.channels[0].is_on_call
    return list(board.channels[0].now)


def test_who_is_on_a_shift_sees_the_number_of_who_is_on_call(evening: Rota, host: Person) -> None:
    [one] = on_call(host, seats(evening)[0].starts_at)
    assert (one.name, one.phone) == ("Sable", NUMBER)


def test_the_number_is_not_shown_to_others_nor_to_anybody_before_and_after(
    evening: Rota, host: Person, crew: Crew
) -> None:
    begins, ends = seats(evening)[0].starts_at, seats(evening)[0].ends_at
    [one] = on_call(crew.people.person("Fern"), begins)
    assert (one.name, one.phone) == ("Sable", None)
    assert on_call(host, begins - timedelta(minutes=1)) == []
    assert on_duty(host.id, begins - timedelta(minutes=1)).shows_numbers
    assert not on_duty(host.id, begins - ARRIVING - timedelta(minutes=1)).shows_numbers
    assert on_duty(host.id, ends).channels == []
    assert not on_duty(host.id, ends).shows_numbers


def test_numbers_of_others_on_a_shift_are_shown_to_nobody(evening: Rota, caller: Person, host: Person) -> None:
    with db.writing():
        db.session.get_one(PersonPrivate, host.id).phone = "07700 900117"
    board = on_duty(caller.id, seats(evening)[0].starts_at)
    assert [one.phone for channel in board.channels if not channel.is_on_call for one in channel.now] == [None]
