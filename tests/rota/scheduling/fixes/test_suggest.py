"""Every fix offered is applied, and does what it promises; a plan made again changes as little as it can."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from benchmarks.blended import blended
from progression.duties import Duty
from progression.intervals import ALWAYS_SINCE, Interval
from progression.missing import MissingRequirement
from rota.scheduling.candidates import Fit, candidates_for
from rota.scheduling.engine.replan import replan_without
from rota.scheduling.engine.solve import solve
from rota.scheduling.fixes.fix import Fix, FixKind
from rota.scheduling.fixes.suggest import cheapest_fixes
from rota.scheduling.roster import Limits, Pair, Plan, Roster, RosterPerson, RosterShift, Seating, filled_seats
from rota.scheduling.rules.base import Scope
from rota.scheduling.rules.book import breaches
from rota.scheduling.rules.policy import Severity
from tests.rota.scheduling.rosters import ALWAYS, at, everyone_on, line, person, roster, rules_with, shift, stint

MODERATOR = Duty.MODERATOR


def fixes_of(example: Roster, plan: Plan, seat: RosterShift) -> dict[FixKind, list[str]]:
    """The fixes by kind, each applied and found to keep its promise."""
    found: dict[FixKind, list[str]] = {}
    for fix in cheapest_fixes(example, plan, seat.id, MODERATOR):
        keeps_its_promise(example, plan, seat, fix)
        found.setdefault(fix.kind, []).append(fix.sentence)
    return found


def keeps_its_promise(example: Roster, plan: Plan, seat: RosterShift, fix: Fix) -> None:
    """The seat is filled by it, so many seats fewer are short, and nothing is broken that was not before."""
    assert fix.fills >= 1
    assert short(fix.roster, fix.plan) == short(example, plan) - fix.fills
    assert set(fix.moves) == plan.seatings - fix.plan.seatings
    if fix.kind is FixKind.SPLIT:
        known = {s.id for s in example.shifts}
        first, second = (s for s in fix.roster.shifts_by_start if s.id not in known)
        assert (first.starts_at, first.ends_at, second.ends_at) == (seat.starts_at, second.starts_at, seat.ends_at)
        least = timedelta(hours=example.rules.parts.least_hours)
        assert min(s.ends_at - s.starts_at for s in (first, second)) >= least
        shared = {*fix.plan.on(first.id, MODERATOR), *fix.plan.on(second.id, MODERATOR)}
        assert len(shared) == 2
        assert shared.isdisjoint(plan.on(seat.id, MODERATOR))
    else:
        assert len(fix.plan.on(seat.id, MODERATOR)) == len(plan.on(seat.id, MODERATOR)) + 1
    new = set(breaches(fix.roster, fix.plan)) - set(breaches(example, plan))
    # A shift that was empty may still want company: that is a gap of its own.
    new = {b for b in new if b.scope is Scope.PERSON or b.severity is Severity.HARD}
    if fix.kind is FixKind.WAIVE:
        assert {breach.person_id for breach in new} == {fix.person_id}
        assert fix.rule in {breach.rule for breach in new}
        assert {breach.severity for breach in new} == {Severity.OVERRIDABLE}
    else:
        assert new == set()


def short(example: Roster, plan: Plan) -> int:
    return example.seats - filled_seats(example, plan)


def test_who_is_free_is_offered_first_and_the_lightest_load_foremost() -> None:
    seat, other = shift(at(3, 9)), shift(at(0, 9))
    example = roster([person(1), person(2)], [seat, other])
    plan = everyone_on((other, MODERATOR, example.people[0]))
    assert fixes_of(example, plan, seat)[FixKind.GIVE] == [
        "Give it to Sage. Nobody else moves.",
        "Give it to Larch. Nobody else moves.",
    ]


def test_somebody_is_moved_where_another_can_take_their_seat() -> None:
    seat, other = shift(at(0, 9)), shift(at(0, 12))
    only_later = person(2, free=(Interval(at(0, 12), at(0, 16)),))
    example = roster([person(1), only_later], [seat, other])
    plan = everyone_on((other, MODERATOR, example.people[0]))
    assert candidates_for(example, plan, seat.id, MODERATOR)[0].fit is Fit.ELSEWHERE
    assert fixes_of(example, plan, seat)[FixKind.SWAP] == ["Move Larch so that it is filled. 1 seat changes hands."]


def test_somebody_who_asked_for_no_more_may_be_asked_for_one_more() -> None:
    seat, other = shift(at(3, 9)), shift(at(0, 9))
    example = roster([person(1, limits=Limits(most_shifts=1))], [seat, other])
    plan = everyone_on((other, MODERATOR, example.people[0]))
    assert fixes_of(example, plan, seat)[FixKind.ONE_MORE] == [
        "Ask Larch for one more than they offered. Nobody else moves."
    ]


def test_somebody_who_has_not_offered_the_time_may_be_asked() -> None:
    seat = shift(at(3, 9))
    example = roster([person(1, free=())], [seat])
    assert list(fixes_of(example, Plan(), seat)) == [FixKind.ASK]


def test_a_refresher_says_by_when_and_how_many_seats_it_fills() -> None:
    seats = [shift(at(day, 9)) for day in (1, 3, 5)]
    lapsed = person(1, clearances={MODERATOR: (Interval(ALWAYS_SINCE, at(0, 0)),)})
    example = roster([lapsed], seats)
    assert fixes_of(example, Plan(), seats[0])[FixKind.TRAIN] == [
        "Larch could, once the clearance for moderator is renewed by Tue 2 February, 09:00: "
        "fills this and 2 more seats."
    ]


def test_a_shift_moved_by_half_an_hour_lets_somebody_rest() -> None:
    late, seat = shift(at(0, 18)), shift(at(1, 8.75))
    example = roster([person(1)], [late, seat])
    plan = everyone_on((late, MODERATOR, example.people[0]))
    found = fixes_of(example, plan, seat)
    assert found[FixKind.MOVE] == ["Start the shift 30 minutes later, and Larch can take it."]
    assert found[FixKind.WAIVE] == [
        "Set one rule aside with a reason: "
        "Larch would have 10 hours 45 minutes of rest after moderator on Board, Mon 1 February, 18:00 to 22:00, "
        "and needs 11 hours."
    ]


def test_a_hard_rule_is_never_offered_to_be_set_aside() -> None:
    seat = shift(at(0, 22))
    young = person(1, born_on=at(0, 0).date() - timedelta(days=17 * 365))
    assert fixes_of(roster([young], [seat]), Plan(), seat) == {}


@pytest.fixture(scope="module")
def small_month() -> tuple[Roster, Plan]:
    example = blended(60, 1, 3)
    return example, solve(example, seconds=20, seed=1).plan


def test_every_fix_for_every_gap_of_a_believable_week_keeps_its_promise(small_month: tuple[Roster, Plan]) -> None:
    example, plan = small_month
    short = [
        s
        for s in example.shifts
        for each in s.lines
        if each.duty is MODERATOR and len(plan.on(s.id, MODERATOR)) < each.wanted
    ]
    offered = [fixes_of(example, plan, seat) for seat in short[:6]]
    assert any(offered)


def test_after_a_drop_out_others_keep_their_seats(small_month: tuple[Roster, Plan]) -> None:
    example, plan = small_month
    who = max(plan.by_person, key=lambda person_id: len(plan.by_person[person_id]))
    again = replan_without(example, plan, who, seconds=20, seed=1)
    assert who not in again.plan.by_person
    assert again.is_fewest
    assert again.plan.seatings == plan.seatings - set(again.lost) - set(again.taken) | set(again.given)
    assert [b for b in breaches(example, again.plan) if b.person_id is not None] == []
    whole = solve(replace(example, people=tuple(p for p in example.people if p.id != who)), seconds=20, seed=1)
    assert again.filled == whole.filled


def test_only_the_seats_named_are_given_up() -> None:
    first, second = shift(at(0, 9)), shift(at(3, 9))
    example = roster([person(1), person(2)], [first, second])
    plan = everyone_on((first, MODERATOR, example.people[0]), (second, MODERATOR, example.people[0]))
    again = replan_without(example, plan, 1, shift_ids=[first.id])
    assert again.plan == everyone_on((first, MODERATOR, example.people[1]), (second, MODERATOR, example.people[0]))
    assert (again.taken, again.is_fewest, again.filled) == ((), True, 2)


def test_a_chain_is_found_where_one_has_to_move_to_make_room() -> None:
    first, second = shift(at(0, 9)), shift(at(0, 12))
    only_second = person(3, free=(Interval(at(0, 12), at(0, 16)),))
    example = roster([person(1), person(2), only_second], [first, second])
    plan = everyone_on((first, MODERATOR, example.people[0]), (second, MODERATOR, example.people[1]))
    again = replan_without(example, plan, 1)
    assert again.taken == (Seating(second.id, MODERATOR, 2),)
    assert (again.filled, again.is_fewest) == (2, True)


def test_a_clearance_that_never_was_is_worded_as_one_to_finish() -> None:
    seat = shift(at(1, 9))
    example = roster([person(1, clearances={Duty.HOST: ALWAYS})], [seat])
    assert fixes_of(example, Plan(), seat)[FixKind.TRAIN] == [
        "Larch could, once the clearance for moderator is given by Tue 2 February, 09:00: fills this seat."
    ]


LAPSED = (Interval(ALWAYS_SINCE, at(0, 0)),)


def lacking(*lacks: MissingRequirement) -> RosterPerson:
    return person(7, clearances={Duty.HOST: ALWAYS}, lacks={MODERATOR: lacks})


def test_training_names_the_course_the_date_by_which_and_how_many_seats_it_fills() -> None:
    seats = [shift(at(day, 9)) for day in (1, 3, 5)]
    refresher = MissingRequirement("training:safeguarding", "Safeguarding", LAPSED)
    example = roster([lacking(refresher)], seats)
    [fix] = cheapest_fixes(example, Plan(), seats[0].id, MODERATOR)
    keeps_its_promise(example, Plan(), seats[0], fix)
    assert fix.sentence == (
        "Heron could, once the refresher “Safeguarding” is finished by Tue 2 February, 09:00: "
        "fills this and 2 more seats."
    )
    assert (fix.missing, fix.by, fix.fills) == ((refresher,), seats[0].starts_at, 3)


def test_a_check_and_a_sign_off_are_each_named() -> None:
    seat = shift(at(1, 9))
    check = MissingRequirement("check:dbs-enhanced", "Background check", LAPSED)
    course, step = (
        MissingRequirement("training:conflict", "Conflict", ()),
        MissingRequirement("sign-off:volunteer", "Sign-off as volunteer", ()),
    )
    [sentence] = fixes_of(roster([lacking(course, check, step)], [seat]), Plan(), seat)[FixKind.TRAIN]
    assert sentence == (
        "Heron could, once the course “Conflict” is finished, “Background check” is renewed and the sign-off as "
        "volunteer is given by Tue 2 February, 09:00: fills this seat."
    )


def test_what_lapses_later_in_the_period_keeps_later_seats_from_being_promised() -> None:
    seats = [shift(at(day, 9)) for day in (1, 3, 5)]
    course = MissingRequirement("training:conflict", "Conflict", ())
    check = MissingRequirement("check:dbs-enhanced", "Background check", (Interval(ALWAYS_SINCE, at(4, 0)),))
    [fix] = cheapest_fixes(roster([lacking(course, check)], seats), Plan(), seats[0].id, MODERATOR)
    assert (fix.missing, fix.fills) == ((course,), 2)


@pytest.mark.parametrize(
    "lacks",
    [
        (MissingRequirement("age:18", "18 or older", ()),),
        tuple(MissingRequirement(f"training:course-{n}", f"Course {n}", ()) for n in range(4)),
        (),
    ],
)
def test_nobody_is_trained_for_a_shift_who_cannot_be_ready_for_it(lacks: tuple[MissingRequirement, ...]) -> None:
    seat = shift(at(1, 9))
    assert fixes_of(roster([lacking(*lacks)], [seat]), Plan(), seat) == {}


def test_the_person_who_lacks_least_is_trained_first() -> None:
    seat = shift(at(1, 9))
    course, other = (
        MissingRequirement("training:conflict", "Conflict", ()),
        MissingRequirement("training:listening", "Listening", ()),
    )
    two = replace(lacking(course, other), id=1)
    example = roster([two, lacking(other)], [seat])
    assert [len(fix.missing) for fix in cheapest_fixes(example, Plan(), seat.id, MODERATOR)] == [1, 2]


def test_a_seat_is_shared_by_two_who_can_each_do_a_part() -> None:
    seat = shift(at(0, 9), 8)
    early, late = (Interval(at(0, 8), at(0, 12.75)),), (Interval(at(0, 11), at(0, 18)),)
    example = roster([person(1, free=early), person(2, free=late)], [seat])
    assert fixes_of(example, Plan(), seat)[FixKind.SPLIT] == ["Share the seat: Larch until 12:30, Sage from then on."]


@pytest.mark.parametrize(("hours", "is_offered"), [(4, True), (3.75, False)])
def test_no_part_is_shorter_than_the_policy_says(hours: float, is_offered: bool) -> None:
    seat = shift(at(0, 9), hours)
    one, other = (Interval(at(0, 9), at(0, 11)),), (Interval(at(0, 11), at(0, 13)),)
    example = roster([person(1, free=one), person(2, free=other)], [seat])
    assert (FixKind.SPLIT in fixes_of(example, Plan(), seat)) is is_offered
    unused = rules_with(parts={"severity": Severity.UNUSED})
    assert FixKind.SPLIT not in fixes_of(replace(example, rules=unused), Plan(), seat)


def test_a_shared_seat_leaves_no_peer_alone_and_brings_nobody_together_who_is_kept_apart() -> None:
    beside = line(MODERATOR), line(Duty.HOST)
    seat = shift(at(0, 9), 8, *beside, blend_exempt=False)
    early, late = (Interval(at(0, 8), at(0, 13)),), (Interval(at(0, 13), at(0, 18)),)
    crew = [person(1, free=early), person(2, free=late), person(3, Duty.HOST)]
    example = roster(crew, [seat])
    assert FixKind.SPLIT in fixes_of(example, Plan(), seat)
    apart = roster(crew, [seat], pairs=(Pair(1, 2),))
    assert FixKind.SPLIT not in fixes_of(apart, Plan(), seat)
    with_peer = everyone_on((seat, Duty.HOST, crew[2]))
    beside_peer = roster(crew, [seat], pairs=(Pair(2, 3),), fixed=tuple(with_peer.seatings))
    assert FixKind.SPLIT not in fixes_of(beside_peer, with_peer, seat)


def test_the_rule_set_aside_is_the_one_that_does_least_harm() -> None:
    seat = shift(at(1, 9))
    nine, ten = (person(who, commitments=(stint(at(1, 5 - rest)),)) for who, rest in ((1, 9), (2, 10)))
    seven = person(3, commitments=(stint(at(0, 22)),))
    found = fixes_of(roster([nine, ten, seven], [seat]), Plan(), seat)[FixKind.WAIVE]
    assert [sentence.split(": ")[1].split(" of rest")[0] for sentence in found] == [
        "Sage would have 10 hours",
        "Larch would have 9 hours",
    ]
