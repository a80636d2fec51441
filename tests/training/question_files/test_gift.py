"""GIFT is read as Moodle reads it, and what is not taken is named with line and reason."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from training import pack_checks, quiz
from training.pack import Matching, MultipleChoice, NumberQuestion, Question, ShortText, SingleChoice, TrueOrFalse
from training.question_files.found import MOST_QUESTIONS, Taken
from training.question_files.gift import read_gift
from training.typed_answers import read_figure


def only(text: str) -> Taken:
    found = read_gift(text)
    assert not found.not_taken, found.not_taken
    (one,) = found.taken
    return one


def reason(text: str) -> str:
    found = read_gift(text)
    assert not found.taken
    (one,) = found.not_taken
    return one.reason


def test_one_right_answer_with_a_name_feedback_and_a_comment() -> None:
    one = only(
        "// About lamps\n::Lamp::Which lamp\n// not this line\nis on? {\n  =The one at the door#It always is."
        "\n  ~The one upstairs#Not at night.\n  ~None\n####Look at the door.}"
    )
    question = one.question
    assert isinstance(question, SingleChoice)
    assert (one.line, one.name, question.ask) == (2, "Lamp", "Which lamp\nis on?")
    assert [(each.text, each.right, each.feedback) for each in question.options] == [
        ("The one at the door", True, "It always is."),
        ("The one upstairs", False, "Not at night."),
        ("None", False, "Look at the door."),
    ]


def test_a_part_of_the_mark_is_no_right_answer_and_the_note_says_so() -> None:
    one = only("Who is told?{=the lead ~%50%a colleague ~nobody}")
    assert isinstance(one.question, SingleChoice)
    assert [each.right for each in one.question.options] == [True, False, False]
    assert one.notes[0] == "“a colleague” gives 50 % in Moodle and is not right here."


def test_several_right_answers() -> None:
    one = only("What helps?{~%50%time ~%50%listening ~%-100%shouting}")
    assert isinstance(one.question, MultipleChoice)
    assert [each.text for each in one.question.options if each.right] == ["time", "listening"]
    assert "all of them must be picked" in one.notes[0]
    assert "100 %" in reason("What helps?{~%50%time ~%30%listening ~shouting}")


def test_a_missing_word_becomes_a_gap() -> None:
    assert only("The lamp is {=on ~off} at night.").question.ask == "The lamp is _____ at night."  # type: ignore[union-attr]  # the test says which kind it is


@pytest.mark.parametrize(("said", "is_true"), [("T", True), ("TRUE", True), ("F", False), ("FALSE", False)])
def test_true_or_false_with_the_feedback_on_the_wrong_answer_first(said: str, is_true: bool) -> None:
    question = only(f"It is dark.{{{said}#Look again.#Yes.}}").question
    assert isinstance(question, TrueOrFalse)
    assert question.is_true is is_true
    assert (question.if_true, question.if_false) == (("Yes.", "Look again.") if is_true else ("Look again.", "Yes."))


def test_a_short_answer_for_everything_else_is_the_other_feedback() -> None:
    question = only("Whom?{=the lead#Yes. =lead =%50%a lead#Which? =%0%*#Look again.}").question
    assert isinstance(question, ShortText)
    assert question.accept == ("the lead", "lead")
    assert [(each.says, each.feedback) for each in question.mistakes] == [(("a lead",), "Which?")]
    assert (question.if_right, question.otherwise) == ("Yes.", "Look again.")
    assert "stands for many" in reason("Whom?{=the*}")


@pytest.mark.parametrize(
    ("braces", "answer", "tolerance"),
    [
        ("#3", 3.0, 0.0),
        ("#3:0.5", 3.0, 0.5),
        ("#1..5", 3.0, 2.0),
        ("#3.141..3.142", 3.1415, 0.0005),
        ("#=1822:0#Right. =%50%1822:2#Near.", 1822.0, 0.0),
        ("#-4:1#Cold. ~#Look again.", -4.0, 1.0),
        ("#1e3", 1000.0, 0.0),
    ],
)
def test_figures_with_tolerances_and_ranges(braces: str, answer: float, tolerance: float) -> None:
    question = only(f"How many?{{{braces}}}").question
    assert isinstance(question, NumberQuestion)
    assert (question.answer, question.tolerance) == (answer, tolerance)


def test_both_ends_of_a_range_are_right() -> None:
    question = only("Pi?{#3.141..3.142}").question
    assert isinstance(question, NumberQuestion)
    for typed, is_right in (("3.141", True), ("3.1420", True), ("3.1405", False), ("3.1421", False)):
        assert quiz.mark(question, (typed,)).is_right is is_right


def test_pairs() -> None:
    question = only("Match.{=Canada -> Ottawa =Italy  -> Rome\n=Japan->Tokyo}").question
    assert isinstance(question, Matching)
    assert [(pair.this, pair.goes_with) for pair in question.pairs] == [
        ("Canada", "Ottawa"),
        ("Italy", "Rome"),
        ("Japan", "Tokyo"),
    ]
    assert "Two items on the left" in reason("Match.{=a -> x =b -> x =c -> y}")


def test_escaped_characters_are_themselves() -> None:
    question = only("Which is 5?{ ~ \\= 2 + 2 = \\= 2 + 3 ~ \\{\\}\\~\\#\\: \\\\ }").question
    assert isinstance(question, SingleChoice)
    assert [each.text for each in question.options] == ["= 2 + 2", "= 2 + 3", "{}~#: \\"]


def test_forms_of_text_become_plain_words() -> None:
    assert only("[html]<p>Is it <b>on</b>?</p>{T}").question.says == "Is it on?"  # type: ignore[union-attr]  # the test says which kind it is
    assert only("[markdown]Is **it** on?{T}").question.says == "Is it on?"  # type: ignore[union-attr]  # the test says which kind it is
    assert only("[plain]Is <it> on?{T}").question.says == "Is <it> on?"  # type: ignore[union-attr]  # the test says which kind it is
    assert only("Is it 5 < 6 &amp; on?{T}").question.says == "Is it 5 < 6 & on?"  # type: ignore[union-attr]  # the test says which kind it is


def test_categories_are_passed_over_and_the_rest_is_named_with_line_and_reason() -> None:
    found = read_gift(
        "$CATEGORY: team/nights\n\nOn?{T}\n\nJust words.\n\n::Essay::Write.{}\n\nBroken {=a ~b\n\n~c}\n\nNo key{~a ~b}"
        "\n\n$CATEGORY: x\nLost?{T}\n\nPicture [html]<img src=x>{T}\n\nHow many?{#many}\n\nTwice?{=a =b ~c}"
    )
    assert [each.line for each in found.taken] == [3]
    assert [(each.line, each.name) for each in found.not_taken] == [
        (5, "Just words."),
        (7, "Essay"),
        (9, "Broken"),
        (11, "~c}"),
        (13, "No key"),
        (15, "$CATEGORY: x Lost?"),
        (18, "Picture [html]<img src=x>"),
        (20, "How many?"),
        (22, "Twice?"),
    ]
    assert all(each.reason.endswith(".") for each in found.not_taken)
    assert "description" in found.not_taken[0].reason
    assert "essay" in found.not_taken[1].reason


def test_a_file_of_more_questions_than_we_take_says_where_it_stops() -> None:
    found = read_gift("On?{T}\n\n" * (MOST_QUESTIONS + 5))
    assert len(found.taken) == MOST_QUESTIONS
    assert [each.line for each in found.not_taken] == [2 * MOST_QUESTIONS + 1]


PLAIN = st.text("abcdefghij klmnop", min_size=1, max_size=20).map(str.strip).filter(bool)
DIFFERENT = st.lists(PLAIN, min_size=3, max_size=6, unique_by=lambda each: " ".join(each.split()))
SPECIAL = st.text(":#={}~\\ab", min_size=1, max_size=8).filter(lambda each: each.strip(":#={}~\\ ") != "")


def escaped(text: str) -> str:
    return "".join(f"\\{each}" if each in ":#={}~\\" else each for each in text)


@given(DIFFERENT, SPECIAL)
def test_each_stated_right_answer_is_right(words: list[str], ask: str) -> None:
    asked = escaped(ask)
    text = "\n\n".join(
        [
            f"{asked}{{={words[0]} ~{words[1]} ~{words[2]}}}",
            f"{asked}{{~%50%{words[0]} ~%50%{words[1]} ~{words[2]}}}",
            f"{asked}{{={words[0]} ={words[1]} ={words[2]}}}",
            f"{asked}{{={words[0]} -> 1{words[1]} ={words[1]} -> 2{words[2]} ={words[2]} -> 3{words[0]}}}",
            f"{asked}{{#{len(words)}:1}}",
            f"{asked}{{F}}",
        ]
    )
    found = read_gift(text)
    assert not found.not_taken
    assert len(found.taken) == 6
    for each in found.taken:
        assert not list(pack_checks.check_question((), each.question))
        for answer in stated(each.question):
            assert quiz.mark(each.question, answer).is_right


def stated(question: Question) -> list[quiz.Given]:
    """Every answer that the question states to be right."""
    if isinstance(question, ShortText):
        return [(each,) for each in question.accept]
    if isinstance(question, NumberQuestion):
        ends = (question.answer - question.tolerance, question.answer, question.answer + question.tolerance)
        return [(read_figure(question, f"{each:g}"),) for each in ends]
    return [quiz.right_answer(question)]


@given(st.text(max_size=300))
def test_no_text_at_all_breaks_the_reader(text: str) -> None:
    for each in read_gift(text).taken:
        assert not list(pack_checks.check_question((), each.question))
