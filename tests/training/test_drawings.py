"""Drawings: each is there, says in words what it shows, and needs no inline style."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest

from app.settings import ROOT
from training.drawings import DRAWINGS

FOLDER = ROOT / "templates" / "training" / "drawings"
SVG = "{http://www.w3.org/2000/svg}"


def test_every_drawing_that_texts_may_place_is_there_and_no_other() -> None:
    assert {path.stem for path in FOLDER.glob("*.svg")} == DRAWINGS


@pytest.mark.parametrize("name", sorted(DRAWINGS))
def test_a_drawing_has_a_title_and_a_description_and_nothing_that_the_policy_of_pages_forbids(name: str) -> None:
    text = (FOLDER / f"{name}.svg").read_text(encoding="utf-8")
    root = ET.fromstring(f'<figure xmlns="http://www.w3.org/2000/svg">{text}</figure>')  # noqa: S314  our own file
    drawn = root.find(f"{SVG}svg")
    assert drawn is not None
    assert drawn.get("role") == "img"
    assert drawn.get("aria-labelledby") == "{{ id }}-title {{ id }}-what"
    for part in ("title", "desc"):
        found = drawn.find(f"{SVG}{part}")
        assert found is not None
        assert found.text
    assert len(" ".join(root.findtext(f"{SVG}figcaption", "").split())) > 60
    assert not any(element.get("style") or element.tag in (f"{SVG}style", f"{SVG}script") for element in root.iter())
