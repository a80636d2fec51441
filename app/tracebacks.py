"""Exceptions for logs: where they happened and of what kind, without the values they repeat.

The message of an exception may hold whatever was being handled: an address, a name, a token. Those of databases are
kept, up to the values in them, because an operator needs them and they name tables and columns.
"""

from __future__ import annotations

import traceback

DATABASE_PACKAGES = ("sqlalchemy", "sqlite3", "psycopg")
HOLDS_A_VALUE = "DataError"  # such as: invalid input syntax for type integer: "…"


def without_values(error: BaseException) -> str:
    """The traceback of an exception and of those that led to it, in the order in which they happened."""
    told = traceback.TracebackException.from_exception(error)
    parts: list[str] = []
    current: traceback.TracebackException | None = told
    raised: BaseException | None = error
    while current is not None and raised is not None:
        parts.append("".join(["Traceback (most recent call last):\n", *current.stack.format(), _kind(raised)]))
        if current.__cause__ is not None:
            current, raised = current.__cause__, raised.__cause__
        elif current.__context__ is not None and not current.__suppress_context__:
            current, raised = current.__context__, raised.__context__
        else:
            break
    return "\n\nThen:\n\n".join(reversed(parts))


def _kind(error: BaseException) -> str:
    name = f"{type(error).__module__}.{type(error).__qualname__}".removeprefix("builtins.")
    if type(error).__module__.split(".")[0] not in DATABASE_PACKAGES or HOLDS_A_VALUE in name:
        return name
    # PostgreSQL gives the values of a refused row below the first line.
    first_line = str(getattr(error, "orig", error)).partition("\n")[0]
    statement = getattr(error, "statement", None)
    return f"{name}: {first_line}" + (f"\n[SQL: {statement}]" if statement else "")
