"""Writes a course in a browser, part by part, as a trainer does."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect

from tests.journeys.browser import press

Typed = dict[str, str | bool]
"""What is typed into the fields of a form, by their labels: words, the words of an option, or a tick."""


def begin_course(page: Page, address: str, title: str) -> None:
    """Begin a course that is new; its outline is open then."""
    page.goto(address + "/write-courses")
    page.get_by_label("What is it called?").fill(title)
    press(page.get_by_role("button", name="Begin the course"))


def open_part(page: Page, label: str) -> None:
    """Open a part by its link in the outline, or on the page of its unit."""
    press(page.locator("main .nl-rows").get_by_role("link", name=label, exact=True))


def back_to(page: Page, label: str) -> None:
    """Go from a part to its unit, or from a unit to the outline."""
    press(page.locator(".govuk-back-link").filter(has_text=label))


def add(page: Page, button: str, kind: str | None = None) -> None:
    """Add a part with this button, where there is a choice one of this kind; its page is open then."""
    if kind is not None:
        page.get_by_label("Kind of ").select_option(label=kind)
    press(page.get_by_role("button", name=button, exact=True))


def write(within: Page | Locator, typed: Typed) -> None:
    """Type into the fields of a form, or of one answer in it."""
    for label, value in typed.items():
        field = within.get_by_label(label, exact=True)
        if isinstance(value, bool):
            field.set_checked(value)
        elif field.evaluate("each => each.tagName") == "SELECT":
            field.select_option(label=value)
        else:
            field.fill(value)


def write_answers(page: Page, *answers: Typed) -> None:
    """Type into the answers of a question or a scene, in their order."""
    for number, typed in enumerate(answers, 1):
        write(page.get_by_role("group", name=f"Answer {number}", exact=True), typed)


def save(page: Page) -> None:
    """Press Save, and see that it is saved."""
    press(page.locator("#writing").get_by_role("button", name="Save", exact=True).last)
    expect(page.locator(".nl-flash").filter(has_text="Saved.")).to_be_visible()


def to_mend(page: Page) -> list[str]:
    """What the page names as still to be mended: the place and the sentence of each."""
    lines = page.locator(".nl-faults li").all_inner_texts()
    return [" ".join(re.sub(r"^To mend:\s*|Mend it.*$", "", line, flags=re.DOTALL).split()) for line in lines]


def open_to_mend(page: Page, place: str) -> None:
    """Open what is to be mended at this place, by its link."""
    press(page.locator(".nl-faults li").filter(has_text=place).get_by_role("link"))
