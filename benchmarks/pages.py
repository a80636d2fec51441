"""How fast pages are, in one process, with many people and years of shifts in the database.

python -m benchmarks.pages --people 5000 --years 2 --times 30

The demonstration is loaded through the product; the crowd and the years behind it are rows put beside it.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time as clock_of_machine
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import event, insert, select

from app import clock, db, demo, migrating
from app.people import sessions
from app.people.models import Person, PersonPrivate, PersonState
from app.people.visit import cookie_name
from app.settings import Settings
from progression import evidence
from rota import making
from rota.models import Assignment, AvailabilityWeekly, Channel, CoverLine, RotaVersion, Seat, Shift
from wsgi import create_app

NOW = datetime(2027, 2, 18, 19, 30, tzinfo=UTC)
WEEKS_A_ROTA = 4
PAGES = (
    ("volunteer", "/"),
    ("volunteer", "/shifts"),
    ("volunteer", "/shifts/availability"),
    ("volunteer", "/learning"),
    ("volunteer", "/journey"),
    ("volunteer", "/duty"),
    ("coordinator", "/"),
    ("coordinator", "/rota"),
    ("coordinator", "/rota/1"),
    ("coordinator", "/rota/2"),
    ("coordinator", "/rota/3"),
    ("coordinator", "/cover"),
    ("coordinator", "/people"),
    ("staff", "/sign-offs"),
    ("admin", "/"),
    ("admin", "/admin"),
)


@contextmanager
def house() -> Iterator[Flask]:
    """A house on a fresh SQLite database, with the demonstration in it."""
    with tempfile.TemporaryDirectory() as folder:
        basis = Settings.from_environment({"NIGHTLIGHT_ENV": "test", "NIGHTLIGHT_SECRET_KEY": "b" * 48})
        here = Path(folder)
        url = f"sqlite:///{here / 'pages.db'}"
        app = create_app(replace(basis, database_url=url, mail_url=f"file:{here}/mail", keys=here / "keys", var=here))
        clock.set_to(NOW)
        with app.app_context():
            migrating.upgrade()
            demo.load(monday=None, now=NOW, say=lambda words: None)
            yield app
            db.session.remove()


def crowd(how_many: int, chance: random.Random) -> list[int]:
    """People who are cleared to host and offer some times; their ids."""
    with db.writing():
        people = [
            Person(display_name=f"Person {number}", state=PersonState.ACTIVE.value, joined_at=NOW - timedelta(days=900))
            for number in range(how_many)
        ]
        db.session.add_all(people)
        db.session.flush()
        ids = [person.id for person in people]
        private = [{"person_id": id_, "email": f"person{id_}@example.org", "born_on": date(1990, 1, 1)} for id_ in ids]
        db.session.execute(insert(PersonPrivate), private)
        weekly = [
            {
                "person_id": id_,
                "weekday": weekday,
                "starts": time(16),
                "ends": time(23),
                "zone_name": "Europe/London",
            }
            for id_ in ids
            for weekday in chance.sample(range(7), 2)
        ]
        db.session.execute(insert(AvailabilityWeekly), weekly)
        for id_ in ids:
            long_ago = NOW - timedelta(days=chance.randrange(60, 600))
            evidence.record(id_, kind="accepted", key="code-of-conduct", by=id_, now=long_ago, facts={"edition": "1"})
            evidence.record(id_, kind="training", key="conflict", by=None, now=long_ago, valid_until=date(2028, 1, 1))
            evidence.record(id_, kind="sign-off", key="peer", by=ids[0] if id_ != ids[0] else ids[1], now=long_ago)
    return ids


def years_behind(years: float, ids: list[int], chance: random.Random) -> int:
    """Rotas of the past, all published and filled; how many seats."""
    filled = 0
    channels = list(db.session.scalars(select(Channel.id)))
    db.session.rollback()
    first = date(2027, 2, 15) - timedelta(weeks=round(years * 52 / WEEKS_A_ROTA) * WEEKS_A_ROTA)
    while first < date(2027, 2, 15):
        with db.writing():
            _pattern_reaches_back(first)
            rota = making.make_rota(
                f"From {first}", first, first + timedelta(weeks=WEEKS_A_ROTA, days=-1), channels, by=None, now=NOW
            )
            version = RotaVersion(rota_id=rota.id, number=1, kind="published", made_at=NOW)
            db.session.add(version)
            db.session.flush()
            rota.version = 1
            seats = db.session.scalars(
                select(Seat.id)
                .join(CoverLine, CoverLine.id == Seat.line_id)
                .join(Shift, Shift.id == CoverLine.shift_id)
                .where(Shift.rota_id == rota.id)
            ).all()
            rows = [
                {"seat_id": seat, "person_id": chance.choice(ids), "version_id": version.id, "given_at": NOW}
                for seat in seats
            ]
            if rows:
                db.session.execute(insert(Assignment), rows)
            filled += len(rows)
        first += timedelta(weeks=WEEKS_A_ROTA)
    return filled


def _pattern_reaches_back(day: date) -> None:
    """Let the demonstration's weekly patterns hold from this day on."""
    patterns = db.Model.metadata.tables["cover_pattern"]
    db.session.execute(patterns.update().where(patterns.c.starts_on > day).values(starts_on=day))


def measure(app: Flask, name: str, address: str, times: int) -> tuple[int, float, float]:
    """Number of questions to the database, and the median and 95th percentile in milliseconds."""
    person = db.session.scalars(
        select(Person)
        .join(PersonPrivate, PersonPrivate.person_id == Person.id)
        .where(PersonPrivate.email == f"{name}@demo.test")
    ).one()
    with db.writing():
        token = sessions.start(person, device="Benchmark", now=NOW)
    client = app.test_client()
    client.set_cookie(cookie_name(), token)
    asked = 0

    def count(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        nonlocal asked
        asked += not statement.startswith(("BEGIN", "PRAGMA"))

    event.listen(db.extension.engine, "before_cursor_execute", count)
    first = client.get(address)
    event.remove(db.extension.engine, "before_cursor_execute", count)
    assert first.status_code == 200, f"{address} answered {first.status_code}"
    taken = []
    for _ in range(times):
        began = clock_of_machine.perf_counter()
        client.get(address)
        taken.append((clock_of_machine.perf_counter() - began) * 1000)
    taken.sort()
    return asked, taken[len(taken) // 2], taken[int(len(taken) * 0.95)]


def main() -> None:
    """Fill a house, then open each page many times."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=5000)
    parser.add_argument("--years", type=float, default=2)
    parser.add_argument("--times", type=int, default=30)
    given = parser.parse_args()
    chance = random.Random(1)
    with house() as app:
        ids = crowd(given.people, chance)
        seats = years_behind(given.years, ids, chance)
        print(f"{given.people} people, {seats} seats in {given.years:g} years, SQLite, one process")
        print(f"{'who':12} {'page':24} {'queries':>8} {'p50 ms':>8} {'p95 ms':>8}")
        for name, address in PAGES:
            asked, median, slow = measure(app, name, address, given.times)
            print(f"{name:12} {address:24} {asked:8} {median:8.0f} {slow:8.0f}", flush=True)


if __name__ == "__main__":
    main()
