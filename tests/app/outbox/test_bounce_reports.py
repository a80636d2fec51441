"""What a mail provider reports over the web: taken where it is signed, and counted once."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app import clock, db, settings
from app.outbox import bounces
from app.outbox.bounce_reports import sign
from app.people.models import Person
from tests.app.outbox.test_bounces import sent
from tests.conftest import People
from tests.times import NOW

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"  # the example of Standard Webhooks


@pytest.fixture
def wren(people: People) -> Person:
    settings.use(replace(settings.started_with(), bounce_secret=SECRET))
    return people.person("Wren", email="wren@example.org")


def report(
    client: FlaskClient,
    uuid: str,
    *,
    bounce: Any = None,
    secret: str = SECRET,
    late: timedelta = timedelta(),
    **more: Any,
) -> TestResponse:
    data = {"message_id": f"<out-{uuid}@127.0.0.1>", "bounce": bounce or {"type": "Permanent", "status": "5.1.1"}}
    body = json.dumps({"type": "email.bounced", "data": data} | more).encode()
    timestamp = str(int((NOW - late).timestamp()))
    headers = {
        "webhook-id": "msg_1",
        "webhook-timestamp": timestamp,
        "webhook-signature": f"v1,c2hvcnQ= v1,{sign(body, identity='msg_1', timestamp=timestamp, secret=secret)}",
    }
    return client.post("/hooks/bounces", data=body, headers=headers, content_type="application/json")


def is_unreachable(person: Person) -> bool:
    db.session.rollback()
    return bounces.unreachable_one(person.id, clock.now()) is not None


def test_the_signature_is_that_of_standard_webhooks() -> None:
    body = b'{"test": 2432232314}'
    made = sign(body, identity="msg_p5jXN8AQM9LWM0D4loKWxJek", timestamp="1614265330", secret=SECRET)
    assert made == "g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_a_signed_report_is_recorded_and_may_come_twice(client: FlaskClient, wren: Person) -> None:
    uuid = sent(wren, "a")
    assert [report(client, uuid).status_code for _ in range(2)] == [204, 204]
    assert is_unreachable(wren)


@pytest.mark.parametrize("given", [{"secret": "whsec_" + "A" * 32}, {"late": timedelta(minutes=6)}])
def test_a_report_with_a_wrong_or_an_old_signature_is_refused(
    client: FlaskClient, wren: Person, given: dict[str, Any]
) -> None:
    assert report(client, sent(wren, "a"), **given).status_code == 401
    assert not is_unreachable(wren)


@pytest.mark.parametrize(
    "given",
    [
        {"bounce": {"type": "Transient", "status": "4.2.2"}},
        {"bounce": {"type": "Permanent", "status": "5.7.1"}},
        {"type": "email.delivered"},
        {"data": "text"},
        {"data": {"message_id": "<of-another@example.org>"}},
    ],
)
def test_what_does_not_say_that_an_address_takes_no_email_does_not_close_it(
    client: FlaskClient, wren: Person, given: dict[str, Any]
) -> None:
    assert report(client, sent(wren, "a"), **given).status_code == 204
    assert not is_unreachable(wren)


def test_without_a_secret_there_is_no_such_address_and_without_headers_no_entry(
    client: FlaskClient, wren: Person
) -> None:
    assert client.post("/hooks/bounces", data=b"{}", content_type="application/json").status_code == 401
    settings.use(replace(settings.started_with(), bounce_secret=""))
    assert report(client, "x").status_code == 404
