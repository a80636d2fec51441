"""Reminders of courses that staff asked people to take by a day."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from app import db
from app.outbox.models import OutboxRow
from app.people.models import Person
from tests.conftest import People
from tests.times import NOW
from tests.training.courses import install_shipped, pass_course
from tests.training.emails import queued, words_of
from training import course_status
from training.programme.assigning import assign
from training.programme.due import remind_people

DUE = date(2027, 4, 1)


@pytest.fixture
def wren(app: Flask, people: People) -> Person:
    """Who was asked to take the course by the first of April."""
    install_shipped()
    asked, tansy = people.person("Wren"), people.person("Tansy")
    with db.writing():
        assign([asked.id], "conflict", due_on=DUE, by=tansy, now=NOW)
    return asked


def reminders() -> int:
    return db.session.scalar(select(func.count()).where(OutboxRow.kind == "course-due")) or 0


def on(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 9, tzinfo=NOW.tzinfo)


def test_there_is_one_a_week_before_and_one_after_the_day(wren: Person) -> None:
    remind_people(on(DUE - timedelta(days=8)))
    assert reminders() == 0
    for _ in range(2):
        remind_people(on(DUE - timedelta(days=7)))
        assert reminders() == 1
    remind_people(on(DUE))
    assert reminders() == 1
    for day in (1, 2):
        remind_people(on(DUE + timedelta(days=day)))
        assert reminders() == 2


def test_who_has_passed_is_not_reminded(wren: Person) -> None:
    pass_course(wren)
    remind_people(on(DUE - timedelta(days=7)))
    assert reminders() == 0


def test_the_e_mail_says_who_asks_for_what_and_by_when(wren: Person) -> None:
    remind_people(on(DUE - timedelta(days=7)))
    for kind in ("course-assigned", "course-due"):
        subject, text, html = words_of(queued(kind)[0])
        for body in (text, html):
            assert "Tansy" in body
            assert "Understanding conflict" in body
            assert "1 April 2027" in body
        assert "1 April 2027" in subject


def test_the_e_mail_states_the_minutes_of_what_is_asked_of_this_person(wren: Person, people: People) -> None:
    pass_course(wren)
    later = NOW + timedelta(days=700)  # the refresher is open, and shorter than the course
    refresher, whole = (
        course_status.status_in(wren.id, "conflict", now=later).minutes,
        course_status.status_in(people.person("Fern").id, "conflict", now=later).minutes,
    )
    teal = people.person("Teal")
    with db.writing():
        assign([wren.id], "conflict", due_on=(later + timedelta(days=60)).date(), by=teal, now=later)
    _subject, text, _html = words_of(queued("course-assigned")[-1])
    assert f"about {refresher} minutes" in text
    assert refresher < whole
