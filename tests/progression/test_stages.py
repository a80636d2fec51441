"""A stage is the fold of the evidence."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from progression.fact_kinds import FactKind
from progression.facts import Fact
from progression.intervals import FOR_EVER, Interval
from progression.stages import Stage, stage_changes, stage_reached, times_at_or_above
from tests.progression.facts import agreed, day, fact, signed_off, stepped_back, trained, withdrawal

TO_PEER = signed_off(Stage.PEER, "2025-07-01")
TO_VOLUNTEER = signed_off(Stage.VOLUNTEER, "2026-02-01")
BACK_TO_PEER = stepped_back(Stage.PEER, "2026-04-01")


@pytest.mark.parametrize(
    ("facts", "at", "stage"),
    [
        ([], "2026-01-01", Stage.USER),
        ([agreed("2025-01-01"), trained("2025-01-02")], "2026-01-01", Stage.USER),
        ([TO_PEER], "2025-06-30", Stage.USER),
        ([TO_PEER], "2025-07-01", Stage.PEER),
        ([TO_PEER, TO_VOLUNTEER], "2026-03-01", Stage.VOLUNTEER),
        ([TO_VOLUNTEER, TO_PEER], "2026-03-01", Stage.VOLUNTEER),
        ([TO_PEER, TO_VOLUNTEER, BACK_TO_PEER], "2026-03-31", Stage.VOLUNTEER),
        ([TO_PEER, TO_VOLUNTEER, BACK_TO_PEER], "2026-04-01", Stage.PEER),
        ([TO_PEER, TO_VOLUNTEER, withdrawal(TO_VOLUNTEER, "2026-03-01")], "2026-03-02", Stage.PEER),
        (
            [TO_PEER, TO_VOLUNTEER, BACK_TO_PEER, withdrawal(BACK_TO_PEER, "2026-04-02")],
            "2026-04-03",
            Stage.VOLUNTEER,
        ),
        ([TO_PEER, fact(FactKind.NOT_YET, "volunteer", "2025-08-01")], "2025-08-02", Stage.PEER),
    ],
)
def test_the_stage_follows_the_decisions(facts: list[Fact], at: str, stage: Stage) -> None:
    assert stage_reached(facts, at=day(at)) is stage


def test_stages_are_compared_by_the_pathway_and_not_by_the_alphabet() -> None:
    assert sorted(["volunteer", "user", "staff", "peer"], key=Stage) == ["user", "peer", "volunteer", "staff"]
    assert Stage.STAFF > Stage.USER
    assert Stage.STAFF >= Stage.VOLUNTEER >= Stage.VOLUNTEER
    assert Stage.USER <= Stage.PEER < Stage.VOLUNTEER


def test_the_pathway_has_a_first_and_a_last_stage() -> None:
    assert Stage.USER.preceding is None
    assert Stage.STAFF.following is None
    assert Stage.PEER.following is Stage.VOLUNTEER
    assert Stage.PEER.preceding is Stage.USER


def test_a_step_back_ends_the_time_at_a_stage_and_a_new_sign_off_begins_it_again() -> None:
    again = signed_off(Stage.VOLUNTEER, "2026-06-01")
    facts = [TO_PEER, TO_VOLUNTEER, BACK_TO_PEER, again]
    assert times_at_or_above(facts, Stage.VOLUNTEER) == (
        Interval(day("2026-02-01"), day("2026-04-01")),
        Interval(day("2026-06-01"), FOR_EVER),
    )
    assert times_at_or_above(facts, Stage.PEER) == (Interval(day("2025-07-01"), FOR_EVER),)
    assert times_at_or_above(facts, Stage.STAFF) == ()


def test_a_stage_taken_back_at_the_very_instant_it_began_never_held() -> None:
    facts = [TO_PEER, stepped_back(Stage.USER, "2025-07-01")]
    assert times_at_or_above(facts, Stage.PEER) == ()


steps = st.lists(
    st.tuples(
        st.sampled_from([FactKind.SIGN_OFF, FactKind.STEP_BACK]),
        st.sampled_from(list(Stage)),
        st.integers(min_value=1, max_value=28),
    ),
    max_size=8,
)


@given(steps, st.integers(min_value=1, max_value=28), st.sampled_from([Stage.PEER, Stage.VOLUNTEER, Stage.STAFF]))
def test_the_times_at_a_stage_agree_with_the_stage_at_each_instant(
    steps: list[tuple[FactKind, Stage, int]], on: int, stage: Stage
) -> None:
    facts = [fact(kind, reached.value, f"2026-01-{number:02}") for kind, reached, number in steps]
    at = day(f"2026-01-{on:02}")
    inside = any(span.start <= at < span.end for span in times_at_or_above(facts, stage))
    assert inside == (stage_reached(facts, at=at) >= stage)
    assert [at for at, _ in stage_changes(facts)] == sorted(at for at, _ in stage_changes(facts))
