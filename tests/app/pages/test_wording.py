"""Numbers with their nouns, and a link inside a sentence."""

from __future__ import annotations

import pytest

from app.pages.wording import linked
from app.wording import plural, thousands


@pytest.mark.parametrize(
    ("count", "expected"), [(0, "0 shifts"), (1, "1 shift"), (2, "2 shifts"), (21, "21 shifts"), (101, "101 shifts")]
)
def test_one_is_singular_and_every_other_number_is_plural(count: int, expected: str) -> None:
    assert plural(count, "shift") == expected


def test_an_irregular_plural_is_given() -> None:
    assert plural(1, "person", "people") == "1 person"
    assert plural(2, "person", "people") == "2 people"


def test_a_verb_can_follow_the_noun() -> None:
    assert plural(1, "seat is", "seats are") == "1 seat is"
    assert plural(0, "seat is", "seats are") == "0 seats are"


def test_thousands_have_commas() -> None:
    assert [thousands(number) for number in (0, 999, 1310)] == ["0", "999", "1,310"]


def test_the_words_of_a_sentence_become_a_link_and_everything_is_escaped() -> None:
    link = linked("Ask <Wren> & wait.", "<Wren>", "/people/1?a=1&b=2")
    assert link == 'Ask <a class="govuk-link" href="/people/1?a=1&amp;b=2">&lt;Wren&gt;</a> &amp; wait.'


def test_a_sentence_without_the_words_has_no_link() -> None:
    assert linked("Ask <Otter>.", "Wren", "/people/1") == "Ask &lt;Otter&gt;."
