"""The database: base model, UTC instants, writing transactions, the request-scoped read cache, upserts and locks.

SQLite and PostgreSQL run the same migrations and the same tests. On SQLite a transaction that reads first and
writes later fails at once with "database is locked", whatever the timeout; so every writing transaction declares
itself with its first statement (`BEGIN IMMEDIATE`), and reads stay deferred and never queue behind writers.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from enum import Enum as PythonEnum
from enum import StrEnum
from functools import lru_cache, wraps
from inspect import unwrap
from typing import Any, ClassVar, ParamSpec, TypeVar

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    JSON,
    CheckConstraint,
    ColumnElement,
    Connection,
    Date,
    DateTime,
    Delete,
    Engine,
    Enum,
    Executable,
    MetaData,
    Row,
    String,
    Table,
    Time,
    TypeDecorator,
    Update,
    event,
    func,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import DeclarativeBase, Mapper, ORMExecuteState, Session

CONSTRAINT_NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class UtcDateTime(TypeDecorator[datetime]):
    """An instant. Refuses a naive datetime on write; what is read is always aware and in UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value!r} has no time zone, so it is not an instant")
        value = value.astimezone(UTC)
        return value if dialect.name == "postgresql" else value.replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.astimezone(UTC)

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Any] | None:
        # Long lists are read in a fraction of the time without the steps between. SQLite keeps text.
        if dialect.name == "postgresql":
            return lambda value: None if value is None else value.astimezone(UTC)
        return _in_utc


@lru_cache(maxsize=8192)  # The seats of a shift begin at one instant, and pages read thousands of them.
def _in_utc(text: str | None) -> datetime | None:
    """An instant as SQLite keeps it, without a zone; one that was written around Nightlight may have another."""
    if text is None:
        return None
    stored = datetime.fromisoformat(text)
    return stored.replace(tzinfo=UTC) if stored.tzinfo is None else stored.astimezone(UTC)


class Model(DeclarativeBase):
    """The base of every table, with named constraints so that migrations can refer to them.

    A column annotated with a `StrEnum` stores the member's value as text and reads back the member.
    """

    metadata = MetaData(naming_convention=CONSTRAINT_NAMES)
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: UtcDateTime,
        date: Date,
        time: Time,
        str: String,
        # No length: a longer member must not need a migration. The CHECK constraint comes from `one_of`.
        StrEnum: Enum(
            PythonEnum,
            native_enum=False,
            length=None,
            validate_strings=True,
            values_callable=lambda kind: [each.value for each in kind],
        ),
        dict[str, Any]: JSON,
        list[Any]: JSON,
    }


def one_of(column: str, members: type[StrEnum]) -> CheckConstraint:
    """Return a CHECK constraint, named known_<column>, that the column holds the value of one of these members."""
    values = ", ".join(f"'{member.value}'" for member in members)
    return CheckConstraint(f"{column} IN ({values})", name=f"known_{column}")


extension = SQLAlchemy(metadata=Model.metadata)
session = extension.session


class WriteOutsideTransaction(RuntimeError):
    """Rows were changed outside `db.writing()`, so without its lock and without a place in the audit chain."""


# Hooks that run last inside every writing transaction, just before the commit. The audit chain takes its lock in one,
# so that it holds the lock for the shortest time.
_before_commit_hooks: list[Callable[[], None]] = []


def before_commit(hook: Callable[[], None]) -> Callable[[], None]:
    """Register a function to run as the last step of every writing transaction; usable as a decorator."""
    _before_commit_hooks.append(hook)
    return hook


@contextmanager
def writing(*, wait: timedelta | None = None) -> Iterator[None]:
    """Open a writing transaction; commit at the end, roll back if anything is raised.

    Rows read before are read again inside it, so that a decision never rests on a stale row. `wait` is how long it
    waits for the locks of others, where that is to be shorter than usual; then it fails as `is_unavailable` says.
    """
    current: Session = session()
    if current.info.get("writing"):
        raise RuntimeError("db.writing() is already open: run the use case inside the outer one.")
    if current.new or current.dirty or current.deleted:
        raise WriteOutsideTransaction("rows were changed before db.writing() was opened")
    current.rollback()
    clear_read_cache()
    current.connection(execution_options={"sqlite_begin": "IMMEDIATE", "lock_wait": wait})
    current.info["writing"] = True
    try:
        yield
        current.flush()
        for hook in _before_commit_hooks:
            hook()
        current.commit()
    except BaseException:
        current.rollback()
        raise
    finally:
        current.info["writing"] = False
        for leftover in [key for key in current.info if key.startswith("deferred:")]:
            del current.info[leftover]


