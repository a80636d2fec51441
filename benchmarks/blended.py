"""Make, solve and check a round-the-clock rota with a mix of people, and print the figures as one JSON line.

python -m benchmarks.blended --people 500 --weeks 4 --seconds 15 --seed 1
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import time
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from benchmarks.fed_rules import with_every_rule_fed
from benchmarks.usual_ways import longest_since_last_turn, self_sign_up, unevenness_of_nights, unsafe_shifts
from progression.duties import Duty
from progression.intervals import ALWAYS_SINCE, FOR_EVER, Interval, merged
from rota.scheduling.engine.solve import Report, solve
from rota.scheduling.roster import Limits, Roster, RosterLine, RosterPerson, RosterShift, filled_seats
from rota.scheduling.rules.base import Scope
from rota.scheduling.rules.policy import shipped_rules

ZONE = ZoneInfo("Europe/London")
FIRST = date(2027, 3, 1)
"""A Monday; the four weeks from it include the night on which clocks go forward."""

PEOPLE_FOR_ONE_SET_OF_CHANNELS = 500


def blended(people: int, weeks: int, seed: int) -> Roster:
    """Return a roster with a board, a chat and an on-call line for each 500 people.

    Board and chat have shifts of four hours, on call of twelve: some 1,400 seats in four weeks. A twentieth of the
    people are staff, the others volunteers and peers who offer a few hours a week, few of them at night. Some
    clearances end within the period.
    """
    chance = random.Random(seed)
    sets = max(1, round(people / PEOPLE_FOR_ONE_SET_OF_CHANNELS))
    seats = people / PEOPLE_FOR_ONE_SET_OF_CHANNELS / sets
    shifts: list[RosterShift] = []
    for number in range(sets):
        for day in range(weeks * 7):
            for hour in range(0, 24, 4):
                hosts = _line(Duty.HOST, 1 if seats < 0.5 else 2)
                board = (_line(Duty.LEAD, 1), _line(Duty.MODERATOR, 1), hosts)
                chat = (_line(Duty.MODERATOR, 2), hosts)
                shifts.append(_shift(len(shifts), f"Board {number + 1}", day, hour, 4, board))
                if seats > 0.3:
                    shifts.append(_shift(len(shifts), f"Chat {number + 1}", day, hour, 4, chat))
            for hour in (8, 20):
                on_call = (_line(Duty.ON_CALL, 1),)
                shifts.append(_shift(len(shifts), f"On call {number + 1}", day, hour, 12, on_call))
    crew = tuple(_person(number, people, weeks, chance) for number in range(people))
    return Roster(ZONE, shipped_rules(), crew, tuple(shifts))


def _line(duty: Duty, wanted: int) -> RosterLine:
    return RosterLine(duty, 1, wanted, wanted)


def _instant(day: int, hour: float) -> datetime:
    on = FIRST + timedelta(days=day + int(hour // 24))
    return datetime(on.year, on.month, on.day, int(hour % 24), tzinfo=ZONE).astimezone(UTC)


def _shift(number: int, channel: str, day: int, hour: int, hours: int, lines: tuple[RosterLine, ...]) -> RosterShift:
    return RosterShift(number, channel, _instant(day, hour), _instant(day, hour + hours), lines)


def _person(number: int, people: int, weeks: int, chance: random.Random) -> RosterPerson:
    kind = chance.random()
    lapses = _instant(chance.randrange(weeks * 7), 0) if chance.random() < 0.05 else FOR_EVER
    cleared = (Interval(ALWAYS_SINCE, lapses),)
    offered: list[Interval] = []
    if kind < 0.06:
        duties: tuple[Duty, ...] = (Duty.LEAD, Duty.MODERATOR, Duty.ON_CALL)
        rests = chance.randrange(7)
        starts, length = chance.choice([(0, 12), (8, 12), (12, 12), (20, 12)])
        for day in range(weeks * 7):
            if day % 7 not in (rests, (rests + 1) % 7):
                offered.append(Interval(_instant(day, starts), _instant(day, starts + length)))
        most = 40 * 60
    else:
        duties = (Duty.MODERATOR,) if kind < 0.45 else (Duty.HOST,)
        if kind < 0.12:
            duties = (Duty.LEAD, Duty.MODERATOR)
        for _ in range(chance.randint(2, 4)):
            weekday = chance.randrange(7)
            starts = chance.choices((0, 4, 8, 12, 16, 20), (1, 1, 3, 4, 8, 6))[0]
            length = chance.choice((4, 4, 8))
            for week in range(weeks):
                if chance.random() < 0.85:
                    day = week * 7 + weekday
                    offered.append(Interval(_instant(day, starts), _instant(day, starts + length)))
        most = chance.choice((4, 8, 8, 12)) * 60
    young = kind > 0.9
    age_in_days = chance.randrange(16 * 366, 18 * 366) if young else chance.randrange(19 * 366, 60 * 366)
    return RosterPerson(
        id=number,
        name=f"Person {number}",
        clearances=dict.fromkeys(duties, cleared),
        availability=merged(offered),
        born_on=FIRST - timedelta(days=age_in_days),
        is_newcomer=chance.random() < 0.1 and kind > 0.12,
        limits=Limits(most_minutes_a_week=most),
        load=chance.choice((0, 0, 0, 480, 960)),
    )


def measured(roster: Roster, seconds: float, seed: int, report: Report | None = None) -> dict[str, Any]:
    """Return the figures of one rota, solved by the engine and by the two usual ways."""
    started, began_work = time.monotonic(), time.process_time()
    filled_at: list[tuple[float, float]] = []

    def watch(state: dict[str, Any]) -> None:
        filled_at.append((time.monotonic() - started, time.process_time() - began_work))
        if report is not None:
            report(state)

    proposal = solve(roster, seconds=seconds, seed=seed, report=watch)
    taken, worked = time.monotonic() - started, time.process_time() - began_work
    if report is not None:
        for result in proposal.objectives:
            report({"objective": result.objective.words, "value": result.value, "bound": result.bound})
    fairness = proposal.objectives[-1]
    figures: dict[str, Any] = {
        "people": len(roster.people),
        "seats": proposal.seats,
        "filled": proposal.filled,
        "most_fillable": proposal.bound,
        "proved": proposal.proved,
        "seconds": round(taken, 2),
        "processor_seconds": round(worked, 2),
        "seconds_to_best_cover": round(filled_at[-1][0], 2),
        "processor_seconds_to_best_cover": round(filled_at[-1][1], 2),
        "peak_mib": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        "breaches": sum(1 for breach in proposal.breaches if breach.scope is Scope.PERSON),
        "shifts_not_safe": unsafe_shifts(roster, proposal.plan),
        "unevenness": fairness.value,
        "unevenness_bound": fairness.bound,
        "nights_uneven": round(unevenness_of_nights(roster, proposal.plan), 3),
    }
    for name, plan in (
        ("self_sign_up", self_sign_up(roster, seed)),
        ("longest_since_last_turn", longest_since_last_turn(roster)),
    ):
        figures[name] = {
            "filled": filled_seats(roster, plan),
            "shifts_not_safe": unsafe_shifts(roster, plan),
            "nights_uneven": round(unevenness_of_nights(roster, plan), 3),
        }
    return figures


def main() -> None:
    """Measure one rota."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=500)
    parser.add_argument("--weeks", type=int, default=4)
    parser.add_argument("--seconds", type=float, default=15)
    parser.add_argument(
        "--seed",
        type=int,
        default=1,
        help="draws the people, the order in which they sign themselves up, and the engine's random choices; the same"
        " seed gives the same plan again unless the time ends the search",
    )
    parser.add_argument("--progress", action="store_true", help="print each report of the search")
    parser.add_argument("--fed", action="store_true", help="feed every rule: limits, wishes, standing seats, pairs")
    asked = parser.parse_args()
    roster = blended(asked.people, asked.weeks, asked.seed)
    if asked.fed:
        roster = with_every_rule_fed(roster, asked.seed)
    figures = measured(roster, asked.seconds, asked.seed, print if asked.progress else None)
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
