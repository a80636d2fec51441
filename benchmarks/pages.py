"""Measure how fast pages are, in one process, with many people and years of shifts in the database.

python -m benchmarks.pages --database postgresql --people 5000 --years 2 --times 30

Each page is measured beside a bare page of the same process, so that figures of two machines can be compared.
"""

from __future__ import annotations

import argparse
import gzip
import time as clock_of_machine
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, func, select

from app import db
from app.people import sessions
from app.people.models import Person, PersonPrivate
from app.people.request_session import cookie_name
from benchmarks.crowd import EVERY_ROLE, MONDAY, NEEDED, NOW, THOUSAND_SEATS, filled_application
from progression.duties import Duty
from rota.permissions import RotaPermission
from rota.planning import rules_preview
from rota.scheduling.rules.policy import shipped_rules
from rota.store.models import CoverLine, Rota, Seat, Shift

SIGN_INS = ("volunteer", "coordinator", "staff", "admin")


NARROWED = (
    "stage=volunteer",
    "cleared=moderator",
    "cleared=any&on=2027-06-01",
    "lapsing=soon",
    "channel=1",
    "role=coordinator&account=active",
    "stage=volunteer&cleared=moderator&lapsing=soon&channel=1",
)
"""How the list of people is narrowed."""


PAGES = {
    "volunteer": (
        "/menu",
        "/account",
        "/journey",
        "/learning",
        "/shifts",
        "/shifts/availability",
        "/shifts/calendar",
        "/journey/all",
        "/journey/pathway",
        "/journey/application",
        "/documents",
        "/news",
    ),
    "coordinator": (
        "/duty",
        "/rota",
        "/rota/make",
        "/rota/month",
        "/rota/{running}",
        "/rota/{drafted}",
        "/rota/{drafted}/list",
        "/rota/{drafted}/day",
        "/rota/{drafted}/shares",
        "/rota/{running}/history",
        "/rota/weeks",
        "/rota/out",
        "/rota/{drafted}?seat={seat}",
        "/rota/{drafted}/publish",
        "/rota/channels",
        "/cover",
        "/people",
        "/people/{volunteer}",
        "/people/{volunteer}/statement",
        "/people/write?to={volunteer}",
    ),
    "staff": (
        "/people/{volunteer}",
        "/sign-offs",
        "/sign-offs/{volunteer}",
        "/sign-offs/lapsing",
        "/sign-offs/lapsing.csv",
        "/sign-offs/pipeline",
        "/sign-offs/pipeline.csv",
        "/suggestions",
        "/pulse",
    ),
    "admin": (
        "/people?name=son+12",
        "/admin",
        "/admin/policies/rota-rules",
        "/admin/policies/rota-rules/new",
    ),
}


def pages() -> Iterable[tuple[str, str]]:
    """Yield every kind of page with the people who use it."""
    rotas = db.session.execute(
        select(Rota.id, Rota.version).where(Rota.title.startswith("Board 1, ")).order_by(Rota.id)
    )
    running, drafted = [row.id for row in rotas][-2:]
    seat = db.session.scalars(
        select(Seat.id)
        .join(CoverLine, CoverLine.id == Seat.line_id)
        .join(Shift, Shift.id == CoverLine.shift_id)
        .where(Shift.rota_id == drafted, CoverLine.duty == Duty.MODERATOR)
        .order_by(Shift.starts_at.desc())
    ).first()
    volunteer = _person_called("volunteer@demo.test").id
    for who in (*SIGN_INS, EVERY_ROLE):
        yield who, "/"
    for who, addresses in PAGES.items():
        for address in addresses:
            yield who, address.format(running=running, drafted=drafted, seat=seat, volunteer=volunteer)
    for narrowed in NARROWED:
        yield "coordinator", f"/people?{narrowed}"


def _person_called(address: str) -> Person:
    return db.session.scalars(
        select(Person).join(PersonPrivate, PersonPrivate.person_id == Person.id).where(PersonPrivate.email == address)
    ).one()


@dataclass(frozen=True)
class Figures:
    """Database queries; milliseconds by the clock and of processor time: median and slow; size in KiB, compressed."""

    asked: int
    median: float
    slow: float
    work: float
    slow_work: float
    size: float


