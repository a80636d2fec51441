"""Many ids in a query as one value, however many they are."""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Integer,
    SQLColumnExpression,
    String,
    TypeDecorator,
    bindparam,
    func,
    select,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.types import TypeEngine

from app import db


class _Ids(TypeDecorator[Collection[int]]):
    """Ids as one value: an array, or where there are none (SQLite) a list in JSON."""

    impl = String
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(postgresql.ARRAY(Integer()) if dialect.name == "postgresql" else String())

    def process_bind_param(self, value: Collection[int] | None, dialect: Dialect) -> Any:
        ids = sorted(value or ())
        return ids if dialect.name == "postgresql" else json.dumps(ids)


def ids_given(name: str) -> BindParameter[Any]:
    """A parameter for ids, for `among` in a query that is built once."""
    return bindparam(name, type_=_Ids())


def among(column: SQLColumnExpression[Any], ids: Collection[int] | BindParameter[Any]) -> ColumnElement[bool]:
    """The condition that a column holds one of these ids.

    For many people, whom queries ask about in several places: the ids are one value, however many they are, where `in_`
    sends a value for each of them each time, and databases limit the values of a statement. The condition is for the
    database of now: a query that is built once and kept is kept for each `dialect`.
    """
    given = ids if isinstance(ids, BindParameter) else bindparam(None, ids, type_=_Ids())
    if db.dialect() == "postgresql":
        return column == func.any(given)
    return column.in_(select(func.json_each(given).table_valued("value").c.value))
