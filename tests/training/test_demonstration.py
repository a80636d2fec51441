"""The courses of the demonstration: who takes one as somebody else did has what they have, at their own time."""

from __future__ import annotations

import random
from datetime import timedelta

from flask import Flask
from sqlalchemy import inspect, select

from app import db
from app.people.models import Person
from tests.conftest import People
from tests.times import NOW
from tests.training.courses import install_shipped
from training import learning
from training.demonstration import TakenCourse, take_course
from training.models import Answer, Certificate, Completion, ExerciseTry, ScenarioChoice, UnitAttempt, UnitDone

LATER = timedelta(days=3, hours=5)


def what_is_kept_of(person: Person) -> dict[str, list[dict[str, object]]]:
    """The rows of a course by table, without their numbers; times count from the beginning of the course."""
    enrolment = learning.progress_in(person, "conflict", now=NOW).enrolment
    attempts = select(UnitAttempt.id).where(UnitAttempt.enrolment_id == enrolment.id)
    conditions = {
        UnitDone: UnitDone.enrolment_id == enrolment.id,
        ExerciseTry: ExerciseTry.enrolment_id == enrolment.id,
        UnitAttempt: UnitAttempt.enrolment_id == enrolment.id,
        Answer: Answer.attempt_id.in_(attempts),
        ScenarioChoice: ScenarioChoice.attempt_id.in_(attempts),
    }
    kept = {}
    for model, condition in conditions.items():
        columns = [each.key for each in inspect(model).column_attrs if not each.key.endswith("id")]
        rows = db.session.scalars(select(model).where(condition).order_by("id"))
        kept[model.__name__] = [{key: getattr(row, key) for key in columns} for row in rows]
        for row in kept[model.__name__]:
            row.update({key: row[key] - enrolment.started_at for key in row if key.endswith("_at") and row[key]})
    return kept


def test_taking_a_course_as_somebody_did_keeps_the_same_at_another_time(app: Flask, people: People) -> None:
    install_shipped(NOW)
    first, second = people.person("Wren"), people.person("Rook")
    with db.writing():
        take_course(first, "conflict", now=NOW, chance=random.Random(1))
        TakenCourse.by(first, "conflict", now=NOW).repeat_for(second, now=NOW + LATER)

    assert what_is_kept_of(second) == what_is_kept_of(first)
    assert all(what_is_kept_of(first).values()), "a table without rows would be the same for nothing"
    passes = list(db.session.scalars(select(Completion).order_by(Completion.id)))
    assert [each.person_id for each in passes] == [first.id, second.id]
    assert passes[1].completed_at - passes[0].completed_at == LATER
    assert len(set(db.session.scalars(select(Certificate.code)))) == 2
