"""How many taps things take: a volunteer on a narrow phone from My shifts, and a coordinator from Today."""

from __future__ import annotations

from datetime import timedelta
from typing import Literal

import pytest
from playwright.sync_api import Page, expect

from app.people.models import Role
from rota.exchanges import reading
from tests.conftest import People
from tests.journeys import browser as real
from tests.journeys.conftest import Window
from tests.rota.crew import Crew, seats
from tests.times import NOW

pytestmark = pytest.mark.browser


class Thumb:
    """A page on a narrow phone, and how often it was tapped: each tap is on a button or link of these words."""

    def __init__(self, page: Page) -> None:
        self.page, self.taps = page, 0

    def tap(self, role: Literal["link", "button"], words: str, *, within: str | None = None) -> None:
        """Tap what has these words, in the named part of the page if one is named."""
        place = self.page.get_by_role("region", name=within) if within else self.page
        real.tap(place.get_by_role(role, name=words).first)
        self.taps += 1


def test_taking_giving_back_asking_for_cover_and_for_a_swap_take_three_taps_at_most_from_my_shifts(
    people: People, window_of: Window, address: str
) -> None:
    crew = Crew(people)
    wren, teal = crew.moderator("Wren"), crew.moderator("Teal")
    crew.always_can(wren, teal)
    rota = crew.rota(crew.evenings(), days=4)
    for seat, person in zip(seats(rota), (wren, wren, teal), strict=False):
        crew.give(rota, seat, person)
    crew.publish(rota)
    page = window_of(wren, width=real.PHONE, touch=True).new_page()
    page.goto(f"{address}/shifts")
    thumb = Thumb(page)
    thumb.tap("button", "Take it")
    expect(page.get_by_text("The shift is yours. Thank you.")).to_be_visible()
    assert thumb.taps == 1

    thumb.taps = 0
    thumb.tap("link", "Open", within="After that")
    thumb.tap("link", "I can’t make it")
    thumb.tap("button", "Give this shift back")
    expect(page.get_by_text("Thank you for telling us.")).to_be_visible()
    assert thumb.taps == 3

    thumb.taps = 0
    thumb.tap("link", "I can’t make it")
    thumb.tap("link", "Look for a swap")
    assert real.faults_of(page) == []
    thumb.tap("button", "Ask Teal")
    expect(page.get_by_text("They are asked.")).to_be_visible()
    assert thumb.taps == 3
    thumb.taps = 0
    thumb.tap("link", "Open", within="After that")
    thumb.tap("link", "Swap it")
    thumb.tap("button", "Ask Teal")
    assert thumb.taps == 3

    thumb.taps = 0
    thumb.tap("link", "Open", within="After that")
    thumb.tap("link", "I can’t make it")
    thumb.tap("button", "Ask for cover")
    expect(page.get_by_text("The shift is still yours until somebody takes it.")).to_be_visible()
    assert thumb.taps == 3
    assert [each.change.kind for each in reading.asked_by(wren.id, now=NOW)] == ["swap", "swap", "cover"]


def test_a_coordinator_fills_an_empty_seat_with_two_clicks_from_today_and_that_of_somebody_ill_with_four(
    window_of: Window, address: str, people: People
) -> None:
    crew = Crew(people)
    wren, teal = crew.moderator("Wren"), crew.moderator("Teal")
    crew.always_can(wren, teal)
    rota = crew.rota(crew.evenings(), starts_on=NOW.date() + timedelta(days=1))
    crew.give(rota, seats(rota)[0], wren)
    crew.publish(rota)
    page = window_of(people.person("Tansy", roles=(Role.COORDINATOR,))).new_page()
    page.goto(address)
    real.press(page.get_by_role("link", name="Ask people").first)
    real.press(page.get_by_role("button", name="Ask the five best now"))
    expect(page.get_by_text("2 people are being asked")).to_be_visible()

    page.goto(address)
    real.press(page.get_by_role("link", name="On duty").first)
    assert real.faults_of(page) == []
    real.press(page.get_by_role("link", name="Wren can’t come"))
    real.press(page.get_by_role("button", name="Take them off and find somebody"))
    real.press(page.get_by_role("button", name="Ask the five best now"))
    expect(page.get_by_text("1 person is being asked")).to_be_visible()
