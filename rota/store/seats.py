"""Read seats from the database, each with its shift, channel and holder, in one query; and parts of them.

Who may read a holder's name is decided here, in the query: where a reader may not know who it is, neither the name nor
the id of the person leaves the database.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    CompoundSelect,
    False_,
    Integer,
    Select,
    SQLColumnExpression,
    bindparam,
    case,
    cast,
    null,
    or_,
    select,
)

from app import db
from app.many_ids import among, ids_given
from app.people.models import Person
from app.refusals import NotFound
from progression.duties import Duty
from rota.scheduling.cover_pattern import LONGEST_SHIFT
from rota.store.did_not_come_rows import not_worked
from rota.store.models import Assignment, Channel, ChannelKind, CoverLine, Rota, Seat, Shift
from rota.store.seat_part_rows import SeatPart

LONGEST_ROTA = timedelta(days=8 * 7)  # Availability further off is a guess.
NO_SUCH_ROTA = "There is no such rota. It may have been deleted."

Shifts = Select[int] | CompoundSelect[int]
"""A query for the ids of shifts, in a column `shift_id`."""


class SeatRow(NamedTuple):
    """One seat with its time, what its cover line needs, and its published holder.

    A tuple, because pages read thousands of them.
    """

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
    rota_version: int
    rota_starts_on: date
    rota_ends_on: date
    channel_id: int
    channel: str
    channel_kind: ChannelKind
    assignment_id: int | None
    person_id: int | None
    holder: str | None
    """The display name of the person who has it; like `person_id`, None where the reader may not know who it is."""
    part_id: int | None = None
    """Of a part of the seat that somebody else took: its id. Then time and person are those of the part."""

    @property
    def is_part(self) -> bool:
        """Whether it is a part of a seat, which somebody else works than the person who has the seat."""
        return self.part_id is not None

    @property
    def is_wanted(self) -> bool:
        """Whether it counts towards the number wanted; seats above that are optional."""
        return self.number <= self.wanted

    @property
    def is_blended(self) -> bool:
        """Whether its shift must have a safe mix of people."""
        return self.channel_kind is not ChannelKind.ON_CALL

    @property
    def is_taken(self) -> bool:
        """Whether somebody has it as published, also where the reader may not know who."""
        return self.assignment_id is not None

    @property
    def is_open(self) -> bool:
        """Whether it is published, wanted and vacant."""
        return self.rota_version > 0 and self.is_wanted and not self.is_taken


_COLUMNS = (
    Seat.id,
    Seat.number,
    Seat.line_id,
    CoverLine.duty,
    CoverLine.minimum,
    CoverLine.wanted,
    CoverLine.most,
    Shift.id,
    Shift.starts_at,
    Shift.ends_at,
    Shift.label,
    Shift.rota_id,
    Rota.version,
    Rota.starts_on,
    Rota.ends_on,
    Shift.channel_id,
    Channel.name,
    Channel.kind,
    Assignment.id,
)
"""The fields of `SeatRow` in their order, but for who has it and the part."""

_NO_PART = cast(null(), Integer).label("part_id")

_OF_PART: Mapping[Any, Any] = {Shift.starts_at: SeatPart.starts_at, Shift.ends_at: SeatPart.ends_at}
"""What a part has of its own."""


def query_of_seats(
    shifts: Shifts | None = None, *, named: ColumnElement[bool] | None = None
) -> Select[*tuple[Any, ...]]:
    """Return the query for seats: all, or those of the shifts whose ids a query selects.

    `named` is the condition on which a row says who has the seat; without it every row does.

    The tables are joined in the order in which PostgreSQL should read them: with as many as these it keeps the order
    it is given, and a condition `IN (SELECT ...)` would be met last, after reading every seat there is.
    """
    query = _from_shifts(select(*_COLUMNS, *_who(Assignment.person_id, named), _NO_PART), shifts)
    query = query.outerjoin(Assignment, (Assignment.seat_id == Seat.id) & Assignment.ended_at.is_(None))
    if not isinstance(named, False_):
        query = query.outerjoin(Person, Person.id == Assignment.person_id)
    # Channels in the order they were opened, duties in the order of the pattern.
    return query.order_by(Shift.starts_at, Channel.id, CoverLine.id, Seat.number)


def query_of_parts(
    shifts: Shifts | None = None, *, named: ColumnElement[bool] | None = None
) -> Select[*tuple[Any, ...]]:
    """Return the query for the parts of seats that others took, as `query_of_seats`, in no order.

    Each row is its seat with the time of the part, and the person who works it.
    """
    columns = [_OF_PART.get(column, column) for column in _COLUMNS]
    query = _from_shifts(select(*columns, *_who(SeatPart.person_id, named), SeatPart.id), shifts)
    query = query.join(Assignment, (Assignment.seat_id == Seat.id) & Assignment.ended_at.is_(None))
    query = query.join(SeatPart, (SeatPart.assignment_id == Assignment.id) & SeatPart.ended_at.is_(None))
    if not isinstance(named, False_):
        query = query.join(Person, Person.id == SeatPart.person_id)
    return query


def _who(person: SQLColumnExpression[int], named: ColumnElement[bool] | None) -> Sequence[SQLColumnExpression[Any]]:
    who: Sequence[Any] = (person, Person.display_name)
    if isinstance(named, False_):
        return [cast(null(), each.type).label(each.key) for each in who]  # a union asks for their types
    return who if named is None else [case((named, each)) for each in who]


def _from_shifts(query: Select[*tuple[Any, ...]], shifts: Shifts | None) -> Select[*tuple[Any, ...]]:
    if shifts is None:
        query = query.select_from(Shift)
    else:
        chosen = (shifts.distinct() if isinstance(shifts, Select) else shifts).subquery("chosen")
        query = query.select_from(chosen).join(Shift, Shift.id == chosen.c.shift_id)
    return (
        query.join(Rota, Rota.id == Shift.rota_id)
        .join(Channel, Channel.id == Shift.channel_id)
        .join(CoverLine, CoverLine.shift_id == Shift.id)
        .join(Seat, Seat.line_id == CoverLine.id)
    )


def _rows(query: Select[*tuple[Any, ...]]) -> list[SeatRow]:
    return [SeatRow._make(row) for row in db.session.execute(query).all()]


def between(start: datetime, end: datetime) -> tuple[ColumnElement[bool], ...]:
    """The conditions that a shift lies at least partly between two instants.

    The second follows from the third, as no shift is longer: with it both databases read one range of the index, and
    not every shift that ever was.
    """
    return Shift.starts_at < end, Shift.starts_at > start - LONGEST_SHIFT, Shift.ends_at > start


def place_of(seat: SeatRow) -> tuple[datetime, int, int, int]:
    """The place of a seat in the usual order: of time, then as channels were opened, and as the pattern has duties."""
    return seat.starts_at, seat.channel_id, seat.line_id, seat.number


def seats_where(*conditions: ColumnElement[bool], named: ColumnElement[bool] | None = None) -> list[SeatRow]:
    """Return the seats that meet all conditions on shift, line, rota, channel or assignment, in order of time.

    Those of withdrawn rotas are left out. `named` is the condition on which a row says who has the seat; without it
    every row does.
    """
    return _rows(query_of_seats(named=named).where(Shift.withdrawn_at.is_(None), *conditions))


def query_between(*, named: ColumnElement[bool] | None = None) -> Select[*tuple[Any, ...]]:
    """The query for the seats, published or not, of shifts at least partly between two instants, in no order.

    The instants are its parameters, as `bounds` gives them. Vacant seats beyond those wanted are left out but for the
    first of a line, so that each line has one at least. Its columns are the fields of `SeatRow`, in their order;
    `named` as for `seats_where`.
    """
    at_that_time = (Shift.starts_at < bindparam("end"), Shift.starts_at > bindparam("earliest_start"))
    shown = or_(Seat.number <= CoverLine.wanted, Seat.number == 1, Assignment.id.is_not(None))
    return (
        query_of_seats(named=named)
        .where(Shift.withdrawn_at.is_(None), *at_that_time, Shift.ends_at > bindparam("start"), shown)
        .order_by(None)
    )


def query_of_parts_between(*, named: ColumnElement[bool] | None = None) -> Select[*tuple[Any, ...]]:
    """The query for the parts of the seats of `query_between`, with the same columns and parameters."""
    at_that_time = (Shift.starts_at < bindparam("end"), Shift.starts_at > bindparam("earliest_start"))
    conditions = Shift.withdrawn_at.is_(None), *at_that_time, Shift.ends_at > bindparam("start")
    return query_of_parts(named=named).where(*conditions)


def bounds(start: datetime, end: datetime) -> dict[str, datetime]:
    """The parameters of a query for seats between two instants, such as `query_between`."""
    return {"start": start, "end": end, "earliest_start": start - LONGEST_SHIFT}


def seats_of_notice(*conditions: ColumnElement[bool]) -> list[SeatRow]:
    """Return seats as `seats_where`, those of withdrawn rotas too: an e-mail says what they were."""
    return _rows(query_of_seats().where(*conditions))


def shifts_worked_by(person_id: int | BindParameter[int]) -> CompoundSelect[int]:
    """The query for the ids of the shifts on which a person has a seat or works a part of one."""
    held = (
        select(CoverLine.shift_id)
        .join(Seat, Seat.line_id == CoverLine.id)
        .join(Assignment, Assignment.seat_id == Seat.id)
        .where(Assignment.ended_at.is_(None))
    )
    parts = held.join(SeatPart, SeatPart.assignment_id == Assignment.id)
    taken = parts.where(SeatPart.person_id == person_id, SeatPart.ended_at.is_(None))
    return held.where(Assignment.person_id == person_id).union(taken)


def is_own_shift(person_id: int) -> ColumnElement[bool]:
    """The condition that a person is on the row's shift, for all or a part of it: they may know who else is on it."""
    return Shift.id.in_(shifts_worked_by(person_id))


