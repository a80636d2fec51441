"""How evenly a rota shares its shifts, nights and weekends: what each person has, beside their fair share.

A fair share is what the engine aims at (`Fairness`): in proportion to the shifts a person could have, being cleared and
having offered the time. Only shifts of this rota that are still to come count, as the draft has them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from progression.duties import Duty
from progression.intervals import Interval, covers
from progression.road.commitment import Chosen, chosen_by
from progression.stages import Stage
from rota.scheduling.roster import Roster, RosterPerson, RosterShift, Stint
from rota.scheduling.rules.wishes import Fairness
from rota.store.draft_board import DraftBoard
from rota.store.snapshot import Depth, take_snapshot

KINDS = ("shifts", "nights", "weekends")
CLOSE = 1.0
"""How far from their fair share somebody's number may lie before words say so: one shift cannot be divided."""


@dataclass(frozen=True, slots=True)
class Share:
    """What one person has of one kind: how many, how many they could have, and their fair share."""

    count: int
    possible: int
    fair: float
    most: float
    """The longest bar of the kind, so that bars can be compared."""

    @property
    def has_percent(self) -> float:
        """The length of the bar, in percent."""
        return self._percent(self.count)

    @property
    def fair_percent(self) -> float:
        """Where the mark of the fair share stands, in percent."""
        return self._percent(self.fair)

    def _percent(self, number: float) -> float:
        return round(100 * number / self.most, 1) if self.most else 0.0

    @property
    def words(self) -> str:
        """How it compares with the fair share; empty where it is close."""
        beyond = self.count - self.fair
        if abs(beyond) <= CLOSE:
            return ""
        return f"{abs(beyond):.0f} {'over' if beyond > 0 else 'under'}"


@dataclass(frozen=True, slots=True)
class PersonShares:
    """One person's shares, by kind."""

    person_id: int
    name: str
    stage: Stage | None
    shares: Mapping[str, Share]
    chosen: Chosen | None = None
    """How much they would like to give, where they said so."""

    @property
    def distance(self) -> float:
        """How far the person is from their fair shares, all kinds together."""
        return sum(abs(share.count - share.fair) for share in self.shares.values())


PEOPLE_ON_A_PAGE = 50


@dataclass(frozen=True)
class PageOfShares:
    """Some of the people, those furthest from their fair share on the first page."""

    people: Sequence[PersonShares]
    number: int
    pages: int


