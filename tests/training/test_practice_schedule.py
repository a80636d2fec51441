"""When a question that was missed comes back."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from training import practice_schedule
from training.practice_schedule import GAPS, MOST_A_DAY, Item, Missed

MONDAY = date(2027, 2, 15)


def item(number: int = 0) -> Item:
    return Item("kindness", "quiz", f"question-{number:02}")


def after(days: int) -> date:
    return MONDAY + timedelta(days=days)


@pytest.mark.parametrize(
    ("practised", "due_after"),
    [
        ([], 1),
        ([(1, True)], 4),
        ([(1, True), (4, True)], 11),
        ([(1, True), (4, True), (11, True)], 32),
        ([(1, True), (4, True), (11, True), (32, True)], None),
        ([(1, False)], 2),
        ([(1, True), (4, False)], 5),
        ([(1, True), (4, False), (5, True)], 8),
        ([(9, True)], 12),
    ],
)
def test_it_comes_back_after_growing_gaps_and_a_wrong_answer_begins_again(
    practised: list[tuple[int, bool]], due_after: int | None
) -> None:
    missed = Missed(item(), MONDAY, tuple((after(day), is_right) for day, is_right in practised))
    assert missed.due_on == (None if due_after is None else after(due_after))


practices = st.lists(st.tuples(st.integers(1, 60), st.booleans()), max_size=6).map(sorted)


@given(st.lists(practices, max_size=12), st.integers(0, 90))
def test_a_day_never_asks_more_than_five_nor_anything_that_is_not_due(
    all_practised: list[list[tuple[int, bool]]], days: int
) -> None:
    missed = [
        Missed(item(number), MONDAY, tuple((after(day), is_right) for day, is_right in one if day <= days))
        for number, one in enumerate(all_practised)
    ]
    chosen = practice_schedule.todays(missed, today=after(days), taught={one.item for one in missed})
    done_today = sum(one.practised_on(after(days)) for one in missed)
    assert len(chosen) <= max(0, MOST_A_DAY - done_today)
    assert all(one.due_on is not None and one.due_on <= after(days) for one in chosen)
    waiting = [one for one in missed if one.due_on is not None and one.due_on <= after(days)]
    assert len(chosen) == min(len(waiting), max(0, MOST_A_DAY - done_today))


@given(practices)
def test_a_question_is_known_after_four_right_answers_in_a_row_and_not_before(one: list[tuple[int, bool]]) -> None:
    right_in_a_row = 0
    for _day, is_right in one:
        right_in_a_row = right_in_a_row + 1 if is_right else 0
    missed = Missed(item(), MONDAY, tuple((after(day), is_right) for day, is_right in one))
    assert (missed.due_on is None) == (right_in_a_row >= len(GAPS))


def test_the_longest_due_comes_first_and_what_is_no_longer_taught_not_at_all() -> None:
    missed = [Missed(item(number), after(-number)) for number in range(7)]
    taught = {one.item for one in missed} - {item(6)}
    chosen = practice_schedule.todays(missed, today=after(3), taught=taught)
    assert [one.item for one in chosen] == [item(number) for number in (5, 4, 3, 2, 1)]
