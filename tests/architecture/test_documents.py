"""The documents: what they point to is there, and what they promise to list is listed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.architecture.source import ROOT, files, name_of

PAGES = (ROOT / "README.md", ROOT / "CHANGELOG.md", *files("docs", ".md"))
DECISIONS = tuple(path for path in files("docs/decisions", ".md") if path.name != "README.md")
PARTS = ("Context", "Choice", "Refused", "Consequences", "Kept true by")

LINK = re.compile(r"\]\(([^)\s]+)\)")
# A path of ours in code quotes: with a slash and either a trailing slash or a suffix.
QUOTED_PATH = re.compile(r"`((?:[\w.-]+/)+(?:[\w-]+\.\w+)?)`")
# Made at set-up or at work, so not there in a fresh copy.
MADE_LATER = ("var/", "app/static/built/", ".venv/")


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_link_of_a_document_leads_somewhere(page: Path) -> None:
    targets = [target.split("#")[0] for target in LINK.findall(page.read_text(encoding="utf-8"))]
    local = [target for target in targets if target and "://" not in target]
    assert [target for target in local if not (page.parent / target).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_file_that_a_document_names_exists(page: Path) -> None:
    named = QUOTED_PATH.findall(page.read_text(encoding="utf-8"))
    missing = [name for name in named if not name.startswith(MADE_LATER) and not (ROOT / name).exists()]
    assert missing == []


@pytest.mark.parametrize("page", DECISIONS, ids=name_of)
def test_a_decision_says_what_was_refused_and_what_keeps_it_true(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert [part for part in PARTS if f"\n**{part}" not in text] == []


def test_every_decision_is_in_the_list() -> None:
    listed = LINK.findall((ROOT / "docs/decisions/README.md").read_text(encoding="utf-8"))
    assert listed == [path.name for path in DECISIONS]


def test_every_library_we_ask_for_has_its_line_of_reason_and_no_other() -> None:
    asked = {
        re.split(r"[<>=~!;]", line.strip())[0].strip()
        for path in (ROOT / "requirements").glob("*.in")
        for line in path.read_text().splitlines()
        if line.strip() and not line.startswith(("#", "-"))
    }
    page = (ROOT / "docs/decisions/0002-dependencies.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| ([a-z0-9][^|]*?) \|", page, re.MULTILINE)
    reasoned = {name.strip() for row in rows if not row.startswith("to ") for name in row.split(",")}
    assert reasoned == asked
