"""Telling people who plan of gaps: at 7 days, 48 hours and 4 hours, all that have come near in one e-mail.

A tick reads the gaps and adds a row for each that was not told of at its nearness yet; the e-mails are queued in the
same transaction. So a worker that was down catches up, and one that is killed tells nobody twice.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import delete, func, select

from app import clock, db, settings
from app.outbox import queue
from app.people.rights import people_who_may
from rota.ahead.gaps import Gap, open_gaps
from rota.ahead.models import GapTold
from rota.ahead.notices import GapsAhead
from rota.permissions import RotaPermission
from rota.store.models import Rota

SEVEN_DAYS, TWO_DAYS, FOUR_HOURS = 168, 48, 4
MORNING, EVENING = 8, 20  # between which e-mails about gaps that are not near are sent, by the organisation's clock
KEEP = timedelta(days=28)


def tell_planners(now: datetime) -> None:
    """Queue one e-mail to each person who plans about the gaps that have come near. Safe to run again."""
    zone = settings.current().zone
    with db.writing():
        db.session.execute(
            delete(GapTold).where(GapTold.starts_at < now - KEEP), execution_options={"synchronize_session": False}
        )
        if db.session.scalar(select(func.count()).select_from(Rota).where(Rota.version > 0)) == 0:
            return  # An organisation that is setting up promises nothing yet.
        told = [gap for gap in open_gaps(now, _until(SEVEN_DAYS, now, zone)) if _note(gap, now, zone)]
        if told:
            _tell(told, now, zone)


def nearness(gap: Gap, now: datetime, zone: ZoneInfo) -> int:
    """How near a gap is, in hours: 168, 48 or 4.

    The two longer ones are counted from the next morning, so that what comes near in the course of a day, and of the
    night after it, is told of together and never later.
    """
    return next(hours for hours in (FOUR_HOURS, TWO_DAYS, SEVEN_DAYS) if gap.starts_at < _until(hours, now, zone))


def _until(hours: int, now: datetime, zone: ZoneInfo) -> datetime:
    since = now if hours == FOUR_HOURS else _next_morning(now, zone)
    return since + timedelta(hours=hours)


def _next_morning(now: datetime, zone: ZoneInfo) -> datetime:
    today = clock.on(now, zone)
    for day in (today, today + timedelta(days=1)):
        morning = clock.local(zone, day.year, day.month, day.day, MORNING)
        if morning > now:
            return morning
    raise AssertionError("tomorrow's morning is still to come")


def _note(gap: Gap, now: datetime, zone: ZoneInfo) -> bool:
    """Add the row that says that planners were told; False if they were before, or from nearer."""
    hours = nearness(gap, now, zone)
    values = {"gap": gap.key, "hours": hours, "starts_at": gap.starts_at, "told_at": now}
    return db.insert_or_ignore(GapTold, values, key=("gap", "hours"))


def _tell(gaps: list[Gap], now: datetime, zone: ZoneInfo) -> None:
    keys = [gap.key for gap in gaps]
    rows = db.session.scalars(select(GapTold).where(GapTold.gap.in_(keys), GapTold.told_at == now)).all()
    ids = sorted(row.id for row in rows)
    is_near = any(row.hours == FOUR_HOURS for row in rows)
    for person_id in sorted(people_who_may(RotaPermission.PLAN, on=clock.on(now, zone))):
        queue.enqueue(
            GapsAhead(told_ids=ids),
            to=person_id,
            once=f"gaps-ahead:{ids[0]}:{person_id}",
            now=now,
            deadline=max(gap.starts_at for gap in gaps),
            not_before=None if is_near else _by_day(now, zone),
        )


def _by_day(now: datetime, zone: ZoneInfo) -> datetime | None:
    """The next morning where it is night, when nobody needs an e-mail about what is two days away."""
    is_day = MORNING <= now.astimezone(zone).hour < EVENING
    return None if is_day else _next_morning(now, zone)
