"""The cover of the coming weeks: which seats nobody will be able to fill, and whose renewals would fill most of them.

A seat counts as filled if its holder may keep it, or if somebody offers the whole of its time, may do its duty from its
first minute to its last, and is not needed elsewhere. Nobody is counted for two shifts of one day (a day and a night
shift are two), nor beyond what they asked for in a week. Rests between days and who is beside whom are left to the
rota: they can only make more seats empty, so no rota fills more seats than this.

Each week is a flow from seats through days to people, so as many seats are filled as anybody could fill: those that a
safe mix needs first, then the others, each in order of time. Which seats those are is decided by that order alone (the
sets of seats that can be filled together are the independent sets of a gammoid: Mason, "On a class of matroids arising
from paths in graphs", Proc. London Math. Soc. 1972). So a forecast made again from the same facts is the same.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property

from progression.duties import Duty
from progression.intervals import Interval, covers

NOTHING: frozenset[str] = frozenset()
NO_LIMIT = 1_000
MOST_KEPT = 50  # fillings of a week: each holds all who are on its seats

Renewed = Mapping[int, frozenset[str]]
"""Of each person, by id, the requirements (`kind:key`) that count as renewed."""


@dataclass(frozen=True, slots=True)
class AheadLine:
    """What a shift needs in one duty, and the ids of the people who have its seats."""

    duty: Duty
    minimum: int
    wanted: int
    holders: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class AheadShift:
    """A shift that is published, or that a weekly pattern asks for; `rota_id` is None for the latter.

    `day` is the organisation's day on which it begins. Below `least` people it is not safe, whatever their duties.
    """

    id: int
    channel_id: int
    day: date
    starts_at: datetime
    ends_at: datetime
    lines: tuple[AheadLine, ...]
    label: str = ""
    least: int = 1
    is_night: bool = False
    rota_id: int | None = None

    @property
    def monday(self) -> date:
        """The first day of its week."""
        return self.day - timedelta(days=self.day.weekday())


@dataclass(frozen=True, slots=True)
class Asked:
    """A requirement that a person does not meet for all of the time ahead, and when they meet it.

    `lapses_at` is when it ends, or ended, where renewing it would help; None for what they never had.
    """

    evidence: str
    held: tuple[Interval, ...]
    lapses_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class AheadPerson:
    """Somebody who may be counted: when they can, what they asked for at most in a week, and what they may do.

    A duty that is not in `duties` they never may do; with an empty tuple they may do it all the time.
    `not_on` are shifts that are not for them, for whatever reason.
    """

    id: int
    able: tuple[Interval, ...]
    duties: Mapping[Duty, tuple[Asked, ...]]
    shifts_a_week: int | None = None
    minutes_a_week: int | None = None
    nights_a_week: int | None = None
    not_on: frozenset[int] = frozenset()

    def lacks(self, duty: Duty, starts_at: datetime, ends_at: datetime) -> frozenset[str] | None:
        """What they would have to renew to do a duty for the whole of a time; None if they could not at all."""
        if duty not in self.duties:
            return None
        missing = [each for each in self.duties[duty] if not covers(each.held, starts_at, ends_at)]
        if any(each.lapses_at is None for each in missing):
            return None
        return frozenset(each.evidence for each in missing)

    @property
    def lapses(self) -> Mapping[str, datetime]:
        """All that they could renew, and when it ends."""
        return {each.evidence: each.lapses_at for asked in self.duties.values() for each in asked if each.lapses_at}


@dataclass(frozen=True, slots=True, order=True)
class AheadSeat:
    """One of the wanted seats of a shift. The safe ones of a shift are those that a safe mix needs."""

    is_beyond_safe: bool
    starts_at: datetime
    shift_id: int
    line: int
    number: int


@dataclass(frozen=True)
class Ahead:
    """The shifts and people of the coming weeks."""

    shifts: tuple[AheadShift, ...]
    people: tuple[AheadPerson, ...]

    @cached_property
    def weeks(self) -> tuple[Week, ...]:
        """The weeks each by itself: what is counted in one has nothing to do with the others."""
        by_monday: dict[date, list[AheadShift]] = defaultdict(list)
        for shift in sorted(self.shifts, key=lambda each: (each.starts_at, each.channel_id, each.id)):
            by_monday[shift.monday].append(shift)
        return tuple(Week(tuple(shifts), self.people) for _, shifts in sorted(by_monday.items()))

    def filled(self, renewed: Renewed | None = None) -> frozenset[AheadSeat]:
        """The seats that can be filled if this much is renewed; without it, as things stand."""
        return frozenset(seat for week in self.weeks for seat in week.filled(renewed or {}).seats)


@dataclass(frozen=True)
class Filled:
    """What one week comes to: its filled seats, and the shifts and duties that would help if one more could do them."""

    seats: frozenset[AheadSeat]
    would_help: frozenset[tuple[int, int]] = frozenset()
    """By the place of the shift in its week and the place of the line in the shift."""

    @property
    def worth(self) -> tuple[int, int]:
        """What is compared: the seats that a safe mix needs, then all."""
        return sum(not seat.is_beyond_safe for seat in self.seats), len(self.seats)


Place = tuple[int, int]  # a line of a shift, by the places of both
Node = tuple[int, date, bool]  # one person on one day, or one night


@dataclass(frozen=True)
class Week:
    """The shifts of one week, in order of time, and who could be on them."""

    shifts: tuple[AheadShift, ...]
    people: tuple[AheadPerson, ...]
    _known: dict[frozenset[tuple[int, frozenset[str]]], _Filling] = field(default_factory=dict, compare=False)

    @cached_property
    def seats(self) -> tuple[AheadSeat, ...]:
        """Every wanted seat, in the order in which they are filled."""
        return tuple(sorted(seat for place in range(len(self.shifts)) for seat in _seats(self.shifts[place])))

    @cached_property
    def place_of(self) -> Mapping[int, int]:
        """The place of each shift by its id."""
        return {shift.id: place for place, shift in enumerate(self.shifts)}

    @cached_property
    def candidates(self) -> Mapping[Place, tuple[tuple[AheadPerson, frozenset[str]], ...]]:
        """Who could be in a line of a shift, and what they would have to renew for it; those with nothing first."""
        found: dict[Place, list[tuple[AheadPerson, frozenset[str]]]] = defaultdict(list)
        for person in self.people:
            for place in self._offered(person):
                shift = self.shifts[place]
                for number, line in enumerate(shift.lines):
                    if line.wanted and (lacks := person.lacks(line.duty, shift.starts_at, shift.ends_at)) is not None:
                        found[place, number].append((person, lacks))
        return {place: tuple(sorted(each, key=lambda one: (bool(one[1]), one[0].id))) for place, each in found.items()}

    def _offered(self, person: AheadPerson) -> Iterator[int]:
        for span in person.able:
            first = bisect_left(self.shifts, span.start, key=lambda shift: shift.starts_at)
            for place in range(first, len(self.shifts)):
                if self.shifts[place].starts_at >= span.end:
                    break
                if self.shifts[place].ends_at <= span.end and self.shifts[place].id not in person.not_on:
                    yield place

    @cached_property
    def lapsing(self) -> Mapping[int, frozenset[str]]:
        """Of each person, what they could renew that matters in this week."""
        found: dict[int, frozenset[str]] = defaultdict(frozenset)
        for candidates in self.candidates.values():
            for person, lacks in candidates:
                found[person.id] |= lacks
        return {person_id: codes for person_id, codes in found.items() if codes}

    @cached_property
    def most_of(self) -> Mapping[int, tuple[int, int]]:
        """Of each person, the most shifts and the most nights that they asked for in a week."""
        shortest: dict[int, timedelta] = {}
        for (place, _), candidates in self.candidates.items():
            length = self.shifts[place].ends_at - self.shifts[place].starts_at
            for person, _ in candidates:
                shortest[person.id] = min(length, shortest.get(person.id, length))
        most = {}
        for person in self.people:
            shifts = NO_LIMIT if person.shifts_a_week is None else person.shifts_a_week
            if person.minutes_a_week is not None and person.id in shortest:
                shifts = min(shifts, timedelta(minutes=person.minutes_a_week) // shortest[person.id])
            most[person.id] = (shifts, NO_LIMIT if person.nights_a_week is None else person.nights_a_week)
        return most

    def filled(self, renewed: Renewed) -> Filled:
        """As many seats as can be filled if this much is renewed, by the order of the seats."""
        return self._filling(renewed).filled

    def gain(self, renewed: Renewed, person_id: int, codes: frozenset[str]) -> tuple[int, int]:
        """How many more seats are filled, those that a safe mix needs and all, if a person renews this as well."""
        return self._filling(renewed).gain({**renewed, person_id: codes}) if person_id in self.lapsing else (0, 0)

    def _filling(self, renewed: Renewed) -> _Filling:
        matter = {each: codes & self.lapsing[each] for each, codes in renewed.items() if each in self.lapsing}
        key = frozenset((person_id, codes) for person_id, codes in matter.items() if codes)
        if key not in self._known:
            if len(self._known) > MOST_KEPT:
                self._known.clear()
            self._known[key] = _Filling(self, dict(key))
        return self._known[key]

    def can_be_helped_by(self, renewed: Renewed) -> Iterator[int]:
        """The people whose renewals may fill a seat that is empty when this much is renewed."""
        for place in self.filled(renewed).would_help:
            for person, lacks in self.candidates.get(place, ()):
                if lacks - renewed.get(person.id, NOTHING):
                    yield person.id


def _seats(shift: AheadShift) -> Iterator[AheadSeat]:
    """The wanted seats of a shift; the next ones count as safe where its lines alone ask for too few people."""
    lacking = shift.least - sum(line.minimum for line in shift.lines)
    for place, line in enumerate(shift.lines):
        for number in range(line.wanted):
            is_beyond = number >= line.minimum
            if is_beyond and lacking > 0:
                is_beyond, lacking = False, lacking - 1
            yield AheadSeat(is_beyond, shift.starts_at, shift.id, place, number)


class _Filling:
    """Fills the seats of one week one after another, each by the shortest chain of people who move over.

    A chain goes from a seat to a person on a day, and on through what takes that person: the seat of that day or, where
    they have as much as they asked for, any seat of their week.
    """

    def __init__(self, week: Week, renewed: Renewed) -> None:
        self._week, self._renewed = week, renewed
        self._on: dict[AheadSeat, Node] = {}
        self._by: dict[int, dict[Node, AheadSeat | None]] = defaultdict(dict)
        """Of each person, what they have; None is a seat that is theirs already."""
        self._held: Counter[Place] = Counter()
        self._would_help: set[Place] = set()
        self._in_vain: set[Node] = set()
        """From whom no chain leads to somebody free: no later chain can change that."""
        self._keep_holders()
        filled = [seat for seat in week.seats if self._held[self._place(seat)] > seat.number or self._fill(seat)]
        self.filled = Filled(frozenset(filled), frozenset(self._would_help))

    def gain(self, renewed: Renewed) -> tuple[int, int]:
        """How many more seats are filled, those that a safe mix needs and all, with these renewals in place of its own.

        Nobody has to give up a seat for it, so that only empty ones are looked at.
        """
        kept = self._renewed, self._on, self._by, self._would_help, self._in_vain
        self._renewed, self._would_help, self._in_vain = renewed, set(), set()
        self._on = dict(self._on)
        self._by = defaultdict(dict, {person_id: dict(theirs) for person_id, theirs in self._by.items()})
        gained = [seat for seat in self._week.seats if seat not in self.filled.seats and self._fill(seat)]
        self._renewed, self._on, self._by, self._would_help, self._in_vain = kept
        return sum(not seat.is_beyond_safe for seat in gained), len(gained)

    def _keep_holders(self) -> None:
        """Those who have a seat and may keep it stay on it, whatever they asked for at most."""
        people = {person.id: person for person in self._week.people}
        for place, shift in enumerate(self._week.shifts):
            for number, line in enumerate(shift.lines):
                for person in (people[each] for each in line.holders if each in people):
                    if self._may(person.id, person.lacks(line.duty, shift.starts_at, shift.ends_at)):
                        self._held[place, number] += 1
                        self._by[person.id][person.id, shift.day, shift.is_night] = None

    def _may(self, person_id: int, lacks: frozenset[str] | None) -> bool:
        return lacks is not None and (not lacks or lacks <= self._renewed.get(person_id, NOTHING))

    def _place(self, seat: AheadSeat) -> Place:
        return self._week.place_of[seat.shift_id], seat.line

    def _fill(self, seat: AheadSeat) -> bool:
        """Find somebody for a seat; False after noting where one more person would help."""
        came_from: dict[AheadSeat, tuple[AheadSeat, Node] | None] = {seat: None}
        waiting, seen = [seat], set(self._in_vain)
        for each in waiting:
            for node in self._nodes(each):
                if node in seen:
                    continue
                seen.add(node)
                in_the_way = self._in_the_way(node)
                if in_the_way is None:
                    self._give(each, node, came_from)
                    return True
                for other in in_the_way:
                    if other not in came_from:
                        came_from[other] = (each, node)
                        waiting.append(other)
        self._in_vain = seen
        self._would_help |= {self._place(each) for each in came_from}
        return False

    def _nodes(self, seat: AheadSeat) -> Iterator[Node]:
        place = self._place(seat)
        shift = self._week.shifts[place[0]]
        for person, lacks in self._week.candidates.get(place, ()):
            if self._may(person.id, lacks):
                yield person.id, shift.day, shift.is_night

    def _in_the_way(self, node: Node) -> list[AheadSeat] | None:
        """The seats of which one has to be given up so that this person can come; None if they can."""
        theirs = self._by[node[0]]
        if node in theirs:
            return [seat for seat in (theirs[node],) if seat is not None]
        most, most_nights = self._week.most_of[node[0]]
        nights = [seat for (_, _, is_night), seat in theirs.items() if is_night]
        if node[2] and len(nights) >= most_nights:
            return [seat for seat in nights if seat is not None]
        if len(theirs) >= most:
            return [seat for seat in theirs.values() if seat is not None]
        return None

    def _give(self, seat: AheadSeat, node: Node, came_from: Mapping[AheadSeat, tuple[AheadSeat, Node] | None]) -> None:
        """Give the person to the seat, whom it had to the seat before it in the chain, and so on to the first."""
        chain: tuple[AheadSeat, Node] | None = (seat, node)
        while chain is not None:
            seat, node = chain
            if (had := self._on.get(seat)) is not None:
                del self._by[had[0]][had]
            self._on[seat] = node
            self._by[node[0]][node] = seat
            chain = came_from[seat]
