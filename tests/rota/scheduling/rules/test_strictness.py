"""How strict a rule is: for whom, how far it may be set aside, and how much harm that would do."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from progression.duties import Duty
from progression.intervals import Interval
from progression.stages import Stage
from rota.scheduling.candidates import Fit, candidates_for
from rota.scheduling.engine.solve import solve
from rota.scheduling.roster import Limits, Plan, Roster
from rota.scheduling.rules.base import Harm
from rota.scheduling.rules.book import breaches
from rota.scheduling.rules.policy import RotaRules, Severity, shipped_rules
from tests.rota.scheduling.rosters import at, person, roster, rules_with, shift, stint
from tests.rota.scheduling.rules.check_and_engine import days, is_kept, only, seats, worked

MODERATOR = Duty.MODERATOR


def severities(example: Roster) -> list[tuple[str, Severity]]:
    return [(b.rule, b.severity) for b in breaches(example, seats(example))]


def rest_of(hours: float, rules: RotaRules, stage: Stage | None = None) -> Roster:
    """One person on two shifts with so much rest between them."""
    return worked((at(0, 9), 4), (at(0, 13 + hours), 4), rules=rules, stage=stage)


@pytest.mark.parametrize(("stage", "severity"), [(Stage.VOLUNTEER, Severity.OVERRIDABLE), (Stage.STAFF, Severity.HARD)])
def test_the_shipped_rest_may_be_set_aside_for_volunteers_and_not_for_staff(stage: Stage, severity: Severity) -> None:
    assert severities(rest_of(10.75, shipped_rules(), stage)) == [("rest", severity)]
    assert severities(rest_of(11, shipped_rules(), stage)) == []


@pytest.mark.parametrize("rule", ["rest", "nights_in_a_row", "availability", "most_they_asked"])
@pytest.mark.parametrize("stage", [Stage.VOLUNTEER, Stage.STAFF])
def test_what_is_a_wish_for_most_binds_the_engine_where_the_policy_is_stricter(rule: str, stage: Stage) -> None:
    values = only(rule).model_dump()
    values[rule] |= {"severity": Severity.UNUSED, "stricter_for": {"staff": "hard"}}
    rules = RotaRules.model_validate(values)
    examples = {
        "rest": rest_of(9, rules, stage),
        "nights_in_a_row": worked(*days(0, 1, 2, 3, hour=22, hours=8), rules=rules, stage=stage),
        "availability": worked((at(0, 9), 4), rules=rules, stage=stage, free=()),
        "most_they_asked": worked(*days(0, 2), rules=rules, stage=stage, limits=Limits(most_shifts=1)),
    }
    assert is_kept(examples[rule], rule) is (stage is Stage.VOLUNTEER)


@pytest.mark.parametrize(
    ("hours", "found"),
    [
        (11, []),
        (8, [("rest", Severity.OVERRIDABLE)]),
        (7.75, [("rest", Severity.OVERRIDABLE), ("rest", Severity.HARD)]),
        (0, [("rest", Severity.OVERRIDABLE), ("rest", Severity.HARD)]),
    ],
)
def test_a_rest_of_under_eight_hours_is_set_aside_for_no_reason(
    hours: float, found: list[tuple[str, Severity]]
) -> None:
    assert severities(rest_of(hours, shipped_rules())) == found


@pytest.mark.parametrize(("hours", "keeps"), [(8, True), (7.75, False)])
def test_where_rest_is_only_a_wish_the_engine_still_leaves_the_least_of_it(hours: float, keeps: bool) -> None:
    example = rest_of(hours, only("rest", severity=Severity.WISH))
    assert is_kept(example, "rest") is keeps


def candidates(example: Roster) -> list[tuple[str, Fit]]:
    found = candidates_for(example, Plan(), example.shifts[0].id, MODERATOR)
    return [(each.name, each.fit) for each in found]


def test_somebody_who_would_have_no_rest_comes_last_and_is_not_possible_with_a_reason() -> None:
    seat = shift(at(1, 9))
    rested = {1: 9, 2: 10, 3: 0}
    tired = [person(who, commitments=(stint(at(1, 5 - rest)),)) for who, rest in rested.items()]
    example = roster([*tired, person(4, free=()), person(5)], [seat])
    assert candidates(example) == [
        ("Moss", Fit.FREE),
        ("Otter", Fit.OVERRIDABLE),
        ("Sage", Fit.OVERRIDABLE),
        ("Larch", Fit.OVERRIDABLE),
        ("Finch", Fit.BLOCKED),
    ]


def test_everything_that_would_be_set_aside_is_listed_the_gravest_first() -> None:
    seat = shift(at(1, 9))
    tired = person(1, free=(), commitments=(stint(at(0, 20)),))
    [one] = candidates_for(roster([tired], [seat]), Plan(), seat.id, MODERATOR)
    assert one.sentence == (
        "Larch would have 9 hours of rest after moderator on Live chat, Mon 1 February, 20:00 to 00:00, "
        "and needs 11 hours. "
        "Larch has not offered this time."
    )


@pytest.mark.parametrize(
    ("numbers", "harm", "excess"), [((0, 1, 2, 3, 4, 5, 6), Harm.MILD, 0.1667), (tuple(range(8)), Harm.SEVERE, 0.3333)]
)
def test_harm_grows_with_how_far_a_rule_is_broken(numbers: tuple[int, ...], harm: Harm, excess: float) -> None:
    example = worked(*days(*numbers), rules=only("longest_run", most=6))
    [breach] = breaches(example, seats(example))
    assert (breach.harm, breach.excess) == (harm, excess)


def test_who_offers_most_of_a_shift_is_asked_before_who_offers_none() -> None:
    seat = shift(at(1, 9))
    half = person(1, free=(Interval(at(1, 11), at(1, 20)),))
    found = candidates_for(roster([person(2, free=()), half], [seat]), Plan(), seat.id, MODERATOR)
    assert [(c.name, [(b.harm, b.excess) for b in c.breaches]) for c in found] == [
        ("Larch", [(Harm.PREFERENCE, 0.5)]),
        ("Sage", [(Harm.PREFERENCE, 1.0)]),
    ]


def test_a_policy_may_be_stricter_for_some_and_never_less_strict() -> None:
    with pytest.raises(ValidationError, match="wish for staff is less strict than overridable"):
        rules_with(rest={"stricter_for": {"staff": "wish"}})
    with pytest.raises(ValidationError, match="these speak of shifts, which have no stage: nobody_alone"):
        rules_with(nobody_alone={"stricter_for": {"staff": "hard"}})


def test_rules_written_before_there_were_parts_and_a_least_rest_still_hold() -> None:
    values = shipped_rules().model_dump()
    del values["parts"], values["rest"]["never_under_hours"], values["rest"]["stricter_for"]
    rules = RotaRules.model_validate(values)
    assert (rules.rest.never_under_hours, rules.parts.least_hours, rules.rest.stricter_for) == (8, 2, {})


def test_the_engine_gives_the_short_rest_to_the_person_who_may_have_it() -> None:
    values = shipped_rules().model_dump()
    values["rest"] |= {"severity": Severity.WISH, "stricter_for": {"staff": "hard"}}
    early = shift(at(0, 8))
    late = shift(at(0, 21))
    staff, volunteer = person(1, stage=Stage.STAFF), person(2, stage=Stage.VOLUNTEER)
    example = roster([staff], [early, late], rules=RotaRules.model_validate(values))
    assert solve(example, seconds=5).filled == 1
    example = roster([volunteer], [early, late], rules=RotaRules.model_validate(values))
    assert solve(example, seconds=5).filled == 2
