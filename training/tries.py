"""How often a quiz may be tried, and when again, where its course sets a limit. Most set none: learning is not an exam.

Decided here alone, for the page and when a try begins. A trainer can give another try at any time; it also ends a wait.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from app import audit, db
from app.outbox import queue
from app.people.models import Person, PersonState
from app.refusals import Conflict, NotFound
from training import catalogue
from training.learning import SEND_WITHIN
from training.models import CourseVersion, Enrolment, GivenTry, UnitAttempt, UnitDone
from training.notices import AnotherTry
from training.pack import Quiz


@dataclass(frozen=True)
class Tries:
    """The tries at one quiz in one enrolment."""

    used: int
    allowed: int | None  # with those that were given; None: as many as one likes
    opens_at: datetime | None  # when the next may begin; None: now

    @property
    def are_used_up(self) -> bool:
        """Whether only a trainer can open another one."""
        return self.allowed is not None and self.used >= self.allowed

    @property
    def left(self) -> int | None:
        """How many more may begin; None: as many as one likes."""
        return None if self.allowed is None else max(0, self.allowed - self.used)

    @property
    def may_begin(self) -> bool:
        """Whether one may begin now."""
        return not self.are_used_up and self.opens_at is None


def tries(quiz: Quiz, attempts: Sequence[UnitAttempt], given: Sequence[datetime], *, now: datetime) -> Tries:
    """Where somebody stands after these attempts and the tries given at these instants. Pure."""
    finished = max((one.finished_at for one in attempts if one.finished_at is not None), default=None)
    opens_at = None
    if quiz.wait_hours is not None and finished is not None and not any(at >= finished for at in given):
        opens_at = finished + timedelta(hours=quiz.wait_hours)
    return Tries(
        used=len(attempts),
        allowed=None if quiz.tries is None else quiz.tries + len(given),
        opens_at=opens_at if opens_at is not None and opens_at > now else None,
    )


def tries_in(enrolment_id: int, quiz: Quiz, attempts: Sequence[UnitAttempt], *, now: datetime) -> Tries:
    """The same, with the tries that were given read from the database; no query where the quiz sets no limit."""
    if quiz.tries is None and quiz.wait_hours is None:
        return tries(quiz, attempts, (), now=now)
    given = db.session.scalars(
        select(GivenTry.given_at).where(GivenTry.enrolment_id == enrolment_id, GivenTry.unit == quiz.slug)
    )
    return tries(quiz, attempts, given.all(), now=now)


@dataclass(frozen=True)
class Waiting:
    """Somebody who cannot try a quiz again at the moment."""

    person: Person
    enrolment_id: int
    course: str
    quiz: Quiz
    tries: Tries
    last_at: datetime


def waiting(now: datetime) -> list[Waiting]:
    """Everybody who has used up their tries or has to wait, the longest first. Courses without a limit cost nothing."""
    return sorted(_waiting(now), key=lambda one: one.last_at)


def _waiting(now: datetime, enrolment_id: int | None = None) -> Iterator[Waiting]:
    limited = {
        (version.id, unit.slug): (version, unit)
        for version in _versions_in_use()
        for unit in catalogue.pack_of(version).units
        if isinstance(unit, Quiz) and (unit.tries is not None or unit.wait_hours is not None)
    }
    if not limited:
        return
    rows = db.session.execute(
        select(UnitAttempt, Enrolment, Person)
        .join(Enrolment, Enrolment.id == UnitAttempt.enrolment_id)
        .join(Person, Person.id == Enrolment.person_id)
        .outerjoin(UnitDone, (UnitDone.enrolment_id == Enrolment.id) & (UnitDone.unit == UnitAttempt.unit))
        .where(
            Enrolment.finished_at.is_(None),
            Enrolment.course_version_id.in_({version_id for version_id, _slug in limited}),
            UnitAttempt.unit.in_({slug for _version_id, slug in limited}),
            UnitDone.id.is_(None),
            Person.state == PersonState.ACTIVE,
            *((Enrolment.id == enrolment_id,) if enrolment_id is not None else ()),
        )
        .order_by(UnitAttempt.number)
    ).all()
    given = db.session.execute(
        select(GivenTry.enrolment_id, GivenTry.unit, GivenTry.given_at).where(
            GivenTry.enrolment_id.in_({row.Enrolment.id for row in rows})
        )
    ).all()
    for enrolment, person, unit in {(row.Enrolment, row.Person, row.UnitAttempt.unit) for row in rows}:
        found = limited.get((enrolment.course_version_id, unit))
        attempts = [row.UnitAttempt for row in rows if (row.Enrolment, row.UnitAttempt.unit) == (enrolment, unit)]
        finished_at = attempts[-1].finished_at
        if found is None or finished_at is None:
            continue
        own = [one.given_at for one in given if (one.enrolment_id, one.unit) == (enrolment.id, unit)]
        state = tries(found[1], attempts, own, now=now)
        if not state.may_begin:
            yield Waiting(person, enrolment.id, found[0].title, found[1], state, finished_at)


def _versions_in_use() -> list[CourseVersion]:
    """The versions that somebody is learning from."""
    in_use = select(Enrolment.course_version_id).where(Enrolment.finished_at.is_(None))
    return list(db.session.scalars(select(CourseVersion).where(CourseVersion.id.in_(in_use))))


def give(enrolment_id: int, slug: str, *, used: int, by: Person, now: datetime) -> None:
    """Give somebody who cannot go on another try, and tell them. `used` is the number of tries that the page showed.

    The same press sent twice gives one. Refuses one's own tries, and an enrolment in which nobody waits.
    """
    person_id = db.session.scalar(select(Enrolment.person_id).where(Enrolment.id == enrolment_id))
    if person_id is None:
        raise NotFound("There is nobody there who waits for a try.")
    if person_id == by.id:
        raise Conflict("Another trainer or administrator can give you a try.")
    db.lock_people([person_id])
    before = select(GivenTry.id).where(
        GivenTry.enrolment_id == enrolment_id, GivenTry.unit == slug, GivenTry.after == used
    )
    if db.session.scalar(before) is not None:
        return
    one = next((each for each in _waiting(now, enrolment_id) if each.quiz.slug == slug), None)
    if one is None or one.tries.used != used:
        raise Conflict("They can try again by themselves now, or have gone on. Nothing was given.")
    given = GivenTry(enrolment_id=enrolment_id, unit=slug, after=used, given_at=now, given_by_id=by.id)
    db.session.add(given)
    db.session.flush()
    audit.record(
        "training.try-given",
        by=by.id,
        subject=f"enrolment:{enrolment_id}",
        now=now,
        details={"unit": slug, "after": used, "person": person_id},
    )
    queue.enqueue(
        AnotherTry(given_try_id=given.id),
        to=person_id,
        once=f"another-try:{given.id}",
        now=now,
        deadline=now + SEND_WITHIN,
    )
