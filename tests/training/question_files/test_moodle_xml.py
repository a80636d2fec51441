"""Moodle XML is read as Moodle reads it; hostile files are refused, and nothing in one can run on our pages."""

from __future__ import annotations

import pytest

from app.refusals import Invalid
from training import pack_checks, quiz
from training.pack import Matching, MultipleChoice, NumberQuestion, Ordering, ShortText, SingleChoice, TrueOrFalse
from training.question_files.found import ReadFile
from training.question_files.moodle_xml import read_moodle_xml


def quiz_of(*questions: str) -> bytes:
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<quiz>\n{"".join(questions)}</quiz>\n'.encode()


def question(kind: str, inside: str, *, ask: str = "<p>Is it <b>on</b>?</p>", name: str = "Lamp") -> str:
    return (
        f'<question type="{kind}"><name><text>{name}</text></name>'
        f'<questiontext format="html"><text><![CDATA[{ask}]]></text></questiontext>{inside}</question>\n'
    )


def answer(text: str, fraction: str = "0", feedback: str = "", more: str = "") -> str:
    return (
        f'<answer fraction="{fraction}" format="html"><text><![CDATA[{text}]]></text>'
        f"<feedback><text>{feedback}</text></feedback>{more}</answer>"
    )


def pair(this: str, goes_with: str) -> str:
    return f"<subquestion><text>{this}</text><answer><text>{goes_with}</text></answer></subquestion>"


EVERY_KIND = quiz_of(
    '<question type="category"><category><text>$course$/nights</text></category></question>\n',
    question("multichoice", "<single>true</single>" + answer("At the door", "100", "Yes.") + answer("Upstairs")),
    question(
        "multichoice",
        "<single>false</single>" + answer("Time", "50") + answer("Listening", "50") + answer("Shouting", "-100"),
    ),
    question("truefalse", answer("false", "0", "Look.") + answer("true", "100", "It is.")),
    question(
        "shortanswer", "<usecase>1</usecase>" + answer("the lead", "100") + answer("a lead", "33.33333") + answer("*")
    ),
    question(
        "numerical",
        answer("12", "100", more="<tolerance>0.5</tolerance>")
        + "<units><unit><multiplier>1</multiplier><unit_name>hours</unit_name></unit></units>",
    ),
    question("matching", pair("A", "a") + pair("B", "b") + pair("C", "c") + pair("", "d")),
    question("ordering", answer("Listen", "1") + answer("Thank", "1") + answer("Tell", "1")),
)


def read(inside: str, kind: str = "multichoice", **more: str) -> ReadFile:
    return read_moodle_xml(quiz_of(question(kind, inside, **more)))


def test_every_kind_that_we_have_is_taken_and_its_right_answer_is_right() -> None:
    found = read_moodle_xml(EVERY_KIND)
    assert not found.not_taken
    assert [type(each.question) for each in found.taken] == [
        SingleChoice,
        MultipleChoice,
        TrueOrFalse,
        ShortText,
        NumberQuestion,
        Matching,
        Ordering,
    ]
    for each in found.taken:
        assert not list(pack_checks.check_question((), each.question))
        assert quiz.mark(each.question, quiz.right_answer(each.question)).is_right
        assert quiz.wording(each.question) == "Is it on?"
    assert [each.line for each in found.taken] == [4, 5, 6, 7, 8, 9, 10]


def test_what_differs_from_moodle_is_said() -> None:
    notes = [" ".join(each.notes) for each in read_moodle_xml(EVERY_KIND).taken]
    assert "33.3333 % in Moodle" in notes[3]
    assert "minds capitals" in notes[3]
    assert "“d” on the right goes with nothing" in notes[5]


@pytest.mark.parametrize(
    ("kind", "inside", "why"),
    [
        ("essay", "", "essay"),
        ("description", "", "description"),
        ("multianswer", "", "cloze"),
        ("calculated", "", "by chance"),
        ("ddwtos", "", "dragging"),
        ("coderunner", "", "of the kind “coderunner”"),
        ("multichoice", answer("a", "100") + answer("b", "100"), "exactly one"),
        ("multichoice", answer("a", "50") + answer("b", "0"), "nobody could be right"),
        ("multichoice", answer("a", "100") + answer("<img src='x'>"), "a picture"),
        ("multichoice", answer("a", "100") + "<file name='x.png' encoding='base64'>AAAA</file>", "a picture"),
        ("multichoice", answer("a", "much") + answer("b"), "not a figure"),
        ("multichoice", answer("a" * 201, "100") + answer("b"), "longer than 200"),
        ("multichoice", answer("a", "100"), "fewer answers"),
        ("numerical", answer("NaN", "100"), "not a figure"),
        ("numerical", answer("1", "100") + answer("2", "100"), "exactly one"),
        ("truefalse", answer("true", "100"), "two answers"),
    ],
)
def test_what_is_not_taken_is_named_with_its_reason(kind: str, inside: str, why: str) -> None:
    found = read(inside, kind)
    assert not found.taken
    (one,) = found.not_taken
    assert (one.line, one.name) == (3, "Lamp")
    assert why in one.reason


@pytest.mark.parametrize(
    "words",
    [
        "<script>alert(1)</script>On",
        "<p onclick='alert(1)'>On</p>",
        "<a href='javascript:alert(1)'>On</a>",
        "<style>*{}</style>On",
        "<!-- <script> -->On",
        "O<b></b>n\u202e\x7f",
    ],
)
def test_nothing_that_runs_is_left_of_html(words: str) -> None:
    (one,) = read(answer(words, "100") + answer("Off")).taken
    assert isinstance(one.question, SingleChoice)
    assert one.question.options[0].text == "On"


@pytest.mark.parametrize(
    "raw",
    [
        b'<!DOCTYPE quiz [<!ENTITY a "b">]><quiz>&a;</quiz>',
        b'<!DOCTYPE quiz SYSTEM "file:///etc/passwd"><quiz/>',
        b'<!DOCTYPE q [<!ENTITY x SYSTEM "file:///etc/passwd">]><quiz>&x;</quiz>',
        b"<quiz><question></quiz>",
        b"<html></html>",
        b"<quiz",
        b'<?xml version="1.0" encoding="no-such"?><quiz/>',
        b"<quiz>" + b"<a>" * 100 + b"</a>" * 100 + b"</quiz>",
    ],
)
def test_hostile_and_damaged_files_are_refused_with_a_sentence(raw: bytes) -> None:
    with pytest.raises(Invalid) as refused:
        read_moodle_xml(raw)
    assert refused.value.sentences[0].endswith(".")
