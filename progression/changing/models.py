"""The working copy of the pathway: the next version while it is made, one for the whole organisation."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app import db


class PathwayCopy(db.Model):
    """The next version of the pathway as far as it was changed. Each change raises `revision`."""

    __tablename__ = "pathway_copy"
    __table_args__ = (CheckConstraint("id = 1", name="one_for_all"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    document: Mapped[dict[str, Any]]
    based_on: Mapped[int]  # the id of the latest version when it was begun or last compared; 0 for what ships
    revision: Mapped[int]  # from 1
    begun_at: Mapped[datetime]
    saved_at: Mapped[datetime]
    saved_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
