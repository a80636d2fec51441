"""The rota desk as somebody uses it who never saw it: a coordinator’s four weeks, and an organisation from nothing."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import time
from pathlib import Path

import pytest
from playwright.sync_api import Page

from app import db
from app.jobs import tasks
from app.people.models import Role
from rota.store import availability
from rota.store.models import Rota
from tests.app.takeover.lists import work
from tests.conftest import People
from tests.journeys import browser as real
from tests.journeys.conftest import Window
from tests.rota.crew import EVERY_DAY, LONDON, LONG_AGO, Crew
from tests.rota.emails import queued
from tests.times import NOW

pytestmark = pytest.mark.browser

FEW_CLICKS = 20
"""Four weeks are planned, mended and published in so many. At half a minute for each, that is ten minutes."""

HEADINGS = (
    'Name the community sees,E-mail address,Born on,Stage,"Stage, since","Background check, issued on",'
    '"Background check, level","Background check, workforce","Background check, outcome",'
    '"Background check, next due","Background check, number","Code of conduct, agreed on",Seen by,'
    '"Safeguarding essentials, passed on","Understanding conflict, passed on",Usual week'
)
OF_EACH = (
    "29/3/1990,volunteer,3/6/2025,3/6/2025,enhanced with barred lists,child,clear,3/6/2028,4821,3/6/2026,M. Hale,"
    "3/6/2026,3/6/2026,Mon 17-23; Tue 17-23"
)


@dataclass
class Newcomer:
    """Somebody with a page, whose clicks are counted."""

    page: Page
    clicks: int = 0

    def press(self, name: str, *, link: bool = False) -> None:
        """Press a button, or follow a link, of the page itself."""
        main, pattern = self.page.locator("main"), re.compile(f"^{re.escape(name)}")
        found = main.get_by_role("link", name=pattern) if link else main.get_by_role("button", name=pattern)
        real.press(found.first)
        self.clicks += 1

    def sees(self, words: str) -> None:
        assert words in " ".join(self.page.inner_text("main").split()), f"“{words}” is not on {self.page.url}"

    def waits_for_the_proposal(self) -> None:
        """Somebody waits while a worker solves; the page follows it by itself."""
        db.session.rollback()
        tasks.run_next()
        self.page.get_by_role("button", name="Propose again").wait_for()


@pytest.fixture
def crew(people: People) -> Crew:
    """Two moderators who offer Mondays to Saturdays, and one who has offered nothing."""
    crew = Crew(people)
    wren, teal = crew.moderator("Wren"), crew.moderator("Teal")
    crew.moderator("Fern")
    with db.writing():
        for person in (wren, teal):
            availability.add_weekly_time(person.id, EVERY_DAY - {6}, time(18), time(22), zone=LONDON, now=LONG_AGO)
    crew.evenings()
    return crew


def test_a_coordinator_who_never_saw_it_plans_mends_and_publishes_four_weeks(
    crew: Crew, window_of: Window, address: str
) -> None:
    desk = Newcomer(window_of(crew.people.person("Tansy", roles=(Role.COORDINATOR,))).new_page())
    watched = real.watch(desk.page)
    desk.page.goto(f"{address}/rota")
    desk.press("Make a rota", link=True)
    desk.press("Make the rota")  # the days are filled in, and it is named by them
    desk.sees("22 February to 21 March")
    desk.press("Propose a rota")
    desk.waits_for_the_proposal()
    desk.sees("24 of 28 seats filled.")

    desk.press("Review and publish", link=True)
    desk.sees("Still empty: 4 seats")
    desk.press("Sun 28 Feb, 18:00", link=True)  # each gap leads to its seat
    desk.page.get_by_role("radio", name="Fern").check()
    desk.page.get_by_label("Why it is right all the same").fill("She said yes on the telephone.")
    desk.press("Give it all the same")
    desk.sees("Has it now Fern")
    desk.press("Next empty seat", link=True)
    desk.sees("Sun 7 Mar, 18:00 to 22:00")

    desk.press("Put draft 1 away")  # a slip
    desk.press("Bring draft 1 back")
    desk.sees("25 of 28 seats filled.")

    desk.press("Review and publish", link=True)
    desk.press("Publish and tell 3 people")
    desk.sees("Please say that you have read which 3 seats stay empty.")
    desk.page.get_by_label("I have read what stays empty").check()
    desk.press("Publish and tell 3 people")
    desk.sees("Version 1 is published.")
    db.session.rollback()
    assert db.session.query(Rota).one().version == 1
    assert len(queued("rota-published")) == 3
    assert desk.clicks <= FEW_CLICKS
    assert watched.faults == []


def test_an_administrator_of_an_empty_organisation_gets_from_nothing_to_a_published_rota_without_yaml(
    people: People, window_of: Window, address: str, tmp_path: Path
) -> None:
    page = window_of(people.person("Ada", roles=(Role.ADMIN,))).new_page()
    ada, watched = Newcomer(page), real.watch(page)
    page.goto(f"{address}/admin/first-steps")
    ada.press("Give yourself the role coordinator", link=True)
    page.get_by_label("Role", exact=True).select_option(label="Coordinator")
    ada.press("Give this role")
    given_the_two_courses_of_the_pathway(ada, address)
    given_a_channel_that_is_closed_on_scottish_bank_holidays(ada, address)
    given_stricter_rules(ada, address)
    given_four_people_from_a_list(ada, address, tmp_path)

    page.goto(f"{address}/rota")
    ada.press("Make a rota", link=True)
    ada.press("Make the rota")
    ada.press("Propose a rota")
    ada.waits_for_the_proposal()
    ada.sees("8 of 8 seats filled.")
    ada.press("Review and publish", link=True)
    ada.sees("Invite who was not invited")
    ada.press("Publish and tell")
    ada.sees("Version 1 is published.")
    page.goto(f"{address}/admin/first-steps")
    ada.sees("“22 February to 21 March” is published.")
    assert watched.faults == []


def given_the_two_courses_of_the_pathway(ada: Newcomer, address: str) -> None:
    ada.page.goto(f"{address}/admin/first-steps")
    ada.page.goto(f"{address}/learning/courses")
    for title in ("Safeguarding essentials", "Understanding conflict"):
        real.press(ada.page.get_by_role("button", name=re.compile(f"^Add this course.*{title}")))
    ada.sees("“Understanding conflict” is here.")


def given_a_channel_that_is_closed_on_scottish_bank_holidays(ada: Newcomer, address: str) -> None:
    page = ada.page
    page.goto(f"{address}/rota")
    ada.press("Open a channel", link=True)
    page.get_by_label("Name").fill("Board")
    ada.press("Open the channel")
    form = page.get_by_role("form", name="Add a shift")
    form.get_by_label("Name of this shift").fill("Evening")
    form.get_by_label("Monday").check()
    form.get_by_label("From").select_option("18:00")
    form.get_by_label("Until").select_option("22:00")
    form.get_by_label("Moderators", exact=True).fill("2")
    ada.press("Add this shift")
    ada.press("Special days and bank holidays", link=True)
    ada.press("Choose bank holidays", link=True)
    page.get_by_label("Scotland").check()
    page.get_by_label("Closed: no shift begins on it").check()
    ada.press("Save the bank holidays")
    ada.sees("Saint Andrew's Day")


def given_stricter_rules(ada: Newcomer, address: str) -> None:
    page = ada.page
    page.goto(f"{address}/admin/policies/rota-rules")
    ada.press("Change it", link=True)
    page.get_by_label("Hours of rest for adults").fill("12")
    group = page.get_by_role("group", name="Holds from")
    for part, number in (("Day", NOW.day), ("Month", NOW.month), ("Year", NOW.year)):
        group.get_by_label(part, exact=True).fill(str(number))
    page.get_by_label("Why").last.fill("Our people travel far.")
    ada.press("Compare")
    ada.sees("1 value changes")
    ada.press("Keep")
    ada.sees("The version is kept.")


def given_four_people_from_a_list(ada: Newcomer, address: str, folder: Path) -> None:
    rows = (f"{name},{name.lower()}@example.org,{OF_EACH}" for name in ("Wren", "Fern", "Teal", "Rook"))
    file = folder / "team.csv"
    file.write_text("\n".join((HEADINGS, *rows)), encoding="utf-8")
    ada.page.goto(f"{address}/people")
    ada.press("Bring a list", link=True)
    ada.page.get_by_label("Your list").set_input_files(file)
    ada.press("Look at it")
    ada.press("Take in 4 people")
    work()
    ada.page.get_by_role("heading", name="4 people are here").wait_for()
