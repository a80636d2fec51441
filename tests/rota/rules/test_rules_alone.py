"""Each rule alone, with one person or a few, on both sides of its edge.

Both faces are asked: the checking face judges the plan in which everybody has every seat named, and the engine
is asked whether it would seat them so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from progression.duties import Duty
from progression.intervals import ALWAYS_SINCE, FOR_EVER, Interval
from rota.engine.solve import solve
from rota.roster import Limits, Pair, Plan, Roster, RosterPerson, RosterShift, Seating, Stint, Wish
from rota.rules.book import breaches, check_assignment
from rota.rules.policy import RotaRules, Severity, shipped_rules
from tests.rota.rosters import LONDON, at, line, person, roster, shift, stint

NEW_YORK, LORD_HOWE = ZoneInfo("America/New_York"), ZoneInfo("Australia/Lord_Howe")


def only(rule: str, **figures: Any) -> RotaRules:
    """The shipped rules with all but one switched off, as far as they can be, and that one hard."""
    values = shipped_rules().model_dump()
    for key, settings in values.items():
        if settings["severity"] is not Severity.HARD or key in ("under_18_nights", "peers_beside", "apart"):
            settings["severity"] = Severity.UNUSED
        if key == rule:
            settings |= {"severity": Severity.HARD, **figures}
    return RotaRules.model_validate(values)


def seats(picture: Roster) -> Plan:
    """Everybody in every seat that they have a clearance for."""
    return Plan(
        frozenset(
            Seating(s.id, each.duty, p.id)
            for s in picture.shifts
            for each in s.lines
            for p in picture.people
            if each.duty in p.clearances
        )
    )


def both_faces(picture: Roster, rule: str) -> bool:
    """Whether the plan with everybody everywhere keeps the rule, if both faces say the same."""
    plan = seats(picture)
    found = {breach.rule for breach in breaches(picture, plan)}
    assert found <= {rule}
    proposal = solve(picture, seconds=10)
    assert proposal.breaches == ()
    assert (proposal.plan == plan) is (not found)
    return not found


def worked(*when: tuple[datetime, float], rules: RotaRules, zone: ZoneInfo = LONDON, **who: Any) -> Roster:
    """One person, and shifts at these instants for so many hours."""
    return roster([person(1, **who)], [shift(start, hours) for start, hours in when], rules=rules, zone=zone)


def _on(year: int, month: int, day: int, hour: int, zone: ZoneInfo, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=zone).astimezone(ZoneInfo("UTC"))


# Seats


@pytest.mark.parametrize(("hours", "keeps"), [(4, True), (4.25, False)])
def test_clearance_holds_for_the_whole_shift(hours: float, keeps: bool) -> None:
    cleared = {Duty.MODERATOR: (Interval(at(0, 9), at(0, 13)),)}
    assert both_faces(worked((at(0, 9), hours), rules=only("clearance"), clearances=cleared), "clearance") is keeps


@pytest.mark.parametrize(("start", "keeps"), [(9, True), (8.75, False)])
def test_clearance_holds_from_the_first_minute(start: float, keeps: bool) -> None:
    cleared = {Duty.MODERATOR: (Interval(at(0, 9), FOR_EVER),)}
    assert both_faces(worked((at(0, start), 4), rules=only("clearance"), clearances=cleared), "clearance") is keeps


def test_a_clearance_that_ends_in_the_shift_is_told_so() -> None:
    picture = worked(
        (at(0, 9), 4), rules=only("clearance"), clearances={Duty.MODERATOR: (Interval(ALWAYS_SINCE, at(0, 12)),)}
    )
    [breach] = breaches(picture, seats(picture))
    assert breach.sentence == "Larch’s clearance for moderator ends on Mon 1 February, 12:00, during the shift."


@pytest.mark.parametrize(("hours", "keeps"), [(4, True), (4.25, False)])
def test_people_are_asked_only_for_time_they_offered(hours: float, keeps: bool) -> None:
    free = (Interval(at(0, 9), at(0, 13)),)
    assert both_faces(worked((at(0, 9), hours), rules=only("availability"), free=free), "availability") is keeps


def test_two_offers_that_do_not_meet_do_not_make_a_whole_shift() -> None:
    free = (Interval(at(0, 9), at(0, 11)), Interval(at(0, 11.25), at(0, 13)))
    assert not both_faces(worked((at(0, 9), 4), rules=only("availability"), free=free), "availability")


BORN = date(2009, 2, 3)
"""Turns 18 on Wednesday, the third day of the roster's week."""


