"""What lapses, and when: the day before, the day, the second, leap day, and both changes of the clocks."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from app import clock
from progression.clearance import clearances
from progression.duties import Duty
from progression.facts import Fact
from progression.lapses import Lapse, lapses
from progression.stages import Stage
from tests.progression.facts import (
    GROWN_UP,
    LONDON,
    SHIPPED_PATHWAY,
    a_moderator,
    checked,
    day,
    safe,
    signed_off,
    trained,
    withdrawal,
)


def a_host(*, trained_until: str) -> list[Fact]:
    """Somebody who may host until the day on which a course lapses."""
    from_moderator = [
        fact for fact in a_moderator() if fact.kind in ("accepted", "sign-off") and fact.key != "volunteer"
    ]
    return [*from_moderator, safe("2025-06-15"), trained("2025-08-01", trained_until)]


def lapsing(facts: list[Fact], at: datetime, until: str) -> list[Lapse]:
    return lapses(facts, SHIPPED_PATHWAY, LONDON, born_on=GROWN_UP, at=at, until=date.fromisoformat(until))


@pytest.mark.parametrize("last_day", ["2027-06-30", "2028-02-29", "2027-03-28", "2027-10-31", "2027-12-31"])
def test_what_ends_is_found_up_to_its_last_day_and_until_the_last_second_of_it(last_day: str) -> None:
    facts = a_host(trained_until=last_day)
    ends = clock.ends(date.fromisoformat(last_day), LONDON)
    before = (date.fromisoformat(last_day) - timedelta(days=1)).isoformat()
    assert lapsing(facts, day("2027-01-10"), before) == []
    (lapse,) = lapsing(facts, day("2027-01-10"), last_day)
    assert (lapse.code, lapse.last_day.isoformat(), lapse.duties) == ("conflict", last_day, (Duty.HOST,))
    assert lapse.rests_on == (facts[-1].id,)
    assert lapsing(facts, ends - timedelta(seconds=1), last_day) == [lapse]
    assert lapsing(facts, ends, last_day) == [], "it has lapsed, so it no longer will"
    (allowed,) = clearances(facts, SHIPPED_PATHWAY, Duty.HOST, LONDON, born_on=GROWN_UP)
    assert allowed.end == ends


def test_what_was_renewed_before_its_end_does_not_lapse() -> None:
    facts = [*a_host(trained_until="2027-06-30"), trained("2027-06-01", "2028-06-01")]
    assert lapsing(facts, day("2027-06-02"), "2027-12-31") == []
    renewed_too_late = [*a_host(trained_until="2027-06-30"), trained("2027-07-02", "2028-06-01")]
    assert [each.last_day for each in lapsing(renewed_too_late, day("2027-06-02"), "2027-12-31")] == [date(2027, 6, 30)]


def test_a_renewal_that_was_withdrawn_never_counted() -> None:
    renewal = trained("2027-06-01", "2028-06-01")
    facts = [*a_host(trained_until="2027-06-30"), renewal, withdrawal(renewal, "2027-06-03")]
    assert [each.code for each in lapsing(facts, day("2027-06-04"), "2027-12-31")] == ["conflict"]


def test_what_no_duty_of_theirs_rests_on_can_end_without_a_word() -> None:
    assert lapsing([trained("2025-08-01", "2027-06-30")], day("2027-06-01"), "2027-12-31") == []
    peer_with_a_check = [*a_host(trained_until="2030-01-01"), checked("2026-01-01", "2027-06-30")]
    assert lapsing(peer_with_a_check, day("2027-06-01"), "2027-12-31") == []


def test_everything_of_a_moderator_that_ends_comes_in_order_of_time_with_the_duties_that_end() -> None:
    facts = [fact for fact in a_moderator() if fact.kind not in ("training", "check")] + [
        safe("2025-06-15", "2027-05-01"),
        trained("2025-08-01", "2027-04-01"),
        checked("2025-09-01", "2027-04-01"),
    ]
    found = [(each.code, each.duties) for each in lapsing(facts, day("2027-03-01"), "2027-05-01")]
    assert found == [
        ("conflict", (Duty.HOST, Duty.MODERATOR)),
        ("dbs-check", (Duty.MODERATOR,)),
        ("safeguarding", (Duty.SHADOW, Duty.HOST, Duty.MODERATOR)),
    ]


def test_who_may_do_nothing_now_has_nothing_to_lose() -> None:
    lapsed = a_host(trained_until="2027-01-31")
    without_sign_off = [
        fact for fact in a_host(trained_until="2027-06-30") if fact != signed_off(Stage.PEER, "2025-07-01")
    ]
    assert lapsing(lapsed, day("2027-03-01"), "2027-12-31") == []
    nobody = [fact for fact in without_sign_off if fact.kind != "sign-off"]
    assert lapsing(nobody, day("2027-03-01"), "2027-12-31") == []
