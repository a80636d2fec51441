"""What a worker sees with each heartbeat, and what follows from the heartbeats."""

from __future__ import annotations

from datetime import datetime, timedelta

from flask import Flask

from app import db
from app.health import watching
from app.health.troubles import Trouble, watches
from app.jobs import heartbeats
from app.jobs.heartbeats import Heartbeat
from app.outbox.models import MailCircuitBreaker
from tests.times import NOW


def kinds(troubles: list[Trouble]) -> list[str]:
    return [trouble.kind for trouble in troubles]


def test_mail_that_fails_for_half_a_minute_is_seen(app: Flask) -> None:
    with db.writing():
        breaker = db.session.get_one(MailCircuitBreaker, 1)
        breaker.failing_since, breaker.last_error = NOW, "smtp 554 at greeting"
    assert kinds(watching.observe(NOW + timedelta(seconds=29))) == []
    (trouble,) = watching.observe(NOW + timedelta(seconds=30))
    assert trouble.kind == "mail"
    assert "The mail server did not let Nightlight in. (554)" in trouble.words


def test_a_check_that_fails_is_named_and_hides_no_other(app: Flask) -> None:
    def broken(_now: datetime) -> list[Trouble]:
        raise ValueError("a fault of the check")

    def sees(_now: datetime) -> list[Trouble]:
        return [Trouble("seen", "Something is wrong.")]

    with watches.override((broken, sees)):
        assert kinds(watching.observe(NOW)) == ["check", "seen"]


def test_each_trouble_is_told_once_however_many_workers_see_it() -> None:
    seen = Trouble("disk", "The disk is nearly full.").as_data()
    fresh = [Heartbeat(f"here:{number}", NOW, [seen]) for number in range(3)]
    assert kinds(watching.troubles_in(fresh, NOW)) == ["disk"]


def test_what_a_worker_saw_before_it_died_is_not_told_any_more() -> None:
    dead = Heartbeat("here:1", NOW - timedelta(hours=3), [Trouble("mail", "E-mails do not get out.").as_data()])
    (trouble,) = watching.troubles_in([dead], NOW)
    assert trouble.words.startswith("No worker has run for 3 hours.")


def test_a_heartbeat_from_the_future_tells_of_a_wrong_clock() -> None:
    assert kinds(watching.troubles_in([Heartbeat("there:1", NOW + timedelta(minutes=10), [])], NOW)) == ["clock"]
    assert kinds(watching.troubles_in([Heartbeat("there:1", NOW + timedelta(seconds=20), [])], NOW)) == []


def test_workers_that_ended_long_ago_are_forgotten(app: Flask) -> None:
    with db.writing():
        heartbeats.record("old:1", NOW - timedelta(days=2))
    with db.writing():
        heartbeats.record("new:1", NOW)
    assert [worker.name for worker in heartbeats.latest(10)] == ["new:1"]
