"""Exercises: shown in a stable order, and marked by what was done, whatever the order shown."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.refusals import Invalid
from tests.examples import examples
from training import exercises
from training.pack_exercises import Exercise, Order, Rewrite, Sort, SortItem, Spot, SpotLine

LINES = tuple(SpotLine(who="Moss", text=text, right=text != "b", feedback=".") for text in "abc")
SPOT = Spot(kind="spot", key="spot", ask="Which?", lines=LINES)
BOXES = ("Leave it", "Nudge", "Tell the lead")


@st.composite
def an_order(draw: st.DrawFn) -> Order:
    steps = draw(st.lists(st.text("abcdef", min_size=1, max_size=5), min_size=3, max_size=8, unique=True))
    return Order(kind="order", key="order", ask="In which order?", steps=tuple(steps), feedback=".")


@st.composite
def a_sort(draw: st.DrawFn) -> Sort:
    texts = draw(st.lists(st.text("abcdef", min_size=1, max_size=5), min_size=3, max_size=10, unique=True))
    items = tuple(SortItem(text=text, goes_in=draw(st.sampled_from(BOXES)), feedback=".") for text in texts)
    return Sort(kind="sort", key="sort", ask="Where?", boxes=BOXES, items=items)


def sent(order: tuple[int, ...], done: tuple[int, ...]) -> list[str]:
    """What a form sends where each item, in the order shown, got what `done` says of it."""
    return [str(done[position]) for position in order]


@settings(max_examples=examples(40))
@given(exercise=an_order() | a_sort(), seed=st.text(max_size=5))
def test_a_right_arrangement_is_right_whatever_the_order_shown(exercise: Order | Sort, seed: str) -> None:
    order = exercises.shown_order(exercise, seed=seed)
    right = exercises.right_way(exercise)
    done = exercises.read_done(exercise, order, sent(order, right))
    assert done == right
    assert exercises.mark(exercise, done).is_right


@settings(max_examples=examples(40))
@given(exercise=an_order(), seed=st.text(max_size=5), data=st.data())
def test_any_other_arrangement_is_not_right_and_says_of_each_step_where_it_was_put(
    exercise: Order, seed: str, data: st.DataObject
) -> None:
    order = exercises.shown_order(exercise, seed=seed)
    places = tuple(data.draw(st.permutations(range(len(exercise.steps)))))
    marked = exercises.mark(exercise, exercises.read_done(exercise, order, sent(order, places)))
    assert marked.is_right == (places == tuple(range(len(exercise.steps))))
    assert [remark.about for remark in marked.remarks] == list(exercise.steps)
    assert [remark.is_right for remark in marked.remarks] == [place == at for at, place in enumerate(places)]


@settings(max_examples=examples(40))
@given(exercise=an_order() | a_sort(), seed=st.text(max_size=5))
def test_the_order_shown_holds_every_item_once_and_is_the_same_each_time(exercise: Exercise, seed: str) -> None:
    order = exercises.shown_order(exercise, seed=seed)
    assert order == exercises.shown_order(exercise, seed=seed)
    assert sorted(order) == list(range(len(order)))
    if isinstance(exercise, Order):
        assert list(order) != sorted(order)


@pytest.mark.parametrize(
    ("picked", "is_right", "verdicts"),
    [
        (["0", "2"], True, ["Yes, you found it", "You left it, rightly", "Yes, you found it"]),
        (["1"], False, ["This is one too", "Not this one", "This is one too"]),
        (["0", "1", "2"], False, ["Yes, you found it", "Not this one", "Yes, you found it"]),
    ],
)
def test_each_line_of_a_thread_is_judged_in_words(picked: list[str], is_right: bool, verdicts: list[str]) -> None:
    marked = exercises.mark(SPOT, exercises.read_done(SPOT, (0, 1, 2), picked))
    assert (marked.is_right, [remark.verdict for remark in marked.remarks]) == (is_right, verdicts)


ORDER = Order(kind="order", key="o", ask="?", steps=("a", "b", "c"), feedback=".")
REWRITE = Rewrite(kind="rewrite", key="r", ask="?", text="x", look_for=("a", "b"), example="y", because="z")


@pytest.mark.parametrize(
    ("exercise", "picked", "sentence"),
    [
        (SPOT, [], "Choose at least one line"),
        (SPOT, ["3"], "not one of the answers on the page"),
        (ORDER, ["0", "", "1"], "Choose something for every step"),
        (ORDER, ["0", "1"], "Choose something for every step"),
        (ORDER, ["0", "1", "1"], "Two steps have the same place"),
        (ORDER, ["0", "1", "3"], "not one of the answers on the page"),
        (REWRITE, [], "Write a reply of your own first"),
    ],
)
def test_an_unfinished_exercise_is_refused_with_what_is_missing(
    exercise: Exercise, picked: list[str], sentence: str
) -> None:
    with pytest.raises(Invalid, match=sentence):
        exercises.read_done(exercise, (2, 0, 1), picked, text=" ")


def test_a_reply_is_never_wrong() -> None:
    done = exercises.read_done(REWRITE, (0, 1), ["1"], text="Mine")
    assert exercises.mark(REWRITE, done).is_right
    assert [remark.is_right for remark in exercises.mark(REWRITE, done).remarks] == [False, True]
