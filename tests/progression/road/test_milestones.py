"""Milestones: the first shift, the tenth night, a year; each on its day, none for what was withdrawn."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from progression.facts import Fact
from progression.road.milestones import Milestone, milestones
from tests.progression.facts import fact, withdrawal

LONDON = ZoneInfo("Europe/London")
FIRST = date(2026, 1, 5)


def shift(number: int, *, night: bool = False) -> Fact:
    """The nth shift, one a day."""
    on = (FIRST + timedelta(days=number - 1)).isoformat()
    return fact("worked", "shift", on, minutes=240, duty="moderator", night=night, seat=number)


def reached(facts: list[Fact], today: date = date(2026, 6, 1), joined_on: date = date(2026, 1, 1)) -> list[Milestone]:
    return milestones(facts, joined_on=joined_on, today=today, zone=LONDON)


def test_the_first_shift_and_the_tenth_count_on_their_days_and_the_ninth_does_not() -> None:
    assert reached([]) == []
    nine = [shift(number) for number in range(1, 10)]
    assert [each.title for each in reached(nine)] == ["Your first shift"]
    assert reached([*nine, shift(10)])[0] == Milestone(date(2026, 1, 14), "10 shifts")


def test_nights_are_counted_apart_and_by_the_day_they_end_in_the_organisations_zone() -> None:
    late = shift(1, night=True)._replace(happened_at=datetime(2026, 7, 1, 23, 30, tzinfo=UTC))
    found = reached([late], today=date(2026, 8, 1))
    assert found == [Milestone(date(2026, 7, 2), "Your first shift"), Milestone(date(2026, 7, 2), "Your first night")]


def test_a_shift_that_was_withdrawn_is_no_milestone() -> None:
    wrong = shift(1)
    assert reached([wrong, withdrawal(wrong, "2026-02-01")]) == []


def test_a_year_is_full_on_its_day_and_not_the_day_before_also_after_a_leap_day() -> None:
    joined_on = date(2024, 2, 29)
    assert reached([], date(2025, 2, 27), joined_on) == []
    assert reached([], date(2025, 2, 28), joined_on) == [Milestone(date(2025, 2, 28), "1 year with us")]
    assert reached([], date(2028, 2, 29), joined_on)[0] == Milestone(date(2028, 2, 29), "4 years with us")
