"""Every page in a real browser: no fault that axe finds, none too wide or too heavy, all usable by keyboard."""

from __future__ import annotations

import gzip
from datetime import date

import pytest
from flask import Flask
from playwright.sync_api import Page
from sqlalchemy import select

from app import db
from app.demonstration import SIGN_INS
from app.people import corrections, one_time_links, passwords
from app.people import email_change as moving
from app.people.corrections import Correction, Details
from app.people.models import OneTimeLink, Role
from tests.conftest import People
from tests.journeys import browser as real
from tests.journeys.conftest import Window
from tests.times import NOW, TODAY

pytestmark = pytest.mark.browser

NARROW_AND_WIDE = pytest.mark.parametrize("width", [real.PHONE, real.DESKTOP])
HEAVIEST = 150 * 1024  # bytes, compressed: the budget of a first visit
OPEN_TO_ALL = ("/sign-in", "/forgot", "/forgot/sent", "/support", "/help", "/privacy", "/accessibility", "/nowhere")


def faults_on(page: Page, address: str, paths: list[str]) -> list[str]:
    """Return the faults of these pages, each with its page."""
    watched = real.watch(page)
    found = []
    for path in paths:
        page.goto(address + path)
        found += [f"{path} {fault}" for fault in real.faults_in_every_view(page) + watched.faults]
        watched.faults.clear()
    return found


def test_the_pages_open_to_all_have_no_faults(window_of: Window, address: str) -> None:
    assert faults_on(window_of().new_page(), address, list(OPEN_TO_ALL)) == []


def test_the_pages_of_people_have_no_faults(window_of: Window, address: str, people: People) -> None:
    tansy = people.person("Tansy", roles=(Role.ADMIN, Role.COORDINATOR))
    wren = people.person("Wren with a name that is quite a lot longer than most")
    paths = [
        "/account",
        "/account/password",
        "/account/address",
        "/people",
        "/people/add",
        "/people/import",
        f"/people/{wren.id}",
    ]
    assert faults_on(window_of(tansy).new_page(), address, [*paths, "/menu", "/admin"]) == []


def test_a_correction_that_comes_second_keeps_what_was_typed(window_of: Window, address: str, people: People) -> None:
    wren = people.person("Wren with a name that is quite a lot longer than most")
    robin = people.person("Robin", roles=(Role.ADMIN,))
    page = window_of(people.person("Sable", roles=(Role.ASSESSOR,))).new_page()
    page.goto(f"{address}/people/{wren.id}")
    real.press(page.get_by_role("button", name="Show private details"))
    assert real.faults_in_every_view(page) == []
    with db.writing():
        details = Details("Wren First", date(1990, 5, 17))
        corrections.correct(wren.id, Correction(details, "A slip.", seen=0), by=robin, today=TODAY, now=NOW)
    page.get_by_label("Legal name").fill("Wren Second")
    page.get_by_label("How you know").fill("You showed me your passport.")
    real.press(page.get_by_role("button", name="Correct"))
    assert "Somebody else corrected these details" in page.inner_text("main")
    assert page.get_by_label("Legal name").input_value() == "Wren Second"
    assert real.faults_in_every_view(page) == []
    page.get_by_label("Year").fill("2011")
    real.press(page.get_by_role("button", name="Correct", exact=True))
    assert "Not corrected yet: what would follow" in page.inner_text("main")
    assert real.faults_in_every_view(page) == []
    real.press(page.get_by_role("button", name="Yes, correct it"))
    assert "They get an e-mail that says so." in page.inner_text("main")


def test_the_page_that_an_email_to_a_new_address_opens_has_no_faults(
    window_of: Window, address: str, people: People
) -> None:
    wren = people.person("Wren")
    with db.writing():
        moving.request_change(wren, "wren.with.a.long.name@example.org", now=NOW)
    with db.writing():
        token = one_time_links.token_of(db.session.scalars(select(OneTimeLink)).one())
    page = window_of(wren).new_page()
    assert faults_on(page, address, [f"/account/address/{token}"]) == []
    real.press(page.get_by_role("button", name="Use this address"))
    assert "From now on you sign in with wren.with.a.long.name@example.org" in page.inner_text("main")
    assert page.get_by_label("Your time zone").locator("option").count() > 400


