"""Why a published version changed seats near their time without asking the people first, in words that they read."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ForeignKey, select
from sqlalchemy.orm import Mapped, mapped_column

from app import db
from app.people.models import Person


class EmergencyReason(db.Model):
    """One reason for one version; apart from the history, so that it can be erased."""

    __tablename__ = "emergency_reason"

    version_id: Mapped[int] = mapped_column(ForeignKey("rota_version.id"), primary_key=True)
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    words: Mapped[str]


@dataclass(frozen=True, slots=True)
class Emergency:
    """Who decided not to ask first, and why."""

    by: str
    words: str


def emergency_of(version_id: int) -> Emergency | None:
    """Why a version did not ask first; None where it did or had no need to."""
    row = db.session.execute(
        select(Person.display_name, EmergencyReason.words)
        .join(EmergencyReason, EmergencyReason.by_id == Person.id)
        .where(EmergencyReason.version_id == version_id)
    ).one_or_none()
    return Emergency(row.display_name, row.words) if row is not None else None
