"""The pages and e-mails of shifts that change hands: every tap from “I can’t make it” to the last yes."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from app import db
from app.people.models import Person, Role
from rota.exchanges import trading
from rota.exchanges.models import SeatChange
from tests.conftest import People, SignIn, clock_at
from tests.rota.crew import Crew, seats
from tests.rota.emails import newest_email
from tests.rota.exchanges.test_trading import Trio
from tests.times import NOW


@pytest.fixture
def trio(crew: Crew) -> Trio:
    return Trio(crew, cannot={})


def newest_change() -> int:
    db.session.rollback()
    return db.session.query(SeatChange.id).order_by(SeatChange.id.desc()).limit(1).scalar() or 0


def test_near_its_time_the_page_offers_cover_alone_and_the_shift_says_whose_it_is(
    trio: Trio, client: FlaskClient, sign_in: SignIn
) -> None:
    wren, teal, _ = trio.people
    seat = seats(trio.rota)[0]
    with clock_at(seat.starts_at - timedelta(hours=20)):
        sign_in(client, wren)
        page = client.get(f"/shifts/mine/{seat.assignment_id}/give-back").text
        assert "Give this shift back" not in page
        answer = client.post(f"/shifts/mine/{seat.assignment_id}/cover", follow_redirects=True)
        assert "Still yours until somebody takes it" in answer.text
        assert "What you asked" in client.get("/shifts").text
        sign_in(client, teal)
        assert f"/shifts/seats/{seat.id}/claim" in client.get("/shifts").text
        answer = client.post(f"/shifts/seats/{seat.id}/claim", follow_redirects=True)
        assert "The shift is yours" in answer.text
    assert trio.holders[0] == teal.id


def test_somebody_asks_to_swap_and_the_other_says_yes_on_the_page_of_the_email(
    trio: Trio, client: FlaskClient, sign_in: SignIn
) -> None:
    wren, teal, _ = trio.people
    mine, theirs = trio.assignment(0), trio.assignment(1)
    sign_in(client, wren)
    assert "Look for a swap" in client.get(f"/shifts/mine/{mine}/give-back").text
    assert "Teal has it and could take yours" in client.get(f"/shifts/mine/{mine}/swap").text
    answer = client.post(f"/shifts/mine/{mine}/swap", data={}, follow_redirects=True)
    assert "Please choose at least one shift" in answer.text
    answer = client.post(f"/shifts/mine/{mine}/swap", data={"theirs": [theirs]}, follow_redirects=True)
    assert "still yours" in answer.text
    subject, text, html = newest_email("seat-change-asked", teal.id)
    assert subject.startswith("Would you swap? Board")
    page = f"/shifts/changes/{newest_change()}"
    assert page in text
    assert "You take this shift from Wren" in html
    sign_in(client, teal)
    assert "You are asked" in client.get("/shifts").text
    assert "Yes or no, both are fine" in client.get(page).text
    answer = client.post(f"{page}/answer", data={"said": "yes"}, follow_redirects=True)
    assert "The shifts have changed hands" in answer.text
    subject, text, _ = newest_email("seat-change-done", wren.id)
    assert "Teal takes your shift" in text
    assert trio.holders[:2] == [teal.id, wren.id]


def test_a_no_is_taken_kindly_and_the_asker_reads_what_to_do_instead(
    trio: Trio, client: FlaskClient, sign_in: SignIn
) -> None:
    wren, teal, _ = trio.people
    with db.writing():
        trading.ask_to_swap(trio.assignment(0), [trio.assignment(1)], wren, by=wren.id, now=NOW)
    page = f"/shifts/changes/{newest_change()}"
    sign_in(client, teal)
    answer = client.post(f"{page}/answer", data={"said": "no"}, follow_redirects=True)
    assert "Everybody keeps what they have" in answer.text
    sign_in(client, wren)
    assert "You can ask somebody else" in client.get(page).text
    assert "that is all right" in newest_email("seat-change-ended", wren.id)[1]


def test_where_policy_says_so_a_coordinator_agrees_first(
    trio: Trio, crew: Crew, people: People, client: FlaskClient, sign_in: SignIn
) -> None:
    tansy: Person = people.person("Tansy", roles=(Role.COORDINATOR,))
    crew.coordinators_agree_first()
    wren, teal, _ = trio.people
    with db.writing():
        trading.ask_to_swap(trio.assignment(0), [trio.assignment(1)], wren, by=wren.id, now=NOW)
    change = newest_change()
    sign_in(client, teal)
    answer = client.post(f"/shifts/changes/{change}/answer", data={"said": "yes"}, follow_redirects=True)
    assert "A coordinator has still to agree" in answer.text
    assert trio.holders[:2] == [wren.id, teal.id]
    assert "it waits for a coordinator" in newest_email("seat-change-waits", tansy.id)[1]
    assert client.post(f"/rota/changes/{change}/decide", data={"said": "yes"}).status_code == 403
    sign_in(client, tansy)
    assert f"/rota/changes/{change}/decide" in client.get("/rota/changes").text
    client.post(f"/rota/changes/{change}/decide", data={"said": "yes"})
    assert trio.holders[:2] == [teal.id, wren.id]
