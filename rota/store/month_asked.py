"""Where a month stands against what somebody's commitment asks: shifts worked, and shifts to come. For them, and for
those who plan; nothing else is worked out from it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app import clock, settings
from app.wording import plural
from progression.road.commitment import Chosen, chosen_by
from progression.stages import Stage
from rota.store.seat_parts import given_by, worked_by


@dataclass(frozen=True, slots=True)
class MonthAsked:
    """What somebody chose, and their shifts that begin in this month of the organisation's calendar."""

    chosen: Chosen
    month: str
    worked: int
    coming: int
    """Those that are not over yet."""

    @property
    def sentence(self) -> str:
        """How the month stands: “In March: 1 worked, 2 to come.”"""
        if not self.worked and not self.coming:
            return f"In {self.month}: none so far."
        return f"In {self.month}: {plural(self.worked, 'shift')} worked, {self.coming} to come."


def month_asked(person_id: int, stage: Stage, now: datetime) -> MonthAsked | None:
    """Where this month stands for a person at a stage; None where they chose nothing, or nothing is asked of them."""
    chosen = chosen_by({person_id: stage}, now).get(person_id)
    if chosen is None:
        return None
    zone = settings.current().zone
    first = clock.on(now, zone).replace(day=1)
    begins, ends = clock.starts(first, zone), clock.starts(clock.months_after(first, 1), zone)
    worked = [seat for seat in given_by(person_id, now) if begins <= seat.starts_at < ends]
    coming = [seat for seat in worked_by([person_id], now, ends) if begins <= seat.starts_at and seat.ends_at > now]
    return MonthAsked(chosen, f"{first:%B}", len(worked), len(coming))
