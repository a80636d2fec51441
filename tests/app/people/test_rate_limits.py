"""Limits on guessing: counted by window, shared by all processes, and separate for each key."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from app import db
from app.people import rate_limits
from app.people.models import Attempts
from app.people.rate_limits import RateLimit
from app.refusals import TooManyAttempts
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
