"""Seals: keyed hashes of the rows that grant or prove something, kept in the audit line of each change of them.

A row of a sealed table that was changed, added or removed around Nightlight no longer agrees with its newest seal.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from sqlalchemy import Table, event, inspect, select
from sqlalchemy.orm import ORMExecuteState, Session

from app import db
from app.trail.keys import AuditKey

TOUCHED = "sealed rows"  # the kind of work that is deferred to the commit
BATCH = 1000  # rows; databases limit the parameters of one statement

AnyModel = TypeVar("AnyModel", bound=type[db.Model])
RowName = str
"""A row as an audit line names it: `table:id`."""


class ChangedWithoutLine(RuntimeError):
    """A sealed row was changed in a transaction that records no audit line, or in a way that cannot be sealed."""


def sealed(*columns: str) -> Callable[[AnyModel], AnyModel]:
    """Decorate a model whose rows are sealed with these columns. Its primary key is one column, and always sealed.

    Every change must be in a transaction that records an audit line. A column that is empty is left out of the seal, so
    that an optional one can be added later; another column that is added to the list must seal the older rows again.
    """

    def mark(model: AnyModel) -> AnyModel:
        assert isinstance(model.__table__, Table)
        missing = set(columns) - set(model.__table__.columns.keys())
        if missing:
            raise ValueError(f"{model.__tablename__} has no {', '.join(sorted(missing))}")
        model.__table__.info["sealed"] = columns
        return model

    return mark


def sealed_tables() -> list[Table]:
    """Every table whose rows are sealed."""
    return [table for table in db.Model.metadata.sorted_tables if "sealed" in table.info]


def touch(model: type[db.Model], row_id: int) -> None:
    """Have a row sealed at the end of this transaction that was added by a statement, not through the session."""
    assert isinstance(model.__table__, Table)
    db.deferred_to_commit(TOUCHED).append((model.__table__.name, row_id))


def rows_to_seal() -> dict[str, list[int]]:
    """The ids of the sealed rows that this transaction changed, by table."""
    ids: dict[str, set[int]] = defaultdict(set)
    for table, row_id in db.deferred_to_commit(TOUCHED):
        ids[table].add(row_id)
    return {table: sorted(found) for table, found in sorted(ids.items())}


def read(table: Table, ids: Sequence[int] | None = None) -> Iterator[tuple[int, dict[str, Any]]]:
    """Each row's id and the values that its seal covers, in order of id; of these ids, or of the whole table."""
    [key] = table.primary_key.columns
    names = table.info["sealed"]
    query = select(key, *(table.c[name] for name in names)).order_by(key)
    if ids is None:
        for row in db.session.execute(query.execution_options(yield_per=BATCH)):
            yield row[0], sealed_values(dict(zip(names, row[1:], strict=True)))
        return
    for first in range(0, len(ids), BATCH):
        for row in db.session.execute(query.where(key.in_(ids[first : first + BATCH]))):
            yield row[0], sealed_values(dict(zip(names, row[1:], strict=True)))


def sealed_values(row: Mapping[str, Any]) -> dict[str, Any]:
    """The values of a row that its seal covers: those that are not empty."""
    return {name: value for name, value in row.items() if value is not None}


def seal(key: AuditKey, row_name: RowName, values: dict[str, Any]) -> str:
    """The seal of a row with these values."""
    return key.mac(f"row {row_name}", values)


@event.listens_for(Session, "after_flush")
def _collect(flushed: Session, _context: object) -> None:
    if not flushed.info.get("writing"):
        return
    for row in (*flushed.new, *flushed.deleted, *(row for row in flushed.dirty if _is_changed(row))):
        if "sealed" in row.__table__.info:
            # Not `identity`, which a new row gets after this event.
            [row_id] = inspect(row).mapper.primary_key_from_instance(row)
            db.deferred_to_commit(TOUCHED).append((row.__tablename__, row_id))


def _is_changed(row: Any) -> bool:
    state = inspect(row)
    return any(state.attrs[name].history.has_changes() for name in row.__table__.info.get("sealed", ()))


@event.listens_for(Session, "do_orm_execute")
def _no_changes_in_bulk(state: ORMExecuteState) -> None:
    if (state.is_update or state.is_delete) and state.bind_mapper is not None:
        table = state.bind_mapper.local_table
        if "sealed" in getattr(table, "info", {}):
            raise ChangedWithoutLine(f"change rows of {table} singly, so that each is sealed")