def deferred_to_commit(kind: str) -> list[Any]:
    """Return this writing transaction's list of work of one kind that a `before_commit` hook is to do."""
    deferred: list[Any] = session().info.setdefault(f"deferred:{kind}", [])
    return deferred


P = ParamSpec("P")
R = TypeVar("R")


def cached_per_request(read: Callable[P, R]) -> Callable[P, R]:
    """Decorate a query so that several parts of one page share one result. Callers must not modify the result.

    Results are cached only between `start_read_cache` and `clear_read_cache`. A writing transaction clears the cache,
    so decisions always read the database.
    """

    @wraps(read)
    def cached(*args: P.args, **kwargs: P.kwargs) -> R:
        cache: dict[Any, R] | None = session().info.get("read_cache")
        if cache is None:
            return read(*args, **kwargs)
        key = (read, args, tuple(sorted(kwargs.items())))
        if key not in cache:
            cache[key] = read(*args, **kwargs)
        return cache[key]

    return cached


def cache_result(read: Callable[P, R], result: R, *args: P.args, **kwargs: P.kwargs) -> None:
    """Cache a result that came with another query, as if `read` had been called with these arguments."""
    cache: dict[Any, R] | None = session().info.get("read_cache")
    if cache is not None:
        cache[unwrap(read), args, tuple(sorted(kwargs.items()))] = result


def start_read_cache() -> None:
    """Start an empty read cache, which lasts until a writing transaction opens or the request ends."""
    session().info["read_cache"] = {}


def clear_read_cache() -> None:
    """Drop the read cache; queries go to the database from now on."""
    session().info.pop("read_cache", None)


@event.listens_for(Session, "before_flush")
def _only_inside_writing(flushed: Session, _context: object, _instances: object) -> None:
    if (flushed.new or flushed.dirty or flushed.deleted) and not flushed.info.get("writing"):
        raise WriteOutsideTransaction("open db.writing() around the change")


@event.listens_for(Session, "do_orm_execute")
def _bulk_only_inside_writing(state: ORMExecuteState) -> None:
    changes = state.is_insert or state.is_update or state.is_delete
    if changes and not state.session.info.get("writing"):
        raise WriteOutsideTransaction("open db.writing() around the change")
    if isinstance(state.statement, Update | Delete):  # of a model or of its table
        table = state.statement.table
        if isinstance(table, Table) and table.info.get("append_only"):
            raise AppendOnly(f"{table.name} only grows")


def insert_or_ignore(model: type[Model], values: Mapping[str, Any], *, key: Sequence[str]) -> bool:
    """Insert a row unless one with this unique `key` exists; return whether it was inserted.

    Of several concurrent calls one inserts and the others return False; none raises an integrity error.
    """
    return _touched_a_row(_insert(model, values).on_conflict_do_nothing(index_elements=key), model, key)


def upsert(
    model: type[Model],
    values: Mapping[str, Any],
    *,
    key: Sequence[str],
    update: Mapping[str, Any],
    where: ColumnElement[bool] | None = None,
) -> bool:
    """Insert a row, or apply `update` to the existing row with this unique `key`.

    With `where`, an existing row is updated only if the condition holds for it. Returns whether a row was inserted or
    updated. Safe under concurrency, as `insert_or_ignore`.
    """
    insert = _insert(model, values).on_conflict_do_update(index_elements=key, set_=update, where=where)
    return _touched_a_row(insert, model, key)


def _insert(model: type[Model], values: Mapping[str, Any]) -> postgresql.Insert | sqlite.Insert:
    if dialect() == "postgresql":
        return postgresql.insert(model).values(values)
    return sqlite.insert(model).values(values)


def _touched_a_row(insert: postgresql.Insert | sqlite.Insert, model: type[Model], key: Sequence[str]) -> bool:
    returning = insert.returning(*(getattr(model, name) for name in key))
    return session.execute(returning).one_or_none() is not None


def rows(query: Executable, values: Mapping[str, Any] | None = None) -> Sequence[Row[Any]]:
    """The rows of a query for plain columns, in less time than `session.execute`, which may give objects too.

    What was changed in this transaction is sent to the database first, as there.
    """
    session.flush()
    return session.connection().execute(query, values).all()


