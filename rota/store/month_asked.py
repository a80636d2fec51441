"""Where a month stands against what somebody's commitment asks: shifts worked, and shifts to come. For them, and for
those who plan; nothing else is worked out from it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app import clock, settings
from app.wording import plural
from progression.ledger import facts_of_person
from progression.road.commitment import Chosen, chosen_by
from progression.road.milestones import shifts_worked
from progression.stages import Stage
from rota.store.seat_parts import worked_by
from rota.store.seats import SeatRow


@dataclass(frozen=True, slots=True)
class MonthAsked:
    """What somebody chose, and their shifts of this month of the organisation's calendar.

    A shift that is over counts in the month in which it ended, one to come in that in which it begins.
    """

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


def month_asked(
    person_id: int, stage: Stage, now: datetime, *, coming: Sequence[SeatRow] | None = None
) -> MonthAsked | None:
    """Where this month stands for a person at a stage; None where they chose nothing, or nothing is asked of them.

    `coming` is what they work from now until the end of the month or longer, where the caller has read it.
    """
    chosen = chosen_by({person_id: stage}, now).get(person_id)
    if chosen is None:
        return None
    zone = settings.current().zone
    first = clock.on(now, zone).replace(day=1)
    begins, ends = clock.starts(first, zone), clock.starts(clock.months_after(first, 1), zone)
    worked = [fact for fact in shifts_worked(facts_of_person(person_id)) if begins <= fact.happened_at < ends]
    ahead = worked_by([person_id], now, ends) if coming is None else coming
    to_come = [seat for seat in ahead if begins <= seat.starts_at < ends and seat.ends_at > now]
    return MonthAsked(chosen, f"{first:%B}", len(worked), len(to_come))
