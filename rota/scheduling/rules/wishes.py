"""What is weighed once cover is settled: wishes, and an even share of nights, weekends and hours."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from rota.scheduling.roster import Roster, RosterPerson, Stint, Wish
from rota.scheduling.roster_data import RosterData
from rota.scheduling.rules.base import Breach, ConstraintModel, DataNeed, PersonRule, times
from rota.scheduling.rules.days import SATURDAY
from rota.scheduling.rules.nights import NightRule
from rota.scheduling.rules.policy import FairnessSettings
from rota.scheduling.wording import instant_in_words


class Wishes(PersonRule):
    """What people would like, and like to avoid."""

    key = "wishes"
    statement = "People have what they wished for where it can be done."
    monotone = False
    needs = (DataNeed(RosterData.WISHES, "nobody’s wishes are weighed"),)
    can_leave_seats_empty = False
    applies_without_shifts = True

    def check(self, roster: Roster, person: RosterPerson, stints: Sequence[Stint]) -> Iterator[Breach]:
        for wish in person.wishes:
            meant = [s for s in stints if s.shift_id is not None and matches(roster, wish, s)]
            if wish.wanted and not meant:
                yield self.breach(person, f"{person.name} wished for a shift and has none that fits it.")
            elif not wish.wanted:
                for stint in meant:
                    on = instant_in_words(stint.starts_at, roster)
                    yield self.breach(person, f"{person.name} would rather not have {on}.", stint)

    def constrain(self, model: ConstraintModel, person: RosterPerson) -> None:
        for wish in person.wishes:
            meant = [p for p in model.possible(person) if matches(model.roster, wish, p.stint)]
            meant = [p for p in meant if p.stint.shift_id is not None]
            if wish.wanted:
                granted = model.any_of([[(1, p.works)] for p in meant])
                model.price(times(-wish.price, granted), always=wish.price)
            else:
                model.price([(wish.price, p.works) for p in meant])


class StandingSlots(PersonRule):
    """People who have a seat every week have it this week too; missed once for each such shift."""

    key = "standing_slots"
    statement = "People who have the same seat every week keep it."
    monotone = False
    needs = (DataNeed(RosterData.STANDING_SLOTS, "nobody has a seat that is theirs every week"),)
    can_leave_seats_empty = False
    applies_without_shifts = True
    is_preference = True

    def check(self, roster: Roster, person: RosterPerson, stints: Sequence[Stint]) -> Iterator[Breach]:
        for stint in self._standing(roster, person):
            if stint not in stints:
                on = instant_in_words(stint.starts_at, roster)
                yield self.breach(person, f"{person.name} has {on} every week and is not on it.", stint)

    def constrain(self, model: ConstraintModel, person: RosterPerson) -> None:
        works = {p.stint: p.works for p in model.possible(person)}
        for stint in self._standing(model.roster, person):
            model.at_least(self, [(1, works[stint])] if stint in works else [], 1)

    def _standing(self, roster: Roster, person: RosterPerson) -> Iterator[Stint]:
        for slot in person.slots:
            for shift in roster.shifts_by_start:
                if shift.channel == slot.channel and shift.line(slot.duty) and slot.is_at(shift.starts_at, roster.zone):
                    yield roster.stint(shift, slot.duty)


class Fairness(NightRule):
    """Nights, weekends and hours are shared evenly among people who offered the same.

    The cost is convex: each further night, weekend shift or four hours costs more than the one before, and the more so
    the less somebody offered. So the cheapest plan is the most even one, in proportion to what each person offered.
    """

    key = "fairness"
    statement = "Nights, weekends and hours are shared evenly among people who offered the same."
    monotone = False
    needs = (DataNeed(RosterData.LOAD, "nights before the period do not count in anybody’s share", is_essential=False),)
    can_leave_seats_empty = False

    def __init__(self, settings: FairnessSettings) -> None:
        super().__init__(settings)
        self.prices = (settings.night_price, settings.weekend_price, settings.hours_price)

    def check(self, roster: Roster, person: RosterPerson, stints: Sequence[Stint]) -> Iterator[Breach]:
        """Evenness is weighed, never broken."""
        return iter(())

    def measures(self, roster: Roster, stint: Stint) -> tuple[int, int, int]:
        """What a stint adds to nights, to weekend shifts and to hours, hours in minutes."""
        is_weekend = roster.day_of(stint).weekday() >= SATURDAY
        return int(self.is_night(roster, stint)), int(is_weekend), stint.worked_minutes

    def weight(self, roster: Roster, person: RosterPerson, offer: Sequence[Stint], stints: Sequence[Stint]) -> int:
        """The cost of these stints for a person who might be given any of `offer`."""
        total = 0
        worked = [self.measures(roster, stint) for stint in stints]
        for n, share in enumerate(self._shares(roster, person, offer)):
            units = -(-sum(m[n] for m in worked) // share.unit)
            total += sum(share.weights[min(piece, len(share.weights) - 1)] for piece in range(units))
        return total

    def constrain(self, model: ConstraintModel, person: RosterPerson) -> None:
        possible = [p for p in model.possible(person) if p.stint.shift_id is not None]
        measured = [self.measures(model.roster, p.stint) for p in possible]
        for n, share in enumerate(self._shares(model.roster, person, [p.stint for p in possible])):
            terms = [(m[n], p.works) for m, p in zip(measured, possible, strict=True) if m[n]]
            model.price_growing(terms, share.unit, share.weights)

    def _shares(self, roster: Roster, person: RosterPerson, offer: Sequence[Stint]) -> Iterator[_Share]:
        # Time is what people offer: two duties, or two channels at the same hours, are one offer.
        offered = {(s.starts_at, s.ends_at): self.measures(roster, s) for s in offer}.values()
        # Nights before the period that still count are the first units of the share.
        had = (-(-person.load // NIGHT_MINUTES), 0, 0)
        for n, (price, unit) in enumerate(zip(self.prices, (1, 1, BLOCK_MINUTES), strict=True)):
            units = max(1, -(-sum(m[n] for m in offered) // unit))
            weights = [price * (2 * (piece + had[n]) + 1) * SCALE // units for piece in range(self.most)]
            yield _Share(unit, weights)


@dataclass(frozen=True, slots=True)
class _Share:
    """The cost of the first, the second and each further unit of something."""

    unit: int
    weights: list[int]


BLOCK_MINUTES = 240
NIGHT_MINUTES = 480
SCALE = 1000


def matches(roster: Roster, wish: Wish, stint: Stint) -> bool:
    """Whether a wish is about a stint."""
    return (
        (wish.day is None or wish.day == roster.day_of(stint))
        and (wish.kind is None or wish.kind == stint.kind)
        and (wish.channel is None or wish.channel == stint.channel)
        and (wish.within is None or (wish.within.start <= stint.starts_at and stint.ends_at <= wish.within.end))
        and _is_at_such_times(roster, wish, stint)
    )


def _is_at_such_times(roster: Roster, wish: Wish, stint: Stint) -> bool:
    """Whether a stint begins on the days and between the times of a wish, on the clock that the person meant."""
    if wish.weekdays is None and wish.starts is None:
        return True
    begins = stint.starts_at.astimezone(roster.zone if wish.zone is None else ZoneInfo(wish.zone))
    day, at, starts, ends = begins.weekday(), begins.time(), wish.starts, wish.ends
    if starts is not None and ends is not None:
        is_past_midnight = ends <= starts
        if is_past_midnight and at < ends:
            day = (day - 1) % 7  # it belongs to the night that began the day before
        elif at < starts or (at >= ends and not is_past_midnight):
            return False
    return wish.weekdays is None or day in wish.weekdays
