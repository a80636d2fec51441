"""How a part of a seat ends before its time, and who is told. Who has the seat works them again.

Parts change under the lock of their rota: `end_parts` takes it, after that of the person.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import select

from app import audit, db, settings
from app.outbox import queue
from app.outbox.notice import Notice
from app.people.directory import names_of
from rota.store.models import Assignment, Rota, Seat
from rota.store.seat_part_rows import PartEnd, SeatPart
from rota.store.seats import SeatRow, seats_of_notice


@dataclass(frozen=True)
class PartEnded(Notice):
    """To whom it matters that a part of a seat has ended: who took it, who has the seat, or who plans."""

    kind: ClassVar[str] = "part-ended"
    part_id: int

    def still_wanted(self, to: int, now: datetime) -> bool:
        """Not once these hours are over."""
        return db.session.get_one(SeatPart, self.part_id).ends_at > now

    def context(self, to: int, now: datetime) -> dict[str, Any]:
        part = db.session.get_one(SeatPart, self.part_id)
        held = db.session.get_one(Assignment, part.assignment_id)
        names = names_of([part.person_id, held.person_id])
        return {
            "home": settings.current().zone,
            "seat": _hours_of(part, held),
            "taker": names[part.person_id],
            "holder": names[held.person_id],
            "is_taker": to == part.person_id,
            "is_holder": to == held.person_id,
            "why": part.ended_why,
        }


def _hours_of(part: SeatPart, held: Assignment) -> SeatRow:
    """The seat, also of a withdrawn rota, with the hours of a part."""
    seat = seats_of_notice(Seat.id == held.seat_id)[0]
    return seat._replace(starts_at=part.starts_at, ends_at=part.ends_at)


def parts_left_at(person_id: int, at: datetime) -> list[SeatRow]:
    """Return the parts that a person left when they said, at an instant, that they are away; in order of time."""
    query = select(SeatPart, Assignment).join(Assignment, Assignment.id == SeatPart.assignment_id)
    left = SeatPart.person_id == person_id, SeatPart.ended_why == PartEnd.AWAY, SeatPart.ended_at == at
    rows = db.session.execute(query.where(*left).order_by(SeatPart.starts_at))
    return [_hours_of(row.SeatPart, row.Assignment) for row in rows]


def end_parts_with_seat(held: Assignment, to_person_id: int | None, *, by: int | None, now: datetime) -> None:
    """End the parts of a seat that leaves its holder. Who took them is told; not who has all of the seat now."""
    query = select(SeatPart).where(SeatPart.assignment_id == held.id, SeatPart.ended_at.is_(None))
    for part in db.session.scalars(query).all():
        _end(part, PartEnd.SEAT_CHANGED, by=by, now=now)
        if part.person_id != to_person_id:
            _tell(part, {part.person_id} - {by}, now=now)


def end_parts(
    person_id: int,
    parts: Collection[SeatRow],
    why: PartEnd,
    *,
    planners: Collection[int] = (),
    by: int | None,
    now: datetime,
) -> list[SeatRow]:
    """End those of these parts that a person still works; return them.

    Who has each seat is told, and these people who plan; and the person, if they may no longer do this: of days away
    they get an e-mail of its own.
    """
    ended = []
    for rota_id in sorted({row.rota_id for row in parts}):
        db.session.execute(select(Rota.id).where(Rota.id == rota_id).with_for_update(key_share=True))
    for row in parts:
        part = db.session.get_one(SeatPart, row.part_id, populate_existing=True)
        if part.ended_at is not None or part.person_id != person_id:
            continue
        _end(part, why, by=by, now=now)
        told = {db.session.get_one(Assignment, part.assignment_id).person_id, *planners}
        told.discard(person_id)
        if why is PartEnd.NOT_CLEARED:
            told.add(person_id)
        _tell(part, told - {by}, now=now)
        ended.append(row)
    return ended


def _end(part: SeatPart, why: PartEnd, *, by: int | None, now: datetime) -> None:
    part.ended_at, part.ended_why = now, why
    details = {"part": part.id, "person": part.person_id, "why": why}
    audit.record("rota.part-ended", by=by, subject=f"seat_change:{part.change_id}", now=now, details=details)


def _tell(part: SeatPart, people: Collection[int | None], *, now: datetime) -> None:
    for person_id in sorted(each for each in people if each is not None):
        queue.enqueue(
            PartEnded(part_id=part.id),
            to=person_id,
            once=f"part-ended:{part.id}:{person_id}",
            now=now,
            deadline=max(part.ends_at, now),
        )
