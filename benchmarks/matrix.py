"""Measure the page of who has learned what, with hundreds of people and many courses.

python -m benchmarks.matrix --database postgresql --people 500 --courses 20 --times 20
"""

from __future__ import annotations

import argparse
import random
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from app import clock, db
from app.people.models import Person
from benchmarks.crowd import EVERY_ROLE, NOW, ZONE, filled_application, put
from benchmarks.pages import bare_page, measure
from progression.models import Evidence
from training import catalogue
from training.models import EVIDENCE_KIND
from training.pack import Pack
from training.programme.models import CourseAssignment

YEARS = 0.1  # of shifts: these pages show none of them
ADDRESSES = (
    "/learning/matrix",
    "/learning/matrix?narrowed=y",
    "/learning/matrix?narrowed=y&volunteer=y&overdue=y&due=y",
    "/learning/matrix?narrowed=y&order=name&page=5",
    "/learning/matrix/table.csv?narrowed=y",
)


def fill(courses: int, chance: random.Random) -> None:
    """Install so many courses, and give everybody passes, courses in progress and days by which some are due."""
    with db.writing():
        shipped = catalogue.shipped_packs()
        for number in range(courses):
            pack = shipped[number % len(shipped)]
            code = pack.code if number < len(shipped) else f"{pack.code}-{number}"
            catalogue.install(Pack.model_validate({**pack.model_dump(), "code": code}), by=None, now=NOW)
        installed = catalogue.all_courses()
        people = list(db.session.scalars(select(Person.id)))
        rows: dict[type[db.Model], list[dict[str, Any]]] = {Evidence: [], CourseAssignment: []}
        today = clock.on(NOW, ZONE)
        for person_id in people:
            for course, version in installed:
                at = NOW - timedelta(days=chance.randrange(1, 800))
                if chance.random() < 0.7:
                    rows[Evidence].append(
                        {"person_id": person_id, "kind": EVIDENCE_KIND, "key": course.code, "by_person_id": None}
                        | {"facts": {"course_version": version.id}, "happened_at": at, "recorded_at": at}
                        | {"valid_until": clock.on(at, ZONE) + timedelta(days=730)}
                    )
                elif chance.random() < 0.3:
                    rows[CourseAssignment].append(
                        {"person_id": person_id, "course_id": course.id, "assigned_by_id": people[0]}
                        | {"due_on": today + timedelta(days=chance.randrange(-30, 60)), "assigned_at": NOW}
                    )
        for model, made in rows.items():
            if made:
                put(model, made)


def main() -> None:
    """Fill a database, then open each page many times."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--people", type=int, default=500)
    parser.add_argument("--courses", type=int, default=20)
    parser.add_argument("--times", type=int, default=20)
    given = parser.parse_args()
    with filled_application(given.database, given.people, YEARS) as app:
        if len(catalogue.all_courses()) < given.courses:
            fill(given.courses, random.Random(1))
        print(f"{given.people} people, {len(catalogue.all_courses())} courses, {given.database}, one process")
        print(f"A bare page takes {bare_page(300):.2f} ms of processor time.")
        for address in ADDRESSES:
            it = measure(app, EVERY_ROLE, address, given.times)
            times = f"{it.median:8.1f} {it.slow:8.1f} {it.work:8.1f}"
            print(f"{address:60} {it.asked:4} {times} {it.size:6.1f}", flush=True)


if __name__ == "__main__":
    main()
