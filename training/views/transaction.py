"""The writing transaction in which a course may be passed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from app import clock, db, settings
from training import signing_keys


@contextmanager
def course_transaction() -> Iterator[None]:
    """`db.writing()` with a signing key ready, since passing a course issues a certificate."""
    # Making the first key takes seconds, and a writing transaction would keep others waiting meanwhile.
    signing_keys.current(settings.current().keys, now=clock.now())
    with db.writing():
        yield
