"""Teaching, through pages only: courses, practicals, live sessions, and who is overdue with what."""

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
from tests.journeys.night_course import (
    QUIZ,
    STORY,
    TITLE,
    publish,
    write_a_lesson,
    write_the_course,
    write_the_quiz,
    write_what_it_is_about,
)
from tests.journeys.running_server import link_in, text_of
from tests.journeys.worker import emails_to, subjects_to, work_at
from tests.times import NOW

TEN_DAYS_LATER = NOW + timedelta(days=10)
NEXT_MORNING = NOW + timedelta(hours=14)
AFTER_THE_SESSION = NOW + timedelta(days=2, hours=1)
pytestmark = pytest.mark.browser


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


def take_the_course(page: Page, address: str) -> None:
    """Find the course under Learning, and take all of it."""
    page.goto(address + "/learning")
    press(page.get_by_role("link", name=TITLE, exact=True))
    press(page.get_by_role("button", name="Start the course"))
    press(button_or_link(page, "Next: What helps"))
    press(button_or_link(page, f"Next: {QUIZ}"))
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
            QUIZ: True,
            "Within how many days": "30",
        },
    )
    save(page)
    back_to(page, TITLE)
    open_part(page, QUIZ)
    open_part(page, "What comes first?")
    write_answers(page, {"Answer": "Listening, without advice"})
    save(page)
    back_to(page, QUIZ)
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
    expect(hazel.locator("main")).to_contain_text(f"it asks 1 person who passed for {QUIZ} again")
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
    expect(changed.get_by_role("listitem")).to_have_text([re.compile(QUIZ)])
    press(passed.get_by_role("button", name="Bring it up to date"))
    answer_the_quiz(passed, {"What comes first?": "Listening, without advice", "At night things look darker.": "True"})
    passed.goto(address + "/learning")
    expect(passed.get_by_role("region", name="Behind you")).to_contain_text("lasts until 18 February 2028")


SESSION = "Talking through hard nights"


def make_a_session(page: Page, address: str) -> None:
    """Make a session with one place on Saturday evening."""
    page.goto(address + "/live-sessions")
    press(page.get_by_role("link", name="Make a session"))
    write(page, {"Title": SESSION, "Or the place": "The small hall", "Places": "1"})
    fill_in_day(page, "Day", "20", "2", "2027")
    press(page.get_by_role("button", name="Save the session"))
    expect(page.get_by_text("The session is there, and people can book it.")).to_be_visible()


def fill_in_day(page: Page, legend: str, day: str, month: str, year: str) -> None:
    """Fill in a day by its three fields."""
    write(page.get_by_role("group", name=legend, exact=True), {"Day": day, "Month": month, "Year": year})


def open_session(page: Page, address: str) -> None:
    """Find the session in the list of all."""
    page.goto(address + "/live-sessions")
    press(page.get_by_role("link", name=SESSION))


def test_the_next_on_a_waiting_list_moves_up_is_told_and_is_marked_as_there(
    window_of: Window, address: str, people: People
) -> None:
    trainer, member = people.person("Hazel", roles=(Role.TRAINER,)), people.person("Fern")
    hazel = window_of(trainer, scripts=False).new_page()
    otter = window_of(people.person("Otter"), width=PHONE, scripts=False).new_page()
    fern = window_of(member, width=PHONE, scripts=False).new_page()
    make_a_session(hazel, address)
    open_session(otter, address)
    press(otter.get_by_role("button", name="Book a place"))
    expect(otter.get_by_role("heading", name="You have a place")).to_be_visible()
    open_session(fern, address)
    press(fern.get_by_role("button", name="Put me on the waiting list"))
    expect(fern.get_by_role("heading", name="You are number 1 on the list")).to_be_visible()
    press(otter.get_by_role("button", name="I can’t come: give my place up"))
    work_at(NOW)
    assert subjects_to("fern@example.org") == [f"A place is free for you: {SESSION}, Saturday 20 February"]
    assert subjects_to("otter@example.org") == []
    fern.reload()
    expect(fern.get_by_role("heading", name="You have a place")).to_be_visible()

    with clock_at(AFTER_THE_SESSION):  # so long after, everybody signs in again
        hazel = window_of(trainer, scripts=False).new_page()
        open_session(hazel, address)
        press(hazel.get_by_role("link", name="Mark who came"))
        hazel.get_by_role("group", name="Fern").get_by_label("Came", exact=True).check()
        press(hazel.get_by_role("button", name="Save"))
        expect(hazel.get_by_role("region", name="Who had a place").get_by_role("listitem")).to_have_text(
            re.compile(r"Fern\s+Came")
        )
        fern = window_of(member, width=PHONE, scripts=False).new_page()
        open_session(fern, address)
        expect(fern.get_by_role("heading", name="How was it?")).to_be_visible()


