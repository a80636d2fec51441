"""How many queries the pages of a list take: as many for two hundred people as for four."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from app import db
from app.people.models import Role
from tests.app.takeover.lists import brought, taken_in
from tests.conftest import People, SignIn

HEADINGS = "Nickname,E-mail,Level,Stage since"
MOST = 12


def rows(count: int, name: str) -> list[str]:
    return [f"{name} {number},{name}{number}@example.org,volunteer,3/6/2025" for number in range(count)]


@pytest.mark.parametrize("count", [4, 200])
def test_the_pages_of_a_list_take_few_queries(
    app: Flask, client: FlaskClient, people: People, sign_in: SignIn, count: int
) -> None:
    tansy = people.person("Tansy", roles=(Role.ADMIN,))
    known = taken_in(tansy, [*rows(count, "Plover"), "Wren,,volunteer,"], HEADINGS)
    open_list = brought(tansy, [*rows(4, "Plover"), *rows(count, "Kite")], HEADINGS)
    sign_in(client, tansy)
    asked: list[str] = []
    event.listen(db.extension.engine, "before_cursor_execute", lambda *told: asked.append(told[2]))
    counts = {}
    for page in ("/people/take-over", f"/people/take-over/{open_list}", f"/people/take-over/{known}"):
        db.session.rollback()
        asked.clear()
        assert client.get(page).status_code == 200
        counts[page] = len([each for each in asked if not each.startswith(("BEGIN", "PRAGMA"))])
    assert max(counts.values()) <= MOST, counts
