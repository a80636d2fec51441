"""Reminders of training that lapses: when, and to whom."""

from __future__ import annotations

import random
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from app import db
from app.people.models import Person, Role
from app.people.rights import suspend
from progression import evidence
from progression.models import Evidence
from tests.conftest import People
from tests.times import NOW
from tests.training.courses import install_shipped, pass_course
from tests.training.emails import days_before, queued, words_of
from training import demonstration, learning
from training.notices import TrainingLapses
from training.reminders import remind_people

LAST_DAY = date(2029, 2, 18)


@pytest.fixture
def wren(people: People) -> Person:
    install_shipped()
    wren = people.person("Wren")
    pass_course(wren)
    return wren


@pytest.mark.both_databases
def test_a_reminder_goes_out_at_two_moments_and_once_each(wren: Person) -> None:
    counts = []
    for days in (61, 60, 59, 15, 14, 13, 0, -1):
        for _ in range(2):
            remind_people(days_before(days))
        counts.append(len(queued("training-lapses")))
    assert counts == [0, 1, 1, 1, 2, 2, 2, 2]
    subject, text, html = words_of(queued("training-lapses")[0])
    assert subject == "Your training “Understanding conflict” lasts until 18 February 2029"
    assert "about 18 minutes" in text
    assert "http://127.0.0.1:8000/learning/conflict" in html


def test_after_a_long_stop_of_the_worker_only_the_nearer_reminder_goes_out(wren: Person) -> None:
    remind_people(days_before(5))
    assert [row.once for row in queued("training-lapses")] == ["training-lapses:1:14"]


def still_wanted(wren: Person) -> bool:
    return TrainingLapses(completion_id=1).still_wanted(wren.id, days_before(10))


def test_nobody_is_reminded_of_what_they_have_refreshed(wren: Person) -> None:
    assert still_wanted(wren)
    now = days_before(100)
    with db.writing():
        first = learning.progress_in(wren, "conflict", now=NOW).enrolment.id
        learning.start("conflict", by=wren, now=now, after=first)
        demonstration.take_course(wren, "conflict", now=now, chance=random.Random(4))
    remind_people(days_before(30))
    assert queued("training-lapses") == []
    assert not still_wanted(wren)


def test_nobody_is_reminded_of_what_was_withdrawn_or_after_they_left(wren: Person, people: People) -> None:
    sable = people.person("Sable", roles=(Role.ASSESSOR,))
    rook = people.person("Rook")
    pass_course(rook)
    proof = db.session.scalars(select(Evidence).where(Evidence.person_id == wren.id, Evidence.kind == "training")).one()
    with db.writing():
        evidence.withdraw(proof.id, by=sable.id, why="A mistake of ours.", now=NOW + timedelta(days=1))
        suspend(rook, by=sable, now=NOW + timedelta(days=1))
    remind_people(days_before(30))
    assert queued("training-lapses") == []
    assert not still_wanted(wren)


def test_the_last_day_is_the_one_on_the_certificate(wren: Person) -> None:
    remind_people(days_before(30))
    (row,) = queued("training-lapses")
    assert row.deadline.date() == LAST_DAY + timedelta(days=1)
