"""Recording worked shifts as evidence: a job that may run at any time, and again.

A seat was worked by the person who had it when its shift ended. Seats do not change hands once their shift has begun,
so that is who has it now. Which seats are still to be recorded is read from what is recorded: after a long stop of the
worker, and on the first run in an organisation with published rotas, the job catches up, in parts.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, String, cast, exists, literal, select

from app import db, settings
from progression.duties import Duty
from progression.evidence import NewEvidence, record_observed
from progression.models import Evidence
from progression.worked import SHIFT, WORKED
from rota.store.did_not_come_rows import DidNotCome, PartDidNotCome
from rota.store.models import Assignment, Rota, Shift
from rota.store.nights import Nights
from rota.store.seat_part_rows import SeatPart
from rota.store.seat_parts import parts_where, worked
from rota.store.seats import SeatRow, query_of_seats

_PART = f"{WORKED}:part:"

MOST_AT_ONCE = 500
"""How many seats one run records, the oldest first: a run takes seconds, and the next one follows in minutes."""


def record_worked(now: datetime) -> None:
    """Record the shifts that ended and are not recorded yet, each person in a transaction of their own."""
    by_person = _by_person([*_to_record(now), *_parts_to_record(now)])
    db.session.rollback()
    for person_id, rows in sorted(by_person.items()):
        with db.writing():
            db.lock_people([person_id])
            # Read again under the lock: somebody may have said meanwhile that they did not come.
            ids = [row.assignment_id for row in rows if row.assignment_id is not None and not row.is_part]
            parts = [row.part_id for row in rows if row.part_id is not None]
            record_seats(person_id, _to_record(now, Assignment.id.in_(ids)) if ids else [], now=now)
            record_parts(person_id, _parts_to_record(now, SeatPart.id.in_(parts)) if parts else [], now=now)


def record_seats(
    person_id: int, seats: Sequence[SeatRow], *, now: datetime, again: Mapping[int, int] | None = None
) -> None:
    """Record these seats of a person, whose shifts are over, as worked: each without the parts that others took of it.

    `again` gives, by assignment, how often it was withdrawn before, for one that is recorded another time.
    """
    nights, times = Nights(settings.current().zone), again or {}
    minutes: dict[int, int] = defaultdict(int)
    for row in worked(seats):
        if not row.is_part:
            minutes[row.id] += _minutes(row)
    new = {
        key_of(seat, times.get(seat.assignment_id, 0)): _evidence_of(person_id, seat, minutes[seat.id], nights)
        for seat in seats
        if seat.assignment_id is not None and minutes[seat.id]
    }
    record_observed(new, now=now)


def record_parts(
    person_id: int, parts: Iterable[SeatRow], *, now: datetime, again: Mapping[int, int] | None = None
) -> None:
    """Record the parts of others' seats that a person worked, whose shifts are over; `again` by part."""
    nights, times = Nights(settings.current().zone), again or {}
    new = {
        key_of(part, times.get(part.part_id or 0, 0)): _evidence_of(person_id, part, _minutes(part), nights)
        for part in parts
    }
    record_observed(new, now=now)


def key_of(seat: SeatRow, times_withdrawn: int = 0) -> str:
    """The idempotency key under which a seat, or a part of one, is recorded as worked.

    The first time, or after it was withdrawn.
    """
    key = f"{_PART}{seat.part_id}" if seat.is_part else f"{WORKED}:{seat.assignment_id}"
    return f"{key}:{times_withdrawn}" if times_withdrawn else key


def _minutes(row: SeatRow) -> int:
    return (row.ends_at - row.starts_at) // timedelta(minutes=1)


def _evidence_of(person_id: int, row: SeatRow, minutes: int, nights: Nights) -> NewEvidence:
    # Time on call is given at home, so it is no night, as in every figure of the rota.
    is_night = row.duty is not Duty.ON_CALL and nights.is_night(row.starts_at, row.ends_at)
    facts = {"minutes": minutes, "duty": row.duty.value, "night": is_night, "seat": row.id}
    return NewEvidence(person_id=person_id, kind=WORKED, key=SHIFT, happened_at=row.ends_at, facts=facts)


def _by_person(rows: Iterable[SeatRow]) -> dict[int, list[SeatRow]]:
    found: dict[int, list[SeatRow]] = defaultdict(list)
    for row in rows:
        if row.person_id is not None:
            found[row.person_id].append(row)
    return found


def _parts_to_record(now: datetime, *conditions: ColumnElement[bool]) -> list[SeatRow]:
    """The parts of seats of shifts that are over, neither recorded nor said not to have been worked."""
    key = literal(_PART) + cast(SeatPart.id, String)
    is_new = ~exists(select(Evidence.id).where(Evidence.once == key))
    came = ~exists(select(PartDidNotCome.part_id).where(PartDidNotCome.part_id == SeatPart.id))
    return parts_where(Rota.version > 0, Shift.ends_at <= now, is_new, came, *conditions)


def _to_record(now: datetime, *conditions: ColumnElement[bool]) -> list[SeatRow]:
    """The seats of shifts that are over and neither recorded nor said not to have been worked, the oldest first."""
    key = literal(f"{WORKED}:") + cast(Assignment.id, String)
    query = (
        query_of_seats()
        .where(
            Assignment.id.is_not(None),
            Rota.version > 0,
            Shift.withdrawn_at.is_(None),
            Shift.ends_at <= now,
            ~exists(select(Evidence.id).where(Evidence.once == key)),
            ~exists(select(DidNotCome.assignment_id).where(DidNotCome.assignment_id == Assignment.id)),
            *conditions,
        )
        .limit(MOST_AT_ONCE)
    )
    return [SeatRow._make(row) for row in db.session.execute(query)]
