"""Seats as pages and rules read them: each with its shift, its channel and who has it, in one query."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, false, or_, select

from app import db
from app.people.models import Person
from app.refusals import NotFound
from progression.duties import Duty
from progression.intervals import Interval
from rota.store.models import Assignment, Channel, ChannelKind, CoverLine, Rota, Seat, Shift


@dataclass(frozen=True, slots=True)
class SeatRow:
    """One seat: what it is, when it is, what its line needs, and who has it as published."""

    id: int
    number: int
    line_id: int
    duty: Duty
    minimum: int
    wanted: int
    most: int
    shift_id: int
    starts_at: datetime
    ends_at: datetime
    label: str
    rota_id: int
    rota_title: str
    rota_version: int
    channel_id: int
    channel: str
    channel_kind: ChannelKind
    assignment_id: int | None
    person_id: int | None
    holder: str | None
    """The display name of who has it."""

    @property
    def is_wanted(self) -> bool:
        """Whether the aim counts it; seats beyond are room for one more."""
        return self.number <= self.wanted

    @property
    def is_blended(self) -> bool:
        """Whether its shift must have a safe mix of people."""
        return self.channel_kind is not ChannelKind.ON_CALL

    @property
    def is_open(self) -> bool:
        """Whether it is published, wanted, and nobody has it."""
        return self.rota_version > 0 and self.is_wanted and self.person_id is None


def _rows() -> Select[*tuple[Any, ...]]:
    return (
        select(
            Seat.id,
            Seat.number,
            Seat.line_id,
            CoverLine.duty,
            CoverLine.minimum,
            CoverLine.wanted,
            CoverLine.most,
            Shift.id.label("shift_id"),
            Shift.starts_at,
            Shift.ends_at,
            Shift.label,
            Shift.rota_id,
            Rota.title.label("rota_title"),
            Rota.version.label("rota_version"),
            Shift.channel_id,
            Channel.name.label("channel"),
            Channel.kind.label("channel_kind"),
            Assignment.id.label("assignment_id"),
            Assignment.person_id,
            Person.display_name.label("holder"),
        )
        .join(CoverLine, CoverLine.id == Seat.line_id)
        .join(Shift, Shift.id == CoverLine.shift_id)
        .join(Rota, Rota.id == Shift.rota_id)
        .join(Channel, Channel.id == Shift.channel_id)
        .outerjoin(Assignment, (Assignment.seat_id == Seat.id) & Assignment.ended_at.is_(None))
        .outerjoin(Person, Person.id == Assignment.person_id)
        # Channels in the order they were opened, duties in the order of the pattern.
        .order_by(Shift.starts_at, Channel.id, CoverLine.id, Seat.number)
    )


def seats_where(*conditions: ColumnElement[bool]) -> list[SeatRow]:
    """The seats that meet all conditions on shift, line, rota, channel or assignment, in order of time."""
    return [
        SeatRow(**{**row._mapping, "duty": Duty(row.duty), "channel_kind": ChannelKind(row.channel_kind)})
        for row in db.session.execute(_rows().where(*conditions))
    ]


def seats_of_rota(rota_id: int) -> list[SeatRow]:
    """Every seat of a rota."""
    return seats_where(Shift.rota_id == rota_id)


def seats_between(start: datetime, end: datetime) -> list[SeatRow]:
    """Every seat of a published rota whose shift lies at least partly between two instants."""
    return seats_where(Rota.version > 0, Shift.starts_at < end, Shift.ends_at > start)


def vacant_between(start: datetime, end: datetime) -> list[SeatRow]:
    """The published, wanted seats that nobody has, of shifts at least partly between two instants."""
    return seats_where(
        Rota.version > 0,
        Shift.starts_at < end,
        Shift.ends_at > start,
        Assignment.id.is_(None),
        Seat.number <= CoverLine.wanted,
    )


def seats_held_by(person_ids: Collection[int], start: datetime, end: datetime) -> list[SeatRow]:
    """The published seats that these people have between two instants, on every rota."""
    return seats_where(Assignment.person_id.in_(person_ids), Shift.starts_at < end, Shift.ends_at > start)


@db.cached_per_request
def shifts_of(person_id: int, since: datetime) -> list[SeatRow]:
    """Every seat of every shift that this person is on and that ends after an instant, their colleagues' too."""
    theirs = (
        select(CoverLine.shift_id)
        .join(Seat, Seat.line_id == CoverLine.id)
        .join(Assignment, Assignment.seat_id == Seat.id)
        .where(Assignment.person_id == person_id, Assignment.ended_at.is_(None))
    )
    return seats_where(Shift.id.in_(theirs), Shift.ends_at > since)


def shifts_with_room(
    start: datetime, end: datetime, duties: Collection[Duty], able: Iterable[Interval]
) -> list[SeatRow]:
    """Every seat of the published shifts that start between two instants, lie within one of the intervals, and have a
    wanted seat in one of the duties that nobody has.
    """
    within = [(Shift.starts_at >= each.start) & (Shift.ends_at <= each.end) for each in able]
    # The times stand in the inner question, so that it never looks at the years behind.
    vacant = (
        select(CoverLine.shift_id)
        .join(Shift, Shift.id == CoverLine.shift_id)
        .join(Seat, Seat.line_id == CoverLine.id)
        .outerjoin(Assignment, (Assignment.seat_id == Seat.id) & Assignment.ended_at.is_(None))
        .where(
            Shift.starts_at > start,
            Shift.starts_at < end,
            or_(false(), *within),
            CoverLine.duty.in_(duties),
            Seat.number <= CoverLine.wanted,
            Assignment.id.is_(None),
        )
    )
    return seats_where(Rota.version > 0, Shift.id.in_(vacant))


def seat(seat_id: int) -> SeatRow:
    """One seat, or a refusal that says it is not there."""
    found = seats_where(Seat.id == seat_id)
    if not found:
        raise NotFound("There is no such seat.")
    return found[0]


def rota(rota_id: int) -> Rota:
    """One rota, or a refusal that says it is not there."""
    found = db.session.get(Rota, rota_id)
    if found is None:
        raise NotFound("There is no such rota.")
    return found
