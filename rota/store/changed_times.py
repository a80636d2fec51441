"""Many times of one person changed at once: the whole usual week, and times freed of every exception."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime, time
from zoneinfo import ZoneInfo

from sqlalchemy import select

from app import audit, db
from app.refusals import Invalid
from progression.intervals import Interval
from rota.scheduling.cover_pattern import DAY_NAMES
from rota.store.availability import weekly_times_of, zone_label
from rota.store.models import AvailabilityDated, AvailabilityWeekly
from rota.store.weekly_times import WeeklyTime

Week = Sequence[tuple[WeeklyTime, ZoneInfo]]


def week_of(rows: Collection[AvailabilityWeekly]) -> list[tuple[WeeklyTime, ZoneInfo]]:
    """Rows of a usual week as plain values."""
    return [(WeeklyTime(row.weekday, row.starts, row.ends), ZoneInfo(row.zone_name)) for row in rows]


def set_week(person_id: int, week: Week, *, by: int, now: datetime) -> bool:
    """Make this the usual week of a person; return whether anything changed. Rows that stay are not written again.

    Refuses two times of one day that begin at the same hour on different clocks, which the table cannot hold.
    """
    _refuse_one_start_on_two_clocks(week)
    db.lock_people([person_id])
    wanted = {(each.weekday, each.starts, each.ends, zone.key) for each, zone in week}
    kept = {(row.weekday, row.starts, row.ends, row.zone_name): row for row in weekly_times_of(person_id)}
    if wanted == set(kept):
        return False
    for key in set(kept) - wanted:
        db.session.delete(kept[key])
    db.session.flush()  # the old rows must be gone before one with the same start comes back
    for weekday, starts, ends, zone_name in sorted(wanted - set(kept)):
        db.session.add(
            AvailabilityWeekly(person_id=person_id, weekday=weekday, starts=starts, ends=ends, zone_name=zone_name)
        )
    audit.record("rota.availability-week-set", by=by, subject=f"person:{person_id}", now=now)
    return True


def _refuse_one_start_on_two_clocks(week: Week) -> None:
    clocks: dict[tuple[int, time], set[str]] = defaultdict(set)
    for each, zone in week:
        clocks[each.weekday, each.starts].add(zone.key)
    for (weekday, starts), keys in sorted(clocks.items()):
        if len(keys) > 1:
            both = " and ".join(zone_label(key) for key in sorted(keys))
            raise Invalid(
                f"{DAY_NAMES[weekday]} has two times that begin at {starts:%H:%M}, on the clocks of {both}. Remove one"
                " under “Times that fit no window”."
            )


def free_of_exceptions(person_id: int, span: Interval, *, by: int, now: datetime) -> bool:
    """Take everything that somebody said about this time out of their exceptions; return whether there was anything.

    What was said about the time before and after it stays, also of days away.
    """
    db.lock_people([person_id])
    rows = db.session.scalars(
        select(AvailabilityDated).where(
            AvailabilityDated.person_id == person_id,
            AvailabilityDated.starts_at < span.end,
            AvailabilityDated.ends_at > span.start,
        )
    ).all()
    for row in rows:
        for starts_at, ends_at in ((row.starts_at, span.start), (span.end, row.ends_at)):
            if starts_at < ends_at:
                db.session.add(
                    AvailabilityDated(
                        person_id=person_id, kind=row.kind, starts_at=starts_at, ends_at=ends_at, said_at=row.said_at
                    )
                )
        db.session.delete(row)
    db.session.flush()
    if rows:
        audit.record("rota.availability-took-back", by=by, subject=f"person:{person_id}", now=now)
    return bool(rows)
