"""Confirming a shift in advance, by its person or for them, and who has not done so."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from app import db
from app.people.models import Role
from app.refusals import NotFound
from rota.shifts import claims_and_drops, confirming
from rota.store.said_of_seats import TooLateToSay
from tests.conftest import SignIn, clock_at
from tests.rota.crew import Crew, seats
from tests.times import NOW

A_DAY = timedelta(days=1)


def test_of_the_next_48_hours_those_who_plan_see_who_has_not_confirmed(crew: Crew) -> None:
    wren = crew.moderator("Wren")
    crew.always_can(wren)
    _, seat = crew.published(wren)
    assert seat.assignment_id is not None
    assert confirming.unconfirmed(seat.starts_at - 2 * A_DAY - timedelta(minutes=1)) == []
    near = seat.starts_at - 2 * A_DAY
    assert [each.id for each in confirming.unconfirmed(near)] == [seat.id]
    with db.writing():
        assert confirming.confirm(seat.assignment_id, wren, now=near)
    assert confirming.unconfirmed(near) == []
    with db.writing():
        assert not confirming.confirm(seat.assignment_id, wren, now=near)
        assert confirming.take_back_confirmation(seat.assignment_id, wren, now=near)
    assert [each.id for each in confirming.unconfirmed(near)] == [seat.id]
    assert confirming.unconfirmed(seat.starts_at) == []


def test_a_confirmation_holds_for_the_person_who_gave_it_and_not_for_the_next_on_the_seat(crew: Crew) -> None:
    wren, teal = crew.moderator("Wren"), crew.moderator("Teal")
    crew.always_can(wren, teal)
    rota, seat = crew.published(wren)
    assert seat.assignment_id is not None
    with db.writing():
        confirming.confirm(seat.assignment_id, wren, now=NOW)
        claims_and_drops.drop(seat.assignment_id, wren, now=NOW)
        claims_and_drops.claim(seat.id, teal, now=NOW)
    waiting = confirming.unconfirmed(seat.starts_at - A_DAY)
    assert [(each.id, each.person_id) for each in waiting] == [(seat.id, teal.id)]
    assert seats(rota)[0].person_id == teal.id


def test_nobody_confirms_what_is_not_theirs_or_has_begun(crew: Crew) -> None:
    wren, teal = crew.moderator("Wren"), crew.moderator("Teal")
    crew.always_can(wren)
    _, seat = crew.published(wren)
    assert seat.assignment_id is not None
    with pytest.raises(NotFound), db.writing():
        confirming.confirm(seat.assignment_id, teal, now=NOW)
    with pytest.raises(TooLateToSay), db.writing():
        confirming.confirm(seat.assignment_id, wren, now=seat.starts_at)


def test_one_tap_on_today_confirms_the_next_shift_and_another_takes_it_back(
    client: FlaskClient, crew: Crew, sign_in: SignIn
) -> None:
    wren = crew.moderator("Wren")
    tansy = crew.people.person("Tansy", roles=(Role.COORDINATOR,))
    crew.always_can(wren)
    _, seat = crew.published(wren)
    button, said = "I’ll be there</button>", "You said that you’ll be there"
    with clock_at(seat.starts_at - A_DAY):
        sign_in(client, wren)
        assert button in client.get("/").text
        page = client.post(f"/shifts/mine/{seat.assignment_id}/confirm", follow_redirects=True).text
        assert said in page
        assert button not in page
        assert said in client.get("/").text
        sign_in(client, tansy)
        assert "Everybody with a shift" in client.get("/rota/confirmations").text
        sign_in(client, wren)
        page = client.post(f"/shifts/mine/{seat.assignment_id}/confirm/take-back", follow_redirects=True).text
        assert button in page
        sign_in(client, tansy)
        assert "<b>Wren</b>" in client.get("/rota/confirmations").text