SHIPPED = "Understanding conflict"
PRACTICAL = "Write to Robin"


def write_a_practical(page: Page, address: str) -> None:
    """Write a course with a lesson, a practical and a quiz, and publish it."""
    begin_course(page, address, TITLE)
    write_what_it_is_about(page)
    write_a_lesson(page, "What helps", "Listen.")
    add(page, "Add a practical, which a person marks")
    write(
        page,
        {
            "Title": PRACTICAL,
            "Minutes": "10",
            "What stands before it": "Robin wrote to you at three.",
            "What to do": "Write what you would answer.",
            "The duty whose rubric it is marked by": "Moderator",
            "How it is done": "Written in the browser",
        },
    )
    save(page)
    back_to(page, TITLE)
    write_the_quiz(page)
    back_to(page, TITLE)
    press(page.get_by_role("link", name="Look at what would be published"))
    publish(page, 1)


def test_a_practical_is_handed_in_and_marked_and_the_feedback_is_read(
    window_of: Window, address: str, people: People
) -> None:
    hazel = window_of(people.person("Hazel", roles=(Role.TRAINER,)), scripts=False).new_page()
    fern = window_of(people.person("Fern"), width=PHONE, scripts=False).new_page()
    write_a_practical(hazel, address)
    fern.goto(address + "/learning/being-there-at-night")
    press(fern.get_by_role("button", name="Start the course"))
    press(button_or_link(fern, f"Next: {PRACTICAL}"))
    write(fern, {"Your work": "I hear how hard tonight is. I am here."})
    press(fern.get_by_role("button", name="Hand it in"))
    expect(fern.get_by_role("heading", name="With a marker")).to_be_visible()

    hazel.goto(address + "/to-mark")
    press(hazel.get_by_role("button", name="Take it"))
    expect(hazel.get_by_text("I hear how hard tonight is. I am here.")).to_be_visible()
    for level in hazel.get_by_role("radio", name=re.compile("Passes from here")).all():
        level.check()
    write(hazel, {"About the whole": "You stayed with Robin. Try to ask one thing more."})
    press(hazel.get_by_role("button", name="Give this mark"))
    expect(hazel.get_by_text("Marked: passed. An e-mail tells them.")).to_be_visible()

    work_at(NOW)
    (email,) = emails_to("fern@example.org")
    assert email["Subject"] == f"Passed: {PRACTICAL}"
    fern.goto(address + link_in(email, "/learning/"))
    said = fern.get_by_role("region", name="What was said about it")
    expect(said).to_contain_text("You stayed with Robin. Try to ask one thing more.")
    expect(said).to_contain_text("Passed")
    press(button_or_link(fern, f"Next: {QUIZ}"))


def ask_every_member(page: Page, address: str) -> None:
    """Take a course that ships, and ask every member to take it by Saturday."""
    page.goto(address + "/learning/courses")
    press(page.get_by_role("button", name=re.compile(f"^Add this course.*{SHIPPED}")))
    page.goto(address + "/learning/assigned")
    page.get_by_label("Every member who has not stepped up").check()
    write(page, {"Course": SHIPPED})
    fill_in_day(page, "By when", "20", "2", "2027")
    press(page.get_by_role("button", name="Ask", exact=True))


def test_somebody_who_is_overdue_is_found_and_reminded_once(window_of: Window, address: str, people: People) -> None:
    trainer = people.person("Hazel", roles=(Role.TRAINER,))
    for name in ("Otter", "Fern"):
        people.person(name)
    hazel = window_of(trainer, scripts=False).new_page()
    ask_every_member(hazel, address)
    work_at(NOW)
    asked = f"Please take “{SHIPPED}” by 20 February 2027"
    assert subjects_to("otter@example.org") == [asked]

    with clock_at(TEN_DAYS_LATER):
        hazel = window_of(trainer, scripts=False).new_page()
        hazel.goto(address + "/")
        press(hazel.get_by_role("navigation").get_by_role("link", name="Training", exact=True))
        row = hazel.get_by_role("row", name=re.compile("Otter"))
        expect(row).to_contain_text(re.compile(r"overdue\s+20 Feb"))
        for left_out in ("Fern", "Hazel"):
            hazel.get_by_label(f"Remind {left_out} of 1 course").uncheck()
        press(hazel.get_by_role("button", name="Remind these people"))
        expect(hazel.get_by_text("1 person gets an e-mail with what is theirs to do.")).to_be_visible()
        expect(row).to_contain_text("reminded Sun 28 Feb")
        expect(row.get_by_role("checkbox")).to_have_count(0)
    work_at(TEN_DAYS_LATER)
    assert subjects_to("otter@example.org") == [asked, f"“{SHIPPED}” waits for you"]
    assert "it was due on 20 February 2027" in text_of(emails_to("otter@example.org")[1])
    assert subjects_to("fern@example.org") == [asked]
