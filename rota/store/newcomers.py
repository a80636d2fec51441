"""Who is new to the work: people with few shifts behind them, as far as the record can tell.

The record begins with the first shift of a published rota. Of somebody who was signed off before that day it cannot
tell how much they had done, so they are not called new: an organisation that brings its team keeps its experience.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Label, bindparam, case, literal, null, select, type_coerce

from app import db
from app.people.models import Person
from progression.duties import Duty
from progression.standing import Standing
from rota.store.models import Assignment, CoverLine, Rota, Seat, Shift

WORK = (Duty.LEAD, Duty.MODERATOR, Duty.HOST)
"""The duties that make somebody experienced: neither to shadow nor to be on call from home."""


def few_since(enough: int) -> Label[datetime]:
    """The column `few_since` of a query for people, a part of that query so that pages need no further one.

    Of people with fewer shifts behind them than are `enough` it is the start of the record, else it is empty. At most
    so many shifts of each person are looked at, however many they had. The present instant is its parameter `now`.
    """
    nobody = type_coerce(null(), db.UtcDateTime)
    if not enough:
        return nobody.label("few_since")
    had_enough = (
        select(literal(1))
        .select_from(Assignment)
        .join(Seat, Seat.id == Assignment.seat_id)
        .join(CoverLine, CoverLine.id == Seat.line_id)
        .join(Shift, Shift.id == CoverLine.shift_id)
        .where(
            Assignment.person_id == Person.id,
            Assignment.ended_at.is_(None),
            Shift.withdrawn_at.is_(None),
            Shift.ends_at <= bindparam("now"),
            CoverLine.duty.in_(WORK),
        )
        .correlate(Person)
        .limit(1)
        .offset(enough - 1)
        .scalar_subquery()
    )
    record_began = (
        select(Shift.starts_at)
        .join(Rota, Rota.id == Shift.rota_id)
        .where(Rota.version > 0, Shift.withdrawn_at.is_(None))
        .order_by(Shift.starts_at)
        .limit(1)
        .scalar_subquery()
    )
    return case((had_enough.is_(None), record_began), else_=nobody).label("few_since")


def newcomers_among(few: Mapping[int, datetime], standings: Mapping[int, Standing]) -> frozenset[int]:
    """Of people with few shifts, by the start of the record: those who were not yet cleared for the work before it."""
    return frozenset(person_id for person_id, began in few.items() if _first_cleared_from(began, standings[person_id]))


def _first_cleared_from(began: datetime, standing: Standing) -> bool:
    """Whether they were cleared for the work at an instant or later, and not before. One duty may be enough to say."""
    is_cleared = False
    for duty in reversed(WORK):  # the least demanding first: it mostly says
        for span in standing.clearances[duty][:1]:
            if span.start < began:
                return False
            is_cleared = True
    return is_cleared
