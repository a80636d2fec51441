"""Drawing and marking: fair draws, and marks that only a whole right answer earns."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.refusals import Invalid
from tests.training.courses import shipped
from training import quiz
from training.demonstration import right_answer
from training.pack import Matching, MultipleChoice, Quiz, SingleChoice
from training.quiz import DrawnQuestion

unit = shipped().unit("check-what-you-know")
assert isinstance(unit, Quiz)
BANK: Quiz = unit
KEYS = sorted(question.key for question in BANK.questions)
seeds = st.integers(0, 2**62)


@given(seeds)
def test_the_same_seed_draws_the_same_questions_in_the_same_order(seed: int) -> None:
    assert quiz.draw(BANK, seed=seed) == quiz.draw(BANK, seed=seed)


@given(seeds)
def test_a_draw_is_whole_and_spread_evenly_over_the_lessons(seed: int) -> None:
    drawn = quiz.draw(BANK, seed=seed)
    assert len({one.question for one in drawn}) == BANK.draw
    counts = Counter(BANK.question(one.question).about for one in drawn)
    assert set(counts.values()) == {2}


@given(seeds)
def test_every_answer_is_on_the_page_once(seed: int) -> None:
    for one in quiz.draw(BANK, seed=seed):
        assert sorted(one.order) == list(range(len(quiz.answers(BANK.question(one.question)))))


@given(seeds, st.sets(st.sampled_from(KEYS), max_size=12))
def test_questions_asked_before_come_only_where_their_lesson_has_no_others(seed: int, asked: set[str]) -> None:
    drawn = {one.question for one in quiz.draw(BANK, seed=seed, avoid=asked)}
    for about in {question.about for question in BANK.questions}:
        of_lesson = {question.key for question in BANK.questions if question.about == about}
        if drawn & of_lesson & asked:
            assert of_lesson - asked <= drawn


def test_over_many_draws_every_question_has_its_turn() -> None:
    seen = {one.question for seed in range(80) for one in quiz.draw(BANK, seed=seed)}
    assert seen == set(KEYS)


@given(st.sampled_from(KEYS), st.data())
def test_only_the_whole_right_answer_is_right(key: str, data: st.DataObject) -> None:
    question = BANK.question(key)
    positions = range(len(quiz.answers(question)))
    if isinstance(question, Matching):
        given_ = tuple(data.draw(st.permutations(positions)))
    elif isinstance(question, MultipleChoice):
        given_ = tuple(sorted(data.draw(st.sets(st.sampled_from(positions), min_size=1))))
    else:
        given_ = (data.draw(st.sampled_from(positions)),)
    assert quiz.mark(question, given_).is_right == (given_ == right_answer(question))


@pytest.mark.parametrize("key", KEYS)
def test_there_is_a_word_on_every_answer(key: str) -> None:
    question = BANK.question(key)
    if isinstance(question, Matching):
        remarks = quiz.mark(question, right_answer(question)[::-1]).remarks
        assert len(remarks) == len(question.pairs)
        assert all(one.feedback for one in remarks)
        return
    for position, words in enumerate(quiz.answers(question)):
        picked = [one for one in quiz.mark(question, (position,)).remarks if one.was_picked]
        assert [one.about for one in picked] == [words]
        assert picked[0].feedback


def test_what_was_missed_is_named_beside_what_was_picked() -> None:
    question = next(one for one in BANK.questions if isinstance(one, MultipleChoice))
    first_right = right_answer(question)[0]
    remarks = quiz.mark(question, (first_right,)).remarks
    assert {one.was_picked for one in remarks if one.is_right} == {True, False}


@pytest.mark.parametrize(
    ("picked", "sentence"),
    [
        ([], "Choose one answer"),
        (["0", "1"], "Choose one answer"),
        (["9"], "not one of those on the page"),
        (["-1"], "Choose one answer"),
        (["x"], "Choose one answer"),
        (["²"], "Choose one answer"),
    ],
)
def test_what_is_no_answer_is_refused_in_words(picked: list[str], sentence: str) -> None:
    question = next(one for one in BANK.questions if isinstance(one, SingleChoice))
    order = tuple(range(len(question.options)))
    with pytest.raises(Invalid, match=sentence):
        quiz.read_answer(question, DrawnQuestion(question.key, order), picked)


def test_a_matching_answer_must_fill_every_line() -> None:
    question = next(one for one in BANK.questions if isinstance(one, Matching))
    order = tuple(range(len(question.pairs)))
    with pytest.raises(Invalid, match="every line"):
        quiz.read_answer(question, DrawnQuestion(question.key, order), ["0", "", "2", "3"][: len(order)])


@given(seeds)
def test_what_the_form_sends_is_read_in_the_order_that_was_shown(seed: int) -> None:
    for one in quiz.draw(BANK, seed=seed):
        question = BANK.question(one.question)
        shown = [str(one.order.index(position)) for position in right_answer(question)]
        assert quiz.read_answer(question, one, shown) == right_answer(question)
