"""A condition on many ids."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app import db
from app.many_ids import among, ids_given
from app.people.models import Person
from tests.conftest import People


@pytest.mark.both_databases
def test_a_condition_on_many_ids_sends_them_as_one_value_and_finds_those_alone(people: People) -> None:
    wren, teal, _otter = (people.person(name) for name in ("Wren", "Teal", "Otter"))
    for ids in ({wren.id, teal.id}, set[int](), range(1_000_000)):
        found = db.session.scalars(select(Person.display_name).where(among(Person.id, ids)).order_by(Person.id))
        assert list(found) == ["Wren", "Teal", "Otter"][: len(ids)]
    kept = select(Person.display_name).where(among(Person.id, ids_given("ids")))
    assert db.session.scalars(kept, {"ids": [teal.id]}).all() == ["Teal"]
    assert db.session.scalars(kept, {"ids": [wren.id]}).all() == ["Wren"]
