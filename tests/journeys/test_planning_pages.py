"""The coordinator's pages in states that links alone do not reach, and the duty board, have no faults."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import Page

from app import db
from app.jobs.models import Task, TaskState
from app.people.models import PersonPrivate, Role
from progression.duties import Duty
from rota.planning import proposals
from rota.scheduling.cover_pattern import Need
from rota.store.models import ChannelKind, Rota
from tests.conftest import People, clock_at
from tests.journeys import browser as real
from tests.journeys.conftest import Window
from tests.rota.crew import Crew, seats
from tests.times import NOW

pytestmark = pytest.mark.browser

TWO_AND_A_HOST = (Need(Duty.LEAD, 1, 1, 1), Need(Duty.MODERATOR, 1, 1, 1), Need(Duty.HOST, 0, 1, 1))
SIDES = """() => {
  const [table, panel] = [".nl-scroll", "#seat"].map(one => document.querySelector(one)?.getBoundingClientRect());
  const row = document.querySelector(".nl-deskhead").getBoundingClientRect();
  const beside = panel ? panel.left >= table.right && panel.top < table.bottom : null;
  return {beside, below: panel ? panel.top >= table.bottom : null, whole: table.width >= row.width - 1};
}"""


@pytest.fixture
def rota(people: People) -> Rota:
    """Two evenings: Wren moderates the first, and nobody leads."""
    crew = Crew(people)
    wren, fern = crew.moderator("Wren"), crew.moderator("Fern")
    crew.always_can(wren, fern)
    # These have offered no time, so giving them a seat needs a reason.
    crew.moderator("Sorrel")
    crew.lead("Heron")
    crew.peer("Otter")
    made = crew.rota(crew.evenings("Board", *TWO_AND_A_HOST))
    crew.give(made, next(seat for seat in seats(made) if seat.duty is Duty.MODERATOR), wren)
    return made


@pytest.fixture
def planner(window_of: Window, people: People) -> Page:
    return window_of(people.person("Tansy", roles=(Role.COORDINATOR,))).new_page()


def test_the_planner_with_a_chosen_seat_has_no_faults(planner: Page, address: str, rota: Rota) -> None:
    taken = next(seat for seat in seats(rota) if seat.duty is Duty.MODERATOR)
    empty = next(seat for seat in seats(rota)[3:] if seat.duty is Duty.MODERATOR)
    for seat in (taken, empty):
        planner.goto(f"{address}/rota/{rota.id}?seat={seat.id}&all=1")
        assert real.faults_in_every_view(planner) == []
    hole = next(seat for seat in seats(rota) if seat.duty is Duty.LEAD)
    planner.goto(f"{address}/rota/{rota.id}?seat={hole.id}")
    real.press(planner.get_by_role("link", name="Try swaps, asking and training"))
    planner.get_by_text("Ask Heron").wait_for()
    assert real.faults_in_every_view(planner) == []
    planner.goto(f"{address}/rota/{rota.id}?seat={empty.id}")
    planner.get_by_role("radio", name="Sorrel").check()
    real.press(planner.get_by_role("button", name="Give it all the same"))
    assert "If it is right all the same, say why." in planner.inner_text("main")
    assert planner.get_by_role("radio", name="Sorrel").is_checked()
    assert real.faults_in_every_view(planner) == []


BROKEN_WORDS = """() => [...document.querySelectorAll(".nl-rota .nl-seat__who")].flatMap(seat => {
  const text = seat.firstChild, broken = [];
  for (const word of text.data.matchAll(/\\S+/g)) {
    const range = document.createRange();
    range.setStart(text, word.index);
    range.setEnd(text, word.index + word[0].length);
    const lines = new Set([...range.getClientRects()].map(each => Math.round(each.top)));
    if (lines.size > 1) broken.push(word[0]);
  }
  return broken;
})"""
A4_WIDTHS = {"upright": 688, "across": 1017}  # CSS pixels between margins of 14 mm


@pytest.mark.parametrize("turned", A4_WIDTHS)
def test_printed_on_a4_the_week_fits_the_page_and_every_name_is_whole(
    planner: Page, address: str, people: People, turned: str
) -> None:
    crew = Crew(people)
    team = [crew.moderator(name) for name in ("Marlowe", "Bartholomew", "Wilhelmina", "Sky", "Anastasia", "Otter")]
    crew.always_can(*team)
    rota = crew.rota(crew.evenings("Board", Need(Duty.MODERATOR, 1, 2, 2)), days=7)
    for seat, person in zip(seats(rota)[::2], [*team, team[0]], strict=True):
        crew.give(rota, seat, person)
    width, height = A4_WIDTHS[turned], 1017 + 688 - A4_WIDTHS[turned]
    planner.set_viewport_size({"width": width, "height": height})
    planner.emulate_media(media="print")
    planner.goto(f"{address}/rota/{rota.id}")
    assert "Bartholomew" in planner.inner_text(".nl-rota")
    assert planner.evaluate(BROKEN_WORDS) == []
    assert planner.evaluate("() => document.querySelector('.nl-rota').getBoundingClientRect().width") <= width


def test_the_table_has_the_whole_width_until_a_seat_is_chosen(planner: Page, address: str, rota: Rota) -> None:
    planner.set_viewport_size({"width": real.DESKTOP, "height": 900})
    planner.goto(f"{address}/rota/{rota.id}")
    assert planner.evaluate(SIDES) == {"beside": None, "below": None, "whole": True}
    planner.goto(f"{address}/rota/{rota.id}?seat={seats(rota)[0].id}")
    assert planner.evaluate(SIDES) == {"beside": True, "below": False, "whole": False}
    planner.set_viewport_size({"width": real.PHONE, "height": 844})
    assert planner.evaluate(SIDES) == {"beside": False, "below": True, "whole": True}


@pytest.mark.parametrize("width", [1152, 1280, 1440])
def test_beside_the_panel_of_a_seat_usual_names_stay_whole(
    planner: Page, address: str, people: People, width: int
) -> None:
    crew = Crew(people)
    team = [crew.moderator(name) for name in ("Tamarack", "Harebell", "Nightjar", "Hawthorn")]
    crew.always_can(*team)
    rota = crew.rota(crew.evenings("Board", Need(Duty.MODERATOR, 1, 1, 1)), days=4)
    for seat, person in zip(seats(rota), team, strict=True):
        crew.give(rota, seat, person)
    planner.set_viewport_size({"width": width, "height": 900})
    planner.goto(f"{address}/rota/{rota.id}?seat={seats(rota)[0].id}")
    assert "Tamarack" in planner.inner_text(".nl-rota")
    assert planner.evaluate(BROKEN_WORDS) == []


def test_a_running_proposal_has_no_faults(planner: Page, address: str, rota: Rota, people: People) -> None:
    with db.writing():
        task_id = proposals.ask(db.session.get_one(Rota, rota.id), by=None, now=NOW).id
    planner.goto(f"{address}/rota/{rota.id}")
    assert "Looking at who is cleared" in planner.inner_text("main")
    assert real.faults_in_every_view(planner) == []
    with db.writing():
        task = db.session.get_one(Task, task_id)
        task.state, task.started_at, task.lease_until = TaskState.RUNNING, NOW, NOW + timedelta(minutes=1)
        task.progress = {"filled": 3, "bound": 5, "seats": 6, "seconds": 2}
    # The bar is updated without a reload of the page.
    planner.get_by_text("3 of 6 seats filled so far.").wait_for()
    with db.writing():
        task = db.session.get_one(Task, task_id)
        task.progress = {**task.progress, "filled": 4}
    planner.evaluate("window.isTheSamePage = true")
    planner.get_by_text("4 of 6 seats filled so far.").wait_for()
    assert planner.evaluate("window.isTheSamePage")
    for page in ("", "/list"):
        planner.goto(f"{address}/rota/{rota.id}{page}")
        assert "4 of 6 seats filled so far." in planner.inner_text("main")
        assert real.faults_in_every_view(planner) == []


def test_the_review_before_publishing_has_no_faults(planner: Page, address: str, rota: Rota) -> None:
    planner.goto(f"{address}/rota/{rota.id}/publish")
    assert real.faults_in_every_view(planner) == []
    real.press(planner.get_by_role("button", name="Publish"))
    assert planner.title().startswith("Error: ")
    assert real.faults_in_every_view(planner) == []


def test_the_number_of_the_person_on_call_has_no_faults_and_is_reached_by_keyboard_alone(
    window_of: Window, address: str, people: People
) -> None:
    crew = Crew(people)
    heron, wren = crew.lead("Heron"), crew.moderator("Wren")
    with db.writing():
        db.session.get_one(PersonPrivate, heron.id).phone = "07700 900321"
    crew.always_can(heron, wren)
    _, seat = crew.published(
        heron, channel=crew.evenings("On call", Need(Duty.ON_CALL, 1, 1, 1), kind=ChannelKind.ON_CALL)
    )
    crew.published(wren)
    with clock_at(seat.starts_at + timedelta(hours=3)):
        page = window_of(wren, width=real.PHONE, scripts=False).new_page()
        page.goto(address + "/duty")
        page.get_by_role("button", name="Show Heron’s number").focus()
        page.keyboard.press("Enter")
        page.get_by_role("link", name="Call Heron, 07700 900321").wait_for()
        page = window_of(wren).new_page()
        page.goto(address + "/duty")
        real.press(page.get_by_role("button", name="Show Heron’s number"))
        assert real.faults_in_every_view(page) == []
