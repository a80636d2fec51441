"""Copying a PostgreSQL database while it is in use, and filling an empty one from a copy.

With COPY over our own connection rather than with pg_dump: pg_dump must be as new as the server, and is not there where
the database is on another machine. The tables themselves come from the migrations.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import LiteralString

import psycopg
from psycopg import Connection, IsolationLevel, sql
from sqlalchemy import Engine, inspect, make_url

from app.backup.archive import BackupRefused

FOLDER = "database"
CHUNK = 1024 * 1024  # bytes
COLUMNS = (
    "SELECT table_name, column_name FROM information_schema.columns"
    " JOIN information_schema.tables USING (table_schema, table_name)"
    " WHERE table_schema = 'public' AND table_type = 'BASE TABLE' AND table_name <> 'alembic_version'"
    " ORDER BY table_name, ordinal_position"
)
NUMBERED = (
    "SELECT table_name, column_name FROM information_schema.columns"
    " WHERE table_schema = 'public' AND (column_default LIKE 'nextval%' OR is_identity = 'YES')"
)
# Our own connection, whose work is long, must not be ended for its length.
PATIENT = "SET statement_timeout = 0; SET lock_timeout = 0; SET idle_in_transaction_session_timeout = 0"


@contextmanager
def connection_to(database_url: str) -> Iterator[Connection]:
    """A connection that may take as long as it needs; its transaction is committed at the end."""
    plain = make_url(database_url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain, autocommit=True) as connection:
        connection.execute(PATIENT)
        connection.autocommit = False
        yield connection


def dump(database_url: str, folder: Path) -> dict[str, list[str]]:
    """Copy every table as it is at one instant, and return the columns of each. Readers and writers go on meanwhile."""
    (folder / FOLDER).mkdir(mode=0o700)
    tables: dict[str, list[str]] = {}
    with connection_to(database_url) as connection:
        connection.isolation_level = IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        for table, column in connection.execute(COLUMNS).fetchall():
            tables.setdefault(table, []).append(column)
        for table, columns in tables.items():
            query = sql.SQL("COPY {} TO STDOUT").format(_table(table, columns))
            with (folder / FOLDER / table).open("wb") as file, connection.cursor().copy(query) as copy:
                for data in copy:
                    file.write(data)
    return tables


def holds_people(database_url: str) -> bool:
    """Whether a database has anybody's account in it."""
    with connection_to(database_url) as connection:
        found = connection.execute("SELECT to_regclass('public.person') IS NOT NULL").fetchone()
        if found is None or not found[0]:
            return False
        return connection.execute("SELECT 1 FROM public.person LIMIT 1").fetchone() is not None


def make_room(database_url: str, *, now: datetime) -> str | None:
    """Move everything that is in the database into a schema of another name; return that name, None if it was empty."""
    aside = f"before_restore_{now:%Y%m%dt%H%M%S}"
    with connection_to(database_url) as connection:
        if connection.execute("SELECT 1 FROM pg_tables WHERE schemaname = 'public' LIMIT 1").fetchone() is None:
            return None
        try:
            connection.execute(sql.SQL("ALTER SCHEMA public RENAME TO {}").format(sql.Identifier(aside)))
            connection.execute("CREATE SCHEMA public")
        except psycopg.errors.InsufficientPrivilege:
            raise BackupRefused(
                "This database user may not replace the schema “public”. Make a new, empty database that it owns, name "
                "it in NIGHTLIGHT_DATABASE_URL, and restore into that."
            ) from None
    return aside


def fill(
    engine: Engine,
    folder: Path,
    tables: Mapping[str, Sequence[str]],
    *,
    then: Sequence[tuple[LiteralString, Mapping[str, object]]],
) -> None:
    """Fill the migrated tables from a copy and run the statements of `then`, all in one transaction."""
    order = _parents_first(engine)
    if set(tables) - set(order):
        raise BackupRefused("This backup holds tables that its own version of Nightlight does not make.")
    with connection_to(engine.url.render_as_string(hide_password=False)) as connection:
        for table in reversed(order):
            # What a migration wrote into a new table is in the copy too, as it was when the copy was made.
            if connection.execute(sql.SQL("SELECT 1 FROM {} LIMIT 1").format(_name(table))).fetchone():
                connection.execute(sql.SQL("DELETE FROM {}").format(_name(table)))
        for table in order:
            if table in tables:
                _fill_table(connection, folder / FOLDER / table, table, tables[table])
        for table, column in connection.execute(NUMBERED).fetchall():
            connection.execute(
                sql.SQL(
                    "SELECT setval(pg_get_serial_sequence({}, {}), coalesce(max({}), 1), max({}) IS NOT NULL) FROM {}"
                ).format(
                    sql.Literal(f"public.{table}"),
                    sql.Literal(column),
                    sql.Identifier(column),
                    sql.Identifier(column),
                    _name(table),
                )
            )
        for statement, values in then:
            connection.execute(statement, values)


def _fill_table(connection: Connection, file: Path, table: str, columns: Sequence[str]) -> None:
    query = sql.SQL("COPY {} FROM STDIN").format(_table(table, columns))
    with file.open("rb") as rows, connection.cursor().copy(query) as copy:
        while data := rows.read(CHUNK):
            copy.write(data)


def _parents_first(engine: Engine) -> list[str]:
    """The tables in an order in which each comes after those it refers to."""
    found = inspect(engine).get_sorted_table_and_fkc_names(schema="public")
    circular = [keys for table, keys in found if table is None and keys]
    if circular:
        raise BackupRefused(f"Tables refer to each other in a circle: {circular}.")
    return [table for table, _ in found if table is not None and table != "alembic_version"]


def _name(table: str) -> sql.Identifier:
    return sql.Identifier("public", table)


def _table(table: str, columns: Sequence[str]) -> sql.Composed:
    return sql.SQL("{} ({})").format(_name(table), sql.SQL(", ").join(map(sql.Identifier, columns)))