@pytest.mark.parametrize(
    ("start", "hours", "keeps"),
    [
        (at(0, 18), 4, True),
        (at(0, 18), 4.25, False),
        (at(1, 6), 4, True),
        (at(1, 5.75), 4, False),
        (at(1, 22), 2.5, False),  # The birthday begins within the shift, but two of its hours are the day before.
        (at(2, 0), 4, True),
    ],
)
def test_nobody_works_at_night_until_the_day_they_turn_18(start: datetime, hours: float, keeps: bool) -> None:
    picture = worked((start, hours), rules=only("under_18_nights"), born_on=BORN)
    assert both_faces(picture, "under_18_nights") is keeps


def test_who_has_not_said_their_age_is_not_asked_to_work_at_night() -> None:
    picture = worked((at(0, 23), 2), rules=only("under_18_nights"), born_on=None)
    assert not both_faces(picture, "under_18_nights")
    assert "not on record" in breaches(picture, seats(picture))[0].sentence


def test_who_is_born_on_29_february_comes_of_age_on_1_march() -> None:
    assert person(1, born_on=date(2008, 2, 29)).adult_on == date(2026, 3, 1)


@pytest.mark.parametrize(("hours_after", "keeps"), [(48, True), (47.75, False)])
def test_after_a_hard_shift_there_is_time(hours_after: float, keeps: bool) -> None:
    hard = Stint(at(-1, 8), at(-1, 12), Duty.MODERATOR, "Live chat", was_hard=True)
    picture = worked((at(-1, 12 + hours_after), 4), rules=only("cool_down", hours=48), commitments=(hard,))
    assert both_faces(picture, "cool_down") is keeps


# Time that passes


@pytest.mark.parametrize(("second", "keeps"), [(13, True), (12.75, False)])
def test_nobody_is_in_two_places_but_one_shift_may_start_as_another_ends(second: float, keeps: bool) -> None:
    assert both_faces(worked((at(0, 9), 4), (at(0, second), 4), rules=only("overlap")), "overlap") is keeps


@pytest.mark.parametrize(("second", "keeps"), [(24, True), (23.75, False)])
@pytest.mark.parametrize("is_history", [False, True])
def test_between_two_shifts_there_is_rest_whichever_rota_they_are_on(
    second: float, keeps: bool, is_history: bool
) -> None:
    first, rules = (at(0, 9), 4.0), only("rest")
    if is_history:
        picture = worked((at(0, second), 4), rules=rules, commitments=(stint(*first),))
    else:
        picture = worked(first, (at(0, second), 4), rules=rules)
    assert both_faces(picture, "rest") is keeps


@pytest.mark.parametrize(("second", "keeps"), [(at(0, 25), True), (at(0, 24.75), False)])
def test_who_is_under_18_rests_longer(second: datetime, keeps: bool) -> None:
    picture = worked((at(0, 9), 4), (second, 4), rules=only("rest"), born_on=date(2010, 1, 1))
    assert both_faces(picture, "rest") is keeps


CLOCKS = [
    # zone, the evening before the change, hours that pass from 22:00 to 09:00 over it
    pytest.param(LONDON, (2027, 3, 27), 10, id="London, forward"),
    pytest.param(LONDON, (2027, 10, 30), 12, id="London, back"),
    pytest.param(NEW_YORK, (2027, 3, 13), 10, id="New York, forward"),
    pytest.param(NEW_YORK, (2027, 11, 6), 12, id="New York, back"),
    pytest.param(LORD_HOWE, (2027, 10, 2), 10.5, id="Lord Howe, forward"),
    pytest.param(LORD_HOWE, (2027, 4, 3), 11.5, id="Lord Howe, back"),
]


