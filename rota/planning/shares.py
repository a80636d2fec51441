"""How evenly a rota shares its shifts, nights and weekends: what each person has, beside their fair share.

A fair share is what the engine aims at (`Fairness`): in proportion to the shifts a person could have, being cleared and
having offered the time. Only shifts of this rota that are still to come count, as the draft has them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from progression.intervals import Interval
from progression.stages import Stage
from rota.scheduling.roster import Roster, RosterPerson, RosterShift, Stint
from rota.scheduling.rules.wishes import Fairness
from rota.store.draft_board import DraftBoard
from rota.store.snapshot import take_snapshot

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

    @property
    def distance(self) -> float:
        """How far the person is from their fair shares, all kinds together."""
        return sum(abs(share.count - share.fair) for share in self.shares.values())


def shares_of(board: DraftBoard, *, now: datetime) -> list[PersonShares]:
    """Everybody who could have a shift of the rota or has one, those furthest from their fair share first."""
    snapshot = take_snapshot(board, now=now)
    roster = snapshot.roster
    fairness = Fairness(roster.rules.fairness)
    measured: dict[int, tuple[tuple[int, ...], tuple[int, ...]]] = {}
    for person in roster.people:
        has = [roster.stint(roster.shift_by_id[s.shift_id], s.duty) for s in snapshot.plan.by_person.get(person.id, ())]
        offered = list(_possible(roster, person))
        if has or offered:
            measured[person.id] = _counted(roster, fairness, has), _counted(roster, fairness, offered)
    return sorted(_shares(roster, measured), key=lambda each: (-each.distance, each.name))


def _possible(roster: Roster, person: RosterPerson) -> Iterator[Stint]:
    """The shifts that the person offered and is cleared for, those of several channels at one time once."""
    times: set[tuple[datetime, datetime]] = set()
    for offered in person.availability:
        for shift in roster.shifts_within(offered):
            key = (shift.starts_at, shift.ends_at)
            if key not in times and (stint := _cleared(roster, person, shift)) is not None:
                times.add(key)
                yield stint


def _cleared(roster: Roster, person: RosterPerson, shift: RosterShift) -> Stint | None:
    for line in shift.lines:
        if line.wanted and line.duty.counts_as_cover:
            spans: Sequence[Interval] = person.clearances.get(line.duty, ())
            if any(span.start <= shift.starts_at and shift.ends_at <= span.end for span in spans):
                return roster.stint(shift, line.duty)
    return None


def _counted(roster: Roster, fairness: Fairness, stints: Sequence[Stint]) -> tuple[int, ...]:
    """Shifts, nights and shifts of weekends."""
    nights_and_weekends = [fairness.measures(roster, stint)[:2] for stint in stints]
    return len(stints), sum(night for night, _ in nights_and_weekends), sum(end for _, end in nights_and_weekends)


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
