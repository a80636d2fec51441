"""Typed answers: what is the same, what is one slip away, what is a figure."""

from __future__ import annotations

import unicodedata
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.refusals import Invalid
from training import typed_answers
from training.pack import KnownMistake, NumberQuestion, ShortText

WORDS = ShortText(
    kind="short-text",
    key="whom",
    about="why",
    ask="Whom do you tell?",
    accept=("the safeguarding lead", "Zoë"),
    allow_a_slip=True,
    if_right="Yes.",
    mistakes=(KnownMistake(says=("the safeguarding led",), feedback="Led is another word."),),
    otherwise="No.",
)
FIGURE = NumberQuestion(
    kind="number",
    key="hours",
    about="why",
    ask="How many hours?",
    answer=1.5,
    tolerance=0.25,
    unit="hours",
    if_right="Yes.",
    if_too_low="More.",
    if_too_high="Less.",
)


@pytest.mark.parametrize(
    "written",
    [
        "the safeguarding lead",
        "  The   Safeguarding\u00a0LEAD. ",
        "“The safeguarding lead”!",
        "the safeguarding lead\n",
        "ｔｈｅ safeguarding lead",
        "the\u200b safeguarding lead",
        "ZOË",
        unicodedata.normalize("NFD", "Zoë"),
        "the safegaurding lead",
        "the safeguardng lead",
        "the safeguardingg lead",
        "the safequarding lead",
    ],
)
def test_what_people_would_read_as_the_answer_is_accepted(written: str) -> None:
    assert typed_answers.is_accepted(WORDS, typed_answers.read_words(written))


@pytest.mark.parametrize(
    "written",
    [
        "the safeguarding led",  # a mistake that the question knows
        "the safeguarding land",  # two slips
        "the safeguarding lend",  # a word of four characters is never one slip away
        "safeguarding lead",
        "Zoe",
        "teh safeguarding laed",
        "the safe guarding lead",
    ],
)
def test_anything_else_is_not(written: str) -> None:
    assert not typed_answers.is_accepted(WORDS, written)


def test_a_slip_counts_only_where_the_question_allows_it() -> None:
    strict = WORDS.model_copy(update={"allow_a_slip": False})
    assert not typed_answers.is_accepted(strict, "the safegaurding lead")


def test_a_figure_in_a_word_is_never_a_slip() -> None:
    assert not typed_answers.is_one_slip_away("section47", "section17")


@given(st.text(alphabet=st.characters(categories=["Ll", "Lu", "Nd", "Zs", "Po"]), min_size=1, max_size=60))
def test_an_answer_that_is_listed_is_right_however_it_is_written(text: str) -> None:
    if not typed_answers.key_of(text):
        return
    question = WORDS.model_copy(update={"accept": (text,), "mistakes": ()})
    for written in (text, f"  {text}.", unicodedata.normalize("NFD", text), unicodedata.normalize("NFC", text)):
        assert typed_answers.is_accepted(question, typed_answers.read_words(written))


@pytest.mark.parametrize("typed", ["", "   ", "...", "\u200b", "“”"])
def test_nothing_is_no_answer(typed: str) -> None:
    with pytest.raises(Invalid, match="Write your answer in the box"):
        typed_answers.read_words(typed)


def test_more_than_a_line_can_hold_is_refused_with_the_bound() -> None:
    with pytest.raises(Invalid, match="at most 200 characters"):
        typed_answers.read_words("a" * 201)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("1.5", "1.5"),
        ("1,5", "1.5"),
        (" 1,50 hours ", "1.5"),
        ("2 hour", "2"),
        ("2HOURS", "2"),
        ("+2", "2"),
        ("−2", "-2"),
        ("007", "7"),
        ("0.125", "0.125"),
        ("-0", "0"),
        ("１２", "12"),
        ("1000", "1000"),
    ],
)
def test_a_figure_is_read_with_a_comma_or_a_point(typed: str, kept: str) -> None:
    assert typed_answers.read_figure(FIGURE, typed) == kept


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "as a figure"),
        ("two", "as a figure"),
        ("1.5.2", "only the figure in hours"),
        ("5²", "only the figure in hours"),
        ("1e9", "only the figure in hours"),
        ("90 minutes", "only the figure in hours"),
        ("1,500", "Write it as 1500"),
        ("12.000", "Write it as 12000"),
        ("9" * 16, "longer figure"),
        ("1" * 500, "one figure"),
    ],
)
def test_what_is_no_figure_or_two_figures_is_refused_in_words(typed: str, sentence: str) -> None:
    with pytest.raises(Invalid, match=sentence):
        typed_answers.read_figure(FIGURE, typed)


@pytest.mark.parametrize(
    ("figure", "sign"), [("1.24", -1), ("1.25", 0), ("1.5", 0), ("1.75", 0), ("1.76", 1), ("-1.5", -1)]
)
def test_a_figure_is_right_within_the_tolerance_ends_included(figure: str, sign: int) -> None:
    off = typed_answers.distance(FIGURE, figure)
    assert (off > 0) - (off < 0) == sign


@given(st.decimals(-1_000_000, 1_000_000, places=2), st.sampled_from([".", ","]))
def test_every_figure_of_two_places_reads_as_itself(figure: Decimal, point: str) -> None:
    typed = f"{figure}".replace(".", point)
    assert Decimal(typed_answers.read_figure(FIGURE, typed)) == figure
