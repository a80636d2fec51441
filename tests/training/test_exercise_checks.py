"""Exercises of a lesson: each is placed once and can be done right, or the pack is refused with the place of the fault."""

# ruff: noqa: E501  # A table with one fault a line is read at a glance; broken over lines it is not.

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.training.courses import COURSE, LESSON_TO_DO, write_pack
from training import exercise_checks
from training.pack import Lesson
from training.pack_exercises import Order
from training.pack_reader import PackHasFaults, read_pack


def faults(folder: Path) -> list[str]:
    with pytest.raises(PackHasFaults) as refused:
        read_pack(folder)
    return [str(fault) for fault in refused.value.faults]


def test_a_lesson_with_every_kind_of_exercise_is_taken_whole(tmp_path: Path) -> None:
    lesson = read_pack(write_pack(tmp_path, why=LESSON_TO_DO)).units[0]
    assert isinstance(lesson, Lesson)
    assert [exercise.kind for exercise in lesson.exercises] == ["spot", "sort", "order", "rewrite"]


@pytest.mark.parametrize(
    ("good", "bad", "fault"),
    [
        ("```do find-it", "```do found-it", "why.md, line 43: there is no exercise “found-it” in the head of this lesson."),
        ("```do sort-it", "```do find-it", "why.md, line 46: exercise “find-it” is placed twice."),
        ("```do sort-it\n```", "", "why.md, line 16: exercise “sort-it” is never placed: the text needs a block “do sort-it”."),
        ("```do sort-it", "```do", "why.md, line 46: after “do” it must say which."),
        ("```do sort-it", "```do sort-it, order-it", "why.md, line 46: a “do” takes one name."),
        ("```do sort-it", "```do sort-it\nwords", "why.md, line 46: a “do” is one line: take away what stands between its marks."),
        ("```do sort-it\n```", "- ```do sort-it\n  ```", "why.md, line 46: a “do” stands by itself, not in a list, a quotation or another part."),
        ("key: sort-it", "key: find-it", "why.md, line 16: two exercises are called “find-it”; each needs a key of its own."),
        ("right: true, ", "", "why.md, line 11: exercise “find-it” has no right line, so nobody could find one."),
        ("goes_in: Nudge", "goes_in: Nudged", "why.md, line 21: “Nudged” is not a box of exercise “sort-it”; there are Leave it, Nudge, Tell the lead."),
        ("boxes: [Leave it, Nudge", "boxes: [Leave it, Leave it, Nudge", "why.md, line 18: exercise “sort-it” has the same box twice."),
        ("text: A jibe", "text: a joke", "why.md, line 21: exercise “sort-it” has the same item twice."),
        ("text: I cannot sleep.", "text: We all go to Larkmead School.", "why.md, line 13: exercise “find-it” has the same line twice."),
        ("steps: [Listen, Thank them", "steps: [Listen, Listen", "exercise “order-it” has the same step twice."),
        ("steps: [Listen, Thank them, Tell the lead]", "steps: [Listen, Thank them]", "“steps” needs at least 3, and has 2."),
        ("[It thanks them, It asks one thing]", "[It thanks them, It thanks them]", "exercise “write-it” looks for the same thing twice."),
        ("kind: order", "kind: puzzle", "“kind” must be spot, sort, order or rewrite."),
        ("    because: It", "    becuse: It", "“becuse” is not a word we know here; did you mean “because”?"),
        ("content_note: There is one hard word.\n", "", "this lesson quotes hard words"),
        ("```here safeguarding-lead, on-call", "```here safeguarding-lead, on-cal", "why.md, line 55: there is no slot “on-cal”; there are deputy-lead, help-for-you"),
        ("```drawing whom-to-tell", "```drawing whom", "why.md, line 58: there is no drawing “whom”; there are a-disclosure-conversation"),
    ],
)  # fmt: skip
def test_each_fault_of_an_exercise_is_named_where_it_stands(tmp_path: Path, good: str, bad: str, fault: str) -> None:
    assert good in LESSON_TO_DO
    found = faults(write_pack(tmp_path, why=LESSON_TO_DO.replace(good, bad, 1)))
    assert any(fault in one for one in found), found


def test_a_lesson_whose_lines_are_all_right_or_whose_items_share_a_box_asks_nothing(tmp_path: Path) -> None:
    all_right = LESSON_TO_DO.replace("sleep., feedback", "sleep., right: true, feedback")
    all_right = all_right.replace("rude., feedback", "rude., right: true, feedback")
    assert any(
        "every line of exercise “find-it” is right" in one for one in faults(write_pack(tmp_path, why=all_right))
    )
    one_box = LESSON_TO_DO.replace("goes_in: Nudge", "goes_in: Leave it").replace(
        "goes_in: Tell the lead", "goes_in: Leave it"
    )
    assert any("goes into the same box" in one for one in faults(write_pack(tmp_path, why=one_box)))


@pytest.mark.parametrize(
    ("needs", "fault"),
    [
        ("[safeguarding-lead, deputy]", "“deputy” is not a slot; there are safeguarding-lead, deputy-lead"),
        ("[on-call, on-call]", "“on-call” is named twice."),
    ],
)
def test_a_course_needs_only_slots_that_there_are(tmp_path: Path, needs: str, fault: str) -> None:
    found = faults(write_pack(tmp_path, course=f"{COURSE}needs: {needs}\n"))
    assert [fault in one and "course.yaml, line 12" in one for one in found] == [True]


@given(placed=st.lists(st.sampled_from(["first", "second", "third", "other"]), max_size=6))
def test_a_lesson_is_taken_only_where_each_of_its_exercises_is_placed_once(placed: list[str]) -> None:
    keys = ("first", "second", "third")
    exercises = tuple(Order(kind="order", key=key, ask="?", steps=("a", "b", "c"), feedback=".") for key in keys)
    body = "Words.\n" + "".join(f"\n```do {key}\n```\n" for key in placed)
    lesson = Lesson(slug="why", title="Why", minutes=5, body=body, exercises=exercises)
    found = [place for place, _ in exercise_checks.check_exercises(lesson)]
    wrong = {3 + 3 * number for number, key in enumerate(placed) if key == "other" or key in placed[:number]}
    missing = {number for number, key in enumerate(keys) if key not in placed}
    assert {place[1] for place in found if place[0] == "body"} == wrong
    assert {place[1] for place in found if place[0] == "exercises"} == missing
