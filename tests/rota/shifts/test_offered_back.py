"""Seats that were released after a lapse and are still open are offered back, once, when the way back is done."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from app import db
from app.people.models import Person
from progression import evidence
from progression.evidence import NewEvidence
from progression.ledger import facts_of_person
from rota.shifts import claims_and_drops
from rota.shifts.offered_back import offer_back
from rota.store.models import Rota
from rota.store.seats import SeatRow
from tests.rota.crew import Crew, seats
from tests.rota.emails import newest_email, queued
from tests.times import NOW


@pytest.fixture
def wren(crew: Crew) -> Person:
    wren = crew.moderator("Wren")
    crew.always_can(wren)
    return wren


def with_both_evenings(crew: Crew, person: Person) -> Rota:
    """A published rota of two evenings, both of the person."""
    rota = crew.rota(crew.evenings())
    for seat in seats(rota):
        crew.give(rota, seat, person)
    crew.publish(rota)
    return rota


def loses(person: Person, crew: Crew) -> None:
    """Their pass turns out to be wrong, so that both evenings are released at once."""
    db.session.rollback()
    passed = next(fact for fact in facts_of_person(person.id) if fact.requirement == "training:conflict")
    with db.writing():
        evidence.withdraw(passed.id, by=crew.assessor.id, why="Recorded for somebody else.", now=NOW)


def passes(person: Person, *, now: datetime) -> None:
    with db.writing():
        evidence.record(NewEvidence(person_id=person.id, kind="training", key="conflict"), by=None, now=now)


def soon(minutes: int) -> datetime:
    return NOW + timedelta(minutes=minutes)


@pytest.mark.both_databases
def test_who_is_back_hears_once_which_of_their_shifts_are_still_open_and_takes_one_back(
    crew: Crew, wren: Person
) -> None:
    teal = crew.moderator("Teal")
    crew.always_can(teal)
    rota = with_both_evenings(crew, wren)
    loses(wren, crew)
    offer_back(soon(5))
    assert queued("seats-back") == []
    with db.writing():
        claims_and_drops.claim(seats(rota)[1].id, teal, now=soon(6))
    passes(wren, now=soon(10))
    for minutes in (10, 15, 20):
        offer_back(soon(minutes))
    assert [row.person_id for row in queued("seats-back")] == [wren.id]
    first: SeatRow = seats(rota)[0]
    subject, text, _ = newest_email("seats-back", wren.id, now=soon(11))
    assert subject == "Welcome back: a shift that was yours is still open"
    assert f"/shifts/{first.shift_id}" in text
    with db.writing():
        claims_and_drops.claim(first.id, wren, now=soon(12))
    assert seats(rota)[0].person_id == wren.id


def test_nothing_is_offered_that_no_longer_fits_or_that_somebody_has(crew: Crew, wren: Person) -> None:
    teal = crew.moderator("Teal")
    crew.always_can(teal)
    rota = with_both_evenings(crew, wren)
    loses(wren, crew)
    with db.writing():
        for seat in seats(rota):
            claims_and_drops.claim(seat.id, teal, now=soon(1))
    passes(wren, now=soon(2))
    offer_back(soon(5))
    assert queued("seats-back") == []
