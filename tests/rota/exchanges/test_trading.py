"""Swaps and rings through the product: found, asked, answered, and made together or not at all."""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest
from sqlalchemy import func, select

from app import db
from app.people.models import Person
from app.refusals import Conflict, NotFound
from rota.exchanges import changes, trading
from rota.exchanges.ending import end_those_that_are_over
from rota.exchanges.models import Answer, ChangeState, SeatChange, SeatChangeReceipt
from rota.shifts import claims_and_drops
from rota.store import availability, limits
from rota.store.models import Rota, RotaVersion
from tests.rota.crew import LONDON, MONDAY, Crew, seats
from tests.rota.exchanges.test_changes import queued
from tests.times import NOW


class Trio:
    """Three evenings: Wren, Teal and Fern have one each; who could have which is said by days they cannot."""

    def __init__(self, crew: Crew, *, cannot: dict[str, list[int]]) -> None:
        self.people = [crew.moderator(name) for name in ("Wren", "Teal", "Fern")]
        crew.always_can(*self.people)
        self.rota: Rota = crew.rota(crew.evenings(), days=3)
        for seat, person in zip(seats(self.rota), self.people, strict=True):
            crew.give(self.rota, seat, person)
        crew.publish(self.rota)
        for person in self.people:
            for number in cannot.get(person.display_name, []):
                self._cannot(person, MONDAY + timedelta(days=number))

    def _cannot(self, person: Person, day: date) -> None:
        with db.writing():
            availability.set_leave(person.id, day, day, zone=LONDON, now=NOW)

    @property
    def holders(self) -> list[int | None]:
        return [seat.person_id for seat in seats(self.rota)]

    def assignment(self, number: int) -> int:
        return seats(self.rota)[number].assignment_id or 0


@pytest.fixture
def pair(crew: Crew) -> Trio:
    """Wren and Teal could trade; Fern can nothing but their own day."""
    return Trio(crew, cannot={"Fern": [0, 1], "Wren": [2], "Teal": [2]})


@pytest.fixture
def ring(crew: Crew) -> Trio:
    """Only a ring works: Wren's to Teal, Teal's to Fern, Fern's to Wren."""
    return Trio(crew, cannot={"Wren": [1], "Teal": [2], "Fern": [0]})


def answer(change_id: int, person: Person, said: Answer) -> ChangeState:
    with db.writing():
        return changes.answer(change_id, person.id, said, by=person.id, now=NOW).state


def test_a_swap_is_found_asked_and_made_by_the_yes_of_the_other(pair: Trio) -> None:
    wren, teal, _ = pair.people
    found = trading.trades_for(pair.assignment(0), wren, now=NOW)
    assert [seat.holder for seat in found.swaps] == ["Teal"]
    assert found.rings == []
    with db.writing():
        (change,) = trading.ask_to_swap(pair.assignment(0), [pair.assignment(1)], wren, by=wren.id, now=NOW)
    assert queued("seat-change-asked") == [teal.id]
    before = pair.holders
    assert answer(change.id, teal, Answer.YES) is ChangeState.APPLIED
    assert pair.holders == [before[1], before[0], before[2]]
    assert queued("seat-change-done") == sorted([wren.id, teal.id])


def test_a_ring_of_three_is_found_where_no_swap_of_two_is_and_is_made_by_the_last_yes(ring: Trio) -> None:
    wren, teal, fern = ring.people
    found = trading.trades_for(ring.assignment(0), wren, now=NOW)
    assert found.swaps == []
    assert [(each.first.holder, each.second.holder) for each in found.rings] == [("Teal", "Fern")]
    others = (ring.assignment(1), ring.assignment(2))
    with db.writing():
        change = trading.ask_for_ring(ring.assignment(0), others, wren, by=wren.id, now=NOW)
    assert answer(change.id, teal, Answer.YES) is ChangeState.OPEN
    assert ring.holders == [wren.id, teal.id, fern.id]
    assert answer(change.id, fern, Answer.YES) is ChangeState.APPLIED
    assert ring.holders == [teal.id, fern.id, wren.id]
    assert queued("seat-change-done") == sorted([wren.id, teal.id, fern.id])
    assert db.session.scalar(select(func.count()).select_from(SeatChangeReceipt)) == 1


