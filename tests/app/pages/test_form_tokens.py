"""Forms are taken from our own pages only, and only for the signed-in session that they were shown to."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_wtf import FlaskForm
from sqlalchemy import func, select
from werkzeug.datastructures import MultiDict
from werkzeug.routing import Rule
from wtforms import PasswordField

from app import db
from app.pages.converters import WholeNumber
from app.pages.form_tokens import NEVER_SHOWN_AGAIN
from app.pages.safe_redirect import origin_of
from app.people import one_time_links
from app.people.models import LinkKind, Person, Role, SignedInSession
from progression.models import Evidence
from tests.client import TOKEN, Client
from tests.conftest import PASSWORD, People, SignIn
from tests.times import NOW, TODAY

HERE = "http://localhost"
NOTE = "They calmed the channel, and handed over well."


Fields = MultiDict[str, str]


def form_of(page: str, **typed: str) -> Fields:
    """The hidden fields of the last form of a page, and what is typed into it."""
    last = page.rpartition("<form")[2]
    hidden = re.findall(r'<input[^>]*type="hidden"[^>]*name="([^"]+)"[^>]*value="([^"]*)"', last)
    hidden += re.findall(r'<input[^>]*name="([^"]+)"[^>]*type="hidden"[^>]*value="([^"]*)"', last)
    return MultiDict([*hidden, *typed.items()])


def typing(app: Flask) -> Client:
    """A browser that sends only what its pages hold."""
    client = app.test_client()
    assert isinstance(client, Client)
    client.send_tokens = False
    return client


def come_in(client: FlaskClient, email: str, password: str = PASSWORD) -> int:
    """Sign in through the page."""
    token = TOKEN.search(client.get("/sign-in").text)
    assert token
    data = {"email": email, "password": password, "csrf_token": token[1]}
    return client.post("/sign-in", data=data).status_code


def leave(client: FlaskClient) -> None:
    token = TOKEN.search(client.get("/menu").text)
    assert token
    assert client.post("/sign-out", data={"csrf_token": token[1]}).status_code == 302


WITHOUT_A_TOKEN = {
    "outbox.do_turn_off": "a mail program’s one click (RFC 8058): the signature in the address decides",
    "outbox.take_report": "a mail provider’s report: its own signature decides",
}


def observations() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(Evidence)) or 0


def _post_address(rule: Rule, app: Flask) -> str:
    values = {name: 1 if isinstance(kind, WholeNumber) else "x" for name, kind in rule._converters.items()}
    return str(app.url_map.bind("localhost").build(rule.endpoint, values, method="POST"))


def test_every_form_requires_its_token_and_refuses_every_other_site(
    app: Flask, people: People, sign_in: SignIn
) -> None:
    person = people.person("Heron", roles=tuple(Role))
    client = sign_in(app.test_client(), person)
    assert isinstance(client, Client)
    posts = [rule for rule in app.url_map.iter_rules() if "POST" in (rule.methods or set())]
    forms = [rule for rule in posts if rule.endpoint not in WITHOUT_A_TOKEN]
    assert len(posts) == len(forms) + len(WITHOUT_A_TOKEN)
    assert len(forms) > 50
    for rule in forms:
        address = _post_address(rule, app)
        client.send_tokens = False
        without = client.post(address, data={"csrf_token": "made-up"})
        assert (without.status_code, "Please open the page again" in without.text) == (400, True), rule.endpoint
        client.send_tokens = True
        foreign = client.post(address, headers={"Origin": "https://evil.example"})
        assert (foreign.status_code, "came from another website" in foreign.text) == (403, True), rule.endpoint


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 302),
        ({"Sec-Fetch-Site": "same-origin", "Origin": HERE}, 302),
        # What Chromium sends from a page with Referrer-Policy: no-referrer.
        ({"Sec-Fetch-Site": "same-origin", "Origin": "null"}, 302),
        ({"Sec-Fetch-Site": "none"}, 302),
        ({"Origin": HERE}, 302),
        ({"Origin": "http://127.0.0.1:8000"}, 302),  # the public address, where a front server has changed the host
        ({"Origin": "null"}, 302),  # an older browser on such a page: the token decides
        ({"Sec-Fetch-Site": "cross-site", "Origin": "null"}, 403),  # a sandboxed frame
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site", "Origin": "http://evil.localhost"}, 403),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "https://evil.example"}, 403),
        ({"Origin": "http://localhost:1234"}, 403),
        ({"Origin": "https://localhost"}, 403),
        ({"Origin": "http://localhost.evil.example"}, 403),
        ({"Origin": ""}, 403),
    ],
)
def test_where_a_form_comes_from_is_decided_by_what_the_browser_says(
    client: FlaskClient, people: People, sign_in: SignIn, headers: dict[str, str], status: int
) -> None:
    sign_in(client, people.person())
    assert client.post("/sign-out", headers=headers).status_code == status


def test_an_origin_has_no_port_of_its_own_scheme() -> None:
    assert origin_of("https://Rota.Example.org:443/x") == "https://rota.example.org"
    assert origin_of("https://rota.example.org:8443") == "https://rota.example.org:8443"
    assert origin_of("http://rota.example.org:443/") == "http://rota.example.org:443"


@pytest.fixture
def open_form(app: Flask, people: People) -> tuple[Client, str, Fields]:
    """An observation that Sable has typed about Wren, and not sent yet."""
    wren = people.person("Wren")
    people.person("Sable", roles=(Role.ASSESSOR,), password=PASSWORD)
    people.person("Teal", roles=(Role.ASSESSOR,), password=PASSWORD)
    client = typing(app)
    assert come_in(client, "sable@example.org") == 302
    address = f"/sign-offs/{wren.id}/observation"
    page = client.get(address).text
    what = re.search(r'name="what"[^>]*value="([^"]+)"', page)
    assert what
    fields = form_of(page, what=what[1], note=NOTE)
    fields.setlist("happened_on", [str(TODAY.day), str(TODAY.month), str(TODAY.year)])
    return client, address, fields


def test_a_form_is_taken_for_the_session_it_was_shown_to(open_form: tuple[Client, str, Fields]) -> None:
    client, address, data = open_form
    assert client.post(address, data=data).status_code == 302
    assert observations() == 1


def test_a_form_of_one_account_never_acts_as_another_and_what_was_typed_is_shown(
    open_form: tuple[Client, str, Fields],
) -> None:
    client, address, data = open_form
    leave(client)
    assert come_in(client, "teal@example.org") == 302
    refused = client.post(address, data=data)
    assert refused.status_code == 400
    assert "Somebody else is signed in now" in refused.text
    assert NOTE in refused.text
    assert "Send it" not in refused.text
    assert observations() == 0


def test_after_signing_out_nothing_typed_is_lost_and_it_is_sent_after_signing_in_again(
    open_form: tuple[Client, str, Fields],
) -> None:
    client, address, data = open_form
    leave(client)
    refused = client.post(address, data=data)
    assert (refused.status_code, observations()) == (400, 0)
    assert "You have been signed out" in refused.text
    assert NOTE in refused.text
    assert client.post(address, data=form_of(refused.text)).status_code == 400
    assert come_in(client, "sable@example.org") == 302
    asked = client.post(address, data=form_of(refused.text))
    assert (asked.status_code, observations()) == (400, 0)
    assert "Send it now" in asked.text
    assert client.post(address, data=form_of(asked.text)).status_code == 302
    assert observations() == 1


def test_a_new_password_ends_the_forms_and_the_session_that_were_open_before(
    open_form: tuple[Client, str, Fields],
) -> None:
    client, address, data = open_form
    before = client.get_cookie("nightlight")
    assert before
    mine = form_of(client.get("/account/password").text, current=PASSWORD, password="seven slow brown herons")
    changed = client.post("/account/password", data=mine)
    assert changed.status_code == 302
    assert client.get("/account").status_code == 200
    refused = client.post(address, data=data)
    assert (refused.status_code, "Not sent yet" in refused.text) == (400, True)
    client.set_cookie("nightlight", before.value)
    assert client.get("/account").status_code == 302


def test_the_form_of_a_password_never_shows_it_again(open_form: tuple[Client, str, Fields]) -> None:
    client, _, data = open_form
    leave(client)
    sent = {"csrf_token": data["csrf_token"], "current": PASSWORD, "password": "seven slow brown herons"}
    refused = client.post("/account/password", data=sent)
    assert refused.status_code == 400
    assert "herons" not in refused.text
    assert "lanterns" not in refused.text
    assert "Send it" not in refused.text


def test_a_form_shown_before_anybody_signed_in_is_refused_after_it(app: Flask, people: People) -> None:
    people.person("Wren", email="wren@example.org", password=PASSWORD)
    people.person("Teal", email="teal@example.org", password=PASSWORD)
    client = typing(app)
    old = form_of(client.get("/sign-in").text, email="teal@example.org", password=PASSWORD)
    assert come_in(client, "wren@example.org") == 302
    refused = client.post("/sign-in", data=old)
    assert (refused.status_code, "Wren signed in here" in refused.text) == (400, True)


def test_a_form_in_a_browser_without_cookies_says_what_it_needs(app: Flask) -> None:
    client = typing(app)
    refused = client.post("/sign-in", data={"email": "a@example.org", "password": "x"})
    assert refused.status_code == 400
    assert "needs a browser that takes cookies" in refused.text
    assert 'href="/sign-in">Open the page again' in refused.text
    problem = client.post("/sign-in", headers={"Accept": "application/json"})
    assert problem.content_type == "application/problem+json"


@pytest.mark.parametrize("way", ["sign-in", "reset"])
def test_signing_in_again_in_a_browser_ends_the_session_that_was_open_in_it(
    app: Flask, people: People, sign_in: SignIn, way: str
) -> None:
    first, second = people.person("Wren", password=PASSWORD), people.person("Teal", password=PASSWORD)
    client = sign_in(app.test_client(), first)
    if way == "sign-in":
        answer = client.post("/sign-in", data={"email": "teal@example.org", "password": PASSWORD})
    else:
        with db.writing():
            token = one_time_links.token_of(one_time_links.create(second.id, LinkKind.RESET, by=None, now=NOW))
        answer = client.post(f"/reset/{token}", data={"password": "seven slow brown herons"})
    assert answer.status_code == 302
    db.session.rollback()
    open_rows = db.session.execute(
        select(Person.display_name)
        .join(SignedInSession, SignedInSession.person_id == Person.id)
        .where(SignedInSession.ended_at.is_(None))
    )
    assert open_rows.scalars().all() == ["Teal"]


def test_every_field_of_a_password_is_one_that_is_never_shown_again() -> None:
    fields, kinds = set[str](), list[type](FlaskForm.__subclasses__())
    for kind in kinds:
        kinds += kind.__subclasses__()  # walked too: the loop reaches what is added
        fields |= {name for name, made in vars(kind).items() if getattr(made, "field_class", None) is PasswordField}
    assert fields == set(NEVER_SHOWN_AGAIN)
