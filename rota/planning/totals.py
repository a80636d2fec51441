"""What a draft comes to for each person: shifts, hours a week and nights, with what is heavy or uneven about it.

Read before publishing, because no rule keeps a rota from giving one person a great deal and others nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import median

from sqlalchemy import false, func, or_, select

from app import clock, db
from app.people.models import CLOSED, Person
from progression.duties import Duty
from progression.stages import Stage
from progression.standing import ever_signed_off_for
from rota.scheduling.roster import RosterPerson, Stint
from rota.scheduling.rules.nights import NightsInThePeriod
from rota.scheduling.rules.policy import Severity
from rota.store.draft_board import DraftBoard
from rota.store.models import AvailabilityWeekly
from rota.store.snapshot import Snapshot

A_WEEK = timedelta(days=7)
HEAVY_WEEK_HOURS = 20.0
"""From how many hours a week of somebody who is not staff is pointed out: half a full working week, unpaid."""
HEAVY_WEEK_HOURS_OF_STAFF = 40.0
UNEVEN_FACTOR = 2
UNEVEN_HOURS = 8.0
"""Somebody's hours are uneven at this many times the median and at least this many hours more, so not for one shift."""


def hours_in_words(hours: float) -> str:
    """Hours to two places: “7.5 h”."""
    return f"{round(hours, 2):g} h"


@dataclass(frozen=True, slots=True)
class WeekHours:
    """One person's hours in one week, on-call time left out."""

    monday: date
    hours: float
    is_heavy: bool

    @property
    def words(self) -> str:
        """The hours, and whether they are many."""
        return f"{hours_in_words(self.hours)}, heavy" if self.is_heavy else hours_in_words(self.hours)


@dataclass(frozen=True, slots=True)
class PersonTotals:
    """One person's shifts in the weeks of a rota, those on other rotas too."""

    person_id: int
    name: str
    shifts: int
    hours: float
    weeks: tuple[WeekHours, ...]
    nights: int
    on_call_hours: float
    is_uneven: bool

    @property
    def on_call_words(self) -> str:
        """The hours on call from home."""
        return hours_in_words(self.on_call_hours)

    @property
    def heavy_weeks(self) -> list[WeekHours]:
        """The weeks that are pointed out."""
        return [week for week in self.weeks if week.is_heavy]


@dataclass(frozen=True, slots=True)
class Totals:
    """Everybody's totals, those with the most hours first, and what no rule looks after."""

    people: tuple[PersonTotals, ...]
    mondays: tuple[date, ...]
    without_any: int
    """How many people offer times and were signed off for a duty of this rota, and have no seat on it."""
    most_hours_a_week: float | None
    """How many hours a week the rules allow an adult; None where they set no limit."""

    @property
    def to_look_at(self) -> list[PersonTotals]:
        """The people with a heavy week or uneven hours."""
        return [each for each in self.people if each.is_uneven or each.heavy_weeks]


def totals_of(board: DraftBoard, snapshot: Snapshot, *, now: datetime) -> Totals:
    """Add up what everybody with a seat has in the weeks of the rota that are not over."""
    roster = snapshot.roster
    monday = clock.monday_of(max(board.rota.starts_on, clock.on(now, roster.zone)))
    mondays = []
    while monday <= board.rota.ends_on:
        mondays.append(monday)
        monday += A_WEEK
    seated = {holder for seat in board.seats for holder in (board.holder(seat),) if holder is not None}
    people = [person for person in roster.people if person.id in seated]
    stints: dict[int, list[tuple[date, Stint]]] = {}
    for person in people:
        dated = (
            (roster.day(s.starts_at), s) for s in roster.stints(person, snapshot.plan.by_person.get(person.id, ()))
        )
        stints[person.id] = [each for each in dated if mondays and mondays[0] <= each[0] < mondays[-1] + A_WEEK]
    # People who are only on call would make everybody else's hours look uneven.
    usual = median([hours for dated in stints.values() if (hours := _hours(s for _, s in dated))] or [0.0])
    nights = NightsInThePeriod(roster.rules.nights_in_the_period)
    found = [
        _totals(
            person,
            stints[person.id],
            tuple(mondays),
            len(nights.nights(roster, [s for _, s in stints[person.id]])),
            usual,
        )
        for person in people
    ]
    rule = roster.rules.hours_in_a_week
    is_limited = rule.severity in (Severity.HARD, Severity.OVERRIDABLE)
    return Totals(
        tuple(sorted(found, key=lambda each: (-each.hours, -each.on_call_hours, each.name))),
        tuple(mondays),
        _without_any(board, seated, now=now),
        rule.adult_hours if is_limited else None,
    )


def _totals(
    person: RosterPerson, dated: Sequence[tuple[date, Stint]], mondays: tuple[date, ...], nights: int, usual: float
) -> PersonTotals:
    heavy = HEAVY_WEEK_HOURS_OF_STAFF if person.stage is Stage.STAFF else HEAVY_WEEK_HOURS
    by_week: dict[date, list[Stint]] = {monday: [] for monday in mondays}
    for day, stint in dated:
        by_week[clock.monday_of(day)].append(stint)
    weeks = []
    for monday, of_week in by_week.items():
        hours = _hours(of_week)
        weeks.append(WeekHours(monday, hours, is_heavy=hours > heavy))
    stints = [stint for _, stint in dated]
    hours = _hours(stints)
    return PersonTotals(
        person.id,
        person.name,
        shifts=len(stints),
        hours=hours,
        weeks=tuple(weeks),
        nights=nights,
        on_call_hours=sum(s.worked_minutes for s in stints if s.duty is Duty.ON_CALL) / 60,
        is_uneven=hours >= UNEVEN_FACTOR * usual and hours >= usual + UNEVEN_HOURS,
    )


def _hours(stints: Iterable[Stint]) -> float:
    return sum(stint.worked_minutes for stint in stints if stint.duty is not Duty.ON_CALL) / 60


def _without_any(board: DraftBoard, seated: set[int], *, now: datetime) -> int:
    duties = {seat.duty for seat in board.seats}
    signed_off = [Person.id.in_(ever_signed_off_for(duty, now)) for duty in sorted(duties)]
    return (
        db.session.scalar(
            select(func.count())
            .select_from(Person)
            .where(
                Person.state.not_in(CLOSED),
                or_(false(), *signed_off),
                Person.id.in_(select(AvailabilityWeekly.person_id)),
                Person.id.not_in(seated),
            )
        )
        or 0
    )
