"""What a rule is: one object that both checks what is planned and constrains the engine.

`check` judges an assignment: claims, swaps, hand edits, explanations. `constrain` states the same to the engine. A
property test keeps the two equal; nothing else in the product states a rule a second time. What other modules need to
know about a rule (what it protects, how a shortage is worded, which data it needs) is an attribute of its class, read
through `rules.registry.RULES`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import IntEnum, StrEnum
from typing import Any, ClassVar, NamedTuple, Protocol, Self

from progression.duties import Duty
from rota.scheduling.instants import minutes_between
from rota.scheduling.roster import Pair, Roster, RosterPerson, RosterShift, Stint
from rota.scheduling.roster_data import RosterData
from rota.scheduling.rules.policy import RotaRules, RuleSettings, Severity


class Glance(NamedTuple):
    """What a glance at somebody's stints says: enough to see of most people that they keep to most rules."""

    number: int
    minutes: int
    """The whole minutes of all of them."""
    longest: int
    """Those of the longest."""
    least_gap: timedelta
    """The shortest time from the end of those before to the start of one: below zero where they overlap."""
    first: datetime | None
    """When the first begins."""


def glance_at(stints: Sequence[Stint]) -> Glance:
    """What a glance says of stints in order of their start."""
    minutes = longest = 0
    least_gap, busy_until = timedelta.max, None
    for stint in stints:
        starts_at, ends_at = stint.starts_at, stint.ends_at
        whole = minutes_between(starts_at, ends_at)
        minutes += whole
        longest = max(longest, whole)
        if busy_until is not None:
            least_gap = min(least_gap, starts_at - busy_until)
        if busy_until is None or ends_at > busy_until:
            busy_until = ends_at
    return Glance(len(stints), minutes, longest, least_gap, stints[0].starts_at if stints else None)


class Scope(StrEnum):
    """What a rule is about.

    A broken PERSON rule is about a filled seat, and stops publishing. A broken SHIFT rule means that the shift is not
    safe to open as it stands: it is listed beside the gaps, because more people may still mend it.
    """

    PERSON = "person"
    SHIFT = "shift"


class Harm(IntEnum):
    """What setting a rule aside puts at stake, the least first: a person's own wish, a little harm, or a lot."""

    PREFERENCE = 1
    MILD = 2
    SEVERE = 3


MILD_UP_TO = 0.2
"""How far past its limit a rule may go and do little harm: a fifth, such as 13 hours where 12 are the most."""


@dataclass(frozen=True, slots=True)
class Breach:
    """One broken rule, with a sentence for the page. The first shift is the one to look at.

    `excess` is how far past the limit it goes, as a share of the limit: a rest of 9 hours where 12 are needed is 0.25,
    and so are 15 hours where 12 are the most. For a rule without a limit it is 1.
    """

    rule: str
    severity: Severity
    scope: Scope
    person_id: int | None
    shift_ids: tuple[int, ...]
    sentence: str
    excess: float = 1.0
    is_preference: bool = False
    is_absence: bool = False
    """Whether somebody cannot come, whatever keeps them, so that nobody asks them either."""

    @property
    def harm(self) -> Harm:
        """What setting the rule aside would put at stake."""
        if self.is_preference:
            return Harm.PREFERENCE
        return Harm.SEVERE if self.excess > MILD_UP_TO else Harm.MILD


class Possible(NamedTuple):
    """A stint that a person may be given, and the number of the model's variable that says whether they are."""

    stint: Stint
    works: int


class Member(NamedTuple):
    """A person who may be given a seat on a shift, and the number of the variable that says whether they are."""

    person: RosterPerson
    duty: Duty
    works: int


Terms = Sequence[tuple[int, int]]
"""A linear expression: (coefficient, variable) for each term."""


