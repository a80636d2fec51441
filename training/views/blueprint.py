"""The blueprint of the learning pages, and the transaction in which a course may be passed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from flask import Blueprint

from app import clock, db, settings
from training import signing_keys

bp = Blueprint("learning", __name__, url_prefix="/learning")


@contextmanager
def learning_step() -> Iterator[None]:
    """A writing transaction in which a course may be passed."""
    # The first certificate of all needs a new key, which takes a while to make: not while others wait for us.
    signing_keys.current(settings.current().keys, now=clock.now())
    with db.writing():
        yield
