"""What people do beside the shifts of a roster: on other rotas, before and after; and the nights they had before it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from zoneinfo import ZoneInfo

from app import clock
from rota.scheduling.roster import Roster, Stint
from rota.scheduling.rules.policy import RotaRules
from rota.scheduling.rules.totals import LighterAfterHeavy
from rota.store.asked_rows import LATELY
from rota.store.limits import PersonLimits
from rota.store.seats import SeatRow


def work_elsewhere(
    held: Iterable[SeatRow], further_off: Mapping[int, Sequence[Stint]], own_shifts: Collection[int]
) -> dict[int, list[Stint]]:
    """What people do on other rotas, and on this one before and after what is being planned.

    They have no shift id: the rules count their hours and rest, but check only the shifts of the roster. A part of
    somebody else's seat is always such work; what others took of a seat on the roster stays with who has it there.
    """
    found: dict[int, list[Stint]] = defaultdict(list)
    for person_id, stints in further_off.items():
        found[person_id] += stints
    for seat in held:
        if (seat.is_part or seat.shift_id not in own_shifts) and seat.person_id is not None:
            found[seat.person_id].append(Stint(seat.starts_at, seat.ends_at, seat.duty, seat.channel))
    return found


def by_month_of(limits: Mapping[int, PersonLimits]) -> frozenset[int]:
    """The people who set a limit that counts over a month."""
    return frozenset(person_id for person_id, asked in limits.items() if asked.is_by_month)


def load_before(
    work: Mapping[int, Sequence[Stint]], first_day: date, rules: RotaRules, zone: ZoneInfo
) -> dict[int, int]:
    """The minutes of the nights that people had in the weeks before a day, of those who had any."""
    rule, clockwork = LighterAfterHeavy(rules.lighter_after_heavy), Roster(zone, rules, (), ())
    until = clock.starts(first_day, zone)
    load = {}
    for person_id, stints in work.items():
        lately = [stint for stint in stints if until - LATELY <= stint.starts_at < until]
        if nights := rule.nights(clockwork, lately):
            load[person_id] = sum(night.worked_minutes for night in nights)
    return load
