"""Leaving the organisation: from the day after somebody's last one, their shifts are open for others.

The last day itself, and the account that closes after it, are `app.people.leaving`. To the rota it is time away without
a last day, which ends when the account closes: who comes back is not away, and what lapsed meanwhile has lapsed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from app import clock, db
from app.domain import taken_elsewhere
from app.outbox import queue
from app.people import leaving
from app.people.leaving import zone_of
from app.people.models import Departure, Person, Role
from app.people.rights import roles_from
from app.refusals import NotFound, PageOutOfDate
from progression.intervals import FOR_EVER
from rota.absence_notices import LeavingSaid, LeavingTold
from rota.shifts.absences import TOLD_WITHIN, AbsenceAsked, CameBack, come_back, leave_shifts, time_away_asked
from rota.shifts.opened_seats import planners, tell_that_seats_opened
from rota.store.absences import absence_of_departure, clear_leave

A_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Leaving:
    """A last day that was said, as its person and staff read it."""

    departure: Departure
    by: str | None
    """Who said it, where that was not the person themselves."""


@dataclass(frozen=True)
class HandOver:
    """What staff see to before somebody's last day is over, as far as Nightlight knows of it."""

    roles: Sequence[Role]
    taken: Sequence[tuple[datetime, datetime, str]]
    """What they are committed to after it, elsewhere than on the rota."""


def leaving_asked(person: Person, *, now: datetime) -> AbsenceAsked:
    """Every shift that could become open, whichever last day is chosen: those from today on. Changes nothing."""
    return time_away_asked(person, clock.on(now, zone_of(person)), None, now=now)


def leaving_of(person_id: int) -> Leaving | None:
    """The last day that somebody has said; None where they stay."""
    departure = leaving.departure_of(person_id)
    return Leaving(departure, leaving.said_by(departure)) if departure is not None else None


def leave(person: Person, last_day: date, *, reason: str = "", seen: str, by: Person, now: datetime) -> Departure:
    """Say somebody's last day, and open all their shifts after it, in one transaction.

    The person gets one e-mail, and everybody who plans one. `seen` is the mark of `leaving_asked`; a page that showed
    other shifts is refused. Refuses what `app.people.leaving.say` refuses. Call it inside `db.writing()`.
    """
    departure = leaving.say(person, last_day, reason=reason, by=by, now=now)
    if leaving_asked(person, now=now).mark != seen:
        raise PageOutOfDate("The shifts to come are others by now. Look at them again; nothing was changed yet.")
    first = last_day + A_DAY
    mark = time_away_asked(person, first, None, now=now).mark
    _, versions, emptied = leave_shifts(person, first, None, seen=mark, by=by.id, now=now)
    told = planners(now) - {person.id}
    if versions:
        tell_that_seats_opened(versions, emptied, now=now, but_not=person.id, told_already=told)
    queue.enqueue(
        LeavingSaid(departure.id),
        to=person.id,
        once=f"{LeavingSaid.kind}:{departure.id}:{person.id}",
        now=now,
        deadline=clock.ends(last_day, zone_of(person)),
    )
    for each in sorted(told):
        once = f"{LeavingTold.kind}:{departure.id}:{each}"
        queue.enqueue(LeavingTold(departure.id), to=each, once=once, now=now, deadline=now + TOLD_WITHIN)
    return departure


def stay(departure_id: int, *, person_id: int, by: Person, now: datetime) -> CameBack:
    """Take a last day back: what is still open and fits them is theirs again. Call it inside `db.writing()`.

    Refuses a last day of somebody else, one that staff said where the person themselves asks, and one that is over.
    """
    found = db.session.get(Departure, departure_id)
    is_theirs = found is not None and found.person_id == person_id
    if found is None or not is_theirs or (by.id == person_id and found.said_by_id != person_id):
        raise NotFound("There is no last day here that you could take back.")
    absence = absence_of_departure(leaving.take_back(departure_id, by=by.id, now=now))
    if absence is None:
        return CameBack((), ())
    return come_back(absence.id, person_id=person_id, by=by.id, now=now)


def end_time_away(person_id: int, *, now: datetime) -> None:
    """End the time away of somebody whose account closes because they left: it stops no clock from then on."""
    departure = leaving.last_departure(person_id)
    absence = absence_of_departure(departure) if departure is not None else None
    if absence is not None and absence.unmade_at is None:
        absence.unmade_at, absence.unmade_by_id = now, None
        clear_leave(absence, now=now)


def hand_over(departure: Departure, *, now: datetime) -> HandOver:
    """What staff see to before somebody leaves."""
    person = db.session.get_one(Person, departure.person_id)
    after = clock.ends(departure.last_day, zone_of(person))
    rows = [
        row for query in taken_elsewhere([person.id], after, FOR_EVER, asks="rota") for row in db.session.execute(query)
    ]
    taken = sorted((row[1], row[2], row[3]) for row in rows)
    return HandOver(sorted(roles_from(person.id, on=clock.on(now, zone_of(person)))), taken)
