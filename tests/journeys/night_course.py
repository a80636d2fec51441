"""The course that the trainer of the stories writes, part by part in a browser."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.journeys.author import add, back_to, begin_course, open_part, save, write, write_answers
from tests.journeys.browser import press

TITLE = "Being there at night"
QUIZ = "Check what you know"
STORY = "A message at three"
COUNTS = "To get here is to have done this unit"


def write_the_course(page: Page, address: str) -> None:
    """Write two lessons, a quiz of two questions, and a story whose second scene has no way out."""
    begin_course(page, address, TITLE)
    write_what_it_is_about(page)
    write_a_lesson(page, "Why nights are hard", "At night **everything** looks darker.")
    write_a_lesson(page, "What helps", "## First\n\nListen.")
    write_the_quiz(page)
    write_another_question(page)
    back_to(page, TITLE)
    write_the_story(page)


def write_what_it_is_about(page: Page) -> None:
    """From the outline, say what the course is about and what it counts for."""
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


def write_a_lesson(page: Page, title: str, body: str) -> None:
    """Add a lesson to the outline that is open."""
    add(page, "Add a lesson")
    write(page, {"Title": title, "Minutes": "3", "The lesson": body})
    save(page)
    back_to(page, TITLE)


def write_the_quiz(page: Page) -> None:
    """Add a quiz to the outline that is open, with one question; its page is open then."""
    add(page, "Add a quiz")
    figures = {"How many questions one try draws": "1", "How many of them must be right": "1"}
    write(page, {"Title": QUIZ, "Minutes": "2", "What stands before it": "One question.", **figures})
    save(page)
    add(page, "Add it", "One right answer")
    write(page, {"The lesson that it is about": "What helps", "What it asks": "What comes first?"})
    write_answers(
        page,
        {"Answer": "Listening", "This is right": True, "What they learn": "Yes: first listen."},
        {"Answer": "Advice", "What they learn": "Advice comes later, if at all."},
    )
    save(page)
    back_to(page, QUIZ)


def write_another_question(page: Page) -> None:
    """Add a question that is true or false to the quiz that is open."""
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
    back_to(page, QUIZ)


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


def publish(page: Page, number: int) -> None:
    """On the page that shows what would be published, publish it."""
    press(page.get_by_role("button", name=f"Publish version {number}"))
    expect(page.get_by_text(f"“{TITLE}” is published as version {number}.")).to_be_visible()
