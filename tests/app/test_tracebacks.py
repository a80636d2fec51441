"""Tracebacks in logs say where and what, and repeat no value."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from app import db
from app.tracebacks import without_values


def test_the_place_and_the_kind_are_told_and_the_message_is_not() -> None:
    address = "@".join(["wren", "private.example"])
    try:
        try:
            int(address)
        except ValueError as error:
            raise LookupError(address) from error
    except LookupError as error:
        told = without_values(error)
    assert told.index("ValueError") < told.index("LookupError")
    assert "test_tracebacks.py" in told
    assert "int(address)" in told
    assert "wren@" not in told


@pytest.mark.both_databases
def test_of_a_database_the_operator_reads_what_is_wrong_and_no_value(app: Flask) -> None:
    name = " ".join(["Wren", "Quillfeather"])
    with pytest.raises(DatabaseError) as missing:
        db.session.execute(text("SELECT * FROM no_such_table WHERE name = :name"), {"name": name})
    db.session.rollback()
    told = without_values(missing.value)
    assert "no_such_table" in told
    assert "[SQL: SELECT" in told
    assert "Quillfeather" not in told
