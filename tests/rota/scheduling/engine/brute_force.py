"""Every plan of a small roster, judged by the wording of the rules. It imports no rule and no engine module.

Slow and plain on purpose: the engine must agree with it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import combinations, pairwise, product

from progression.duties import Duty
from rota.scheduling.roster import Plan, Roster, RosterPerson, RosterShift, Seating, Stint

MINUTE = timedelta(minutes=1)


def plans(roster: Roster) -> Iterator[Plan]:
    """Yield every plan that keeps the rules about filled seats."""
    seats = [(shift, line.duty) for shift in roster.shifts for line in shift.lines]
    crews = []
    for shift, duty in seats:
        able = [p.id for p in roster.people if may_sit(roster, p, shift, duty)]
        line = shift.line(duty)
        assert line is not None
        crews.append([c for size in range(line.most + 1) for c in combinations(able, size)])
    for choice in product(*crews):
        seatings = frozenset(
            Seating(shift.id, duty, who) for (shift, duty), crew in zip(seats, choice, strict=True) for who in crew
        )
        if keeps_rules(roster, Plan(seatings)):
            yield Plan(seatings)


def may_sit(roster: Roster, person: RosterPerson, shift: RosterShift, duty: Duty) -> bool:
    """Whether the person is cleared, available, old enough for the hours, and not resting after a hard shift."""
    if not any(i.start <= shift.starts_at and shift.ends_at <= i.end for i in person.clearances.get(duty, ())):
        return False
    if not any(i.start <= shift.starts_at and shift.ends_at <= i.end for i in person.availability):
        return False
    rest = timedelta(hours=roster.rules.cool_down.hours)
    if any(c.was_hard and c.ends_at <= shift.starts_at < c.ends_at + rest for c in person.commitments):
        return False
    minute = shift.starts_at
    while minute < shift.ends_at:
        clock = minute.astimezone(roster.zone).time()
        if not is_adult(roster, person, minute) and (clock.hour >= 22 or clock.hour < 6):
            return False
        minute += 15 * MINUTE
    return True


def is_adult(roster: Roster, person: RosterPerson, at: datetime) -> bool:
    if person.born_on is None:
        return False
    today = at.astimezone(roster.zone).date()
    years = today.year - person.born_on.year
    return years - ((today.month, today.day) < (person.born_on.month, person.born_on.day)) >= 18


def keeps_rules(roster: Roster, plan: Plan) -> bool:
    return all(keeps_own_rules(roster, p, plan) for p in roster.people) and all(
        is_well_mixed(roster, s, plan) for s in roster.shifts
    )


def keeps_own_rules(roster: Roster, person: RosterPerson, plan: Plan) -> bool:
    """Whether the plan keeps the rules about one person."""
    rules = roster.rules
    mine = [
        Stint(s.starts_at, s.ends_at, seating.duty, s.channel, s.id, kind=s.kind)
        for seating in plan.seatings
        if seating.person_id == person.id
        for s in roster.shifts
        if s.id == seating.shift_id
    ]
    stints = sorted([*mine, *person.commitments], key=lambda s: (s.starts_at, s.ends_at))
    days = [s.starts_at.astimezone(roster.zone).date() for s in stints]
    for a, b in combinations(range(len(stints)), 2):
        first, second = stints[a], stints[b]
        hours = rules.rest.adult_hours if is_adult(roster, person, first.ends_at) else rules.rest.under_18_hours
        if rules.rest.severity == "wish" and not (person.stage and person.stage in rules.rest.stricter_for):
            hours = rules.rest.never_under_hours
        if second.starts_at < first.ends_at + timedelta(hours=hours):
            return False
    for length, settings in ((timedelta(hours=24), rules.hours_in_a_day), (timedelta(days=7), rules.hours_in_a_week)):
        counted = [s for s in stints if s.duty not in settings.exempt_duties]
        for begin in {s.starts_at for s in counted} | {s.ends_at - length for s in counted}:
            worked = young = 0
            for s in counted:
                minute = max(s.starts_at, begin)
                while minute < min(s.ends_at, begin + length):
                    worked += 15
                    young += 0 if is_adult(roster, person, minute) else 15
                    minute += 15 * MINUTE
            if worked > settings.adult_hours * 60 or young > settings.under_18_hours * 60:
                return False
    nights = {d for d, s in zip(days, stints, strict=True) if is_night(roster, s)}
    if longest(nights) > rules.nights_in_a_row.most or longest(set(days)) > (rules.longest_run.most or 99):
        return False
    opens, closes = period(roster)
    inside = [s for d, s in zip(days, stints, strict=True) if opens <= d <= closes]
    most_nights = rules.nights_in_the_period.most if person.limits.most_nights is None else person.limits.most_nights
    if sum(is_night(roster, s) for s in inside) > most_nights:
        return False
    for day in nights:
        run = all(day - timedelta(days=n) in nights for n in range(rules.recovery_after_nights.most))
        if run and day + timedelta(days=1) not in nights:
            ends = max(s.ends_at for d, s in zip(days, stints, strict=True) if d == day and is_night(roster, s))
            until = ends + timedelta(hours=rules.recovery_after_nights.hours)
            if any(ends <= s.starts_at < until for s in stints):
                return False
    if rules.one_a_day.severity == "hard" and len(set(days)) < len(days):
        return False
    for (before, one), (after, other) in product(zip(days, stints, strict=True), repeat=2):
        forbidden = rules.successions.forbidden.get(one.kind, ())
        if rules.successions.severity == "hard" and after == before + timedelta(days=1) and other.kind in forbidden:
            return False
    limits = person.limits
    for kind, most in limits.most_by_kind.items():
        if sum(s.kind == kind for s in inside) > most:
            return False
    for day in days:
        monday = day - timedelta(days=day.weekday())
        week = [s for d, s in zip(days, stints, strict=True) if monday <= d < monday + timedelta(days=7)]
        hours = sum((s.ends_at - s.starts_at) / MINUTE for s in week)
        most_hours = limits.most_minutes_a_week
        if most_hours is not None and opens <= day <= closes and hours > most_hours:
            return False
    if limits.most_shifts is not None and len(inside) > limits.most_shifts:
        return False
    if (
        limits.most_minutes is not None
        and sum((s.ends_at - s.starts_at) / MINUTE for s in inside) > limits.most_minutes
    ):
        return False
    weekends = {d.isocalendar()[:2] for d in days if d.weekday() >= 5 and opens <= d <= closes}
    if limits.most_weekends is not None and len(weekends) > limits.most_weekends:
        return False
    least_off = limits.shortest_break
    worked_days = sorted(set(days))
    gaps = [(b - a).days - 1 for a, b in pairwise(worked_days)]
    return least_off is None or not any(0 < gap < least_off for gap in gaps)


def is_night(roster: Roster, stint: Stint) -> bool:
    minutes, minute = 0, stint.starts_at
    while minute < stint.ends_at:
        hour = minute.astimezone(roster.zone).hour
        minutes += 15 if hour >= 23 or hour < 6 else 0
        minute += 15 * MINUTE
    return minutes >= 180 and stint.duty is not Duty.ON_CALL


def longest(days: set[date]) -> int:
    return max((next(n for n in range(1, 99) if d + timedelta(days=n) not in days) for d in days), default=0)


def period(roster: Roster) -> tuple[date, date]:
    days = [s.starts_at.astimezone(roster.zone).date() for s in roster.shifts]
    return min(days), max(days)


def crew(roster: Roster, shift: RosterShift, plan: Plan) -> list[tuple[RosterPerson, Duty]]:
    return [(p, s.duty) for s in plan.seatings if s.shift_id == shift.id for p in roster.people if p.id == s.person_id]


def is_well_mixed(roster: Roster, shift: RosterShift, plan: Plan) -> bool:
    """Whether the shift keeps the rules about the mix that hold for every filled seat, however few are filled."""
    here = crew(roster, shift, plan)
    for pair in roster.pairs:
        both = {pair.first_id, pair.second_id} & {p.id for p, _ in here}
        if not pair.together and len(both) == 2:
            return False
        if pair.together and len(both) == 1 and roster.rules.together.severity == "hard":
            return False
    if shift.blend_exempt:
        return True
    watching = [p for p, d in here if d in (Duty.LEAD, Duty.MODERATOR)]
    steady = sum(1 for p in watching if not p.is_newcomer)
    peers = sum(1 for _, d in here if d is Duty.HOST)
    shadows = sum(1 for _, d in here if d is Duty.SHADOW)
    new = sum(1 for p, d in here if p.is_newcomer and d not in (Duty.SHADOW, Duty.ON_CALL))
    if shadows > roster.rules.shadows_beside.most_each * steady:
        return False
    if not has_mix(shift):
        return True
    return (
        peers <= roster.rules.peers_beside.most_each * len(watching)
        and new <= roster.rules.newcomers_beside.most_each * steady
    )


def has_mix(shift: RosterShift) -> bool:
    return not shift.blend_exempt and any(line.duty not in (Duty.ON_CALL, Duty.SHADOW) for line in shift.lines)


def objective_values(roster: Roster, plan: Plan) -> tuple[int, ...]:
    """Return the cover objectives in order: senior, blend, minimum, wanted, shadows. Fewer is better."""
    senior = minimum = wanted = shadows = 0
    unsafe = 0
    for shift in roster.shifts:
        here = crew(roster, shift, plan)
        for line in shift.lines:
            there = sum(1 for _, d in here if d is line.duty)
            if line.duty is Duty.SHADOW:
                shadows += max(0, line.wanted - there)
                continue
            minimum += max(0, line.minimum - there)
            wanted += max(0, line.wanted - there)
            if line.duty in (Duty.LEAD, Duty.ON_CALL):
                senior += max(0, line.minimum - there)
        if has_mix(shift):
            mixed = [(p, d) for p, d in here if d not in (Duty.ON_CALL, Duty.SHADOW)]
            steady = [
                p
                for p, d in mixed
                if d in (Duty.LEAD, Duty.MODERATOR) and not p.is_newcomer and is_adult(roster, p, shift.starts_at)
            ]
            unsafe += not (len(mixed) >= roster.rules.nobody_alone.at_least and steady)
    return senior, unsafe, minimum, wanted, shadows
