"""A roster as a test case: the JSON that tests/rota/scheduling/engine/cases holds, without anything private.

A case has words on what makes it hard, the roster, only those figures of the rules that differ from the shipped ones,
and what is expected of a proposal, which a person works out by hand.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from rota.scheduling.instants import ADULT_AT
from rota.scheduling.roster import Roster, RosterPerson, Seating
from rota.scheduling.roster_json import roster_to_json
from rota.scheduling.rules.policy import RotaRules, shipped_rules

AN_ADULT = date(1990, 1, 1)  # the birth date of everybody who is an adult throughout


def as_case(roster: Roster, *, words: str) -> dict[str, Any]:
    """The case file of a roster, as JSON values. The number of seats is known; what else is expected is left open."""
    return {
        "words": words,
        "roster": {**roster_to_json(roster), "rules": _changed_figures(roster.rules)},
        "expected": {"seats_filled_bound": [roster.seats, None, None], "stages": {}, "breaches": []},
    }


def of_week(roster: Roster, monday: date) -> Roster:
    """The roster with the shifts of one week only. Fixed seats of other weeks become commitments of their people.

    Seats of other weeks that are not fixed are left out: a proposal may give them to somebody else.
    """
    sunday = monday + timedelta(days=6)
    shifts = tuple(shift for shift in roster.shifts if monday <= roster.day_of(shift) <= sunday)
    kept = {shift.id for shift in shifts}
    elsewhere = [seating for seating in roster.fixed if seating.shift_id not in kept]
    return replace(
        roster,
        people=tuple(_with_commitments(roster, person, elsewhere) for person in roster.people),
        shifts=shifts,
        fixed=tuple(seating for seating in roster.fixed if seating.shift_id in kept),
        current=tuple(seating for seating in roster.current if seating.shift_id in kept),
        starts_on=monday,
        ends_on=sunday,
    )


def without_birth_dates(roster: Roster) -> Roster:
    """The roster with birth dates that say only whether somebody is an adult.

    The day of an 18th birthday within the roster stays, because rules depend on it; an unknown age stays unknown.
    """
    first, last = _reach(roster)
    people = (replace(person, born_on=_coarse_birth_date(person, first, last)) for person in roster.people)
    return replace(roster, people=tuple(people))


def without_pairs(roster: Roster) -> Roster:
    """The roster without who is kept apart or together: that is private, and numbers instead of names hide little."""
    return replace(roster, pairs=())


def without_names(roster: Roster) -> Roster:
    """The roster with people numbered from 1 in the order of their ids, called "Person 1" and so on.

    Channels keep their names.
    """
    number = {person_id: place for place, person_id in enumerate(sorted(roster.person_by_id), 1)}

    def renumbered(seatings: tuple[Seating, ...]) -> tuple[Seating, ...]:
        return tuple(replace(seating, person_id=number[seating.person_id]) for seating in seatings)

    return replace(
        roster,
        people=tuple(
            replace(person, id=number[person.id], name=f"Person {number[person.id]}") for person in roster.people
        ),
        fixed=renumbered(roster.fixed),
        current=renumbered(roster.current),
    )


def _with_commitments(roster: Roster, person: RosterPerson, seatings: list[Seating]) -> RosterPerson:
    stints = [
        replace(roster.stint(roster.shift_by_id[seating.shift_id], seating.duty), shift_id=None)
        for seating in seatings
        if seating.person_id == person.id
    ]
    return replace(person, commitments=(*person.commitments, *stints)) if stints else person


def _reach(roster: Roster) -> tuple[date, date]:
    """The first and the last day on which anybody on the roster is on duty, here or elsewhere."""
    instants = [instant for shift in roster.shifts for instant in (shift.starts_at, shift.ends_at)]
    for person in roster.people:
        instants += [instant for stint in person.commitments for instant in (stint.starts_at, stint.ends_at)]
    days = [roster.day(instant) for instant in instants]
    first, last = roster.days
    return min(days, default=first), max(days, default=last)


def _coarse_birth_date(person: RosterPerson, first: date, last: date) -> date | None:
    if person.adult_on is None or first < person.adult_on <= last:
        return person.born_on
    # Under 18 throughout: the birth date of somebody who turns 18 at the end of the year after.
    return AN_ADULT if person.adult_on <= first else date(last.year + 1 - ADULT_AT, 12, 31)


def _changed_figures(rules: RotaRules) -> dict[str, dict[str, Any]]:
    """Of each rule the figures that differ from the shipped ones; where a figure comes from is left out."""
    shipped = shipped_rules().model_dump(mode="json")
    changed = {
        rule: {name: value for name, value in figures.items() if name != "source" and shipped[rule].get(name) != value}
        for rule, figures in rules.model_dump(mode="json").items()
    }
    return {rule: figures for rule, figures in changed.items() if figures}
