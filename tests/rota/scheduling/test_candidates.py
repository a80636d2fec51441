"""People who are away, offered a part, or offered nothing are distinguished; and what somebody has already is named."""

from __future__ import annotations

from datetime import datetime

import pytest

from progression.duties import Duty
from progression.intervals import ALWAYS_SINCE, Interval
from rota.scheduling.candidates import Candidate, Fit, candidates_for
from rota.scheduling.engine.solve import solve
from rota.scheduling.fixes.fix import FixKind
from rota.scheduling.fixes.suggest import cheapest_fixes
from rota.scheduling.roster import Limits, Plan, Roster, RosterPerson, RosterShift
from rota.scheduling.roster_json import roster_from_json, roster_to_json
from rota.scheduling.rules.book import check_assignment
from rota.scheduling.rules.policy import Severity
from tests.rota.scheduling.rosters import ALWAYS, at, everyone_on, line, person, roster, rules_with, shift

MODERATOR = Duty.MODERATOR
ALL_WEEK = (Interval(at(0, 0), at(7, 0)),)


def candidates(example: Roster, seat: RosterShift, plan: Plan | None = None) -> list[Candidate]:
    return candidates_for(example, plan or Plan(), seat.id, MODERATOR)


def sentence(example: Roster, plan: Plan, who: RosterPerson, seat: RosterShift, rule: str, duty: Duty) -> str:
    [breach] = [b for b in check_assignment(example, plan, who, seat, duty) if b.rule == rule]
    return breach.sentence


def test_who_is_away_comes_last_and_no_fix_suggests_them() -> None:
    seat = shift(at(1, 9))
    ash, wren = person(1, free=(), away=ALL_WEEK), person(2, free=())
    example = roster([ash, wren], [seat])
    assert [(c.person_id, c.fit) for c in candidates(example, seat)] == [
        (2, Fit.OVERRIDABLE),
        (1, Fit.BLOCKED),
    ]
    fixes = cheapest_fixes(example, Plan(), seat.id, MODERATOR)
    assert [(fix.kind, fix.person_id) for fix in fixes] == [(FixKind.ASK, 2)]


def test_who_is_away_comes_after_people_whose_rules_are_worse_broken() -> None:
    seat, other = shift(at(1, 9)), shift(at(0, 20))
    ash, tired = person(1, free=(), away=ALL_WEEK), person(2)
    example = roster([ash, tired], [seat, other])
    plan = everyone_on((other, MODERATOR, tired))
    assert [c.person_id for c in candidates(example, seat, plan)][-1] == 1


def test_a_policy_that_does_not_ask_for_offers_still_seats_nobody_who_is_away() -> None:
    seat = shift(at(1, 9))
    rules = rules_with(availability={"severity": Severity.WISH})
    example = roster([person(1, away=ALL_WEEK)], [seat], rules=rules)
    [ash] = candidates(example, seat)
    assert (ash.fit, ash.sentence) == (Fit.BLOCKED, "Larch is not available then.")
    assert cheapest_fixes(example, Plan(), seat.id, MODERATOR) == []
    assert solve(example, seconds=2).filled == 0


def test_an_absence_gives_no_reason() -> None:
    seat = shift(at(1, 9))
    [ash] = candidates(roster([person(1, free=(), away=ALL_WEEK)], [seat]), seat)
    assert ash.sentence == "Larch is not available then."


def test_a_roster_written_down_keeps_who_is_away() -> None:
    example = roster([person(1, away=ALL_WEEK)], [shift(at(1, 9))])
    assert roster_from_json(roster_to_json(example)) == example


@pytest.mark.parametrize(
    ("free", "words"),
    [
        ((Interval(at(0, 20), at(1, 2)),), "Larch offered until 02:00, 1 hour short."),
        ((Interval(at(0, 23.5), at(1, 6)),), "Larch offered from 23:30, 30 minutes short."),
        ((Interval(at(0, 23.5), at(1, 2)),), "Larch offered 23:30 to 02:00, 1 hour 30 minutes short."),
        (
            (Interval(at(0, 20), at(1, 0)), Interval(at(1, 1), at(1, 6))),
            "Larch offered parts of this time, 1 hour short.",
        ),
        ((Interval(at(0, 20), at(0, 23)),), "Larch has not offered this time."),
    ],
)
def test_the_sentence_says_which_part_somebody_offered(free: tuple[Interval, ...], words: str) -> None:
    night = shift(at(0, 23))
    [one] = candidates(roster([person(1, free=free)], [night]), night)
    assert one.sentence == words


def test_who_offered_a_part_comes_before_who_offers_nothing_and_who_never_offers_nights_last() -> None:
    night = shift(at(0, 23))
    never = person(1, free=(Interval(at(0, 9), at(0, 17)), Interval(at(1, 9), at(1, 17))))
    another_night = person(2, free=(Interval(at(2, 22), at(3, 4)),))
    a_part = person(3, free=(Interval(at(0, 20), at(1, 2)),))
    found = candidates(roster([never, another_night, a_part], [night]), night)
    assert [c.person_id for c in found] == [3, 2, 1]


def both_ways(early: RosterShift, late: RosterShift, rule: str) -> tuple[str, str]:
    """The sentences about the late seat for the holder of the early one, and the other way round."""
    birch = person(1)
    example = roster([birch], [early, late])
    return (
        sentence(example, everyone_on((early, MODERATOR, birch)), birch, late, rule, MODERATOR),
        sentence(example, everyone_on((late, MODERATOR, birch)), birch, early, rule, MODERATOR),
    )


