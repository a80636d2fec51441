"""A peer takes “Safeguarding essentials” on a narrow phone without scripts, and is cleared by passing it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import Error
from sqlalchemy import func, select

from app import clock, db
from app.people.models import Person
from progression.duties import Duty
from progression.stages import Stage
from progression.standing import may_do
from tests.conftest import People, clock_at
from tests.journeys.browser import press
from tests.journeys.conftest import Window
from tests.journeys.learner import (
    answer_one,
    answer_the_quiz,
    button_or_link,
    fail_the_quiz,
    play_the_scenario,
    quiz_of,
    read_the_lesson_and_go_on,
    scenario_of,
)
from tests.progression.bringing import agrees, is_observed, is_signed_off, passes_conflict
from tests.times import NOW
from training import catalogue
from training.models import UnitAttempt
from training.pack import Lesson

pytestmark = pytest.mark.browser

NARROW = 320
NEXT_DAY = NOW + timedelta(days=1)


def peer_who_lacks_only_this(people: People) -> Person:
    """A peer who lacks nothing for hosting but the course."""
    wren, tansy = people.person("Wren"), people.person("Tansy")
    agrees(wren)
    is_observed(wren, "welcome-talk", by=tansy)
    passes_conflict(wren)
    is_signed_off(wren, Stage.PEER, by=tansy)
    return wren


def may_host(person: Person) -> bool:
    """Whether they may host in two days' time."""
    starts_at = NOW + timedelta(days=2)
    return may_do(person.id, Duty.HOST, starts_at=starts_at, ends_at=starts_at + timedelta(hours=4), now=clock.now())


def test_over_a_lost_connection_on_two_devices_failing_practising_and_passing_until_cleared(
    window_of: Window, address: str, people: People
) -> None:
    with db.writing():
        catalogue.install(catalogue.shipped_pack("safeguarding"), by=None, now=NOW)
    pack = catalogue.shipped_pack("safeguarding")
    lessons = [unit for unit in pack.units if isinstance(unit, Lesson)]
    wren = peer_who_lacks_only_this(people)
    assert not may_host(wren)

    phone = window_of(wren, width=NARROW, scripts=False)
    page = phone.new_page()
    page.goto(address + "/learning/safeguarding")
    press(page.get_by_role("button", name="Start the course"))
    read_the_lesson_and_go_on(page)
    phone.set_offline(True)
    with pytest.raises(Error, match="ERR_INTERNET_DISCONNECTED"):
        page.goto(address + "/learning")
    phone.set_offline(False)
    page.goto(address + "/learning")
    press(page.get_by_role("link", name=f"Carry on: {lessons[1].title}"))
    read_the_lesson_and_go_on(page)

    # Another device, later: the place is kept there too.
    page = window_of(wren, width=NARROW, scripts=False).new_page()
    page.goto(address + "/learning")
    press(page.get_by_role("link", name=f"Carry on: {lessons[2].title}"))
    for _ in lessons[2:]:
        read_the_lesson_and_go_on(page)
    play_the_scenario(page, scenario_of(pack))
    press(button_or_link(page, "Next: "))
    press(page.get_by_role("button", name="Start the questions"))
    fail_the_quiz(page, quiz_of(pack))
    assert page.get_by_role("heading", name="Not there yet").is_visible()

    with clock_at(NEXT_DAY):
        page.goto(address + "/")
        press(page.get_by_role("link", name="Practise for"))
        answer_one(page, quiz_of(pack))
        page.goto(address + "/learning/safeguarding/check-what-you-know")
        press(page.get_by_role("button", name="Try again with other questions"))
        answer_the_quiz(page, quiz_of(pack))
        assert page.get_by_role("heading", name="You passed").is_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= NARROW
        assert may_host(wren)
    assert db.session.scalar(select(func.count(UnitAttempt.id)).where(UnitAttempt.unit == quiz_of(pack).slug)) == 2
