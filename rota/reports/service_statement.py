"""What one person gave: since when they have been here, their stages, and their shifts and hours as published.

Shifts, hours and nights are counted as in the report of a month: of shifts that are over, in hours that passed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from app import clock, settings
from app.people.models import Person
from progression.duties import Duty
from progression.stages import Stage
from rota.reports.month_figures import Crew, PersonHours, hours_given
from rota.reports.months import Month, month_of
from rota.store.seat_parts import given_by
from rota.store.seats import SeatRow


@dataclass(frozen=True, slots=True)
class StageFrom:
    """A stage, and the day from which the person had it."""

    stage: Stage
    day: date


@dataclass(frozen=True, slots=True)
class YearGiven:
    """What somebody gave in one calendar year, and in each of its months in which they gave anything."""

    year: int
    given: PersonHours
    months: tuple[tuple[Month, PersonHours], ...]


@dataclass(frozen=True, slots=True)
class ServiceStatement:
    """All that the statement says. `given` is None while no shift is over."""

    person: Person
    today: date
    since: date
    stages: tuple[StageFrom, ...]
    given: PersonHours | None
    duties: tuple[tuple[Duty, PersonHours], ...]
    years: tuple[YearGiven, ...]
    """The latest first; so are the months of each."""


def statement_of(person: Person, *, now: datetime) -> ServiceStatement:
    """The statement of a person. The number of queries does not grow with the number of shifts."""
    zone = settings.current().zone
    seats, crew = given_by(person.id, now), Crew([person.id], zone)
    by_duty: dict[Duty, list[SeatRow]] = defaultdict(list)
    by_month: dict[Month, list[SeatRow]] = defaultdict(list)
    for seat in seats:
        by_duty[seat.duty].append(seat)
        by_month[month_of(clock.on(seat.starts_at, zone))].append(seat)
    stages = _stages((clock.on(at, zone), stage) for at, stage in crew.stage_changes(person.id) if at <= now)
    joined = clock.on(person.joined_at, zone)
    return ServiceStatement(
        person=person,
        today=clock.on(now, zone),
        since=min([joined, *(each.day for each in stages)]),
        stages=stages,
        given=hours_given(person.id, seats, crew) if seats else None,
        duties=tuple((duty, hours_given(person.id, by_duty[duty], crew)) for duty in Duty if duty in by_duty),
        years=tuple(_years(person.id, by_month, crew)),
    )


def _stages(changes: Iterable[tuple[date, Stage]]) -> tuple[StageFrom, ...]:
    """The changes in order, without decisions that left the stage as it was."""
    stages: list[StageFrom] = []
    for day, stage in changes:
        if not stages or stages[-1].stage is not stage:
            stages.append(StageFrom(stage, day))
    return tuple(stages)


def _years(person_id: int, by_month: dict[Month, list[SeatRow]], crew: Crew) -> Iterable[YearGiven]:
    months = sorted(by_month, key=lambda month: month.first, reverse=True)
    for year in dict.fromkeys(month.first.year for month in months):
        of_year = [month for month in months if month.first.year == year]
        seats = [seat for month in reversed(of_year) for seat in by_month[month]]
        given = tuple((month, hours_given(person_id, by_month[month], crew)) for month in of_year)
        yield YearGiven(year, hours_given(person_id, seats, crew), given)
