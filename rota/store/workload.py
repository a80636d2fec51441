"""How much people have lately and next: hours, nights and their last night, for many people in one query.

Hours leave on-call time out and a night is what the rota rules call one, as in the totals of a draft.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from app import clock, settings
from app.policies import documents
from progression.duties import Duty
from rota.scheduling.roster import Roster, Stint
from rota.scheduling.rules.nights import NightsInThePeriod
from rota.scheduling.rules.policy import RotaRules
from rota.store.seat_parts import worked_by

LATELY = timedelta(weeks=4)
LOOKED_BACK = timedelta(weeks=12)  # for the last night


@dataclass(frozen=True, slots=True)
class Work:
    """Hours without on-call time, nights, and shifts, of some weeks."""

    hours: float = 0.0
    nights: int = 0
    shifts: int = 0


@dataclass(frozen=True, slots=True)
class Workload:
    """What one person had in the last four weeks and has in the next four, and the day of their last night shift."""

    lately: Work = Work()
    next: Work = Work()
    last_night: date | None = None
    """None where there was none in the last twelve weeks."""


def workloads_of(ids: Collection[int], *, now: datetime) -> dict[int, Workload]:
    """The workload of each of these people. A shift under way counts to the last weeks."""
    zone = settings.current().zone
    rules = documents.on(RotaRules, clock.on(now, zone))
    night_rule, clockwork = NightsInThePeriod(rules.nights_in_the_period), Roster(zone, rules, (), ())
    stints: dict[int, list[Stint]] = {person_id: [] for person_id in ids}
    for seat in worked_by(ids, now - LOOKED_BACK, now + LATELY):
        if seat.person_id is not None and seat.starts_at >= now - LOOKED_BACK:
            stints[seat.person_id].append(Stint(seat.starts_at, seat.ends_at, seat.duty, seat.channel))

    def work(of: list[Stint]) -> Work:
        minutes = sum(stint.worked_minutes for stint in of if stint.duty is not Duty.ON_CALL)
        return Work(minutes / 60, len(night_rule.nights(clockwork, of)), len(of))

    found = {}
    for person_id, theirs in stints.items():
        begun = [stint for stint in theirs if stint.starts_at <= now]
        nights = [stint.starts_at for stint in night_rule.nights(clockwork, begun)]
        found[person_id] = Workload(
            work([stint for stint in begun if stint.starts_at > now - LATELY]),
            work([stint for stint in theirs if stint.starts_at > now]),
            clock.on(max(nights), zone) if nights else None,
        )
    return found
