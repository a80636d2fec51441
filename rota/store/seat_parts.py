"""Who works a seat, from when until when: the one place where parts that others took are laid over the seats.

The person who has a seat answers for it, and works what is left of it. A seat stays one seat for cover, rules about who
is on a shift together and everything that asks whose it is; hours, calendars, reminders and lists of names ask here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, CompoundSelect, bindparam

from app import db
from app.many_ids import among, ids_given
from app.refusals import NotFound
from rota.store.did_not_come_rows import PartDidNotCome, parts_not_worked
from rota.store.models import Assignment, Rota, Seat, Shift
from rota.store.seat_part_rows import SeatPart
from rota.store.seats import SeatRow, between, bounds, place_of, query_of_given, query_of_parts, query_of_seats


def parts_where(*conditions: ColumnElement[bool], named: ColumnElement[bool] | None = None) -> list[SeatRow]:
    """Return the parts of seats that others work, each as its seat with the time and person of the part.

    `named` as for `seats_where`; those of withdrawn shifts are left out.
    """
    query = query_of_parts(named=named).where(Shift.withdrawn_at.is_(None), *conditions)
    return sorted((SeatRow._make(row) for row in db.session.execute(query)), key=place_of)


def parts_of(seats: Collection[SeatRow], *, named: ColumnElement[bool] | None = None) -> list[SeatRow]:
    """Return the parts that others took of these seats, in one query."""
    taken = {seat.id for seat in seats if seat.is_taken}
    if not taken:
        return []
    starts, ends = min(seat.starts_at for seat in seats), max(seat.ends_at for seat in seats)
    rows = parts_where(*between(starts, ends), named=named)  # few parts, and often thousands of seats
    return [row for row in rows if row.id in taken]


def as_worked(seats: Iterable[SeatRow], parts: Sequence[SeatRow]) -> list[SeatRow]:
    """Lay parts over seats: a row for each time span that one person works, in the usual order.

    Of a seat with parts, who has it keeps the time before, between and after them, which may be nothing. A part whose
    seat is not among these is there as well.
    """
    if not parts:
        return list(seats)
    by_seat: dict[int, list[SeatRow]] = defaultdict(list)
    for part in sorted(parts, key=place_of):
        by_seat[part.id].append(part)
    rows = list(parts)
    for seat in seats:
        rows += _left(seat, by_seat[seat.id]) if seat.id in by_seat else [seat]
    return sorted(rows, key=place_of)


def _left(seat: SeatRow, parts: Iterable[SeatRow]) -> list[SeatRow]:
    """What is left of a seat to the person who has it."""
    left, since = [], seat.starts_at
    for part in parts:
        if since < part.starts_at:
            left.append(seat._replace(starts_at=since, ends_at=part.starts_at))
        since = part.ends_at
    if since < seat.ends_at:
        left.append(seat._replace(starts_at=since))
    return left


def worked(seats: Sequence[SeatRow], *, named: ColumnElement[bool] | None = None) -> list[SeatRow]:
    """Return who works these seats, from when until when, in one query; `named` as for `seats_where`."""
    return as_worked(seats, parts_of(seats, named=named))


def worked_by(
    person_ids: Collection[int], start: datetime, end: datetime, *, but_seats_of: tuple[int, datetime] | None = None
) -> list[SeatRow]:
    """Return what these people work on published rotas, of shifts at least partly between two instants, in one query.

    What others took of their seats is left out, and what they took of others' seats is there. Whole seats of the rota
    `but_seats_of`, by id, are left out where their shifts begin after an instant: who asks has read them already.
    """
    rota_id, after = but_seats_of or (0, end)
    values = {"ids": person_ids, "read_rota": rota_id, "read_after": after, **bounds(start, end)}
    rows_of = db.session.execute(_query_of_worked(db.dialect()), values)
    found = sorted((SeatRow._make(row) for row in rows_of), key=place_of)
    rows = as_worked([each for each in found if not each.is_part], [each for each in found if each.is_part])
    wanted = set(person_ids)
    return [row for row in rows if row.person_id in wanted and row.starts_at < end and row.ends_at > start]


@cache  # Building it takes longer than answering it.
def _query_of_worked(_dialect: str) -> CompoundSelect[*tuple[Any, ...]]:
    conditions = (
        Shift.withdrawn_at.is_(None),
        Shift.starts_at < bindparam("end"),
        Shift.starts_at > bindparam("earliest_start"),
        Shift.ends_at > bindparam("start"),
    )
    held, taken = (among(each, ids_given("ids")) for each in (Assignment.person_id, SeatPart.person_id))
    unread = (Shift.rota_id != bindparam("read_rota")) | (Shift.starts_at <= bindparam("read_after"))
    seats = query_of_seats().order_by(None).where(held, unread, *conditions)
    return seats.union_all(query_of_parts().where(held | taken, *conditions))


def given_by(person_id: int, until: datetime) -> list[SeatRow]:
    """Return what a person worked on published rotas, of every shift that was over at an instant.

    What they are known not to have come to is left out. One query, and one more where there are parts.
    """
    concerned = (Assignment.person_id == person_id) | (SeatPart.person_id == person_id)
    is_over = Shift.withdrawn_at.is_(None), Rota.version > 0, Shift.ends_at <= until
    query = query_of_given(person_id, until).order_by(None).union_all(query_of_parts().where(concerned, *is_over))
    found = sorted((SeatRow._make(row) for row in db.session.execute(query)), key=place_of)
    parts = [each for each in found if each.is_part]
    absent = (
        frozenset(
            db.session.scalars(parts_not_worked().where(PartDidNotCome.part_id.in_([row.part_id for row in parts])))
        )
        if parts
        else ()
    )
    at_work = as_worked([each for each in found if not each.is_part], parts)
    return [row for row in at_work if row.person_id == person_id and row.part_id not in absent]


def parts_taken_by(person_id: int, start: datetime, end: datetime) -> list[SeatRow]:
    """Return the parts that a person took, of shifts at least partly between two instants."""
    return [row for row in parts_where(SeatPart.person_id == person_id, *between(start, end)) if row.ends_at > start]


def get_part(part_id: int, person_id: int) -> SeatRow:
    """Return a part that a person works; refuses any other as not found."""
    rows = parts_where(SeatPart.id == part_id, SeatPart.person_id == person_id, Rota.version > 0)
    if not rows:
        raise NotFound("There is no such part of a shift of yours. You may have given it back already.")
    return rows[0]


def parts_of_shift(shift_id: int, *, named: ColumnElement[bool] | None = None) -> list[SeatRow]:
    """Return the parts of the seats of one shift."""
    return parts_where(Shift.id == shift_id, named=named)


def parts_of_seat(seat_id: int) -> list[SeatRow]:
    """Return the parts of one seat that others took."""
    return parts_where(Seat.id == seat_id)
