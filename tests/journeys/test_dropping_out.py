"""A coordinator fills the seat of somebody who cannot come, in the browser, without a telephone."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from app import db
from app.people.models import Role
from rota.store.seat_asks import SeatAsk
from tests.conftest import People
from tests.journeys import browser as real
from tests.journeys.conftest import Window
from tests.rota.crew import Crew, seats

pytestmark = pytest.mark.browser


def test_three_clicks_lead_from_a_persons_page_to_people_being_asked_and_the_first_yes_has_the_seat(
    window_of: Window, people: People, address: str
) -> None:
    crew = Crew(people)
    wren, teal = crew.moderator("Wren"), crew.moderator("Teal")
    crew.always_can(wren, teal)
    rota, seat = crew.published(wren)
    page = window_of(people.person("Tansy", roles=(Role.COORDINATOR,))).new_page()
    page.goto(f"{address}/people/{wren.id}/away?seat={seat.id}")
    assert real.faults_in_every_view(page) == []
    real.press(page.get_by_role("button", name="Take them off and find somebody"))
    assert real.faults_in_every_view(page) == []
    real.press(page.get_by_role("button", name="Ask the five best now"))
    expect(page.get_by_text("1 person is being asked")).to_be_visible()
    db.session.rollback()
    ask = db.session.scalars(select(SeatAsk)).one()
    theirs = window_of(teal).new_page()
    theirs.goto(f"{address}/shifts/asked/{ask.id}")
    assert real.faults_in_every_view(theirs) == []
    real.press(theirs.get_by_role("button", name="I can", exact=True))
    assert seats(rota)[0].person_id == teal.id