def test_the_pages_of_policies_have_no_faults(window_of: Window, address: str, people: People) -> None:
    page = window_of(people.person("Tansy", roles=(Role.ADMIN,))).new_page()
    paths = [
        "/admin",
        "/admin/policies/rota-rules",
        "/admin/policies/rota-rules/change",
        "/admin/policies/practical-rubrics/change",
        "/rules",
        "/rules/rota-rules",
        "/rules/practical-rubrics",
        "/rules/pathway",
        "/admin/policies/pathway/new",
    ]
    assert faults_on(page, address, paths) == []
    document = page.get_by_label("The document")
    document.fill(document.input_value().replace("lapses_soon_days: 60", "lapses_soon_days: 45"))
    for box, part in zip(page.locator(".govuk-date-input__input").all(), ("1", "3", "2027"), strict=True):
        box.fill(part)
    page.get_by_label("Why").fill("People asked for it.")
    real.press(page.get_by_role("button", name="Compare"))
    assert "lapses_soon_days" in page.get_by_role("table").inner_text()
    assert real.faults_in_every_view(page) == []
    real.press(page.get_by_role("button", name="Keep this version"))
    assert "The version is kept." in page.inner_text("main")
    assert real.faults_in_every_view(page) == []


def test_the_component_gallery_has_no_faults(window_of: Window, address: str, people: People) -> None:
    assert faults_on(window_of(people.person("Juniper")).new_page(), address, ["/dev/kit"]) == []


def test_a_form_that_comes_back_with_faults_has_none_of_its_own(window_of: Window, address: str) -> None:
    page = window_of().new_page()
    page.goto(address + "/sign-in")
    real.press(page.get_by_role("button", name="Sign in"))
    assert page.title().startswith("Error: ")
    assert page.evaluate("document.activeElement.className") == "govuk-error-summary"
    assert real.faults_in_every_view(page) == []


def test_a_list_of_people_with_faults_says_where_each_is(window_of: Window, address: str, people: People) -> None:
    page = window_of(people.person("Tansy", roles=(Role.COORDINATOR,))).new_page()
    page.goto(address + "/people/import")
    raw = b"display_name,email,born_on\nWren,wren@example.org,yesterday\n,nobody,\n"
    page.set_input_files("input[type=file]", {"name": "people.csv", "mimeType": "text/csv", "buffer": raw})
    real.press(page.get_by_role("button", name="Check the file"))
    rows = page.get_by_role("table").inner_text()
    assert "Line 2" in rows
    assert "born_on" in rows
    assert "Line 3" in rows
    assert real.faults_in_every_view(page) == []


def test_every_page_of_the_demonstration_has_no_faults(demonstration: Flask, window_of: Window, address: str) -> None:
    seen: set[str] = set()
    found = []
    for name in SIGN_INS:
        page = window_of().new_page()
        watched = real.watch(page)
        real.sign_in(page, address, f"{name}@demo.test", passwords.DEMONSTRATION)
        # Today differs from person to person, so each is examined.
        seen.discard("/")
        for path in real.follow_links(page, address, seen):
            found += [f"{name} {path} {fault}" for fault in real.faults_in_every_view(page) + watched.faults]
            watched.faults.clear()
    assert found == []
    assert len(seen) > 30


def test_a_first_visit_weighs_less_than_the_budget(window_of: Window, address: str) -> None:
    page = window_of().new_page()
    bodies: list[bytes] = []
    page.on("response", lambda response: bodies.append(response.body()) if response.ok else None)
    page.goto(address + "/sign-in", wait_until="networkidle")
    # Fonts are compressed already; the rest is compressed here as a front server would.
    weight = sum(min(len(body), len(gzip.compress(body, 6))) for body in bodies)
    assert len(bodies) > 4
    assert weight < HEAVIEST


