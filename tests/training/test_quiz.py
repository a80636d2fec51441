"""Drawing and marking: fair draws, and marks that only a whole right answer earns."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.refusals import Invalid
from tests.training.courses import every_kind, shipped
from training import quiz
from training.pack import (
    Matching,
    MultipleChoice,
    NumberQuestion,
    Ordering,
    Question,
    Quiz,
    ShortText,
    SingleChoice,
)
from training.quiz import DrawnQuestion, Given

unit = shipped().unit("check-what-you-know")
assert isinstance(unit, Quiz)
BANK: Quiz = unit
KEYS = sorted(question.key for question in BANK.questions)
seeds = st.integers(0, 2**62)
EVERY: Quiz = every_kind()
BANKS = {"the shipped course": BANK, "every kind": EVERY}


@given(seeds)
def test_the_same_seed_draws_the_same_questions_in_the_same_order(seed: int) -> None:
    assert quiz.draw(BANK, seed=seed) == quiz.draw(BANK, seed=seed)


@given(seeds)
def test_a_draw_is_whole_and_spread_evenly_over_the_lessons(seed: int) -> None:
    drawn = quiz.draw(BANK, seed=seed)
    assert len({one.question for one in drawn}) == BANK.draw
    counts = Counter(BANK.question(one.question).about for one in drawn)
    assert set(counts.values()) == {2}


@given(seeds, st.sampled_from(sorted(BANKS)))
def test_every_answer_is_on_the_page_once(seed: int, bank: str) -> None:
    for one in quiz.draw(BANKS[bank], seed=seed):
        assert sorted(one.order) == list(range(len(quiz.answers(BANKS[bank].question(one.question)))))


@given(seeds)
def test_steps_to_be_put_in_order_are_never_shown_in_the_right_one(seed: int) -> None:
    bank = EVERY.model_copy(update={"draw": len(EVERY.questions)})
    shown = {one.question: one.order for one in quiz.draw(bank, seed=seed)}
    assert shown["four"] != (0, 1, 2)


@given(seeds, st.sets(st.sampled_from(KEYS), max_size=12))
def test_questions_asked_before_come_only_where_their_lesson_has_no_others(seed: int, asked: set[str]) -> None:
    drawn = {one.question for one in quiz.draw(BANK, seed=seed, avoid=asked)}
    for about in {question.about for question in BANK.questions}:
        of_lesson = {question.key for question in BANK.questions if question.about == about}
        if drawn & of_lesson & asked:
            assert of_lesson - asked <= drawn


@given(seeds, st.sets(st.sampled_from(KEYS), max_size=14), st.sets(st.sampled_from(KEYS), max_size=6))
def test_what_was_missed_is_asked_first_and_the_rest_keeps_the_spread_as_even_as_it_can_be(
    seed: int, missed: set[str], asked: set[str]
) -> None:
    drawn = [one.question for one in quiz.draw(BANK, seed=seed, avoid=asked, first=missed)]
    assert drawn == [one.question for one in quiz.draw(BANK, seed=seed, avoid=asked, first=missed)]
    assert len(drawn) == len(set(drawn)) == BANK.draw
    first = missed - asked
    count = min(len(first), BANK.draw)
    assert set(drawn[:count]) <= first
    about = {question.key: question.about for question in BANK.questions}
    spread = Counter(about[key] for key in drawn)
    left = {lesson for key, lesson in about.items() if key not in drawn}
    among_missed = Counter(about[key] for key in drawn[:count])
    # No lesson with a question left has two fewer than one that was given one of the others.
    for lesson in left:
        assert all(spread[lesson] + 1 >= spread[about[key]] for key in drawn[count:])
    if len(first) > BANK.draw:
        for lesson in {about[key] for key in first - set(drawn)}:
            assert all(among_missed[lesson] + 1 >= number for number in among_missed.values())


@given(seeds)
def test_missing_only_what_the_bank_no_longer_has_draws_as_ever(seed: int) -> None:
    assert quiz.draw(BANK, seed=seed, first={"of an older version"}) == quiz.draw(BANK, seed=seed)


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
    assert quiz.mark(question, given_).is_right == (given_ == quiz.right_answer(question))


@pytest.mark.parametrize("key", KEYS)
def test_there_is_a_word_on_every_answer(key: str) -> None:
    question = BANK.question(key)
    if isinstance(question, Matching):
        remarks = quiz.mark(question, quiz.right_answer(question)[::-1]).remarks
        assert len(remarks) == len(question.pairs)
        assert all(one.feedback for one in remarks)
        return
    for position, words in enumerate(quiz.answers(question)):
        picked = [one for one in quiz.mark(question, (position,)).remarks if one.was_picked]
        assert [one.about for one in picked] == [words]
        assert picked[0].feedback


def test_what_was_missed_is_named_beside_what_was_picked() -> None:
    question = next(one for one in BANK.questions if isinstance(one, MultipleChoice))
    first_right = quiz.right_answer(question)[0]
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


@given(seeds, st.sampled_from(sorted(BANKS)))
def test_what_the_form_sends_is_read_in_the_order_that_was_shown(seed: int, bank: str) -> None:
    for one in quiz.draw(BANKS[bank], seed=seed):
        question = BANKS[bank].question(one.question)
        right = quiz.right_answer(question)
        assert quiz.read_answer(question, one, quiz.sent(question, one, right)) == right


def answers_of(question: Question) -> st.SearchStrategy[Given]:
    """Any answer that can be given to this question, right or not."""
    positions = range(len(quiz.answers(question)))
    match question:
        case ShortText():
            return st.sampled_from([("safeguarding lead",), ("Police",), ("a friend",), ("",)])
        case NumberQuestion():
            return st.sampled_from([("0",), ("1",), ("1.5",), ("2",), ("2.01",), ("-1.5",)])
        case Matching() | Ordering():
            return st.permutations(positions).map(tuple)
        case MultipleChoice():
            return st.sets(st.sampled_from(positions), min_size=1).map(sorted).map(tuple)
        case _:
            return st.sampled_from(positions).map(lambda position: (position,))


@given(seeds, st.sampled_from(sorted(BANKS)), st.data())
def test_a_right_answer_never_lowers_a_score(seed: int, bank: str, data: st.DataObject) -> None:
    unit = BANKS[bank]
    drawn = [unit.question(one.question) for one in quiz.draw(unit, seed=seed)]
    given_ = [data.draw(answers_of(question)) for question in drawn]
    before = sum(quiz.mark(question, each).is_right for question, each in zip(drawn, given_, strict=True))
    for number, question in enumerate(drawn):
        better = [*given_[:number], quiz.right_answer(question), *given_[number + 1 :]]
        after = sum(quiz.mark(one, each).is_right for one, each in zip(drawn, better, strict=True))
        assert before <= after <= before + 1
        assert quiz.is_passed(unit, after) >= quiz.is_passed(unit, before)


@given(st.sampled_from([one.key for one in EVERY.questions]), st.data())
def test_every_answer_to_every_kind_gets_a_word(key: str, data: st.DataObject) -> None:
    question = EVERY.question(key)
    mark = quiz.mark(question, data.draw(answers_of(question)))
    assert any(one.feedback for one in mark.remarks)
    assert mark.is_right == all(one.is_right and one.was_picked for one in mark.remarks)


DRAWS = 3000


@pytest.mark.parametrize("bank", sorted(BANKS))
def test_draws_cover_the_questions_of_a_lesson_evenly(bank: str) -> None:
    """Each count is within five standard deviations of its expectation; the seeds are fixed, so it never flakes."""
    unit = BANKS[bank]
    counts = Counter(one.question for seed in range(DRAWS) for one in quiz.draw(unit, seed=seed))
    of_lesson = Counter(question.about for question in unit.questions)
    share = unit.draw / len(of_lesson)  # every lesson of both banks gives as many
    for question in unit.questions:
        chance = share / of_lesson[question.about]
        assert abs(counts[question.key] - DRAWS * chance) <= 5 * (DRAWS * chance * (1 - chance)) ** 0.5


def test_the_right_answer_stands_in_every_place_equally_often() -> None:
    question = next(one for one in BANK.questions if isinstance(one, SingleChoice))
    alone = BANK.model_copy(update={"questions": (question,), "draw": 1, "pass_mark": 1})
    (right,) = quiz.right_answer(question)
    places = Counter(quiz.draw(alone, seed=seed)[0].order.index(int(right)) for seed in range(DRAWS))
    chance = 1 / len(question.options)
    assert all(
        abs(places[place] - DRAWS * chance) <= 5 * (DRAWS * chance * (1 - chance)) ** 0.5
        for place in range(len(question.options))
    )


def test_feedback_tells_too_low_from_too_high_and_a_known_mistake_from_any_other() -> None:
    def said(key: str, given_: str) -> str:
        return quiz.mark(EVERY.question(key), (given_,)).remarks[0].feedback

    assert [said("six", figure) for figure in ("0.5", "1", "2", "2.5")] == [
        "There is a little more time.",
        "Yes.",
        "Yes.",
        "That is too late.",
    ]
    assert [said("five", words) for words in ("Safegaurding lead.", "the Police", "Nobody")] == [
        "Yes, and within the hour.",
        "Not by yourself.",
        "Look at the lesson again.",
    ]


@pytest.mark.parametrize(
    ("picked", "sentence"),
    [
        (["0", "1"], "a place for every line"),
        (["0", "1", ""], "a place for every line"),
        (["0", "1", "1"], "Two lines have the same place"),
        (["0", "1", "3"], "Two lines have the same place"),
    ],
)
def test_an_order_gives_every_line_a_place_of_its_own(picked: list[str], sentence: str) -> None:
    with pytest.raises(Invalid, match=sentence):
        quiz.read_answer(EVERY.question("four"), DrawnQuestion("four", (2, 0, 1)), picked)


def test_an_order_is_read_by_the_places_given_to_the_lines_as_shown() -> None:
    drawn = DrawnQuestion("four", (2, 0, 1))
    assert quiz.read_answer(EVERY.question("four"), drawn, ["2", "0", "1"]) == (0, 1, 2)
    assert quiz.read_answer(EVERY.question("four"), drawn, ["0", "2", "1"]) == (2, 1, 0)
