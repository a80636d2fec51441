"""The roster: the people, the shifts they are needed on, and what is already settled.

Plain values without a database or the web. The engine, the rules and the explanations read nothing else.
`roster_json` writes a roster to JSON and reads it back.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from functools import cached_property
from operator import attrgetter
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import AwareDatetime

from progression.duties import Duty
from progression.intervals import Interval
from progression.missing import MissingRequirement
from progression.stages import Stage
from rota.scheduling.instants import adult_from, adult_on, minutes_between, minutes_within_hours
from rota.scheduling.rules.policy import RotaRules
from rota.scheduling.standing_slots import StandingSlot


@dataclass(frozen=True, slots=True)
class Stint:
    """A time span in which one person is on duty: a seat on this roster, or a commitment outside it.

    `day`, `kind` and `minutes` are for rosters whose shifts are known by day and name rather than by the clock. Where
    they are left out, the day is the organisation's day on which the stint starts, and the minutes are those that pass.
    """

    starts_at: AwareDatetime
    ends_at: AwareDatetime
    duty: Duty
    channel: str
    shift_id: int | None = None
    day: date | None = None
    kind: str = ""
    minutes: int | None = None
    was_hard: bool = False
    """Whether it was noted as a hard shift, so that a cool-down follows it."""

    @property
    def worked_minutes(self) -> int:
        """Minutes that count as worked."""
        return minutes_between(self.starts_at, self.ends_at) if self.minutes is None else self.minutes


@dataclass(frozen=True, slots=True)
class RosterLine:
    """What a shift needs in one duty: below `minimum` is unsafe, `wanted` is the aim, above `most` is refused.

    The prices weigh one person short or too many against wishes where a roster is judged by a weighted sum.
    """

    duty: Duty
    minimum: int
    wanted: int
    most: int
    shortage_price: int = 1
    surplus_price: int = 0

    def __post_init__(self) -> None:
        if not 0 <= self.minimum <= self.wanted <= self.most:
            numbers = f"{self.minimum}, {self.wanted}, {self.most}"
            raise ValueError(f"A cover line needs 0 <= minimum <= wanted <= most, not {numbers}.")


@dataclass(frozen=True, slots=True)
class RosterShift:
    """A time span on a channel, and how many people it needs: one line for each duty."""

    id: int
    channel: str
    starts_at: AwareDatetime
    ends_at: AwareDatetime
    lines: tuple[RosterLine, ...]
    blend_exempt: bool = False
    day: date | None = None
    kind: str = ""
    minutes: int | None = None

    def __post_init__(self) -> None:
        if self.ends_at <= self.starts_at:
            raise ValueError(f"Shift {self.id} must end after it starts.")
        if len({line.duty for line in self.lines}) != len(self.lines):
            raise ValueError(f"Shift {self.id} has two cover lines for one duty.")

    def line(self, duty: Duty) -> RosterLine | None:
        """What the shift needs in a duty, or None where it has no place for it."""
        return next((line for line in self.lines if line.duty is duty), None)


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of one person. None leaves the figure of the organisation's rule as it is.

    `most_…` and `least_…` count over the roster's whole period, a week (from Monday) or a month of the calendar; runs
    in days on duty, breaks in days off. For what counts over a month, commitments reach to its ends.
    """

    most_shifts: int | None = None
    least_shifts: int | None = None
    most_minutes: int | None = None
    least_minutes: int | None = None
    most_minutes_a_week: int | None = None
    most_shifts_a_week: int | None = None
    most_nights_a_week: int | None = None
    most_minutes_a_month: int | None = None
    most_shifts_a_month: int | None = None
    most_nights_a_month: int | None = None
    most_nights: int | None = None
    most_weekends: int | None = None
    most_by_kind: Mapping[str, int] = field(default_factory=dict)
    longest_run: int | None = None
    shortest_run: int | None = None
    shortest_break: int | None = None


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody would like, or like to avoid. Never a reason to refuse. Fields left out match anything.

    A wish for something is missed once if no seat matches it; a wish against something once for each seat that matches.
    `weekdays` (0 is Monday), and `starts` and `ends` between which a shift begins, are those of the clock in `zone`; a
    span past midnight belongs to the day on which it begins.
    """

    wanted: bool
    price: int = 1
    day: date | None = None
    kind: str | None = None
    channel: str | None = None
    within: Interval | None = None
    weekdays: frozenset[int] | None = None
    starts: time | None = None
    ends: time | None = None
    zone: str | None = None


@dataclass(frozen=True, slots=True)
class RosterPerson:
    """One person, without reasons for absences, contact details or legal name.

    `born_on` None means that the age is not known: such a person is never counted as an adult.
    `commitments` are their stints outside this roster, before, after or on other channels.
    `slots` are the seats that they hold every week. `load` is how many minutes of night duty they had before the
    period and that still count. Some rules are stricter for people of a `stage`. `lacks` gives, for the duty that was
    asked about, the requirements that are not met.
    """

    id: int
    name: str
    clearances: Mapping[Duty, tuple[Interval, ...]]
    availability: tuple[Interval, ...]
    born_on: date | None = None
    is_newcomer: bool = False
    limits: Limits = Limits()
    commitments: tuple[Stint, ...] = ()
    wishes: tuple[Wish, ...] = ()
    slots: tuple[StandingSlot, ...] = ()
    load: int = 0
    stage: Stage | None = None
    lacks: Mapping[Duty, tuple[MissingRequirement, ...]] = field(default_factory=dict)
    away: tuple[Interval, ...] = ()
    """When they said that they are away. They are not asked then, unlike for time that they merely did not offer."""

    @property
    def adult_on(self) -> date | None:
        """The day on which the person turns 18, or None while their age is not known."""
        return None if self.born_on is None else adult_on(self.born_on)


@dataclass(frozen=True, slots=True, order=True)
class Seating:
    """One person on one shift in one duty."""

    shift_id: int
    duty: Duty
    person_id: int


_PLACE = attrgetter("shift_id", "duty", "person_id")


def sorted_seatings(seatings: Iterable[Seating]) -> list[Seating]:
    """The seatings in their order; quicker than comparing them one with another, as pages sort hundreds."""
    return sorted(seatings, key=_PLACE)


@dataclass(frozen=True, slots=True)
class Pair:
    """Two people who are to be on shifts together, or never on one shift. The reason is not part of it.

    With `is_wish` the first of them would like to have the second beside them, and nothing firmer. `since` and `until`
    are the first and the last day, both included.
    """

    first_id: int
    second_id: int
    together: bool = False
    is_wish: bool = False
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True)
class Plan:
    """Who has which seats. A value: `adding` and `without` make another plan."""

    seatings: frozenset[Seating] = frozenset()

    @cached_property
    def by_person(self) -> Mapping[int, tuple[Seating, ...]]:
        """The seatings of each person who has any."""
        grouped: dict[int, list[Seating]] = {}
        for seating in sorted_seatings(self.seatings):
            grouped.setdefault(seating.person_id, []).append(seating)
        return {person_id: tuple(seatings) for person_id, seatings in grouped.items()}

    @cached_property
    def by_shift(self) -> Mapping[int, tuple[Seating, ...]]:
        """The seatings of each shift that has any."""
        grouped: dict[int, list[Seating]] = {}
        for seating in sorted_seatings(self.seatings):
            grouped.setdefault(seating.shift_id, []).append(seating)
        return {shift_id: tuple(seatings) for shift_id, seatings in grouped.items()}

    def on(self, shift_id: int, duty: Duty) -> tuple[int, ...]:
        """The people in one duty of one shift."""
        return tuple(s.person_id for s in self.by_shift.get(shift_id, ()) if s.duty is duty)

    def adding(self, *seatings: Seating) -> Plan:
        """This plan and these seatings."""
        return Plan(self.seatings | set(seatings))

    def without(self, *seatings: Seating) -> Plan:
        """This plan less these seatings."""
        return Plan(self.seatings - set(seatings))


@dataclass(frozen=True)
class Roster:
    """Everything that a rota is made from.

    `fixed` seatings stay, even where they break a rule. `current` is the plan in force, which a new plan changes as
    little as cover allows.
    """

    zone: ZoneInfo
    rules: RotaRules
    people: tuple[RosterPerson, ...]
    shifts: tuple[RosterShift, ...]
    fixed: tuple[Seating, ...] = ()
    current: tuple[Seating, ...] = ()
    pairs: tuple[Pair, ...] = ()
    starts_on: date | None = None
    ends_on: date | None = None

    def __post_init__(self) -> None:
        if len(self.person_by_id) != len(self.people):
            raise ValueError("Two people on the roster have the same id.")
        if len(self.shift_by_id) != len(self.shifts):
            raise ValueError("Two shifts on the roster have the same id.")
        for seating in (*self.fixed, *self.current):
            if seating.person_id not in self.person_by_id or seating.shift_id not in self.shift_by_id:
                raise ValueError(f"A seating names a person or a shift that is not on the roster: {seating}.")

    @cached_property
    def person_by_id(self) -> Mapping[int, RosterPerson]:
        """The people by id."""
        return {person.id: person for person in self.people}

    @cached_property
    def shift_by_id(self) -> Mapping[int, RosterShift]:
        """The shifts by id."""
        return {shift.id: shift for shift in self.shifts}

    @cached_property
    def worked_out(self) -> dict[str, Any]:
        """What others find out about this roster once, by a name for it."""
        return {}

    @cached_property
    def _days(self) -> dict[datetime, date]:
        return {}

    def day(self, instant: datetime) -> date:
        """The organisation's calendar day at an instant."""
        day = self._days.get(instant)
        if day is None:
            day = self._days[instant] = instant.astimezone(self.zone).date()
        return day

    def day_of(self, stint: Stint | RosterShift) -> date:
        """The day that a stint or shift belongs to: the one on which it starts."""
        return stint.day or self.day(stint.starts_at)

    @cached_property
    def days(self) -> tuple[date, date]:
        """The first and the last day of the period, both included."""
        days = [self.day_of(shift) for shift in self.shifts]
        first = self.starts_on or min(days, default=date.min)
        return first, self.ends_on or max(days, default=first)

    def is_within(self, stint: Stint) -> bool:
        """Whether the stint belongs to a day of the period."""
        first, last = self.days
        return first <= self.day_of(stint) <= last

    @cached_property
    def _adult_from(self) -> dict[int, datetime | None]:
        return {}

    def adult_from(self, person: RosterPerson) -> datetime | None:
        """The instant from which the person is an adult, or None while their age is not known."""
        if person.id not in self._adult_from:
            self._adult_from[person.id] = adult_from(person.born_on, self.zone)
        return self._adult_from[person.id]

    def is_adult(self, person: RosterPerson, at: datetime) -> bool:
        """Whether the person is known to be 18 at an instant."""
        return (since := self.adult_from(person)) is not None and since <= at

    @cached_property
    def _nights(self) -> dict[tuple[datetime, datetime, time, time], int]:
        return {}

    def night_minutes(self, starts_at: datetime, ends_at: datetime, starts: time, ends: time) -> int:
        """Minutes that pass between two instants within these hours of the organisation's clock."""
        key = (starts_at, ends_at, starts, ends)
        if key not in self._nights:
            self._nights[key] = minutes_within_hours(starts_at, ends_at, starts, ends, self.zone)
        return self._nights[key]

    @cached_property
    def shifts_by_start(self) -> tuple[RosterShift, ...]:
        """The shifts in order of their start."""
        return tuple(sorted(self.shifts, key=lambda shift: (shift.starts_at, shift.ends_at, shift.id)))

    def shifts_within(self, interval: Interval) -> Iterator[RosterShift]:
        """The shifts that lie wholly inside an interval, in order of their start."""
        place = bisect_left(self.shifts_by_start, interval.start, key=lambda shift: shift.starts_at)
        for shift in self.shifts_by_start[place:]:
            if shift.starts_at >= interval.end:
                return
            if shift.ends_at <= interval.end:
                yield shift

    def stint(self, shift: RosterShift, duty: Duty) -> Stint:
        """The stint of a person who has a seat on the shift."""
        key = (shift.id, duty)
        stint = self._stints.get(key)
        if stint is None:
            stint = self._stints[key] = Stint(
                starts_at=shift.starts_at,
                ends_at=shift.ends_at,
                duty=duty,
                channel=shift.channel,
                shift_id=shift.id,
                day=self.day_of(shift),
                kind=shift.kind,
                minutes=shift.minutes,
            )
        return stint

    @cached_property
    def _stints(self) -> dict[tuple[int, Duty], Stint]:
        return {}

    def stints(self, person: RosterPerson, seatings: Iterable[Seating]) -> list[Stint]:
        """The person's stints with these seatings and their commitments, in order of time."""
        stints = list(person.commitments)
        stints += (self.stint(self.shift_by_id[s.shift_id], s.duty) for s in seatings)
        return in_order(stints)

    @property
    def seats(self) -> int:
        """How many seats are wanted, not counting people who shadow."""
        return sum(line.wanted for shift in self.shifts for line in shift.lines if line.duty.counts_as_cover)


def in_order(stints: Iterable[Stint]) -> list[Stint]:
    """The stints in order of time, as every rule expects them."""
    return sorted(stints, key=lambda stint: (stint.starts_at, stint.ends_at, stint.duty))


def filled_seats(roster: Roster, plan: Plan) -> int:
    """How many of the wanted seats the plan fills, not counting people who shadow."""
    return sum(
        min(line.wanted, len(plan.on(shift.id, line.duty)))
        for shift in roster.shifts
        for line in shift.lines
        if line.duty.counts_as_cover
    )
