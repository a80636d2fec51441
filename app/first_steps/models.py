"""What administrators said about first steps: agreed to, set aside, arrived."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app import db


class MarkKind(StrEnum):
    """What somebody said about a step."""

    SET_ASIDE = "set-aside"
    TAKEN_UP = "taken-up"
    AGREED = "agreed"  # to a document, whose hash is `of`
    SENT = "sent"  # a test e-mail, whose row in the outbox is `of`
    ARRIVED = "arrived"  # that e-mail


class FirstStepMark(db.Model):
    """One thing that an administrator said about a step; the newest of a kind holds. Rows are only added."""

    __tablename__ = "first_step_mark"
    __table_args__ = (db.one_of("kind", MarkKind),)

    id: Mapped[int] = mapped_column(primary_key=True)
    step: Mapped[str]
    kind: Mapped[MarkKind]
    of: Mapped[str | None]
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]
