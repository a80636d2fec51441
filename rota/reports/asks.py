"""What came of it when people were asked to take a shift: seats that came open in a month, and who took them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from sqlalchemy import select
from sqlalchemy.orm import aliased

from app import db
from rota.shifts.offers import BECAME_OPEN
from rota.store.models import AssignmentChange, CoverLine, Seat, Shift
from rota.store.seat_asks import SeatAsk, SeatAsking


@dataclass(frozen=True, slots=True)
class Asks:
    """How people answered in a month. A seat is one that somebody gave back or lost, and that came open thereby."""

    seats: int = 0
    taken: int = 0
    """Of these seats, how many somebody had again before their shift began."""
    half_within: timedelta | None = None
    """Half of those were taken within this time."""
    people_asked: int = 0
    """How often somebody was asked about one of these seats by e-mail."""
    said_yes: int = 0
    """Of these times, how often that very person took the seat."""


def asks_between(starts: datetime, until: datetime) -> Asks:
    """The seats that came open between two instants and what became of them, in two queries."""
    opened, taken = aliased(AssignmentChange), aliased(AssignmentChange)
    rows = db.session.execute(
        select(opened.id, opened.changed_at, taken.changed_at.label("taken_at"), taken.to_person_id)
        .join(Seat, Seat.id == opened.seat_id)
        .join(CoverLine, CoverLine.id == Seat.line_id)
        .join(Shift, Shift.id == CoverLine.shift_id)
        .outerjoin(
            taken,
            (taken.seat_id == opened.seat_id)
            & (taken.id > opened.id)
            & taken.to_person_id.is_not(None)
            & (taken.changed_at <= Shift.starts_at),
        )
        .where(
            opened.changed_at >= starts,
            opened.changed_at < until,
            opened.why.in_(BECAME_OPEN),
            opened.to_person_id.is_(None),
        )
        .order_by(opened.id, taken.id)
    )
    first = {row.id: row for row in reversed(rows.all())}
    if not first:
        return Asks()
    waits = [row.taken_at - row.changed_at for row in first.values() if row.taken_at is not None]
    asked = _asked(starts, until)
    pairs = [(change_id, person) for change_id in first for person in asked.get(change_id, ())]
    return Asks(
        seats=len(first),
        taken=len(waits),
        half_within=median(waits) if waits else None,
        people_asked=len(pairs),
        said_yes=sum(first[change_id].to_person_id == person for change_id, person in pairs),
    )


def _asked(starts: datetime, until: datetime) -> dict[int, Sequence[int]]:
    """Who was asked about the seats that came open between two instants, by the id of the change that emptied each."""
    rows = db.session.execute(
        select(SeatAsking.change_id, SeatAsk.person_id)
        .join(SeatAsk, SeatAsk.asking_id == SeatAsking.id)
        .join(AssignmentChange, AssignmentChange.id == SeatAsking.change_id)
        .where(AssignmentChange.changed_at >= starts, AssignmentChange.changed_at < until)
    )
    asked: dict[int, list[int]] = defaultdict(list)
    for row in rows:
        asked[row.change_id].append(row.person_id)
    return dict(asked)
