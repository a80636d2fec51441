"""How counts and lengths of time are worded."""

from __future__ import annotations

import pytest

from app.wording import duration, listed, plural, thousands


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


@pytest.mark.parametrize(
    ("minutes", "expected"),
    [(0, "0 hours"), (45, "45 minutes"), (60, "1 hour"), (450, "7 hours 30 minutes"), (481, "8 hours 1 minute")],
)
def test_a_length_of_time_is_worded_in_hours_and_minutes(minutes: float, expected: str) -> None:
    assert duration(minutes) == expected


def test_several_things_are_listed_with_commas_and_one_and() -> None:
    assert [listed(words) for words in ("", "A", "AB", "ABC")] == ["", "A", "A and B", "A, B and C"]
    assert listed(["Give and take", "Rest"], quoted=True) == "“Give and take” and “Rest”"
