"""Limits on guessing: counted by window, shared by all processes, and separate for each key."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from app import db
from app.people import rate_limits
from app.people.models import Attempts, Person, Role
from app.people.rate_limits import RateLimit
from app.refusals import TooManyAttempts
from rota.shifts import calendar_feed
from tests.conftest import PASSWORD, People, SignIn
from tests.times import NOW

THREE = RateLimit("three tries in a test", 3, timedelta(minutes=15))
WINDOW = THREE.window_start(NOW)


def try_often(key: str, times: int) -> None:
    with db.writing():
        rate_limits.count(THREE, key, now=NOW, tries=times)


def test_one_try_more_than_the_limit_is_refused_until_the_window_ends(app: Flask) -> None:
    try_often("wren", 3)
    rate_limits.check(THREE, "wren", now=NOW)
    try_often("wren", 1)
    with pytest.raises(TooManyAttempts) as refused:
        rate_limits.check(THREE, "wren", now=NOW)
    assert NOW + timedelta(seconds=refused.value.retry_after) == WINDOW + THREE.window
    rate_limits.check(THREE, "wren", now=WINDOW + THREE.window)


def test_tries_of_one_key_do_not_count_for_another(app: Flask) -> None:
    try_often("wren", 4)
    rate_limits.check(THREE, "teal", now=NOW)


def test_a_success_clears_the_count(app: Flask) -> None:
    try_often("wren", 4)
    with db.writing():
        rate_limits.reset(THREE, "wren")
    rate_limits.check(THREE, "wren", now=NOW)


def test_old_counts_are_deleted(app: Flask) -> None:
    try_often("wren", 1)
    rate_limits.delete_expired(NOW)
    assert db.session.scalar(select(func.count()).select_from(Attempts)) == 1
    db.session.rollback()
    rate_limits.delete_expired(NOW + timedelta(days=2))
    assert db.session.scalar(select(func.count()).select_from(Attempts)) == 0


HERE = "127.0.0.1"
QUARTER, HOUR = timedelta(minutes=15), timedelta(hours=1)
SIGN_IN = ("POST", "/sign-in", {"email": "Wren@example.org", "password": PASSWORD})
FORGOT = ("POST", "/forgot", {"email": "Wren@example.org"})
MOVE = ("POST", "/account/address", {"email": "new@example.org", "current": PASSWORD})
NEW_PASSWORD = ("POST", "/account/password", {"current": PASSWORD, "password": "seven slow brown herons"})
WRITE = ("POST", "/people/write?to=ID", {"subject": "Friday", "text": "Can you come?", "once": "a-key-of-it"})
ASK = ("POST", "/write/admin", {"subject": "Friday", "text": "Who can help me?", "once": "another-key-of-it"})

# The limit; how many in which time; whose count it is; the requests that it holds. ID is Wren's, FEED their calendar's.
Request = tuple[str, str, dict[str, str]]
Row = tuple[RateLimit, int, timedelta, str, tuple[Request, ...]]
LIMITS: list[Row] = [
    (rate_limits.SIGN_IN_PER_ACCOUNT_AND_IP, 10, QUARTER, f"wren@example.org {HERE}", (SIGN_IN,)),
    (rate_limits.SIGN_IN_PER_ACCOUNT, 50, QUARTER, "wren@example.org", (SIGN_IN,)),
    (rate_limits.SIGN_IN_PER_IP, 100, QUARTER, HERE, (SIGN_IN,)),
    (rate_limits.RESET_PER_ACCOUNT, 5, HOUR, "wren@example.org", (FORGOT,)),
    (rate_limits.RESET_PER_IP, 30, HOUR, HERE, (FORGOT,)),
    (
        rate_limits.LINK_PER_IP,
        60,
        QUARTER,
        HERE,
        (
            ("POST", "/welcome/x.y", {"password": PASSWORD}),
            ("POST", "/reset/x.y", {"password": PASSWORD}),
            ("POST", "/account/address/x.y", {}),
        ),
    ),
    (rate_limits.EMAIL_CHANGE_PER_ACCOUNT, 5, HOUR, "ID", (MOVE,)),
    (rate_limits.EMAIL_CHANGE_PER_TARGET, 3, HOUR, "new@example.org", (MOVE,)),
    (rate_limits.PASSWORD_CONFIRMATION, 10, QUARTER, "ID", (MOVE, NEW_PASSWORD)),
    (rate_limits.FEED, 60, QUARTER, "FEED", (("GET", "/calendar/FEED.ics", {}),)),
    (rate_limits.WRITTEN_MESSAGES, 200, timedelta(days=1), "ID", (WRITE,)),
    (rate_limits.WRITTEN_QUESTIONS, 30, timedelta(days=1), "ID", (ASK,)),
    (rate_limits.UPLOADS, 30, HOUR, "ID", (("POST", "/learning/elsewhere/badge", {"text": "hello"}),)),
    (rate_limits.VERIFY_PER_IP, 120, QUARTER, HERE, (("GET", "/verify/AAAA-AAAA-AAAA", {}),)),
]
SIGNED_IN = {
    "e-mails that one person writes to others",
    "files that one person sends",
    "messages that one person writes to those who can help",
    "moves of one account",
    "moves to one address",
    "password asked for again",
}


def test_every_limit_there_is_stands_in_the_table_with_its_figures() -> None:
    there_are = [each for each in vars(rate_limits).values() if isinstance(each, RateLimit)]
    assert [(limit, limit.most, limit.window) for limit in there_are] == [row[:3] for row in LIMITS]


@pytest.mark.parametrize("row", LIMITS, ids=[row[0].name for row in LIMITS])
def test_each_limit_holds_what_it_is_for(client: FlaskClient, people: People, sign_in: SignIn, row: Row) -> None:
    """The last try within the limit is answered, the next one refused, and one after the window answered again."""
    limit, most, window, key, requests = row
    wren = people.person("Wren", password=PASSWORD, roles=(Role.COORDINATOR,))
    with db.writing():
        token = calendar_feed.open_feed(db.session.get_one(Person, wren.id), now=NOW)
        feed, _ = calendar_feed.feed_of_token(token)
        key = {"ID": str(wren.id), "FEED": feed.token_hash}.get(key, key)
    if limit.name in SIGNED_IN:
        sign_in(client, wren)
    for method, path, data in requests:
        with db.writing():
            rate_limits.reset(limit, key)
            rate_limits.count(limit, key, now=NOW, tries=most)
        address = path.replace("FEED", token).replace("ID", str(wren.id))
        if limit is rate_limits.FEED:
            # Readings are written ten at a time, so it is the tenth that is refused.
            for _ in range(9):
                assert client.get(address).status_code == 200
        refused = client.open(address, method=method, data=data)
        assert refused.status_code == 429, path
        assert 0 < int(refused.headers.get("Retry-After", "1")) <= window.total_seconds()
        with db.writing():
            rate_limits.reset(limit, key)
            rate_limits.count(limit, key, now=NOW - window, tries=most + 1)
        assert client.open(address, method=method, data=data).status_code != 429, path
