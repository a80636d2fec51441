"""Checks of a pack: however a good one is broken, it is refused and the place is named."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from app.policies import yaml_lines
from tests.examples import examples
from tests.training.courses import EVERY_KIND, STORY, every_kind, write_pack
from training import unit_kinds
from training.pack import Quiz, Scenario
from training.pack_parts import Part
from training.pack_reader import PackHasFaults, read_pack

STORY_VALUE = yaml_lines.read(STORY).value
EVERY_VALUE = yaml_lines.read(EVERY_KIND).value
GOOD = {"story": (STORY, Scenario, STORY_VALUE), "quiz": (EVERY_KIND, Quiz, EVERY_VALUE)}

Path_ = tuple[str | int, ...]


def parts_of(value: Any, here: Path_ = ()) -> Iterator[Path_]:
    """The place of everything in a document."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, each in inner:
        yield (*here, step)
        yield from parts_of(each, (*here, step))


def at(value: Any, place: Path_) -> Any:
    for step in place:
        value = value[step]
    return value


def without(value: Any, place: Path_) -> Any:
    broken = copy.deepcopy(value)
    del at(broken, place[:-1])[place[-1]]
    return broken


def faults_of(folder: Path, name: str, document: Any) -> list[str]:
    """What is said of a pack whose unit is this document, as JSON, which is YAML."""
    with pytest.raises(PackHasFaults) as refused:
        read_pack(write_pack(folder, **{name: json.dumps(document, indent=1, ensure_ascii=False)}))
    return [str(one) for one in refused.value.faults]


def test_the_packs_that_are_broken_here_are_good(tmp_path: Path) -> None:
    read_pack(write_pack(tmp_path, quiz=EVERY_KIND))
    kinds = {type(question) for question in every_kind().questions}
    assert kinds == {part for part in Part.__subclasses__() if {"key", "about"} <= set(part.model_fields)}


MAY_BE_LEFT_OUT = {"at", "gentler", "look_for", "right", "allow_a_slip", "mistakes", "tolerance", "unit", "said"}
REQUIRED = [
    (name, place)
    for name, (_text, _model, value) in GOOD.items()
    for place in parts_of(value)
    if isinstance(place[-1], str) and place[-1] not in MAY_BE_LEFT_OUT
]


@settings(max_examples=examples(60))
@given(st.sampled_from(REQUIRED))
def test_a_pack_without_a_part_it_needs_is_refused_at_its_line(
    tmp_path_factory: pytest.TempPathFactory, one: tuple[str, Path_]
) -> None:
    name, place = one
    found = faults_of(tmp_path_factory.mktemp("pack"), name, without(GOOD[name][2], place))
    assert all(f"{name}.yaml, line " in fault for fault in found)
    assert any(f"“{place[-1]}” is missing" in fault or "“kind” must be" in fault for fault in found), found


STEPS = [step["key"] for step in STORY_VALUE["steps"]]
TARGETS = [*STEPS, *(ending["key"] for ending in STORY_VALUE["endings"]), "nowhere"]


@settings(max_examples=examples(150))
@given(st.lists(st.sampled_from(TARGETS), min_size=4, max_size=4), st.lists(st.booleans(), min_size=2, max_size=2))
def test_a_story_is_refused_exactly_when_it_has_a_dead_end_or_a_step_that_nobody_reaches(
    targets: list[str], completing: list[bool]
) -> None:
    """Every way in which four choices can lead, judged by walking it."""
    story = copy.deepcopy(STORY_VALUE)
    choices = [(number, choice) for number, step in enumerate(story["steps"]) for choice in step["choices"]]
    for (_number, choice), target in zip(choices, targets, strict=True):
        choice["to"] = target
    for ending, completes in zip(story["endings"], completing, strict=True):
        ending["completes"] = completes

    onward: dict[str, set[str]] = {key: set() for key in [*TARGETS[:-1]]}
    for (number, _choice), target in zip(choices, targets, strict=True):
        onward[STEPS[number]].add(target)

    def reached(start: str) -> set[str]:
        seen = {start}
        for _ in TARGETS:
            seen |= {target for key in seen for target in onward.get(key, ())}
        return seen

    endings = {ending["key"] for ending in story["endings"]}
    expected: set[tuple[str | int, ...]] = set()
    for (number, choice), target in zip(choices, targets, strict=True):
        if target == "nowhere":
            position = story["steps"][number]["choices"].index(choice)
            expected.add(("steps", number, "choices", position, "to"))
    visible = reached(STEPS[0])
    expected |= {("steps", number) for number, key in enumerate(STEPS) if key not in visible}
    expected |= {("endings", number) for number, one in enumerate(story["endings"]) if one["key"] not in visible}
    expected |= {("steps", number) for number, key in enumerate(STEPS) if key in visible and not endings & reached(key)}
    if not any(completing):
        expected.add(("endings",))

    found = list(unit_kinds.check_unit(Scenario.model_validate_json(json.dumps(story))))
    assert {place for place, _sentence in found} == expected
    assert all("“" in sentence or "no ending completes" in sentence for _place, sentence in found)


