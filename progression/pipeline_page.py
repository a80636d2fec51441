"""The page of how people move along the pathway, and its table."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import select

from app import clock, csv_writer, db, settings
from app.people.models import CLOSED, Person
from progression.helping.giving import help_by_month
from progression.ledger import facts_of_people
from progression.pipeline import Pipeline, Walk, pipeline
from progression.stages import stage_changes
from progression.standing import DECIDE_THE_STAGE

MONTHS = (12, 24, 36)


def pipeline_of(now: datetime, *, months: int) -> Pipeline:
    """Where everybody is, and what became of those who reached a stage in the last months. Two queries."""
    zone = settings.current().zone
    today = clock.on(now, zone)
    people = db.session.execute(select(Person.id, Person.joined_at, Person.state)).all()
    facts = facts_of_people([row.id for row in people], kinds=DECIDE_THE_STAGE)
    walks = [
        Walk(
            clock.on(row.joined_at, zone),
            [(clock.on(at, zone), stage) for at, stage in stage_changes(facts[row.id]) if at <= now],
            row.state not in CLOSED,
        )
        for row in people
    ]
    return pipeline(walks, since=clock.months_after(today, -months), today=today)


def help_of_months(now: datetime, *, months: int) -> list[tuple[date, int]]:
    """How often help was given in person in each of the last months that had any, without names. One query."""
    return help_by_month(clock.months_after(clock.on(now, settings.current().zone), -months).replace(day=1))


def table_of(found: Pipeline) -> bytes:
    """The same as a table, with days as figures."""
    head = ["From", "To", "Reached it", "Went on", "Still there", "Stepped back", "Left", "Days needed", "Days waiting"]
    rows: list[Sequence[str]] = [
        [
            step.start.value,
            step.to.value,
            str(step.reached),
            str(step.went_on),
            str(step.still_there),
            str(step.stepped_back),
            str(step.left),
            "" if step.days_needed is None else str(step.days_needed),
            "" if step.days_waiting is None else str(step.days_waiting),
        ]
        for step in found.steps
    ]
    return csv_writer.written([head, *rows])
