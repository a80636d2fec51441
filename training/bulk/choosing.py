"""Which certificates go into one file: the newest of each person in a course, at a stage or passed between two days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, func, select

from app import clock, db, settings
from app.people.directory import NOT_REMOVED
from app.people.models import Person
from app.refusals import Invalid
from app.wording import day_in_words, thousands
from progression.people_list import is_at_stage
from progression.stages import Stage, stage_called
from training import catalogue, certificates
from training.models import Certificate, Completion, CourseVersion

MOST = 2_000  # certificates in one file: some 40 MB, and minutes of printing
STAGES = {
    Stage.USER: "members who have not stepped up",
    Stage.PEER: "peers",
    Stage.VOLUNTEER: "volunteers",
    Stage.STAFF: "staff",
}
NOBODY = "There is no certificate like this. Choose another course, stage or days."
ORDER_OF_DAYS = "The last day lies before the first. Please look at both."


@dataclass(frozen=True)
class Choice:
    """What was chosen on the page. Without a stage or days it is everybody who has a certificate of the course."""

    code: str
    stage: Stage | None = None
    first: date | None = None
    last: date | None = None

    @property
    def words(self) -> str:
        """The choice in words, after the title of the course; empty for everybody."""
        said = []
        if self.stage is not None:
            said.append(STAGES[self.stage])
        if self.first is not None:
            said.append(f"passed on {day_in_words(self.first)} or later")
        if self.last is not None:
            said.append(f"passed on {day_in_words(self.last)} or before")
        return ", ".join(said)

    @property
    def in_address(self) -> dict[str, str]:
        """The choice as the address of its page names it."""
        days = {"first": self.first, "last": self.last}
        return {
            "code": self.code,
            "stage": self.stage or "",
            **{name: f"{day.day}.{day.month}.{day.year}" for name, day in days.items() if day is not None},
        }

    def as_json(self) -> dict[str, Any]:
        """Plain data, as a task keeps it."""
        return {
            "code": self.code,
            "stage": self.stage and str(self.stage),
            "first": self.first and self.first.isoformat(),
            "last": self.last and self.last.isoformat(),
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Choice:
        """What `as_json` returned."""
        first, last = (data[key] and date.fromisoformat(data[key]) for key in ("first", "last"))
        return cls(data["code"], stage_called(data["stage"]) if data["stage"] else None, first, last)


def how_many(choice: Choice, *, now: datetime) -> int:
    """How many certificates the choice comes to; refuses a course that is not here, and days in the wrong order."""
    return db.session.scalar(select(func.count()).select_from(_newest(choice, now).subquery())) or 0


def chosen(choice: Choice, *, now: datetime) -> list[int]:
    """The ids of the certificates, by printed name; refuses none, and more than one file takes."""
    newest = _newest(choice, now).subquery()
    ids = list(db.session.scalars(select(newest.c.id).order_by(newest.c.printed_name, newest.c.id).limit(MOST + 1)))
    if not ids:
        raise Invalid(NOBODY)
    if len(ids) > MOST:
        raise Invalid(too_many(how_many(choice, now=now)))
    return ids


def too_many(number: int) -> str:
    """What to say of more certificates than one file takes."""
    return (
        f"These are {thousands(number)} certificates, and one file takes {thousands(MOST)}. Choose a stage, or days "
        "that are nearer together, and make several files."
    )


def _newest(choice: Choice, now: datetime) -> Select[Any]:
    """The certificates that are neither replaced nor withdrawn, the latest of each person."""
    course, _version = catalogue.course_called(choice.code)
    if choice.first and choice.last and choice.last < choice.first:
        raise Invalid(ORDER_OF_DAYS, field="last")
    zone = settings.current().zone
    latest = (
        func.row_number()
        .over(partition_by=Completion.person_id, order_by=(Completion.completed_at.desc(), Completion.id.desc()))
        .label("place")
    )
    query = (
        select(Certificate.id, Certificate.printed_name, latest)
        .join(Completion, Completion.id == Certificate.completion_id)
        .join(CourseVersion, CourseVersion.id == Completion.course_version_id)
        .join(Person, Person.id == Certificate.person_id)
        .where(CourseVersion.course_id == course.id, NOT_REMOVED, certificates.in_force())
    )
    if choice.stage is not None:
        query = query.where(is_at_stage([choice.stage], now, now))
    if choice.first is not None:
        query = query.where(Completion.completed_at >= clock.starts(choice.first, zone))
    if choice.last is not None:
        query = query.where(Completion.completed_at < clock.ends(choice.last, zone))
    ranked = query.subquery()
    return select(ranked.c.id, ranked.c.printed_name).where(ranked.c.place == 1)