NO_ANSWER = {
    "one": ("options", "needs exactly one right answer"),
    "seven": ("options", "has no right answer"),
}


@pytest.mark.parametrize("key", sorted(NO_ANSWER))
def test_a_question_without_a_right_answer_is_refused_by_its_name(tmp_path: Path, key: str) -> None:
    broken = copy.deepcopy(EVERY_VALUE)
    question = next(one for one in broken["questions"] if one["key"] == key)
    for option in question["options"]:
        option["right"] = False
    (found,) = faults_of(tmp_path, "quiz", broken)
    assert NO_ANSWER[key][1] in found
    assert f"question “{key}”" in found


@pytest.mark.parametrize("field", ["pairs", "steps", "accept", "options"])
def test_a_question_with_an_empty_list_of_answers_is_refused(tmp_path: Path, field: str) -> None:
    for number, question in enumerate(EVERY_VALUE["questions"]):
        if field in question:
            broken = copy.deepcopy(EVERY_VALUE)
            broken["questions"][number][field] = []
            (found,) = faults_of(tmp_path, "quiz", broken)
            assert f"“{field}”" in found


@settings(max_examples=examples(40))
@given(st.data())
def test_a_question_that_says_the_same_twice_is_refused(data: st.DataObject) -> None:
    lists = {"options": "text", "pairs": "goes_with", "steps": None, "accept": None}
    places = [
        (number, field)
        for number, question in enumerate(EVERY_VALUE["questions"])
        for field in lists
        if len(question.get(field, ())) > 1
    ]
    number, field = data.draw(st.sampled_from(places))
    broken = copy.deepcopy(EVERY_VALUE)
    several = broken["questions"][number][field]
    first, second = data.draw(st.permutations(range(len(several))))[:2]
    assume(first != second)
    if (inner := lists[field]) is None:
        several[second] = several[first].upper() + ("." if field == "accept" else "")
    else:
        several[second][inner] = several[first][inner].upper()
    found = list(unit_kinds.check_unit(Quiz.model_validate_json(json.dumps(broken))))
    assert [place[:3] for place, _sentence in found] == [("questions", number, field)]
    assert f"“{broken['questions'][number]['key']}”" in found[0][1]


def test_an_answer_that_is_right_and_a_known_mistake_is_refused(tmp_path: Path) -> None:
    quiz = EVERY_KIND.replace("[the police, police]", "[The Safeguarding Lead]")
    with pytest.raises(PackHasFaults, match="question “five” lists “The Safeguarding Lead” twice"):
        read_pack(write_pack(tmp_path, quiz=quiz))


@pytest.mark.parametrize("figure", [".inf", ".nan", "2e12", "2000000001", "'1.5'", "true"])
def test_a_figure_that_is_none_or_is_out_of_bounds_is_refused_at_its_line(tmp_path: Path, figure: str) -> None:
    line = EVERY_KIND[: EVERY_KIND.index("answer: 1.5")].count("\n") + 1
    with pytest.raises(PackHasFaults, match=f"quiz.yaml, line {line}: "):
        read_pack(write_pack(tmp_path, quiz=EVERY_KIND.replace("answer: 1.5", f"answer: {figure}")))


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({"gate": "safe", "grades": ("risky", "unsafe")}, "no ending that completes is graded safe or safer"),
        ({"gate": "risky", "grades": ("unsafe", "safe")}, "no ending that completes is graded risky or safer"),
        ({"gate_well": 3}, "the path of the strongest replies has only 2"),
        ({"gate": "safe", "grades": ("safe", "unsafe")}, None),
        ({"gate_well": 2}, None),
    ],
)
def test_a_gate_that_nobody_could_pass_is_refused(changed: dict[str, Any], fault: str | None) -> None:
    grades = changed.pop("grades", (None, None))
    story = {**copy.deepcopy(STORY_VALUE), **changed}
    for ending, grade in zip(story["endings"], grades, strict=True):
        ending["grade"] = grade
    found = [sentence for _place, sentence in unit_kinds.check_unit(Scenario.model_validate_json(json.dumps(story)))]
    assert (found == []) if fault is None else (len(found) == 1 and fault in found[0])
