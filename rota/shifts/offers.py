"""Ask the people whom a seat fits that somebody gave back or lost: a few for each seat, by e-mail, once.

Looking for them takes a moment, so it is no part of giving a shift back: a tick reads what became open and asks. A
worker that was down catches up; one that runs twice asks nobody twice.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlalchemy import select

from app import db
from app.outbox import queue
from app.outbox.models import OutboxRow
from app.people.directory import names_of
from rota.notices import SeatOffered
from rota.scheduling.candidates import Fit, candidates_for
from rota.store.left_shifts import who_left
from rota.store.models import AssignmentChange, ChangeReason, Rota, Seat, Shift
from rota.store.nearest_people import nearest_to
from rota.store.seats import SeatRow, seats_where
from rota.store.snapshot import snapshots_of

MOST_ASKED = 5
"""How many people are asked about one seat: enough that one probably can, so few that each knows it matters."""

LOOK_BACK = timedelta(hours=24)
"""How long after a seat became open people are still asked about it."""

BECAME_OPEN = (ChangeReason.DROPPED, ChangeReason.NOT_CLEARED, ChangeReason.ACCOUNT_CLOSED)


def ask_people(now: datetime) -> None:
    """Queue an e-mail to each person whom seats fit that became open and about which nobody was asked yet.

    Reads first and writes last, so that no writing transaction waits for it. Safe to run at any time, and again.
    """
    opened = _opened(now)
    asked: dict[int, list[tuple[SeatRow, int]]] = defaultdict(list)
    for change_id, seat in opened:
        for person_id in _fitting(seat, now):
            asked[person_id].append((seat, change_id))
    db.session.rollback()
    if not asked:
        return
    with db.writing():
        for person_id, seats in sorted(asked.items()):
            queue.enqueue(
                SeatOffered(seat_ids=[seat.id for seat, _ in seats], change_ids=[change_id for _, change_id in seats]),
                to=person_id,
                once=f"seat-offered:{seats[0][1]}:{person_id}",
                now=now,
                deadline=max(seat.starts_at for seat, _ in seats),
            )


def _opened(now: datetime) -> Sequence[tuple[int, SeatRow]]:
    """The coming seats that became open of late, are so still, and about which nobody was asked; with the change."""
    rows = db.session.execute(
        select(AssignmentChange.id, AssignmentChange.seat_id)
        .where(
            AssignmentChange.changed_at > now - LOOK_BACK,
            AssignmentChange.why.in_(BECAME_OPEN),
            AssignmentChange.to_person_id.is_(None),
        )
        .order_by(AssignmentChange.id)
    ).all()
    if not rows:
        return []
    done = _asked_about(now)
    newest = {row.seat_id: row.id for row in rows}
    seats = seats_where(Seat.id.in_(newest), Rota.version > 0, Shift.starts_at > now)
    return [(newest[seat.id], seat) for seat in seats if seat.is_open and newest[seat.id] not in done]


def _asked_about(now: datetime) -> Collection[int]:
    """The ids of the changes about which people were asked."""
    facts = db.session.scalars(
        select(OutboxRow.facts).where(
            OutboxRow.kind == SeatOffered.kind, OutboxRow.enqueued_at > now - LOOK_BACK - timedelta(hours=1)
        )
    )
    return {change_id for each in facts for change_id in each["change_ids"]}


def _fitting(seat: SeatRow, now: datetime) -> list[int]:
    """The people to ask about a seat: those who may take it and did not leave the shift, the least busy first."""
    left = who_left(seat.shift_id)
    nearest = [person_id for person_id in nearest_to(seat, now=now, opened_only=True)[0] if person_id not in left]
    names = names_of(nearest)
    snapshot = snapshots_of(names, seats_where(Shift.id == seat.shift_id), now=now)[seat.shift_id]
    found = candidates_for(snapshot.roster, snapshot.plan, seat.shift_id, seat.duty, among=nearest)
    return [each.person_id for each in found if each.fit is Fit.FREE][:MOST_ASKED]