def measure(app: Flask, who: str, address: str, times: int) -> Figures:
    """Measure one page for one person, after the first visit."""
    person = _person_called(who if "@" in who else f"{who}@demo.test")
    with db.writing():
        token = sessions.start(person, device="Benchmark", now=NOW)
    db.session.remove()
    client = app.test_client()
    client.set_cookie(cookie_name(), token)
    first = client.get(address)  # the first page of a process reads packs and templates
    assert first.status_code == 200, f"{address} answered {first.status_code}"
    asked = 0

    def count(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        nonlocal asked
        asked += not statement.startswith(("BEGIN", "PRAGMA"))

    event.listen(db.extension.engine, "before_cursor_execute", count)
    client.get(address)
    event.remove(db.extension.engine, "before_cursor_execute", count)
    taken, worked = _times(client, address, times)
    size = len(gzip.compress(first.data))
    return Figures(
        asked, _slowest(taken, 0.5), _slowest(taken, 0.95), _slowest(worked, 0.5), _slowest(worked, 0.95), size / 1024
    )


def bare_page(times: int) -> float:
    """Return the median milliseconds of processor time of a page that only says hello, in an application of its own."""
    bare = Flask("bare")
    bare.add_url_rule("/", view_func=lambda: "Hello.")
    client = bare.test_client()
    _times(client, "/", 20)
    return _slowest(_times(client, "/", times)[1], 0.5)


def _times(client: FlaskClient, address: str, times: int) -> tuple[list[float], list[float]]:
    """Open a page so many times; return the milliseconds of wall-clock and of processor time of each."""
    taken: list[float] = []
    worked: list[float] = []
    for _ in range(times):
        began, began_working = clock_of_machine.perf_counter(), clock_of_machine.process_time()
        client.get(address)
        worked.append((clock_of_machine.process_time() - began_working) * 1000)
        taken.append((clock_of_machine.perf_counter() - began) * 1000)
    return taken, worked


def _slowest(times: list[float], share: float) -> float:
    """Return the time that this share of the times does not exceed."""
    return sorted(times)[min(int(len(times) * share), len(times) - 1)]


def preview_of_rules(times: int) -> list[float]:
    """Return the milliseconds of processor time of each preview of rules with a longer rest, for somebody who plans."""
    rules = shipped_rules()
    stricter = rules.model_copy(update={"rest": rules.rest.model_copy(update={"adult_hours": 16.0})})
    worked = []
    for _ in range(times):
        db.session.remove()
        began = clock_of_machine.process_time()
        db.start_read_cache()  # as for a page
        rules_preview.preview(stricter, MONDAY, None, NOW, [RotaPermission.PLAN])
        worked.append((clock_of_machine.process_time() - began) * 1000)
    return worked


def main() -> None:
    """Fill a database, then open each page many times."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--people", type=int, default=5000)
    parser.add_argument("--years", type=float, default=2)
    parser.add_argument("--times", type=int, default=30)
    parser.add_argument("--only", default=[""], nargs="*", help="measure only pages whose address begins so")
    parser.add_argument("--thousand-seats", action="store_true", help="rotas of 1,008 seats instead of 1,344")
    given = parser.parse_args()
    needed = THOUSAND_SEATS if given.thousand_seats else NEEDED
    with filled_application(given.database, given.people, given.years, needed) as app:
        seats = db.session.scalar(select(func.count()).select_from(Seat))
        people = db.session.scalar(select(func.count()).select_from(Person))
        print(f"{people} people, {seats} seats in {given.years:g} years, {given.database}, one process")
        print(f"A bare page takes {bare_page(300):.2f} ms of processor time.")
        figures = " ".join(f"{each:>8}" for each in ("queries", "p50 ms", "p95 ms", "p50 cpu", "p95 cpu"))
        print(f"{'who':24} {'page':24} {figures} {'KiB':>6}")
        for who, address in list(pages()):
            if not address.startswith(tuple(given.only)):
                continue
            it = measure(app, who, address, given.times)
            times = f"{it.median:8.1f} {it.slow:8.1f} {it.work:8.1f} {it.slow_work:8.1f}"
            print(f"{who:24} {address:24} {it.asked:8} {times} {it.size:6.1f}", flush=True)
        worked = preview_of_rules(min(given.times, 10))
        print(f"A preview of other rules takes {_slowest(worked, 0.5):.1f} ms of processor time in the middle.")


if __name__ == "__main__":
    main()
