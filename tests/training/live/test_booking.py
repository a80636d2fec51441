"""Booking a place, the waiting list that moves up by itself, and what keeps somebody from a place."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from app import db
from app.outbox.models import OutboxRow
from app.people import rights
from app.people.models import Person, Role
from app.refusals import Conflict, Invalid, NotAllowed
from app.trail import verification
from progression.stages import Stage
from tests.conftest import People
from tests.rota.crew import Crew, seats
from tests.times import NOW
from tests.training.live.sessions_for_tests import (
    STARTS,
    book,
    booked,
    booking_id,
    change,
    give_up,
    install_with_workshop,
    make,
    waiting,
)
from training import learning
from training.live import booking, listing
from training.live.notices import PlaceIsFree

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


@pytest.fixture
def rook(people: People) -> Person:
    return people.person("Rook", roles=(Role.TRAINER,))


@pytest.fixture
def five(people: People) -> list[Person]:
    return [people.person(f"Learner {number}") for number in range(5)]


def told() -> list[int]:
    """Whom an e-mail told that they have a place."""
    db.session.rollback()
    wanted = select(OutboxRow.person_id).where(OutboxRow.kind == PlaceIsFree.kind).order_by(OutboxRow.id)
    return list(db.session.scalars(wanted))


def test_places_are_given_in_the_order_of_asking_and_then_the_list_begins(rook: Person, five: list[Person]) -> None:
    live = make(rook)
    book(live, *five, five[0])
    ids = [person.id for person in five]
    assert (booked(live), waiting(live)) == (ids[:2], ids[2:])
    assert told() == [], "they see it on the page"
    assert list(verification.check()) == []


def test_a_place_that_is_given_up_goes_to_the_next_who_is_told(rook: Person, five: list[Person]) -> None:
    live = make(rook)
    book(live, *five)
    give_up(live, five[0])
    give_up(live, five[0])
    give_up(live, five[3])
    assert (booked(live), waiting(live)) == ([five[1].id, five[2].id], [five[4].id])
    assert told() == [five[2].id]


def test_somebody_who_gave_up_and_asks_again_is_last(rook: Person, five: list[Person]) -> None:
    live = make(rook)
    book(live, *five)
    give_up(live, five[0])
    book(live, five[0])
    assert waiting(live) == [five[3].id, five[4].id, five[0].id]


def test_more_places_move_the_list_up_and_fewer_than_are_taken_are_refused(rook: Person, five: list[Person]) -> None:
    live = make(rook)
    book(live, *five)
    change(live, rook, places=4)
    assert (booked(live), told()) == ([each.id for each in five[:4]], [five[2].id, five[3].id])
    with pytest.raises(Invalid, match="4 people have a place already"):
        change(live, rook, places=3)


def test_within_an_hour_of_the_start_only_those_who_said_so_move_up(rook: Person, five: list[Person]) -> None:
    live = make(rook)
    book(live, *five[:3])
    book(live, five[3], at_short_notice=True)
    give_up(live, five[0], now=STARTS - 59 * MINUTE)
    assert (booked(live), waiting(live)) == ([five[1].id, five[3].id], [five[2].id])


def test_somebody_who_asks_in_the_last_hour_gets_a_place_that_is_free(rook: Person, five: list[Person]) -> None:
    live = make(rook)
    book(live, *five[:3])
    give_up(live, five[0], now=STARTS - 30 * MINUTE)
    book(live, five[4], now=STARTS - 20 * MINUTE)
    assert booked(live) == [five[1].id, five[4].id]


def test_nobody_books_after_the_deadline_or_what_is_not_open_to_them(
    rook: Person, five: list[Person], crew: Crew
) -> None:
    live = make(rook, book_until=STARTS - timedelta(days=1), stages=frozenset({Stage.PEER}))
    peer = crew.peer("Peer")
    with pytest.raises(NotAllowed, match="another stage"):
        book(live, five[0])
    with pytest.raises(Conflict, match="can no longer be booked"):
        book(live, peer, now=STARTS - timedelta(days=1))
    book(live, peer)
    assert booked(live) == [peer.id]


def test_the_person_who_leads_it_needs_no_place(rook: Person) -> None:
    live = make(rook)
    with pytest.raises(Conflict, match="You lead this session"):
        book(live, rook)


@pytest.fixture
def crew(people: People) -> Crew:
    return Crew(people)


def test_a_shift_at_that_time_keeps_from_booking_and_from_moving_up(
    rook: Person, five: list[Person], crew: Crew
) -> None:
    wren = crew.moderator("Wren")
    crew.always_can(wren)
    rota, _ = crew.published(wren)
    seat = seats(rota)[0]
    live = make(rook, starts_at=seat.starts_at + timedelta(hours=1), places=1)
    with pytest.raises(Conflict, match="something else at that time: Board, moderator"):
        book(live, wren)
    book(live, five[0])
    beside = make(rook, starts_at=seat.ends_at, places=1)
    book(beside, wren)
    assert booked(beside) == [wren.id], "one that begins as the shift ends is no clash"


def test_two_sessions_at_one_time_are_not_booked_by_one_person(
    people: People, rook: Person, five: list[Person]
) -> None:
    other = people.person("Jay", roles=(Role.TRAINER,))
    first, second = make(rook), make(other, places=1)
    book(first, five[0])
    with pytest.raises(Conflict, match="the live session “Listening, together”"):
        book(second, five[0])


def test_somebody_who_waits_and_has_something_else_by_then_keeps_their_place_on_the_list(
    people: People, rook: Person, five: list[Person]
) -> None:
    other = people.person("Jay", roles=(Role.TRAINER,))
    full, second = make(rook, places=1), make(other)
    book(full, five[0], five[1], five[2])
    book(second, five[1])
    give_up(full, five[0])
    assert (booked(full), waiting(full)) == ([five[2].id], [five[1].id])
    give_up(full, five[2])
    give_up(second, five[1])
    booking.fill_places(NOW)
    assert booked(full) == [five[1].id], "the job goes on where nothing kept them any more"
    assert told() == [five[2].id, five[1].id]


def test_a_closed_account_frees_its_place_and_the_list_moves_up(rook: Person, five: list[Person]) -> None:
    live = make(rook)
    book(live, *five)
    db.session.rollback()
    with db.writing():
        rights.suspend(five[0], by=rook, now=NOW)
    with db.writing():
        rights.suspend(five[2], by=rook, now=NOW)
    booking.fill_places(NOW)
    booking.fill_places(NOW)
    assert (booked(live), waiting(live)) == ([five[1].id, five[3].id], [five[4].id])
    assert told() == [five[3].id]
    assert list(verification.check()) == []


def test_nobody_gives_up_a_place_once_the_session_has_begun(rook: Person, five: list[Person]) -> None:
    live = make(rook)
    book(live, five[0])
    with pytest.raises(Conflict, match="has begun"):
        give_up(live, five[0], now=STARTS)
    assert booking_id(live, five[0])


def test_a_volunteer_leads_a_session_and_one_for_a_course_only_with_its_training(
    rook: Person, five: list[Person], crew: Crew, tmp_path: Path
) -> None:
    wren = crew.moderator("Wren")
    install_with_workshop(tmp_path)
    with pytest.raises(Invalid, match="may not lead this session"):
        make(rook, trainers=frozenset({five[0].id}))
    live = make(rook, trainers=frozenset({wren.id}))
    assert listing.may_lead(live, wren.id, now=NOW)
    assert not listing.may_lead(live, five[0].id, now=NOW)
    with pytest.raises(Invalid, match="Wren may not lead this session"):
        make(rook, trainers=frozenset({wren.id}), course="kindness", unit="together", starts_at=STARTS + DAY)
    db.session.rollback()
    with db.writing():
        learning.start("kindness", by=wren, now=NOW)
        for slug in ("why", "story", "quiz", "together"):
            learning.complete_unit(learning.progress_in(wren, "kindness", now=NOW), slug, by=wren, now=NOW)
    assert make(rook, trainers=frozenset({wren.id}), course="kindness", unit="together", starts_at=STARTS + DAY)
