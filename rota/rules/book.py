"""The rules in force, listed once, in the order in which their reasons are told; and the checking face of a
plan."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from progression.duties import Duty
from rota.roster import Plan, Roster, RosterPerson, RosterShift, Seating, Stint
from rota.rules.base import Breach, PersonRule, Rule, SeatRule, ShiftRule
from rota.rules.blend import ExperiencedAdult, NobodyAlone, PeersBeside, Room
from rota.rules.hours import HoursInADay, HoursInAWeek, Overlap, Rest
from rota.rules.policy import RotaRules, Severity
from rota.rules.seats import Availability, Clearance, Under18Nights


@dataclass(frozen=True, slots=True)
class RuleBook:
    """The rules that a policy switches on, by what they speak of."""

    seats: tuple[SeatRule, ...]
    people: tuple[PersonRule, ...]
    shifts: tuple[ShiftRule, ...]

    def __iter__(self) -> Iterator[Rule]:
        yield from (*self.seats, *self.people, *self.shifts)


def rules_in_force(policy: RotaRules) -> RuleBook:
    """Every rule that is not switched off, each told before those that matter only once it holds."""
    seats: tuple[SeatRule, ...] = (
        Clearance(policy.clearance),
        Under18Nights(policy.under_18_nights),
        Availability(policy.availability),
    )
    people: tuple[PersonRule, ...] = (
        Overlap(policy.overlap),
        Rest(policy.rest),
        HoursInADay(policy.hours_in_a_day),
        HoursInAWeek(policy.hours_in_a_week),
    )
    shifts: tuple[ShiftRule, ...] = (
        Room(policy.room),
        PeersBeside(policy.peers_beside),
        NobodyAlone(policy.nobody_alone),
        ExperiencedAdult(policy.experienced_adult),
    )
    return RuleBook(
        tuple(rule for rule in seats if rule.severity is not Severity.OFF),
        tuple(rule for rule in people if rule.severity is not Severity.OFF),
        tuple(rule for rule in shifts if rule.severity is not Severity.OFF),
    )


def breaches(roster: Roster, plan: Plan) -> list[Breach]:
    """Every rule that the plan breaks. Breaches wholly outside this roster's shifts are left out."""
    book = rules_in_force(roster.rules)
    found: list[Breach] = []
    for person in roster.people:
        found += person_breaches(roster, book, person, roster.stints(person, plan.by_person.get(person.id, ())))
    for shift in roster.shifts:
        found += shift_breaches(roster, book, shift, plan)
    return found


def person_breaches(roster: Roster, book: RuleBook, person: RosterPerson, stints: Sequence[Stint]) -> list[Breach]:
    """What one person's stints break, given in order of their start."""
    rules: tuple[SeatRule | PersonRule, ...] = (*book.seats, *book.people)
    found = [breach for rule in rules for breach in rule.check(roster, person, stints)]
    return [breach for breach in found if breach.shift_ids]


def shift_breaches(roster: Roster, book: RuleBook, shift: RosterShift, plan: Plan) -> list[Breach]:
    """What those on one shift break together."""
    crew = [(roster.person_by_id[s.person_id], s.duty) for s in plan.by_shift.get(shift.id, ())]
    return [breach for rule in book.shifts for breach in rule.check(roster, shift, crew)]


def check_assignment(roster: Roster, plan: Plan, person: RosterPerson, shift: RosterShift, duty: Duty) -> list[Breach]:
    """What giving this person this seat would newly break, the first to be told first. Empty: it may be
    given.

    Of the rules about shifts only those count that adding more people cannot mend, so that a shift can be
    filled one seat at a time.
    """
    book = rules_in_force(roster.rules)
    theirs = plan.by_person.get(person.id, ())
    seating = Seating(shift.id, duty, person.id)
    before = set(person_breaches(roster, book, person, roster.stints(person, theirs)))
    after = person_breaches(roster, book, person, roster.stints(person, {*theirs, seating}))
    on_shift = RuleBook((), (), tuple(rule for rule in book.shifts if rule.monotone))
    before |= set(shift_breaches(roster, on_shift, shift, plan))
    after += shift_breaches(roster, on_shift, shift, plan.adding(seating))
    return [breach for breach in after if breach not in before]
