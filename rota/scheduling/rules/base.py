"""What a rule is: one object that says its words once and has two faces.

`check` judges what is there: claims, swaps, hand edits, explanations. `constrain` tells the engine the same.
A property test holds the two faces together; nothing else in the product states a rule a second time.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import IntEnum, StrEnum
from typing import ClassVar, NamedTuple, Protocol

from progression.duties import Duty
from rota.scheduling.roster import Roster, RosterPerson, RosterShift, Stint
from rota.scheduling.rules.policy import RuleSettings, Severity


class Scope(StrEnum):
    """Whom a rule speaks of.

    A broken PERSON rule is about a filled seat, and stops publishing. A broken SHIFT rule says that the shift
    is not safe to open as it stands: it is listed beside the gaps, for more people may yet mend it.
    """

    PERSON = "person"
    SHIFT = "shift"


class Harm(IntEnum):
    """What is at stake when a rule is set aside, the least first: somebody's own wish, a little, or a lot."""

    PREFERENCE = 1
    MILD = 2
    SEVERE = 3


MILD_UP_TO = 0.2
"""How far past its limit a rule may go and do little harm: a fifth, such as 13 hours where 12 are the most."""


@dataclass(frozen=True, slots=True)
class Breach:
    """One rule broken, in a sentence for the page. The first shift is the one to look at.

    `excess` is how far past the limit it goes, as a share of the limit: a rest of 9 hours where 12 are needed is 0.25,
    and so are 15 hours where 12 are the most. A rule that knows no limit is broken whole, which is 1.
    """

    rule: str
    severity: Severity
    scope: Scope
    person_id: int | None
    shift_ids: tuple[int, ...]
    sentence: str
    excess: float = 1.0
    is_preference: bool = False

    @property
    def harm(self) -> Harm:
        """What setting the rule aside would put at stake."""
        if self.is_preference:
            return Harm.PREFERENCE
        return Harm.SEVERE if self.excess > MILD_UP_TO else Harm.MILD


class Possible(NamedTuple):
    """A stint that somebody may come to work, and the number of the model's variable that says so."""

    stint: Stint
    works: int


class Member(NamedTuple):
    """Somebody who may come to sit on a shift."""

    person: RosterPerson
    duty: Duty
    works: int


Terms = Sequence[tuple[int, int]]
"""A sum: (number, variable) for each part."""


class ConstraintModel(Protocol):
    """What a rule may ask of the engine's model, and tell it.

    What is already settled (commitments, fixed seats) appears as a variable that can only be one, so that one
    `constrain` serves a first plan and one made again after somebody dropped out. A limit that settled things
    already pass holds for what is still open: nothing may be added, and the model is not called infeasible.
    """

    @property
    def roster(self) -> Roster: ...

    def possible(self, person: RosterPerson) -> Sequence[Possible]:
        """All stints the person may come to work, in order of their start."""

    def crew(self, shift: RosterShift) -> Sequence[Member]:
        """All who may come to sit on the shift."""

    def days(self, person: RosterPerson) -> Mapping[date, Terms]:
        """For each day on which the person may begin a stint: a sum that is one if they do, else nought."""

    def any_of(self, sums: Sequence[Terms]) -> Terms:
        """A sum that is one if any of these is, else nought; each of these must be one or nought itself."""

    def at_most(self, rule: Rule, terms: Terms, most: int) -> None:
        """The sum of (number, variable) is at most this; for a wish, what passes it is priced instead."""

    def at_least(self, rule: Rule, terms: Terms, least: int) -> None:
        """The sum is at least this; for a wish, what it lacks is priced instead."""

    def price(self, terms: Terms, always: int = 0) -> None:
        """What is to be kept small once cover is settled, and what it comes to whoever is seated."""

    def price_growing(self, terms: Terms, unit: int, weights: Sequence[int]) -> None:
        """The first unit of the sum weighs the first of the weights, each further one the next, and so on.

        Weights must not fall; past the last of them each unit weighs as that one.
        """

    def run_lengths(self, person: RosterPerson, **lengths: int) -> None:
        """How long runs of days may be (longest, shortest, shortest_break), once more for the model to know whole."""

    def open_shift_needs(self, shift: RosterShift, terms: Sequence[tuple[int, int]], least: int) -> None:
        """The shift counts as safe to open only if the sum reaches this."""


class Rule(ABC):
    """One rule. `monotone`: once broken, adding more people or seats never mends it."""

    key: ClassVar[str]
    words: ClassVar[str]
    scope: ClassVar[Scope]
    monotone: ClassVar[bool]
    is_about_lack: ClassVar[bool] = False
    """Whether it can be broken by somebody who is on no shift at all."""
    is_preference: ClassVar[bool] = False
    """Whether it keeps what people offered or asked for, and not what keeps them or others well."""
    unit: ClassVar[int] = 1
    """How much over a limit weighs the price once, where the rule is a wish: 60 for a rule that counts
    minutes."""

    def __init__(self, settings: RuleSettings) -> None:
        self.severity = settings.severity
        self.price = settings.price
        self.source = settings.source

    @property
    def limit_words(self) -> str:
        """The rule as a reason why something cannot be, its figures in it."""
        return self.words