def page_of_shares(board: DraftBoard, number: int, *, now: datetime) -> PageOfShares:
    """One page of everybody's shares; the last where there are fewer pages."""
    people = shares_of(board, now=now)
    pages = max(1, -(-len(people) // PEOPLE_ON_A_PAGE))
    number = min(max(number, 1), pages)
    shown = people[(number - 1) * PEOPLE_ON_A_PAGE : number * PEOPLE_ON_A_PAGE]
    chosen = chosen_by({each.person_id: each.stage for each in shown if each.stage is not None}, now)
    return PageOfShares([replace(each, chosen=chosen.get(each.person_id)) for each in shown], number, pages)


def shares_of(board: DraftBoard, *, now: datetime) -> list[PersonShares]:
    """Everybody who could have a shift of the rota or has one, those furthest from their fair share first."""
    snapshot = take_snapshot(board, now=now, depth=Depth.OFFERS)
    roster = snapshot.roster
    count = _Count(roster)
    measured: dict[int, tuple[tuple[int, ...], tuple[int, ...]]] = {}
    for person in roster.people:
        has = [roster.stint(roster.shift_by_id[s.shift_id], s.duty) for s in snapshot.plan.by_person.get(person.id, ())]
        possible = count.possible(person)
        if has or possible[0]:
            measured[person.id] = count.of(has), possible
    return sorted(_shares(roster, measured), key=lambda each: (-each.distance, each.name))


class _Count:
    """Counts shifts, nights and shifts of weekends; what is asked for many people is found out once."""

    def __init__(self, roster: Roster) -> None:
        self.roster = roster
        self._fairness = Fairness(roster.rules.fairness)
        self._measures: dict[tuple[int | None, Duty], tuple[int, int]] = {}
        self._within: dict[Interval, list[tuple[RosterShift, tuple[Duty, ...]]]] = {}
        self._possible: dict[tuple[tuple[Interval, ...], frozenset[Duty]], tuple[int, ...]] = {}
        shifts = roster.shifts_by_start
        self._duties = sorted({duty for shift in shifts for duty in _needs(shift)})
        self._starts = min((shift.starts_at for shift in shifts), default=None)
        self._ends = max((shift.ends_at for shift in shifts), default=None)

    def possible(self, person: RosterPerson) -> tuple[int, ...]:
        """What somebody could have. Many offer the same times and may do the same throughout: counted once for all."""
        duties = self._cleared_throughout(person)
        if duties is None:
            return self.of(list(_possible(self, person)))
        key = person.availability, duties
        if key not in self._possible:
            self._possible[key] = self.of(list(_possible(self, person)))
        return self._possible[key]

    def _cleared_throughout(self, person: RosterPerson) -> frozenset[Duty] | None:
        """The duties that somebody may do from the first shift to the last; None where one begins or ends between."""
        cleared = set()
        for duty in self._duties if person.availability else ():
            if spans := person.clearances.get(duty, ()):
                if self._starts is None or self._ends is None or not covers(spans, self._starts, self._ends):
                    return None
                cleared.add(duty)
        return frozenset(cleared)

    def within(self, offered: Interval) -> list[tuple[RosterShift, tuple[Duty, ...]]]:
        """The shifts in a time, each with the duties that it needs people in."""
        if offered not in self._within:
            self._within[offered] = [(shift, _needs(shift)) for shift in self.roster.shifts_within(offered)]
        return self._within[offered]

    def of(self, stints: Sequence[Stint]) -> tuple[int, ...]:
        """How many these are, how many of them are nights, and how many on a weekend."""
        nights = weekends = 0
        for stint in stints:
            key = stint.shift_id, stint.duty
            if key not in self._measures:
                self._measures[key] = self._fairness.measures(self.roster, stint)[:2]
            night, weekend = self._measures[key]
            nights, weekends = nights + night, weekends + weekend
        return len(stints), nights, weekends


def _needs(shift: RosterShift) -> tuple[Duty, ...]:
    return tuple(line.duty for line in shift.lines if line.wanted and line.duty.counts_as_cover)


def _possible(count: _Count, person: RosterPerson) -> Iterator[Stint]:
    """The shifts that the person offered and is cleared for, those of several channels at one time once."""
    times: set[tuple[datetime, datetime]] = set()
    cleared: dict[Duty, Sequence[Interval]] = {}
    for offered in person.availability:
        for shift, duties in count.within(offered):
            key = (shift.starts_at, shift.ends_at)
            if key in times:
                continue
            for duty in duties:
                if duty not in cleared:
                    cleared[duty] = person.clearances.get(duty, ())
                if covers(cleared[duty], *key):
                    times.add(key)
                    yield count.roster.stint(shift, duty)
                    break


def _shares(roster: Roster, measured: Mapping[int, tuple[tuple[int, ...], tuple[int, ...]]]) -> Iterator[PersonShares]:
    shares: dict[int, dict[str, Share]] = {person_id: {} for person_id in measured}
    for place, kind in enumerate(KINDS):
        given = sum(has[place] for has, _ in measured.values())
        offered = sum(could[place] for _, could in measured.values())
        fair = {n: given * could[place] / offered if offered else 0.0 for n, (_, could) in measured.items()}
        most = max([*fair.values(), *(has[place] for has, _ in measured.values())], default=0.0)
        for person_id, (has, could) in measured.items():
            shares[person_id][kind] = Share(has[place], could[place], fair[person_id], most)
    for person_id, by_kind in shares.items():
        person = roster.person_by_id[person_id]
        yield PersonShares(person_id, person.name, person.stage, by_kind)
