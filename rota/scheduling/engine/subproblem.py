"""A roster reduced to some of its shifts, with the rest of the plan held."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace

from rota.scheduling.roster import Plan, Roster, RosterPerson, Stint


def subproblem(roster: Roster, plan: Plan, shift_ids: Collection[int]) -> Roster:
    """Return the roster with these shifts only.

    The plan's seats on other shifts become commitments of their people; its seats on these shifts are the standing
    seats, which a new plan changes as little as possible.
    """
    inside = set(shift_ids)
    first, last = roster.days

    def with_seats_elsewhere(person: RosterPerson) -> RosterPerson:
        elsewhere = [
            replace(roster.stint(roster.shift_by_id[s.shift_id], s.duty), shift_id=None)
            for s in plan.by_person.get(person.id, ())
            if s.shift_id not in inside
        ]
        return replace(person, commitments=_by_time((*person.commitments, *elsewhere))) if elsewhere else person

    return replace(
        roster,
        people=tuple(with_seats_elsewhere(person) for person in roster.people),
        shifts=tuple(shift for shift in roster.shifts if shift.id in inside),
        fixed=tuple(s for s in roster.fixed if s.shift_id in inside),
        current=tuple(sorted(s for s in plan.seatings if s.shift_id in inside)),
        starts_on=first,
        ends_on=last,
    )


def _by_time(stints: Iterable[Stint]) -> tuple[Stint, ...]:
    return tuple(sorted(stints, key=lambda stint: (stint.starts_at, stint.ends_at)))
