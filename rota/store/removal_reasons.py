"""Why a published version took shifts from somebody, in words that this person reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ForeignKey, select
from sqlalchemy.orm import Mapped, mapped_column

from app import db
from rota.store.models import AssignmentChange, Channel, CoverLine, Seat, Shift

LONGEST_WORDS = 500


class RemovalReason(db.Model):
    """One reason for all that one version took from one person; apart from the history, so that it can be erased."""

    __tablename__ = "removal_reason"

    version_id: Mapped[int] = mapped_column(ForeignKey("rota_version.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, index=True)
    words: Mapped[str]


@dataclass(frozen=True, slots=True)
class TakenShift:
    """A coming shift that a person had and has no longer, and why."""

    channel: str
    starts_at: datetime
    ends_at: datetime
    why: str


def why_taken(version_id: int, person_id: int) -> str | None:
    """Why a version took shifts from a person; None where it took none."""
    reason = db.session.get(RemovalReason, (version_id, person_id))
    return reason.words if reason is not None else None


def shifts_taken_from(person_id: int, *, now: datetime) -> Sequence[TakenShift]:
    """The coming shifts that were taken from a person, with the reason, in order of time. One query."""
    rows = db.session.execute(
        select(Channel.name, Shift.starts_at, Shift.ends_at, RemovalReason.words)
        .join(AssignmentChange, AssignmentChange.version_id == RemovalReason.version_id)
        .join(Seat, Seat.id == AssignmentChange.seat_id)
        .join(CoverLine, CoverLine.id == Seat.line_id)
        .join(Shift, Shift.id == CoverLine.shift_id)
        .join(Channel, Channel.id == Shift.channel_id)
        .where(
            RemovalReason.person_id == person_id,
            AssignmentChange.from_person_id == person_id,
            Shift.starts_at > now,
            Shift.withdrawn_at.is_(None),
        )
        .order_by(Shift.starts_at, AssignmentChange.id)
    )
    return [TakenShift(*row) for row in rows]
