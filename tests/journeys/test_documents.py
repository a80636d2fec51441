"""Documents and the units about oneself in a real browser: no fault, and one edition from draft to agreement."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from app import db
from app.people.models import Role
from progression.documents.agreeing import agree
from progression.documents.shipped import CODE_OF_CONDUCT
from tests.conftest import People
from tests.journeys import browser as real
from tests.journeys.conftest import Window
from tests.journeys.test_look import faults_on
from tests.progression.documents.writing import SENTENCES
from tests.times import NOW, TODAY
from tests.training.test_reflections import pack_in
from training import catalogue, learning
from training.pack_reader import read_pack

pytestmark = pytest.mark.browser

ARABIC_AND_POLISH = "## Zdjęcia\n\n- Pytam, zanim zapiszę zdjęcie.\n\nمرحبا بكم في مجتمعنا\n"


def test_an_edition_from_draft_to_agreement_without_scripts(window_of: Window, address: str, people: People) -> None:
    moss = people.person("Moss")
    with db.writing():
        agree(moss, CODE_OF_CONDUCT, edition=1, now=NOW - timedelta(days=90))
    page = window_of(people.person("Tansy", roles=(Role.ADMIN,)), width=real.PHONE, scripts=False).new_page()
    page.goto(f"{address}/documents/code-of-conduct/write")
    text = page.get_by_label("The text")
    text.fill(text.input_value() + "\n" + ARABIC_AND_POLISH)
    page.get_by_label("What changed").fill(SENTENCES["what_changed"])
    page.get_by_label("Why").fill(SENTENCES["why"])
    page.get_by_label("What it means for you").fill(SENTENCES["what_it_means"])
    real.press(page.get_by_role("button", name="Save, then see it as people will"))
    assert "This is how people will read it." in page.inner_text("main")
    real.press(page.get_by_role("link", name="Publish it"))
    until = TODAY + timedelta(days=30)
    boxes = page.locator(".govuk-date-input__input").all()
    days = (TODAY.day, TODAY.month, TODAY.year, until.day, until.month, until.year)
    for box, part in zip(boxes, days, strict=True):
        box.fill(str(part))
    page.get_by_label("Yes, by a day").check()
    real.press(page.get_by_role("button", name="See whom it asks"))
    assert "1 person has to agree again by 20 March 2027." in page.inner_text("main")
    real.press(page.get_by_role("button", name="Publish it"))
    assert "Edition 2 is published." in page.inner_text("main")
    reader = window_of(moss, width=real.PHONE, scripts=False).new_page()
    reader.goto(address)
    real.press(reader.get_by_role("link", name="Read it and agree"))
    assert "This is new since you agreed" in reader.inner_text("main")
    real.press(reader.get_by_role("button", name="I have read this and agree"))
    assert "Your agreement is recorded." in reader.inner_text("main")


def test_the_pages_of_documents_and_of_the_units_about_oneself_have_no_faults(
    window_of: Window, address: str, people: People, tmp_path: Path
) -> None:
    tansy = people.person("Tansy", roles=(Role.ADMIN, Role.TRAINER))
    with db.writing():
        agree(tansy, CODE_OF_CONDUCT, edition=1, now=NOW)
    with db.writing():
        catalogue.install(read_pack(pack_in(tmp_path)), by=None, now=NOW)
    with db.writing():
        learning.start("kindness", by=tansy, now=NOW)
    page = window_of(tansy).new_page()
    page.goto(f"{address}/documents/code-of-conduct/write")
    text = page.get_by_label("The text")
    text.fill(text.input_value() + ARABIC_AND_POLISH)
    real.press(page.get_by_role("button", name="Save the draft"))
    under = "/documents/code-of-conduct"
    paths = ["/documents", under, "/documents/community-guidelines", f"{under}/write", f"{under}/preview"]
    paths += [f"{under}/changes", f"{under}/publish", f"{under}/agreements", f"{under}/1", f"/people/{tansy.id}"]
    paths += ["/learning/kindness/think", "/learning/kindness/promise", f"/learning/shared/{tansy.id}"]
    assert faults_on(page, address, paths) == []
