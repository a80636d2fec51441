"""A number that rises whenever anything changes that a proposal rests on, so that a page can say "changed since".

The tables and columns are listed once, here, and changes are noticed when the session writes them: a use case cannot
forget to report one, and none has to know of proposals. Only plain SQL given as text goes unnoticed.

The number is raised in the same transaction, as one of its last steps, so that writers wait for each other no longer
than they do for their place in the audit trail.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import chain
from typing import Any

from sqlalchemy import CheckConstraint, Table, event, inspect
from sqlalchemy.orm import Mapped, ORMExecuteState, Session, mapped_column

from app import db
from app.domain import TAKES_TIME

EVERY_COLUMN = None

WATCHED: Mapping[str, frozenset[str] | None] = {
    "availability_weekly": EVERY_COLUMN,
    "availability_dated": EVERY_COLUMN,
    "person_limits": EVERY_COLUMN,
    "shift_wish": EVERY_COLUMN,
    "partner_wish": EVERY_COLUMN,
    "standing_seat": EVERY_COLUMN,
    "kept_pair": EVERY_COLUMN,
    "evidence": EVERY_COLUMN,
    "policy_version": EVERY_COLUMN,
    # Every change of who has a published seat, on any rota, is a version.
    "rota_version": EVERY_COLUMN,
    "person": frozenset({"state"}),
    "person_private": frozenset({"born_on"}),
}
"""The columns of each table that a proposal rests on. A new row counts only where every column does: a person who was
just added has no open account and no seat. Tables of other domains whose rows take people's time are marked as such."""

_PENDING = "planning-revision"


class PlanningRevision(db.Model):
    """The one row that holds the number."""

    __tablename__ = "planning_revision"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int]


@event.listens_for(Session, "before_flush")
def _notice_rows(session: Session, _context: object, _instances: object) -> None:
    if any(_counts(session, row) for row in chain(session.new, session.dirty, session.deleted)):
        db.deferred_to_commit(_PENDING).append(True)


@event.listens_for(Session, "do_orm_execute")
def _notice_statements(state: ORMExecuteState) -> None:
    """Count an UPDATE or DELETE of a watched table whatever its columns, and an INSERT as a new row counts."""
    if not (state.is_insert or state.is_update or state.is_delete):
        return
    table: Any = getattr(state.statement, "table", None)
    if not isinstance(table, Table) or not _is_watched(table):
        return
    if not state.is_insert or WATCHED.get(table.name) is EVERY_COLUMN:
        db.deferred_to_commit(_PENDING).append(True)


def _is_watched(table: Table) -> bool:
    return table.name in WATCHED or TAKES_TIME in table.info


def _counts(session: Session, row: Any) -> bool:
    if not _is_watched(row.__table__):
        return False
    columns = WATCHED.get(row.__tablename__)
    if columns is EVERY_COLUMN:
        return row not in session.dirty or session.is_modified(row)
    if row in session.new:
        return False
    attributes = inspect(row).attrs
    return row in session.deleted or any(attributes[column].history.has_changes() for column in columns)


@db.before_commit
def _raise_number() -> None:
    if db.deferred_to_commit(_PENDING):
        raised = {"number": PlanningRevision.number + 1}
        db.upsert(PlanningRevision, {"id": 1, "number": 1}, key=("id",), update=raised)