@pytest.mark.parametrize(("zone", "evening", "passes"), CLOCKS)
def test_rest_is_counted_in_hours_that_pass_on_the_nights_the_clocks_change(
    zone: ZoneInfo, evening: tuple[int, int, int], passes: float
) -> None:
    ends = _on(*evening, 22, zone)
    next_day = date(*evening) + timedelta(days=1)
    begins = _on(next_day.year, next_day.month, next_day.day, 9, zone)
    assert begins - ends == timedelta(hours=passes)
    for needed, keeps in ((passes, True), (passes + 0.25, False)):
        rules = only("rest", adult_hours=needed)
        picture = worked((ends - timedelta(hours=4), 4), (begins, 4), rules=rules, zone=zone)
        assert both_faces(picture, "rest") is keeps


@pytest.mark.parametrize(("zone", "evening", "passes"), CLOCKS)
def test_hours_in_a_day_are_hours_that_pass_on_the_nights_the_clocks_change(
    zone: ZoneInfo, evening: tuple[int, int, int], passes: float
) -> None:
    starts = _on(*evening, 22, zone)
    for most, keeps in ((passes, True), (passes - 0.25, False)):
        picture = worked((starts, passes), rules=only("hours_in_a_day", adult_hours=most), zone=zone)
        assert both_faces(picture, "hours_in_a_day") is keeps


@pytest.mark.parametrize(
    ("second", "hours", "keeps"),
    [
        # Eight hours from 8:00; then 24 hours that start with the first shift, and 24 that end with the second.
        (at(1, 4), 4, True),
        (at(1, 4), 4.25, True),
        (at(1, 3), 5.25, False),
        (at(1, 2), 8, False),
        (at(1, 8), 8, True),
    ],
)
def test_hours_in_any_24_are_counted_wherever_the_24_begin(second: datetime, hours: float, keeps: bool) -> None:
    picture = worked((at(0, 8), 8), (second, hours), rules=only("hours_in_a_day", adult_hours=12))
    assert both_faces(picture, "hours_in_a_day") is keeps


def test_hours_in_any_24_see_the_window_that_ends_with_a_shift() -> None:
    # From 10:00 to 10:00 there are 6 hours of the first and 7 of the second; from 8:00 only 8 and 5.
    picture = worked((at(0, 8), 8), (at(1, 3), 7), rules=only("hours_in_a_day", adult_hours=13))
    assert both_faces(picture, "hours_in_a_day")
    picture = worked((at(0, 8), 8), (at(1, 3), 7), rules=only("hours_in_a_day", adult_hours=12.75))
    assert not both_faces(picture, "hours_in_a_day")


@pytest.mark.parametrize(("last_hours", "keeps"), [(8, True), (8.25, False)])
def test_hours_in_any_seven_days_cross_the_end_of_the_week(last_hours: float, keeps: bool) -> None:
    days = [(at(day, 8), 8.0) for day in (3, 4, 5, 7, 8)]
    picture = worked(*days, (at(9, 8), last_hours), rules=only("hours_in_a_week"))
    assert both_faces(picture, "hours_in_a_week") is keeps


@pytest.mark.parametrize(("hours", "keeps"), [(8, True), (8.25, False)])
def test_hours_worked_before_turning_18_keep_the_shorter_day(hours: float, keeps: bool) -> None:
    picture = worked((at(0, 8), hours), rules=only("hours_in_a_day"), born_on=BORN)
    assert both_faces(picture, "hours_in_a_day") is keeps


def test_hours_on_call_from_home_do_not_count_as_worked() -> None:
    on_call = [shift(at(day, 8), 12, line(Duty.ON_CALL)) for day in range(6)]
    picture = roster([person(1, Duty.ON_CALL)], on_call, rules=only("hours_in_a_week"))
    assert both_faces(picture, "hours_in_a_week")


