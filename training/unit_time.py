"""How long people really take for the units of a course, without the time in which nothing happens.

Each page of a unit says in its form when it was opened, signed by the view. When the form is sent, the time since then
counts, or since the form before it in the same unit, so that reading feedback counts too; reading alone writes nothing.
Nothing counts twice, so nobody's time is longer than the clock's since they opened the first page.

Its person alone sees it; others see `medians`, and nothing about fewer than five people. The hours on a transcript stay
those that the course states: they are what a certificate says, the same for everybody, and a slow reader has not
learned more.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime, timedelta
from statistics import median

from sqlalchemy import func, select

from app import db
from training.mistakes import FEWEST
from training.models import Enrolment, UnitDone
from training.time_models import UnitTime

# Lessons state 5 to 8 minutes, and who reads slowly or listens takes twice that. A longer gap is a break, of which no
# more is counted. Our own choice.
IDLE_AFTER = timedelta(minutes=15)


def counted_from(opened_at: datetime, now: datetime, *, here: datetime | None, latest: datetime | None) -> datetime:
    """The instant from which the time until now counts, for a page opened at `opened_at`. Pure.

    `here` is until when time of this unit was counted last, `latest` until when any of the course was.
    """
    begins = max(opened_at, now - IDLE_AFTER, latest or opened_at)
    if here is not None and here == latest and now - here <= IDLE_AFTER:
        begins = here  # they went on in the same unit: the page between had feedback to read
    return min(begins, now)


def count(enrolment_id: int, slug: str, opened_at: datetime, *, person_id: int, now: datetime) -> None:
    """Count the time that a person has just spent on a unit of an enrolment of theirs that is in progress.

    Nothing counts in another person's enrolment, in a finished one, or for a page older than the enrolment.
    """
    db.lock_people([person_id])
    enrolment = db.session.get(Enrolment, enrolment_id)
    if enrolment is None or enrolment.person_id != person_id or enrolment.finished_at is not None:
        return
    if not enrolment.started_at <= opened_at <= now:
        return
    latest = db.session.scalar(select(func.max(UnitTime.counted_until)).where(UnitTime.enrolment_id == enrolment_id))
    kept = db.session.scalars(
        select(UnitTime).where(UnitTime.enrolment_id == enrolment_id, UnitTime.unit == slug)
    ).one_or_none()
    if kept is None:
        kept = UnitTime(enrolment_id=enrolment_id, unit=slug, seconds=0, counted_until=opened_at)
        begins = counted_from(opened_at, now, here=None, latest=latest)
        db.session.add(kept)
    else:
        begins = counted_from(opened_at, now, here=kept.counted_until, latest=latest)
    kept.seconds += round((now - begins).total_seconds())
    kept.counted_until = now


def of_enrolment(enrolment_id: int) -> Mapping[str, int]:
    """The minutes that the person of an enrolment took for each unit, rounded up; for that person's own pages alone."""
    rows = db.session.execute(
        select(UnitTime.unit, UnitTime.seconds).where(UnitTime.enrolment_id == enrolment_id, UnitTime.seconds > 0)
    )
    return {row.unit: -(-row.seconds // 60) for row in rows}


def of_person(person_id: int) -> int:
    """The minutes that a person took in all that they have finished, rounded up; for that person's own pages alone."""
    seconds = db.session.scalar(
        select(func.sum(UnitTime.seconds))
        .join(Enrolment, Enrolment.id == UnitTime.enrolment_id)
        .where(Enrolment.person_id == person_id, Enrolment.finished_at.is_not(None))
    )
    return -(-(seconds or 0) // 60)


def medians(version_id: int) -> Mapping[str, int]:
    """The median of the minutes for each unit of a version that at least five people have done, rounded up.

    This alone is what others see of how long people take.
    """
    rows = db.session.execute(
        select(UnitTime.unit, UnitTime.seconds, Enrolment.person_id)
        .join(Enrolment, Enrolment.id == UnitTime.enrolment_id)
        .join(UnitDone, (UnitDone.enrolment_id == UnitTime.enrolment_id) & (UnitDone.unit == UnitTime.unit))
        .where(Enrolment.course_version_id == version_id, UnitTime.seconds > 0)
        .order_by(UnitTime.id)
    )
    taken: dict[str, dict[int, int]] = defaultdict(dict)
    for unit, seconds, person_id in rows:
        taken[unit].setdefault(person_id, seconds)  # the first time, as most people meet the unit
    return {unit: -(-round(median(each.values())) // 60) for unit, each in taken.items() if len(each) >= FEWEST}
