"""What a fix is, and the short seat it is for."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from progression.duties import Duty
from progression.missing import MissingRequirement
from rota.scheduling.candidates import Candidate
from rota.scheduling.offered_time import is_away
from rota.scheduling.roster import Plan, Roster, RosterPerson, RosterShift, Seating, filled_seats
from rota.scheduling.rules.book import check_assignment, rules_in_force, shift_breaches
from rota.scheduling.rules.policy import Severity

TRIED = 12
"""How many people are tried for one kind of fix: those who come first in `candidates_for`, with the lightest load."""


class FixKind(StrEnum):
    """What a fix asks for, the lightest first.

    GIVE the seat to somebody who is free; SWAP seats among people; ask somebody for ONE_MORE shift than they wanted;
    ASK somebody for a time that they did not offer; TRAIN somebody or sign them off; MOVE the shift by half an hour;
    SPLIT the seat between two people; WAIVE a rule with a reason.
    """

    GIVE = "give"
    SWAP = "swap"
    ONE_MORE = "one_more"
    ASK = "ask"
    TRAIN = "train"
    MOVE = "move"
    SPLIT = "split"
    WAIVE = "waive"


@dataclass(frozen=True, slots=True)
class Fix:
    """One way to fill a seat, confirmed: `plan` keeps the rules of `roster` as well as the plan did before.

    `roster` differs from the given one only in what the fix asks for. `fills` is by how many seats the shortage falls,
    and `moves` are the seats that others leave for it. `missing` is what has to be in place `by` an instant, where the
    fix is to train or to sign off.
    """

    kind: FixKind
    person_id: int | None
    rule: str | None
    sentence: str
    fills: int
    moves: tuple[Seating, ...]
    roster: Roster
    plan: Plan
    missing: tuple[MissingRequirement, ...] = ()
    by: datetime | None = None


@dataclass(frozen=True)
class ShortSeat:
    """A seat that is short, the plan around it, and everybody on the roster in the order of `candidates_for`."""

    roster: Roster
    plan: Plan
    shift: RosterShift
    duty: Duty
    candidates: Sequence[Candidate]

    def stopped_only_by(self, rule: str) -> list[Candidate]:
        """The people whom this rule stops and no other."""
        return [c for c in self.candidates if c.breaches and all(b.rule == rule for b in c.breaches)]

    def plan_seating(self, roster: Roster, plan: Plan, person_id: int, shift: RosterShift, duty: Duty) -> Plan | None:
        """The plan with the person in a seat, or None if they are away then or it breaks something new on this roster.

        A shift that still needs more people is not a reason against them; a peer with nobody beside them is.
        """
        person = roster.person_by_id[person_id]
        if is_away(person, shift.starts_at, shift.ends_at) or check_assignment(roster, plan, person, shift, duty):
            return None
        after = plan.adding(Seating(shift.id, duty, person_id))
        return after if mix_may_be(roster, after, shift) else None

    def with_person(self, person: RosterPerson) -> Roster:
        """The roster with one person changed."""
        return replace(self.roster, people=tuple(person if p.id == person.id else p for p in self.roster.people))

    def fix(self, kind: FixKind, candidate: Candidate | None, sentence: str, roster: Roster | None, plan: Plan) -> Fix:
        """A fix that results in this roster, or in the present one, and this plan."""
        roster = roster or self.roster
        fills = _short(self.roster, self.plan) - _short(roster, plan)
        moves = tuple(sorted(self.plan.seatings - plan.seatings))
        person_id, rule = (candidate.person_id, candidate.rule) if candidate else (None, None)
        return Fix(kind, person_id, rule, sentence, fills, moves, roster, plan)


def mix_may_be(roster: Roster, plan: Plan, shift: RosterShift) -> bool:
    """Whether those on a shift keep every rule about the mix that may never be broken."""
    found = shift_breaches(roster, rules_in_force(roster.rules, roster.pairs), shift, plan)
    return not any(breach.severity is Severity.HARD for breach in found)


def seats_in_words(fills: int) -> str:
    """How many seats something fills, this one first."""
    more = fills - 1
    return "this seat" if more <= 0 else "this and 1 more seat" if more == 1 else f"this and {more} more seats"


def listed(words: Collection[str]) -> str:
    """A list in a sentence: one; one and two; one, two and three."""
    *firsts, last = words
    return f"{', '.join(firsts)} and {last}" if firsts else last


def _short(roster: Roster, plan: Plan) -> int:
    return roster.seats - filled_seats(roster, plan)
