"""Asking people by a day when they can come: whom, who has answered and who has not, and an end to it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, case, func, insert, literal, not_, select

from app import audit, clock, db
from app.day_bounds import PLANNED_AHEAD
from app.people.models import CLOSED, Person
from app.refusals import Invalid, NotFound
from progression.duties import Duty
from progression.people_list import is_at_stage, is_cleared
from progression.stages import Stage
from rota.store.availability_asks import AvailabilityAsk, AvailabilityAsked, is_away

LONGEST_PERIOD = timedelta(days=92)  # a quarter; further ahead people do not know
MOST_CHOSEN = 200
ON_A_PAGE = 50
ASKS_LISTED = 20
SHOWN_FOR = timedelta(days=14)
"""How long after a deadline the list of rotas says that some have not answered."""
MOST_LATE = 2


class Answer(StrEnum):
    """Where somebody stands with an ask."""

    WAITING = "waiting"
    ANSWERED = "answered"
    AWAY = "away"


@dataclass(frozen=True)
class Whom:
    """Who is asked: everybody cleared for a duty then, everybody at a stage, or these people by name."""

    stage: Stage | None = None
    names: Sequence[str] | None = None


@dataclass(frozen=True)
class ListedAsk:
    """One ask in the list: how many people it went to, and how many of them answered."""

    ask: AvailabilityAsk
    asked: int
    answered: int


def ask_for_times(
    first: date, last: date, answer_by: date, whom: Whom, *, zone: ZoneInfo, by: int, now: datetime
) -> AvailabilityAsk:
    """Ask people when they can come from the first to the last day; the job tells them by e-mail.

    Refuses days that do not fit together, a period longer than LONGEST_PERIOD, names that nobody has, and nobody.
    """
    _check_days(first, last, answer_by, today=clock.on(now, zone))
    asked = AvailabilityAsk(
        starts_on=first, ends_on=last, answer_by=answer_by, asked_at=now, asked_by_id=by, ended_at=None
    )
    db.session.add(asked)
    db.session.flush()
    people = select(literal(asked.id), Person.id).where(Person.state.not_in(CLOSED), _condition(whom, first, zone, now))
    db.session.execute(insert(AvailabilityAsked).from_select(["ask_id", "person_id"], people))
    count = db.session.scalar(select(func.count()).where(AvailabilityAsked.ask_id == asked.id)) or 0
    if not count:
        raise Invalid("Nobody is among those whom you chose.", field="whom")
    details = {"people": count, "from": first.isoformat(), "until": last.isoformat(), "by": answer_by.isoformat()}
    audit.record("rota.times-asked", by=by, subject=f"availability_ask:{asked.id}", now=now, details=details)
    return asked


def _check_days(first: date, last: date, answer_by: date, *, today: date) -> None:
    if last < first:
        raise Invalid("The last day must not come before the first.", field="last")
    if last < today:
        raise Invalid("That period is over.", field="last")
    if last - first >= LONGEST_PERIOD:
        raise Invalid("Ask for three months at most; further ahead people do not know.", field="last")
    if first > today + PLANNED_AHEAD:
        raise Invalid("That is more than a year away. Ask nearer the time.", field="first")
    if not today <= answer_by <= last:
        raise Invalid("Give a day from today to the last day of the period.", field="answer_by")


def _condition(whom: Whom, first: date, zone: ZoneInfo, now: datetime) -> ColumnElement[bool]:
    if whom.names is not None:
        return Person.id.in_(_ids_named(whom.names))
    if whom.stage is not None:
        return is_at_stage([whom.stage], now, now)
    return is_cleared(list(Duty), max(clock.starts(first, zone), now), now)


def _ids_named(names: Collection[str]) -> list[int]:
    wanted = list(dict.fromkeys(filter(None, (name.strip() for name in names))))
    if not wanted:
        raise Invalid("Give the display names of the people, one on a line.", field="names")
    if len(wanted) > MOST_CHOSEN:
        raise Invalid(f"Name {MOST_CHOSEN} people at most, or ask everybody at a stage.", field="names")
    rows = db.session.execute(
        select(Person.id, Person.display_name).where(Person.display_name.in_(wanted), Person.state.not_in(CLOSED))
    ).all()
    unknown = [name for name in wanted if name not in {row.display_name for row in rows}]
    if unknown:
        raise Invalid(f"Nobody here is called {', '.join(f'“{name}”' for name in unknown[:5])}.", field="names")
    return [row.id for row in rows]


def end_ask(ask_id: int, *, by: int, now: datetime) -> None:
    """Take an ask back: nobody is told or reminded any more. What was answered stays. Twice is once."""
    asked = find_ask(ask_id)
    if asked.ended_at is None:
        asked.ended_at = now
        audit.record("rota.times-asked-no-more", by=by, subject=f"availability_ask:{ask_id}", now=now)


def find_ask(ask_id: int) -> AvailabilityAsk:
    """One ask; refused as not found if there is none."""
    asked = db.session.get(AvailabilityAsk, ask_id)
    if asked is None:
        raise NotFound("There is no such question to people.")
    return asked


def asks_listed() -> list[ListedAsk]:
    """The newest asks, each with how many were asked and how many answered. Closed accounts do not count."""
    answered = func.count(AvailabilityAsked.answered_at)
    rows = db.session.execute(
        select(AvailabilityAsk, func.count(Person.id).label("asked"), answered.label("answered"))
        .join(AvailabilityAsked, AvailabilityAsked.ask_id == AvailabilityAsk.id)
        .join(Person, and_(Person.id == AvailabilityAsked.person_id, Person.state.not_in(CLOSED)))
        .group_by(AvailabilityAsk.id)
        .order_by(AvailabilityAsk.id.desc())
        .limit(ASKS_LISTED)
    )
    return [ListedAsk(row.AvailabilityAsk, row.asked, row.answered) for row in rows]


def not_answered_in_time(*, zone: ZoneInfo, now: datetime) -> list[tuple[AvailabilityAsk, int]]:
    """The asks whose deadline passed lately and that some have not answered, with how many; the newest ones."""
    today = clock.on(now, zone)
    late = db.session.scalars(
        select(AvailabilityAsk)
        .where(
            AvailabilityAsk.ended_at.is_(None),
            AvailabilityAsk.answer_by.between(today - SHOWN_FOR, today - timedelta(days=1)),
        )
        .order_by(AvailabilityAsk.answer_by.desc())
        .limit(MOST_LATE)
    ).all()
    counted = [(each, counts_of(each, zone=zone, now=now)[Answer.WAITING]) for each in late]
    return [(each, count) for each, count in counted if count]


def counts_of(asked: AvailabilityAsk, *, zone: ZoneInfo, now: datetime) -> dict[Answer, int]:
    """How many of those who were asked answered, are awaited and are away. Closed accounts do not count."""
    each = (
        select(_state(asked, zone, now).label("answer"))
        .join(Person, Person.id == AvailabilityAsked.person_id)
        .where(AvailabilityAsked.ask_id == asked.id, Person.state.not_in(CLOSED))
        .subquery()
    )
    rows = db.session.execute(select(each.c.answer, func.count().label("people")).group_by(each.c.answer))
    found = {row.answer: row.people for row in rows}
    return {answer: found.get(answer, 0) for answer in Answer}


def _state(asked: AvailabilityAsk, zone: ZoneInfo, now: datetime) -> ColumnElement[str]:
    return case(
        (AvailabilityAsked.answered_at.is_not(None), literal(Answer.ANSWERED.value)),
        (is_away_for(asked, zone, now), literal(Answer.AWAY.value)),
        else_=literal(Answer.WAITING.value),
    )


def is_away_for(asked: AvailabilityAsk, zone: ZoneInfo, now: datetime) -> ColumnElement[bool]:
    """The condition that nothing is to be asked of a person: they are away now, or in the whole period."""
    period = clock.starts(asked.starts_on, zone), clock.ends(asked.ends_on, zone)
    return is_away(now, now) | is_away(*period)


def people_of(
    asked: AvailabilityAsk, answer: Answer, page: int, *, zone: ZoneInfo, now: datetime
) -> Sequence[tuple[int, str, datetime | None]]:
    """One page of those who were asked and stand so, by name: id, name, and when they answered."""
    is_answered, away = AvailabilityAsked.answered_at.is_not(None), is_away_for(asked, zone, now)
    which = {
        Answer.ANSWERED: is_answered,
        Answer.AWAY: and_(not_(is_answered), away),
        Answer.WAITING: and_(not_(is_answered), not_(away)),
    }[answer]
    rows = db.session.execute(
        select(Person.id, Person.display_name, AvailabilityAsked.answered_at)
        .join(AvailabilityAsked, AvailabilityAsked.person_id == Person.id)
        .where(AvailabilityAsked.ask_id == asked.id, Person.state.not_in(CLOSED), which)
        .order_by(Person.name_key, Person.id)
        .limit(ON_A_PAGE)
        .offset((page - 1) * ON_A_PAGE)
    )
    return [(row.id, row.display_name, row.answered_at) for row in rows]
