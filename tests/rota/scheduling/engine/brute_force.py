"""Every plan of a small roster, judged by the wording of the rules. It imports no rule and no engine module.

Slow and plain on purpose: the engine must agree with it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
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
    mine = [
        Stint(s.starts_at, s.ends_at, seating.duty, s.channel, s.id, kind=s.kind)
        for seating in plan.seatings
        if seating.person_id == person.id
        for s in roster.shifts
        if s.id == seating.shift_id
    ]
    stints = sorted([*mine, *person.commitments], key=lambda s: (s.starts_at, s.ends_at))
    dated = [(s.starts_at.astimezone(roster.zone).date(), s) for s in stints]
    keeps = (rests_enough, keeps_hours, keeps_nights, recovers_after_nights, keeps_days, keeps_totals)
    return all(kept(roster, person, dated) for kept in keeps)


Dated = list[tuple[date, Stint]]
"""The stints of one person in order of their start, each with the day it belongs to."""


def rests_enough(roster: Roster, person: RosterPerson, dated: Dated) -> bool:
    rest = roster.rules.rest
    for (_, first), (_, second) in combinations(dated, 2):
        hours = rest.adult_hours if is_adult(roster, person, first.ends_at) else rest.under_18_hours
        if rest.severity == "wish" and not (person.stage and person.stage in rest.stricter_for):
            hours = rest.never_under_hours
        if second.starts_at < first.ends_at + timedelta(hours=hours):
            return False
    return True


def keeps_hours(roster: Roster, person: RosterPerson, dated: Dated) -> bool:
    rules = roster.rules
    for length, settings in ((timedelta(hours=24), rules.hours_in_a_day), (timedelta(days=7), rules.hours_in_a_week)):
        counted = [s for _, s in dated if s.duty not in settings.exempt_duties]
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
    return True


def keeps_nights(roster: Roster, person: RosterPerson, dated: Dated) -> bool:
    rules = roster.rules
    nights = {d for d, s in dated if is_night(roster, s)}
    most_nights = rules.nights_in_the_period.most if person.limits.most_nights is None else person.limits.most_nights
    if sum(is_night(roster, s) for s in within_period(roster, dated)) > most_nights:
        return False
    return longest(nights) <= rules.nights_in_a_row.most


def recovers_after_nights(roster: Roster, _person: RosterPerson, dated: Dated) -> bool:
    rule = roster.rules.recovery_after_nights
    nights = {d for d, s in dated if is_night(roster, s)}
    for day in nights:
        run = all(day - timedelta(days=n) in nights for n in range(rule.most))
        if run and day + timedelta(days=1) not in nights:
            ends = max(s.ends_at for d, s in dated if d == day and is_night(roster, s))
            if any(ends <= s.starts_at < ends + timedelta(hours=rule.hours) for _, s in dated):
                return False
    return True


def keeps_days(roster: Roster, person: RosterPerson, dated: Dated) -> bool:
    rules, days = roster.rules, {d for d, _ in dated}
    if longest(days) > (rules.longest_run.most or 99):
        return False
    if rules.one_a_day.severity == "hard" and len(days) < len(dated):
        return False
    for (before, one), (after, other) in product(dated, repeat=2):
        forbidden = rules.successions.forbidden.get(one.kind, ())
        if rules.successions.severity == "hard" and after == before + timedelta(days=1) and other.kind in forbidden:
            return False
    least_off = person.limits.shortest_break
    gaps = [(b - a).days - 1 for a, b in pairwise(sorted(days))]
    return least_off is None or not any(0 < gap < least_off for gap in gaps)


def keeps_totals(roster: Roster, person: RosterPerson, dated: Dated) -> bool:
    limits, inside = person.limits, within_period(roster, dated)
    opens, closes = period(roster)
    weekends = {d.isocalendar()[:2] for d, _ in dated if d.weekday() >= 5 and opens <= d <= closes}
    within = [
        at_most(len(inside), limits.most_shifts),
        at_most(minutes(inside), limits.most_minutes),
        at_most(len(weekends), limits.most_weekends),
        *(sum(s.kind == kind for s in inside) <= most for kind, most in limits.most_by_kind.items()),
    ]
    for day, _ in dated:
        monday = day - timedelta(days=day.weekday())
        week = [s for d, s in dated if monday <= d < monday + timedelta(days=7)]
        within.append(not opens <= day <= closes or at_most(minutes(week), limits.most_minutes_a_week))
    return all(within)


def within_period(roster: Roster, dated: Dated) -> list[Stint]:
    opens, closes = period(roster)
    return [s for d, s in dated if opens <= d <= closes]


def minutes(stints: Iterable[Stint]) -> float:
    return sum((s.ends_at - s.starts_at) / MINUTE for s in stints)


def at_most(reached: float, limit: int | None) -> bool:
    return limit is None or reached <= limit


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
