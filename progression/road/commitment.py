"""Light touch or full commitment: how much somebody would like to give, chosen by themselves, and what each asks.

What each asks at a stage is a dated policy. It is an expectation, said kindly: no clearance rests on it and nobody is
kept off a shift by it. Coordinators see the choice where they plan.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator
from sqlalchemy import ForeignKey, select
from sqlalchemy.orm import Mapped, mapped_column

from app import audit, clock, db, settings
from app.domain import stages_of
from app.people.models import Person
from app.policies import documents
from app.policies.words import Words
from app.refusals import Conflict
from progression.stages import Stage

SHIPPED = Path(__file__).with_name("commitment.yaml")

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=200)]


class Level(StrEnum):
    """How much somebody would like to give."""

    LIGHT = "light"
    FULL = "full"

    @property
    def words(self) -> str:
        """It as pages say it."""
        return {"light": "light touch", "full": "full commitment"}[self.value]


class _Document(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Asked(_Document):
    """What one level asks at one stage."""

    shifts: Annotated[int, Field(ge=1, le=31), Words("Shifts in a month, about", unit="shifts")]
    words: Annotated[Text, Words("And otherwise", rows=2, hint="A kind sentence to the person.")]


class AskedAtStage(_Document):
    """What both levels ask at one stage."""

    light: Annotated[Asked, Words("Light touch")]
    full: Annotated[Asked, Words("Full commitment")]

    @model_validator(mode="after")
    def _light_is_less(self) -> Self:
        if self.light.shifts > self.full.shifts:
            raise ValueError("light touch asks for more shifts than full commitment")
        return self

    def of(self, level: Level) -> Asked:
        """What this level asks."""
        return self.light if level is Level.LIGHT else self.full


class Commitment(_Document):
    """The whole policy. A stage that is not in it asks for nothing."""

    stages: Annotated[dict[Stage, AskedAtStage], Field(max_length=4), Words("For each stage")]


class CommitmentChoice(db.Model):
    """What a person chose last. The audit trail has what they chose before."""

    __tablename__ = "commitment_choice"
    __table_args__ = (db.one_of("level", Level),)

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    level: Mapped[Level]
    chosen_at: Mapped[datetime]


@dataclass(frozen=True)
class Chosen:
    """What a person chose, and what that asks of them at their stage now."""

    level: Level
    asked: Asked
    chosen_at: datetime


def asked_at(stage: Stage, now: datetime) -> AskedAtStage | None:
    """What both levels ask at a stage today; None where nothing is asked."""
    policy = documents.on(Commitment, clock.on(now, settings.current().zone))
    return policy.stages.get(stage)


def stage_of(person_id: int, now: datetime) -> Stage:
    """The stage that somebody has now."""
    return Stage(stages_of([person_id], now)[person_id])


def chosen_by(people: Mapping[int, Stage], now: datetime) -> dict[int, Chosen]:
    """What those of these people, with their stages, chose who chose something that is asked of them; one query."""
    chosen = {}
    for row in _choices(people):
        asked = asked_at(people[row.person_id], now)
        if asked is not None:
            chosen[row.person_id] = Chosen(row.level, asked.of(row.level), row.chosen_at)
    return chosen


def chosen_of(person_id: int, now: datetime) -> Chosen | None:
    """What one person chose; None where they have not, or where nothing is asked at their stage."""
    return chosen_by({person_id: stage_of(person_id, now)}, now).get(person_id)


def choose(person: Person, level: Level, *, now: datetime) -> None:
    """Keep what a person chose; it holds at once. The same choice again changes nothing.

    Refuses where nothing is asked at their stage. Call it inside `db.writing()`.
    """
    db.lock_people([person.id])
    if asked_at(stage_of(person.id, now), now) is None:
        raise Conflict("At your stage nothing is asked, so there is nothing to choose yet.")
    kept = db.session.get(CommitmentChoice, person.id, populate_existing=True)
    if kept is not None and kept.level is level:
        return
    if kept is None:
        db.session.add(CommitmentChoice(person_id=person.id, level=level, chosen_at=now))
    else:
        kept.level, kept.chosen_at = level, now
    audit.record(
        "progression.commitment-chosen",
        by=person.id,
        subject=f"person:{person.id}",
        now=now,
        details={"level": level.words},
    )


def _choices(ids: Collection[int]) -> list[CommitmentChoice]:
    return list(db.session.scalars(select(CommitmentChoice).where(CommitmentChoice.person_id.in_(ids))))