def test_the_sentence_names_the_seat_that_somebody_has_and_not_the_empty_one() -> None:
    assert both_ways(shift(at(1, 20), channel="Board"), shift(at(1, 23), channel="Live chat"), "overlap") == (
        "Larch is already moderator on Board, Tue 2 February, 20:00 to 00:00.",
        "Larch is already moderator on Live chat, Tue 2 February, 23:00 to 03:00.",
    )


def test_two_seats_of_the_same_hours_name_the_one_that_is_held() -> None:
    assert both_ways(shift(at(1, 20), channel="Board"), shift(at(1, 20), channel="Live chat"), "overlap") == (
        "Larch is already moderator on Board, Tue 2 February, 20:00 to 00:00.",
        "Larch is already moderator on Live chat, Tue 2 February, 20:00 to 00:00.",
    )


def test_too_little_rest_names_the_shift_before_or_after() -> None:
    assert both_ways(shift(at(0, 20)), shift(at(1, 9), channel="Live chat"), "rest") == (
        "Larch would have 9 hours of rest after moderator on Board, Mon 1 February, 20:00 to 00:00, "
        "and needs 11 hours.",
        "Larch would have 9 hours of rest before moderator on Live chat, Tue 2 February, 09:00 to 13:00, "
        "and needs 11 hours.",
    )


def test_too_many_hours_name_the_shift_that_is_held() -> None:
    early, late = shift(at(0, 6), 7), shift(at(0, 14), 7, channel="Live chat")
    assert both_ways(early, late, "hours_in_a_day") == (
        "Larch would work 14 hours in 24 hours, together with moderator on Board, Mon 1 February, 06:00 to 13:00, "
        "and the most is 12 hours.",
        "Larch would work 14 hours in 24 hours, together with moderator on Live chat, Mon 1 February, 14:00 to 21:00, "
        "and the most is 12 hours.",
    )


def test_nobody_is_called_on_call_on_on_call() -> None:
    birch = person(1, MODERATOR, Duty.ON_CALL)
    seat = shift(at(1, 20), 12, line(Duty.ON_CALL), channel="On call")
    board = shift(at(1, 23))
    example = roster([birch], [seat, board])
    on_call = everyone_on((seat, Duty.ON_CALL, birch))
    assert sentence(example, on_call, birch, board, "overlap", MODERATOR) == (
        "Larch is already on call, Tue 2 February, 20:00 to 08:00."
    )
    moderating = everyone_on((board, MODERATOR, birch))
    assert sentence(example, moderating, birch, seat, "overlap", Duty.ON_CALL) == (
        "Larch is already moderator on Board, Tue 2 February, 23:00 to 03:00."
    )


def nights(*starts: datetime) -> list[RosterShift]:
    return [shift(start, 4) for start in starts]


def test_recovery_says_which_nights_and_which_shift_is_in_the_way() -> None:
    run = nights(at(0, 23), at(1, 23), at(2, 23))
    after = shift(at(4, 9), channel="Live chat")
    birch = person(1, free=ALWAYS)
    example = roster([birch], [*run, after])
    worked = everyone_on(*((night, MODERATOR, birch) for night in run))
    assert sentence(example, worked, birch, after, "recovery_after_nights", MODERATOR) == (
        "Larch would have 30 hours of rest after 3 nights in a row, which end on Thu 4 February, 03:00, "
        "and needs 46 hours."
    )
    held = everyone_on(*((seat, MODERATOR, birch) for seat in (*run[:2], after)))
    assert sentence(example, held, birch, run[2], "recovery_after_nights", MODERATOR) == (
        "Larch would have 30 hours of rest after 3 nights in a row, which end on Thu 4 February, 03:00, "
        "and before moderator on Live chat, Fri 5 February, 09:00 to 13:00, and needs 46 hours."
    )


def test_nights_in_a_row_say_from_when_to_when() -> None:
    run = nights(*(at(day, 23) for day in range(4)))
    birch = person(1)
    example = roster([birch], run)
    worked = everyone_on(*((night, MODERATOR, birch) for night in run[:3]))
    assert sentence(example, worked, birch, run[3], "nights_in_a_row", MODERATOR) == (
        "Larch would have 4 nights in a row, from Mon 1 February to Thu 4 February, and the most is 3."
    )


def test_asking_says_what_was_offered_and_how_many_seats_of_the_week_it_could_fill() -> None:
    night, more, far = shift(at(0, 23)), shift(at(3, 9)), shift(at(8, 9))
    linnet = person(1, free=(Interval(at(0, 20), at(1, 2)),))
    example = roster([linnet], [night, more, far])
    [fix] = [f for f in cheapest_fixes(example, Plan(), night.id, MODERATOR) if f.kind is FixKind.ASK]
    assert fix.sentence == (
        "Ask Larch, who offered until 02:00, 1 hour short. 1 more short seat that week could be theirs too."
    )
    assert fix.fills == 1


def test_the_nearest_training_is_included_however_many_lighter_ways_there_are() -> None:
    seat, other = shift(at(3, 9)), shift(at(0, 9))
    full = [person(who, limits=Limits(most_shifts=0)) for who in (1, 2)]
    unoffered = [person(who, free=()) for who in (3, 4)]
    busy = person(5, commitments=())
    only_other = person(6, free=(Interval(at(3, 11), at(3, 15)),))
    later = shift(at(3, 11))
    lapsed = person(7, clearances={MODERATOR: (Interval(ALWAYS_SINCE, at(0, 0)),)})
    example = roster([*full, *unoffered, busy, only_other, lapsed], [seat, other, later])
    plan = everyone_on((later, MODERATOR, busy))
    kinds = [fix.kind for fix in cheapest_fixes(example, plan, seat.id, MODERATOR)]
    assert kinds[0] is FixKind.SWAP
    assert kinds[-1] is FixKind.TRAIN
    assert len(kinds) == 5
