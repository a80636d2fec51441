"""The rota's e-mails: what they say, in which zone, and that none is sent that no longer holds."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from app import db
from app.outbox.notice import from_row
from app.people.models import PersonPrivate, Role
from app.people.rights import rights_lost, suspend
from rota.notices import time_until
from rota.shifts import claims_and_drops
from tests.rota.crew import LONDON, Crew, seats
from tests.rota.emails import newest_email, queued
from tests.times import NOW


def test_the_email_of_a_publication_lists_the_readers_shifts(crew: Crew) -> None:
    wren = crew.moderator("Wren")
    crew.always_can(wren)
    crew.published(wren)
    subject, text, html = newest_email("rota-published", wren.id)
    assert subject == "Your shifts on the rota Week"
    for body in (text, html):
        assert "22 Feb" in body
        assert "Board, moderator" in body
        assert "/shifts" in body
    assert "Mon 22 Feb, 18:00 to 22:00 Europe/London time" in text
    assert "Times are Europe/London time" in html
    assert "on your clock" not in text


def test_a_reader_in_another_zone_reads_both_times(crew: Crew) -> None:
    ember = crew.moderator("Ember", zone_name="America/New_York")
    crew.always_can(ember)
    crew.published(ember)
    _, text, html = newest_email("rota-published", ember.id)
    for body in (text, html):
        assert "Mon 22 Feb, 13:00 to 17:00 on your clock" in body


def test_a_change_says_what_is_new_and_what_is_no_longer_theirs(crew: Crew) -> None:
    wren, teal = crew.moderator("Wren"), crew.moderator("Teal")
    crew.always_can(wren, teal)
    rota, seat = crew.published(wren)
    crew.give(rota, seat, teal)
    crew.give(rota, seats(rota)[1], wren)
    crew.publish(rota)
    _, text, html = newest_email("seats-changed", wren.id)
    assert "New: Tue 23 Feb, 18:00 to 22:00" in text
    assert "No longer yours: Mon 22 Feb, 18:00 to 22:00" in text
    assert "No longer yours" in html
    assert "Teal" not in text + html


def test_the_coordinators_email_links_to_the_page_that_fills_the_seat(crew: Crew) -> None:
    tansy = crew.people.person("Tansy", roles=(Role.COORDINATOR,))
    wren = crew.moderator("Wren")
    crew.always_can(wren)
    _, seat = crew.published(wren)
    assert seat.assignment_id is not None
    with db.writing():
        claims_and_drops.drop(seat.assignment_id, wren, now=NOW)
    subject, text, _ = newest_email("shift-dropped", tansy.id)
    assert subject == "Open again: Board, Mon 22 Feb, 18:00"
    assert "Wren can't make this shift" in text
    assert f"/rota/fill?seat={seat.id}" in text


def test_the_coordinators_email_is_not_sent_once_the_seat_is_taken(crew: Crew) -> None:
    crew.people.person("Tansy", roles=(Role.COORDINATOR,))
    wren, teal = crew.moderator("Wren"), crew.moderator("Teal")
    crew.always_can(wren, teal)
    _, seat = crew.published(wren)
    assert seat.assignment_id is not None
    with db.writing():
        claims_and_drops.drop(seat.assignment_id, wren, now=NOW)
    with db.writing():
        claims_and_drops.claim(seat.id, teal, now=NOW)
    (row,) = queued("shift-dropped")
    assert not from_row(row.kind, row.facts).still_wanted(row.person_id, NOW)


def test_the_email_of_a_release_says_what_happened(crew: Crew) -> None:
    wren = crew.moderator("Wren")
    crew.always_can(wren)
    crew.published(wren)
    with db.writing():
        suspend(wren, by=crew.assessor, now=NOW)
    subject, text, html = newest_email("seat-released", wren.id)
    assert subject == "We have taken you off a shift"
    assert "your account is closed at the moment" in text
    assert "Mon 22 Feb" in text
    assert "closed at the moment" in html


def test_the_email_of_a_release_names_the_cause_and_never_the_birth_date(crew: Crew) -> None:
    wren = crew.moderator("Wren")
    crew.always_can(wren)
    crew.published(wren)
    with db.writing():
        db.session.get_one(PersonPrivate, wren.id).born_on = date(2010, 6, 1)
        rights_lost(wren.id, now=NOW, why="born-on-corrected")
    _, text, html = newest_email("seat-released", wren.id)
    for body in (text, html):
        assert "your date of birth was corrected, and the rules that protect young people" in body
        assert "2010" not in body


BEGINS = datetime(2027, 2, 22, 18, tzinfo=UTC)


@pytest.mark.parametrize(
    ("ahead", "words"),
    [
        (timedelta(minutes=1), "soon"),
        (timedelta(hours=2), "soon"),
        (timedelta(hours=2, minutes=1), "today"),
        (timedelta(hours=18), "today"),
        (timedelta(hours=18, minutes=1), "tomorrow"),
        (timedelta(hours=42), "tomorrow"),
        (timedelta(hours=48), "in two days"),
        (timedelta(days=7), "in seven days"),
        (timedelta(days=14), "in 14 days"),
    ],
)
def test_how_far_ahead_a_shift_is_goes_by_hours_then_by_calendar_days(ahead: timedelta, words: str) -> None:
    assert time_until(BEGINS, now=BEGINS - ahead, zone=LONDON) == words


def test_calendar_days_are_those_of_the_readers_zone() -> None:
    now = datetime(2027, 2, 22, 10, tzinfo=UTC)
    assert time_until(BEGINS, now=now, zone=LONDON) == "today"
    assert time_until(BEGINS, now=now, zone=ZoneInfo("Pacific/Auckland")) == "tomorrow"
