"""What is weighed once cover is settled, each alone."""

from __future__ import annotations

from datetime import date, time
from zoneinfo import ZoneInfo

import pytest

from app import clock
from progression.duties import Duty
from progression.intervals import Interval
from rota.scheduling.engine.solve import solve
from rota.scheduling.roster import Roster, Wish
from rota.scheduling.rules.book import breaches
from rota.scheduling.rules.days import SATURDAY
from rota.scheduling.rules.policy import Severity
from rota.scheduling.standing_slots import StandingSlot
from tests.rota.scheduling.rosters import LONDON, at, person, roster, shift
from tests.rota.scheduling.rules.check_and_engine import LORD_HOWE, NEW_YORK, only


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
    example = wished(wish)
    assert solve(example, seconds=5).plan.on(example.shifts[0].id, Duty.MODERATOR) == (who,)


def test_a_wish_never_stands_in_the_way_of_cover_and_is_no_breach() -> None:
    example = roster(
        [person(1, wishes=(Wish(False),))], [shift(at(0, 9))], rules=only("wishes", severity=Severity.WISH)
    )
    proposal = solve(example, seconds=5)
    assert (proposal.filled, proposal.breaches) == (1, ())
    assert [b.rule for b in breaches(example, proposal.plan, wishes=True)] == ["wishes"]


@pytest.mark.parametrize("zone", [LONDON, NEW_YORK, LORD_HOWE])
def test_people_with_the_same_seat_every_week_keep_it_over_a_change_of_clocks(zone: ZoneInfo) -> None:
    saturdays = [
        clock.local(zone, 2027, month, day, 22) for month, day in ((3, 13), (3, 27), (4, 3), (10, 2), (10, 30))
    ]
    nights = [shift(start, 8) for start in saturdays]
    slot = StandingSlot(SATURDAY, time(22), "Board", Duty.MODERATOR)
    rules = only("standing_slots", severity=Severity.WISH)
    example = roster([person(1), person(2, slots=(slot,)), person(3)], nights, rules=rules, zone=zone)
    proposal = solve(example, seconds=5)
    assert [proposal.plan.on(night.id, Duty.MODERATOR) for night in nights] == [(2,)] * 5
    assert breaches(example, proposal.plan, wishes=True) == []


def test_a_standing_slot_never_stands_in_the_way_of_cover_and_is_reported_when_it_is_missed() -> None:
    slot = StandingSlot(0, time(9), "Board", Duty.MODERATOR)
    rules = only("standing_slots", severity=Severity.WISH)
    needed = [shift(at(0, 9)), shift(at(1, 9))]
    from_tuesday = {Duty.MODERATOR: (Interval(at(1, 0), at(7, 0)),)}
    crew = [person(1, slots=(slot,), clearances=from_tuesday), person(2)]
    example = roster(crew, needed, rules=rules)
    proposal = solve(example, seconds=5)
    assert (proposal.filled, proposal.breaches) == (2, ())
    (missed,) = breaches(example, proposal.plan, wishes=True)
    assert (missed.rule, missed.shift_ids) == ("standing_slots", (needed[0].id,))


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
