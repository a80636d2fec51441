"""What marks come to: every must is passed, few others are missed, and of two that differ a third decides."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.policies import documents
from progression.duties import Duty
from tests.times import NOW
from training.practicals import rubrics, rules
from training.practicals.rubrics import Criterion, PracticalRubrics, Rubric
from training.practicals.rules import Hindrance, Result, Work


def criterion(key: str, *, must: bool = False) -> Criterion:
    return Criterion(key=key, title=key, levels=("No", "Yes", "Well"), passes_from=2, must_pass=must)


RUBRIC = Rubric(criteria=(criterion("safety", must=True), criterion("calm"), criterion("fair")), may_miss=1)
LEVELS = st.fixed_dictionaries({"safety": st.integers(1, 3), "calm": st.integers(1, 3), "fair": st.integers(1, 3)})


@given(LEVELS)
def test_a_pass_needs_every_must_and_misses_no_more_than_the_rubric_lets(levels: dict[str, int]) -> None:
    missed = [key for key, level in levels.items() if level < 2]
    assert rules.passes(RUBRIC, levels) == ("safety" not in missed and len(missed) <= 1)


@given(LEVELS, st.sampled_from(["safety", "calm", "fair"]))
def test_a_higher_level_never_takes_a_pass_away(levels: dict[str, int], key: str) -> None:
    if rules.passes(RUBRIC, levels):
        assert rules.passes(RUBRIC, levels | {key: min(3, levels[key] + 1)})


def test_a_criterion_without_a_level_is_not_passed() -> None:
    assert not rules.passes(RUBRIC, {"calm": 3, "fair": 3})


@pytest.mark.parametrize(
    ("markers", "verdicts", "result"),
    [
        (1, [], Result.WAITS),
        (1, [True], Result.PASSED),
        (1, [False], Result.AGAIN),
        (2, [True], Result.WAITS),
        (2, [True, True], Result.PASSED),
        (2, [False, False], Result.AGAIN),
        (2, [True, False], Result.WAITS),
        (2, [True, False, True], Result.PASSED),
        (2, [False, True, False], Result.AGAIN),
    ],
)
def test_what_several_marks_come_to(markers: int, verdicts: list[bool], result: Result) -> None:
    assert rules.result(markers, verdicts) is result


@pytest.mark.parametrize(
    ("changed", "hindrance"),
    [
        ({}, None),
        ({"learner_id": 7}, Hindrance.OWN),
        ({"stood_aside": {7}}, Hindrance.STOOD_ASIDE),
        ({"marked_by": {7}}, Hindrance.MARKED_BEFORE),
        ({"waits": False}, Hindrance.DOES_NOT_WAIT),
        ({"taken_by": 8, "taken_until": NOW + timedelta(minutes=1)}, Hindrance.TAKEN),
        ({"taken_by": 8, "taken_until": NOW}, None),
        ({"taken_by": 7, "taken_until": NOW - timedelta(days=9)}, None),
    ],
)
def test_who_may_not_mark_a_piece_of_work(changed: dict[str, object], hindrance: Hindrance | None) -> None:
    work = Work(**({"learner_id": 1, "waits": True, "marked_by": (), "stood_aside": ()} | changed))  # type: ignore[arg-type]  # a part of each case
    assert rules.hindrance(work, 7, may_mark=True, now=NOW) is hindrance
    assert rules.hindrance(work, 7, may_mark=False, now=NOW) is Hindrance.NO_MARKER


def test_another_try_opens_so_many_weeks_later() -> None:
    assert rules.may_try_again_on(date(2027, 2, 18), 0) == date(2027, 2, 18)
    assert rules.may_try_again_on(date(2027, 2, 18), 2) == date(2027, 3, 4)


def test_the_shipped_rubrics_name_each_duty_that_counts_as_cover_and_its_safety_is_a_must() -> None:
    shipped = documents.shipped(PracticalRubrics, rubrics.SHIPPED)
    assert set(shipped.rubrics) == {duty for duty in Duty if duty.counts_as_cover}
    for rubric in shipped.rubrics.values():
        assert any(each.key == "safety" and each.must_pass for each in rubric.criteria)
