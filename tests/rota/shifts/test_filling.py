"""Somebody who plans fills the seat of somebody who cannot come, without a telephone."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app import db
from app.people.models import Person, Role
from app.refusals import Conflict
from rota.shifts import answers, asking, claims_and_drops, offers
from rota.shifts.filling import fill_page
from rota.store.seat_asks import SeatAsk
from rota.store.seats import SeatRow
from tests.conftest import SignIn
from tests.rota.crew import Crew, seats
from tests.rota.emails import queued
from tests.times import NOW


@pytest.fixture
def empty(crew: Crew) -> tuple[SeatRow, Person, Person, Person]:
    """A seat that Wren gave back; Tansy plans, and Teal and Fern are free for it."""
    tansy = crew.people.person("Tansy", roles=(Role.COORDINATOR,))
    wren, teal, fern = crew.moderator("Wren"), crew.moderator("Teal"), crew.moderator("Fern")
    crew.always_can(wren, teal, fern)
    _, seat = crew.published(wren)
    with db.writing():
        claims_and_drops.drop(seat.assignment_id or 0, wren, now=NOW)
    return seat, tansy, teal, fern


def asks() -> list[tuple[int, int]]:
    db.session.rollback()
    return [(ask.person_id, ask.wave) for ask in db.session.scalars(select(SeatAsk).order_by(SeatAsk.id))]


def test_the_five_best_are_asked_at_once_and_the_tick_does_not_ask_them_again(
    empty: tuple[SeatRow, Person, Person, Person],
) -> None:
    seat, tansy, teal, fern = empty
    assert asking.ask_next(seat.id, by=tansy.id, now=NOW) == 2
    offers.ask_people(NOW)
    assert sorted(asks()) == [(teal.id, 1), (fern.id, 1)]
    with pytest.raises(Conflict, match="Nobody is left"):
        asking.ask_next(seat.id, by=tansy.id, now=NOW)


def test_one_person_is_asked_alone_and_the_five_best_wait_until_they_had_their_time(
    empty: tuple[SeatRow, Person, Person, Person],
) -> None:
    seat, tansy, teal, fern = empty
    with db.writing():
        asking.ask_one(seat.id, teal.id, by=tansy.id, now=NOW)
    offers.ask_people(NOW)
    assert asks() == [(teal.id, 1)]
    assert [row.person_id for row in queued("seat-offered")] == [teal.id]
    offers.ask_people(NOW + offers.wait_of(NOW, seat.starts_at))
    assert asks() == [(teal.id, 1), (fern.id, 2)]


def test_nobody_is_asked_alone_twice_in_their_night_or_after_they_left_or_said_no(
    empty: tuple[SeatRow, Person, Person, Person],
) -> None:
    seat, tansy, teal, fern = empty
    wren_id = seat.person_id or 0

    def ask(person_id: int, hours: int = 0) -> None:
        with db.writing():
            asking.ask_one(seat.id, person_id, by=tansy.id, now=NOW + timedelta(hours=hours))

    with pytest.raises(Conflict, match="It is night"):
        ask(teal.id, hours=4)
    with pytest.raises(Conflict, match="gave this shift back"):
        ask(wren_id)
    ask(teal.id)
    with pytest.raises(Conflict) as twice:
        ask(teal.id)
    with db.writing():
        answers.say_no(db.session.scalars(select(SeatAsk.id)).one(), teal, now=NOW)
    with pytest.raises(Conflict) as after_no:
        ask(teal.id)
    assert after_no.value.sentences == twice.value.sentences  # a no is not told
    with db.writing():
        claims_and_drops.claim(seat.id, fern, now=NOW)
    with pytest.raises(Conflict, match="Somebody has this seat"):
        ask(teal.id)


def test_the_page_lists_the_free_people_and_who_was_asked_and_not_who_said_no(
    empty: tuple[SeatRow, Person, Person, Person],
) -> None:
    seat, tansy, teal, _ = empty
    asking.ask_next(seat.id, by=tansy.id, now=NOW)
    with db.writing():
        answers.say_no(db.session.scalars(select(SeatAsk.id).where(SeatAsk.person_id == teal.id)).one(), teal, now=NOW)
    view = fill_page([seat.id], None, now=NOW)
    assert {(one.name, one.was_asked) for one in view.free} == {("Teal", True), ("Fern", True)}
    assert (view.still_empty, view.seats[0].asked) == (1, 2)


def test_from_somebodys_page_to_a_filled_seat_in_three_steps_of_the_coordinator(
    client: FlaskClient, crew: Crew, sign_in: SignIn
) -> None:
    tansy = crew.people.person("Tansy", roles=(Role.COORDINATOR,))
    wren, teal = crew.moderator("Wren"), crew.moderator("Teal")
    crew.always_can(wren, teal)
    rota, seat = crew.published(wren)
    sign_in(client, tansy)
    assert f"/people/{wren.id}/away" in client.get(f"/people/{wren.id}").text
    assert f"/people/{wren.id}/away?seat={seat.id}" in client.get(f"/rota/{rota.id}?seat={seat.id}").text
    page = client.get(f"/people/{wren.id}/away?seat={seat.id}").text
    assert "1 shift becomes open for others" in page
    seen = page.split('name="seen" value="')[1].split('"')[0]
    day = seat.starts_at.date().isoformat()
    filling = client.post(f"/people/{wren.id}/away", data={"seen": seen, "first": day, "last": day})
    where = filling.headers["Location"]
    assert where == f"/rota/fill?seat={seat.id}"
    assert "Ask the five best now" in client.get(where).text
    said = client.post(f"/rota/fill/{seat.id}/ask", data={"seat": seat.id}, follow_redirects=True).text
    assert "1 person is being asked" in said
    ask = db.session.scalars(select(SeatAsk)).one()
    browser = client.application.test_client()
    sign_in(browser, teal)
    browser.post(f"/shifts/asked/{ask.id}/yes")
    assert seats(rota)[0].person_id == teal.id
    sign_in(client, tansy)
    assert "There is nothing left to do" in client.get(where).text