class SeatRule(Rule):
    """A rule about one person on one seat, whatever else they do."""

    scope = Scope.PERSON
    monotone = True

    @abstractmethod
    def blocks(self, roster: Roster, person: RosterPerson, stint: Stint) -> bool:
        """Whether the person may not work this stint."""

    @abstractmethod
    def why(self, roster: Roster, person: RosterPerson, stint: Stint) -> str:
        """The sentence for a stint that `blocks` refused."""

    def excess(self, roster: Roster, person: RosterPerson, stint: Stint) -> float:
        """How far past its limit a stint goes that `blocks` refused, as a share of the limit."""
        return 1.0

    def narrowed(self, roster: Roster, person: RosterPerson) -> Sequence[RosterShift]:
        """The shifts that the rule may leave to the person, where it can tell without trying each one."""
        return roster.shifts_by_start

    def check(self, roster: Roster, person: RosterPerson, stints: Sequence[Stint]) -> Iterator[Breach]:
        """The rule's checking face. Stints outside this roster are somebody else's to judge."""
        for stint in stints:
            if stint.shift_id is not None and self.blocks(roster, person, stint):
                excess = self.excess(roster, person, stint)
                yield self.broken(person, self.why(roster, person, stint), stint, excess=excess)

    def broken(self, person: RosterPerson, sentence: str, *stints: Stint, excess: float = 1.0) -> Breach:
        """A breach by one person."""
        return _broken(self, person, sentence, stints, excess)


class PersonRule(Rule):
    """A rule about all that one person does."""

    scope = Scope.PERSON

    @abstractmethod
    def check(self, roster: Roster, person: RosterPerson, stints: Sequence[Stint]) -> Iterator[Breach]:
        """What breaks the rule in all the person's stints, given in order of their start."""

    def check_with(
        self, roster: Roster, person: RosterPerson, stints: Sequence[Stint], new: Stint | None
    ) -> Iterator[Breach]:
        """The same, in words for giving the person one stint of these: the others are theirs already."""
        return self.check(roster, person, stints)

    @abstractmethod
    def constrain(self, model: ConstraintModel, person: RosterPerson) -> None:
        """Tell the engine."""

    def broken(self, person: RosterPerson, sentence: str, *stints: Stint, excess: float = 1.0) -> Breach:
        """A breach by one person."""
        return _broken(self, person, sentence, stints, excess)


class ShiftRule(Rule):
    """A rule about all who are on one shift together."""

    scope = Scope.SHIFT

    @abstractmethod
    def check(self, roster: Roster, shift: RosterShift, crew: Sequence[tuple[RosterPerson, Duty]]) -> Iterator[Breach]:
        """What breaks the rule among those on the shift."""

    @abstractmethod
    def constrain(self, model: ConstraintModel, shift: RosterShift) -> None:
        """Tell the engine."""

    def broken(self, shift: RosterShift, sentence: str) -> Breach:
        """A breach by a shift as a whole."""
        return Breach(self.key, self.severity, self.scope, None, (shift.id,), sentence)


def times(number: int, terms: Terms) -> list[tuple[int, int]]:
    """A sum, so many times over."""
    return [(number * n, variable) for n, variable in terms]


def beyond(reached: float, most: float) -> float:
    """How far something goes past the most, as a share of it; where nothing at all is allowed, each one counts
    whole.
    """
    return (reached - most) / most if most else float(reached)


def _broken(rule: Rule, person: RosterPerson, sentence: str, stints: Sequence[Stint], excess: float) -> Breach:
    shift_ids = tuple(stint.shift_id for stint in stints if stint.shift_id is not None)
    severity, scope = rule.severity, rule.scope
    return Breach(rule.key, severity, scope, person.id, shift_ids, sentence, round(excess, 4), rule.is_preference)


def spoken(instant: datetime, roster: Roster) -> str:
    """An instant as the organisation says it: Fri 27 March, 22:00."""
    local = instant.astimezone(roster.zone)
    return f"{local:%a} {local.day} {local:%B}, {local:%H:%M}"


def spoken_stint(stint: Stint, roster: Roster) -> str:
    """A seat that somebody has: moderator on Board, Fri 27 March, 22:00 to 02:00."""
    if stint.duty is not Duty.ON_CALL:
        seat = f"{stint.duty.words} on {stint.channel}"
    else:  # A channel that is called what people do there is named once: nobody is "on call for On call".
        seat = "on call" if stint.channel.casefold() == "on call" else f"on call for {stint.channel}"
    return f"{seat}, {spoken(stint.starts_at, roster)} to {stint.ends_at.astimezone(roster.zone):%H:%M}"


def spoken_hours(minutes: float) -> str:
    """A length as people say it: 8 hours, 1 hour, 7.5 hours."""
    hours = f"{minutes / 60:.2f}".rstrip("0").rstrip(".")
    return f"{hours} hour" if hours == "1" else f"{hours} hours"
