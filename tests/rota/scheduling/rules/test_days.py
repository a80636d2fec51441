"""Rules about days and totals, each alone, on both sides of its edge."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from progression.duties import Duty
from rota.scheduling.roster import Limits, Roster, RosterShift
from tests.rota.scheduling.rosters import LONDON, at, line, person, roster, shift, stint
from tests.rota.scheduling.rules.check_and_engine import NEW_YORK, days, is_kept, on, only, worked


@pytest.mark.parametrize(("numbers", "keeps"), [((0, 1, 2), True), ((0, 1, 2, 3), False), ((0, 1, 2, 4), True)])
def test_nobody_is_on_duty_too_many_days_in_a_row(numbers: tuple[int, ...], keeps: bool) -> None:
    assert is_kept(worked(*days(*numbers), rules=only("longest_run", most=3)), "longest_run") is keeps


def test_a_run_goes_on_from_the_days_before_the_period() -> None:
    before = tuple(stint(at(day, 9)) for day in (-2, -1))
    assert is_kept(worked(*days(0), rules=only("longest_run", most=3), commitments=before), "longest_run")
    assert not is_kept(worked(*days(0, 1), rules=only("longest_run", most=3), commitments=before), "longest_run")


@pytest.mark.parametrize(
    ("numbers", "keeps"), [((0, 2, 3, 6), True), ((0, 2, 4, 6), False), ((0, 6), True), ((1, 6), False)]
)
def test_a_run_within_the_period_is_as_long_as_asked(numbers: tuple[int, ...], keeps: bool) -> None:
    # The first and last days of the period are kept open by an empty shift, so that only runs inside are judged.
    crew = person(1, limits=Limits(shortest_run=2))
    open_ends = [shift(at(day, 15), 1, line(Duty.HOST, 0)) for day in (0, 6)]
    example = roster([crew], [shift(s, h) for s, h in days(*numbers)] + open_ends, rules=only("shortest_run"))
    assert is_kept(example, "shortest_run") is keeps


@pytest.mark.parametrize(("numbers", "keeps"), [((0, 3), True), ((0, 2), False), ((0, 1), True)])
def test_days_off_come_in_a_row(numbers: tuple[int, ...], keeps: bool) -> None:
    assert is_kept(worked(*days(*numbers), rules=only("shortest_break", least=2)), "shortest_break") is keeps


@pytest.mark.parametrize(("numbers", "keeps"), [((0, 1), True), ((0, 1, 2), False), ((0, 1, 3), True)])
def test_nobody_has_too_many_nights_in_a_row(numbers: tuple[int, ...], keeps: bool) -> None:
    example = worked(*days(*numbers, hour=22, hours=8), rules=only("nights_in_a_row", most=2))
    assert is_kept(example, "nights_in_a_row") is keeps


@pytest.mark.parametrize(("hour", "keeps"), [(18, True), (18.25, False)])
def test_a_stint_is_a_night_from_three_hours_between_eleven_and_six(hour: float, keeps: bool) -> None:
    # From 18:00 for 7.75 hours there are 2.75 hours of night, from 18:15 three.
    example = worked(*days(0, 1, hour=hour, hours=7.75), rules=only("nights_in_a_row", most=1))
    assert is_kept(example, "nights_in_a_row") is keeps


def test_a_night_over_the_spring_change_has_an_hour_less() -> None:
    # From midnight to 4:00 there are four hours of night, but on 28 March three pass.
    rules = only("nights_in_the_period", most=0, counts_from_hours=3.25)
    usual = worked((on(2027, 3, 27, 0, LONDON), 4), rules=rules)
    shorter = worked((on(2027, 3, 28, 0, LONDON), 3), rules=rules)
    assert not is_kept(usual, "nights_in_the_period")
    assert is_kept(shorter, "nights_in_the_period")


@pytest.mark.parametrize(("numbers", "keeps"), [((0, 2), True), ((0, 2, 4), False)])
def test_nobody_has_too_many_nights_in_the_period(numbers: tuple[int, ...], keeps: bool) -> None:
    example = worked(*days(*numbers, hour=22, hours=8), rules=only("nights_in_the_period", most=2))
    assert is_kept(example, "nights_in_the_period") is keeps


@pytest.mark.parametrize(("hours_after", "keeps"), [(46, True), (45.75, False)])
def test_after_a_run_of_nights_there_is_time_to_recover(hours_after: float, keeps: bool) -> None:
    nights = days(0, 1, 2, hour=22, hours=8)
    example = worked(*nights, (at(3, 6 + hours_after), 4), rules=only("recovery_after_nights", hours=46, most=3))
    assert is_kept(example, "recovery_after_nights") is keeps


def test_fewer_nights_in_a_row_need_no_longer_recovery_and_a_further_night_goes_on_with_the_run() -> None:
    rules = only("recovery_after_nights", hours=46, most=3)
    two, four = days(0, 1, hour=22, hours=8), days(0, 1, 2, 3, hour=22, hours=8)
    assert is_kept(worked(*two, (at(2, 20), 4), rules=rules), "recovery_after_nights")
    assert is_kept(worked(*four, rules=rules), "recovery_after_nights")
    assert not is_kept(worked(*four, (at(5, 9), 4), rules=rules), "recovery_after_nights")


@pytest.mark.parametrize(("load", "keeps"), [(39 * 60, True), (40 * 60, False)])
def test_people_who_had_many_nights_lately_have_fewer_in_the_next_two_weeks(load: int, keeps: bool) -> None:
    rules = only("lighter_after_heavy", most=1, heavy_from_hours=40, days=14)
    example = worked(*days(0, 5, hour=22, hours=8), rules=rules, load=load)
    assert is_kept(example, "lighter_after_heavy") is keeps
    later = worked(*days(0, 14, hour=22, hours=8), rules=rules, load=load)
    assert is_kept(later, "lighter_after_heavy")


@pytest.mark.parametrize(("numbers", "keeps"), [((5, 6), True), ((5, 13), False), ((4, 5), True), ((4, 14, 12), True)])
def test_a_weekend_counts_once_and_friday_is_none(numbers: tuple[int, ...], keeps: bool) -> None:
    assert is_kept(worked(*days(*sorted(numbers)), rules=only("weekends", most=1)), "weekends") is keeps


def test_two_shifts_do_not_begin_on_one_day_by_the_organisations_calendar() -> None:
    rules = only("one_a_day")
    assert not is_kept(worked((at(0, 1), 4), (at(0, 20), 4), rules=rules), "one_a_day")
    # In New York the first of these begins on the day before.
    assert is_kept(worked((at(0, 1), 4), (at(0, 20), 4), rules=rules, zone=NEW_YORK), "one_a_day")


def test_some_kinds_may_not_follow_others_on_the_next_day() -> None:
    rules = only("successions", forbidden={"late": ["early"]})

    def of_kinds(first: str, second: str, day: int = 1) -> Roster:
        shifts = [(at(0, 9), first), (at(day, 9), second)]
        kinds = [
            RosterShift(n, "Board", start, start + timedelta(hours=4), (line(Duty.MODERATOR),), True, kind=kind)
            for n, (start, kind) in enumerate(shifts)
        ]
        return roster([person(1)], kinds, rules=rules)

    assert not is_kept(of_kinds("late", "early"), "successions")
    assert is_kept(of_kinds("early", "late"), "successions")
    assert is_kept(of_kinds("late", "early", day=2), "successions")


@pytest.mark.parametrize(
    ("limits", "keeps"),
    [
        ({"most_shifts": 3}, True),
        ({"most_shifts": 2}, False),
        ({"most_minutes": 720}, True),
        ({"most_minutes": 719}, False),
        ({"most_minutes_a_week": 480}, True),
        ({"most_minutes_a_week": 479}, False),
        ({"most_by_kind": {"": 3}}, True),
        ({"most_by_kind": {"": 2}}, False),
    ],
)
def test_nobody_has_more_than_they_asked_for(limits: Mapping[str, Any], keeps: bool) -> None:
    example = worked(*days(0, 3, 7), rules=only("most_they_asked"), limits=Limits(**limits))
    assert is_kept(example, "most_they_asked") is keeps
