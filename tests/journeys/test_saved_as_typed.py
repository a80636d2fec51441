"""A part of a draft is saved as it is typed, and nothing is lost by saving or leaving at once."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from app.people.models import Role
from tests.conftest import People
from tests.journeys.author import open_part, save
from tests.journeys.browser import press
from tests.journeys.conftest import Window
from tests.training.courses import install_small

pytestmark = pytest.mark.browser


@pytest.fixture
def lesson(window_of: Window, address: str, people: People, tmp_path: Path) -> Page:
    """The page of a lesson of a draft, whose clock stands still."""
    install_small(tmp_path)
    page = window_of(people.person("Hazel", roles=(Role.TRAINER,))).new_page()
    page.clock.install()
    page.goto(address + "/write-courses")
    press(page.get_by_role("button", name="Write the next version of Being kind"))
    open_part(page, "Why kindness")
    return page


def test_the_button_waits_for_a_save_that_is_under_way(lesson: Page) -> None:
    def save_meanwhile(route: Route) -> None:
        if "quietly=1" not in (route.request.post_data or ""):
            route.continue_()
            return
        answer = route.fetch()
        lesson.get_by_label("Title").fill("Why kindness matters")
        lesson.get_by_label("Title").press("Enter")
        route.fulfill(response=answer)

    lesson.route("**/parts/*", save_meanwhile)
    lesson.get_by_label("Title").fill("Why")
    with lesson.expect_navigation():
        lesson.clock.fast_forward(2000)
    expect(lesson.get_by_role("heading", name="Why kindness matters", level=1)).to_be_visible()
    expect(lesson.locator(".nl-flash").filter(has_text="Saved.")).to_be_visible()


def test_who_leaves_right_after_typing_leaves_once_it_is_saved(lesson: Page) -> None:
    lesson.get_by_label("Title").fill("Why kindness matters")
    press(lesson.locator(".govuk-back-link"))
    expect(lesson.get_by_role("link", name="Why kindness matters")).to_be_visible()
    open_part(lesson, "Why kindness matters")
    lesson.get_by_label("Title").fill("Kindness matters")
    press(lesson.get_by_role("button", name="Add it"))
    press(lesson.locator(".govuk-back-link"))
    expect(lesson.get_by_role("heading", name="Kindness matters", level=1)).to_be_visible()
    save(lesson)
