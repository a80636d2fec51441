"""What differs between two texts, line by line."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from progression.documents.comparison import Difference, differences

BEFORE = """\
## Towards members

- I am kind.
- I listen first,
  and I do not judge.

## At the end

Goodbye.
"""


def test_a_changed_a_new_and_a_missing_line_stand_under_their_heading() -> None:
    after = BEFORE.replace("I am kind.", "I am kind, always.").replace("Goodbye.\n", "Goodbye.\n\nSee you.\n")
    assert differences(BEFORE, after) == [
        Difference("Towards members", "- I am kind.", "- I am kind, always."),
        Difference("At the end", None, "See you."),
    ]
    assert differences(BEFORE, BEFORE.replace("Goodbye.\n", "")) == [Difference("At the end", "Goodbye.", None)]


def test_how_a_paragraph_is_wrapped_makes_no_difference() -> None:
    assert differences(BEFORE, BEFORE.replace("first,\n  and", "first, and")) == []


LINES = st.lists(st.sampled_from(["## A", "- b", "c", "", "> d", "1. e"]), max_size=12).map("\n".join)


@given(LINES, LINES)
def test_nothing_differs_exactly_where_the_lines_are_the_same(before: str, after: str) -> None:
    assert differences(before, before) == []
    swapped = differences(after, before)
    assert bool(differences(before, after)) == bool(swapped)


@given(LINES, LINES)
def test_every_line_that_differs_is_one_of_the_two_texts(before: str, after: str) -> None:
    for each in differences(before, after):
        assert each.was != each.now
        assert each.was is not None or each.now is not None
