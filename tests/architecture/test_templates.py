"""Page templates: nothing that the content security policy would refuse, nothing from elsewhere, nothing unused."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path

import pytest

from app.pages.assets import BUILT
from tests.architecture.source import ROOT, files, name_of

# E-mails and PDFs are not pages: mail programs read only style attributes, and a PDF has no policy.
NO_PAGES = ("templates/notices/", "templates/certificates/", "templates/rota/paper/", "templates/layout/email")
COMMENT = re.compile(r"\{#.*?#\}", re.DOTALL)
PAGES = tuple(path for path in files("templates", ".html") if not name_of(path).startswith(NO_PAGES))

INLINE = {
    "a style attribute": re.compile(r"<[^>]*\sstyle\s*=", re.IGNORECASE),
    "a style element": re.compile(r"<style\b", re.IGNORECASE),
    "a script without a file": re.compile(r"<script\b(?![^>]*\ssrc\s*=)", re.IGNORECASE),
    "an event handler": re.compile(r"<[^>]*\son[a-z]+\s*=\s*[\"']", re.IGNORECASE),
    "a javascript address": re.compile(r"javascript:", re.IGNORECASE),
}
FROM_ELSEWHERE = re.compile(
    r"<(?:script|link|img|iframe|source)\b[^>]*(?:src|href)\s*=\s*[\"'](?:https?:)?//", re.IGNORECASE
)


@pytest.mark.parametrize(
    ("markup", "fault"),
    [
        ('<p class="x" style="color: red">', "a style attribute"),
        ("<style>p{}</style>", "a style element"),
        ("<script>go()</script>", "a script without a file"),
        ('<a href="/" onclick="go()">', "an event handler"),
        ('<a href="javascript:go()">', "a javascript address"),
    ],
)
def test_each_inline_fault_would_be_found(markup: str, fault: str) -> None:
    assert [name for name, pattern in INLINE.items() if pattern.search(markup)] == [fault]


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_a_page_template_holds_nothing_inline(page: Path) -> None:
    text = COMMENT.sub("", page.read_text(encoding="utf-8"))
    assert [name for name, pattern in INLINE.items() if pattern.search(text)] == []


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_a_page_template_loads_nothing_from_elsewhere(page: Path) -> None:
    assert FROM_ELSEWHERE.findall(page.read_text(encoding="utf-8")) == []


def test_only_markup_that_was_cleaned_or_made_by_us_is_marked_safe() -> None:
    """`|safe` switches escaping off; each use names its reason here."""
    reasons: dict[str, str] = {}
    using = {
        name_of(path)
        for path in (ROOT / "templates").rglob("*.html")
        if re.search(r"\|\s*safe\b|autoescape false", path.read_text(encoding="utf-8"))
    }
    assert using == set(reasons)


# --- Readable lines ---------------------------------------------------------------------------------------

LONGEST_LINE = 160  # The formatter aims at 120; a long address or expression may pass that.


def test_no_line_of_a_template_is_too_long_to_read() -> None:
    """Text e-mails are not counted: a line break in them is a line break in the e-mail."""
    long = [
        f"{name_of(path)}:{number}"
        for path in files("templates", ".html")
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if len(line) > LONGEST_LINE
    ]
    assert long == []


# --- Nothing unused ---------------------------------------------------------------------------------------

# The gallery shows components; only pages use them.
GALLERY = "templates/kit/"
PYTHON = ("app", "training", "progression", "rota")
OUR_CLASS = re.compile(r"\.((?:nl|is)-[\w-]+)")
MADE_OF_PARTS = re.compile(r"\b((?:nl-[\w-]*--|is-))(?=\{\{|' ~)")


@cache
def markup() -> str:
    """Everything that may name a class or an icon on a page."""
    templates = [
        path
        for path in files("templates", ".html")
        if not name_of(path).startswith(GALLERY) and path.name != "sprite.html"
    ]
    python = [path for folder in PYTHON for path in files(folder, ".py")]
    scripts, drawings = files("app/static/src/scripts", ".js"), files("templates", ".svg")
    return "\n".join(path.read_text(encoding="utf-8") for path in (*templates, *python, *scripts, *drawings))


def is_used(name: str) -> bool:
    """Is the class written out somewhere, or put together from a prefix and a word in quotes?"""
    if re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", markup()):
        return True
    prefixes = {prefix for prefix in MADE_OF_PARTS.findall(markup()) if name.startswith(prefix)}
    return any(f'"{name.removeprefix(prefix)}"' in markup() for prefix in prefixes)


def test_every_class_of_the_style_sheet_is_used() -> None:
    manifest = json.loads((BUILT / "manifest.json").read_text())
    style = (BUILT / manifest["nightlight.css"]).read_text()
    assert sorted(name for name in set(OUR_CLASS.findall(style)) if not is_used(name)) == []


def test_an_unused_class_would_be_found() -> None:
    assert is_used("nl-card")
    assert is_used("nl-stage--peer")
    assert not is_used("nl-never-written")
    assert not is_used("nl-stage--visitor")


def test_every_icon_is_used() -> None:
    sprite = (ROOT / "templates/layout/sprite.html").read_text(encoding="utf-8")
    icons = re.findall(r'<symbol id="i-([\w-]+)"', sprite)
    assert icons
    assert [name for name in icons if not re.search(rf'"{name}"|#i-{name}\b', markup())] == []
