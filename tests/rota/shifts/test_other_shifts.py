"""Shifts that somebody cannot take now: being told when a taken one opens, and open ones that do not fit."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app import db
from app.people.models import Person
from app.refusals import Conflict
from progression.duties import Duty
from rota.exchanges.changes import DoesNotFit
from rota.scheduling.cover_pattern import Need
from rota.shifts import claims_and_drops, offers, other_shifts
from rota.store.seat_asks import SeatAsk
from rota.store.seats import SeatRow, get_seat
from rota.store.waiting import lines_waited_for, waiting_for
from tests.conftest import SignIn
from tests.rota.crew import Crew, seats
from tests.times import NOW

A_MINUTE = timedelta(minutes=1)


def give_back(seat: SeatRow) -> None:
    held = get_seat(seat.id)
    assert held.assignment_id is not None
    assert held.person_id is not None
    with db.writing():
        claims_and_drops.drop(held.assignment_id, db.session.get_one(Person, held.person_id), now=NOW)


def test_those_who_wait_are_asked_first_in_the_order_of_asking(crew: Crew) -> None:
    wren, *others = (crew.moderator(name) for name in ("Wren", "Ash", "Fern", "Teal"))
    ash, fern, teal = others
    crew.always_can(wren, *others)
    _, seat = crew.published(wren)
    with db.writing():
        other_shifts.wait(seat.id, teal, now=NOW)
        other_shifts.wait(seat.id, fern, now=NOW + A_MINUTE)
        other_shifts.wait(seat.id, teal, now=NOW + 2 * A_MINUTE)
    assert waiting_for(seat) == [teal.id, fern.id]
    give_back(seat)
    offers.ask_people(NOW + A_MINUTE)
    db.session.rollback()
    assert list(db.session.scalars(select(SeatAsk.person_id).order_by(SeatAsk.id))) == [teal.id, fern.id]
    offers.ask_people(NOW + timedelta(days=1, minutes=1))
    db.session.rollback()
    asked = list(db.session.scalars(select(SeatAsk.person_id).order_by(SeatAsk.id)))
    assert asked == [teal.id, fern.id, ash.id]


def test_waiting_ends_by_being_taken_off_by_having_the_shift_and_by_giving_it_back(crew: Crew) -> None:
    wren, teal = crew.moderator("Wren"), crew.moderator("Teal")
    crew.always_can(wren, teal)
    _, seat = crew.published(wren)
    for stop in (True, False):
        with db.writing():
            other_shifts.wait(seat.id, teal, now=NOW)
        assert [each.id for each in lines_waited_for(teal.id, now=NOW)] == [seat.id]
        assert lines_waited_for(teal.id, now=seat.starts_at) == []
        if stop:
            with db.writing():
                other_shifts.wait_no_longer(seat.id, teal, now=NOW)
            assert lines_waited_for(teal.id, now=NOW) == []
    give_back(seat)
    with db.writing():
        claims_and_drops.claim(seat.id, teal, now=NOW)
    assert lines_waited_for(teal.id, now=NOW) == []
    give_back(seat)
    assert lines_waited_for(teal.id, now=NOW) == []
    assert waiting_for(seat) == []


def test_nobody_waits_for_what_is_open_theirs_or_does_not_fit(crew: Crew) -> None:
    wren, teal, otter = crew.moderator("Wren"), crew.moderator("Teal"), crew.peer("Otter")
    crew.always_can(wren, teal, otter)
    rota, seat = crew.published(wren)
    for seat_id, person, refusal, words in (
        (seats(rota)[1].id, teal, other_shifts.IsOpen, "open now"),
        (seat.id, wren, Conflict, "already"),
        (seat.id, otter, DoesNotFit, "not cleared"),
    ):
        with pytest.raises(refusal, match=words), db.writing():
            other_shifts.wait(seat_id, person, now=NOW)


def test_taken_shifts_are_listed_where_they_would_fit_and_have_no_open_seat(crew: Crew) -> None:
    wren, teal, fern = crew.moderator("Wren"), crew.moderator("Teal"), crew.moderator("Fern")
    crew.always_can(wren, teal)  # Fern offers nothing
    rota = crew.rota(crew.evenings("Board", Need(Duty.MODERATOR, 1, 2, 2)))
    first = seats(rota)[0]
    crew.give(rota, first, wren)
    crew.publish(rota)
    assert other_shifts.taken_that_fit(teal, now=NOW) == []
    with db.writing():
        claims_and_drops.claim(seats(rota)[1].id, teal, now=NOW)
    sedge = crew.moderator("Sedge")
    crew.always_can(sedge)
    assert [seat.shift_id for seat in other_shifts.taken_that_fit(sedge, now=NOW)] == [first.shift_id]
    assert other_shifts.taken_that_fit(sedge, now=NOW)[0].holder is None
    assert [other_shifts.taken_that_fit(person, now=NOW) for person in (wren, teal, fern)] == [[], [], []]


def test_the_page_of_more_shifts_lists_what_does_not_fit_and_takes_and_ends_waiting(
    client: FlaskClient, crew: Crew, sign_in: SignIn
) -> None:
    wren, teal, fern = crew.moderator("Wren"), crew.moderator("Teal"), crew.moderator("Fern")
    crew.always_can(wren, teal)
    rota, seat = crew.published(wren)
    sign_in(client, fern)
    page = client.get("/shifts/more").text
    assert page.count("Why not me?") == 1
    assert f'href="/shifts/{seats(rota)[1].shift_id}#open"' in page
    sign_in(client, teal)
    page = client.get("/shifts/more").text
    assert "Why not me?" not in page
    assert "Tell me if it opens" in page
    assert "Wren" not in page
    page = client.post(f"/shifts/seats/{seat.id}/wait", follow_redirects=True).text
    assert "You are told if these open" in page
    assert "Tell me if it opens" not in page
    page = client.post(f"/shifts/seats/{seat.id}/wait/stop", follow_redirects=True).text
    assert "You are told if these open" not in page
