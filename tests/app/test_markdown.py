"""Markdown that people write in the browser: what it becomes, and what it never becomes."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest

from app import markdown


def test_headings_lists_quotations_and_links_are_drawn() -> None:
    made = markdown.html("## Be kind\n\n- listen\n\n> a post\n\n[the law](https://example.org/law)")
    assert '<h2 class="nl-h2" dir="auto">Be kind</h2>' in made
    assert "<li" in made
    assert '<blockquote class="nl-quote" dir="auto">' in made
    assert '<a href="https://example.org/law" class="govuk-link" rel="noopener">the law</a>' in made


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        '<img src=x onerror="alert(1)">',
        "[x](javascript:alert(1))",
        "![x](data:image/png;base64,AAAA)",
        '<a href="https://example.org" onclick="x()">y</a>',
        "[x](https://example.org/\"onmouseover='x')",
    ],
)
def test_nothing_that_is_typed_becomes_markup_of_its_own(text: str) -> None:
    drawn: list[tuple[str, str]] = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            drawn.extend((tag, name) for name, _ in attrs or [("", None)])

    Reader().feed(markdown.html(text))
    assert set(drawn) <= {("p", "dir"), ("a", "href"), ("a", "class"), ("a", "rel")}
    assert 'href="javascript' not in markdown.html(text)


def test_words_between_marks_of_code_stay_as_they_were_typed() -> None:
    assert "```py" in markdown.html("```py\nx = 1\n```")


def test_text_of_any_script_takes_its_own_direction() -> None:
    made = markdown.html("## Zażółć gęślą jaźń\n\nمرحبا بكم في مجتمعنا")
    assert '<p dir="auto">مرحبا بكم في مجتمعنا</p>' in made
    assert "Zażółć gęślą jaźń" in made


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "There are no words in it yet."),
        ("Hello\n\n# Big", "Line 3: a heading begins with ## or ###. The title is already the first heading."),
        ("See [us](http://example.org)", "Line 1: the link “http://example.org” must begin with https://."),
        ("See [us](/today)", "Line 1: the link “/today” must begin with https://."),
    ],
)
def test_what_leaves_the_dialect_is_named_with_its_line(text: str, sentence: str) -> None:
    assert list(markdown.faults(text)) == [sentence]


def test_a_long_text_is_drawn_whole() -> None:
    text = "\n\n".join(f"Line {number}: " + "ż" * 180 for number in range(110))
    assert len(text) > 20_000
    assert markdown.html(text).count("<p ") == 110
