"""Asking people to take a course by a day, and taking that back."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app import clock, db, settings
from app.audit import AuditLine
from app.outbox.models import OutboxRow
from app.people.models import Person, PersonState
from app.refusals import Conflict, Invalid
from progression.stages import Stage
from tests.conftest import People
from tests.times import NOW
from tests.training.courses import install_shipped, pass_course
from training.programme.assigned import asked_of, batches
from training.programme.assigning import Outcome, assign, everybody_at, take_back

DUE = date(2027, 4, 1)


@pytest.fixture
def tansy(app: Flask, people: People) -> Person:
    """Who asks."""
    install_shipped()
    return people.person("Tansy")


def ask(people: list[Person], by: Person, due_on: date = DUE, code: str = "conflict") -> Outcome:
    with db.writing():
        return assign([each.id for each in people], code, due_on=due_on, by=by, now=NOW)


def e_mails(kind: str = "course-assigned") -> list[int]:
    return list(db.session.scalars(select(OutboxRow.person_id).where(OutboxRow.kind == kind)))


@pytest.mark.both_databases
def test_who_is_asked_reads_it_with_the_name_and_the_day_and_once(tansy: Person, people: People) -> None:
    wren = people.person("Wren")
    assert ask([wren], tansy) == Outcome(asked=1, holding=0, asked_before=0)
    assert ask([wren], tansy) == Outcome(asked=0, holding=0, asked_before=1)
    (asked,) = asked_of(wren.id)
    assert (asked.code, asked.due_on, asked.by) == ("conflict", DUE, "Tansy")
    assert e_mails() == [wren.id]
    lines = db.session.scalars(select(AuditLine.action).where(AuditLine.action == "training.course-assigned")).all()
    assert len(lines) == 1


def test_another_day_replaces_the_first(tansy: Person, people: People) -> None:
    wren = people.person("Wren")
    ask([wren], tansy)
    ask([wren], tansy, due_on=DUE + timedelta(days=7))
    assert [each.due_on for each in asked_of(wren.id)] == [DUE + timedelta(days=7)]


def test_who_holds_the_training_on_that_day_is_left_out_and_passing_it_is_enough(tansy: Person, people: People) -> None:
    wren, robin = people.person("Wren"), people.person("Robin")
    pass_course(wren)
    assert ask([wren, robin], tansy) == Outcome(asked=1, holding=1, asked_before=0)
    assert asked_of(wren.id) == []
    pass_course(robin)
    assert asked_of(robin.id) == []
    (batch,) = batches()
    assert (batch.met, batch.waiting) == (1, ())


def test_accounts_that_are_not_active_are_not_asked(tansy: Person, people: People) -> None:
    invited = people.person("Juniper", state=PersonState.INVITED)
    assert ask([invited], tansy) == Outcome(asked=0, holding=0, asked_before=0)


def test_everybody_at_a_stage_is_found(tansy: Person, people: People) -> None:
    wren = people.person("Wren")
    assert set(everybody_at(Stage.USER, now=NOW)) == {wren.id, tansy.id}
    assert everybody_at(Stage.STAFF, now=NOW) == []


@pytest.mark.parametrize("days", [-1, 367])
def test_a_day_in_the_past_or_far_off_is_refused(tansy: Person, people: People, days: int) -> None:
    today = clock.on(NOW, settings.current().zone)
    with pytest.raises(Invalid) as refused:
        ask([people.person("Wren")], tansy, due_on=today + timedelta(days=days))
    assert refused.value.field == "due_on"


def test_what_was_asked_by_mistake_is_taken_back_once(tansy: Person, people: People) -> None:
    wren = people.person("Wren")
    ask([wren], tansy)
    (asked,) = asked_of(wren.id)
    with db.writing():
        assert take_back(asked.id, by=tansy, now=NOW) == 1
    assert asked_of(wren.id) == []
    with pytest.raises(Conflict, match="taken back before"), db.writing():
        take_back(asked.id, by=tansy, now=NOW)
    assert ask([wren], tansy).asked == 1
