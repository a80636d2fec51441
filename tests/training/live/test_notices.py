"""The e-mails about live sessions: when they go, to whom, and how they read, also on another clock."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from app import db
from app.outbox.notice import from_row
from app.people import rights
from app.people.models import Person, Role
from tests.conftest import People
from tests.times import NOW
from tests.training.emails import queued, words_of
from tests.training.live.sessions_for_tests import STARTS, book, change, give_up, make
from training.live import reminders, sessions

HOUR = timedelta(hours=1)


@pytest.fixture
def rook(people: People) -> Person:
    return people.person("Rook", roles=(Role.TRAINER,))


@pytest.fixture
def moss(people: People) -> Person:
    return people.person("Moss", zone_name="America/New_York")


def reminded(now: datetime) -> list[tuple[int, int]]:
    """Whom a reminder was queued for so far, and how many hours before."""
    db.session.rollback()
    reminders.remind_people(now)
    reminders.remind_people(now)
    return [(row.person_id, row.facts["hours_before"]) for row in queued("session-reminder")]


def test_a_reminder_goes_a_day_and_an_hour_before_to_those_with_a_place_and_the_trainer(
    rook: Person, moss: Person, people: People
) -> None:
    waits = people.person("Jay")
    live = make(rook, places=1)
    book(live, moss, waits)
    assert reminded(STARTS - 25 * HOUR) == []
    assert reminded(STARTS - 24 * HOUR) == [(rook.id, 24), (moss.id, 24)]
    assert reminded(STARTS - HOUR) == [(rook.id, 24), (moss.id, 24), (rook.id, 1), (moss.id, 1)]
    assert reminded(STARTS)[4:] == []


def test_a_session_that_moved_is_reminded_of_again_and_its_old_reminder_is_not_sent(rook: Person, moss: Person) -> None:
    live = make(rook)
    book(live, moss)
    reminded(STARTS - 24 * HOUR)
    change(live, rook, starts_at=STARTS + 48 * HOUR, now=STARTS - 20 * HOUR)
    old = queued("session-reminder")[1]
    assert not from_row(old.kind, old.facts).still_wanted(moss.id, STARTS - 20 * HOUR)
    assert reminded(STARTS + 24 * HOUR)[2:] == [(rook.id, 24), (moss.id, 24)]
    newest = queued("session-reminder")[-1]
    assert from_row(newest.kind, newest.facts).still_wanted(moss.id, STARTS + 24 * HOUR)
    give_up(live, moss, now=STARTS + 24 * HOUR)
    assert not from_row(newest.kind, newest.facts).still_wanted(moss.id, STARTS + 25 * HOUR)


def test_every_email_says_when_on_both_clocks_and_never_the_address_of_the_meeting(
    rook: Person, moss: Person, people: People
) -> None:
    jay = people.person("Jay", roles=(Role.TRAINER,))
    first = people.person("Teal")
    live = make(rook, places=1, trainers=frozenset({rook.id, jay.id}))
    book(live, first, moss)
    give_up(live, first)
    place = queued("session-place")
    assert from_row(place[0].kind, place[0].facts).still_wanted(moss.id, NOW)
    change(live, rook, trainers=frozenset({rook.id, jay.id}), link="https://meet.example.org/another-secret")
    reminded(STARTS - 24 * HOUR)
    reminded(STARTS - HOUR)
    with db.writing():
        sessions.cancel(live, "Rook is ill.", by=rook, now=NOW)
    kinds = ("session-place", "session-changed", "session-reminder", "session-cancelled")
    rows = [row for kind in kinds for row in queued(kind) if row.person_id == moss.id] + queued("session-to-lead")
    assert len(rows) == 6
    assert not from_row(place[0].kind, place[0].facts).still_wanted(moss.id, NOW)
    for row in rows:
        subject, text, html = words_of(row)
        for body in (text, html):
            assert "19:30 to 20:30" in body, row.kind
            assert "London" in body
            assert ("14:30" in body and "on your clock" in body) == (row.person_id == moss.id)
            assert "meet.example.org" not in body + subject
            assert f"/live-sessions/{live}" in body
        assert "Listening, together" in subject
    assert {row.person_id for row in queued("session-cancelled")} == {moss.id, jay.id}
    assert "Rook is ill." in words_of(queued("session-cancelled")[0])[1]


def test_a_change_of_words_alone_is_not_told_and_one_of_time_also_to_those_who_wait(
    rook: Person, moss: Person, people: People
) -> None:
    waits = people.person("Jay")
    live = make(rook, places=1)
    book(live, moss, waits)
    change(live, rook, places=1, about="Bring a pen.")
    assert queued("session-changed") == []
    change(live, rook, places=1, link="https://meet.example.org/b")
    change(live, rook, places=1, starts_at=STARTS + HOUR)
    assert [row.person_id for row in queued("session-changed")] == [moss.id, moss.id, waits.id]
    text = words_of(queued("session-changed")[-1])[1]
    assert "You are still on its list" in text
    assert "20:30 to 21:30" in text


def test_when_nobody_is_left_to_lead_sessions_those_who_make_them_are_told_once_in_one_email(
    rook: Person, people: People
) -> None:
    jay = people.person("Jay", roles=(Role.TRAINER,))
    fern = people.person("Fern", roles=(Role.TRAINER,))
    alone = make(rook, trainers=frozenset({jay.id}), starts_at=STARTS)
    later = make(rook, trainers=frozenset({jay.id}), starts_at=STARTS + 24 * HOUR)
    shared = make(rook, trainers=frozenset({jay.id, fern.id}), starts_at=STARTS + 48 * HOUR)
    db.session.rollback()
    with db.writing():
        rights.suspend(jay, by=rook, now=NOW)
    rows = queued("sessions-without-leader")
    assert [(row.person_id, row.facts["session_ids"]) for row in rows] == [
        (each.id, [alone, later, shared]) for each in (rook, fern)
    ]
    subject, text, html = words_of(rows[0])
    assert subject == "Nobody leads 2 live sessions"
    assert all(f"/live-sessions/{each}" in text for each in (alone, later))
    assert f"/live-sessions/{shared}" not in text + html
    change(later, rook, trainers=frozenset({fern.id}), starts_at=STARTS + 24 * HOUR)
    with db.writing():
        sessions.cancel(alone, "Nobody can.", by=rook, now=NOW)
    assert not from_row(rows[0].kind, rows[0].facts).still_wanted(rook.id, NOW)
