"""Why a rule was overridden to give somebody a seat: read again by those who plan, and beside the audit trail."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import aliased

from app import db
from app.people.models import Person
from rota.store.models import (
    AssignmentChange,
    Channel,
    CoverLine,
    OverrideReason,
    Seat,
    Shift,
)


@dataclass(frozen=True, slots=True)
class ReasonGiven:
    """Who gave a seat to whom against a rule, when, and why in their words."""

    version_id: int
    by: str
    to: str
    at: datetime
    channel: str
    starts_at: datetime
    why: str


def reasons_of_versions(ids: Collection[int]) -> list[ReasonGiven]:
    """The reasons given in these versions of rotas, in the order in which seats were given."""
    return _read(_reasons().where(AssignmentChange.version_id.in_(ids)))


def reasons_of_shift(shift_id: int) -> list[ReasonGiven]:
    """The reasons given for the seats of a shift, oldest first, also for people who have them no longer."""
    return _read(_reasons().where(Shift.id == shift_id))


def _reasons() -> Select[int, str, str, datetime, str, datetime, str]:
    by, to = aliased(Person), aliased(Person)
    return (
        select(
            AssignmentChange.version_id,
            by.display_name,
            to.display_name,
            AssignmentChange.changed_at,
            Channel.name,
            Shift.starts_at,
            OverrideReason.words,
        )
        .join(OverrideReason, OverrideReason.change_id == AssignmentChange.id)
        .join(by, by.id == AssignmentChange.by_id)
        .join(to, to.id == AssignmentChange.to_person_id)
        .join(Seat, Seat.id == AssignmentChange.seat_id)
        .join(CoverLine, CoverLine.id == Seat.line_id)
        .join(Shift, Shift.id == CoverLine.shift_id)
        .join(Channel, Channel.id == Shift.channel_id)
        .order_by(AssignmentChange.id)
    )


def _read(query: Select[int, str, str, datetime, str, datetime, str]) -> list[ReasonGiven]:
    return [ReasonGiven(*row) for row in db.session.execute(query)]
