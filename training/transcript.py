"""The transcript: everything that one person learned, here and elsewhere, with its dates and its hours."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from app import clock, db, settings
from app.people.models import Person
from training import catalogue, certificate_codes, course_status, elsewhere, updates
from training.models import Certificate, Completion, CourseVersion, ElsewhereState, Enrolment


@dataclass(frozen=True)
class Line:
    """One thing that was learned. `minutes` None: nobody states how long it takes."""

    title: str
    by: str  # who taught it
    on: date
    minutes: int | None
    ends: date | None  # the last day it holds; None: it does not lapse
    standing: str  # in a few words
    code: str = ""  # of our certificate, spaced


@dataclass(frozen=True)
class Transcript:
    """Everything that a person learned, the latest first."""

    person: Person
    lines: tuple[Line, ...]
    today: date

    @property
    def minutes(self) -> int:
        """The stated minutes of everything learned here, withdrawn passes left out."""
        return sum(line.minutes or 0 for line in self.lines)


def transcript_of(person: Person, *, now: datetime) -> Transcript:
    """The transcript of a person: passes here, passes by records, and certificates from elsewhere. Six queries."""
    zone = settings.current().zone
    today = clock.on(now, zone)
    lines = [*_here(person.id, today), *_by_records(person.id, today), *_elsewhere(person.id)]
    return Transcript(person, tuple(sorted(lines, key=lambda line: (line.on, line.title), reverse=True)), today)


def minutes_of(version: CourseVersion, enrolment: Enrolment) -> int:
    """How many minutes of learning a passed enrolment counts: those that the course states for what was asked."""
    return sum(unit.minutes for unit in updates.units_of(enrolment, catalogue.pack_of(version)))


def _here(person_id: int, today: date) -> list[Line]:
    rows = db.session.execute(
        select(Completion, CourseVersion, Enrolment, Certificate.code)
        .join(CourseVersion, CourseVersion.id == Completion.course_version_id)
        .join(Enrolment, Enrolment.id == Completion.enrolment_id)
        .outerjoin(Certificate, (Certificate.completion_id == Completion.id) & Certificate.replaced_at.is_(None))
        .where(Completion.person_id == person_id)
    ).all()
    withdrawn = {each.completion_id for each in course_status.passed_courses(person_id) if each.is_withdrawn}
    chosen = settings.current()
    return [
        Line(
            title=f"{row.CourseVersion.title}{', refresher' if row.Enrolment.is_refresher else ''}",
            by=chosen.organisation,
            on=clock.on(row.Completion.completed_at, chosen.zone),
            minutes=0 if row.Completion.id in withdrawn else minutes_of(row.CourseVersion, row.Enrolment),
            ends=row.Completion.valid_until,
            standing="Withdrawn" if row.Completion.id in withdrawn else _standing(row.Completion.valid_until, today),
            code=certificate_codes.spaced(row.code) if row.code else "",
        )
        for row in rows
    ]


def _by_records(person_id: int, today: date) -> list[Line]:
    zone = settings.current().zone
    return [
        Line(
            title=each.title,
            by="By the organisation’s records",
            on=clock.on(each.completed_at, zone),
            minutes=None,
            ends=each.valid_until,
            standing=_standing(each.valid_until, today),
        )
        for passes in course_status.passed_elsewhere(person_id).values()
        for each in passes
        if each.taken_over is not None
    ]


def _elsewhere(person_id: int) -> list[Line]:
    return [
        Line(
            title=shown.row.title,
            by=shown.row.issuer,
            on=shown.row.awarded_on,
            minutes=None,
            ends=shown.row.lapses_on,
            standing=f"Counts here as {shown.course_title or shown.row.course}"
            if shown.counts
            else "Waits for a decision",
        )
        for shown in elsewhere.of_person(person_id)
        if shown.counts or shown.row.state is ElsewhereState.WAITING
    ]


def _standing(ends: date, today: date) -> str:
    return "Holds" if ends >= today else "Lapsed"
