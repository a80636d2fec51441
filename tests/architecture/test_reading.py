"""Reading changes nothing: every page that can be reached by links, for every sign-in, asked for and watched."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import html5lib
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, select

from app import db
from app.demonstration import SIGN_INS
from app.people.models import Person, PersonPrivate, Role
from app.people.rights import grant_role
from tests.app.inbox.told import told_of_something
from tests.conftest import People, SignIn
from tests.journeys.browser import kind_of
from tests.times import NOW

WRITES = re.compile(r"\s*(INSERT|UPDATE|DELETE|REPLACE|CREATE|DROP|ALTER)\b", re.IGNORECASE)
MOST_QUERIES = 12
BUSY = "volunteer@demo.test"  # has shifts, and others open to them

# Pages that write on purpose, each with its reason.
WRITES_FOR_A_REASON: dict[str, str] = {
    "/sign-offs/#": "the line that says who read the evidence",
    "/sign-offs/#/evidence/#/withdraw": "the line that says who read the evidence",
    "/learning/shared/#": "the line that says who read what somebody shares",
    "/learning/transcript/#": "the line that says who read the transcript",
    "/people/#/statement": "the line that says who read the statement",
    "/people/#/statement.pdf": "the line that says who read the statement",
    "/certificates/#.pdf": "the line that says who opened the certificate",
}
# Each time, because each copy goes its own way.
WRITES_EACH_TIME: dict[str, str] = dict.fromkeys(
    (
        "/people.csv",
        "/sign-offs/lapsing.csv",
        "/rota/out/rota.csv",
        "/rota/out/availability.csv",
        "/rota/out/rota.pdf",
        "/rota/out/call-sheet.pdf",
    ),
    "the line that says who took names out",
) | {"/pairs": "the line that says who read who is kept apart"}


@contextmanager
def statements(app: Flask) -> Iterator[list[str]]:
    """Every statement that reaches the database meanwhile."""
    heard: list[str] = []

    def hear(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith(("BEGIN", "PRAGMA")):
            heard.append(statement)

    engine = db.extension.engine
    event.listen(engine, "before_cursor_execute", hear)
    try:
        yield heard
    finally:
        event.remove(engine, "before_cursor_execute", hear)


def links_of(markup: str) -> list[str]:
    """The addresses of our own that a page links to, fragments left out."""
    page = html5lib.parse(markup, namespaceHTMLElements=False)
    addresses = [element.get("href", "") for element in page.iter("a")]
    parts = [urlsplit(address) for address in addresses]
    return [part._replace(fragment="").geturl() for part in parts if not part.netloc and part.path.startswith("/")]


def walk(client: FlaskClient, app: Flask, seen: dict[str, tuple[int, list[str], int]]) -> None:
    """Open one page of each kind from Today on; note each kind's status, writes and number of questions.

    No page reports a fault in what was typed to somebody who only follows a link to it.
    """
    waiting = ["/"]
    while waiting:
        address = waiting.pop(0)
        if kind_of(address) in seen:
            continue
        with statements(app) as heard:
            answer = client.get(address)
        writes = [statement for statement in heard if WRITES.match(statement)]
        if kind_of(address) in WRITES_FOR_A_REASON:
            # The line of a reading is written the first time only; the second time shows what the page itself asks.
            with statements(app) as heard:
                client.get(address)
            assert not [statement for statement in heard if WRITES.match(statement)], address
        # What a page writes each time comes on top of what it asks.
        seen[kind_of(address)] = (answer.status_code, writes, len(heard) - len(writes))
        if answer.mimetype == "text/html" and answer.status_code == 200:
            assert "govuk-error-summary" not in answer.text, f"{address} blames who only opens it"
            waiting += links_of(answer.text)


def test_a_write_would_be_seen(app: Flask, people: People) -> None:
    with statements(app) as heard:
        people.person("Wren")
    assert [statement for statement in heard if WRITES.match(statement)]


def test_today_asks_no_more_of_somebody_with_every_role(demonstration: Flask, sign_in: SignIn) -> None:
    """Every card is built for them, and each of a kind that finds something to show."""
    who = db.session.scalars(
        select(Person).join(PersonPrivate, PersonPrivate.person_id == Person.id).where(PersonPrivate.email == BUSY)
    ).one()
    with db.writing():
        for role in Role:
            grant_role(who, role, by=None, today=NOW.date(), now=NOW)
    told_of_something(who)
    client = sign_in(demonstration.test_client(), who)
    client.get("/")  # the first page of a process reads the courses, which it keeps
    with statements(demonstration) as heard:
        page = client.get("/").text
    for words in ("Ready for a decision", 'id="next-shift"', 'id="open-shifts"', "Short of people this week"):
        assert words in page
    assert 'id="new-messages"' in page
    assert len(heard) <= MOST_QUERIES, heard


def test_every_link_of_the_demonstration_opens_and_no_page_writes_or_asks_too_much(
    demonstration: Flask, sign_in: SignIn
) -> None:
    broken, writing, asking, pages = {}, {}, {}, 0
    for name in SIGN_INS:
        person = db.session.scalars(
            select(Person)
            .join(PersonPrivate, PersonPrivate.person_id == Person.id)
            .where(PersonPrivate.email == f"{name}@demo.test")
        ).one()
        client = sign_in(demonstration.test_client(), person)
        seen: dict[str, tuple[int, list[str], int]] = {}
        walk(client, demonstration, seen)
        pages += len(seen)
        for kind, (status, writes, asked) in seen.items():
            if status not in (200, 302, 303):
                broken[f"{name} {kind}"] = status
            if writes and kind not in WRITES_FOR_A_REASON and kind.partition("?")[0] not in WRITES_EACH_TIME:
                writing[f"{name} {kind}"] = writes
            if asked > MOST_QUERIES:
                asking[f"{name} {kind}"] = asked
    assert broken == {}
    assert writing == {}
    assert asking == {}
    assert pages > 60
