"""Teaching, through pages only: courses are written, taken and asked for again."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from app.people.models import Role
from tests.conftest import People, clock_at
from tests.journeys.author import (
    add,
    back_to,
    begin_course,
    open_part,
    open_to_mend,
    save,
    to_mend,
    write,
    write_answers,
)
from tests.journeys.browser import PHONE, press, unfold
from tests.journeys.conftest import Window
from tests.journeys.learner import button_or_link
from tests.journeys.worker import subjects_to, work_at
from tests.times import NOW

NEXT_MORNING = NOW + timedelta(hours=14)
pytestmark = pytest.mark.browser

TITLE = "Being there at night"
STORY = "A message at three"


def write_the_course(page: Page, address: str) -> None:
    """Write two lessons, a quiz of two questions, and a story whose second scene has no way out."""
    begin_course(page, address, TITLE)
    open_part(page, "Title, what it is about, what it shows")
    write(
        page,
        {
            "What it is about": "How to be there for somebody at night.",
            "What somebody who passed has shown": "can be there for somebody at night.",
            "Counts for how many months": "12",
            "Where that figure comes from": "Our own choice.",
        },
    )
    save(page)
    back_to(page, TITLE)
    for title, body in (
        ("Why nights are hard", "At night **everything** looks darker."),
        ("What helps", "## First\n\nListen."),
    ):
        add(page, "Add a lesson")
        write(page, {"Title": title, "Minutes": "3", "The lesson": body})
        save(page)
        back_to(page, TITLE)
    write_the_quiz(page)
    write_the_story(page)


def write_the_quiz(page: Page) -> None:
    """Add a quiz of two questions to the outline that is open."""
    add(page, "Add a quiz")
    figures = {"How many questions one try draws": "1", "How many of them must be right": "1"}
    write(page, {"Title": "Check what you know", "Minutes": "2", "What stands before it": "One question.", **figures})
    save(page)
    add(page, "Add it", "One right answer")
    write(page, {"The lesson that it is about": "What helps", "What it asks": "What comes first?"})
    write_answers(
        page,
        {"Answer": "Listening", "This is right": True, "What they learn": "Yes: first listen."},
        {"Answer": "Advice", "What they learn": "Advice comes later, if at all."},
    )
    save(page)
    back_to(page, "Check what you know")
    add(page, "Add it", "True or false")
    write(
        page,
        {
            "The lesson that it is about": "Why nights are hard",
            "The statement": "At night things look darker.",
            "It is true": True,
            "What somebody learns who says “true”": "Yes, and morning comes.",
            "What somebody learns who says “false”": "For many people they do.",
        },
    )
    save(page)
    back_to(page, "Check what you know")
    back_to(page, TITLE)


def write_the_story(page: Page) -> None:
    """Add a story of two scenes, of which one has no way out, to the outline that is open."""
    add(page, "Add a story")
    write(page, {"Title": STORY, "Minutes": "3", "What stands before it": "It is three at night."})
    save(page)
    add(page, "Add an ending")
    write(page, {"Title": "Somebody listens", "How it ends": "Robin can sleep.", COUNTS: True})
    save(page)
    back_to(page, STORY)
    add(page, "Add a scene")
    back_to(page, STORY)
    add(page, "Add a scene")
    write(page, {"Title": "Robin waits", "What you ask the learner": "And now?", "A hint": "Stay."})
    write_replies(page, ("Say sorry and listen", "2. Scene 2"), ("Wait for others", "2. Scene 2"))
    back_to(page, STORY)
    open_part(page, "Scene 1")
    write(page, {"Title": "Robin writes", "What you ask the learner": "What do you do?", "A hint": "Listen."})
    write_replies(page, ("Ask how the night is", "Ending: Somebody listens"), ("Look away", "2. Robin waits"))


COUNTS = "To get here is to have done this unit"


def write_replies(page: Page, good: tuple[str, str], poor: tuple[str, str]) -> None:
    """Write the two answers of a scene, each with where it leads, and save the scene."""
    write_answers(
        page,
        {"What they do": good[0], "How it lands": "Well", "What they learn": "Robin feels heard.", "Goes to": good[1]},
        {
            "What they do": poor[0],
            "How it lands": "Worth another thought",
            "What they learn": "Robin is alone.",
            "Goes to": poor[1],
        },
    )
    save(page)


def mend_the_story(page: Page) -> None:
    """Follow the fault of the second scene, and lead one of its answers to the ending."""
    open_to_mend(page, "Scene 2 of")
    write_answers(page, {"Goes to": "Ending: Somebody listens"})
    save(page)
    assert to_mend(page) == ["It passes every check of an import."]


def try_the_story(page: Page) -> None:
    """Play the story of the draft that is open, to the good ending."""
    press(page.get_by_role("link", name="Try it as a learner"))
    press(page.get_by_role("link", name="Ask how the night is"))
    expect(page.get_by_role("heading", name="Somebody listens")).to_be_visible()
    expect(page.get_by_text("It counts as done.")).to_be_visible()
    press(page.get_by_role("link", name="Go on writing"))
    back_to(page, TITLE)


def publish(page: Page, number: int) -> None:
    """On the page that shows what would be published, publish it."""
    press(page.get_by_role("button", name=f"Publish version {number}"))
    expect(page.get_by_text(f"“{TITLE}” is published as version {number}.")).to_be_visible()


def take_the_course(page: Page, address: str) -> None:
    """Find the course under Learning, and take all of it."""
    page.goto(address + "/learning")
    press(page.get_by_role("link", name=TITLE, exact=True))
    press(page.get_by_role("button", name="Start the course"))
    press(button_or_link(page, "Next: What helps"))
    press(button_or_link(page, "Next: Check what you know"))
    answer_the_quiz(page, {"What comes first?": "Listening", "At night things look darker.": "True"})
    press(button_or_link(page, f"Next: {STORY}"))
    press(page.get_by_role("button", name="Begin"))
    page.get_by_label("Look away").check()
    press(page.get_by_role("button", name="Do this"))
    press(page.get_by_role("link", name="Go back and try again"))
    page.get_by_label("Ask how the night is").check()
    press(page.get_by_role("button", name="Do this"))
    expect(page.get_by_role("heading", name="Somebody listens")).to_be_visible()


def answer_the_quiz(page: Page, right: dict[str, str]) -> None:
    """Answer whichever question the quiz that is open draws."""
    press(page.get_by_role("button", name="Start the questions"))
    asked = page.locator("h1").inner_text().removeprefix("True or false? ")
    page.get_by_label(right[asked], exact=True).check()
    press(page.get_by_role("button", name="Answer"))
    expect(page.get_by_role("heading", name="That’s right")).to_be_visible()
    press(button_or_link(page, "See how it went"))
    expect(page.get_by_role("heading", name="You passed")).to_be_visible()


def change_one_answer(page: Page, address: str) -> None:
    """Write the next version, in which a question has another right answer; see what it would ask of whom."""
    page.goto(address + "/write-courses")
    press(page.get_by_role("button", name=re.compile(f"Write the next version.*{TITLE}")))
    open_part(page, "What this version changes")
    write(
        page,
        {
            "This version is": "Major: people who passed do some of it again",
            "What changed, why, and what it means": "Listening has a name now.",
            "Check what you know": True,
            "Within how many days": "30",
        },
    )
    save(page)
    back_to(page, TITLE)
    open_part(page, "Check what you know")
    open_part(page, "What comes first?")
    write_answers(page, {"Answer": "Listening, without advice"})
    save(page)
    back_to(page, "Check what you know")
    back_to(page, TITLE)
    press(page.get_by_role("link", name="Look at what would be published"))


def test_a_course_is_written_tried_and_published_taken_whole_and_asked_again_in_one_part(
    window_of: Window, address: str, people: People
) -> None:
    hazel = window_of(people.person("Hazel", roles=(Role.TRAINER,)), scripts=False).new_page()
    otter = window_of(people.person("Otter"), width=PHONE, scripts=False).new_page()
    write_the_course(hazel, address)
    unfold(hazel.get_by_text(f"{STORY}: 1 to mend"))
    assert to_mend(hazel) == [
        f"Scene 2 of “{STORY}”. From step “Robin waits” no ending can be reached: the story would go round for ever."
    ]
    mend_the_story(hazel)
    back_to(hazel, STORY)
    try_the_story(hazel)
    press(hazel.get_by_role("link", name="Look at what would be published"))
    publish(hazel, 1)
    take_the_course(otter, address)
    otter.goto(address + "/learning")
    expect(otter.get_by_role("heading", name="Behind you")).to_be_visible()
    expect(otter.locator("main")).to_contain_text("Passed on 18 February 2027")

    fern = window_of(people.person("Fern"), width=PHONE, scripts=False).new_page()
    change_one_answer(hazel, address)
    expect(hazel.locator("main")).to_contain_text("it asks 1 person who passed for Check what you know again")
    publish(hazel, 2)
    work_at(NEXT_MORNING)
    assert subjects_to("otter@example.org") == [
        f"You passed: {TITLE}",
        f"“{TITLE}” has changed: please bring your training up to date by 20 March 2027",
    ]
    assert subjects_to("fern@example.org") == []
    with clock_at(NEXT_MORNING):
        see_who_is_asked(otter, fern, address)


def see_who_is_asked(passed: Page, new: Page, address: str) -> None:
    """Somebody who is new begins the whole course; somebody who passed is asked for the quiz, and has it then."""
    new.goto(address + "/learning/being-there-at-night")
    expect(new.get_by_role("button", name="Start the course")).to_be_visible()
    passed.goto(address + "/learning")
    expect(passed.locator("main")).to_contain_text("This course has changed since you passed it")
    press(passed.get_by_role("link", name="See what changed"))
    changed = passed.get_by_role("region", name="What changed")
    expect(changed).to_contain_text("Listening has a name now.")
    expect(changed.get_by_role("listitem")).to_have_text([re.compile("Check what you know")])
    press(passed.get_by_role("button", name="Bring it up to date"))
    answer_the_quiz(passed, {"What comes first?": "Listening, without advice", "At night things look darker.": "True"})
    passed.goto(address + "/learning")
    expect(passed.get_by_role("region", name="Behind you")).to_contain_text("lasts until 18 February 2028")
