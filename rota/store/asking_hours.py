"""When a person may be asked to take a shift: by day, on their own clock, or at any hour if they said so."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ForeignKey, delete, select
from sqlalchemy.orm import Mapped, mapped_column

from app import audit, clock, db, settings
from app.people.models import Person
from rota.scheduling.cover_pattern import instant

NIGHT_STARTS, NIGHT_ENDS = time(22), time(7)
"""Between these times on their own clock nobody is asked: an e-mail that wakes somebody costs more than it finds."""


class AskedAtNight(db.Model):
    """A person who said that they may be asked at night too."""

    __tablename__ = "asked_at_night"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    said_at: Mapped[datetime]


def is_night(at: datetime, zone: ZoneInfo) -> bool:
    """Whether an instant is at night on the clock of a zone."""
    wall = at.astimezone(zone).time()
    return wall >= NIGHT_STARTS or wall < NIGHT_ENDS


def next_morning(at: datetime, zone: ZoneInfo) -> datetime:
    """The first end of a night, on the clock of a zone, that is later than an instant."""
    day = clock.on(at, zone)
    morning = instant(day, NIGHT_ENDS, zone)
    return morning if morning > at else instant(day + timedelta(days=1), NIGHT_ENDS, zone)


def may_be_asked_from(ids: Collection[int], *, now: datetime) -> dict[int, datetime]:
    """From when on each of these people may be asked: now, or the end of their night. In one query.

    The people stay in the session, so that their names need no query of their own.
    """
    rows = db.session.execute(
        select(Person, AskedAtNight.person_id.is_not(None))
        .outerjoin(AskedAtNight, AskedAtNight.person_id == Person.id)
        .where(Person.id.in_(ids))
    )
    home = settings.current().zone
    found = {}
    for person, may_always in rows:
        zone = ZoneInfo(person.zone_name) if person.zone_name else home
        is_asleep = not may_always and is_night(now, zone)
        found[person.id] = next_morning(now, zone) if is_asleep else now
    return found


def asked_at_night(person_id: int) -> bool:
    """Whether a person said that they may be asked at night."""
    return db.session.get(AskedAtNight, person_id) is not None


def set_asked_at_night(person_id: int, may: bool, *, now: datetime) -> None:
    """Keep whether a person may be asked at night; by default they may not. Doing it twice changes nothing."""
    db.lock_people([person_id])
    if may == asked_at_night(person_id):
        return
    if may:
        db.session.add(AskedAtNight(person_id=person_id, said_at=now))
    else:
        db.session.execute(delete(AskedAtNight).where(AskedAtNight.person_id == person_id))
        db.session.expire_all()
    action = "rota.asking-at-night-allowed" if may else "rota.asking-at-night-stopped"
    audit.record(action, by=person_id, subject=f"person:{person_id}", now=now)