# Days


def days(*numbers: int, hour: float = 9, hours: float = 4) -> list[tuple[datetime, float]]:
    """A shift on each of these days."""
    return [(at(day, hour), hours) for day in numbers]


@pytest.mark.parametrize(("numbers", "keeps"), [((0, 1, 2), True), ((0, 1, 2, 3), False), ((0, 1, 2, 4), True)])
def test_nobody_is_on_duty_too_many_days_in_a_row(numbers: tuple[int, ...], keeps: bool) -> None:
    assert both_faces(worked(*days(*numbers), rules=only("longest_run", most=3)), "longest_run") is keeps


def test_a_run_goes_on_from_the_days_before_the_period() -> None:
    before = tuple(stint(at(day, 9)) for day in (-2, -1))
    assert both_faces(worked(*days(0), rules=only("longest_run", most=3), commitments=before), "longest_run")
    assert not both_faces(worked(*days(0, 1), rules=only("longest_run", most=3), commitments=before), "longest_run")


@pytest.mark.parametrize(
    ("numbers", "keeps"), [((0, 2, 3, 6), True), ((0, 2, 4, 6), False), ((0, 6), True), ((1, 6), False)]
)
def test_a_run_within_the_period_is_as_long_as_asked(numbers: tuple[int, ...], keeps: bool) -> None:
    # The first and last days of the period are kept open by an empty shift, so that only runs inside are judged.
    crew = person(1, limits=Limits(shortest_run=2))
    open_ends = [shift(at(day, 15), 1, line(Duty.HOST, 0)) for day in (0, 6)]
    picture = roster([crew], [shift(s, h) for s, h in days(*numbers)] + open_ends, rules=only("shortest_run"))
    assert both_faces(picture, "shortest_run") is keeps


@pytest.mark.parametrize(("numbers", "keeps"), [((0, 3), True), ((0, 2), False), ((0, 1), True)])
def test_days_off_come_in_a_row(numbers: tuple[int, ...], keeps: bool) -> None:
    assert both_faces(worked(*days(*numbers), rules=only("shortest_break", least=2)), "shortest_break") is keeps


@pytest.mark.parametrize(("numbers", "keeps"), [((0, 1), True), ((0, 1, 2), False), ((0, 1, 3), True)])
def test_nobody_has_too_many_nights_in_a_row(numbers: tuple[int, ...], keeps: bool) -> None:
    picture = worked(*days(*numbers, hour=22, hours=8), rules=only("nights_in_a_row", most=2))
    assert both_faces(picture, "nights_in_a_row") is keeps


@pytest.mark.parametrize(("hour", "keeps"), [(18, True), (18.25, False)])
def test_a_stint_is_a_night_from_three_hours_between_eleven_and_six(hour: float, keeps: bool) -> None:
    # From 18:00 for 7.75 hours there are 2.75 hours of night, from 18:15 three.
    picture = worked(*days(0, 1, hour=hour, hours=7.75), rules=only("nights_in_a_row", most=1))
    assert both_faces(picture, "nights_in_a_row") is keeps


def test_a_night_over_the_spring_change_has_an_hour_less() -> None:
    # From midnight to 4:00 there are four hours of night, but on 28 March three pass.
    rules = only("nights_in_the_period", most=0, counts_from_hours=3.25)
    usual = worked((_on(2027, 3, 27, 0, LONDON), 4), rules=rules)
    shorter = worked((_on(2027, 3, 28, 0, LONDON), 3), rules=rules)
    assert not both_faces(usual, "nights_in_the_period")
    assert both_faces(shorter, "nights_in_the_period")


@pytest.mark.parametrize(("numbers", "keeps"), [((0, 2), True), ((0, 2, 4), False)])
def test_nobody_has_too_many_nights_in_the_period(numbers: tuple[int, ...], keeps: bool) -> None:
    picture = worked(*days(*numbers, hour=22, hours=8), rules=only("nights_in_the_period", most=2))
    assert both_faces(picture, "nights_in_the_period") is keeps


