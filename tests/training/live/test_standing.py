"""What sessions mean for the rota and the calendar, and what becomes of them when an account closes."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app import db
from app.people import suspending
from app.people.models import Person, Role
from app.people.rights import losses
from app.people.suspending import ConfirmationRequired
from rota.shifts import calendar_feed
from rota.store.availability import stated_times_of
from rota.store.planning_revision import PlanningRevision
from rota.store.seat_reasons import reasons_against
from tests.conftest import People
from tests.rota.crew import Crew, seats
from tests.times import NOW
from tests.training.live.sessions_for_tests import STARTS, book, booked, change, give_up, make
from training.live import sessions


@pytest.fixture
def rook(people: People) -> Person:
    return people.person("Rook", roles=(Role.TRAINER,))


@pytest.fixture
def crew(people: People) -> Crew:
    return Crew(people)


@pytest.mark.both_databases
def test_a_place_and_leading_take_the_persons_time_and_waiting_does_not(rook: Person, people: People) -> None:
    wren, jay = people.person("Wren"), people.person("Jay")
    live = make(rook, places=1)
    book(live, wren, jay)
    db.session.rollback()
    for ids in ([wren.id, jay.id, rook.id], [wren.id]):
        stated = stated_times_of(ids, STARTS - timedelta(days=1), STARTS + timedelta(days=1))
        away = {each: [(span.start, span.end) for span in stated[each].away] for each in ids}
        taken = [(STARTS, STARTS + timedelta(hours=1))]
        assert away == {each: [] if each == jay.id else taken for each in ids}


@pytest.mark.both_databases
def test_those_who_plan_read_the_same_of_a_session_as_of_leave(rook: Person, crew: Crew) -> None:
    wren, teal = crew.moderator("Wren"), crew.moderator("Teal")
    crew.always_can(wren, teal)
    rota, _ = crew.published(teal)
    free = seats(rota)[1]
    db.session.rollback()
    assert reasons_against(wren, free, now=NOW) == []
    book(make(rook, starts_at=free.starts_at), wren)
    db.session.rollback()
    assert reasons_against(wren, free, now=NOW) == ["Wren is not available then."]


def test_a_proposal_is_out_of_date_once_somebody_books(rook: Person, people: People) -> None:
    def number() -> int:
        db.session.rollback()
        return db.session.get_one(PlanningRevision, 1).number

    live = make(rook)
    before = number()
    book(live, people.person("Wren"))
    assert number() > before


def feed_of(person: Person) -> str:
    db.session.rollback()
    return calendar_feed.render(db.session.get_one(Person, person.id), now=NOW).body.decode()


def test_the_calendar_that_somebody_follows_has_their_sessions_and_reveals_nothing(
    rook: Person, people: People
) -> None:
    wren = people.person("Wren")
    live = make(rook)
    book(live, wren)
    feed = feed_of(wren)
    assert "SUMMARY:Nightlight session" in feed
    assert f"URL:http://127.0.0.1:8000/live-sessions/{live}" in feed
    assert "secret-room" not in feed
    assert "Listening" not in feed
    assert "SEQUENCE:0" in feed
    change(live, rook, starts_at=STARTS + timedelta(hours=2))
    assert "SEQUENCE:1" in feed_of(wren)
    assert "SUMMARY:Nightlight session" in feed_of(rook)
    give_up(live, wren)
    assert ("STATUS:CANCELLED" in feed_of(wren), "SEQUENCE:2" in feed_of(wren)) == (True, True)
    with db.writing():
        sessions.cancel(live, "Rook is ill.", by=rook, now=NOW)
    assert "STATUS:CANCELLED" in feed_of(rook)


def test_suspending_says_beforehand_which_place_it_frees(rook: Person, people: People) -> None:
    wren = people.person("Wren")
    live = make(rook)
    book(live, wren)
    db.session.rollback()
    assert losses(wren.id, now=NOW) == (), "an open account loses none"
    with pytest.raises(ConfirmationRequired) as asked, db.writing():
        suspending.suspend(db.session.get_one(Person, wren.id), "x", agreed=None, by=rook, now=NOW)
    assert [each.what for each in asked.value.consequences.freed] == ["a place in “Listening, together”"]
    assert booked(live) == [wren.id]
