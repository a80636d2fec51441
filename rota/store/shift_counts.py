"""Shifts counted by the database: how many seats each wants, how many are filled and who is on, as drafts have it.

For pages that show hundreds of shifts and nobody by name. What is short is decided in `rota.store.shortages`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, Integer, and_, case, func, select

from app import db
from progression.duties import Duty
from rota.store.models import (
    Assignment,
    Channel,
    ChannelKind,
    CoverLine,
    Draft,
    DraftChange,
    DraftState,
    Rota,
    Seat,
    Shift,
)

COVERING = tuple(duty for duty in Duty if duty.counts_as_cover)


class ShiftCount(NamedTuple):
    """One shift, and its seats counted. Who only shadows is left out everywhere."""

    shift_id: int
    rota_id: int
    channel_id: int
    channel: str
    channel_kind: ChannelKind
    starts_at: datetime
    ends_at: datetime
    label: str
    wanted: int
    """The seats that are wanted."""
    filled: int
    """Those of them that somebody has."""
    present: int
    """Everybody who is on it, on seats beyond those wanted too."""


def shifts_starting(since: datetime, until: datetime) -> Sequence[ShiftCount]:
    """Every shift that starts in this time, on any rota that was not withdrawn, as its open draft has it.

    In the order of channels and time. One query, in which the database counts.
    """
    holder = case((DraftChange.seat_id.is_not(None), DraftChange.to_person_id), else_=Assignment.person_id)
    covers = CoverLine.duty.in_(COVERING)
    wanted = and_(covers, Seat.number <= CoverLine.wanted)
    query = (
        select(
            Shift.id,
            Shift.rota_id,
            Channel.id,
            Channel.name,
            Channel.kind,
            Shift.starts_at,
            Shift.ends_at,
            Shift.label,
            _how_many(wanted),
            _how_many(wanted & holder.is_not(None)),
            _how_many(covers & holder.is_not(None)),
        )
        .select_from(Shift)
        .join(Rota, Rota.id == Shift.rota_id)
        .join(Channel, Channel.id == Shift.channel_id)
        .join(CoverLine, CoverLine.shift_id == Shift.id)
        .join(Seat, Seat.line_id == CoverLine.id)
        .outerjoin(Assignment, (Assignment.seat_id == Seat.id) & Assignment.ended_at.is_(None))
        .outerjoin(Draft, (Draft.rota_id == Rota.id) & (Draft.state == DraftState.OPEN))
        .outerjoin(DraftChange, (DraftChange.draft_id == Draft.id) & (DraftChange.seat_id == Seat.id))
        .where(Shift.withdrawn_at.is_(None), Shift.starts_at >= since, Shift.starts_at < until)
        .group_by(
            Shift.id, Shift.rota_id, Channel.id, Channel.name, Channel.kind, Shift.starts_at, Shift.ends_at, Shift.label
        )
        .order_by(Channel.id, Shift.starts_at)
    )
    return [ShiftCount._make(row) for row in db.session.execute(query)]


def _how_many(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(case((condition, 1), else_=0), type_=Integer)
