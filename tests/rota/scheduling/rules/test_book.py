"""What rules find against one seat, asked for one seat or for many."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis.strategies import sampled_from

from app.policies.plain_data import plain
from rota.scheduling.roster import Plan, Roster
from rota.scheduling.rules.book import breaches, check_assignment, which_differ, which_fit
from rota.scheduling.rules.policy import RotaRules, shipped_rules
from tests.rota.scheduling.engine.test_against_brute_force import rosters
from tests.rota.scheduling.rosters import at, everyone_on, person, roster, shift


@given(rosters())
def test_which_seats_fit_is_what_checking_each_alone_says(drawn: Roster) -> None:
    # Each shift twice, so that seats at the same time on two channels are judged together.
    twice = replace(drawn, shifts=(*drawn.shifts, *(replace(s, id=s.id + 100, channel="Other") for s in drawn.shifts)))
    plan = Plan(frozenset(drawn.current))
    seats = [(each, line.duty) for each in twice.shifts for line in each.lines]
    for one in twice.people:
        alone = [not check_assignment(twice, plan, one, *seat) for seat in seats]
        assert which_fit(twice, plan, one, seats) == alone


def test_nobody_has_a_second_seat_of_their_shift_nor_one_at_the_same_time() -> None:
    held, beside = shift(at(0, 9)), shift(at(0, 9), channel="Other")
    example = roster([person(1)], [held, beside])
    [who] = example.people
    plan = everyone_on((held, held.lines[0].duty, who))
    assert which_fit(example, plan, who, [(s, s.lines[0].duty) for s in (held, beside)]) == [False, False]
    [breach] = check_assignment(example, plan, who, held, held.lines[0].duty)
    assert breach.sentence == "Larch is on this shift already."


STRICTER: dict[str, dict[str, object]] = {
    "rest": {"adult_hours": 24, "under_18_hours": 24},
    "availability": {"severity": "hard"},
    "nights_in_the_period": {"most": 1},
}


def changed(key: str) -> RotaRules:
    document = plain(shipped_rules())
    document[key] |= STRICTER[key]
    return RotaRules.model_validate(document)


def test_policies_with_other_words_alone_do_not_differ() -> None:
    document = plain(shipped_rules())
    document["rest"]["source"] = "Said in other words."
    assert which_differ(shipped_rules(), RotaRules.model_validate(document)) == frozenset()


def test_a_rule_that_takes_a_figure_from_another_differs_with_it() -> None:
    assert which_differ(shipped_rules(), changed("nights_in_the_period")) >= {"nights_in_the_period", "most_they_asked"}
    assert "nights_in_a_row" not in which_differ(shipped_rules(), changed("nights_in_the_period"))


def test_being_kept_apart_differs_where_availability_does() -> None:
    assert which_differ(shipped_rules(), changed("availability")) == {"availability", "apart"}


@settings(max_examples=25)
@given(rosters(), sampled_from(sorted(STRICTER)))
def test_a_rule_that_does_not_differ_finds_the_same(drawn: Roster, key: str) -> None:
    before, after = shipped_rules(), changed(key)
    other, plan = which_differ(before, after), Plan(frozenset(drawn.current))
    found = [
        [breach for breach in breaches(replace(drawn, rules=rules), plan, wishes=True) if breach.rule not in other]
        for rules in (before, after)
    ]
    assert found[0] == found[1]
