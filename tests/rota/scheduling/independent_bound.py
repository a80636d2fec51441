"""An upper bound of the wanted seats that any rota can fill, independent of the engine and its rules.

It is written from the wording of the rules, reads the roster's plain fields and imports no rule. Where in doubt it
leaves a rule out, so the bound is never too low.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from ortools.sat.python import cp_model

from app import clock
from progression.duties import Duty
from progression.intervals import Interval
from rota.scheduling.roster import Plan, Roster, RosterPerson, RosterShift, Stint

Seat = tuple[int, int, Duty]  # person, shift, duty
HOUR = timedelta(hours=1)


def wanted_seats(roster: Roster) -> int:
    """Return how many seats are wanted."""
    return sum(line.wanted for shift in roster.shifts for line in shift.lines)


def filled_of(roster: Roster, plan: Plan) -> int:
    """Return how many wanted seats a plan fills."""
    return sum(min(line.wanted, len(plan.on(shift.id, line.duty))) for shift in roster.shifts for line in shift.lines)


def most_fillable(roster: Roster) -> int:
    """Return the most wanted seats that any plan can fill within the law, training and people's own times."""
    model = cp_model.CpModel()
    works = {
        (person.id, shift.id, line.duty): model.new_bool_var(f"{person.id} {shift.id} {line.duty}")
        for person in roster.people
        for shift in roster.shifts
        for line in shift.lines
        if _could(roster, person, shift, line.duty)
    }
    for person in roster.people:
        _add_person_rules(model, roster, person, works)
    filled = []
    for shift in roster.shifts:
        for line in shift.lines:
            there = [seat for (_, at, duty), seat in works.items() if at == shift.id and duty is line.duty]
            counted = model.new_int_var(0, line.wanted, f"{shift.id} {line.duty}")
            model.add(counted <= sum(there))
            model.add(sum(there) <= line.most)
            filled.append(counted)
        _add_host_rule(model, roster, shift, works)
    model.maximize(sum(filled))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 2
    solver.parameters.random_seed = 1
    assert solver.solve(model) == cp_model.OPTIMAL
    return round(solver.objective_value)


def _could(roster: Roster, person: RosterPerson, shift: RosterShift, duty: Duty) -> bool:
    def within(intervals: tuple[Interval, ...]) -> bool:
        return any(each.start <= shift.starts_at and shift.ends_at <= each.end for each in intervals)

    if not within(person.clearances.get(duty, ())) or not within(person.availability):
        return False
    young = not _is_adult(roster, person, shift)
    if young and _touches_the_night(roster, shift):
        return False
    rest = 12 * HOUR if young else 11 * HOUR
    return all(
        other.ends_at + rest <= shift.starts_at or shift.ends_at + rest <= other.starts_at
        for other in person.commitments
    )


def _is_adult(roster: Roster, person: RosterPerson, shift: RosterShift) -> bool:
    return person.adult_on is not None and clock.on(shift.starts_at, roster.zone) >= person.adult_on


def _touches_the_night(roster: Roster, shift: RosterShift) -> bool:
    """Whether the shift overlaps the time between 22:00 and 06:00 on the organisation's clock."""
    quarter = timedelta(minutes=15)
    at = shift.starts_at
    while at < shift.ends_at:
        hour = at.astimezone(roster.zone).hour
        if hour >= 22 or hour < 6:
            return True
        at += quarter
    return False


def _add_person_rules(
    model: cp_model.CpModel, roster: Roster, person: RosterPerson, works: dict[Seat, cp_model.IntVar]
) -> None:
    """Forbid two places at once, too little rest, and too many hours in a day or a week."""
    mine = [
        (shift, duty, seat)
        for (who, at, duty), seat in works.items()
        if who == person.id
        for shift in [roster.shift_by_id[at]]
    ]
    for index, (shift, _duty, seat) in enumerate(mine):
        for other, _other_duty, other_seat in mine[index + 1 :]:
            rest = 11 * HOUR if _is_adult(roster, person, shift) else 12 * HOUR
            if shift.id == other.id or not (
                shift.ends_at + rest <= other.starts_at or other.ends_at + rest <= shift.starts_at
            ):
                model.add_at_most_one(seat, other_seat)
    working = [(shift, seat) for shift, duty, seat in mine if duty is not Duty.ON_CALL]
    history = [stint for stint in person.commitments if stint.duty is not Duty.ON_CALL]
    for begins in {shift.starts_at for shift, _ in working} | {stint.starts_at for stint in history}:
        for length, adult, young in ((24 * HOUR, 12, 8), (168 * HOUR, 48, 40)):
            ends = begins + length
            most = adult if person.adult_on and clock.on(begins, roster.zone) >= person.adult_on else young
            terms = [(_minutes(shift, begins, ends), seat) for shift, seat in working]
            done = sum(_minutes(stint, begins, ends) for stint in history)
            model.add(sum(minutes * seat for minutes, seat in terms) <= max(0, most * 60 - done))


def _minutes(span: RosterShift | Stint, begins: datetime, ends: datetime) -> int:
    shared = min(span.ends_at, ends) - max(span.starts_at, begins)
    return max(0, round(shared / timedelta(minutes=1)))


def _add_host_rule(
    model: cp_model.CpModel, roster: Roster, shift: RosterShift, works: dict[Seat, cp_model.IntVar]
) -> None:
    """Require a lead or a moderator for each three hosts."""
    if shift.blend_exempt:
        return
    hosts = [seat for (_, at, duty), seat in works.items() if at == shift.id and duty is Duty.HOST]
    supervisors = [
        seat for (_, at, duty), seat in works.items() if at == shift.id and duty in (Duty.LEAD, Duty.MODERATOR)
    ]
    model.add(sum(hosts) <= 3 * sum(supervisors))
