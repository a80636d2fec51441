"""The documents: what they point to is there, and what they promise to list is listed."""

from __future__ import annotations

import ast
import re
import tomllib
from pathlib import Path

import pytest

from tests.architecture.source import ROOT, files, name_of, tree_of

PAGES = (ROOT / "README.md", ROOT / "CHANGELOG.md", ROOT / "CONTRIBUTING.md", *files("docs", ".md"))
DECISIONS = tuple(path for path in files("docs/decisions", ".md") if path.name != "README.md")
PARTS = ("Context", "Choice", "Refused", "Consequences", "Kept true by")

LINK = re.compile(r"\]\(([^)\s]+)\)")
# A path of ours in code quotes: with a slash and either a trailing slash or a suffix.
QUOTED_PATH = re.compile(r"`((?:[\w.-]+/)+(?:[\w-]+\.\w+)?)`")
# A test as a decision names it: `tests/path/test_x.py::test_function`.
NAMED_TEST = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")
# A test file in code quotes without a function, which would hold nothing.
NAMED_TEST_FILE = re.compile(r"`(tests/[\w/]*(?:\.py)?)`")
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


def kept_true_by(page: Path) -> str:
    """The last part of a decision: what keeps it true, on one line."""
    return " ".join(page.read_text(encoding="utf-8").partition("\n**Kept true by**")[2].split())


def functions_of(path: Path) -> set[str]:
    return {node.name for node in tree_of(path).body if isinstance(node, ast.FunctionDef)}


def contracts() -> list[str]:
    """The names of the import contracts in pyproject.toml."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return [contract["name"] for contract in project["tool"]["importlinter"]["contracts"]]


@pytest.mark.parametrize("page", DECISIONS, ids=name_of)
def test_what_keeps_a_decision_true_exists(page: Path) -> None:
    """Each test that is named is there, and at least one test or import contract is named."""
    words = kept_true_by(page)
    named = NAMED_TEST.findall(words)
    missing = [
        f"{file}::{function}"
        for file, function in named
        if not (ROOT / file).is_file() or function not in functions_of(ROOT / file)
    ]
    assert missing == []
    assert NAMED_TEST_FILE.findall(words) == [], "name the test function too"
    assert named or any(f"“{name}”" in words for name in contracts()), "name a test or an import contract"


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
