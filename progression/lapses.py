"""What somebody holds that ends, and the duties that end with it. Pure: facts and policy in, lapses out.

Everything that speaks of what lapses asks here: the e-mails before it, the page of what lapses in the coming weeks, and
the way back afterwards.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from app import clock
from progression.clearance import Eligibility, end_of, matching_facts
from progression.duties import Duty
from progression.facts import Fact
from progression.intervals import FOR_EVER, Interval
from progression.pathway import Pathway, Requirement


@dataclass(frozen=True, slots=True)
class Lapse:
    """One requirement that somebody meets now and no longer after a day, and the duties that they may do until then."""

    code: str
    need: Requirement
    last_day: date
    duties: tuple[Duty, ...]
    rests_on: tuple[int, ...]
    """The ids of the facts that hold now."""


def lapses(
    facts: Sequence[Fact], policy: Pathway, zone: ZoneInfo, *, born_on: date | None, at: datetime, until: date
) -> list[Lapse]:
    """What ends on a day up to and with `until`, the soonest first, by the facts recorded so far.

    Only what a duty rests on that the person may do at this instant: what they hold besides can end without a word.
    What they are without, in a grace period, is not here.
    """
    eligibility = Eligibility(facts, policy, zone, born_on)
    cleared = [duty for duty in policy.duties if _around(at, eligibility.clearance(duty)) is not None]
    found = []
    for code in dict.fromkeys(code for duty in cleared for code in policy.duties[duty].needs):
        span = _around(at, eligibility.met(code))
        if span is None or span.end == FOR_EVER:
            continue
        last_day = clock.on(span.end - timedelta(microseconds=1), zone)
        if last_day <= until:
            need = policy.requirements[code]
            duties = tuple(duty for duty in cleared if code in policy.duties[duty].needs)
            holding = (
                fact for fact in matching_facts(facts, need) if fact.happened_at <= at < end_of(fact, facts, zone)
            )
            found.append(Lapse(code, need, last_day, duties, tuple(fact.id for fact in holding)))
    return sorted(found, key=lambda lapse: (lapse.last_day, lapse.code))


def _around(at: datetime, spans: Sequence[Interval]) -> Interval | None:
    return next((span for span in spans if span.start <= at < span.end), None)
