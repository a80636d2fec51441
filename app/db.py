"""The database: base model, instants, and the one way to open a writing transaction.

SQLite and PostgreSQL run the same migrations and the same tests. On SQLite a transaction that read first and
writes later fails at once with "database is locked", whatever the timeout; so every writing transaction says
so from its first statement (`BEGIN IMMEDIATE`), and reads stay deferred and never queue behind writers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from enum import Enum as PythonEnum
from enum import StrEnum
from functools import wraps
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
    Engine,
    Enum,
    MetaData,
    String,
    Table,
    Time,
    TypeDecorator,
    event,
    func,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.orm import DeclarativeBase, Mapper, ORMExecuteState, Session

CONSTRAINT_NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class UtcDateTime(TypeDecorator[datetime]):
    """An instant. Refuses a naive datetime at the write, and always comes back aware, in UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value!r} has no time zone, so it is no instant")
        value = value.astimezone(UTC)
        return value if dialect.name == "postgresql" else value.replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)


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
            PythonEnum, native_enum=False, length=None, values_callable=lambda kind: [each.value for each in kind]
        ),
        dict[str, Any]: JSON,
        list[Any]: JSON,
    }


def one_of(column: str, members: type[StrEnum]) -> CheckConstraint:
    """A CHECK constraint that the column holds the value of one of these members, named known_<column>."""
    values = ", ".join(f"'{member.value}'" for member in members)
    return CheckConstraint(f"{column} IN ({values})", name=f"known_{column}")


extension = SQLAlchemy(metadata=Model.metadata)
session = extension.session


class WroteOutsideWriting(RuntimeError):
    """Rows were changed without `db.writing()`: the change would lack its lock, and its audit line its place."""


# What runs last inside every writing transaction, just before the commit (the audit chain takes its lock here,
# so that it is held for the shortest time).
_last_steps: list[Callable[[], None]] = []


def before_commit(step: Callable[[], None]) -> Callable[[], None]:
    """Register a function to run as the last step of every writing transaction."""
    _last_steps.append(step)
    return step


@contextmanager
def writing() -> Iterator[None]:
    """Open a writing transaction; commit at the end, roll back if anything is raised.

    Whatever was read before is read anew inside it, so that a decision never rests on a stale row.
    """
    current: Session = session()
    if current.info.get("writing"):
        raise RuntimeError("db.writing() is already open: the use case belongs inside the outer one.")
    if current.new or current.dirty or current.deleted:
        raise WroteOutsideWriting("rows were changed before db.writing() was opened")
    current.rollback()
    forget_reads()
    current.connection(execution_options={"sqlite_begin": "IMMEDIATE"})
    current.info["writing"] = True
    try:
        yield
        current.flush()
        for step in _last_steps:
            step()
        current.commit()
    except BaseException:
        current.rollback()
        raise
    finally:
        current.info["writing"] = False
        for leftover in [key for key in current.info if key.startswith("pending:")]:
            del current.info[leftover]


def pending(kind: str) -> list[Any]:
    """A list that lives as long as this writing transaction, for what is to happen in its last step."""
    waiting: list[Any] = session().info.setdefault(f"pending:{kind}", [])
    return waiting


P = ParamSpec("P")
R = TypeVar("R")


def read_once_a_page(read: Callable[P, R]) -> Callable[P, R]:
    """Decorator: parts of one page that ask the same get the one answer. It is for all of them: never change it.

    Answers are kept only while `remember_reads` holds, and a writing transaction forgets them: whoever decides reads.
    """

    @wraps(read)
    def reading(*args: P.args, **kwargs: P.kwargs) -> R:
        known: dict[Any, R] | None = session().info.get("reads")
        if known is None:
            return read(*args, **kwargs)
        question = (read, args, tuple(sorted(kwargs.items())))
        if question not in known:
            known[question] = read(*args, **kwargs)
        return known[question]

    return reading


def remember_answer(read: Callable[P, R], answer: R, *args: P.args, **kwargs: P.kwargs) -> None:
    """Keep an answer that came along with another question, as if `read` had been asked."""
    known: dict[Any, R] | None = session().info.get("reads")
    if known is not None:
        known[unwrap(read), args, tuple(sorted(kwargs.items()))] = answer


def remember_reads() -> None:
    """From now on, until something is written or the page is made, one question is asked once."""
    session().info["reads"] = {}


def forget_reads() -> None:
    """Ask anew from now on."""
    session().info.pop("reads", None)


