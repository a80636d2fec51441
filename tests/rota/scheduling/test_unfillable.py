"""Why a time cannot be filled: the shortest list of reasons, held against every list there is on small rosters."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from itertools import combinations, product

from hypothesis import HealthCheck, assume, given, settings

from progression.duties import Duty
from rota.scheduling.roster import Pair, Plan, Roster, RosterPerson, Seating
from rota.scheduling.unfillable import why_unfillable
from tests.examples import examples
from tests.rota.scheduling.engine import brute_force
from tests.rota.scheduling.engine.test_against_brute_force import rosters
from tests.rota.scheduling.rosters import ALWAYS, at, everyone_on, line, person, roster, rules_with, shift

MODERATOR = Duty.MODERATOR


def reasons(example: Roster) -> list[str]:
    found = why_unfillable(example, Plan(), [s.id for s in example.shifts], seconds=30)
    assert found is not None
    return [reason.sentence for reason in found]


def test_what_can_be_filled_has_no_reasons() -> None:
    assert reasons(roster([person(1)], [shift(at(0, 9))])) == []


def test_nobody_is_cleared() -> None:
    assert reasons(roster([person(1, Duty.HOST)], [shift(at(0, 9))])) == ["Nobody is cleared for moderator."]


def test_few_are_cleared_and_one_has_not_offered_the_time() -> None:
    seat = shift(at(0, 9), 4, line(Duty.LEAD))
    lead = person(1, Duty.LEAD, free=())
    assert reasons(roster([lead, person(2)], [seat])) == [
        "Only 1 person is cleared for lead.",
        "Of them nobody offered this time.",
    ]


def test_there_are_too_few_people_whatever_the_rules() -> None:
    seat = shift(at(0, 9), 4, line(MODERATOR, 3))
    assert reasons(roster([person(1), person(2, Duty.HOST, free=())], [seat])) == ["Only 2 people are on this rota."]


def test_a_limit_is_given_with_its_figures() -> None:
    nights = [shift(at(day, 22), 8) for day in range(4)]
    assert reasons(roster([person(1)], nights)) == ["Nobody has more than 3 nights in a row."]
    close = [shift(at(0, 9)), shift(at(0, 20))]
    assert reasons(roster([person(1)], close)) == ["Everyone has 11 hours of rest between two shifts."]


def test_hours_that_explain_it_alone_are_the_only_reason_even_if_shifts_overlap() -> None:
    early = [shift(at(0, 0), 3, line(Duty.LEAD)) for _ in range(2)]
    late = shift(at(0, 14), 11, line(Duty.HOST), line(MODERATOR))
    crew = [person(1, Duty.HOST, MODERATOR), person(2, *Duty)]
    assert reasons(roster(crew, [*early, late])) == ["Nobody works more than 12 hours in any 24 hours."]


def test_other_seats_count_and_stay() -> None:
    seat, other = shift(at(0, 9)), shift(at(0, 10))
    example = roster([person(1)], [seat, other])
    plan = everyone_on((other, MODERATOR, example.people[0]))
    found = why_unfillable(example, plan, [seat.id])
    assert found is not None
    assert [reason.rule for reason in found] == ["overlap"]


def test_of_one_duty_only_its_own_reasons_are_given_and_the_others_stay() -> None:
    seat = shift(at(0, 9), 4, line(Duty.LEAD), line(MODERATOR))
    example = roster([person(1), person(2, free=())], [seat])
    plan = everyone_on((seat, MODERATOR, example.people[0]))
    assert [r.sentence for r in why_unfillable(example, plan, [seat.id]) or ()] == ["Nobody is cleared for lead."]
    assert why_unfillable(example, plan, [seat.id], duty=MODERATOR) == []
    found = why_unfillable(example, Plan(), [seat.id], duty=Duty.LEAD)
    assert [r.sentence for r in found or ()] == ["Nobody is cleared for lead."]


def test_who_is_kept_apart_is_reported_as_not_available_and_nothing_more() -> None:
    seat = shift(at(0, 9), 4, line(MODERATOR, 2))
    found = why_unfillable(roster([person(1), person(2)], [seat], pairs=(Pair(1, 2),)), Plan(), [seat.id])
    assert found is not None
    assert [(r.rule, r.sentence) for r in found] == [("availability", "People are asked only for time they offered.")]


def test_a_peer_has_nobody_beside_them() -> None:
    seat = shift(at(0, 9), 4, line(Duty.HOST), line(MODERATOR, 0, 0, 1), blend_exempt=False)
    assert reasons(roster([person(1, Duty.HOST)], [seat])) == [
        "Nobody is cleared for moderator.",
        "Peers are on duty only beside a lead or a moderator, and only a few beside each.",
    ]


def test_the_least_rest_is_a_reason_where_rest_is_only_a_wish() -> None:
    rules = rules_with(rest={"severity": "wish", "stricter_for": {}})
    example = roster([person(1)], [shift(at(0, 9)), shift(at(0, 20))], rules=rules)
    assert reasons(example) == ["Everyone has 11 hours of rest between two shifts."]


def test_what_cannot_be_proved_in_the_time_is_not_guessed() -> None:
    assert why_unfillable(roster([], [seat := shift(at(0, 9))]), Plan(), [seat.id], seconds=0) is None


# All lists of reasons, judged from the rules' words alone.

CAUSES = (
    *(("clearance", duty) for duty in Duty if duty.counts_as_cover),
    *((rule, None) for rule in ("availability", "overlap", "rest", "hours_in_a_day", "hours_in_a_week", "cool_down")),
    *((rule, None) for rule in ("longest_run", "nights_in_a_row", "nights_in_the_period", "recovery_after_nights")),
    *((rule, None) for rule in ("weekends", "shortest_break", "most_they_asked", "one_a_day", "successions")),
)
Cause = tuple[str, Duty | None]


def without(example: Roster, aside: frozenset[Cause]) -> Roster:
    """The roster with figures so wide that these rules never matter."""
    named = {rule for rule, _ in aside}
    endless, many = {"adult_hours": 10**4, "under_18_hours": 10**4}, {"most": 99}
    wide = {
        "hours_in_a_day": endless,
        "hours_in_a_week": endless,
        "cool_down": {"hours": 0},
        "longest_run": many,
        "nights_in_a_row": many,
        "nights_in_the_period": many,
        "recovery_after_nights": many,
        "one_a_day": {"severity": "unused"},
        "successions": {"forbidden": {}},
    }
    if "rest" in named:
        # An hour before time began where people may even be in two places at once.
        hours = -(10**4) if "overlap" in named else 0
        wide["rest"] = {"adult_hours": hours, "under_18_hours": hours, "never_under_hours": hours}
    rules = example.rules.model_copy(
        update={
            rule: getattr(example.rules, rule).model_copy(update=figures)
            for rule, figures in wide.items()
            if rule in named
        }
    )

    def freed(one: RosterPerson) -> RosterPerson:
        limits = one.limits
        if "most_they_asked" in named:
            limits = replace(limits, most_shifts=None, most_minutes=None, most_minutes_a_week=None, most_by_kind={})
        if "nights_in_the_period" in named:
            limits = replace(limits, most_nights=None)
        if "weekends" in named:
            limits = replace(limits, most_weekends=None)
        if "shortest_break" in named:
            limits = replace(limits, shortest_break=None)
        cleared = {duty: ALWAYS for rule, duty in aside if rule == "clearance" and duty is not None}
        free = ALWAYS if "availability" in named else one.availability
        return replace(one, limits=limits, clearances={**one.clearances, **cleared}, availability=free)

    return replace(example, rules=rules, people=tuple(freed(one) for one in example.people))


def can_be_filled(example: Roster) -> bool:
    """Whether some choice of people gives every line all it wants."""
    crews = []
    for s in example.shifts:
        for each in s.lines:
            if each.duty.counts_as_cover:
                able = [one.id for one in example.people if brute_force.may_sit(example, one, s, each.duty)]
                crews.append([[Seating(s.id, each.duty, who) for who in c] for c in combinations(able, each.wanted)])
    known: dict[frozenset[Seating], bool] = {}

    def keeps(one: RosterPerson, mine: frozenset[Seating]) -> bool:
        if mine not in known:
            known[mine] = brute_force.keeps_own_rules(example, one, Plan(mine))
        return known[mine]

    for choice in product(*crews):
        plan = Plan(frozenset(seating for crew in choice for seating in crew))
        mine = {one.id: frozenset(s for s in plan.seatings if s.person_id == one.id) for one in example.people}
        fits_each = all(keeps(one, mine[one.id]) for one in example.people if mine[one.id])
        if fits_each and all(brute_force.is_well_mixed(example, s, plan) for s in example.shifts):
            return True
    return False


def widely_able(one: RosterPerson) -> RosterPerson:
    """Grown up, and cleared for every duty at the time for which they were drawn; the first stays as drawn."""
    cleared = next(iter(one.clearances.values()))
    clearances = dict.fromkeys(Duty, cleared) if one.id else one.clearances
    return replace(one, born_on=date(1990, 1, 1), clearances=clearances)


def lists(size: int) -> Iterator[frozenset[Cause]]:
    return (frozenset(chosen) for chosen in combinations(CAUSES, size))


@settings(
    max_examples=examples(60), deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much]
)
@given(rosters())
def test_no_shorter_list_explains_the_hole_and_none_of_its_reasons_can_be_left_out(drawn: Roster) -> None:
    # Grown-ups on shifts of any mix: then each rule can be taken away by its figures alone.
    crew = tuple(widely_able(one) for one in drawn.people)
    needed = tuple(
        replace(s, blend_exempt=True, lines=tuple(line(each.duty) for each in s.lines)) for s in drawn.shifts[:3]
    )
    # Being kept apart is reported as not being available, and has a test of its own above.
    example = replace(drawn, people=crew, shifts=needed, current=(), pairs=())
    assume(all(brute_force.keeps_own_rules(example, one, Plan()) for one in crew))
    every = frozenset(CAUSES)
    found = why_unfillable(example, Plan(), [s.id for s in needed], seconds=30)
    assert found is not None
    if not found:
        assert can_be_filled(example)
        return
    named: frozenset[Cause] = frozenset((r.rule, r.duty) for r in found if r.rule != "people")
    assert named <= every
    assert not can_be_filled(without(example, every - named))
    for size in range(min(len(named), 3)):
        assert all(can_be_filled(without(example, every - shorter)) for shorter in lists(size))
