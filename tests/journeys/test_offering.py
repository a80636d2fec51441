"""Somebody offers a month's time with a thumb, by keyboard, and without scripts; the pages have no faults."""

from __future__ import annotations

from datetime import date, time

import pytest
from playwright.sync_api import Locator, Page, expect

from app import db
from app.people.models import Person, Role
from rota.store.availability import add_weekly_time, exceptions_of, set_leave, weekly_times_of
from tests.conftest import People
from tests.journeys import browser as real
from tests.journeys.conftest import Window
from tests.rota.crew import LONDON, Crew
from tests.times import NOW

pytestmark = pytest.mark.browser

MARCH = "/shifts/availability/month/2027-03"


@pytest.fixture
def wren(people: People) -> Person:
    crew = Crew(people)
    crew.evenings()
    crew.nights()
    return crew.moderator("Wren")


def window_named(page: Page, hours: str, day: str) -> Locator:
    return page.get_by_role("group", name=hours).get_by_role("checkbox", name=day)


def slide(page: Page, start: Locator, end: Locator) -> None:
    """Slide a thumb from one window to another."""
    start.scroll_into_view_if_needed()
    touch = page.context.new_cdp_session(page)
    one, other = start.bounding_box(), end.bounding_box()
    assert one is not None
    assert other is not None
    y = one["y"] + one["height"] / 2
    steps = [one["x"] + 20 + (other["x"] - one["x"]) * step / 12 for step in range(13)]
    touch.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": steps[0], "y": y}]})
    for x in steps[1:]:
        touch.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [{"x": x, "y": y}]})
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def kept(person: Person) -> list[str]:
    db.session.rollback()
    return [f"{row.weekday} {row.starts:%H}-{row.ends:%H}" for row in weekly_times_of(person.id)]


def test_a_month_is_offered_with_a_thumb_on_a_narrow_phone(window_of: Window, address: str, wren: Person) -> None:
    page = window_of(wren, width=real.PHONE, touch=True).new_page()
    watched = real.watch(page)
    page.goto(address + MARCH)
    window_named(page, "22:00 to 06:00", "Friday").tap()
    window_named(page, "18:00 to 22:00", "Sunday").tap()
    window_named(page, "18:00 to 22:00", "Sunday").tap()
    slide(page, window_named(page, "18:00 to 22:00", "Tuesday"), window_named(page, "18:00 to 22:00", "Friday"))
    expect(page.get_by_text("5 windows lit")).to_be_visible()
    real.press(page.get_by_role("button", name="Save my March"))
    assert "Your times are saved" in page.inner_text("main")
    assert kept(wren) == ["1 18-22", "2 18-22", "3 18-22", "4 18-06"]
    assert watched.faults == []


def test_a_month_is_offered_by_keyboard(window_of: Window, address: str, wren: Person) -> None:
    page = window_of(wren).new_page()
    page.goto(address + MARCH)
    window_named(page, "18:00 to 22:00", "Monday").focus()
    for key in ("Space", "ArrowRight", "ArrowRight", "Space", "ArrowDown", "Space", "Tab", "Space"):
        page.keyboard.press(key)
    assert page.evaluate("() => document.activeElement.value") == "3-2200-0600-Europe/London"
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert kept(wren) == ["0 18-22", "2 18-06", "3 22-06"]


def test_a_day_is_changed_on_the_way_and_all_of_it_works_without_scripts(
    window_of: Window, address: str, wren: Person
) -> None:
    page = window_of(wren, width=real.PHONE, scripts=False).new_page()
    page.goto(address + MARCH)
    window_named(page, "18:00 to 22:00", "Friday").check(force=True)
    real.press(page.get_by_role("button", name="12 March: none lit"))
    assert page.get_by_role("heading", level=1).inner_text() == "Friday 12 March"
    expect(page.get_by_role("checkbox").first).to_be_checked()
    page.get_by_role("checkbox").first.uncheck(force=True)
    real.press(page.get_by_role("button", name="Save this day"))
    assert "Fri 12 Mar, 18:00 to 22:00" in page.get_by_role("region", name="Away").inner_text()
    assert kept(wren) == ["4 18-22"]
    assert len(exceptions_of(wren.id, now=NOW)) == 1


def test_nothing_painted_is_lost_when_something_else_is_wrong(window_of: Window, address: str, wren: Person) -> None:
    page = window_of(wren).new_page()
    page.goto(address + MARCH)
    window_named(page, "18:00 to 22:00", "Sunday").check(force=True)
    page.get_by_label("Shifts in a week, at most").fill("many")
    real.press(page.get_by_role("button", name="Save my March"))
    expect(window_named(page, "18:00 to 22:00", "Sunday")).to_be_checked()
    assert page.get_by_label("Shifts in a week, at most").input_value() == "many"
    page.get_by_label("Shifts in a week, at most").fill("2")
    real.press(page.get_by_role("button", name="Save my March"))
    assert kept(wren) == ["6 18-22"]
    assert "2 shifts" not in page.get_by_text("at most in March").inner_text()


def test_the_pages_have_no_faults_in_any_view(window_of: Window, address: str, wren: Person) -> None:
    page = window_of(wren).new_page()
    with db.writing():
        set_leave(wren.id, date(2027, 3, 20), date(2027, 3, 28), zone=LONDON, now=NOW)
        add_weekly_time(wren.id, {1, 2, 4}, time(18), time(22), zone=LONDON, now=NOW)
        add_weekly_time(wren.id, {5}, time(19), time(22), zone=LONDON, now=NOW)
    page.goto(address + MARCH)
    assert real.faults_in_every_view(page) == []
    page.goto(f"{address}/shifts/availability/day/2027-03-20")
    assert real.faults_in_every_view(page) == []


def test_the_pages_of_asking_and_of_entering_for_somebody_have_no_faults(
    window_of: Window, address: str, wren: Person, people: People
) -> None:
    tansy = people.person("Tansy", roles=(Role.COORDINATOR,))
    page = window_of(tansy).new_page()
    page.goto(address + "/rota/times")
    assert real.faults_in_every_view(page) == []
    for name, day in (("First day", "1/3/2027"), ("Last day", "31/3/2027"), ("Answers by the end of", "26/2/2027")):
        page.get_by_role("group", name=name).get_by_label("Day").fill(day)
    page.get_by_label("Everybody who may take a shift then").check()
    real.press(page.get_by_role("button", name="Ask them"))
    assert "Not answered (1)" in page.inner_text("main")
    assert real.faults_in_every_view(page) == []
    real.press(page.get_by_role("link", name="Enter their times"))
    window_named(page, "18:00 to 22:00", "Monday").check(force=True)
    assert real.faults_in_every_view(page) == []
    real.press(page.get_by_role("button", name="Save these times"))
    assert "That is an answer." in page.inner_text("main")
    own = window_of(wren, width=real.PHONE).new_page()
    own.goto(address + MARCH)
    assert "Entered by Tansy on 18 February 2027" in own.inner_text("main")
