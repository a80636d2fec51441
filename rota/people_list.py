"""What the rota brings to the list of people, for those who plan: where people worked, how much, and who is away."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, select

from app import clock, db, settings
from app.people.listing import PeopleColumn, PeopleFilter, PeopleNote, PeopleNotes
from app.people.models import Person
from rota.permissions import RotaPermission
from rota.store.models import (
    Assignment,
    AvailabilityDated,
    Channel,
    CoverLine,
    DatedKind,
    Seat,
    Shift,
)
from rota.store.workload import LOOKED_BACK, Work, Workload, workloads_of

A_DAY = timedelta(hours=23)  # the shortest, in which clocks go forward
AWAY_SOON = timedelta(days=28)


def _channel_choices(_now: datetime) -> list[tuple[str, str]]:
    rows = db.session.execute(select(Channel.id, Channel.name).order_by(Channel.name))
    return [(str(row.id), row.name) for row in rows]


def _on_channel(choice: str, _day: date, now: datetime) -> ColumnElement[bool]:
    """They had a published shift there within twelve weeks, or have one coming."""
    having = (
        select(Assignment.person_id)
        .join(Seat, Seat.id == Assignment.seat_id)
        .join(CoverLine, CoverLine.id == Seat.line_id)
        .join(Shift, Shift.id == CoverLine.shift_id)
        .where(
            Shift.channel_id == int(choice),
            Shift.starts_at >= now - LOOKED_BACK,
            Shift.withdrawn_at.is_(None),
            Assignment.ended_at.is_(None),
        )
    )
    return Person.id.in_(having)


@db.cached_per_request
def _workloads(ids: tuple[int, ...], now: datetime) -> dict[int, Workload]:
    return workloads_of(ids, now=now)


def _lately(ids: Collection[int], now: datetime) -> dict[int, Work]:
    return {person_id: each.lately for person_id, each in _workloads(tuple(ids), now).items()}


def _next(ids: Collection[int], now: datetime) -> dict[int, Work]:
    return {person_id: each.next for person_id, each in _workloads(tuple(ids), now).items()}


def _last_night(ids: Collection[int], now: datetime) -> dict[int, date | None]:
    return {person_id: each.last_night for person_id, each in _workloads(tuple(ids), now).items()}


def _away(ids: Collection[int], now: datetime) -> dict[int, list[PeopleNote]]:
    """Days away that are under way or begin within four weeks; nobody knows why, nor whether it is leave."""
    zone = settings.current().zone
    rows = db.session.execute(
        select(AvailabilityDated.person_id, AvailabilityDated.starts_at, AvailabilityDated.ends_at)
        .where(
            AvailabilityDated.person_id.in_(ids),
            AvailabilityDated.kind != DatedKind.CAN,
            AvailabilityDated.ends_at > now,
            AvailabilityDated.starts_at < now + AWAY_SOON,
        )
        .order_by(AvailabilityDated.starts_at)
    )
    notes: dict[int, list[PeopleNote]] = {}
    for row in rows:
        if row.ends_at - row.starts_at < A_DAY:
            continue
        first, last = clock.on(row.starts_at, zone), clock.on(row.ends_at - timedelta(minutes=1), zone)
        is_on = row.starts_at <= now
        note = PeopleNote("plain", "Away until {day}", last) if is_on else PeopleNote("plain", "Away from {day}", first)
        notes.setdefault(row.person_id, []).append(note)
    return notes


def _work_cells(when: str) -> dict[str, Callable[[Work], str]]:
    return {
        f"Hours, {when}": lambda work: f"{work.hours:g}",
        f"Nights, {when}": lambda work: str(work.nights),
        f"Shifts, {when}": lambda work: str(work.shifts),
    }


PEOPLE_FILTERS = (PeopleFilter("channel", "Shifts on", _channel_choices, _on_channel, RotaPermission.PLAN),)
PEOPLE_COLUMNS = (
    PeopleColumn("Last 4 weeks", "rota/people/work.html", _lately, RotaPermission.PLAN, _work_cells("last 4 weeks")),
    PeopleColumn("Next 4 weeks", "rota/people/work.html", _next, RotaPermission.PLAN, _work_cells("next 4 weeks")),
    PeopleColumn(
        "Last night shift",
        "rota/people/last_night.html",
        _last_night,
        RotaPermission.PLAN,
        {"Last night shift": date.isoformat},
    ),
)
PEOPLE_NOTES = (PeopleNotes(_away, RotaPermission.PLAN),)
