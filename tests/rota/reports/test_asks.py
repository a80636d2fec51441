"""What came of it when people were asked to take a shift that came open."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app import db
from app.people.models import Person
from rota.reports.asks import Asks, asks_between
from rota.shifts import claims_and_drops
from rota.shifts.offers import begin_asking
from rota.store.seat_asks import SeatAsk
from rota.store.seats import SeatRow
from tests.rota.crew import Crew, seats
from tests.times import NOW

HOUR = timedelta(hours=1)
LATER = NOW + timedelta(days=14)


@pytest.fixture
def given_back(crew: Crew) -> tuple[SeatRow, Person, Person]:
    """A seat that Wren gave back an hour ago, about which Moth was asked at once; and both of them."""
    wren, moth = crew.moderator("Wren"), crew.moderator("Moth")
    crew.always_can(wren, moth)
    rota, seat = crew.published(wren)
    with db.writing():
        claims_and_drops.drop(seat.assignment_id or 0, wren, now=NOW + HOUR)
    with db.writing():
        asking = begin_asking(seat, by=None, now=NOW + HOUR)
        db.session.add(SeatAsk(asking_id=asking.id, person_id=moth.id, wave=1, asked_at=NOW + HOUR))
    return seats(rota)[0], wren, moth


def test_a_seat_that_nobody_took_counts_as_open(given_back: tuple[SeatRow, Person, Person]) -> None:
    assert asks_between(NOW, LATER) == Asks(seats=1, taken=0, half_within=None, people_asked=1, said_yes=0)


def test_a_seat_that_somebody_asked_took_counts_with_how_long_it_took(
    given_back: tuple[SeatRow, Person, Person],
) -> None:
    seat, _, moth = given_back
    with db.writing():
        claims_and_drops.claim(seat.id, moth, now=NOW + 4 * HOUR)
    assert asks_between(NOW, LATER) == Asks(seats=1, taken=1, half_within=3 * HOUR, people_asked=1, said_yes=1)


def test_a_seat_that_somebody_else_took_is_no_answer_of_those_asked(
    given_back: tuple[SeatRow, Person, Person], crew: Crew
) -> None:
    seat, _, _ = given_back
    finch = crew.moderator("Finch")
    crew.always_can(finch)
    with db.writing():
        claims_and_drops.claim(seat.id, finch, now=NOW + 4 * HOUR)
    found = asks_between(NOW, LATER)
    assert (found.taken, found.people_asked, found.said_yes) == (1, 1, 0)


def test_what_came_open_in_another_month_does_not_count(given_back: tuple[SeatRow, Person, Person]) -> None:
    assert asks_between(NOW + 2 * HOUR, LATER) == Asks()
