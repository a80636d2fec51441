"""Measure the pages of learning with thousands of learners, and years of attempts and answers in the database.

python -m benchmarks.learners --database postgresql --people 5000 --attempts 40 --times 30
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from itertools import count
from typing import Any

from sqlalchemy import func, select, text

from app import db
from app.people.models import Person, PersonPrivate
from benchmarks.crowd import EVERY_ROLE, NOW, filled_application, put
from benchmarks.pages import bare_page, measure
from training import catalogue, quiz
from training.models import Answer, CourseVersion, Enrolment, ScenarioChoice, UnitAttempt, UnitDone
from training.pack import Pack, Quiz, Scenario

YEARS = 0.25  # of shifts: these pages show few of them
PAGES_OF_LEARNERS = (
    "/",
    "/learning",
    "/learning/conflict",
    "/learning/conflict/calming-a-thread",
    "/learning/conflict/check-what-you-know",
    "/learning/conflict/check-what-you-know/1",
    "/learning/conflict/the-thread-at-1-am",
    "/learning/conflict/to-keep",
    "/learning/practice",
    "/learning/transcript",
    "/learning/elsewhere",
)
PAGES_OF_STAFF = ("/learning/courses", "/learning/assigned", "/learning/tries", "/learning/where-people-go-wrong")


def fill(attempts: int, chance: random.Random) -> None:
    """Let everybody go through several courses, with so many attempts each, half at questions and half at stories."""
    with db.writing():
        for pack in catalogue.shipped_packs():
            catalogue.install(pack, by=None, now=NOW)
    versions = [(version, catalogue.pack_of(version)) for _course, version in catalogue.all_courses()]
    begun = {(row.person_id, row.course_id) for row in db.session.scalars(select(Enrolment))}
    ids = {model: count((db.session.scalar(select(func.max(model.id))) or 0) + 1) for model in (Enrolment, UnitAttempt)}
    people = db.session.scalars(select(Person.id)).all()
    db.session.expunge_all()
    db.session.rollback()  # PostgreSQL ends a transaction in which nothing happens for a minute.
    for person_id in people:
        free = [each for each in versions if (person_id, each[0].course_id) not in begun]
        for version, pack in chance.sample(free, min(len(free), 4)):
            _go_through(person_id, version, pack, max(2, attempts // 4), ids, chance)
    with db.writing():
        for model, rows in _rows.items():
            put(model, rows)
            rows.clear()
    if db.extension.engine.dialect.name == "postgresql":
        with db.extension.engine.begin() as connection:
            connection.execute(text("ANALYZE"))  # as its autovacuum does within minutes


_rows: dict[type[db.Model], list[dict[str, Any]]] = {
    model: [] for model in (Enrolment, UnitDone, UnitAttempt, Answer, ScenarioChoice)
}


def _go_through(
    person_id: int,
    version: CourseVersion,
    pack: Pack,
    attempts: int,
    ids: Mapping[Any, Iterator[int]],
    chance: random.Random,
) -> None:
    enrolment, at = next(ids[Enrolment]), NOW - timedelta(days=chance.randrange(3, 600))
    _rows[Enrolment].append(
        {"id": enrolment, "person_id": person_id, "course_id": version.course_id, "course_version_id": version.id}
        | {"started_at": at, "finished_at": None, "skips_hard_words": False, "is_refresher": False}
    )
    _rows[UnitDone] += [{"enrolment_id": enrolment, "unit": unit.slug, "done_at": at} for unit in pack.units[:3]]
    practised: Iterable[Quiz | Scenario] = [unit for unit in pack.units if isinstance(unit, Quiz | Scenario)]
    for unit in practised:
        for number in range(1, attempts // 2 + 1):
            attempt, seed = next(ids[UnitAttempt]), chance.randrange(2**31)
            drawn = quiz.draw(unit, seed=seed) if isinstance(unit, Quiz) else ()
            _rows[UnitAttempt].append(
                {"id": attempt, "enrolment_id": enrolment, "unit": unit.slug, "number": number, "started_at": at}
                | {"seed": seed if drawn else None, "finished_at": at, "is_passed": False, "right_answers": None}
                | {"drawn": [{"question": each.question, "order": list(each.order)} for each in drawn]}
            )
            _rows[Answer] += [
                {"attempt_id": attempt, "position": place, "question": each.question, "given": [0]}
                | {"is_right": chance.random() < 0.7, "answered_at": at}
                for place, each in enumerate(drawn)
            ]
            if isinstance(unit, Scenario):
                _rows[ScenarioChoice] += [
                    {"attempt_id": attempt, "position": place, "step": step, "choice": choice, "chosen_at": at}
                    for place, (step, choice) in enumerate(_walk(unit, chance))
                ]


def _walk(unit: Scenario, chance: random.Random) -> Iterator[tuple[str, str]]:
    """Choices of somebody who mostly replies well, to an ending or for twelve moments."""
    step = unit.step(unit.steps[0].key)
    for _ in range(12):
        if step is None:
            return
        good = [choice for choice in step.choices if choice.lands == "well"]
        choice = chance.choice(good if chance.random() < 0.7 else step.choices)
        yield step.key, choice.key
        step = unit.step(choice.to)


def main() -> None:
    """Fill a database, then open each page many times."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--people", type=int, default=5000)
    parser.add_argument("--attempts", type=int, default=40, help="of each person")
    parser.add_argument("--times", type=int, default=30)
    given = parser.parse_args()
    with filled_application(given.database, given.people, YEARS) as app:
        attempts = db.session.scalar(select(func.count()).select_from(UnitAttempt)) or 0
        if attempts < given.people:
            fill(given.attempts, random.Random(1))
        told = {model.__tablename__: db.session.scalar(select(func.count()).select_from(model)) for model in _rows}
        print(f"{given.people} people, {told}, {given.database}, one process")
        print(f"A bare page takes {bare_page(300):.2f} ms of processor time.")
        busy = db.session.scalars(select(PersonPrivate.email).where(PersonPrivate.email == "volunteer@demo.test")).one()
        where = f"/learning/where-people-go-wrong/{catalogue.course_called('conflict')[1].id}"
        for who, addresses in ((busy, PAGES_OF_LEARNERS), (EVERY_ROLE, (*PAGES_OF_STAFF, where))):
            for address in addresses:
                it = measure(app, who, address, given.times)
                times = f"{it.median:8.1f} {it.slow:8.1f} {it.work:8.1f}"
                print(f"{who:24} {address:44} {it.asked:4} {times} {it.size:6.1f}", flush=True)


if __name__ == "__main__":
    main()
