"""The coordinator's pages in the states that links alone do not reach, and the board of who is on: no faults."""

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
  const room = document.querySelector(".nl-deskhead").getBoundingClientRect();
  const beside = panel ? panel.left >= table.right && panel.top < table.bottom : null;
  return {beside, below: panel ? panel.top >= table.bottom : null, whole: table.width >= room.width - 1};
}"""


@pytest.fixture
def rota(people: People) -> Rota:
    """Two evenings: Wren moderates the first, and nobody leads."""
    crew = Crew(people)
    wren, fern = crew.moderator("Wren"), crew.moderator("Fern")
    crew.always_can(wren, fern)
    # Have offered nothing, so giving them a seat needs a reason.
    crew.moderator("Sorrel")
    crew.lead("Heron")
    crew.peer("Otter")
    made = crew.rota(crew.evenings("Board", *TWO_AND_A_HOST))
    crew.give(made, next(seat for seat in seats(made) if seat.duty is Duty.MODERATOR), wren)
    return made


@pytest.fixture
def desk(window_of: Window, people: People) -> Page:
    return window_of(people.person("Tansy", roles=(Role.COORDINATOR,))).new_page()


def test_the_planner_with_a_chosen_seat_has_no_faults(desk: Page, address: str, rota: Rota) -> None:
    taken = next(seat for seat in seats(rota) if seat.duty is Duty.MODERATOR)
    empty = next(seat for seat in seats(rota)[3:] if seat.duty is Duty.MODERATOR)
    for seat in (taken, empty):
        desk.goto(f"{address}/rota/{rota.id}?seat={seat.id}&all=1")
        assert real.faults_in_every_light(desk) == []
    hole = next(seat for seat in seats(rota) if seat.duty is Duty.LEAD)
    desk.goto(f"{address}/rota/{rota.id}?seat={hole.id}")
    desk.get_by_role("link", name="Try swaps, asking and training").click()
    desk.get_by_text("Ask Heron").wait_for()
    assert real.faults_in_every_light(desk) == []
    desk.goto(f"{address}/rota/{rota.id}?seat={empty.id}")
    desk.get_by_role("radio", name="Sorrel").check()
    desk.get_by_role("button", name="Give it all the same").click()
    assert "If it is right all the same, say why." in desk.inner_text("main")
    assert desk.get_by_role("radio", name="Sorrel").is_checked()
    assert real.faults_in_every_light(desk) == []


def test_the_table_has_the_whole_width_until_a_seat_is_chosen(desk: Page, address: str, rota: Rota) -> None:
    desk.set_viewport_size({"width": real.DESKTOP, "height": 900})
    desk.goto(f"{address}/rota/{rota.id}")
    assert desk.evaluate(SIDES) == {"beside": None, "below": None, "whole": True}
    desk.goto(f"{address}/rota/{rota.id}?seat={seats(rota)[0].id}")
    assert desk.evaluate(SIDES) == {"beside": True, "below": False, "whole": False}
    desk.set_viewport_size({"width": real.PHONE, "height": 844})
    assert desk.evaluate(SIDES) == {"beside": False, "below": True, "whole": True}


def test_a_running_proposal_has_no_faults(desk: Page, address: str, rota: Rota, people: People) -> None:
    with db.writing():
        task_id = proposals.ask(db.session.get_one(Rota, rota.id), by=None, now=NOW).id
    desk.goto(f"{address}/rota/{rota.id}")
    assert "Looking at who is cleared" in desk.inner_text("main")
    assert real.faults_in_every_light(desk) == []
    with db.writing():
        task = db.session.get_one(Task, task_id)
        task.state, task.started_at, task.lease_until = TaskState.RUNNING, NOW, NOW + timedelta(minutes=1)
        task.progress = {"filled": 3, "bound": 5, "seats": 6, "seconds": 2}
    # The bar follows by itself, without the page being fetched again under the reader's hands.
    desk.get_by_text("3 of 6 seats filled so far.").wait_for()
    with db.writing():
        task = db.session.get_one(Task, task_id)
        task.progress = {**task.progress, "filled": 4}
    desk.evaluate("window.isTheSamePage = true")
    desk.get_by_text("4 of 6 seats filled so far.").wait_for()
    assert desk.evaluate("window.isTheSamePage")
    for page in ("", "/list"):
        desk.goto(f"{address}/rota/{rota.id}{page}")
        assert "4 of 6 seats filled so far." in desk.inner_text("main")
        assert real.faults_in_every_light(desk) == []


def test_the_review_before_publishing_has_no_faults(desk: Page, address: str, rota: Rota) -> None:
    desk.goto(f"{address}/rota/{rota.id}/publish")
    assert real.faults_in_every_light(desk) == []
    desk.get_by_role("button", name="Publish").click()
    assert desk.title().startswith("Error: ")
    assert real.faults_in_every_light(desk) == []


def test_the_number_of_the_person_on_call_has_no_faults_and_is_found_by_keyboard_alone(
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
        page.get_by_role("button", name="Show Heron’s number").click()
        assert real.faults_in_every_light(page) == []
