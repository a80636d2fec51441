"""Page templates: nothing that the content security policy would refuse, nothing from elsewhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.architecture.source import ROOT, files, name_of

# Letters and certificates are no pages: mail clients read only style attributes, and a PDF has no policy.
NO_PAGES = ("templates/notices/", "templates/certificates/", "templates/layout/letter")
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
