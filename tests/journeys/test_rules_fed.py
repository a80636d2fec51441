"""What people and staff enter on pages, and what the record holds, changes the next proposal: rule by rule.

Two proposals of one rota show it, the first before anything was entered. Each channel is a world of its own: its people
offer its hours and no others. Nothing feeds the rest after a hard shift yet, as no page notes a shift as hard; the
nights that somebody had lately are counted by Nightlight itself, so `tests/rota/store/test_asked_rows.py` shows them.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import date, time, timedelta
from itertools import groupby

import pytest
from playwright.sync_api import Locator, Page

from app import db
from app.jobs import tasks
from app.people.models import Person, Role
from progression.duties import Duty
from rota.planning import channels, proposals
from rota.scheduling.cover_pattern import Need, PatternSpan
from rota.store import availability
from rota.store.models import Channel, ChannelKind, Rota
from tests.conftest import People, clock_at
from tests.journeys import browser as real
from tests.journeys.conftest import Window
from tests.rota.crew import EVERY_DAY, LONDON, LONG_AGO, Crew
from tests.rota.store.test_asked_rows import signed_off_later
from tests.times import NOW

pytestmark = pytest.mark.browser

LATER = NOW + timedelta(days=6)  # when the rota is planned: the newcomers were signed off the day before
WEEK = date(2027, 3, 1)
PATIENT = (
    300  # seconds a proposal may take: it is proven the best within one or two, and a busy machine changes nothing
)


class Desk:
    """A coordinator’s rota page, and the pages of the others."""

    def __init__(self, crew: Crew, window_of: Window, address: str) -> None:
        self.crew, self.window_of, self.address = crew, window_of, address
        self.channels: list[Channel] = []
        self.rota: Rota | None = None
        self.page = self.page_of(crew.people.person("Tansy", roles=(Role.COORDINATOR,)))

    def page_of(self, person: Person) -> Page:
        return self.window_of(person).new_page()

    def go(self, page: Page, path: str) -> Page:
        page.goto(self.address + path)
        return page

    def open(self, name: str, hour: int, *names: str, days: Collection[int] = (0, 1), wanted: int = 1) -> list[Person]:
        """A channel of two hours that needs so many moderators, and people who offer just these hours."""
        need = Need(Duty.MODERATOR, 1, wanted, wanted)
        span = PatternSpan(frozenset(days), time(hour), time(hour + 2), "Hours", (need,))
        with db.writing():
            channel = channels.open_channel(name, ChannelKind.BOARD, by=None, now=NOW)
            channels.write_pattern(channel, [span], starts_on=NOW.date(), zone=LONDON, by=None, now=NOW)
        self.channels.append(channel)
        people = [self.crew.moderator(each) for each in names]
        self.offer(hour, *people)
        return people

    @staticmethod
    def offer(hour: int, *people: Person) -> None:
        starts, ends = time(hour), time(hour + 2)
        with db.writing():
            for person in people:
                availability.add_weekly_time(person.id, EVERY_DAY, starts, ends, zone=LONDON, now=LONG_AGO)

    def propose(self, button: str) -> None:
        """Press the button on the rota’s page, and let a worker solve it."""
        assert self.rota is not None
        self.go(self.page, f"/rota/{self.rota.id}")
        real.press(self.page.get_by_role("button", name=button))
        db.session.rollback()
        tasks.run_next()
        real.wait_for_the_proposal(self.page)

    def on(self, channel: str) -> list[set[str]]:
        """Who is on each shift of a channel, by name, as the table of the week says."""
        rows = self.page.locator("tbody").filter(has=self.page.locator(f"th[scope=rowgroup]:has-text('{channel}')"))
        days = [cell.locator(".nl-seat__who").all_inner_texts() for cell in rows.locator("td").all()]
        return [{who for who in day if who != "Empty"} for day in days if day]


def fill_date(group: Locator, day: date) -> None:
    for part, number in (("Day", day.day), ("Month", day.month), ("Year", day.year)):
        group.get_by_label(part, exact=True).fill(str(number))


def asks_for(desk: Desk, person: Person, label: str, number: int) -> None:
    """Somebody says on their own page how much they want."""
    page = desk.go(desk.page_of(person), "/shifts/limits")
    page.get_by_label(label).fill(str(number))
    real.press(page.get_by_role("button", name="Save"))


def keep(page: Page, how: str, first: str, second: str) -> None:
    page.get_by_label(how).check()
    page.get_by_label("One person").fill(first)
    page.get_by_label("The other person").fill(second)
    fill_date(page.get_by_role("group", name="From"), LATER.date())
    real.press(page.get_by_role("button", name="Save"))
    kept = page.get_by_role("region", name="Kept now").inner_text()
    assert re.search(rf"({first} and {second}|{second} and {first}): {how.split()[1]}", kept), kept


def test_each_rule_that_a_page_or_the_record_feeds_changes_the_proposal(
    people: People, window_of: Window, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(proposals, "SECONDS", PATIENT)
    with clock_at(LATER):
        _story(Desk(Crew(people), window_of, address))


def _story(desk: Desk) -> None:
    crew, people = desk.crew, given_a_team(desk)

    desk.propose("Propose a rota")
    assert desk.on("Apart") == [{"Wren", "Fern"}]
    on_monday = desk.on("Together")[0]
    parted = min(on_monday), min({"Teal", "Rook", "Lark", "Dove"} - on_monday)
    assert desk.on("At most") == [{"Ash"}, {"Ash"}]
    fewest = min(("Plover", "Sedge"), key=lambda name: sum(name in day for day in desk.on("At least")))
    assert desk.on("At least") != [{fewest}, {fewest}]
    (had_monday,) = desk.on("Wished")[0]
    (has_not_monday,) = {"Swift", "Robin"} - desk.on("Standing")[0]
    assert desk.on("Newcomers") == [set()], "nobody experienced would be beside them"

    keeping = desk.go(desk.page_of(crew.people.person("Sable", roles=(Role.ASSESSOR,))), "/pairs")
    keep(keeping, "kept apart", "Wren", "Fern")
    keep(keeping, "kept together", *parted)
    asks_for(desk, people["Ash"], "Shifts in a week, at most", 1)
    asks_for(desk, people[fewest], "Shifts in one rota, at least", 2)
    for name in ("Marten", "Otter"):
        asks_for(desk, people[name], "Shifts in one rota, at least", 2)
        asks_for(desk, people[name], "Days on duty in a row, at least", 2)
    dislikes_mondays(desk, people[had_monday])
    asks_for_every_monday(desk, people[has_not_monday])
    desk.offer(20, crew.moderator("Yew"))

    desk.propose("Propose again")
    assert len(desk.on("Apart")[0]) == 1
    assert all(len(shift & set(parted)) != 1 for shift in desk.on("Together")), "both of them, or neither"
    assert sorted(map(len, desk.on("At most"))) == [0, 1]
    assert desk.on("At least") == [{fewest}, {fewest}]
    assert desk.on("Wished")[0] == {"Heron", "Ibis"} - {had_monday}
    assert desk.on("Standing")[0] == {has_not_monday}
    in_turn = [min(day) for day in desk.on("In a row")]
    assert sorted(len(list(run)) for _, run in groupby(in_turn)) == [2, 3], in_turn
    assert "Yew" in desk.on("Newcomers")[0]
    assert len(desk.on("Newcomers")[0]) == 2


def given_a_team(desk: Desk) -> dict[str, Person]:
    """The channels and their people, by name, and a rota of five days for all of them."""
    crew = desk.crew
    oriole = crew.moderator("Oriole")
    desk.offer(4, oriole)
    crew.published(oriole, channel=crew.evenings("Before", starts=time(4), ends=time(6)))  # the record of shifts begins
    team = desk.open("Apart", 6, "Wren", "Fern", days=(0,), wanted=2)
    desk.open("Together", 8, "Teal", "Rook", "Lark", "Dove", wanted=2)
    team += desk.open("At most", 10, "Ash")
    team += desk.open("At least", 12, "Plover", "Sedge")
    team += desk.open("Wished", 14, "Heron", "Ibis")
    team += desk.open("Standing", 16, "Swift", "Robin")
    team += desk.open("In a row", 18, "Marten", "Otter", days=range(5))
    desk.open("Newcomers", 20, days=(0,), wanted=2)
    desk.offer(20, *(signed_off_later(crew, name) for name in ("Pip", "Quill")))
    desk.rota = crew.rota(*desk.channels, starts_on=WEEK, days=5, title="First week of March")
    return {each.display_name: each for each in team}


def dislikes_mondays(desk: Desk, person: Person) -> None:
    page = desk.go(desk.page_of(person), "/shifts/wishes")
    page.get_by_label("rather not have this").check()
    page.get_by_label("Monday").check()
    real.press(page.get_by_role("button", name="Add this wish"))


def asks_for_every_monday(desk: Desk, person: Person) -> None:
    """Somebody asks for a seat of theirs, and the coordinator confirms it."""
    page = desk.go(desk.page_of(person), "/shifts/standing-seats")
    offered = page.get_by_label("Which seat").locator("option").all_inner_texts()
    (place,) = [words for words in offered if "Standing" in words and "Monday" in words]
    page.get_by_label("Which seat").select_option(label=place)
    fill_date(page.get_by_role("group", name="From"), LATER.date())
    real.press(page.get_by_role("button", name="Ask for this seat"))
    desk.go(desk.page, "/rota/standing-seats")
    real.press(desk.page.get_by_role("button", name=re.compile(f"Confirm.*{person.display_name}")))
