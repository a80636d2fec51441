"""People whom an open seat fits are asked: a few, once, and only while they could take it."""

from __future__ import annotations

from datetime import timedelta

from app import db
from app.outbox.notice import from_row
from app.people.models import Person
from progression.duties import Duty
from rota.scheduling.cover_pattern import Need
from rota.shifts import claims_and_drops, offers
from rota.store import availability
from rota.store.seats import SeatRow
from tests.rota.crew import LONDON, MONDAY, Crew, seats
from tests.rota.emails import newest_email, queued
from tests.times import NOW

SOON = NOW + timedelta(minutes=1)


def given_back(crew: Crew, wren: Person) -> SeatRow:
    _, seat = crew.published(wren)
    with db.writing():
        claims_and_drops.drop(seat.assignment_id or 0, wren, now=NOW)
    return seat


def test_those_who_are_cleared_and_free_are_asked_once_and_nobody_else(crew: Crew) -> None:
    wren, teal, fern = crew.moderator("Wren"), crew.moderator("Teal"), crew.moderator("Fern")
    otter, ash = crew.peer("Otter"), crew.moderator("Ash")
    crew.always_can(wren, teal, otter, ash)  # Fern offers nothing
    with db.writing():
        availability.set_leave(ash.id, MONDAY, MONDAY, zone=LONDON, now=NOW)
    seat = given_back(crew, wren)
    for _ in range(2):
        offers.ask_people(SOON)
    assert [row.person_id for row in queued("seat-offered")] == [teal.id]
    assert fern.id not in {row.person_id for row in queued("seat-offered")}
    subject, text, html = newest_email("seat-offered", teal.id)
    assert subject == "Could you take a shift? Board, Mon 22 Feb, 18:00"
    for body in (text, html):
        assert f"/shifts/{seat.shift_id}" in body
        assert "Wren" not in body


def test_of_many_a_few_are_asked_the_least_busy_first(crew: Crew) -> None:
    wren = crew.moderator("Wren")
    others = [crew.moderator(f"Moderator {number}") for number in range(offers.MOST_ASKED + 3)]
    crew.always_can(wren, *others)
    rota = crew.rota(crew.evenings("Board", Need(Duty.MODERATOR, 1, 1, 1)), days=3)
    for seat, person in zip(seats(rota), (wren, *others[:2]), strict=True):
        crew.give(rota, seat, person)
    crew.publish(rota)
    with db.writing():
        claims_and_drops.drop(seats(rota)[0].assignment_id or 0, wren, now=NOW)
    offers.ask_people(SOON)
    assert [row.person_id for row in queued("seat-offered")] == [each.id for each in others[2 : 2 + offers.MOST_ASKED]]


def test_an_offer_is_not_sent_once_the_seat_is_taken_or_the_reader_can_no_longer_take_it(crew: Crew) -> None:
    wren, teal, fern = crew.moderator("Wren"), crew.moderator("Teal"), crew.moderator("Fern")
    crew.always_can(wren, teal, fern)
    seat = given_back(crew, wren)
    offers.ask_people(SOON)
    with db.writing():
        availability.set_leave(teal.id, MONDAY, MONDAY, zone=LONDON, now=SOON)
    wanted = {
        row.person_id: from_row(row.kind, row.facts).still_wanted(row.person_id, SOON) for row in queued("seat-offered")
    }
    assert wanted == {teal.id: False, fern.id: True}
    with db.writing():
        claims_and_drops.claim(seat.id, fern, now=SOON)
    assert not any(from_row(row.kind, row.facts).still_wanted(row.person_id, SOON) for row in queued("seat-offered"))


def test_a_seat_that_opened_long_ago_or_was_taken_is_not_offered(crew: Crew) -> None:
    wren, teal = crew.moderator("Wren"), crew.moderator("Teal")
    crew.always_can(wren, teal)
    given_back(crew, wren)
    offers.ask_people(NOW + offers.LOOK_BACK + timedelta(minutes=1))
    assert queued("seat-offered") == []
