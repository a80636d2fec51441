"""Security events: what was refused, to whom and from where, without addresses, bounded, and never in the way."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, text

from app import db, security_events
from app.people.models import Person, Role
from app.security_events import MOST_IN_A_WINDOW, EventKind, SecurityEvent
from tests.conftest import PASSWORD, People, SignIn
from tests.times import NOW

pytestmark = pytest.mark.both_databases


@pytest.fixture(autouse=True)
def nothing_counted_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(security_events, "_local_counts", {})


def events() -> list[SecurityEvent]:
    db.session.rollback()
    return list(db.session.scalars(select(SecurityEvent).order_by(SecurityEvent.id)))


def test_what_is_refused_leaves_a_line_of_its_kind_with_the_account(
    client: FlaskClient, people: People, sign_in: SignIn
) -> None:
    wren = people.person("Wren", email="wren@example.org", password=PASSWORD)
    tansy = people.person("Tansy", roles=(Role.ADMIN,))
    for email in ("wren@example.org", "nobody@example.org"):
        client.post("/sign-in", data={"email": email, "password": "not the right one"})
    client.get("/reset/unknown.token")
    sign_in(client, wren)
    assert client.get("/admin").status_code == 403
    client.post("/account/password", data={"current": "not this one", "password": "four quiet blue ladders"})
    found = {(event.kind, event.what, event.person_id) for event in events()}
    assert found >= {
        (EventKind.SIGN_IN_FAILED, "people.sign_in_page", wren.id),
        (EventKind.SIGN_IN_FAILED, "people.sign_in_page", None),
        (EventKind.LINK_REFUSED, "people.reset", None),
        (EventKind.DENIED, "admin.index", wren.id),
    }
    assert EventKind.PASSWORD_REFUSED in {event.kind for event in events()}
    sign_in(client, tansy)
    page = client.get("/admin/security?person=Wren").text
    assert "Sign-in failed" in page
    assert "Not allowed" in page


def test_too_many_tries_leave_a_line(client: FlaskClient) -> None:
    for _ in range(12):
        client.post("/sign-in", data={"email": "wren@example.org", "password": "guess"})
    throttled = [event for event in events() if event.kind is EventKind.THROTTLED]
    assert [event.what for event in throttled] == ["people.sign_in_page"]


def test_no_address_password_or_path_is_kept(client: FlaskClient) -> None:
    client.post("/sign-in", data={"email": "wren@example.org", "password": "a guess of mine"})
    client.get("/reset/some.token")
    for row in db.session.execute(text("SELECT * FROM security_event")):
        kept = " ".join(map(str, row))
        assert not any(secret in kept for secret in ("wren@", "guess", "127.0.0.1", "some.token", "/reset"))


def record(what: str, *, address: str = "192.0.2.7", times: int = 1) -> None:
    for _ in range(times):
        security_events.record(EventKind.DENIED, what=what, person_id=None, address=address, now=NOW)


def test_tries_alike_are_one_line_with_their_number(app: Flask) -> None:
    record("admin.index", times=64)
    record("admin.index", address="192.0.2.8")
    assert [(event.what, event.count) for event in events()] == [("admin.index", 64), ("admin.index", 1)]
    assert len({event.place for event in events()}) == 2


def test_a_flood_of_different_tries_is_bounded(app: Flask) -> None:
    for number in range(MOST_IN_A_WINDOW + 20):
        record("admin.index", address=f"192.0.2.{number}")
    found = events()
    assert len(found) == MOST_IN_A_WINDOW + 1
    assert (found[-1].what, found[-1].person_id, found[-1].place, found[-1].count) == ("more", None, None, 20)


def test_lines_are_deleted_after_ninety_days(app: Flask) -> None:
    record("admin.index")
    security_events.delete_old(NOW + security_events.KEEP)
    assert len(events()) == 1
    security_events.delete_old(NOW + security_events.KEEP + timedelta(seconds=1))
    assert events() == []


def test_of_too_many_lines_the_oldest_are_deleted(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(security_events, "MOST_KEPT", 3)
    for number in range(5):
        record(f"page.{number}")
    security_events.delete_old(NOW)
    assert [event.what for event in events()] == ["page.2", "page.3", "page.4"]


def test_a_page_is_answered_even_if_its_line_cannot_be_written(
    client: FlaskClient, people: People, sign_in: SignIn
) -> None:
    sign_in(client, people.person("Wren"))
    with db.writing():
        db.session.execute(text("DROP TABLE security_event"))
    assert client.get("/admin").status_code == 403


def test_a_refusal_inside_a_form_still_keeps_the_form(client: FlaskClient) -> None:
    page = client.post("/sign-in", data={"email": "wren@example.org", "password": "guess"})
    assert page.status_code == 422
    assert "do not belong together" in page.text
    assert db.session.scalar(select(func.count()).select_from(SecurityEvent)) == 1


def test_the_reader_of_a_refusal_page_is_still_known(client: FlaskClient, people: People, sign_in: SignIn) -> None:
    wren: Person = people.person("Wren")
    sign_in(client, wren)
    assert "Sign out" in client.get("/admin").text