class ConstraintModel(Protocol):
    """What a rule may read from the engine's model, and the constraints it may add.

    What is already settled (commitments, fixed seats) appears as a variable that can only be one, so that one
    `constrain` serves a first plan and one made again after somebody dropped out. A limit that settled seats already
    exceed applies to the open ones: nothing may be added, and the model does not become infeasible.
    """

    @property
    def roster(self) -> Roster: ...

    def possible(self, person: RosterPerson) -> Sequence[Possible]:
        """All stints that the person may be given, in order of their start."""

    def crew(self, shift: RosterShift) -> Sequence[Member]:
        """All who may be given a seat on the shift."""

    def days(self, person: RosterPerson) -> Mapping[date, Terms]:
        """For each day on which the person may begin a stint: an expression that is one if they do, else zero."""

    def any_of(self, sums: Sequence[Terms]) -> Terms:
        """An expression that is one if any of these is, else zero; each of these must be one or zero itself."""

    def at_most(self, rule: Rule, terms: Terms, most: int) -> None:
        """Constrain the expression to at most this; for a wish, price what exceeds it instead."""

    def at_least(self, rule: Rule, terms: Terms, least: int) -> None:
        """Constrain the expression to at least this; for a wish, price what is missing instead."""

    def price(self, terms: Terms, always: int = 0) -> None:
        """Add a cost that is minimised once cover is settled; `always` is added whatever the plan."""

    def price_growing(self, terms: Terms, unit: int, weights: Sequence[int]) -> None:
        """Add a convex cost: the first unit costs the first weight, each further one the next.

        Weights must not fall; beyond the last of them each unit costs as much as that one.
        """

    def run_lengths(self, person: RosterPerson, **lengths: int) -> None:
        """State how long runs of days may be (longest, shortest, shortest_break), besides the constraints."""

    def open_shift_needs(self, shift: RosterShift, terms: Sequence[tuple[int, int]], least: int) -> None:
        """Count the shift as safe to open only if the expression reaches this."""


class Obstacle(NamedTuple):
    """What keeps one person, or several, from a seat: "already works then", "already work then"."""

    one: str
    several: str


OTHER_OBSTACLE = Obstacle("is kept from it by another rule", "are kept from it by another rule")
LITTLE_REST = Obstacle("would have too little rest", "would have too little rest")
LONG_HOURS = Obstacle("would work too long", "would work too long")
MANY_NIGHTS = Obstacle("would have too many nights", "would have too many nights")
WRONG_MIX = Obstacle("would not have the right people beside them", "would not have the right people beside them")


class DataNeed(NamedTuple):
    """Roster data that a rule depends on, and what holds while Nightlight does not supply it.

    Without data that is essential the rule never acts; without other data it acts, but on less than its name promises.
    """

    data: RosterData
    otherwise: str
    is_essential: bool = True


class Rule(ABC):
    """One rule, with the settings that a policy gives it."""

    key: ClassVar[str]
    """The field of `RotaRules` that holds its settings."""
    statement: ClassVar[str]
    """What it keeps, in a sentence without figures."""
    scope: ClassVar[Scope]
    monotone: ClassVar[bool]
    """Whether adding people or seats never mends it once it is broken."""
    protects: ClassVar[str | None] = None
    """What could happen to young or tired people without it, as a clause; an administrator is warned with it. None: no
    warning when the rule is weakened."""
    needs: ClassVar[tuple[DataNeed, ...]] = ()
    """The optional roster data that it depends on."""
    obstacle: ClassVar[Obstacle] = OTHER_OBSTACLE
    """How a summary says that it keeps people from a seat."""
    can_leave_seats_empty: ClassVar[bool] = True
    """Whether setting it aside may let somebody take a seat that is wanted. Not where it is only ever weighed, where it
    limits a shift to the people it has work for, or where another rule stands for it."""
    is_mended_by_other_days: ClassVar[bool] = False
    """Whether a plan for other days can mend a breach, so that no bound for a part of the period may count on it."""
    applies_without_shifts: ClassVar[bool] = False
    """Whether somebody who is on no shift at all can break it."""
    is_preference: ClassVar[bool] = False
    """Whether it keeps what people offered or asked for, rather than what protects them or others."""
    unit: ClassVar[int] = 1
    """As a wish, how much beyond the limit costs the price once: 60 for a rule that counts minutes."""

    def __init__(self, settings: RuleSettings) -> None:
        self.severity = settings.severity
        self.price = settings.price

    @classmethod
    def from_policy(cls, policy: RotaRules, pairs: Sequence[Pair]) -> Self:
        """Make the rule with the settings that a policy holds for it."""
        return cls(getattr(policy, cls.key))

    @classmethod
    def needs_under(cls, settings: Any) -> tuple[DataNeed, ...]:
        """The optional roster data that it depends on under these settings."""
        return cls.needs

    @property
    def limit(self) -> str:
        """The rule as a reason why something cannot be, with its figures."""
        return self.statement


