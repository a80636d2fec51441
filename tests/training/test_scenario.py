"""Walking a story: where one stands is worked out from the choices made."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.refusals import Invalid
from tests.training.courses import shipped
from training import scenario
from training.pack import Ending, Scenario, Step
from training.scenario import NotWhereYouAre, Taken

unit = shipped().unit("the-thread-at-1-am")
assert isinstance(unit, Scenario)
STORY: Scenario = unit
DONE_WELL = [Taken("first-look", "name-both"), Taken("moss-joins", "hide-kindly")]


def test_a_walk_begins_at_the_first_step() -> None:
    assert scenario.walk(STORY, []).at == STORY.steps[0]


def test_going_back_replaces_the_choice_and_keeps_the_rest() -> None:
    taken = [Taken("first-look", "name-both"), Taken("moss-joins", "shame-moss"), Taken("moss-joins", "hide-kindly")]
    walk = scenario.walk(STORY, taken)
    assert [choice.key for _step, choice in walk.path] == ["name-both", "hide-kindly"]
    assert walk.at.key == "who-can-i-talk-to"


def test_the_best_reply_stands_in_no_fixed_place_and_a_walk_keeps_its_order() -> None:
    places = {scenario.laid_out(step, seed=1).index(scenario.strongest(step)) for step in STORY.steps}
    assert len(places) > 1
    step = STORY.steps[0]
    assert {scenario.laid_out(step, seed=seed).index(step.choices[0]) for seed in range(40)} == set(range(4))
    assert scenario.laid_out(step, seed=7) == scenario.laid_out(step, seed=7)
    assert sorted(choice.key for choice in scenario.laid_out(step, seed=7)) == sorted(
        choice.key for choice in step.choices
    )


def test_one_may_go_back_from_an_ending() -> None:
    taken = [Taken("first-look", "wait"), Taken("it-climbs", "close"), Taken("door-shut", "morning")]
    assert scenario.walk(STORY, taken).ending is not None
    again = scenario.walk(STORY, [*taken, Taken("door-shut", "reach-out")])
    assert again.at.key == "the-promise"


def test_a_choice_for_a_step_elsewhere_is_refused() -> None:
    with pytest.raises(NotWhereYouAre):
        scenario.walk(STORY, [Taken("the-promise", "honest")])


def test_going_back_two_steps_is_refused() -> None:
    with pytest.raises(NotWhereYouAre):
        scenario.walk(STORY, [*DONE_WELL, Taken("first-look", "wait")])


def test_a_choice_that_the_step_has_not_is_refused() -> None:
    with pytest.raises(Invalid, match="Choose one"):
        scenario.walk(STORY, [Taken("first-look", "dance")])


@given(st.lists(st.integers(0, 4), max_size=60), st.data())
def test_wherever_one_wanders_there_is_a_way_to_a_good_ending(picks: list[int], data: st.DataObject) -> None:
    walk = scenario.walk(STORY, [])
    for pick in picks:
        going_back = walk.last is not None and data.draw(st.booleans())
        step = walk.last[0] if going_back and walk.last else walk.at
        if isinstance(step, Ending):
            break
        choice = step.choices[pick % len(step.choices)]
        walk = scenario.choose(STORY, walk, Taken(step.key, choice.key))
    for _ in range(len(STORY.steps)):
        if isinstance(walk.at, Step):
            walk = scenario.choose(STORY, walk, Taken(walk.at.key, scenario.strongest(walk.at).key))
    ending = walk.ending
    assert ending is not None
    assert ending.completes or ending.key == "the-door-closed"
