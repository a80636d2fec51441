"""How long a backup of a large installation takes while it runs, and how long until a restored one can be started.

./run bench restore --database postgresql
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from sqlalchemy import create_engine, make_url, text

from app import db, settings
from app.backup import making, restoring
from app.trail import verification
from benchmarks.crowd import filled_application
from tests.times import NOW
from wsgi import create_app

T = TypeVar("T")


def timed(work: Callable[[], T]) -> tuple[float, T]:
    """Seconds of wall time, and the result."""
    began = time.perf_counter()
    result = work()
    return time.perf_counter() - began, result


@contextmanager
def empty_database(url: str, folder: Path) -> Iterator[str]:
    """Yield the URL of an empty database of the same kind."""
    if url.startswith("sqlite"):
        yield f"sqlite:///{folder / 'restored.db'}"
        return
    server = create_engine(url, isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(text("CREATE DATABASE restored"))
    yield make_url(url).set(database="restored").render_as_string(hide_password=False)
    with server.connect() as connection:
        connection.execute(text("DROP DATABASE restored WITH (FORCE)"))
    server.dispose()


def main() -> None:
    """Back up the kept crowd, and restore it into an empty database."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--people", type=int, default=5000)
    parser.add_argument("--years", type=float, default=2)
    given = parser.parse_args()
    with filled_application(given.database, given.people, given.years), tempfile.TemporaryDirectory() as name:
        folder, current = Path(name), settings.current()
        seconds, file = timed(lambda: making.back_up(folder / "night.backup", now=NOW))
        print(f"{given.database}: backup {seconds:.1f} s, {file.stat().st_size / 1_000_000:.1f} MB")
        db.session.remove()
        with empty_database(current.database_url, folder) as url:
            place = replace(current, database_url=url, keys=folder / "keys", var=folder / "var")
            with create_app(place).app_context():
                seconds, done = timed(lambda: restoring.restore(file, replace=False, now=NOW))
                checking, broken = timed(lambda: list(verification.check()))
                print(f"{given.database}: restore {seconds:.1f} s, {done.people} people")
                print(f"{given.database}: audit trail checked in {checking:.1f} s, {len(broken)} faults")
                db.session.remove()
                db.extension.engine.dispose()


if __name__ == "__main__":
    main()
