"""Which hours of a seat its holder may offer to others: within the shift, not too short, and leaving them enough."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from app import clock, settings
from app.people.models import Person
from app.policies import documents
from app.refusals import NotFound
from app.wording import duration
from progression.intervals import Interval
from rota.scheduling.rules.policy import PartsSettings, RotaRules, Severity
from rota.store.models import Assignment, Rota, Shift
from rota.store.seat_parts import as_worked, parts_of_seat
from rota.store.seats import SeatRow, seats_where

STEP = timedelta(minutes=30)
"""How far apart the hours are that a page offers, counted from the start of the shift."""


@dataclass(frozen=True)
class HoursToOffer:
    """What the holder of a seat could offer of it: the instants between which they choose, and the bounds."""

    seat: SeatRow
    moments: Sequence[datetime]
    least: timedelta
    proposed: Interval | None
    """What the page suggests: the second half of what is still theirs. None: nothing of it can be offered."""
    why_not: str | None

    @property
    def least_words(self) -> str:
        """How short a part may be, in words: 2 hours."""
        return duration(self.least / timedelta(minutes=1))


def hours_to_offer(assignment_id: int, person: Person, *, now: datetime) -> HoursToOffer:
    """Return which hours of their seat a person could offer; refuses one that is not theirs, or has begun."""
    seat = own_seat_ahead(assignment_id, person.id, now=now)
    rule = _rule(seat)
    least = timedelta(hours=rule.least_hours)
    moments = [seat.starts_at]
    while moments[-1] + STEP < seat.ends_at:
        moments.append(moments[-1] + STEP)
    moments.append(seat.ends_at)
    why_not = _why_nothing(rule, seat)
    proposed = None if why_not else _proposed(_left(seat), moments, least)
    if proposed is None and why_not is None:
        why_not = f"What is left of it to you is too short to share: {_hours(rule)} at least for each of you."
    return HoursToOffer(seat, moments, least, proposed, why_not)


def own_seat_ahead(assignment_id: int, person_id: int, *, now: datetime) -> SeatRow:
    """Return a seat that a person has and that has not begun; refuses any other as not found."""
    rows = seats_where(
        Assignment.id == assignment_id, Assignment.person_id == person_id, Rota.version > 0, Shift.starts_at > now
    )
    if not rows:
        raise NotFound("There is no such shift of yours. It may have begun, or changed hands already.")
    return rows[0]


def _rule(seat: SeatRow) -> PartsSettings:
    return documents.on(RotaRules, clock.on(seat.starts_at, settings.current().zone)).parts


def _hours(rule: PartsSettings) -> str:
    return duration(rule.least_hours * 60)


def _why_nothing(rule: PartsSettings, seat: SeatRow) -> str | None:
    if rule.severity is Severity.UNUSED:
        return "Parts of shifts are not offered here. You can ask for cover for all of it, or swap it."
    if seat.ends_at - seat.starts_at < timedelta(hours=2 * rule.least_hours):
        return f"This shift is too short to share: {_hours(rule)} at least for each of you."
    return None


def _left(seat: SeatRow) -> list[SeatRow]:
    """What is still with who has the seat."""
    return [each for each in as_worked([seat], parts_of_seat(seat.id)) if not each.is_part]


def why_not_offered(seat: SeatRow, starts_at: datetime, ends_at: datetime) -> str | None:
    """Why these hours of a seat cannot be offered, in a sentence; None: they can."""
    rule = _rule(seat)
    least = timedelta(hours=rule.least_hours)
    if (nothing := _why_nothing(rule, seat)) is not None:
        return nothing
    if ends_at <= starts_at:
        return "Please choose an end after the start."
    if starts_at < seat.starts_at or seat.ends_at < ends_at:
        return "Please choose hours of this shift."
    if (starts_at, ends_at) == (seat.starts_at, seat.ends_at):
        return "That is the whole shift. Ask for cover for it instead, under “I can’t make it”."
    if ends_at - starts_at < least:
        return f"Please offer {_hours(rule)} or more: for less hardly anybody comes."
    left = _left(seat)
    around = next((each for each in left if each.starts_at <= starts_at and ends_at <= each.ends_at), None)
    if around is None:
        return "Somebody has some of these hours already. Please choose others."
    rests = starts_at - around.starts_at, around.ends_at - ends_at
    if any(timedelta(0) < rest < least for rest in rests):
        return f"That would leave you less than {_hours(rule)} in one piece. Please choose other hours."
    if not any(rests) and len(left) == 1:
        return "That would leave you nothing of this shift. Ask for cover for it instead, under “I can’t make it”."
    return None


def _proposed(left: Sequence[SeatRow], moments: Sequence[datetime], least: timedelta) -> Interval | None:
    """The later half of the longest time that is still with who has the seat, or what of it can be offered."""
    longest = max(left, key=lambda each: each.ends_at - each.starts_at, default=None)
    if longest is None or longest.ends_at - longest.starts_at < 2 * least:
        return None
    middle = longest.starts_at + (longest.ends_at - longest.starts_at) / 2
    possible = [at for at in moments if longest.starts_at + least <= at <= longest.ends_at - least]
    if not possible:
        return None
    return Interval(min(possible, key=lambda at: (abs(at - middle), at)), longest.ends_at)
