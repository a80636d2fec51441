"""When people can come and how much they want at most, by an organisation's own records.

Only for people whose accounts come with the same file: everybody else says for themselves when they can come.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import delete, select

from app import db, settings
from app.day_bounds import LONGEST_LEAVE, PLANNED_AHEAD
from app.people.models import Person
from app.refusals import Invalid
from app.takeover.dates import Unknown, recorded_date
from app.takeover.parts import Column, Reading, Remark, RowRead, Taking
from app.takeover.people_part import new_of_batch
from app.takeover.row import Row
from app.typed_text import quoted
from progression.takeover_words import NO, YES, plain
from rota.store import availability, limits
from rota.store.limits import PersonLimits
from rota.store.models import AvailabilityDated, AvailabilityWeekly
from rota.store.pairs import delete_pairs_of
from rota.store.standing_seats import StandingSeat
from rota.store.weekly_times import WeeklyTime
from rota.store.wishes import delete_wishes_of
from rota.written_weeks import WrittenTime, written_week

SUBJECT = "When they can come"
WEEK = Column(
    "usual_week",
    "Usual week",
    SUBJECT,
    ("usualweek", "availability", "available", "availabletimes", "times", "shifts", "preferredshifts", "canwork"),
    example="Mon 19-22; Sat 10:00-14:00",
    hint="Days with hours, or “weekday evenings; nights”.",
)
AWAY = Column(
    "away",
    "Days away",
    SUBJECT,
    ("away", "daysaway", "leave", "holiday", "holidays", "unavailable", "onleave"),
    example="1/4/2027 to 7/4/2027",
)
HOURS = Column(
    "most_hours_a_week",
    "Hours a week, at most",
    SUBJECT,
    ("mosthours", "maxhours", "hours", "hoursperweek", "hoursaweek", "weeklyhours", "maxhoursperweek"),
    example="8",
)
NIGHTS = Column(
    "most_nights",
    "Nights in a rota, at most",
    SUBJECT,
    ("mostnights", "maxnights", "nights", "nightspermonth", "nightsamonth"),
    example="2",
)
NEXT_SPAN = re.compile(r"[;\n]|,(?=\s*\d)")
TO = re.compile(r"\s+(?:to|until|till|-|–|—)\s+")


class RotaPart:
    """The usual week, days away, and limits."""

    name = "rota"
    vouches = False

    def columns(self, now: datetime) -> Sequence[Column]:
        """The columns it understands; they never change."""
        return (WEEK, AWAY, HOURS, NIGHTS)

    def read(self, cells: Mapping[str, str], at: Reading) -> RowRead:
        """Read when somebody can come."""
        row = Row(cells, at)
        value = {"week": _week(row), "away": _away(row), "hours": _most(row, HOURS), "nights": _most(row, NIGHTS)}
        has_limits = value["hours"] is not None or value["nights"] is not None
        return row.read(value if value["week"] or value["away"] or has_limits else None)

    def would_add(self, values: Mapping[int, dict[str, Any]], at: Reading) -> Collection[int]:
        """Nobody: people who are here say for themselves when they can come."""
        return ()

    def compare(self, values: Mapping[int, dict[str, Any]], at: Reading) -> Mapping[int, Sequence[Remark]]:
        """That people who are here say for themselves when they can come."""
        sentence = "People who are here say for themselves when they can come, so this is left out."
        return {person_id: [Remark(WEEK.key, sentence)] for person_id in values}

    def take_in(self, values: Mapping[int, dict[str, Any]], taking: Taking) -> None:
        """Write what was read of people whom this batch made, on their own clock."""
        people = select(Person.id, Person.zone_name).where(Person.id.in_(new_of_batch(taking.batch_id) & values.keys()))
        weeks = {}
        for person_id, zone_name in db.session.execute(people.order_by(Person.id)).all():
            zone = ZoneInfo(zone_name) if zone_name else settings.current().zone
            if week := values[person_id]["week"]:
                weeks[person_id] = (zone, [one for each in week for one in _weekly_times(*each)])
            _write_limits_and_leave(person_id, values[person_id], zone, taking)
        availability.offer_weeks(weeks, by=taking.by.id, now=taking.now)

    def undo(self, ids: Collection[int], taking: Taking) -> None:
        """Delete what is kept of when the people whom this batch made can come."""
        new = new_of_batch(taking.batch_id) & set(ids)
        for model in (AvailabilityWeekly, AvailabilityDated, PersonLimits, StandingSeat):
            db.session.execute(delete(model).where(model.person_id.in_(new)))
        delete_wishes_of(new)
        delete_pairs_of(new)

    def sums(self, values: Collection[dict[str, Any]], at: Reading) -> Sequence[str]:
        """How many come with a usual week."""
        count = sum(bool(value["week"]) for value in values)
        return [f"{count} with a usual week"] if count else []

    def told(self, ids: Collection[int], batch_id: int, now: datetime) -> Mapping[int, Sequence[str]]:
        """The usual week, days away and limits of people whom this batch made."""
        new = new_of_batch(batch_id) & set(ids)
        told: dict[int, list[str]] = {}
        weekly = select(AvailabilityWeekly).where(AvailabilityWeekly.person_id.in_(new))
        for row in db.session.scalars(weekly.order_by(AvailabilityWeekly.weekday, AvailabilityWeekly.starts)):
            words = WrittenTime((row.weekday,), row.starts, row.ends).words
            told.setdefault(row.person_id, []).append(f"Usual week: {words}")
        for person_id, kept in limits.limits_of_people(new).items():
            told.setdefault(person_id, []).extend(limits.in_words(kept))
        return told


def _weekly_times(days: Collection[int], starts: str, ends: str) -> list[WeeklyTime]:
    return [WeeklyTime(day, time.fromisoformat(starts), time.fromisoformat(ends)) for day in days]


def _write_limits_and_leave(person_id: int, value: dict[str, Any], zone: ZoneInfo, taking: Taking) -> None:
    by = taking.by.id
    for first, last in value["away"]:
        span = date.fromisoformat(first), date.fromisoformat(last)
        availability.set_leave(person_id, *span, zone=zone, now=taking.now, by=by)
    if value["hours"] is not None or value["nights"] is not None:
        limits.set_limits(
            person_id, most_hours_a_week=value["hours"], most_nights=value["nights"], by=by, now=taking.now
        )


def _week(row: Row) -> list[tuple[list[int], str, str]]:
    """The usual week of a row; a note says how it was read."""
    if plain(row.text(WEEK.key)) in NO:
        return []
    times: list[WrittenTime] = row.kept(WEEK.key, written_week, [])
    if times:
        row.note(WEEK.key, f"Read as: {'; '.join(each.words for each in times)}.")
    return [(list(each.weekdays), f"{each.starts:%H:%M}", f"{each.ends:%H:%M}") for each in times]


def _away(row: Row) -> list[tuple[str, str]]:
    """The days away of a row that are not over yet."""
    typed = row.text(AWAY.key)
    if plain(typed) in NO:
        return []
    spans = []
    for part in filter(None, (each.strip() for each in NEXT_SPAN.split(typed))):
        try:
            span = _span(re.sub(r"^away\s*:?\s*", "", part, flags=re.IGNORECASE), row.at.today)
        except Invalid as refusal:
            for sentence in refusal.sentences:
                row.fault(AWAY.key, sentence)
            continue
        if span[1] < row.at.today:
            row.note(AWAY.key, f"{quoted(part)} is over, so it is left out.")
        else:
            spans.append((span[0].isoformat(), span[1].isoformat()))
    return spans


def _span(typed: str, today: date) -> tuple[date, date]:
    """The first and the last day that a text names; refuses what cannot be leave."""
    start, *rest = TO.split(typed, maxsplit=1)
    first = recorded_date(start, today=today, unknown=Unknown.FIRST)
    last = recorded_date(rest[0] if rest else start, today=today, unknown=Unknown.LAST)
    if first is None or last is None:
        raise Invalid(f"{quoted(typed)} does not name its days. Please write it like 1/4/2027 to 7/4/2027.")
    if last.day < first.day:
        raise Invalid(f"{quoted(typed)} ends before it begins.")
    if first.day > today + PLANNED_AHEAD or last.day - first.day >= LONGEST_LEAVE:
        raise Invalid(f"{quoted(typed)} is more than a year ahead, or lasts longer. Only days within a year are kept.")
    return first.day, last.day


def _most(row: Row, column: Column) -> int | None:
    """A limit as a whole number; None for no limit."""
    typed = row.text(column.key)
    word = plain(typed)
    if not typed or word in YES:
        return None
    if column is NIGHTS and word in NO:
        row.note(column.key, f"{quoted(typed)} is read as no nights at all.")
        return 0
    figure = limits.FIGURES[column.key]
    least, most = figure.least, figure.most
    found = re.fullmatch(r"(\d{1,3})(?:[.,]0+)?(?: ?(?:hours?|hrs?|h|nights?))?", typed, re.IGNORECASE)
    if found is None or not least <= int(found[1]) <= most:
        row.fault(column.key, f"{quoted(typed)} is not a limit. Give a whole number from {least} to {most}, or none.")
        return None
    return int(found[1])


ROTA_PART = RotaPart()
