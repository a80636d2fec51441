"""Reminding people of what they have to learn: one e-mail to each, whatever the number of courses."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from app import audit, db
from app.outbox import queue
from app.outbox.models import DeliveryState, OutboxRow
from app.people.models import Person, PersonState
from app.refusals import Invalid
from app.wording import plural
from training.notices import PartAskedAgain, TakenOverTrainingLapses, TrainingLapses
from training.programme.notices import CourseAssigned, CourseDue
from training.teaching import paths
from training.teaching.matrix import PEOPLE_ON_A_PAGE
from training.teaching.notices import CoursesToDo
from training.teaching.states import cell_of, to_remind_of

QUIET_FOR = timedelta(days=7)
"""Nobody is reminded again within a week, by a person or by Nightlight itself. Our own choice."""
SEND_WITHIN = timedelta(days=2)
MOST_AT_ONCE = PEOPLE_ON_A_PAGE
THAT_REMIND = tuple(
    each.kind
    for each in (CoursesToDo, CourseAssigned, CourseDue, PartAskedAgain, TrainingLapses, TakenOverTrainingLapses)
)
"""The kinds of e-mail about a course that somebody has to take."""
CAME_OR_WILL = (DeliveryState.WAITING, DeliveryState.SENDING, DeliveryState.SENT)


@dataclass(frozen=True)
class Outcome:
    """What reminding came to, in numbers of people."""

    reminded: int
    lately: int  # had an e-mail about a course within the last days
    nothing: int  # have nothing to be reminded of, or no open account

    @property
    def words(self) -> str:
        """The outcome in sentences."""
        said = [
            f"{plural(self.reminded, 'person gets', 'people get')} an e-mail with what is theirs to do."
            if self.reminded
            else "Nobody was reminded."
        ]
        if self.lately:
            said.append(
                f"{plural(self.lately, 'person was', 'people were')} left out: they had an e-mail about a course in "
                f"the last {QUIET_FOR.days} days."
            )
        if self.nothing:
            said.append(f"{plural(self.nothing, 'person has', 'people have')} nothing to be reminded of.")
        return " ".join(said)


def reminded_lately(ids: Collection[int], *, now: datetime) -> dict[int, datetime]:
    """When those of these people who had an e-mail about a course within the last days had the latest one."""
    rows = db.session.execute(
        select(OutboxRow.person_id, OutboxRow.enqueued_at)
        .where(
            OutboxRow.person_id.in_(ids),
            OutboxRow.kind.in_(THAT_REMIND),
            OutboxRow.enqueued_at > now - QUIET_FOR,
            OutboxRow.state.in_(CAME_OR_WILL),
        )
        .order_by(OutboxRow.enqueued_at)
    )
    return {row.person_id: row.enqueued_at for row in rows}


def remind(ids: Collection[int], *, by: Person, now: datetime) -> Outcome:
    """Queue one e-mail to each of these people who has something to do and was not reminded lately.

    Refuses where nobody is chosen, and more than a page of people at once.
    """
    if not ids:
        raise Invalid("Nobody is chosen. Tick the people whom you want to remind.")
    if len(ids) > MOST_AT_ONCE:
        raise Invalid(f"Remind at most {MOST_AT_ONCE} people at once: those of one page.")
    active = db.session.scalars(select(Person.id).where(Person.id.in_(ids), Person.state == PersonState.ACTIVE)).all()
    db.lock_people(active)
    lately = reminded_lately(active, now=now)
    reminded = 0
    for each in list(paths.paths_of([person_id for person_id in active if person_id not in lately], now=now)):
        if to_remind_of(map(cell_of, each.courses)):
            _remind(each.person_id, by=by, now=now)
            reminded += 1
    return Outcome(reminded=reminded, lately=len(lately), nothing=len(set(ids)) - reminded - len(lately))


def _remind(person_id: int, *, by: Person, now: datetime) -> None:
    queue.enqueue(
        CoursesToDo(by_id=by.id),
        to=person_id,
        once=f"{CoursesToDo.kind}:{person_id}:{now.isoformat()}",
        now=now,
        deadline=now + SEND_WITHIN,
    )
    audit.record("training.reminded", by=by.id, subject=f"person:{person_id}", now=now)