@pytest.mark.parametrize(("hours_after", "keeps"), [(46, True), (45.75, False)])
def test_after_a_run_of_nights_there_is_time_to_recover(hours_after: float, keeps: bool) -> None:
    nights = days(0, 1, 2, hour=22, hours=8)
    picture = worked(*nights, (at(3, 6 + hours_after), 4), rules=only("recovery_after_nights", hours=46, most=3))
    assert both_faces(picture, "recovery_after_nights") is keeps


def test_fewer_nights_in_a_row_need_no_longer_recovery_and_a_further_night_goes_on_with_the_run() -> None:
    rules = only("recovery_after_nights", hours=46, most=3)
    two, four = days(0, 1, hour=22, hours=8), days(0, 1, 2, 3, hour=22, hours=8)
    assert both_faces(worked(*two, (at(2, 20), 4), rules=rules), "recovery_after_nights")
    assert both_faces(worked(*four, rules=rules), "recovery_after_nights")
    assert not both_faces(worked(*four, (at(5, 9), 4), rules=rules), "recovery_after_nights")


@pytest.mark.parametrize(("load", "keeps"), [(39 * 60, True), (40 * 60, False)])
def test_whoever_had_many_nights_lately_has_a_lighter_fortnight(load: int, keeps: bool) -> None:
    rules = only("lighter_after_heavy", most=1, heavy_from_hours=40, days=14)
    picture = worked(*days(0, 5, hour=22, hours=8), rules=rules, load=load)
    assert both_faces(picture, "lighter_after_heavy") is keeps
    later = worked(*days(0, 14, hour=22, hours=8), rules=rules, load=load)
    assert both_faces(later, "lighter_after_heavy")


@pytest.mark.parametrize(("numbers", "keeps"), [((5, 6), True), ((5, 13), False), ((4, 5), True), ((4, 14, 12), True)])
def test_a_weekend_counts_once_and_friday_is_none(numbers: tuple[int, ...], keeps: bool) -> None:
    assert both_faces(worked(*days(*sorted(numbers)), rules=only("weekends", most=1)), "weekends") is keeps


def test_two_shifts_do_not_begin_on_one_day_by_the_organisations_calendar() -> None:
    rules = only("one_a_day")
    assert not both_faces(worked((at(0, 1), 4), (at(0, 20), 4), rules=rules), "one_a_day")
    # In New York the first of these begins on the day before.
    assert both_faces(worked((at(0, 1), 4), (at(0, 20), 4), rules=rules, zone=NEW_YORK), "one_a_day")


def test_some_kinds_may_not_follow_others_on_the_next_day() -> None:
    rules = only("successions", forbidden={"late": ["early"]})

    def of_kinds(first: str, second: str, day: int = 1) -> Roster:
        shifts = [(at(0, 9), first), (at(day, 9), second)]
        kinds = [
            RosterShift(n, "Board", start, start + timedelta(hours=4), (line(Duty.MODERATOR),), True, kind=kind)
            for n, (start, kind) in enumerate(shifts)
        ]
        return roster([person(1)], kinds, rules=rules)

    assert not both_faces(of_kinds("late", "early"), "successions")
    assert both_faces(of_kinds("early", "late"), "successions")
    assert both_faces(of_kinds("late", "early", day=2), "successions")


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
    picture = worked(*days(0, 3, 7), rules=only("most_they_asked"), limits=Limits(**limits))
    assert both_faces(picture, "most_they_asked") is keeps


# The mix


def crew_of(people: Sequence[RosterPerson], *duties: Duty, rules: RotaRules, pairs: tuple[Pair, ...] = ()) -> Roster:
    """One shift that has a place for each of these duties."""
    lines = [line(duty, duties.count(duty)) for duty in dict.fromkeys(duties)]
    return roster(people, [shift(at(0, 9), 4, *lines, blend_exempt=False)], rules=rules, pairs=pairs)


