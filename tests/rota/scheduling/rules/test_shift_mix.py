"""Rules about who is on a shift together, each alone, on both sides of its edge."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pytest

from progression.duties import Duty
from progression.intervals import Interval
from rota.scheduling.engine.solve import solve
from rota.scheduling.roster import Pair, Plan, Roster, RosterPerson, Seating
from rota.scheduling.rules.book import breaches, breaches_of_people, check_assignment
from rota.scheduling.rules.policy import RotaRules, Severity, shipped_rules
from tests.rota.scheduling.rosters import at, line, person, roster, shift
from tests.rota.scheduling.rules.check_and_engine import broken_rules, is_kept, only, seats


def crew_of(people: Sequence[RosterPerson], *duties: Duty, rules: RotaRules, pairs: tuple[Pair, ...] = ()) -> Roster:
    """One shift that has a place for each of these duties."""
    lines = [line(duty, duties.count(duty)) for duty in dict.fromkeys(duties)]
    return roster(people, [shift(at(0, 9), 4, *lines, blend_exempt=False)], rules=rules, pairs=pairs)


def test_peers_are_on_duty_only_beside_somebody_who_looks_after_them() -> None:
    peers = [person(n, Duty.HOST) for n in range(1, 5)]
    moderator = person(9)
    rules = only("peers_beside", most_each=3)
    assert is_kept(crew_of([*peers[:3], moderator], *[Duty.HOST] * 3, Duty.MODERATOR, rules=rules), "peers_beside")
    assert not is_kept(crew_of([*peers, moderator], *[Duty.HOST] * 4, Duty.MODERATOR, rules=rules), "peers_beside")
    assert not is_kept(crew_of(peers[:1], Duty.HOST, rules=rules), "peers_beside")


def test_newcomers_are_beside_somebody_who_is_none() -> None:
    rules = only("newcomers_beside", most_each=1)
    new, other = person(1, is_newcomer=True), person(2, is_newcomer=True)
    assert is_kept(crew_of([new, person(3)], Duty.MODERATOR, Duty.MODERATOR, rules=rules), "newcomers_beside")
    assert not is_kept(crew_of([new, other], Duty.MODERATOR, Duty.MODERATOR, rules=rules), "newcomers_beside")


def test_who_shadows_has_somebody_to_watch_and_is_no_cover() -> None:
    rules = only("shadows_beside", most_each=2)
    shadows = [person(n, Duty.SHADOW) for n in range(1, 4)]
    alone = crew_of(shadows[:1], Duty.SHADOW, rules=rules)
    assert broken_rules(alone, seats(alone)) == {"shadows_beside"}
    assert solve(alone, seconds=5).plan == Plan()
    two = crew_of([*shadows[:2], person(9)], Duty.SHADOW, Duty.SHADOW, Duty.MODERATOR, rules=rules)
    three = crew_of([*shadows, person(9)], *[Duty.SHADOW] * 3, Duty.MODERATOR, rules=rules)
    assert broken_rules(two, seats(two)) == set()
    assert broken_rules(three, seats(three)) == {"shadows_beside"}
    proposal = solve(two, seconds=5)
    assert (proposal.seats, len(proposal.plan.seatings)) == (1, 3)


@pytest.mark.parametrize("present", [1, 2])
def test_a_shift_with_one_person_is_not_safe_to_open_yet(present: int) -> None:
    rules = only("nobody_alone", at_least=2, severity=Severity.OVERRIDABLE)
    example = crew_of([person(n) for n in range(1, present + 1)], Duty.MODERATOR, Duty.MODERATOR, rules=rules)
    assert broken_rules(example, seats(example)) == (set() if present == 2 else {"nobody_alone"})
    assert broken_rules(example, Plan()) == set()


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
    example = crew_of([who], next(iter(who.clearances)), rules=only("experienced_adult"))
    assert (broken_rules(example, seats(example)) == set()) is is_safe


def test_an_on_call_line_is_exempt_from_the_mix() -> None:
    example = crew_of([person(1, Duty.ON_CALL)], Duty.ON_CALL, rules=shipped_rules())
    assert broken_rules(example, seats(example)) == set()
    assert solve(example, seconds=5).filled == 1


def test_two_who_are_kept_apart_never_meet_and_nobody_reads_why() -> None:
    pairs = (Pair(1, 2),)
    people = [person(1), person(2), person(3)]
    example = crew_of(people, *[Duty.MODERATOR] * 3, rules=only("apart"), pairs=pairs)
    assert {b.rule for b in breaches(example, seats(example))} == {"availability"}
    proposal = solve(example, seconds=5)
    assert proposal.filled == 2
    assert {1, 2} - {s.person_id for s in proposal.plan.seatings}
    one_on = Plan(frozenset({Seating(example.shifts[0].id, Duty.MODERATOR, 1)}))
    [breach] = check_assignment(example, one_on, people[1], example.shifts[0], Duty.MODERATOR)
    assert (breach.rule, breach.person_id) == ("availability", 2)
    assert breach.sentence == "Sage is not available then."


def test_to_be_away_and_kept_apart_from_two_is_one_breach() -> None:
    people = [person(1), person(2, away=(Interval(at(0, 0), at(1, 0)),)), person(3)]
    example = crew_of(people, *[Duty.MODERATOR] * 3, rules=only("apart"), pairs=(Pair(1, 2), Pair(2, 3)))
    shift_id = example.shifts[0].id
    others = Plan(frozenset({Seating(shift_id, Duty.MODERATOR, 1), Seating(shift_id, Duty.MODERATOR, 3)}))
    assert len(check_assignment(example, others, people[1], example.shifts[0], Duty.MODERATOR)) == 1
    assert len(breaches_of_people(example, seats(example), [2])) == 1


def test_two_who_belong_together_are_there_together_or_not_at_all() -> None:
    pairs = (Pair(1, 2, together=True),)
    people = [person(1), person(2), person(3)]
    one_place = crew_of(people, Duty.MODERATOR, rules=only("together"), pairs=pairs)
    assert solve(one_place, seconds=5).plan.on(one_place.shifts[0].id, Duty.MODERATOR) == (3,)
    both = crew_of(people[:2], Duty.MODERATOR, Duty.MODERATOR, rules=only("together"), pairs=pairs)
    assert solve(both, seconds=5).filled == 2


def test_somebody_without_the_one_who_belongs_beside_them_is_told_also_where_that_person_was_not_read() -> None:
    pairs = (Pair(1, 2, together=True),)
    everybody = crew_of([person(1), person(2)], Duty.MODERATOR, rules=only("together"), pairs=pairs)
    alone = Plan(frozenset({Seating(everybody.shifts[0].id, Duty.MODERATOR, 1)}))
    those_on_shifts = replace(everybody, people=everybody.people[:1])
    assert [b.sentence for roster in (everybody, those_on_shifts) for b in breaches(roster, alone)] == [
        f"{everybody.people[0].name} is on this shift without {everybody.people[1].name}.",
        f"{everybody.people[0].name} is on this shift without somebody who belongs beside them.",
    ]


def test_a_line_has_only_so_many_places() -> None:
    example = crew_of([person(1), person(2)], Duty.MODERATOR, rules=only("room"))
    assert broken_rules(example, seats(example)) == {"room"}
    assert solve(example, seconds=5).filled == 1
