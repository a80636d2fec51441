"""The last objectives of a plan: seats taken from their holders, and the price of wishes and unevenness.

Like `brute_force`, computed from the wording of the rules, importing no rule and no engine module.
"""

from __future__ import annotations

from datetime import timedelta
from math import ceil

from progression.duties import Duty
from rota.scheduling.roster import Plan, Roster, RosterPerson, RosterShift, Seating, Stint, Wish
from tests.rota.scheduling.engine import brute_force

SATURDAY = 5


def changes(roster: Roster, plan: Plan) -> int:
    """Return how many standing seats their holders lose."""
    return len(set(roster.current) - plan.seatings)


def unevenness(roster: Roster, plan: Plan) -> int:
    """Return the last objective: the price of each person's share and of wishes missed."""
    total = sum(share(roster, plan, one) + missed(roster, plan, one) for one in roster.people)
    for pair in roster.pairs:
        for s in roster.shifts:
            here = {p.id for p, _ in brute_force.crew(roster, s, plan)}
            total += roster.rules.together.price * (pair.together and len(here & {pair.first_id, pair.second_id}) == 1)
    return total


def stint_of(s: RosterShift, duty: Duty) -> Stint:
    return Stint(s.starts_at, s.ends_at, duty, s.channel, s.id, kind=s.kind)


def mine(roster: Roster, plan: Plan, one: RosterPerson) -> list[Stint]:
    by_id = {s.id: s for s in roster.shifts}
    return [stint_of(by_id[seat.shift_id], seat.duty) for seat in plan.seatings if seat.person_id == one.id]


def measures(roster: Roster, stint: Stint) -> tuple[int, int, int]:
    """Return what a stint adds to nights, weekend shifts and minutes."""
    weekend = stint.starts_at.astimezone(roster.zone).weekday() >= SATURDAY
    minutes = round((stint.ends_at - stint.starts_at) / timedelta(minutes=1))
    return int(brute_force.is_night(roster, stint)), int(weekend), minutes


def share(roster: Roster, plan: Plan, one: RosterPerson) -> int:
    """Return the price of one person's nights, weekend shifts and blocks of four hours.

    Each costs more than the one before, the more so the fewer were offered. The load from before the period counts as
    nights of eight hours already worked.
    """
    offer = {
        s.id: measures(roster, stint_of(s, line.duty))
        for s in roster.shifts
        for line in s.lines
        if brute_force.may_sit(roster, one, s, line.duty)
    }
    worked = [measures(roster, stint) for stint in mine(roster, plan, one)]
    rules, total = roster.rules.fairness, 0
    for n, (price, unit, had) in enumerate(
        [(rules.night_price, 1, ceil(one.load / 480)), (rules.weekend_price, 1, 0), (rules.hours_price, 240, 0)]
    ):
        offered = max(1, ceil(sum(m[n] for m in offer.values()) / unit))
        for piece in range(ceil(sum(m[n] for m in worked) / unit)):
            total += price * (2 * (min(piece, rules.most - 1) + had) + 1) * 1000 // offered
    return total


def missed(roster: Roster, plan: Plan, one: RosterPerson) -> int:
    """Return the price of wishes not granted, and of nights too many after a heavy period."""
    seats = [(s, line.duty) for s in roster.shifts for line in s.lines]
    if not one.commitments and not any(brute_force.may_sit(roster, one, s, duty) for s, duty in seats):
        return 0  # A person who can be given nothing has no price.
    stints, total = mine(roster, plan, one), 0
    for wish in one.wishes:
        matching = sum(matches(roster, wish, stint) for stint in stints)
        total += wish.price * ((not matching) if wish.wanted else matching)
    for slot in one.slots:
        for s in roster.shifts:
            start = s.starts_at.astimezone(roster.zone)
            is_theirs = (start.weekday(), start.time(), s.channel) == (slot.weekday, slot.starts, slot.channel)
            if is_theirs and any(line.duty is slot.duty for line in s.lines):
                total += roster.rules.standing_slots.price * (Seating(s.id, slot.duty, one.id) not in plan.seatings)
    rules = roster.rules.lighter_after_heavy
    if one.load >= rules.heavy_from_hours * 60:
        first = brute_force.period(roster)[0]
        days = [(s, s.starts_at.astimezone(roster.zone).date()) for s in (*stints, *one.commitments)]
        soon = [s for s, day in days if first <= day < first + timedelta(days=rules.days)]
        total += rules.price * max(0, sum(brute_force.is_night(roster, s) for s in soon) - rules.most)
    return total


def matches(roster: Roster, wish: Wish, stint: Stint) -> bool:
    on = stint.starts_at.astimezone(roster.zone).date()
    return (wish.day is None or wish.day == on) and (wish.channel is None or wish.channel == stint.channel)
