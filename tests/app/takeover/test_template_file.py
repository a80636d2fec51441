"""The template that people download and fill in."""

from __future__ import annotations

from flask import Flask

from app import db
from app.people.models import Role
from app.takeover import batches, template_file, workbook
from app.takeover.mapping import Found
from app.takeover.preview import RowState
from tests.app.takeover.lists import batch_of, shown
from tests.conftest import People
from tests.times import NOW


def test_the_template_comes_in_as_it_is(app: Flask, people: People) -> None:
    tansy = people.person("Tansy", roles=(Role.ADMIN,))
    book = workbook.read(template_file.template(batches.columns(NOW)), "people-to-bring.csv")
    with db.writing():
        batch_id = batches.open_batch("people-to-bring.csv", book, by=tansy.id, now=NOW).id
    file = batches.read(batch_of(batch_id), NOW)
    asked = {
        column.title for column, meaning in zip(file.columns, file.meanings.values(), strict=True) if not meaning.key
    }
    assert asked == set()
    assert {meaning.found for meaning in file.meanings.values()} == {Found.BY_HEADING}
    [row] = shown(batch_id, tansy).rows
    assert row.state in (RowState.READY, RowState.NOTED), row.said
