"""The forecast of the coming weeks as a child process computes it. It has no database: input and output are JSON.

What it gives back names people and requirements by their ids and codes only; words are added where it is read.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from pydantic import TypeAdapter

from rota.scheduling.cover_ahead import Ahead, AheadSeat, AheadShift
from rota.scheduling.renewals_ahead import Invitation, invitations

Report = Callable[[dict[str, Any]], None]

SECONDS = 15
"""How long a list of fewer people to invite is looked for: the forecast of 500 people stays within its minute."""

_AHEAD: TypeAdapter[Ahead] = TypeAdapter(Ahead)


def ahead_to_json(ahead: Ahead) -> dict[str, Any]:
    """The shifts and people of the coming weeks as JSON values, instants in UTC as ISO 8601."""
    values: dict[str, Any] = _AHEAD.dump_python(ahead, mode="json")
    return values


def run_task(prepared: Mapping[str, Any], report: Report, should_stop: Callable[[], bool]) -> dict[str, Any]:
    """Look at every week as things stand, and choose whom to invite. Stopped early, it invites those chosen so far.

    Returns how many seats there are, under "shifts" those of which some seat stays empty, under "planned" how many
    shifts each channel has on each day, and under "invitations" whom to invite.
    """
    began = time.monotonic()
    ahead = _AHEAD.validate_python(prepared["ahead"], strict=False)
    weeks = len(ahead.weeks)
    for number, week in enumerate(ahead.weeks):
        week.filled({})
        report({"done": number + 1, "of": weeks, "words": f"Looked at week {number + 1} of {weeks}"})
    chosen = invitations(
        ahead,
        report=lambda n: report({"done": weeks, "of": weeks, "words": _found(n)}),
        should_stop=should_stop,
        seconds=prepared.get("seconds", SECONDS),
    )
    return {**summary(ahead, chosen), "seconds": round(time.monotonic() - began, 2)}


def _found(people: int) -> str:
    return "Found 1 person to invite" if people == 1 else f"Found {people} people to invite"


def summary(ahead: Ahead, chosen: Sequence[Invitation]) -> dict[str, Any]:
    """What is kept of a forecast."""
    now = ahead.filled()
    helped_by = {seat: place for place, each in enumerate(chosen) for seat in each.seats}
    renewed = {each.person_id: frozenset(each.lapses) for each in chosen}
    then = ahead.filled(renewed)
    planned: dict[str, dict[str, int]] = defaultdict(dict)
    for shift in ahead.shifts:
        of_day = planned[shift.day.isoformat()]
        of_day[str(shift.channel_id)] = of_day.get(str(shift.channel_id), 0) + 1
    filled_now, filled_then = _by_line(now), _by_line(then)
    helping: dict[int, set[int]] = defaultdict(set)
    for seat, place in helped_by.items():
        helping[seat.shift_id].add(place)
    return {
        "seats": sum(len(week.seats) for week in ahead.weeks),
        "filled": len(now),
        "filled_then": len(then),
        "planned": planned,
        "shifts": [
            _shift(shift, filled_now, filled_then, sorted(helping[shift.id]))
            for shift in ahead.shifts
            if any(filled_now.get((shift.id, n), 0) < line.wanted for n, line in enumerate(shift.lines))
        ],
        "invitations": [
            {
                "person_id": each.person_id,
                "lapses": {code: at.isoformat() for code, at in each.lapses.items()},
                "seats": len(each.seats),
                "shifts": len({seat.shift_id for seat in each.seats}),
            }
            for each in chosen
        ],
    }


def _by_line(seats: frozenset[AheadSeat]) -> dict[tuple[int, int], int]:
    filled: dict[tuple[int, int], int] = defaultdict(int)
    for seat in seats:
        filled[seat.shift_id, seat.line] += 1
    return filled


def _shift(
    shift: AheadShift,
    now: Mapping[tuple[int, int], int],
    then: Mapping[tuple[int, int], int],
    helped_by: Sequence[int],
) -> dict[str, Any]:
    return {
        "id": shift.id,
        "channel_id": shift.channel_id,
        "day": shift.day.isoformat(),
        "starts_at": shift.starts_at.isoformat(),
        "ends_at": shift.ends_at.isoformat(),
        "label": shift.label,
        "least": shift.least,
        "is_night": shift.is_night,
        "rota_id": shift.rota_id,
        "helped_by": helped_by,
        "lines": [
            {
                "duty": line.duty,
                "minimum": line.minimum,
                "wanted": line.wanted,
                "now": now.get((shift.id, place), 0),
                "then": then.get((shift.id, place), 0),
            }
            for place, line in enumerate(shift.lines)
        ],
    }
