"""A usual week as people write it in their records: “Mon 19-22; Sat 10:00-14:00; weekday evenings”.

Modest on purpose: what is not understood for certain is refused with an example, because a time that nobody offered
would put somebody on the rota at night.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import time

from app.refusals import Invalid
from app.typed_text import compare_key, quoted
from app.wording import listed
from rota.scheduling.cover_pattern import DAY_NAMES

LONGEST_TYPED = 300  # characters
EXAMPLE = "Please write it like “Mon 19-22; Sat 10:00-14:00” or “weekday evenings; nights”."

# What is meant by a part of the day where no hours are given. Ours: the hours in which most would say so.
PARTS = {
    "morning": (time(8), time(12)),
    "afternoon": (time(12), time(18)),
    "evening": (time(18), time(22)),
    "night": (time(22), time(6)),
    "day": (time(0), time(0)),  # a whole day, from midnight to midnight
}
DAY = (
    r"mon(?:day)?s?|tue(?:s(?:day)?)?s?|wed(?:nesday|s)?s?|thu(?:r(?:s(?:day)?)?)?s?|"
    r"fri(?:day)?s?|sat(?:urday)?s?|sun(?:day)?s?"
)
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DASH = r"\s*(?:-|–|—|to|until|till)\s*"
HOUR = r"(\d{1,2})(?:[:.h](\d{2}))?\s*(am|pm)?"
TOKEN = re.compile(
    rf"(?P<hours>{HOUR}{DASH}{HOUR}(?![\d:]))"
    rf"|(?P<range>\b({DAY}){DASH}({DAY})\b)"
    rf"|(?P<day>\b(?:{DAY})\b)"
    r"|(?P<group>\b(?:weekdays?|weekends?|every ?day|daily|any day|all week)\b)"
    r"|(?P<part>\b(?:mornings?|afternoons?|evenings?|eves?|nights?|overnights?|all day|any ?time)\b)"
    r"|(?P<end>[;\n])"
    r"|(?P<joint>[\s,/&+.]+|\b(?:and|on|at|from|or)\b)"
)
GROUPS = {"weekday": range(5), "weekend": range(5, 7)}


@dataclass(frozen=True, slots=True)
class WrittenTime:
    """A time of some days of the week. An end no later than the start is on the following day."""

    weekdays: tuple[int, ...]  # 0 is Monday
    starts: time
    ends: time

    @property
    def words(self) -> str:
        """“Monday and Tuesday, 19:00 to 22:00”."""
        names = [DAY_NAMES[day] for day in self.weekdays]
        days = "every day" if len(names) == 7 else listed(names)
        return f"{days}, {self.starts:%H:%M} to {self.ends:%H:%M}"


def written_week(typed: str) -> list[WrittenTime]:
    """The times that somebody offers every week; refuses what is not understood, and says how to write it."""
    if len(typed) > LONGEST_TYPED:
        raise Invalid(f"That is too long for a usual week. {EXAMPLE}")
    text = "\n".join(compare_key(line) for line in typed.splitlines())
    return list(_times(text))


def _times(text: str) -> Iterator[WrittenTime]:
    days: list[int] = []  # of the time that comes next
    earlier: list[int] = []  # of the time before it: “Mon 9-12, 14-17”
    place = 0
    while place < len(text):
        found = TOKEN.match(text, place)
        if found is None:
            raise Invalid(f"{quoted(text[place:].split(';')[0].strip())} was not understood. {EXAMPLE}")
        place = found.end()
        kind = found.lastgroup if found.lastgroup else ""
        if found["hours"] or found["part"]:
            hours = _hours(found) if found["hours"] else _part(found["part"])
            earlier = _days_meant(days, earlier, found)
            days = []
            yield WrittenTime(tuple(sorted(set(earlier))), *hours)
        elif found["end"]:
            _refuse_days_alone(days, text)
            earlier = []
        elif kind != "joint":
            days += _named_days(found)
    _refuse_days_alone(days, text)


def _days_meant(days: list[int], earlier: list[int], found: re.Match[str]) -> list[int]:
    if days or earlier:
        return days or earlier
    if found["part"]:
        return list(range(7))
    raise Invalid(f"{quoted(found[0].strip())} does not say on which days. {EXAMPLE}")


def _refuse_days_alone(days: list[int], text: str) -> None:
    if days:
        raise Invalid(f"{quoted(text.strip())} does not say at which hours. {EXAMPLE}")


def _named_days(found: re.Match[str]) -> list[int]:
    if found["range"]:
        first, last = (DAYS.index(each[:3]) for each in re.split(DASH, found["range"], maxsplit=1))
        return [day % 7 for day in range(first, last + 1 if last >= first else last + 8)]
    if found["day"]:
        return [DAYS.index(found["day"][:3])]
    return list(GROUPS.get(found["group"].removesuffix("s"), range(7)))


def _part(word: str) -> tuple[time, time]:
    name = word.removesuffix("s").removeprefix("over")
    return PARTS.get(
        {"eve": "evening", "all day": "day", "anytime": "day", "any time": "day"}.get(name, name), PARTS["day"]
    )


def _hours(found: re.Match[str]) -> tuple[time, time]:
    """The start and the end: “7-10pm” begins at 19:00, “10-2pm” at 10:00."""
    parts = re.fullmatch(rf"{HOUR}{DASH}{HOUR}", found["hours"].strip())
    assert parts is not None
    hour, minute, half, end_hour, end_minute, end_half = parts.groups()
    if half is None and end_half is not None:
        same_half = int(hour) % 12 * 60 + int(minute or 0) < int(end_hour) % 12 * 60 + int(end_minute or 0)
        half = end_half if same_half else {"am": "pm", "pm": "am"}[end_half]
    starts, ends = _wall(hour, minute, half, found), _wall(end_hour, end_minute, end_half, found)
    if starts == ends and (hour, end_hour) != ("0", "24") and (hour, end_hour) != ("00", "24"):
        raise Invalid(f"{quoted(found['hours'])} begins and ends at the same time. {EXAMPLE}")
    return starts, ends


def _wall(hour: str, minute: str | None, half: str | None, found: re.Match[str]) -> time:
    hours, minutes = int(hour), int(minute or 0)
    if half is not None:
        if not 1 <= hours <= 12:
            raise Invalid(f"{quoted(found['hours'])} is not a time of the day. {EXAMPLE}")
        hours = hours % 12 + (12 if half == "pm" else 0)
    if hours == 24 and minutes == 0:
        hours = 0
    if hours > 23 or minutes > 59:
        raise Invalid(f"{quoted(found['hours'])} is not a time of the day. {EXAMPLE}")
    return time(hours, minutes)
