"""Reminders of shifts: when they are queued, and that none is sent for a shift the reader no longer has."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app import clock, db
from app.outbox.notice import from_row
from rota.shifts import claims_and_drops
from rota.shifts.reminders import remind_people
from tests.rota.crew import Crew, seats
from tests.rota.emails import newest_email, queued


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
    subject, text, html = newest_email("shift-reminder", wren.id, now=moment)
    assert subject == "Your shift begins at 18:00"
    assert f"/shifts/{seat.shift_id}" in text
    assert f"/shifts/mine/{seat.assignment_id}/give-back" in text
    assert "soon" in html
    assert not from_row(row.kind, row.facts).still_wanted(wren.id, seat.starts_at)


def test_a_shift_given_back_is_not_reminded_of(crew: Crew) -> None:
    crew.may_give_back_until(hours=0)
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


def test_a_reminder_of_two_days_is_worded_by_how_far_ahead_the_shift_is_when_it_is_sent(crew: Crew) -> None:
    wren = crew.moderator("Wren")
    crew.always_can(wren)
    _, seat = crew.published(wren)
    remind_people(seat.starts_at - timedelta(hours=48))
    for hours_ahead, words in ((48, "in two days"), (30, "tomorrow"), (15, "today")):
        subject, _, html = newest_email("shift-reminder", wren.id, now=seat.starts_at - timedelta(hours=hours_ahead))
        assert f"You’re on {words}" in html
        assert subject == "Your shift on Monday 22 February, 18:00"
