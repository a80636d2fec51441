"""Walking a story: where one stands is worked out from the choices made."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.policies import yaml_lines
from app.refusals import Invalid, PageOutOfDate
from tests.training.courses import STORY as SMALL_STORY
from tests.training.courses import shipped
from training import scenario
from training.pack import Ending, Scenario, Step
from training.scenario import ChoiceMade, ScenarioPath

unit = shipped().unit("the-thread-at-1-am")
assert isinstance(unit, Scenario)
STORY: Scenario = unit
DONE_WELL = [ChoiceMade("first-look", "name-both"), ChoiceMade("moss-joins", "hide-kindly")]


def test_a_walk_begins_at_the_first_step() -> None:
    assert scenario.path_of(STORY, []).at == STORY.steps[0]


def test_going_back_replaces_the_choice_and_keeps_the_rest() -> None:
    taken = [
        ChoiceMade("first-look", "name-both"),
        ChoiceMade("moss-joins", "shame-moss"),
        ChoiceMade("moss-joins", "hide-kindly"),
    ]
    path = scenario.path_of(STORY, taken)
    assert [choice.key for _step, choice in path.choices] == ["name-both", "hide-kindly"]
    assert path.at.key == "who-can-i-talk-to"


def test_the_best_reply_stands_in_no_fixed_place_and_a_walk_keeps_its_order() -> None:
    places = {scenario.shuffled_choices(step, seed=1).index(scenario.strongest(step)) for step in STORY.steps}
    assert len(places) > 1
    step = STORY.steps[0]
    assert {scenario.shuffled_choices(step, seed=seed).index(step.choices[0]) for seed in range(40)} == set(range(4))
    assert scenario.shuffled_choices(step, seed=7) == scenario.shuffled_choices(step, seed=7)
    assert sorted(choice.key for choice in scenario.shuffled_choices(step, seed=7)) == sorted(
        choice.key for choice in step.choices
    )


def test_one_may_go_back_from_an_ending() -> None:
    taken = [ChoiceMade("first-look", "wait"), ChoiceMade("it-climbs", "close"), ChoiceMade("door-shut", "morning")]
    assert scenario.path_of(STORY, taken).ending is not None
    again = scenario.path_of(STORY, [*taken, ChoiceMade("door-shut", "reach-out")])
    assert again.at.key == "the-promise"


def test_a_choice_for_a_step_elsewhere_is_refused() -> None:
    with pytest.raises(PageOutOfDate):
        scenario.path_of(STORY, [ChoiceMade("the-promise", "honest")])


def test_going_back_two_steps_is_refused() -> None:
    with pytest.raises(PageOutOfDate):
        scenario.path_of(STORY, [*DONE_WELL, ChoiceMade("first-look", "wait")])


def test_a_choice_that_the_step_has_not_is_refused() -> None:
    with pytest.raises(Invalid, match="Choose one"):
        scenario.path_of(STORY, [ChoiceMade("first-look", "dance")])


@given(st.lists(st.integers(0, 4), max_size=60), st.data())
def test_wherever_one_wanders_there_is_a_way_to_a_good_ending(picks: list[int], data: st.DataObject) -> None:
    path = scenario.path_of(STORY, [])
    for pick in picks:
        going_back = path.last is not None and data.draw(st.booleans())
        step = path.last[0] if going_back and path.last else path.at
        if isinstance(step, Ending):
            break
        choice = step.choices[pick % len(step.choices)]
        path = scenario.choose(STORY, path, ChoiceMade(step.key, choice.key))
    for _ in range(len(STORY.steps)):
        if isinstance(path.at, Step):
            path = scenario.choose(STORY, path, ChoiceMade(path.at.key, scenario.strongest(path.at).key))
    ending = path.ending
    assert ending is not None
    assert ending.completes or ending.key == "the-door-closed"


def small(**changed: object) -> Scenario:
    """The small story, with some of its fields changed."""
    return Scenario.model_validate_json(json.dumps({**yaml_lines.read(SMALL_STORY).value, **changed}))


def played(story: Scenario, *choices: str) -> ScenarioPath:
    path = scenario.path_of(story, [])
    for choice in choices:
        assert isinstance(path.at, Step)
        path = scenario.choose(story, path, ChoiceMade(path.at.key, choice))
    return path


def test_an_ending_without_a_grade_is_safe_if_it_completes_and_else_unsafe() -> None:
    assert [ending.graded for ending in small().endings] == ["safe", "unsafe"]


@pytest.mark.parametrize(
    ("gate", "grade", "completes"),
    [
        (None, "risky", True),
        (None, "unsafe", True),
        ("risky", "safe", True),
        ("risky", "risky", True),
        ("risky", "unsafe", False),
        ("safe", "safe", True),
        ("safe", "risky", False),
    ],
)
def test_a_gate_lets_through_its_grade_and_better_ones(gate: str | None, grade: str, completes: bool) -> None:
    glad, sad = yaml_lines.read(SMALL_STORY).value["endings"]
    story = small(gate=gate, endings=[{**glad, "grade": grade}, sad])
    assert scenario.completes(story, played(story, "kind", "stay")) == completes


def test_no_gate_makes_an_ending_complete_that_does_not() -> None:
    story = small(gate="risky")
    assert not scenario.completes(story, played(story, "rude"))


@pytest.mark.parametrize(
    ("choices", "completes"), [(("kind", "stay"), False), (("kind", "back", "kind", "stay"), True)]
)
def test_a_gate_can_ask_how_many_replies_landed_well(choices: tuple[str, ...], completes: bool) -> None:
    story = small(gate_well=3)
    assert scenario.completes(story, played(story, *choices)) == completes
