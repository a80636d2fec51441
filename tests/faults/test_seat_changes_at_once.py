"""Fifty at the same moment for one shift, one swap, one ring: it happens once, and nobody meets an error."""

from __future__ import annotations

import json
from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from app import db
from rota.exchanges import changes, parts, trading
from rota.exchanges.changes import QUICKER, NewMove
from rota.exchanges.models import ChangeKind, ChangeState, SeatChange, SeatChangeReceipt
from rota.shifts import claims_and_drops, offers
from rota.store.models import RotaVersion, VersionKind
from rota.store.seat_asks import asks_of
from rota.store.seat_parts import parts_where
from rota.store.seats import seats_of_rota
from tests.faults.processes import Processes
from tests.faults.test_all_at_once import all_at_once, lines_of, results
from tests.rota.crew import Crew, seats
from tests.rota.exchanges.test_changes import queued
from tests.rota.exchanges.test_trading import Trio
from tests.times import NOW

pytestmark = pytest.mark.both_databases


def states(outcomes: list[list[str]]) -> Counter[str]:
    """How each of the fifty got on; a fault of any of them fails here."""
    assert results(outcomes, "failed") == []
    counted = Counter(each for result in results(outcomes, "done") for each in json.loads(result))
    assert counted.total() == 50
    return counted


def exchanged() -> int:
    """How many versions came of it; each has its audit line and its receipt."""
    made = db.session.scalar(select(func.count()).where(RotaVersion.kind == VersionKind.EXCHANGED)) or 0
    assert lines_of("rota.exchanged") == made
    assert db.session.scalar(select(func.count()).select_from(SeatChangeReceipt)) == made
    return made


def test_of_fifty_who_take_one_shift_for_which_cover_is_asked_one_has_it(processes: Processes, crew: Crew) -> None:
    wren = crew.moderator("Wren")
    volunteers = [crew.moderator(f"Volunteer {number}") for number in range(50)]
    crew.always_can(wren, *volunteers)
    rota, seat = crew.published(wren)
    with db.writing():
        change = changes.propose(
            ChangeKind.COVER, [NewMove(seat.id, None)], asker=wren.id, asked=(), by=wren.id, now=NOW
        )
        change_id = change.id

    outcomes = all_at_once(*processes.actors(1, "take-cover", str(change_id), str(volunteers[0].id)))

    assert states(outcomes) == {"applied": 1, "SeatHolderChanged": 49}
    assert exchanged() == 1
    holder = seats(rota)[0].person_id
    assert queued("seat-change-done") == sorted([wren.id, holder or 0])


def test_of_fifty_who_take_one_part_of_a_shift_one_has_it_and_the_holder_keeps_the_rest(
    processes: Processes, crew: Crew
) -> None:
    wren = crew.moderator("Wren")
    volunteers = [crew.moderator(f"Volunteer {number}") for number in range(50)]
    crew.always_can(wren, *volunteers)
    rota, seat = crew.published(wren)
    hours = seat.starts_at, seat.starts_at + timedelta(hours=2)
    with db.writing():
        change_id = parts.offer_part(seat.assignment_id or 0, wren, *hours, by=wren.id, now=NOW).id

    outcomes = all_at_once(*processes.actors(1, "take-cover", str(change_id), str(volunteers[0].id)))

    assert states(outcomes) == {"applied": 1, "SeatHolderChanged": 49}
    assert lines_of("rota.part-taken") == db.session.scalar(select(func.count()).select_from(SeatChangeReceipt)) == 1
    (taken,) = parts_where()
    assert (taken.starts_at, taken.ends_at) == hours
    assert seats(rota)[0].person_id == wren.id
    assert queued("seat-change-done") == sorted([wren.id, taken.person_id or 0])


def test_of_five_who_say_yes_ten_times_to_a_swap_with_one_person_one_swaps(processes: Processes, crew: Crew) -> None:
    wren = crew.moderator("Wren")
    others = [crew.moderator(f"Volunteer {number}") for number in range(5)]
    crew.always_can(wren, *others)
    rota = crew.rota(crew.evenings(), days=6)
    for seat, person in zip(seats(rota), [wren, *others], strict=True):
        crew.give(rota, seat, person)
    crew.publish(rota)
    mine, *theirs = (seat.assignment_id or 0 for seat in seats(rota))
    with db.writing():
        asked = [each.id for each in trading.ask_to_swap(mine, theirs, wren, by=wren.id, now=NOW)]

    answers = [(change_id, person.id) for _ in range(10) for change_id, person in zip(asked, others, strict=True)]
    outcomes = all_at_once(*processes.actors(1, "say-yes", json.dumps(answers)))

    found = states(outcomes)
    assert found["applied"] == 10, "saying yes again to what happened changes nothing"
    assert set(found) <= {"applied", "overtaken", "NotOpenAnyMore"}
    assert exchanged() == 1
    holders = [seat.person_id for seat in seats(rota)]
    assert holders.count(wren.id) == 1
    assert holders[0] != wren.id


def test_of_fifty_answers_to_one_ring_it_is_made_once(processes: Processes, crew: Crew) -> None:
    trio = Trio(crew, cannot={"Wren": [1], "Teal": [2], "Fern": [0]})
    wren, teal, fern = trio.people
    pair = (trio.assignment(1), trio.assignment(2))
    with db.writing():
        change_id = trading.ask_for_ring(trio.assignment(0), pair, wren, by=wren.id, now=NOW).id

    answers = [(change_id, person.id) for _ in range(25) for person in (teal, fern)]
    outcomes = all_at_once(*processes.actors(1, "say-yes", json.dumps(answers)))

    assert set(states(outcomes)) <= {"open", "applied"}
    assert exchanged() == 1
    assert trio.holders == [teal.id, fern.id, wren.id]
    assert db.session.get_one(SeatChange, change_id).state is ChangeState.APPLIED


def test_of_fifty_who_are_asked_about_one_empty_seat_and_say_yes_one_has_it_and_the_others_are_thanked(
    processes: Processes, crew: Crew
) -> None:
    wren = crew.moderator("Wren")
    volunteers = [crew.moderator(f"Volunteer {number}") for number in range(50)]
    crew.always_can(wren, *volunteers)
    rota, seat = crew.published(wren)
    with db.writing():
        claims_and_drops.drop(seat.assignment_id or 0, wren, now=NOW)
    with db.writing():
        asking, empty = offers.begin_asking(seats(rota)[0], by=None, now=NOW), seats_of_rota(rota.id)[0]
        offers.ask_wave({asking.id: (asking, empty, [person.id for person in volunteers])}, now=NOW)
        asks = [(ask.id, ask.person_id) for ask in asks_of([asking.id])[asking.id]]

    outcomes = all_at_once(*processes.actors(1, "say-yes-to-seat", json.dumps(asks)))

    assert states(outcomes) == {"claimed": 1, QUICKER: 49}
    assert lines_of("rota.claimed") == 1
    holder = seats(rota)[0].person_id
    assert queued("shift-taken") == [holder]
    assert holder != wren.id
    offers.ask_people(NOW)
    thanked = queued("seat-filled")
    assert sorted([*thanked, holder or 0]) == sorted(person.id for person in volunteers)
