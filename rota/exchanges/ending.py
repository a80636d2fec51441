"""End the changes whose time is over, or that can no longer come about: a job that may run at any time, and again."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Select, select

from app import db
from app.refusals import NotFound
from rota.exchanges.changes import end, locked
from rota.exchanges.models import ChangeState, SeatChange, SeatMove
from rota.store.models import Assignment, Seat


def end_those_that_are_over(now: datetime) -> None:
    """End each pending change whose time is over, or of which a seat has changed hands; tell its people, once.

    Each has a transaction of its own, so that nobody waits long for its locks.
    """
    ids = db.session.scalars(_over(now)).all()
    db.session.rollback()
    for change_id in ids:
        with db.writing():
            _end(change_id, now)


def _over(now: datetime) -> Select[int]:
    changed_hands = (
        select(SeatMove.change_id)
        .join(Assignment, Assignment.id == SeatMove.expects_assignment_id)
        .where(Assignment.ended_at.is_not(None))
    )
    return (
        select(SeatChange.id)
        .where(SeatChange.is_pending_in_sql(), (SeatChange.expires_at <= now) | SeatChange.id.in_(changed_hands))
        .order_by(SeatChange.id)
    )


def _end(change_id: int, now: datetime) -> None:
    try:
        change = locked(change_id)
    except NotFound:  # its rota was withdrawn a moment ago
        change = db.session.get_one(SeatChange, change_id)
    if not change.is_pending:
        return
    if (seat_id := _changed_seat(change)) is not None:
        change.overtaken_seat_id = seat_id
        end(change, ChangeState.OVERTAKEN, by=None, now=now)
    elif change.expires_at <= now:
        end(change, ChangeState.EXPIRED, by=None, now=now)


def _changed_seat(change: SeatChange) -> int | None:
    """A seat of the change that is no longer with whom it was."""
    held = select(Seat.id, Assignment.id.label("assignment_id")).outerjoin(
        Assignment, (Assignment.seat_id == Seat.id) & Assignment.ended_at.is_(None)
    )
    ids = [move.seat_id for move in change.moves]
    now_held = {row.id: row.assignment_id for row in db.session.execute(held.where(Seat.id.in_(ids)))}
    return next((move.seat_id for move in change.moves if now_held[move.seat_id] != move.expects_assignment_id), None)
