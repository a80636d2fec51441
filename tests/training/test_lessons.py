"""A lesson's Markdown becomes HTML that may stand in a page."""

from __future__ import annotations

import html5lib
import pytest
from hypothesis import given
from hypothesis import strategies as st

from training import lessons

# Every element and attribute that the dialect has a word for.
OURS = {
    *("p", "h2", "h3", "ul", "ol", "li", "strong", "em", "a", "blockquote", "figure", "footer", "hr", "br", "code"),
    *("details", "summary", "span", "div", "table", "thead", "tbody", "tr", "th", "td", "class", "href", "rel"),
}


def found_in(made: str) -> set[str]:
    """The elements and attributes that a browser finds, and `href to elsewhere` for a link it should not follow."""
    found: set[str] = set()
    for element in html5lib.parseFragment(made, namespaceHTMLElements=False).iter():
        if isinstance(element.tag, str) and element.tag != "DOCUMENT_FRAGMENT":
            found |= {element.tag, *element.keys()}
        if not (element.get("href") or "https://").startswith(("https://", "/")):
            found.add("href to elsewhere")
    return found


def test_a_hostile_element_would_be_found() -> None:
    hostile = '<p onclick="a()"><a href="javascript:b()">x</a>'
    assert found_in(hostile) == {"p", "onclick", "a", "href", "href to elsewhere"}


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[press](javascript:alert(1))",
        "[press](https://x.test 'a\" onclick=\"alert(1)')",
        "![x](https://x.test/x.png)",
        '<p style="position:fixed">over</p>',
        "```said <b onclick=alert(1)>Moss</b>\nhi\n```",
        "```aside <script>alert(1)</script>\nhi\n```",
        "```hard Moss | <img src=x onerror=alert(1)>\nhi\n```",
    ],
)
def test_nothing_hostile_gets_into_a_page(hostile: str) -> None:
    for skip in (True, False):
        assert found_in(str(lessons.html(hostile, skip_hard_words=skip))) <= OURS


@given(st.text(alphabet="<>&\"'`|[]()!#*-_:/= \nabsaidhrd", max_size=120))
def test_whatever_is_written_only_our_own_elements_come_out(text: str) -> None:
    assert found_in(str(lessons.html(text))) <= OURS


def test_hard_words_give_way_to_their_gist_where_they_are_skipped() -> None:
    body = "Before.\n\n```hard Moss, 01:12 | Moss is rude.\nYou turnip.\n```\n"
    assert "turnip" in lessons.html(body)
    skipped = lessons.html(body, skip_hard_words=True)
    assert "turnip" not in skipped
    assert "Moss is rude." in skipped
    assert lessons.LEFT_OUT in skipped


def test_parts_wear_the_classes_of_the_look() -> None:
    made = lessons.html(
        "## Moves\n\n1. **One**\n\n```aside Why?\nBecause.\n```\n\n```said Wren, 01:40\nHello\n```\n\n[l](/learning)"
    )
    for css in ("nl-h2", "nl-moves", "govuk-details__summary-text", "nl-said", "govuk-link"):
        assert css in made
