"""Solve an instance of the public Shift Scheduling Benchmark (Curtois and Qu, 2014) under the product's own rules.

    python -m benchmarks.shift_scheduling Instance1.txt --seconds 60 --seed 1 --out solution.txt

Writes one line for each employee, one entry for each day, and ends with one JSON line.
"""

from __future__ import annotations

import argparse
import json
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from benchmarks.column_generation.weighted_sum import minimise_cost
from progression.duties import Duty
from progression.intervals import ALWAYS_SINCE, FOR_EVER, Interval, merged
from rota.scheduling.roster import Limits, Plan, Roster, RosterLine, RosterPerson, RosterShift, Wish
from rota.scheduling.rules.policy import RotaRules, Severity, shipped_rules

FIRST = date(2027, 3, 1)
"""A Monday, as every instance begins on one."""

USED = (
    "availability",
    "one_a_day",
    "successions",
    "longest_run",
    "shortest_run",
    "shortest_break",
    "weekends",
    "most_they_asked",
    "least_they_asked",
)
"""The product's rules that state the benchmark's, besides clearance, overlap and room, which always hold."""


def read(path: Path) -> Roster:
    """Return an instance as a roster: a shift for each kind on each day, one duty, prices for people short and over."""
    sections = _sections(path)
    horizon = int(sections["SECTION_HORIZON"][0][0])
    minutes = {row[0]: int(row[1]) for row in sections["SECTION_SHIFTS"]}
    followers = {
        row[0]: frozenset(k for k in row[2].split("|") if k) for row in sections["SECTION_SHIFTS"] if len(row) > 2
    }
    off = {row[0]: {int(day) for day in row[1:] if day} for row in sections.get("SECTION_DAYS_OFF", [])}
    wishes: dict[str, list[Wish]] = {}
    for section, wanted in (("SECTION_SHIFT_ON_REQUESTS", True), ("SECTION_SHIFT_OFF_REQUESTS", False)):
        for who, on, shift_kind, price in sections.get(section, []):
            wish = Wish(wanted, int(price), day=_day(int(on)), kind=shift_kind)
            wishes.setdefault(who, []).append(wish)
    staff = sections["SECTION_STAFF"]
    cover = {(int(row[0]), row[1]): row[2:] for row in sections["SECTION_COVER"]}
    shifts: list[RosterShift] = []
    for day in range(horizon):
        for kind, length in minutes.items():
            people_wanted, short, over = (int(v) for v in cover.get((day, kind), ("0", "0", "0")))
            line = RosterLine(Duty.MODERATOR, 0, people_wanted, len(staff) + people_wanted, short, over)
            starts = _midnight(day)
            ends = starts + timedelta(minutes=min(length, 24 * 60))
            shifts.append(
                RosterShift(len(shifts), "", starts, ends, (line,), True, day=_day(day), kind=kind, minutes=length)
            )
    people = tuple(
        _person(n, row, off.get(row[0], set()), horizon, tuple(wishes.get(row[0], ()))) for n, row in enumerate(staff)
    )
    rules = _rules(followers)
    return Roster(ZoneInfo("UTC"), rules, people, tuple(shifts), starts_on=_day(0), ends_on=_day(horizon - 1))


def _sections(path: Path) -> dict[str, list[list[str]]]:
    sections: dict[str, list[list[str]]] = {}
    rows: list[list[str]] = []
    for line in path.read_text(encoding="utf-8-sig").splitlines():
        text = line.strip()
        if text.startswith("SECTION_"):
            rows = sections.setdefault(text, [])
        elif text and not text.startswith("#"):
            rows.append([part.strip() for part in text.split(",")])
    return sections


def _person(number: int, row: list[str], off: set[int], horizon: int, wishes: tuple[Wish, ...]) -> RosterPerson:
    most_by_kind = {kind: int(most) for kind, most in (part.split("=") for part in row[1].split("|") if part)}
    most, least, longest, shortest, days_off, weekends = (int(value) for value in row[2:8])
    return RosterPerson(
        id=number,
        name=row[0],
        clearances={Duty.MODERATOR: (Interval(ALWAYS_SINCE, FOR_EVER),)},
        availability=merged(Interval(_midnight(d), _midnight(d + 1)) for d in range(horizon) if d not in off),
        limits=Limits(
            most_minutes=most,
            least_minutes=least,
            most_by_kind=most_by_kind,
            longest_run=longest,
            shortest_run=shortest,
            shortest_break=days_off,
            most_weekends=weekends,
        ),
        wishes=wishes,
    )


def _rules(followers: dict[str, frozenset[str]]) -> RotaRules:
    values = shipped_rules().model_dump()
    for key, settings in values.items():
        always = key in ("clearance", "overlap", "room")
        settings["severity"] = Severity.HARD if always or key in USED else Severity.UNUSED
    values["wishes"]["severity"] = Severity.WISH
    values["successions"]["forbidden"] = followers
    return RotaRules.model_validate(values)


def _day(number: int) -> date:
    return FIRST + timedelta(days=number)


def _midnight(number: int) -> datetime:
    on = _day(number)
    return datetime(on.year, on.month, on.day, tzinfo=UTC)


def write(roster: Roster, plan: Plan) -> str:
    """Return the plan in the form that the benchmark's checker reads."""
    first, last = roster.days
    lines = []
    for person in roster.people:
        worked = {
            roster.day_of(shift): shift.kind
            for shift in (roster.shift_by_id[s.shift_id] for s in plan.by_person.get(person.id, ()))
        }
        days = (worked.get(first + timedelta(days=n), "-") for n in range((last - first).days + 1))
        lines.append(f"{person.name}:{','.join(days)}")
    return "\n".join(lines) + "\n"


def main() -> None:
    """Solve one instance."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("instance", type=Path)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path)
    asked = parser.parse_args()
    roster = read(asked.instance)
    result = minimise_cost(roster, seconds=asked.seconds, seed=asked.seed)
    if result.plan is not None and asked.out is not None:
        asked.out.write_text(write(roster, result.plan), encoding="utf-8")
    figures = {
        "instance": asked.instance.stem,
        "cost": result.cost,
        "bound": result.bound,
        "proved": result.is_proved,
        "seconds": round(result.seconds, 2),
        "processor_seconds": round(time.process_time(), 1),
    }
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
