"""What keeps somebody from a duty is clearance taken apart: the two never disagree."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from progression.clearance import clearances
from progression.duties import Duty
from progression.facts import Fact
from progression.intervals import ALWAYS_SINCE, FOR_EVER, Interval, covers
from progression.missing import MissingRequirement, missing_for_duty
from progression.pathway import Pathway
from progression.stages import Stage
from tests.progression.facts import (
    GROWN_UP,
    LONDON,
    SHIPPED_PATHWAY,
    a_moderator,
    agreed,
    checked,
    day,
    observed,
    safe,
    signed_off,
    stepped_back,
    trained,
)

ALL_TIME = Interval(ALWAYS_SINCE, FOR_EVER)
MARCH = Interval(day("2026-03-01"), day("2026-04-01"))
PEER = [agreed("2025-06-01"), signed_off(Stage.PEER, "2025-07-01"), safe("2025-06-15")]


def lacks(
    facts: list[Fact],
    duty: Duty,
    *,
    born_on: date | None = GROWN_UP,
    pathways: list[tuple[Interval, Pathway]] | None = None,
) -> tuple[MissingRequirement, ...]:
    ways = pathways or [(ALL_TIME, SHIPPED_PATHWAY)]
    return missing_for_duty(ways, facts, duty, LONDON, born_on=born_on, at=day("2026-02-20"), within=MARCH)


def codes(found: tuple[MissingRequirement, ...]) -> list[str]:
    return [lack.evidence for lack in found]


def test_nothing_keeps_a_moderator_from_moderating() -> None:
    assert lacks(a_moderator(), Duty.MODERATOR) == ()


def test_a_peer_lacks_what_the_step_and_the_duty_ask_for_and_the_sign_off() -> None:
    found = lacks([*PEER, trained("2025-08-01")], Duty.MODERATOR)
    assert codes(found) == ["check:dbs-enhanced", "observed:shift", "sign-off:volunteer"]
    assert found[-1].title == "Sign-off as volunteer"


def test_what_the_step_asked_for_is_not_asked_again_once_signed_off() -> None:
    facts = [fact for fact in a_moderator() if fact.kind != "observed"]
    assert lacks(facts, Duty.MODERATOR) == ()


def test_a_member_lacks_both_steps_in_their_order() -> None:
    found = codes(lacks([], Duty.MODERATOR))
    assert [code for code in found if code.startswith("sign-off")] == ["sign-off:peer", "sign-off:volunteer"]
    assert "observed:welcome-talk" in found


def test_a_course_that_lapses_in_the_time_says_until_when_it_was_held() -> None:
    [lack] = lacks([*PEER, trained("2025-08-01", until="2026-03-10")], Duty.HOST)
    assert (lack.evidence, lack.held) == ("training:conflict", (Interval(day("2025-08-01"), day("2026-03-11")),))


def test_whose_age_is_not_known_lacks_it() -> None:
    assert codes(lacks(a_moderator(), Duty.MODERATOR, born_on=None)) == ["age:18"]


def test_a_pathway_to_come_is_asked_about_its_own_time_only() -> None:
    values = SHIPPED_PATHWAY.model_dump(mode="json")
    values["duties"]["host"]["needs"].append("dbs-check")
    stricter = Pathway.model_validate(values)
    first, then = Interval(ALWAYS_SINCE, day("2026-03-20")), Interval(day("2026-03-20"), FOR_EVER)
    facts = [*PEER, trained("2025-08-01")]
    [lack] = lacks(facts, Duty.HOST, pathways=[(first, SHIPPED_PATHWAY), (then, stricter)])
    assert (lack.evidence, lack.held) == ("check:dbs-enhanced", (first,))
    after = Interval(day("2026-05-01"), FOR_EVER)
    until = Interval(ALWAYS_SINCE, after.start)
    assert lacks(facts, Duty.HOST, pathways=[(until, SHIPPED_PATHWAY), (after, stricter)]) == ()


@pytest.mark.parametrize("duty", list(Duty))
@pytest.mark.parametrize(
    "facts",
    [
        [],
        PEER,
        [*PEER, trained("2025-08-01", until="2026-03-10")],
        a_moderator(),
        [*a_moderator(), stepped_back(Stage.PEER, "2026-02-01")],
        [*a_moderator(), observed("lead", "2026-02-10"), signed_off(Stage.STAFF, "2026-02-15")],
        [
            *PEER,
            checked("2025-09-01", until="2026-03-20"),
            trained("2025-08-01"),
            signed_off(Stage.VOLUNTEER, "2026-01-05"),
        ],
    ],
)
def test_somebody_is_cleared_for_a_shift_just_where_nothing_is_lacking(facts: list[Fact], duty: Duty) -> None:
    cleared = clearances(facts, SHIPPED_PATHWAY, duty, LONDON, born_on=GROWN_UP)
    found = lacks(facts, duty)
    for number in range(31):
        starts_at = day("2026-03-01") + timedelta(days=number)
        ends_at = min(starts_at + timedelta(hours=30), MARCH.end)
        assert covers(cleared, starts_at, ends_at) is all(covers(lack.held, starts_at, ends_at) for lack in found)