def test_the_first_tab_offers_to_skip_to_the_main_content(window_of: Window, address: str, people: People) -> None:
    page = window_of(people.person("Juniper")).new_page()
    page.goto(address + "/account")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to main content"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null")


SEEN = """() => {
  const on = document.activeElement;
  // Radios and checkboxes are drawn by ::before of their labels, and so is their focus.
  const drawn = on.matches(".govuk-radios__input, .govuk-checkboxes__input") ? on.nextElementSibling : null;
  const style = drawn ? getComputedStyle(drawn, "::before") : getComputedStyle(on);
  const box = on.getBoundingClientRect();
  const middle = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
  return {
    where: (on.id || on.textContent || on.name || on.tagName).trim().slice(0, 40),
    isBody: on === document.body,
    isMarked: (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2)
      || style.boxShadow !== "none" || style.backgroundColor === "rgb(255, 206, 84)",
    isCovered: middle !== null && !on.contains(middle) && !middle.contains(on) && !middle.closest("label"),
  };
}"""


@NARROW_AND_WIDE
def test_every_stop_of_the_keyboard_is_visible_and_none_is_a_trap(
    window_of: Window, address: str, people: People, width: int
) -> None:
    page = window_of(people.person("Tansy", roles=(Role.ADMIN,)), width=width).new_page()
    for path in ("/account", "/people/import", "/support"):
        page.goto(address + path)
        stops = 0
        unseen = []
        for _ in range(80):
            page.keyboard.press("Tab")
            seen = page.evaluate(SEEN)
            if seen["isBody"]:
                break
            stops += 1
            if not seen["isMarked"] or seen["isCovered"]:
                unseen.append(seen)
        assert unseen == [], path
        assert 5 < stops < 80, path


def test_pages_work_without_scripts(window_of: Window, address: str, people: People) -> None:
    people.person("Wren", email="wren@example.org", password="three calm green lanterns")
    page = window_of(scripts=False).new_page()
    page.goto(address + "/account")
    page.get_by_label("E-mail address").fill("wren@example.org")
    page.get_by_role("textbox", name="Password").fill("three calm green lanterns")
    real.press(page.get_by_role("button", name="Sign in"))
    page.get_by_label("Display name").fill("Wren the second")
    real.press(page.get_by_role("button", name="Save"))
    assert "Your account is saved." in page.inner_text("main")
    real.press(page.get_by_role("main").get_by_role("button", name="Sign out"))
    assert page.url.endswith("/sign-in")


def test_support_for_me_is_in_the_same_place_on_every_page(window_of: Window, address: str, people: People) -> None:
    page = window_of(people.person("Juniper"), width=real.PHONE).new_page()
    places = set()
    for path in ("/", "/account", "/help", "/support", "/nowhere"):
        page.goto(address + path)
        box = page.get_by_role("link", name="Support for me").first.bounding_box()
        assert box is not None
        places.add((box["x"], box["y"]))
    assert len(places) == 1


def test_print_has_no_menu_and_no_addresses_and_keeps_the_background_of_white_text(
    window_of: Window, address: str, people: People
) -> None:
    page = window_of(people.person("Tansy", roles=(Role.ADMIN,))).new_page()
    page.goto(address + "/people")
    page.emulate_media(media="print")
    assert not page.get_by_role("navigation", name="Main").is_visible()
    link = "getComputedStyle(document.querySelector('main td a, main th a'), '::after').content"
    assert page.evaluate(link) == "none"
    sign = "getComputedStyle(document.querySelector('main .nl-stage')).printColorAdjust"
    assert page.evaluate(sign) == "exact"


def test_highlighted_cards_stand_out_in_forced_colours_too(window_of: Window, address: str, people: People) -> None:
    page = window_of(people.person("Juniper")).new_page()
    page.goto(address + "/support")
    page.emulate_media(forced_colors="active")
    widths = page.eval_on_selector_all(".nl-card", "cards => cards.map(card => getComputedStyle(card).borderTopWidth)")
    lit, *others = widths
    assert (lit, set(others)) == ("3px", {"1px"}), "the lit card first"