def seats_of_rota(rota_id: int) -> list[SeatRow]:
    """Return every seat of a rota."""
    return seats_where(Shift.rota_id == rota_id)


def seats_held_by(person_ids: Collection[int], start: datetime, end: datetime) -> list[SeatRow]:
    """Return the seats that these people have on published rotas, of shifts at least partly between two instants."""
    rows = db.session.execute(_query_of_held(db.dialect()), {"ids": person_ids, **bounds(start, end)}).all()
    return [SeatRow._make(row) for row in rows]


@cache
def _query_of_held(_dialect: str) -> Select[*tuple[Any, ...]]:
    at_that_time = (
        Shift.starts_at < bindparam("end"),
        Shift.starts_at > bindparam("earliest_start"),
        Shift.ends_at > bindparam("start"),
    )
    of_them = among(Assignment.person_id, ids_given("ids"))
    return query_of_seats().where(Shift.withdrawn_at.is_(None), of_them, *at_that_time)


def seats_given_by(person_id: int, until: datetime) -> list[SeatRow]:
    """Return the seats that a person has on published rotas, of every shift that was over at an instant.

    Those to which they are known not to have come are left out.
    """
    return _rows(query_of_given(person_id, until))


def query_of_given(person_id: int, until: datetime) -> Select[*tuple[Any, ...]]:
    """The query of `seats_given_by`."""
    own = (
        select(CoverLine.shift_id)
        .join(Seat, Seat.line_id == CoverLine.id)
        .join(Assignment, Assignment.seat_id == Seat.id)
        .where(Assignment.person_id == person_id, Assignment.ended_at.is_(None))
    )
    is_over = Shift.withdrawn_at.is_(None), Shift.ends_at <= until, Rota.version > 0
    came = Assignment.id.not_in(not_worked())
    return query_of_seats(own).where(Assignment.person_id == person_id, *is_over, came)


def get_seat(seat_id: int) -> SeatRow:
    """Return one seat; refuses with `NotFound` if there is none."""
    rows = seats_where(Seat.id == seat_id)
    if not rows:
        raise NotFound("There is no such seat.")
    return rows[0]


def get_rota(rota_id: int) -> Rota:
    """Return one rota; refuses with `NotFound` if there is none."""
    rota = db.session.get(Rota, rota_id)
    if rota is None:
        raise NotFound(NO_SUCH_ROTA)
    refuse_withdrawn(rota)
    return rota


def refuse_withdrawn(rota: Rota) -> None:
    """Refuse a rota that was withdrawn, with `NotFound`: there is nothing to plan on it."""
    if rota.withdrawn_at is not None:
        raise NotFound(f"The rota “{rota.title}” was withdrawn, so there is nothing to plan on it.")