def test_a_no_ends_it_and_the_asker_is_told_without_blame(pair: Trio) -> None:
    wren, teal, _ = pair.people
    with db.writing():
        (change,) = trading.ask_to_swap(pair.assignment(0), [pair.assignment(1)], wren, by=wren.id, now=NOW)
    before = pair.holders
    assert answer(change.id, teal, Answer.NO) is ChangeState.REFUSED
    assert pair.holders == before
    assert queued("seat-change-ended") == [wren.id]
    with pytest.raises(changes.NotOpenAnyMore):
        answer(change.id, teal, Answer.YES)


def test_a_rota_that_changed_between_consent_and_commit_cancels_it_and_says_what_changed(ring: Trio) -> None:
    wren, teal, fern = ring.people
    others = (ring.assignment(1), ring.assignment(2))
    with db.writing():
        change = trading.ask_for_ring(ring.assignment(0), others, wren, by=wren.id, now=NOW)
    answer(change.id, teal, Answer.YES)
    given_back = seats(ring.rota)[1]
    with db.writing():
        claims_and_drops.drop(ring.assignment(1), teal, now=NOW)
    assert answer(change.id, fern, Answer.YES) is ChangeState.OVERTAKEN
    assert ring.holders == [wren.id, None, fern.id]
    assert db.session.get_one(SeatChange, change.id).overtaken_seat_id == given_back.id
    assert queued("seat-change-ended") == sorted([wren.id, teal.id])
    assert queued("seat-change-done") == []


def test_a_rule_that_speaks_against_it_meanwhile_cancels_it(pair: Trio) -> None:
    wren, teal, _ = pair.people
    with db.writing():
        (change,) = trading.ask_to_swap(pair.assignment(0), [pair.assignment(1)], wren, by=wren.id, now=NOW)
    pair._cannot(wren, MONDAY + timedelta(days=1))
    before = pair.holders
    assert answer(change.id, teal, Answer.YES) is ChangeState.OVERTAKEN
    assert pair.holders == before
    assert db.session.get_one(SeatChange, change.id).overtaken_seat_id is None


def test_what_nobody_answers_in_time_ends_once_and_the_asker_is_told(pair: Trio) -> None:
    wren, teal, _ = pair.people
    with db.writing():
        (change,) = trading.ask_to_swap(pair.assignment(0), [pair.assignment(1)], wren, by=wren.id, now=NOW)
    assert teal.id in {party.person_id for party in change.parties}
    over = change.expires_at
    end_those_that_are_over(over - timedelta(minutes=1))
    assert db.session.get_one(SeatChange, change.id).state is ChangeState.OPEN
    for _ in range(2):
        end_those_that_are_over(over)
    assert db.session.get_one(SeatChange, change.id).state is ChangeState.EXPIRED
    assert queued("seat-change-ended") == [wren.id]


def test_of_several_who_are_asked_the_first_yes_has_it_and_the_other_question_ends(crew: Crew) -> None:
    trio = Trio(crew, cannot={})
    wren, teal, fern = trio.people
    theirs = [trio.assignment(1), trio.assignment(2)]
    with db.writing():
        with_teal, with_fern = trading.ask_to_swap(trio.assignment(0), theirs, wren, by=wren.id, now=NOW)
    assert answer(with_teal.id, teal, Answer.YES) is ChangeState.APPLIED
    assert answer(with_fern.id, fern, Answer.YES) is ChangeState.OVERTAKEN
    assert trio.holders == [teal.id, wren.id, fern.id]
    assert queued("seat-change-ended") == []


def test_nobody_asks_for_what_does_not_work_or_with_a_shift_that_is_not_theirs(pair: Trio) -> None:
    wren, teal, _ = pair.people
    with pytest.raises(Conflict, match="no longer works"), db.writing():
        trading.ask_to_swap(pair.assignment(0), [pair.assignment(2)], wren, by=wren.id, now=NOW)
    with pytest.raises(NotFound):
        trading.trades_for(pair.assignment(0), teal, now=NOW)


