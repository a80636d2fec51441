"""Telling people 60, 30 and 7 days before what they hold lapses, and those who can renew it for them.

Somebody who is away hears of it when they are back.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from sqlalchemy import select

from app import clock, db, settings
from app.domain import away_times
from app.outbox import queue
from app.people.rights import people_who_may
from progression.lapses import Lapse
from progression.lapsing.models import LapseTold
from progression.lapsing.notices import LapsesAhead, LapsesToRecord
from progression.lapsing.reading import PersonLapses, is_asked_again, is_renewed_by_themselves, people_who_lapse
from progression.permissions import ProgressionPermission

DAYS_BEFORE = (7, 30, 60)
NEAR = timedelta(days=14)
"""What lapses so soon after something that is due is told with it, in one e-mail; our own choice."""
RUNS_AT = time(9, 20)  # in the morning, when people can still plan their evening


class Told(NamedTuple):
    """One thing of one person that is told at one step; the key of a row of `lapse_told`."""

    person_id: int
    code: str
    last_day: date
    days_before: int


def tell_people(now: datetime) -> None:
    """Queue the e-mails that are due, once each, however often this runs: one for each person, about all of theirs.

    What only somebody else can renew is also told to everybody who may record it, in one e-mail for many people.
    """
    today = clock.on(now, settings.current().zone)
    everybody = people_who_lapse(now, today + timedelta(days=max(DAYS_BEFORE)) + NEAR)
    for batch in queue.batches(everybody):
        with db.writing():
            ids = [each.person.id for each in batch]
            db.lock_people(ids)
            away = away_times(ids, now, now + timedelta(minutes=1))
            _tell(batch, _told(ids), away, now=now)


def _tell(batch: Iterable[PersonLapses], told: Collection[Told], away: Collection[int], *, now: datetime) -> None:
    today = clock.on(now, settings.current().zone)
    by_others: list[Told] = []
    for each in batch:
        mine = [lapse for lapse in each.lapses if not is_asked_again(lapse)]
        new = [one for one in due(each.person.id, mine, today) if one not in told]
        if each.person.id in away or not any(is_due(one, today) for one in new):
            continue
        db.session.add_all(LapseTold(**one._asdict(), told_at=now) for one in new)
        _queue(LapsesAhead(_named(new)), new, to=each.person.id, now=now)
        needs = {lapse.code: lapse.need for lapse in mine}
        by_others += [one for one in new if not is_renewed_by_themselves(needs[one.code])]
    for recorder_id in sorted(people_who_may(ProgressionPermission.RECORD, on=today)) if by_others else ():
        of_others = [one for one in by_others if one.person_id != recorder_id]
        if of_others:
            people = [one.person_id for one in of_others]
            _queue(LapsesToRecord(_named(of_others), people), of_others, to=recorder_id, now=now)


def due(person_id: int, mine: Iterable[Lapse], today: date) -> list[Told]:
    """What is to be told of a person's lapses, each at its step: what is due, and what follows it within `NEAR`.

    Of several steps that were missed only the nearest is told.
    """
    left = [(lapse, (lapse.last_day - today).days) for lapse in mine]
    steps = {min(step for step in DAYS_BEFORE if days <= step) for _, days in left if days <= max(DAYS_BEFORE)}
    found: dict[str, Told] = {}
    for step in sorted(steps):
        for lapse, days in left:
            if days <= step + NEAR.days:
                found.setdefault(lapse.code, Told(person_id, lapse.code, lapse.last_day, step))
    return list(found.values())


def is_due(one: Told, today: date) -> bool:
    """Whether something is to be told for itself, and not only along with what lapses shortly before."""
    return (one.last_day - today).days <= one.days_before


def _told(ids: Collection[int]) -> set[Told]:
    columns = (LapseTold.person_id, LapseTold.code, LapseTold.last_day, LapseTold.days_before)
    return {Told._make(row) for row in db.session.execute(select(*columns).where(LapseTold.person_id.in_(ids)))}


def _named(told: Iterable[Told]) -> list[list[str]]:
    return [[one.code, one.last_day.isoformat()] for one in told]


def _queue(notice: LapsesAhead | LapsesToRecord, told: Collection[Told], *, to: int, now: datetime) -> None:
    first = min(told, key=lambda one: (one.last_day, one.person_id, one.code))
    key = ":".join(str(part) for part in first)
    deadline = clock.ends(max(one.last_day for one in told), settings.current().zone)
    queue.enqueue(notice, to=to, once=f"{notice.kind}:{key}:{to}", now=now, deadline=deadline)
