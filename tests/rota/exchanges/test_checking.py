"""Several seats that move at once are judged by what everybody would have afterwards."""

from __future__ import annotations

from app import db
from progression.duties import Duty
from rota.exchanges.checking import SeatGoes, check_moves, newly_broken
from rota.scheduling.cover_pattern import Need
from rota.scheduling.rules.base import Breach, Scope
from rota.scheduling.rules.policy import Severity
from tests.rota.crew import Crew, seats
from tests.times import NOW


def test_two_who_trade_shifts_of_one_evening_are_never_on_both(crew: Crew) -> None:
    wren, teal = crew.moderator("Wren"), crew.moderator("Teal")
    crew.always_can(wren, teal)
    rota = crew.rota(crew.evenings("Board"), crew.evenings("Chat"), days=1)
    first, second = seats(rota)
    crew.give(rota, first, wren)
    crew.give(rota, second, teal)
    crew.publish(rota)
    first, second = seats(rota)
    with db.writing():
        assert check_moves([SeatGoes(first, teal.id), SeatGoes(second, wren.id)], now=NOW).broken == ()
        alone = check_moves([SeatGoes(first, teal.id)], now=NOW)
        assert {breach.rule for breach in alone.broken} >= {"overlap"}
    assert [seat.person_id for seat in seats(rota)] == [wren.id, teal.id]


def test_a_seat_in_a_duty_somebody_is_not_cleared_for_is_found(crew: Crew) -> None:
    heron, wren = crew.lead("Heron"), crew.moderator("Wren")
    crew.always_can(heron, wren)
    rota = crew.rota(crew.evenings("Board", Need(Duty.LEAD, 1, 1, 1), Need(Duty.MODERATOR, 1, 1, 1)), days=1)
    lead, moderator = seats(rota)
    crew.give(rota, lead, heron)
    crew.give(rota, moderator, wren)
    crew.publish(rota)
    lead, moderator = seats(rota)
    with db.writing():
        found = check_moves([SeatGoes(lead, wren.id), SeatGoes(moderator, heron.id)], now=NOW)
    assert ("clearance", wren.id) in {(breach.rule, breach.person_id) for breach in found.broken}
    assert set(found.people) == {heron.id, wren.id}


def _breach(rule: str, *shifts: int, excess: float = 1.0) -> Breach:
    return Breach(rule, Severity.HARD, Scope.PERSON, 1, shifts, f"{rule} {shifts} {excess}", excess=excess)


def test_what_was_broken_before_and_goes_no_further_is_not_new() -> None:
    before = [_breach("hours_in_a_week", 1, 2, 3, excess=0.3)]
    assert newly_broken(before, [_breach("hours_in_a_week", 1, 2, excess=0.1)]) == []


def test_what_goes_further_or_touches_another_shift_or_comes_beside_is_new() -> None:
    before = [_breach("overlap", 1, 2)]
    assert newly_broken(before, [_breach("overlap", 2, 3)])
    assert newly_broken([_breach("hours_in_a_week", 1, excess=0.1)], [_breach("hours_in_a_week", 1, excess=0.2)])
    assert newly_broken(before, [*before, _breach("overlap", 1, 3)]) == [_breach("overlap", 1, 3)]