@event.listens_for(Session, "before_flush")
def _only_inside_writing(flushed: Session, _context: object, _instances: object) -> None:
    if (flushed.new or flushed.dirty or flushed.deleted) and not flushed.info.get("writing"):
        raise WroteOutsideWriting("open db.writing() around the change")


@event.listens_for(Session, "do_orm_execute")
def _bulk_only_inside_writing(state: ORMExecuteState) -> None:
    changes = state.is_insert or state.is_update or state.is_delete
    if changes and not state.session.info.get("writing"):
        raise WroteOutsideWriting("open db.writing() around the change")
    if (state.is_update or state.is_delete) and state.bind_mapper is not None:
        table = state.bind_mapper.local_table
        if isinstance(table, Table) and table.info.get("append_only"):
            raise AppendOnly(f"{table.name} only grows")


def add_unless_there(
    model: type[Model],
    values: Mapping[str, Any],
    *,
    key: Sequence[str],
    instead: Mapping[str, Any] | None = None,
    where: ColumnElement[bool] | None = None,
) -> bool:
    """Insert a row unless one with this unique `key` is there; then change that one by `instead`, or leave it.

    With `where`, the row that is there is changed only while that holds. Says whether a row was inserted or changed.
    Of several who do this at the same instant none meets an error: one inserts, the others find the row there.
    """
    insert: postgresql.Insert | sqlite.Insert
    if session().get_bind().dialect.name == "postgresql":
        insert = postgresql.insert(model).values(values)
    else:
        insert = sqlite.insert(model).values(values)
    if instead is None:
        insert = insert.on_conflict_do_nothing(index_elements=key)
    else:
        insert = insert.on_conflict_do_update(index_elements=key, set_=instead, where=where)
    touched = insert.returning(*(getattr(model, name) for name in key))
    return session.execute(touched).one_or_none() is not None


def take_turns(lock: int) -> None:
    """Hold one of the database's numbered locks until the transaction ends, so that its holders come one by one.

    On SQLite a writer is alone already.
    """
    if session().get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(lock)))


def lock_people(ids: Iterable[int]) -> None:
    """Hold these people's rows, in id order, until the transaction ends; refuse nobody.

    On SQLite the whole database is already ours; on PostgreSQL the order keeps two writers from deadlock.
    """
    table = Model.metadata.tables["person"]
    wanted = sorted(set(ids))
    if wanted and session().get_bind().dialect.name == "postgresql":
        session.execute(select(table.c.id).where(table.c.id.in_(wanted)).order_by(table.c.id).with_for_update())


class AppendOnly(Exception):
    """A row of a table that only grows was to be changed or removed."""


AnyModel = TypeVar("AnyModel", bound=type[Model])


def append_only(model: AnyModel) -> AnyModel:
    """Class decorator: rows are added and never changed. Triggers of the same name guard plain SQL."""

    def refuse(_mapper: Mapper[Any], _connection: Connection, row: Any) -> None:
        raise AppendOnly(f"{row.__tablename__} row {row.id} may not be changed or removed")

    event.listen(model, "before_update", refuse)
    event.listen(model, "before_delete", refuse)
    assert isinstance(model.__table__, Table)
    model.__table__.info["append_only"] = True
    return model


LONGEST_PAUSE = timedelta(minutes=1)
"""How long a process may stand still inside a transaction: one that is frozen there would hold its rows for ever, so
PostgreSQL then lets go of them. SQLite knows no such limit."""


@event.listens_for(Engine, "connect")
def _prepare(connection: Any, _record: object) -> None:
    if not type(connection).__module__.startswith("sqlite3"):
        pause = LONGEST_PAUSE // timedelta(milliseconds=1)
        connection.execute(f"SET idle_in_transaction_session_timeout = {pause}")
        connection.commit()
        return
    connection.isolation_level = None  # We send BEGIN ourselves, below.
    cursor = connection.cursor()
    for pragma in (
        "busy_timeout=10000",
        "journal_mode=WAL",
        "synchronous=NORMAL",
        "foreign_keys=ON",
        "recursive_triggers=ON",  # so that INSERT OR REPLACE wakes the triggers that guard tables which only grow
    ):
        cursor.execute("PRAGMA " + pragma)
    cursor.close()


@event.listens_for(Engine, "begin")
def _begin(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        how = connection.get_execution_options().get("sqlite_begin", "DEFERRED")
        connection.exec_driver_sql("BEGIN " + how)
