"""Who left which coming shift: gave it back, or was taken off it. Nothing suggests them for it again.

They may still have it, when they or a coordinator decide so.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import BindParameter, Select, literal, select

from app import db
from rota.store.draft_board import DraftBoard
from rota.store.models import Assignment, AssignmentChange, ChangeReason, CoverLine, DraftTakenOff, Seat, Shift

LEFT = (ChangeReason.DROPPED, ChangeReason.CLEARED)
"""How somebody leaves a shift that they would be suggested for again: the rules do not know of it."""


def shifts_left_by(person_id: int, *, now: datetime) -> set[int]:
    """Return the ids of the coming published shifts that a person gave back or was taken off."""
    return set(db.session.scalars(left_by(person_id, now=now)))


def left_by(person_id: int | BindParameter[int], *, now: datetime | BindParameter[datetime]) -> Select[int]:
    """The query for the ids of the coming published shifts that a person left, for use inside another."""
    return (
        select(Shift.id)
        .join(CoverLine, CoverLine.shift_id == Shift.id)
        .join(Seat, Seat.line_id == CoverLine.id)
        .join(Assignment, Assignment.seat_id == Seat.id)
        .join(AssignmentChange, AssignmentChange.seat_id == Seat.id)
        .where(
            Assignment.person_id == person_id,
            Assignment.ended_at.is_not(None),
            AssignmentChange.from_person_id == person_id,
            AssignmentChange.why.in_(LEFT),
            Shift.starts_at > now,
        )
    )


def who_left(shift_id: int) -> set[int]:
    """Return the ids of the people who gave a published shift back or were taken off it."""
    return {person_id for person_id in db.session.scalars(query_of_who_left(shift_id)) if person_id is not None}


def query_of_who_left(shift_id: int) -> Select[int | None]:
    """The query for the ids of the people who gave a published shift back or were taken off it."""
    return (
        select(AssignmentChange.from_person_id)
        .join(Seat, Seat.id == AssignmentChange.seat_id)
        .join(CoverLine, CoverLine.id == Seat.line_id)
        .where(
            CoverLine.shift_id == shift_id,
            AssignmentChange.why.in_(LEFT),
            AssignmentChange.from_person_id.is_not(None),
        )
    )


def people_who_left(board: DraftBoard, *, now: datetime) -> Mapping[int, set[int]]:
    """Return, by person id, the coming shifts of a rota that they left, as published or in the draft, and are not on.

    Takes one query.
    """
    published = (
        select(AssignmentChange.from_person_id.label("person_id"), Shift.id.label("shift_id"))
        .join(Seat, Seat.id == AssignmentChange.seat_id)
        .join(CoverLine, CoverLine.id == Seat.line_id)
        .join(Shift, Shift.id == CoverLine.shift_id)
        .where(
            Shift.rota_id == board.rota.id,
            Shift.starts_at > now,
            AssignmentChange.why.in_(LEFT),
            AssignmentChange.from_person_id.is_not(None),
        )
    )
    drafted = (
        select(DraftTakenOff.person_id, CoverLine.shift_id)
        .join(Seat, Seat.id == DraftTakenOff.seat_id)
        .join(CoverLine, CoverLine.id == Seat.line_id)
        .where(DraftTakenOff.draft_id == (board.draft.id if board.draft is not None else literal(None)))
    )
    holding = {(board.holder(seat), seat.shift_id) for seat in board.seats}
    left: dict[int, set[int]] = defaultdict(set)
    for row in db.session.execute(published.union(drafted)):
        if (row.person_id, row.shift_id) not in holding:
            left[row.person_id].add(row.shift_id)
    return left