class SeatRule(Rule):
    """A rule about one person on one seat, whatever else they do."""

    scope = Scope.PERSON
    monotone = True

    @abstractmethod
    def forbids(self, roster: Roster, person: RosterPerson, stint: Stint) -> bool:
        """Whether the person may not work this stint."""

    @abstractmethod
    def reason(self, roster: Roster, person: RosterPerson, stint: Stint) -> str:
        """The sentence for a stint that `forbids` refused."""

    def excess(self, roster: Roster, person: RosterPerson, stint: Stint) -> float:
        """How far past its limit a stint goes that `forbids` refused, as a share of the limit."""
        return 1.0

    def possible_shifts(self, roster: Roster, person: RosterPerson) -> Sequence[RosterShift]:
        """Shifts among which are all that the rule leaves to the person, where it can narrow them down quickly."""
        return roster.shifts_by_start

    def check(self, roster: Roster, person: RosterPerson, stints: Sequence[Stint]) -> Iterator[Breach]:
        """What breaks the rule among these stints. Stints outside the roster are not judged."""
        for stint in stints:
            if stint.shift_id is not None and self.forbids(roster, person, stint):
                excess = self.excess(roster, person, stint)
                yield self.breach(person, self.reason(roster, person, stint), stint, excess=excess)

    def breach(self, person: RosterPerson, sentence: str, *stints: Stint, excess: float = 1.0) -> Breach:
        """A breach by one person."""
        return _personal_breach(self, person, sentence, stints, excess)


class PersonRule(Rule):
    """A rule about all that one person does."""

    scope = Scope.PERSON

    @abstractmethod
    def check(self, roster: Roster, person: RosterPerson, stints: Sequence[Stint]) -> Iterator[Breach]:
        """What breaks the rule in all the person's stints, given in order of their start."""

    def is_easily_kept(self, roster: Roster, person: RosterPerson, glance: Glance) -> bool:
        """Whether a glance at the person's stints says that `check` finds nothing; False where only it can tell.

        Pages judge hundreds of people by every rule, and nearly all of them keep to nearly all.
        """
        return False

    def check_with(
        self, roster: Roster, person: RosterPerson, stints: Sequence[Stint], new: Stint | None
    ) -> Iterator[Breach]:
        """The same, worded for giving the person the stint `new`: they have the others already.

        What `new` cannot have broken may be left out.
        """
        return self.check(roster, person, stints)

    @abstractmethod
    def constrain(self, model: ConstraintModel, person: RosterPerson) -> None:
        """Add the rule's constraints for one person to the engine's model."""

    def breach(self, person: RosterPerson, sentence: str, *stints: Stint, excess: float = 1.0) -> Breach:
        """A breach by one person."""
        return _personal_breach(self, person, sentence, stints, excess)


class ShiftRule(Rule):
    """A rule about all who are on one shift together. Its settings are `ShiftRuleSettings`: a shift has no stage."""

    scope = Scope.SHIFT
    names_people: ClassVar[bool] = False
    """Whether its breaches are somebody's in person, and not the shift's as a whole."""

    @abstractmethod
    def check(self, roster: Roster, shift: RosterShift, crew: Sequence[tuple[RosterPerson, Duty]]) -> Iterator[Breach]:
        """What breaks the rule among those on the shift."""

    @abstractmethod
    def constrain(self, model: ConstraintModel, shift: RosterShift) -> None:
        """Add the rule's constraints for one shift to the engine's model."""

    def breach(self, shift: RosterShift, sentence: str) -> Breach:
        """A breach by a shift as a whole."""
        return Breach(self.key, self.severity, self.scope, None, (shift.id,), sentence)


def times(number: int, terms: Terms) -> list[tuple[int, int]]:
    """An expression multiplied by a number."""
    return [(number * n, variable) for n, variable in terms]


def beyond(reached: float, most: float) -> float:
    """How far something exceeds a limit, as a share of it; where the limit is zero, each one counts whole."""
    return (reached - most) / most if most else float(reached)


def _personal_breach(
    rule: SeatRule | PersonRule, person: RosterPerson, sentence: str, stints: Sequence[Stint], excess: float
) -> Breach:
    return Breach(
        rule=rule.key,
        severity=rule.severity,
        scope=rule.scope,
        person_id=person.id,
        shift_ids=tuple(stint.shift_id for stint in stints if stint.shift_id is not None),
        sentence=sentence,
        excess=round(excess, 4),
        is_preference=rule.is_preference,
    )
