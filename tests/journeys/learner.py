"""Takes a course in a browser, with every answer right."""

from __future__ import annotations

from playwright.sync_api import Locator, Page

from tests.journeys.browser import press
from training import quiz as questions
from training.pack import (
    Matching,
    MultipleChoice,
    NumberQuestion,
    Ordering,
    Pack,
    Question,
    Quiz,
    Scenario,
    ShortText,
    SingleChoice,
    TrueOrFalse,
)


def button_or_link(page: Page, name: str) -> Locator:
    """Return the button of this name, or the link that looks like one."""
    return page.get_by_role("button", name=name).or_(page.get_by_role("link", name=name))


def read_the_lesson_and_go_on(page: Page) -> None:
    """Do every exercise of the open lesson once, well or badly, and press the button below it."""
    to_do = page.locator("section.nl-do").filter(has_text="Your turn")
    while to_do.count():
        _do_somehow(to_do.first)
    press(button_or_link(page, "Next: "))


def _do_somehow(exercise: Locator) -> None:
    for place, select in enumerate(exercise.locator("select").all(), 1):
        select.select_option(index=min(place, select.locator("option").count() - 1))
    if exercise.get_by_role("checkbox").count():
        exercise.get_by_role("checkbox").first.check()
    if exercise.get_by_role("textbox").count():
        exercise.get_by_role("textbox").fill("I hear you.")
    press(exercise.get_by_role("button", name="Check").or_(exercise.get_by_role("button", name="Compare")))


def play_the_scenario(page: Page, scenario: Scenario) -> int:
    """Choose a reply that lands well at every step; return the number of steps."""
    press(page.get_by_role("button", name="Begin"))
    steps = {step.title: step for step in scenario.steps}
    endings = {ending.title for ending in scenario.endings}
    taken = 0
    while (title := page.locator("h1").inner_text()) not in endings:
        good = next(choice for choice in steps[title].choices if choice.lands == "well")
        page.get_by_label(good.text, exact=True).check()
        press(page.get_by_role("button", name="Do this"))
        taken += 1
    return taken


def answer_the_quiz(page: Page, quiz: Quiz, *, pause_after: int | None = None) -> int:
    """Answer every question right, or only the first `pause_after`; return how many were answered."""
    answered = 0
    while answered != pause_after:
        answer_one(page, quiz)
        answered += 1
        if button_or_link(page, "See how it went").count():
            press(button_or_link(page, "See how it went"))
            break
        press(button_or_link(page, "Next question"))
    return answered


def answer_one(page: Page, quiz: Quiz) -> None:
    """Answer the question on the page right."""
    question = _asked(page.locator("h1").inner_text(), quiz)
    _answer(page, question)
    press(page.get_by_role("button", name="Answer"))
    assert page.get_by_role("heading", name="That’s right").is_visible(), question.key


def fail_the_quiz(page: Page, quiz: Quiz) -> None:
    """Answer every question wrong, to the last."""
    while True:
        _answer_wrong(page, _asked(page.locator("h1").inner_text(), quiz))
        press(page.get_by_role("button", name="Answer"))
        if button_or_link(page, "See how it went").count():
            press(button_or_link(page, "See how it went"))
            return
        press(button_or_link(page, "Next question"))


def quiz_of(pack: Pack) -> Quiz:
    """Return the quiz of a course that has one."""
    return next(unit for unit in pack.units if isinstance(unit, Quiz))


def scenario_of(pack: Pack) -> Scenario:
    """Return the scenario of a course that has one."""
    return next(unit for unit in pack.units if isinstance(unit, Scenario))


def _asked(heading: str, quiz: Quiz) -> Question:
    words = " ".join(heading.removeprefix("True or false? ").split())
    return next(each for each in quiz.questions if " ".join(questions.wording(each).split()) == words)


def _answer(page: Page, question: Question) -> None:
    match question:
        case TrueOrFalse():
            page.get_by_label("True" if question.is_true else "False", exact=True).check()
        case Matching():
            for pair in question.pairs:
                page.get_by_label(pair.this, exact=True).select_option(label=pair.goes_with)
        case Ordering():
            for place, step in enumerate(question.steps, 1):
                page.get_by_label(step, exact=True).select_option(label=str(place))
        case ShortText() | NumberQuestion():
            page.get_by_label(question.ask).fill(str(questions.right_answer(question)[0]))
        case SingleChoice() | MultipleChoice():
            for option in question.options:
                if option.right:
                    page.get_by_label(option.text, exact=True).check()


def _answer_wrong(page: Page, question: Question) -> None:
    match question:
        case TrueOrFalse():
            page.get_by_label("False" if question.is_true else "True", exact=True).check()
        case Matching():
            for pair in question.pairs:
                page.get_by_label(pair.this, exact=True).select_option(label=question.pairs[0].goes_with)
        case Ordering():
            for place, step in enumerate(reversed(question.steps), 1):
                page.get_by_label(step, exact=True).select_option(label=str(place))
        case ShortText():
            page.get_by_label(question.ask).fill("nothing of the kind")
        case NumberQuestion():
            page.get_by_label(question.ask).fill("999999")
        case SingleChoice() | MultipleChoice():
            page.get_by_label(next(each for each in question.options if not each.right).text, exact=True).check()
