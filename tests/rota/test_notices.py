"""The rota's letters: what they say, in whose time, and that none is sent that is no longer true."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select

from app import clock, db
from app.outbox.models import OutboxRow
from app.outbox.notice import from_row
from app.outbox.render import message
from app.people.models import PersonPrivate, Role
from app.people.rights import rights_lost, suspend
from rota.shifts import claims_and_drops
from rota.shifts.reminders import remind_people
from tests.rota.crew import Crew, seats
from tests.times import NOW


def letter(kind: str, reader: int, *, now: datetime = NOW) -> tuple[str, str, str]:
    """Subject, text and HTML of somebody's newest letter of a kind."""
    db.session.rollback()
    row = db.session.scalars(
        select(OutboxRow).where(OutboxRow.kind == kind, OutboxRow.person_id == reader).order_by(OutboxRow.id.desc())
    ).first()
    assert row is not None
    notice = from_row(row.kind, row.facts)
    assert notice.still_wanted(reader, now)
    made = message(row, notice, now=now)
    text, html = made.get_body(("plain",)), made.get_body(("html",))
    assert text is not None
    assert html is not None
    return made["Subject"], text.get_content(), html.get_content()


def queued(kind: str) -> list[OutboxRow]:
    db.session.rollback()
    return list(db.session.scalars(select(OutboxRow).where(OutboxRow.kind == kind).order_by(OutboxRow.id)))


def test_the_letter_of_publication_lists_the_readers_shifts(crew: Crew) -> None:
    wren = crew.moderator("Wren")
    crew.always_can(wren)
    crew.published(wren)
    subject, text, html = letter("rota-published", wren.id)
    assert subject == "Your shifts on the rota Week"
    for body in (text, html):
        assert "22 Feb" in body
        assert "Board, moderator" in body
        assert "/shifts" in body
    assert "Mon 22 Feb, 18:00 to 22:00 Europe/London time" in text
    assert "Times are Europe/London time" in html
    assert "on your clock" not in text


def test_a_reader_elsewhere_is_told_both_times(crew: Crew) -> None:
    ember = crew.moderator("Ember", zone_name="America/New_York")
    crew.always_can(ember)
    crew.published(ember)
    _, text, html = letter("rota-published", ember.id)
    for body in (text, html):
        assert "Mon 22 Feb, 13:00 to 17:00 on your clock" in body


def test_a_change_says_what_is_new_and_what_is_no_longer_theirs(crew: Crew) -> None:
    wren, teal = crew.moderator("Wren"), crew.moderator("Teal")
    crew.always_can(wren, teal)
    rota, seat = crew.published(wren)
    crew.give(rota, seat, teal)
    crew.give(rota, seats(rota)[1], wren)
    crew.publish(rota)
    _, text, html = letter("seats-changed", wren.id)
    assert "New: Tue 23 Feb, 18:00 to 22:00" in text
    assert "No longer yours: Mon 22 Feb, 18:00 to 22:00" in text
    assert "No longer yours" in html
    assert "Teal" not in text + html


def test_the_coordinators_letter_leads_to_who_could_take_the_seat(crew: Crew) -> None:
    tansy = crew.people.person("Tansy", roles=(Role.COORDINATOR,))
    wren = crew.moderator("Wren")
    crew.always_can(wren)
    rota, seat = crew.published(wren)
    assert seat.assignment_id is not None
    with db.writing():
        claims_and_drops.drop(seat.assignment_id, wren, now=NOW)
    subject, text, _ = letter("shift-dropped", tansy.id)
    assert subject == "Open again: Board, Mon 22 Feb, 18:00"
    assert "Wren can't make this shift" in text
    assert f"/rota/{rota.id}?seat={seat.id}" in text


def test_the_coordinators_letter_is_not_sent_once_the_seat_is_taken(crew: Crew) -> None:
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


def test_a_letter_of_release_says_kindly_where_to_look(crew: Crew) -> None:
    wren = crew.moderator("Wren")
    crew.always_can(wren)
    crew.published(wren)
    with db.writing():
        suspend(wren, by=crew.assessor, now=NOW)
    subject, text, html = letter("seat-released", wren.id)
    assert subject == "We have taken you off a shift"
    assert "your account is closed at the moment" in text
    assert "Mon 22 Feb" in text
    assert "closed at the moment" in html


def test_a_letter_of_release_names_the_cause_it_knows_and_never_the_date(crew: Crew) -> None:
    wren = crew.moderator("Wren")
    crew.always_can(wren)
    crew.published(wren)
    with db.writing():
        db.session.get_one(PersonPrivate, wren.id).born_on = date(2010, 6, 1)
        rights_lost(wren.id, now=NOW, why="born-on-corrected")
    _, text, html = letter("seat-released", wren.id)
    for body in (text, html):
        assert "your date of birth was corrected, and the rules that protect young people" in body
        assert "2010" not in body


@pytest.mark.both_databases
def test_reminders_come_two_days_and_two_hours_before_once_each(crew: Crew) -> None:
    wren = crew.moderator("Wren")
    crew.always_can(wren)
    _, seat = crew.published(wren)
    moments = [
        seat.starts_at - timedelta(hours=48, minutes=1),
        seat.starts_at - timedelta(hours=48),
        seat.starts_at - timedelta(hours=47),
        seat.starts_at - timedelta(hours=2),
        seat.starts_at - timedelta(minutes=1),
    ]
    counts = []
    for moment in moments:
        remind_people(moment)
        remind_people(moment)
        counts.append(len([row for row in queued("shift-reminder") if row.deadline == seat.starts_at]))
    assert counts == [0, 1, 1, 2, 2]


def test_a_reminder_ends_at_the_start_of_the_shift_and_names_the_others(crew: Crew) -> None:
    wren = crew.moderator("Wren")
    crew.always_can(wren)
    _, seat = crew.published(wren)
    moment = seat.starts_at - timedelta(hours=2)
    remind_people(moment)
    row = queued("shift-reminder")[-1]
    assert row.deadline == seat.starts_at
    subject, text, html = letter("shift-reminder", wren.id, now=moment)
    assert subject == "Your shift begins at 18:00"
    assert f"/shifts/{seat.shift_id}" in text
    assert f"/shifts/mine/{seat.assignment_id}/give-back" in text
    assert "soon" in html
    assert not from_row(row.kind, row.facts).still_wanted(wren.id, seat.starts_at)


def test_a_shift_given_back_is_not_reminded_of(crew: Crew) -> None:
    wren = crew.moderator("Wren")
    crew.always_can(wren)
    _, seat = crew.published(wren)
    moment = seat.starts_at - timedelta(hours=2)
    remind_people(moment)
    assert seat.assignment_id is not None
    with db.writing():
        claims_and_drops.drop(seat.assignment_id, wren, now=moment)
    assert all(
        not from_row(row.kind, row.facts).still_wanted(row.person_id, moment)
        for row in queued("shift-reminder")
        if row.deadline == seat.starts_at
    )


def test_a_shift_just_given_is_not_reminded_of_in_the_same_hour(crew: Crew) -> None:
    wren = crew.moderator("Wren")
    crew.always_can(wren)
    rota = crew.rota(crew.evenings(), days=1)
    seat = seats(rota)[0]
    moment = seat.starts_at - timedelta(hours=2)
    clock.set_to(moment)
    crew.give(rota, seat, wren)
    crew.publish(rota, now=moment)
    remind_people(moment)
    assert queued("shift-reminder") == []
    remind_people(moment + timedelta(hours=1))
    assert len(queued("shift-reminder")) == 1