def said(picture: Roster, plan: Plan) -> set[str]:
    return {breach.rule for breach in breaches(picture, plan)}


def test_peers_are_on_duty_only_beside_somebody_who_looks_after_them() -> None:
    peers = [person(n, Duty.HOST) for n in range(1, 5)]
    moderator = person(9)
    rules = only("peers_beside", most_each=3)
    assert both_faces(crew_of([*peers[:3], moderator], *[Duty.HOST] * 3, Duty.MODERATOR, rules=rules), "peers_beside")
    assert not both_faces(crew_of([*peers, moderator], *[Duty.HOST] * 4, Duty.MODERATOR, rules=rules), "peers_beside")
    assert not both_faces(crew_of(peers[:1], Duty.HOST, rules=rules), "peers_beside")


def test_newcomers_are_beside_somebody_who_is_none() -> None:
    rules = only("newcomers_beside", most_each=1)
    new, other = person(1, is_newcomer=True), person(2, is_newcomer=True)
    assert both_faces(crew_of([new, person(3)], Duty.MODERATOR, Duty.MODERATOR, rules=rules), "newcomers_beside")
    assert not both_faces(crew_of([new, other], Duty.MODERATOR, Duty.MODERATOR, rules=rules), "newcomers_beside")


def test_who_shadows_has_somebody_to_watch_and_is_no_cover() -> None:
    rules = only("shadows_beside", most_each=2)
    shadows = [person(n, Duty.SHADOW) for n in range(1, 4)]
    alone = crew_of(shadows[:1], Duty.SHADOW, rules=rules)
    assert said(alone, seats(alone)) == {"shadows_beside"}
    assert solve(alone, seconds=5).plan == Plan()
    two = crew_of([*shadows[:2], person(9)], Duty.SHADOW, Duty.SHADOW, Duty.MODERATOR, rules=rules)
    three = crew_of([*shadows, person(9)], *[Duty.SHADOW] * 3, Duty.MODERATOR, rules=rules)
    assert said(two, seats(two)) == set()
    assert said(three, seats(three)) == {"shadows_beside"}
    proposal = solve(two, seconds=5)
    assert (proposal.seats, len(proposal.plan.seatings)) == (1, 3)


@pytest.mark.parametrize("present", [1, 2])
def test_a_shift_with_one_person_is_not_safe_to_open_yet(present: int) -> None:
    rules = only("nobody_alone", at_least=2, severity=Severity.OVERRIDABLE)
    picture = crew_of([person(n) for n in range(1, present + 1)], Duty.MODERATOR, Duty.MODERATOR, rules=rules)
    assert said(picture, seats(picture)) == (set() if present == 2 else {"nobody_alone"})
    assert said(picture, Plan()) == set()


@pytest.mark.parametrize(
    ("who", "is_safe"),
    [
        (person(1), True),
        (person(1, is_newcomer=True), False),
        (person(1, born_on=date(2009, 6, 1)), False),
        (person(1, born_on=None), False),
        (person(1, Duty.HOST), False),
    ],
)
def test_an_adult_who_has_done_it_before_leads_or_moderates(who: RosterPerson, is_safe: bool) -> None:
    picture = crew_of([who], next(iter(who.clearances)), rules=only("experienced_adult"))
    assert (said(picture, seats(picture)) == set()) is is_safe


def test_an_on_call_line_is_exempt_from_the_mix() -> None:
    picture = crew_of([person(1, Duty.ON_CALL)], Duty.ON_CALL, rules=shipped_rules())
    assert said(picture, seats(picture)) == set()
    assert solve(picture, seconds=5).filled == 1


