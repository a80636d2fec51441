"""Every fix offered is applied, and does what it promises; a plan made again changes as little as it can."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from benchmarks.blended import blended
from progression.duties import Duty
from progression.intervals import ALWAYS_SINCE, Interval
from rota.engine.again import replan_without
from rota.engine.solve import solve
from rota.fixes import FixKind, cheapest_fixes
from rota.gaps import Verdict, who_could
from rota.roster import Limits, Plan, Roster, RosterShift, Seating, filled_seats
from rota.rules.base import Scope
from rota.rules.book import breaches
from rota.rules.policy import Severity
from tests.rota.rosters import ALWAYS, at, everyone_on, person, roster, shift

MODERATOR = Duty.MODERATOR


def fixes_of(picture: Roster, plan: Plan, seat: RosterShift) -> dict[FixKind, list[str]]:
    """The fixes by kind, each applied and found to keep its promise."""
    known = set(breaches(picture, plan))
    found: dict[FixKind, list[str]] = {}
    for fix in cheapest_fixes(picture, plan, seat.id, MODERATOR):
        assert len(fix.plan.on(seat.id, MODERATOR)) == len(plan.on(seat.id, MODERATOR)) + 1
        assert filled_seats(fix.roster, fix.plan) == filled_seats(picture, plan) + fix.fills
        assert fix.fills >= 1
        new = set(breaches(fix.roster, fix.plan)) - known
        # A shift that was empty may still want company: that is a gap of its own.
        new = {b for b in new if b.scope is Scope.PERSON or b.severity is Severity.HARD}
        if fix.kind is FixKind.WAIVE:
            assert {breach.person_id for breach in new} == {fix.person_id}
            assert fix.rule in {breach.rule for breach in new}
        else:
            assert new == set()
        found.setdefault(fix.kind, []).append(fix.sentence)
    return found


def test_who_is_free_is_offered_first_and_the_lightest_load_foremost() -> None:
    seat, other = shift(at(3, 9)), shift(at(0, 9))
    picture = roster([person(1), person(2)], [seat, other])
    plan = everyone_on((other, MODERATOR, picture.people[0]))
    assert fixes_of(picture, plan, seat)[FixKind.GIVE] == [
        "Give it to Sage. Nobody else moves.",
        "Give it to Larch. Nobody else moves.",
    ]


def test_somebody_is_moved_where_another_can_take_their_seat() -> None:
    seat, other = shift(at(0, 9)), shift(at(0, 12))
    only_later = person(2, free=(Interval(at(0, 12), at(0, 16)),))
    picture = roster([person(1), only_later], [seat, other])
    plan = everyone_on((other, MODERATOR, picture.people[0]))
    assert who_could(picture, plan, seat.id, MODERATOR)[0].verdict is Verdict.ELSEWHERE
    assert fixes_of(picture, plan, seat)[FixKind.SWAP] == ["Move Larch so that it is filled. 1 seat changes hands."]


def test_somebody_who_asked_for_no_more_may_be_asked_for_one_more() -> None:
    seat, other = shift(at(3, 9)), shift(at(0, 9))
    picture = roster([person(1, limits=Limits(most_shifts=1))], [seat, other])
    plan = everyone_on((other, MODERATOR, picture.people[0]))
    assert fixes_of(picture, plan, seat)[FixKind.ONE_MORE] == [
        "Ask Larch for one more than they offered. Nobody else moves."
    ]


def test_somebody_who_has_not_offered_the_time_may_be_asked() -> None:
    seat = shift(at(3, 9))
    picture = roster([person(1, free=())], [seat])
    assert list(fixes_of(picture, Plan(), seat)) == [FixKind.ASK]


def test_a_refresher_says_by_when_and_how_many_seats_it_fills() -> None:
    seats = [shift(at(day, 9)) for day in (1, 3, 5)]
    lapsed = person(1, clearances={MODERATOR: (Interval(ALWAYS_SINCE, at(0, 0)),)})
    picture = roster([lapsed], seats)
    assert fixes_of(picture, Plan(), seats[0])[FixKind.TRAIN] == [
        "Renew Larch’s clearance for moderator by Tue 2 February, 09:00. Fills this and 2 more seats."
    ]


def test_a_shift_moved_by_half_an_hour_lets_somebody_rest() -> None:
    late, seat = shift(at(0, 18)), shift(at(1, 8.75))
    picture = roster([person(1)], [late, seat])
    plan = everyone_on((late, MODERATOR, picture.people[0]))
    found = fixes_of(picture, plan, seat)
    assert found[FixKind.MOVE] == ["Start the shift 30 minutes later, and Larch can take it."]
    assert found[FixKind.WAIVE] == [
        "Set one rule aside with a reason: "
        "Larch would have 10.75 hours of rest before Tue 2 February, 08:45, and needs 11 hours."
    ]


def test_a_hard_rule_is_never_offered_to_be_set_aside() -> None:
    seat = shift(at(0, 22))
    young = person(1, born_on=at(0, 0).date() - timedelta(days=17 * 365))
    assert fixes_of(roster([young], [seat]), Plan(), seat) == {}


@pytest.fixture(scope="module")
def small_month() -> tuple[Roster, Plan]:
    picture = blended(60, 1, 3)
    return picture, solve(picture, seconds=20, seed=1).plan


def test_every_fix_for_every_gap_of_a_believable_week_keeps_its_promise(small_month: tuple[Roster, Plan]) -> None:
    picture, plan = small_month
    short = [
        s
        for s in picture.shifts
        for each in s.lines
        if each.duty is MODERATOR and len(plan.on(s.id, MODERATOR)) < each.wanted
    ]
    offered = [fixes_of(picture, plan, seat) for seat in short[:6]]
    assert any(offered)


def test_after_a_drop_out_others_keep_their_seats(small_month: tuple[Roster, Plan]) -> None:
    picture, plan = small_month
    who = max(plan.by_person, key=lambda person_id: len(plan.by_person[person_id]))
    again = replan_without(picture, plan, who, seconds=20, seed=1)
    assert who not in again.plan.by_person
    assert again.is_fewest
    assert again.plan.seatings == plan.seatings - set(again.lost) - set(again.taken) | set(again.given)
    assert [b for b in breaches(picture, again.plan) if b.person_id is not None] == []
    whole = solve(replace(picture, people=tuple(p for p in picture.people if p.id != who)), seconds=20, seed=1)
    assert again.filled == whole.filled


def test_only_the_seats_named_are_given_up() -> None:
    first, second = shift(at(0, 9)), shift(at(3, 9))
    picture = roster([person(1), person(2)], [first, second])
    plan = everyone_on((first, MODERATOR, picture.people[0]), (second, MODERATOR, picture.people[0]))
    again = replan_without(picture, plan, 1, shift_ids=[first.id])
    assert again.plan == everyone_on((first, MODERATOR, picture.people[1]), (second, MODERATOR, picture.people[0]))
    assert (again.taken, again.is_fewest, again.filled) == ((), True, 2)


def test_a_chain_is_found_where_one_has_to_move_to_make_room() -> None:
    first, second = shift(at(0, 9)), shift(at(0, 12))
    only_second = person(3, free=(Interval(at(0, 12), at(0, 16)),))
    picture = roster([person(1), person(2), only_second], [first, second])
    plan = everyone_on((first, MODERATOR, picture.people[0]), (second, MODERATOR, picture.people[1]))
    again = replan_without(picture, plan, 1)
    assert again.taken == (Seating(second.id, MODERATOR, 2),)
    assert (again.filled, again.is_fewest) == (2, True)


def test_a_clearance_that_never_was_is_told_as_one_to_finish() -> None:
    seat = shift(at(1, 9))
    picture = roster([person(1, clearances={Duty.HOST: ALWAYS})], [seat])
    assert fixes_of(picture, Plan(), seat)[FixKind.TRAIN] == [
        "Finish Larch’s clearance for moderator by Tue 2 February, 09:00. Fills this seat."
    ]
