"""What is weighed once cover is settled, each alone."""

from __future__ import annotations

from datetime import date

import pytest

from progression.duties import Duty
from progression.intervals import Interval
from rota.engine.solve import solve
from rota.roster import Roster, Wish
from rota.rules.book import breaches
from rota.rules.policy import Severity
from tests.rota.rosters import at, person, roster, shift
from tests.rota.rules.faces import only


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
