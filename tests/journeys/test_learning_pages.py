"""The pages of learning in a real browser, in the states that only answers and choices reach."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from app import db
from tests.conftest import People
from tests.journeys import browser as real
from tests.journeys.conftest import Window
from tests.times import NOW
from tests.training.courses import LESSON_TO_DO, install_shipped, pass_course, write_pack
from training import catalogue
from training.models import Certificate
from training.pack_reader import read_pack

pytestmark = pytest.mark.browser


def test_the_pages_of_answers_and_choices_have_no_faults(window_of: Window, address: str, people: People) -> None:
    install_shipped()
    page = window_of(people.person("Otter"), width=real.PHONE, scripts=True).new_page()
    watched = real.watch(page)
    found: list[str] = []

    def look() -> None:
        found.extend(f"{page.url} {fault}" for fault in real.faults_in_every_view(page))

    page.goto(address + "/learning/conflict")
    real.press(page.get_by_role("button", name="Start the course"))
    look()
    real.press(page.get_by_role("button", name="Skip the quotes"))
    look()
    page.goto(address + "/learning/conflict/the-thread-at-1-am")
    real.press(page.get_by_role("button", name="Begin"))
    page.get_by_label("Remind them both of the rules").check()
    real.press(page.get_by_role("button", name="Do this"))
    look()
    real.press(page.get_by_role("link", name="Go back and try again"))
    page.get_by_label("Write one short reply").check()
    real.press(page.get_by_role("button", name="Do this"))
    look()
    page.goto(address + "/learning/conflict/check-what-you-know")
    real.press(page.get_by_role("button", name="Start the questions"))
    real.press(page.get_by_role("button", name="Answer"))
    assert page.title().startswith("Error: ")
    look()
    for position in range(page.locator("select").count()):
        page.locator("select").nth(position).select_option(index=1)
    if page.locator("input[name=picked]").count():
        page.locator("input[name=picked]").first.check()
    real.press(page.get_by_role("button", name="Answer"))
    look()
    assert found + watched.faults == []


def test_exercises_in_a_lesson_have_no_faults_before_and_after_they_are_done(
    window_of: Window, address: str, people: People, tmp_path: Path
) -> None:
    with db.writing():
        catalogue.install(read_pack(write_pack(tmp_path, why=LESSON_TO_DO)), by=None, now=NOW)
    page = window_of(people.person("Otter"), width=real.PHONE).new_page()
    watched = real.watch(page)
    page.goto(address + "/learning/kindness")
    real.press(page.get_by_role("button", name="Start the course"))
    page.get_by_label("We all go to Larkmead School.").check()
    real.press(page.locator("#do-find-it button"))
    page.locator("#do-write-it textarea").fill("I hear you.")
    real.press(page.locator("#do-write-it button"))
    expect(page.locator("#do-write-it").get_by_text("I hear you.").first).to_be_visible()
    real.press(page.locator("#do-order-it button"))
    assert page.title().startswith("Error: ")
    assert real.faults_in_every_view(page) + watched.faults == []


def test_every_page_to_keep_that_ships_prints_on_one_sheet_also_with_the_general_advice(
    window_of: Window, address: str, people: People
) -> None:
    packs = [pack for pack in catalogue.shipped_packs() if pack.to_keep is not None]
    with db.writing():
        for pack in packs:
            catalogue.install(pack, by=None, now=NOW)
    page = window_of(people.person("Otter"), width=real.PHONE).new_page()
    sheets = {}
    for pack in packs:
        page.goto(f"{address}/learning/{pack.code}/to-keep")
        printed = page.pdf(format="A4", prefer_css_page_size=True)
        sheets[pack.code] = len(re.findall(rb"/Type /Page\b(?!s)", printed))
    assert sheets == {pack.code: 1 for pack in packs}


def test_the_pages_of_a_certificate_have_no_faults(window_of: Window, address: str, people: People) -> None:
    install_shipped()
    juniper = people.person("Juniper")
    pass_course(juniper)
    certificate_id, code = db.session.execute(select(Certificate.id, Certificate.code)).one()
    db.session.rollback()
    page = window_of(juniper).new_page()
    for path in (f"/certificates/{certificate_id}", f"/verify/{code}", "/verify/nonsense", "/verify", "/learning"):
        page.goto(address + path)
        assert real.faults_in_every_view(page) == [], path
