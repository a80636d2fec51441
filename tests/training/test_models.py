"""The tables of training: versions and completions are only ever added."""

from __future__ import annotations

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError

from app import db
from app.db import AppendOnly
from app.people.models import Person
from tests.conftest import People
from tests.training.courses import install_shipped, pass_course
from training.models import Completion, CourseVersion

pytestmark = pytest.mark.both_databases


@pytest.fixture
def wren(people: People) -> Person:
    install_shipped()
    return people.person("Wren")


@pytest.mark.parametrize("statement", ["UPDATE {} SET id = id", "DELETE FROM {}"])
@pytest.mark.parametrize("table", ["course_version", "completion"])
def test_versions_and_completions_only_grow(wren: Person, table: str, statement: str) -> None:
    pass_course(wren)
    db.session.rollback()
    with pytest.raises(DatabaseError, match="only grows"), db.writing():
        db.session.execute(text(statement.format(table)))
    model: type[db.Model] = {"course_version": CourseVersion, "completion": Completion}[table]
    with pytest.raises(AppendOnly), db.writing():
        db.session.delete(db.session.scalars(select(model)).one())
