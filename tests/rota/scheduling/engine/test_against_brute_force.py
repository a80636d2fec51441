"""The engine, the rules' checks and an exhaustive search agree on small random rosters."""

from __future__ import annotations

from datetime import date, timedelta
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from progression.duties import Duty
from progression.intervals import Interval
from progression.stages import Stage
from rota.scheduling.engine.model import RosterModel
from rota.scheduling.engine.objectives import Objective
from rota.scheduling.engine.solve import solve
from rota.scheduling.roster import (
    Limits,
    Pair,
    Plan,
    Roster,
    RosterLine,
    RosterPerson,
    RosterShift,
    Seating,
    Stint,
    Wish,
)
from rota.scheduling.rules.base import Scope
from rota.scheduling.rules.book import breaches
from rota.scheduling.rules.policy import RotaRules
from rota.scheduling.standing_slots import StandingSlot
from tests.examples import examples
from tests.rota.scheduling.engine import brute_force, brute_force_costs
from tests.rota.scheduling.rosters import ALWAYS, LONDON, at, rules_with

OBJECTIVES = (
    Objective.SENIOR,
    Objective.BLEND,
    Objective.MINIMUM,
    Objective.WANTED,
    Objective.SHADOWS,
    Objective.CHANGES,
)
OVER_THE_SPRING_CHANGE = timedelta(days=54)
"""From the first Monday of February to the Saturday before the clocks go forward."""

starts = st.tuples(st.integers(0, 6), st.sampled_from((0, 6, 9, 14, 18, 22)))
lengths = st.sampled_from((3, 4, 8, 11))


@st.composite
def stints(draw: st.DrawFn, moved: timedelta) -> Stint:
    day, hour = draw(starts)
    begin = at(draw(st.sampled_from((day - 7, day, day + 5))), hour) + moved
    duty = draw(st.sampled_from((Duty.MODERATOR, Duty.ON_CALL)))
    return Stint(begin, begin + timedelta(hours=draw(lengths)), duty, "Live chat", was_hard=draw(st.booleans()))


@st.composite
def wishes(draw: st.DrawFn, moved: timedelta) -> Wish:
    day = draw(st.sampled_from((None, (at(draw(st.integers(0, 6)), 12) + moved).date())))
    channel = draw(st.sampled_from((None, "Board", "Live chat")))
    return Wish(draw(st.booleans()), price=draw(st.integers(1, 9)), day=day, channel=channel)


@st.composite
def slots(draw: st.DrawFn, moved: timedelta) -> StandingSlot:
    day, hour = draw(starts)
    begin = (at(day, hour) + moved).astimezone(LONDON)
    return StandingSlot(begin.weekday(), begin.time(), "Board", draw(st.sampled_from(list(Duty))))


@st.composite
def people(draw: st.DrawFn, number: int, moved: timedelta) -> RosterPerson:
    duties = draw(st.sets(st.sampled_from(list(Duty)), min_size=1, max_size=4))
    until = at(draw(st.integers(2, 8)), 12) + moved
    cleared = draw(st.sampled_from((ALWAYS, ALWAYS, (Interval(at(0, 0), until),))))
    offered = draw(st.sampled_from((ALWAYS, ALWAYS, (Interval(at(0, 6) + moved, at(4, 2) + moved),))))
    busy = draw(st.lists(stints(moved), max_size=1))
    return RosterPerson(
        id=number,
        name=f"Person {number}",
        clearances=dict.fromkeys(sorted(duties), cleared),
        availability=offered,
        born_on=draw(st.sampled_from((date(1990, 1, 1), date(1990, 1, 1), date(2009, 2, 4), date(2011, 1, 1), None))),
        is_newcomer=draw(st.sampled_from((False, False, True))),
        limits=Limits(
            most_shifts=draw(st.sampled_from((None, None, 2))),
            most_minutes=draw(st.sampled_from((None, None, 720))),
            most_nights=draw(st.sampled_from((None, None, 1))),
            most_weekends=draw(st.sampled_from((None, None, 0))),
            shortest_break=draw(st.sampled_from((None, None, 2))),
            most_minutes_a_week=draw(st.sampled_from((None, None, 600))),
            most_by_kind=draw(st.sampled_from(({}, {}, {"late": 1}))),
        ),
        commitments=tuple(busy),
        wishes=tuple(draw(st.lists(wishes(moved), max_size=1))),
        slots=tuple(draw(st.lists(slots(moved), max_size=1))),
        load=draw(st.sampled_from((0, 0, 500, 45 * 60))),
        stage=draw(st.sampled_from((None, Stage.VOLUNTEER, Stage.STAFF))),
    )


@st.composite
def shifts(draw: st.DrawFn, number: int, moved: timedelta) -> RosterShift:
    day, hour = draw(starts)
    begin = at(day, hour) + moved
    duties = draw(st.lists(st.sampled_from(list(Duty)), min_size=1, max_size=2, unique=True))
    lines = []
    for duty in sorted(duties):
        minimum = draw(st.integers(0, 1))
        wanted = draw(st.integers(max(1, minimum), 2))
        lines.append(RosterLine(duty, minimum, wanted, wanted))
    exempt = draw(st.sampled_from((False, False, True)))
    kind = draw(st.sampled_from(("", "late", "early")))
    return RosterShift(number, "Board", begin, begin + timedelta(hours=draw(lengths)), tuple(lines), exempt, kind=kind)


