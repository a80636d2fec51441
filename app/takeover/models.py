"""Tables for taking over a team: a file on its way in, whom it brought, and what headings were taken to mean."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app import db


class BatchState(StrEnum):
    """The state of a file that is taken over. The last two are final."""

    OPEN = "open"  # being looked at; nothing is written yet
    TAKEN = "taken"
    UNDONE = "undone"
    DISCARDED = "discarded"


class TakeoverBatch(db.Model):
    """One file of people, from the upload until it is taken in, taken back or thrown away.

    `rows` and `mended` hold personal details: they are emptied when the batch can no longer be undone.
    """

    __tablename__ = "takeover_batch"
    __table_args__ = (db.one_of("state", BatchState),)

    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[BatchState] = mapped_column(default=BatchState.OPEN)
    file_name: Mapped[str]
    made_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[datetime]
    revision: Mapped[int] = mapped_column(default=1)  # rises with each change of mapping or mended cells
    rows: Mapped[dict[str, Any]]  # the sheets of the file as text: see `workbook`
    mapping: Mapped[dict[str, Any]]  # the chosen sheet, and the key of a column by its place
    mended: Mapped[dict[str, Any]]  # cells typed on the page, by line and column key; rows left out
    taken_at: Mapped[datetime | None]
    taken_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    undone_at: Mapped[datetime | None]
    undone_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    task_id: Mapped[int | None] = mapped_column(ForeignKey("task.id"))


class TakenPerson(db.Model):
    """A person whom a batch brought, or to whom it added something. `line` is the row of the file."""

    __tablename__ = "takeover_person"
    __table_args__ = (
        UniqueConstraint("batch_id", "person_id"),
        Index("ix_takeover_person_person_id", "person_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("takeover_batch.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    line: Mapped[int]
    is_new: Mapped[bool]  # whether the batch made the account
    invited_at: Mapped[datetime | None]  # when the welcome e-mail was queued


class RememberedHeading(db.Model):
    """What a heading was taken to mean the last time, so that the next file is understood at once."""

    __tablename__ = "takeover_heading"

    heading: Mapped[str] = mapped_column(primary_key=True)  # without spaces, signs and capitals
    column_key: Mapped[str]  # empty: left out
