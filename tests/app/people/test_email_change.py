"""Changing an account's e-mail address: with the password, verified by a link, and notified to the old address."""

from __future__ import annotations

import threading
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from app import db
from app.outbox.models import OutboxRow
from app.outbox.sending import send_due
from app.people import email_change, one_time_links
from app.people.models import EmailChange, LinkKind, OneTimeLink, Person
from app.people.one_time_links import LinkNoLongerWorks
from app.people.private import email_of
from tests.app.outbox.mail_files import emails_in, link_in
from tests.client import without_tokens
from tests.conftest import PASSWORD, People, SignIn, clock_at
from tests.times import NOW

pytestmark = pytest.mark.both_databases

NEW = "wren.new@example.org"


@pytest.fixture
def wren(client: FlaskClient, people: People, sign_in: SignIn) -> Person:
    wren = people.person("Wren", email="wren@example.org", password=PASSWORD)
    sign_in(client, wren)
    return wren


def ask(client: FlaskClient, email: str = NEW, password: str = PASSWORD) -> tuple[int, str]:
    answer = client.post("/account/address", data={"email": email, "current": password}, follow_redirects=True)
    return answer.status_code, without_tokens(answer.text)


def test_the_new_address_is_in_force_once_verified_and_the_old_one_is_notified(
    client: FlaskClient, wren: Person, tmp_path: Path, app: Flask
) -> None:
    assert ask(client)[0] == 200
    assert email_of(wren.id) == "wren@example.org"
    assert send_due() == 1
    (email,) = emails_in(tmp_path)
    assert email.startswith(f"To: {NEW}\n")
    page = link_in(email)
    stranger = app.test_client()
    opened = stranger.get(page)
    assert NEW in opened.text
    assert opened.headers["Referrer-Policy"] == "no-referrer"
    assert email_of(wren.id) == "wren@example.org"
    assert stranger.post(page).location == "/account"
    db.session.rollback()
    assert email_of(wren.id) == NEW
    assert send_due() == 1
    notice = emails_in(tmp_path)[1]
    assert notice.startswith("To: wren@example.org\n")
    assert NEW not in notice
    used = stranger.post(page)
    assert used.status_code == 404
    assert "My account says which address you have" in used.text
    assert "invited you" not in used.text
    assert stranger.post("/sign-in", data={"email": NEW, "password": PASSWORD}).status_code == 302


@pytest.mark.parametrize("wanted", [NEW, "robin@example.org"])
def test_my_account_says_that_a_new_address_waits_and_never_whether_somebody_has_it(
    client: FlaskClient, people: People, wren: Person, wanted: str
) -> None:
    people.person("Robin", email="robin@example.org")
    assert "You asked to use another address." not in client.get("/account").text
    ask(client, wanted)
    assert "You asked to use another address." in client.get("/account").text
    assert wanted not in client.get("/account").text


def test_without_the_password_nothing_is_sent(client: FlaskClient, wren: Person) -> None:
    status, page = ask(client, password="not mine at all")
    assert status == 422
    assert "That is not the password you have now." in page
    assert f'value="{NEW}"' in page
    assert not send_due()


def test_guessing_the_password_in_an_open_session_is_rate_limited(client: FlaskClient, wren: Person) -> None:
    for _ in range(10):
        assert ask(client, password="a guess of mine")[0] == 422
    assert ask(client)[0] == 429


def test_an_address_that_has_an_account_gets_the_same_answer_and_its_holder_an_email(
    client: FlaskClient, wren: Person, people: People, tmp_path: Path
) -> None:
    people.person("Robin", email="robin@example.org")
    free, taken = ask(client), ask(client, email="robin@example.org")
    assert free == taken
    send_due()
    assert [email.split("\n")[0] for email in emails_in(tmp_path)] == ["To: robin@example.org"]
    assert "It belongs to yours, so nothing was" in emails_in(tmp_path)[0]


def test_of_two_links_only_the_later_works_and_it_runs_out_after_a_day(client: FlaskClient, wren: Person) -> None:
    tokens = [token_for(client, wren, email) for email in ("one@example.org", "two@example.org")]
    assert client.get(f"/account/address/{tokens[0]}").status_code == 404
    assert client.get(f"/account/address/{tokens[1]}").status_code == 200
    with clock_at(NOW + timedelta(hours=24)):
        assert client.post(f"/account/address/{tokens[1]}").status_code == 404
    assert email_of(wren.id) == "wren@example.org"


def test_an_address_that_was_given_to_somebody_else_meanwhile_is_not_taken_over(
    client: FlaskClient, wren: Person, people: People
) -> None:
    token = token_for(client, wren, NEW)
    people.person("Robin", email=NEW)
    assert client.post(f"/account/address/{token}").status_code == 404
    db.session.rollback()
    assert email_of(wren.id) == "wren@example.org"


def test_a_new_password_stops_a_move_and_a_move_stops_a_reset(client: FlaskClient, wren: Person) -> None:
    stopped = token_for(client, wren, NEW)
    client.post("/account/password", data={"current": PASSWORD, "password": "seven slow brown herons"})
    assert client.get(f"/account/address/{stopped}").status_code == 404
    with db.writing():
        email_change.request_change(db.session.get_one(Person, wren.id), NEW, now=NOW)
        reset = one_time_links.token_of(one_time_links.create(wren.id, LinkKind.RESET, by=None, now=NOW))
    assert client.post(f"/account/address/{newest_token()}").status_code == 302
    assert client.get(f"/reset/{reset}").status_code == 404


def test_too_many_requests_are_refused(client: FlaskClient, wren: Person) -> None:
    for number in range(5):
        assert ask(client, email=f"wren{number}@example.org")[0] == 200
    status, page = ask(client, email="wren6@example.org")
    assert status == 429
    assert "There were many tries in a short time." in page


def test_former_addresses_are_deleted_after_a_month(client: FlaskClient, wren: Person) -> None:
    client.post(f"/account/address/{token_for(client, wren, NEW)}")
    send_due()
    email_change.delete_expired(NOW + timedelta(days=29))
    assert db.session.scalar(select(func.count()).select_from(EmailChange)) == 1
    email_change.delete_expired(NOW + timedelta(days=31))
    assert db.session.scalar(select(func.count()).select_from(EmailChange)) == 0
    assert {row.state for row in db.session.scalars(select(OutboxRow))} == {"sent", "unwanted"}


def token_for(client: FlaskClient, wren: Person, email: str) -> str:
    assert ask(client, email=email)[0] == 200
    return newest_token()


def newest_token() -> str:
    db.session.rollback()
    newest = db.session.scalars(select(EmailChange).order_by(EmailChange.link_id.desc()).limit(1)).one()
    return one_time_links.token_of(db.session.get_one(OneTimeLink, newest.link_id))


def test_of_two_accounts_that_change_to_one_address_at_once_one_succeeds(app: Flask, people: People) -> None:
    tokens, outcomes, together = list[str](), list[str](), threading.Barrier(2)
    for person in (people.person("Teal"), people.person("Rook")):
        with db.writing():
            email_change.request_change(person, NEW, now=NOW)
        tokens.append(newest_token())

    def move(token: str) -> None:
        with app.app_context():
            together.wait()
            try:
                with db.writing():
                    email_change.confirm_change(token, now=NOW)
                outcomes.append("moved")
            except LinkNoLongerWorks:
                outcomes.append("refused")
            finally:
                db.session.remove()

    threads = [threading.Thread(target=move, args=(token,)) for token in tokens]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["moved", "refused"]