@st.composite
def rosters(draw: st.DrawFn) -> Roster:
    moved = draw(st.sampled_from((timedelta(0), OVER_THE_SPRING_CHANGE)))
    crew = [draw(people(number, moved)) for number in range(draw(st.integers(1, 3)))]
    needed = [draw(shifts(number, moved)) for number in range(draw(st.integers(1, 4)))]
    pairs = draw(st.sampled_from(((), (Pair(0, 1),), (Pair(0, 1, together=True),)))) if len(crew) > 1 else ()
    rules = draw(st.sampled_from(_POLICIES))
    zone = draw(st.sampled_from((LONDON, ZoneInfo("America/New_York"), ZoneInfo("Australia/Lord_Howe"))))
    seats = [Seating(s.id, line.duty, p.id) for s in needed for line in s.lines for p in crew]
    current = draw(st.lists(st.sampled_from(seats), max_size=2, unique=True))
    return Roster(zone, rules, tuple(crew), tuple(needed), current=tuple(current), pairs=pairs)


_FEW = {"longest_run": {"most": 2}, "nights_in_a_row": {"most": 1}, "recovery_after_nights": {"most": 2}}
_SHORT_REST = {"rest": {"adult_hours": 8, "under_18_hours": 9}, "hours_in_a_week": {"adult_hours": 16}}
_POLICIES: tuple[RotaRules, ...] = (
    rules_with(),
    rules_with(**_FEW),
    rules_with(**_SHORT_REST, hours_in_a_day={"adult_hours": 11, "under_18_hours": 4}),
    rules_with(one_a_day={"severity": "hard"}, rest={"severity": "wish"}, together={"severity": "hard"}),
    rules_with(successions={"severity": "hard", "forbidden": {"late": ["early"]}}, rest={"severity": "wish"}),
    rules_with(**_FEW, **_SHORT_REST, peers_beside={"most_each": 1}, newcomers_beside={"most_each": 1}),
)


@settings(
    max_examples=examples(60), deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
@given(rosters())
def test_the_engine_reaches_the_best_value_of_each_objective(roster: Roster) -> None:
    assume(_history_keeps_the_rules(roster))
    proposal = solve(roster, seconds=10)
    reached = {result.objective: result for result in proposal.objectives}
    values = {
        plan: (*brute_force.objective_values(roster, plan), brute_force_costs.changes(roster, plan))
        for plan in brute_force.plans(roster)
    }
    best = min(values.values())
    assert values[proposal.plan] == best
    for objective, value in zip(OBJECTIVES, best, strict=True):
        if objective in reached:
            assert (reached[objective].value, reached[objective].bound) == (value, value)
    lightest = min(brute_force_costs.unevenness(roster, plan) for plan, value in values.items() if value == best)
    last = reached[Objective.FAIRNESS]
    # Identical shifts at the same time are aggregated, and then offering both counts as one offer.
    if len({(s.starts_at, s.ends_at) for s in roster.shifts}) == len(roster.shifts):
        assert last.value == brute_force_costs.unevenness(roster, proposal.plan)
        # The last objective may end up to 1 % above its bound.
        assert last.bound <= lightest <= last.value <= lightest * 1.01
    most = max(sum(_filled(roster, plan)) for plan in values)
    assert proposal.bound >= most
    assert proposal.filled == sum(_filled(roster, proposal.plan))
    assert proposal.proved
    assert [breach for breach in proposal.breaches if breach.scope is Scope.PERSON] == []


def _history_keeps_the_rules(roster: Roster) -> bool:
    return all(brute_force.keeps_own_rules(roster, person, Plan()) for person in roster.people)


def _filled(roster: Roster, plan: Plan) -> list[int]:
    return [
        min(line.wanted, len(plan.on(shift.id, line.duty)))
        for shift in roster.shifts
        for line in shift.lines
        if line.duty is not Duty.SHADOW
    ]


@settings(
    max_examples=examples(300), deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
@given(rosters(), st.data())
def test_the_rules_checks_judge_any_plan_as_their_wording_does(roster: Roster, data: st.DataObject) -> None:
    seats = [
        Seating(shift.id, line.duty, person.id)
        for shift in roster.shifts
        for line in shift.lines
        for person in roster.people
        if brute_force.may_sit(roster, person, shift, line.duty)
    ]
    plan = Plan(frozenset(data.draw(st.sets(st.sampled_from(seats))) if seats else ()))
    over_full = any(len(plan.on(shift.id, line.duty)) > line.most for shift in roster.shifts for line in shift.lines)
    judged = [b for b in breaches(roster, plan) if b.rule not in ("nobody_alone", "experienced_adult", "room")]
    if _history_keeps_the_rules(roster):
        assert (not judged) is brute_force.keeps_rules(roster, plan)
    assert over_full is any(b.rule == "room" for b in breaches(roster, plan))


@settings(
    max_examples=examples(300), deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
@given(rosters())
def test_the_engine_has_a_seat_variable_exactly_where_a_person_may_sit(roster: Roster) -> None:
    model = RosterModel(roster)
    for shift in roster.shifts:
        for line in shift.lines:
            for person in roster.people:
                is_open = Seating(shift.id, line.duty, person.id) in model.seats
                assert is_open is brute_force.may_sit(roster, person, shift, line.duty)