def test_two_who_are_kept_apart_never_meet_and_nobody_reads_why() -> None:
    pairs = (Pair(1, 2),)
    people = [person(1), person(2), person(3)]
    picture = crew_of(people, *[Duty.MODERATOR] * 3, rules=only("apart"), pairs=pairs)
    assert {b.rule for b in breaches(picture, seats(picture))} == {"availability"}
    proposal = solve(picture, seconds=5)
    assert proposal.filled == 2
    assert {1, 2} - {s.person_id for s in proposal.plan.seatings}
    one_on = Plan(frozenset({Seating(picture.shifts[0].id, Duty.MODERATOR, 1)}))
    [breach] = check_assignment(picture, one_on, people[1], picture.shifts[0], Duty.MODERATOR)
    assert (breach.rule, breach.person_id) == ("availability", 2)
    assert breach.sentence == "Sage is not available for the whole shift."


def test_two_who_belong_together_are_there_together_or_not_at_all() -> None:
    pairs = (Pair(1, 2, together=True),)
    people = [person(1), person(2), person(3)]
    one_place = crew_of(people, Duty.MODERATOR, rules=only("together"), pairs=pairs)
    assert solve(one_place, seconds=5).plan.on(one_place.shifts[0].id, Duty.MODERATOR) == (3,)
    both = crew_of(people[:2], Duty.MODERATOR, Duty.MODERATOR, rules=only("together"), pairs=pairs)
    assert solve(both, seconds=5).filled == 2


def test_a_line_has_only_so_many_places() -> None:
    picture = crew_of([person(1), person(2)], Duty.MODERATOR, rules=only("room"))
    assert said(picture, seats(picture)) == {"room"}
    assert solve(picture, seconds=5).filled == 1


# Wishes


def wished(*wishes: Wish) -> Roster:
    """Two people for one seat, the first of whom has wishes."""
    return roster(
        [person(1, wishes=wishes), person(2)], [shift(at(0, 9))], rules=only("wishes", severity=Severity.WISH)
    )


@pytest.mark.parametrize(
    ("wish", "who"),
    [
        (Wish(True, day=date(2027, 2, 1)), 1),
        (Wish(False, day=date(2027, 2, 1)), 2),
        (Wish(True, channel="Board"), 1),
        (Wish(False, channel="Board"), 2),
        (Wish(True, within=Interval(at(0, 9), at(0, 13))), 1),
        (Wish(False, within=Interval(at(0, 8), at(0, 14))), 2),
    ],
)
def test_people_have_what_they_wished_for_where_it_costs_no_cover(wish: Wish, who: int) -> None:
    picture = wished(wish)
    assert solve(picture, seconds=5).plan.on(picture.shifts[0].id, Duty.MODERATOR) == (who,)


def test_a_wish_never_stands_in_the_way_of_cover_and_is_no_breach() -> None:
    picture = roster(
        [person(1, wishes=(Wish(False),))], [shift(at(0, 9))], rules=only("wishes", severity=Severity.WISH)
    )
    proposal = solve(picture, seconds=5)
    assert (proposal.filled, proposal.breaches) == (1, ())
    assert [b.rule for b in breaches(picture, proposal.plan, wishes=True)] == ["wishes"]


def test_nights_are_shared_among_people_who_offered_the_same() -> None:
    nights = [shift(at(day, 22), 8) for day in range(0, 12, 2)]
    rules = only("fairness", severity=Severity.WISH)
    proposal = solve(roster([person(n) for n in (1, 2, 3)], nights, rules=rules), seconds=10)
    assert sorted(len(seatings) for seatings in proposal.plan.by_person.values()) == [2, 2, 2]


def test_who_brings_nights_from_before_is_given_fewer_now() -> None:
    nights = [shift(at(day, 22), 8) for day in range(0, 12, 2)]
    rules = only("fairness", severity=Severity.WISH)
    proposal = solve(roster([person(1, load=2 * 480), person(2), person(3)], nights, rules=rules), seconds=10)
    assert {who: len(seatings) for who, seatings in proposal.plan.by_person.items()} == {1: 1, 2: 3, 3: 2} or {
        who: len(seatings) for who, seatings in proposal.plan.by_person.items()
    } == {1: 1, 2: 2, 3: 3}
