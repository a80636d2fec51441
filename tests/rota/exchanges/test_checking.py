"""Several seats that move at once are judged by what everybody would have afterwards."""

from __future__ import annotations

from app import db
from progression.duties import Duty
from rota.exchanges.checking import SeatGoes, check_moves
from rota.scheduling.cover_pattern import Need
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


def test_nobody_is_given_a_second_seat_in_their_duty_on_a_shift_where_they_have_one(crew: Crew) -> None:
    wren, teal = crew.moderator("Wren"), crew.moderator("Teal")
    crew.always_can(wren, teal)
    rota = crew.rota(crew.evenings("Board", Need(Duty.MODERATOR, 1, 2, 2)), days=1)
    for seat, person in zip(seats(rota), (wren, teal), strict=True):
        crew.give(rota, seat, person)
    crew.publish(rota)
    first, second = seats(rota)
    with db.writing():
        found = check_moves([SeatGoes(first, teal.id)], now=NOW)
        trade = check_moves([SeatGoes(first, teal.id), SeatGoes(second, wren.id)], now=NOW)
    assert "Teal is on this shift already." in [breach.sentence for breach in found.broken]
    assert trade.broken == ()
