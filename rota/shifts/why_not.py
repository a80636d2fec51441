"""Why an open seat is not for somebody, for the person who asks, and what they can do about each reason.

A reason that is confidential reads as availability and helps as availability does, in every respect.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from app.domain import RequirementWords
from app.people.models import Person
from progression.intervals import Interval, covers
from progression.labels import resolve
from progression.standing import standing_of, standings_of
from rota.scheduling.rules.base import Breach
from rota.store.availability import stated_times_in
from rota.store.seats import SeatRow
from rota.store.stated_rows import stated_by


class Help(StrEnum):
    """What somebody can do about a reason themselves. ASK: nothing but ask somebody."""

    OFFER = "offer"
    TIMES = "times"  # they offer the time already, or said that they are away then
    LEARN = "learn"
    LIMITS = "limits"
    OTHER_SHIFT = "other-shift"
    ASK = "ask"


_HELP = {
    "availability": Help.OFFER,
    "clearance": Help.LEARN,
    "most_they_asked": Help.LIMITS,
    "shortest_break": Help.LIMITS,
    "shortest_run": Help.LIMITS,
    "overlap": Help.OTHER_SHIFT,
    "rest": Help.OTHER_SHIFT,
    "one_a_day": Help.OTHER_SHIFT,
    "hours_in_a_day": Help.OTHER_SHIFT,
}
"""What helps against a rule, by its key; against the others only asking does."""


@dataclass(frozen=True)
class WhyNot:
    """One reason in words, and what would help; `missing` is what a clearance lacks, each with its page."""

    sentence: str
    helps: Help
    missing: Sequence[RequirementWords] = ()


def why_not(person: Person, seat: SeatRow, breaches: Iterable[Breach], *, now: datetime) -> list[WhyNot]:
    """Say what stands against a person on a seat, and what would help; for these breaches a claim would be refused.

    Asks the database only where a clearance is lacking.
    """
    found = []
    for breach in breaches:
        helps = _HELP.get(breach.rule, Help.ASK)
        if helps is Help.OFFER and not _may_offer(person, seat):
            helps = Help.TIMES
        missing = _missing(person, seat, now=now) if helps is Help.LEARN else ()
        found.append(WhyNot(breach.sentence, helps, missing))
    return found


def _may_offer(person: Person, seat: SeatRow) -> bool:
    """Whether offering the time of a seat would change anything: not where they are away, or offer it already.

    Somebody for whom the reason is confidential offers it already, and so reads what somebody reads who is away.
    """
    stated = stated_times_in(stated_by(person.id), [person.id], seat.starts_at, seat.ends_at)[person.id]
    return not stated.away and not covers(stated.able, seat.starts_at, seat.ends_at)


def _missing(person: Person, seat: SeatRow, *, now: datetime) -> list[RequirementWords]:
    """What keeps a person from the duty of a seat for its whole time, each with the page on which they can meet it.

    Nothing for somebody who was never cleared for it: their journey lists all that is ahead of them.
    """
    if not standing_of(person.id, now).clearances[seat.duty]:
        return []
    asked = seat.duty, Interval(seat.starts_at, seat.ends_at)
    missing = standings_of([person.id], now, missing_for=asked)[person.id].missing
    return [resolve(each.evidence, now) or RequirementWords(each.title, None) for each in missing]
