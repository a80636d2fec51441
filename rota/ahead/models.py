"""The tables of the forecast: what was found, who was invited, and which gaps planners were told of."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app import db


class Forecast(db.Model):
    """One look at the coming weeks. The result names people and requirements by ids and codes only."""

    __tablename__ = "forecast"

    id: Mapped[int] = mapped_column(primary_key=True)
    looked_at: Mapped[datetime] = mapped_column(index=True)  # when the facts were read that it rests on
    revision: Mapped[int]  # of what plans rest on, at that time
    by_person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))  # None: the worker, at night
    result: Mapped[dict[str, Any]]  # as `rota.scheduling.ahead_task.summary` gives it


class RenewalInvitation(db.Model):
    """One person was invited to renew one requirement before it lapses, or again after it has."""

    __tablename__ = "renewal_invitation"
    __table_args__ = (Index("ix_renewal_invitation_person_id_evidence", "person_id", "evidence"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    evidence: Mapped[str]  # `kind:key`
    lapses_at: Mapped[datetime]
    shifts: Mapped[int]  # how many shifts the forecast promised of it, with those invited before
    invited_at: Mapped[datetime]
    invited_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))


class GapTold(db.Model):
    """Planners were told of a gap at one nearness. The unique row decides that nobody is told twice."""

    __tablename__ = "gap_told"
    __table_args__ = (UniqueConstraint("gap", "hours"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    gap: Mapped[str]  # "shift:12", or "channel:3:2027-03-01T22:00:00+00:00" for time without a shift
    hours: Mapped[int]  # how near it was: 168, 48 or 4
    starts_at: Mapped[datetime] = mapped_column(index=True)
    told_at: Mapped[datetime]
