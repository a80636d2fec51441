"""What people change about themselves, from the page that shows it."""

from __future__ import annotations

from flask.testing import FlaskClient

from app import db
from app.people.models import Person, PersonPrivate
from tests.conftest import People, SignIn
from tests.page_fields import hidden


def test_an_older_window_does_not_take_back_what_a_newer_one_saved_and_nothing_typed_is_lost(
    client: FlaskClient, people: People, sign_in: SignIn
) -> None:
    wren = people.person("Wren")
    sign_in(client, wren)
    old = hidden(client.get("/account").text, "seen")
    first = {"seen": old, "display_name": "Wren", "phone": "07700 900123", "zone_name": "Europe/Lisbon"}
    assert client.post("/account", data=first).status_code == 302
    second = {"seen": old, "display_name": "Wren of the night", "phone": "", "zone_name": ""}
    answer = client.post("/account", data=second)
    assert answer.status_code == 409
    assert "Kept now: Wren, +44 7700 900123, Europe/Lisbon." in answer.text
    assert 'value="Wren of the night"' in answer.text
    db.session.rollback()
    kept = db.session.get_one(Person, wren.id)
    assert (kept.display_name, kept.zone_name) == ("Wren", "Europe/Lisbon")
    assert db.session.get_one(PersonPrivate, wren.id).phone == "+44 7700 900123"
    second["seen"] = hidden(answer.text, "seen")
    assert client.post("/account", data=second).status_code == 302