def dialect() -> str:
    """The name of the database in use: "sqlite" or "postgresql"."""
    return session().get_bind().dialect.name


def advisory_lock(number: int) -> None:
    """Take the database's advisory lock of this number until the transaction ends.

    SQLite needs none: it has one writer at a time.
    """
    if dialect() == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(number)))


def lock_people(ids: Iterable[int]) -> None:
    """Lock these people's rows, in id order, until the transaction ends. Unknown ids are ignored.

    SQLite needs no row locks: it has one writer at a time. On PostgreSQL transactions that wait for each other in a
    circle are broken off, so locks are taken in one order everywhere: counts of attempts, people, names of accounts
    and policies, then channels, rotas, drafts and courses, each kind by id, e-mails, and the audit trail last.

    Like every lock here (`key_share=True`, FOR NO KEY UPDATE), it lets others add rows that refer to these.
    """
    table = Model.metadata.tables["person"]
    wanted = sorted(set(ids))
    if wanted and dialect() == "postgresql":
        in_order = select(table.c.id).where(table.c.id.in_(wanted)).order_by(table.c.id)
        session.execute(in_order.with_for_update(key_share=True))


class AppendOnly(Exception):
    """An update or delete was tried on a row of an append-only table."""


AnyModel = TypeVar("AnyModel", bound=type[Model])


def append_only(model: AnyModel) -> AnyModel:
    """Decorate a model so that the ORM refuses updates and deletes; triggers in the database refuse plain SQL."""

    def refuse(_mapper: Mapper[Any], _connection: Connection, row: Any) -> None:
        raise AppendOnly(f"{row.__tablename__} row {row.id} may not be changed or removed")

    event.listen(model, "before_update", refuse)
    event.listen(model, "before_delete", refuse)
    assert isinstance(model.__table__, Table)
    model.__table__.info["append_only"] = True
    return model


BUSY_TIMEOUT = timedelta(seconds=10)
"""How long a writer waits for the others on SQLite."""
IDLE_IN_TRANSACTION_TIMEOUT = timedelta(minutes=1)
"""How long a connection may idle inside a transaction before PostgreSQL ends it: a frozen process would otherwise hold
its locks for ever. SQLite has no such setting."""


@event.listens_for(Engine, "connect")
def _configure_connection(connection: Any, _record: object) -> None:
    if not type(connection).__module__.startswith("sqlite3"):
        connection.execute(f"SET idle_in_transaction_session_timeout = {_milliseconds(IDLE_IN_TRANSACTION_TIMEOUT)}")
        connection.commit()
        return
    connection.isolation_level = None  # We send BEGIN ourselves, below.
    cursor = connection.cursor()
    for pragma in (
        f"busy_timeout={_milliseconds(BUSY_TIMEOUT)}",
        "journal_mode=WAL",
        "synchronous=NORMAL",
        "foreign_keys=ON",
        "recursive_triggers=ON",  # so that INSERT OR REPLACE fires the triggers that guard append-only tables
    ):
        cursor.execute("PRAGMA " + pragma)
    cursor.close()


@event.listens_for(Engine, "begin")
def _begin(connection: Connection) -> None:
    options = connection.get_execution_options()
    wait: timedelta | None = options.get("lock_wait")
    if connection.dialect.name == "sqlite":
        if wait is not None:
            connection.exec_driver_sql(f"PRAGMA busy_timeout={_milliseconds(wait)}")
        connection.exec_driver_sql("BEGIN " + options.get("sqlite_begin", "DEFERRED"))
    elif wait is not None:
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = {_milliseconds(wait)}")


def _milliseconds(duration: timedelta) -> int:
    return duration // timedelta(milliseconds=1)


def is_unavailable(error: BaseException) -> bool:
    """Whether the database could not be reached or could not work now: the same may well succeed in a moment.

    It is restarting, locked, full or out of connections, or it broke off one of two transactions that waited for each
    other. A statement that it does not understand is a fault of ours.
    """
    if isinstance(error, PoolTimeout):
        return True
    if not isinstance(error, DBAPIError):
        return False
    if getattr(error.orig, "sqlite_errorcode", None) == sqlite3.SQLITE_ERROR:
        return False  # such as a missing table
    return error.connection_invalidated or isinstance(error, OperationalError | InterfaceError)
