"""An administrator brings a team on a phone without scripts, and the pages of it have no faults."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Page

from app import db
from app.people import directory
from app.people.models import Person, Role
from tests.app.takeover.lists import brought, text, work
from tests.conftest import People, SignIn
from tests.journeys import browser as real
from tests.journeys.conftest import Window

pytestmark = pytest.mark.browser

ROWS = (
    "Plover,plover@example.org,V,3/6/2025,Leek",
    "Alder,,peer,3/6/2025,Pea",
    "Bryony,plover@example.org,,,",
    "Yarrow,yarrow@example.org,V,June 25,",
)
HEADINGS = "Bird,E-mail,Level,Stage since,Favourite soup"


@pytest.fixture
def tansy(people: People) -> Person:
    return people.person("Tansy", roles=(Role.ADMIN,))


def names() -> list[str]:
    db.session.rollback()
    return [person.display_name for person in directory.everybody()]


def button(page: Page, name: str) -> None:
    real.press(page.get_by_role("button", name=name).last)


def test_a_team_comes_in_and_goes_back_on_a_phone_without_scripts(
    window_of: Window, address: str, tansy: Person, tmp_path: Path
) -> None:
    file = tmp_path / "volunteers.csv"
    file.write_bytes(text(ROWS, HEADINGS))
    page = window_of(tansy, width=real.PHONE, scripts=False).new_page()
    page.goto(f"{address}/people")
    real.press(page.get_by_role("link", name="Bring a list"))
    page.get_by_label("Your list").set_input_files(file)
    button(page, "Look at it")
    page.get_by_label("Bird becomes").select_option(label="Name the community sees")
    page.get_by_label("Favourite soup becomes").select_option(label="Leave out")
    button(page, "Look again with my changes")
    page.get_by_label("E-mail in line 3").fill("alder@example.org")
    page.get_by_label("Leave out line 4").check()
    button(page, "Look again with my changes")
    assert "Nothing is saved yet" in page.inner_text("main")
    assert names() == ["Tansy"]
    button(page, "Take in 3 people")
    assert "Taking everybody in" in page.inner_text("h1")
    work()
    page.get_by_role("heading", name="3 people are here").wait_for()  # the page looks again by itself
    assert names() == ["Alder", "Plover", "Tansy", "Yarrow"]
    button(page, "Take it all back")
    work()
    page.get_by_role("heading", name="This list was taken back").wait_for()
    assert names() == ["Tansy"]


def test_the_pages_of_a_list_have_no_faults(window_of: Window, address: str, tansy: Person) -> None:
    batch_id = brought(tansy, ROWS, HEADINGS.replace("Bird", "Nickname"))
    page = window_of(tansy).new_page()
    watched = real.watch(page)
    page.goto(f"{address}/people/take-over")
    assert real.faults_in_every_view(page) == []
    page.goto(f"{address}/people/take-over/{batch_id}")
    real.unfold(page.get_by_text("Write it differently").first)
    assert real.faults_in_every_view(page) == []
    button(page, "Take in")
    assert real.faults_in_every_view(page) == []
    work()
    page.get_by_role("heading", name="Who came in").wait_for()  # the page looks again by itself
    assert real.faults_in_every_view(page) == []
    assert watched.faults == []


@pytest.mark.both_databases
def test_of_two_who_press_at_the_same_moment_one_takes_everybody_in(
    app: Flask, window_of: Window, address: str, tansy: Person, people: People, sign_in: SignIn
) -> None:
    batch_id = brought(tansy, ROWS, HEADINGS.replace("Bird", "Nickname"))
    page = window_of(tansy).new_page()
    page.goto(f"{address}/people/take-over/{batch_id}")
    # A browser driver acts one after the other, so threads send the form as the page has it.
    names_of_fields = ("revision", "mark")
    sent = {name: page.locator(f"input[name={name}]").first.input_value() for name in names_of_fields} | {"take": "1"}
    sable = people.person("Sable", roles=(Role.ADMIN,))
    clients = [sign_in(app.test_client(), person) for person in (tansy, sable)]
    answers: list[int] = []
    barrier = threading.Barrier(2)

    def press(index: int) -> None:
        with app.app_context():
            barrier.wait(timeout=30)
            answers.append(clients[index].post(f"/people/take-over/{batch_id}", data=sent).status_code)
            db.session.remove()

    threads = [threading.Thread(target=press, args=(index,)) for index in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert answers == [302, 302]
    work()
    assert names() == ["Plover", "Sable", "Tansy", "Yarrow"]