class TwoWeeks:
    """Two rotas of one evening each, a week apart: Wren has the first, Teal the second."""

    def __init__(self, crew: Crew) -> None:
        self.wren, self.teal = crew.moderator("Wren"), crew.moderator("Teal")
        crew.always_can(self.wren, self.teal)
        channel = crew.evenings()
        self.rotas = [crew.rota(channel, starts_on=MONDAY + timedelta(days=7 * n), days=1) for n in range(2)]
        for rota, person in zip(self.rotas, (self.wren, self.teal), strict=True):
            crew.give(rota, seats(rota)[0], person)
            crew.publish(rota)

    def assignment(self, number: int) -> int:
        return seats(self.rotas[number])[0].assignment_id or 0

    @property
    def holders(self) -> list[int | None]:
        return [seats(rota)[0].person_id for rota in self.rotas]

    def ask(self) -> int:
        with db.writing():
            (change,) = trading.ask_to_swap(
                self.assignment(0), [self.assignment(1)], self.wren, by=self.wren.id, now=NOW
            )
            return change.id


@pytest.fixture
def weeks(crew: Crew) -> TwoWeeks:
    return TwoWeeks(crew)


def test_shifts_of_rotas_of_other_days_are_traded_at_once_with_one_receipt(weeks: TwoWeeks) -> None:
    change_id = weeks.ask()
    assert answer(change_id, weeks.teal, Answer.YES) is ChangeState.APPLIED
    assert weeks.holders == [weeks.teal.id, weeks.wren.id]
    receipt = db.session.scalars(select(SeatChangeReceipt)).one()
    of_rotas = db.session.scalars(select(RotaVersion.rota_id).where(RotaVersion.id.in_(receipt.results["versions"])))
    assert sorted(of_rotas) == sorted(rota.id for rota in weeks.rotas)
    assert queued("seat-change-done") == sorted([weeks.wren.id, weeks.teal.id])


def test_a_trade_between_rotas_is_not_offered_where_the_rules_of_either_forbid_it(weeks: TwoWeeks, crew: Crew) -> None:
    [found] = trading.trades_for(weeks.assignment(0), weeks.wren, now=NOW).swaps
    assert found.holder == "Teal"
    other = crew.rota(crew.evenings("Chat"), starts_on=MONDAY + timedelta(days=8), days=1)
    crew.give(other, seats(other)[0], weeks.wren)
    crew.publish(other)
    assert trading.trades_for(weeks.assignment(0), weeks.wren, now=NOW).swaps, "two shifts in the second week are fine"
    with db.writing():
        limits.set_limits(weeks.wren.id, by=weeks.wren.id, now=NOW, most_shifts_a_week=1)
    assert trading.trades_for(weeks.assignment(0), weeks.wren, now=NOW).swaps == []
    back = trading.trades_for(weeks.assignment(1), weeks.teal, now=NOW).swaps
    assert [seat.channel for seat in back] == ["Chat"], "one of the second week for the other of it"


def test_a_rule_of_one_rota_that_no_longer_holds_cancels_a_trade_of_two_and_changes_neither(weeks: TwoWeeks) -> None:
    change_id = weeks.ask()
    with db.writing():
        day = MONDAY + timedelta(days=7)
        availability.set_leave(weeks.wren.id, day, day, zone=LONDON, now=NOW)
    assert answer(change_id, weeks.teal, Answer.YES) is ChangeState.OVERTAKEN
    assert weeks.holders == [weeks.wren.id, weeks.teal.id]
    assert db.session.scalar(select(func.count()).select_from(SeatChangeReceipt)) == 0


def test_two_who_could_not_have_both_shifts_trade_them_across_the_end_of_a_rota(crew: Crew) -> None:
    wren, teal = crew.moderator("Wren"), crew.moderator("Teal")
    crew.always_can(wren, teal)
    late, early = (
        crew.evenings("Late", starts=time(18), ends=time(23)),
        crew.evenings("Early", starts=time(6), ends=time(9)),
    )
    first = crew.rota(late, days=1)
    second = crew.rota(early, starts_on=MONDAY + timedelta(days=1), days=1)
    for rota, person in ((first, wren), (second, teal)):
        crew.give(rota, seats(rota)[0], person)
        crew.publish(rota)
    mine = seats(first)[0].assignment_id or 0
    [found] = trading.trades_for(mine, wren, now=NOW).swaps
    assert found.holder == "Teal", "the rest between both does not count, as each has one of them afterwards"
    with db.writing():
        (change,) = trading.ask_to_swap(mine, [found.assignment_id or 0], wren, by=wren.id, now=NOW)
        change_id = change.id
    assert answer(change_id, teal, Answer.YES) is ChangeState.APPLIED
