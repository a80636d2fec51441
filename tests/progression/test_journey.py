"""The journey: what one has, what is missing, what is nearest."""

from __future__ import annotations

from datetime import date

import pytest

from progression.checks import Outcome
from progression.duties import Duty
from progression.fact_kinds import FactKind
from progression.facts import Fact
from progression.journey import Journey, NeedState, journey_of, step_ahead
from progression.stages import Stage
from tests.progression.facts import (
    GROWN_UP,
    LONDON,
    SHIPPED_PATHWAY,
    a_moderator,
    agreed,
    checked,
    day,
    fact,
    observed,
    safe,
    signed_off,
    stepped_back,
    trained,
    withdrawal,
)


def journey(facts: list[Fact], on: str, *, born_on: date | None = GROWN_UP) -> Journey:
    return journey_of(facts, SHIPPED_PATHWAY, LONDON, born_on=born_on, at=day(on, 12))


def states(found: Journey) -> dict[str, NeedState]:
    assert found.step
    return {each.need.key: each.state for each in found.step.needs}


A_PEER = [
    agreed("2025-06-01"),
    observed("welcome-talk", "2025-06-10"),
    safe("2025-06-15"),
    signed_off(Stage.PEER, "2025-07-01"),
]


def test_a_newcomer_begins_with_what_they_can_do_alone() -> None:
    found = journey([], "2026-03-01")
    assert found.stage is Stage.USER
    assert states(found) == {"code-of-conduct": NeedState.MISSING, "welcome-talk": NeedState.MISSING}
    assert found.nearest
    assert found.nearest.need.key == "code-of-conduct"
    assert found.nearest.is_up_to_them


def test_when_nothing_is_left_to_do_alone_the_next_thing_needs_somebody() -> None:
    found = journey([agreed("2026-01-01")], "2026-03-01")
    assert found.nearest
    assert found.nearest.need.key == "welcome-talk"
    assert not found.nearest.is_up_to_them


def test_the_course_comes_before_what_needs_somebody_else() -> None:
    found = journey(A_PEER, "2026-03-01")
    assert found.nearest
    assert found.nearest.need.evidence == "training:conflict"


def test_nothing_missing_is_ready() -> None:
    found = journey(a_moderator()[:-1], "2026-03-01")
    assert found.step
    assert found.step.is_ready
    assert found.step.to is Stage.VOLUNTEER
    assert found.nearest is None


def test_only_time_missing_is_nothing_to_do() -> None:
    found = journey(a_moderator()[:-1], "2026-03-01", born_on=date(2010, 1, 1))
    assert found.step
    assert [each.need.evidence for each in found.step.unmet] == ["age:18"]
    assert found.nearest is None


@pytest.mark.parametrize(
    ("until", "state", "days_left"),
    [
        (None, NeedState.MET, None),
        ("2026-12-31", NeedState.MET, 305),
        ("2026-05-01", NeedState.MET, 61),
        ("2026-04-29", NeedState.LAPSES_SOON, 59),
        ("2026-03-01", NeedState.LAPSES_SOON, 0),
        ("2026-02-28", NeedState.LAPSED, None),
    ],
)
def test_what_lapses_soon_says_so(until: str | None, state: NeedState, days_left: int | None) -> None:
    found = journey([*A_PEER, trained("2025-08-01", until=until)], "2026-03-01")
    assert found.step
    (conflict,) = [each for each in found.step.needs if each.need.key == "conflict"]
    assert (conflict.state, conflict.days_left) == (state, days_left)
    assert conflict.is_met == (state is not NeedState.LAPSED)
    assert [proof.kind for proof in conflict.proof] == ["training"]


def test_the_last_day_is_the_day_the_clock_shows_in_the_organisations_zone() -> None:
    found = journey([*A_PEER, trained("2025-08-01", until="2026-07-10")], "2026-06-01")
    assert found.step
    (conflict,) = [each for each in found.step.needs if each.need.key == "conflict"]
    assert conflict.holds_until == date(2026, 7, 10)  # although it ends on the 10th at 23:00 UTC


def test_what_holds_up_todays_duties_goes_before_the_next_step() -> None:
    facts = [each for each in a_moderator() if each.requirement != "training:conflict"] + [
        trained("2025-08-01", until="2026-03-20")
    ]
    found = journey(facts, "2026-03-01")
    assert [each.need.key for each in found.at_stake] == ["conflict"]
    assert found.nearest
    assert found.nearest.need.key == "conflict"


def test_what_a_higher_duty_lacks_is_not_at_stake() -> None:
    assert journey([agreed("2025-06-01")], "2026-03-01").at_stake == ()


def test_a_duty_says_until_when_as_things_stand() -> None:
    facts = [each for each in a_moderator() if each.kind != FactKind.CHECK] + [
        checked("2025-09-01", until="2026-09-30")
    ]
    duties = {each.duty: each for each in journey(facts, "2026-03-01").duties}
    assert duties[Duty.MODERATOR].is_cleared
    assert duties[Duty.MODERATOR].holds_until == date(2026, 9, 30)
    assert duties[Duty.HOST].holds_until is None
    assert not duties[Duty.LEAD].is_cleared
    assert [each.need.key for each in duties[Duty.LEAD].unmet] == ["lead"]


def test_a_check_that_was_followed_by_a_refusal_is_lapsed_and_not_met() -> None:
    facts = [*A_PEER, checked("2025-09-01"), checked("2026-01-10", outcome=Outcome.NOT_SUITABLE)]
    assert states(journey(facts, "2026-03-01"))["dbs-enhanced"] is NeedState.LAPSED


def test_not_yet_is_shown_until_a_step_is_taken_or_it_is_withdrawn() -> None:
    said = fact(FactKind.NOT_YET, "volunteer", "2026-02-01")
    assert journey([*A_PEER, said], "2026-03-01").not_yet == said
    assert journey([*A_PEER, said, withdrawal(said, "2026-02-02")], "2026-03-01").not_yet is None
    assert journey([*A_PEER, said, signed_off(Stage.VOLUNTEER, "2026-02-20")], "2026-03-01").not_yet is None
    assert journey([*A_PEER, said, stepped_back(Stage.USER, "2026-02-20")], "2026-03-01").not_yet is None


def test_the_end_of_the_road_has_no_step() -> None:
    facts = [*a_moderator(), signed_off(Stage.STAFF, "2026-02-20")]
    assert journey(facts, "2026-03-01").step is None
    assert step_ahead(facts, SHIPPED_PATHWAY, LONDON, born_on=GROWN_UP, at=day("2026-03-01")) is None


def test_each_stage_knows_since_when() -> None:
    found = journey(a_moderator(), "2026-03-01")
    assert found.since == {Stage.PEER: day("2025-07-01"), Stage.VOLUNTEER: day("2026-02-01")}
    assert [each.key for each in found.decisions] == ["volunteer", "peer"]
