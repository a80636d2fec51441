"""Applying for the next step: asking for it, answering questions about it, and what ends it.

An application is a wish and no evidence: the pathway alone says what is needed, and `progression.signoff` decides.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from app import audit, clock, db, settings
from app.outbox import queue
from app.outbox.notice import Notice
from app.people.models import CLOSED, Person
from app.people.rights import people_who_may
from app.refusals import Conflict, Invalid
from progression.applying.models import (
    LONGEST_WORDS,
    ApplicationWords,
    HowEnded,
    StepApplication,
    WordsKind,
)
from progression.applying.notices import ApplicationAnswered, MoreAsked, StepApplied
from progression.evidence import NotAboutYourself
from progression.notices import SEND_WITHIN
from progression.permissions import ProgressionPermission
from progression.stages import Stage
from progression.standing import step_now

NO_APPLICATION = "There is no open application any more. Somebody may have decided meanwhile; please look again."


@dataclass(frozen=True, slots=True)
class Written:
    """What somebody wrote about an application, with their display name."""

    kind: WordsKind
    by: str
    by_id: int
    written_at: datetime
    words: str


@dataclass(frozen=True, slots=True)
class ApplicationSeen:
    """An application with all that was written about it, the earliest first."""

    application: StepApplication
    written: Sequence[Written]

    @property
    def awaits_answer(self) -> bool:
        """Whether the last word is a question to the applicant."""
        return bool(self.written) and self.written[-1].kind is WordsKind.QUESTION


def apply(person: Person, to: Stage, statement: str, *, now: datetime) -> StepApplication:
    """Ask to be signed off for the next stage, in one's own words; those who decide are told.

    `to` is the stage that the page showed. The same form sent twice counts once; other words are added to the open
    application. Refuses an empty or a long statement, and a stage that is not their next one.
    """
    statement = _checked(statement, field="statement", empty="Say in a sentence or two why you would like this step.")
    db.lock_people([person.id])
    step = step_now(person.id, now)
    if step is None or step.to is not to:
        raise Conflict(f"“{to}” is not your next step now. Please look at your journey again.")
    if earlier := open_application(person.id):
        if not _was_written(earlier, statement):
            _add(earlier, person, statement, now=now)
        return earlier
    made = StepApplication(person_id=person.id, to=to, made_at=now)
    db.session.add(made)
    db.session.flush()
    _write(made, WordsKind.STATEMENT, statement, by=person.id, now=now)
    audit.record("progression.applied", by=person.id, subject=f"step_application:{made.id}", now=now)
    for decider in _who_decides(person.id, now):
        _tell(StepApplied(made.id), decider, f"{made.id}", now)
    return made


def withdraw(person: Person, *, now: datetime) -> None:
    """Take one's own application back, with no reason asked. Without an open one, nothing changes."""
    db.lock_people([person.id])
    if found := open_application(person.id):
        _end(found, HowEnded.WITHDRAWN, by=person.id, now=now)


def ask_for_more(about: Person, question: str, *, by: Person, now: datetime) -> None:
    """Ask an applicant something before deciding; they are told. Refuses oneself, and where no application is open."""
    if about.id == by.id:
        raise NotAboutYourself("Nobody asks themselves. Another member of staff looks at your application.")
    question = _checked(question, field="question", empty="Write what you would like to know.")
    db.lock_people([about.id])
    found = _open_or_refuse(about.id)
    words = _write(found, WordsKind.QUESTION, question, by=by.id, now=now)
    audit.record("progression.application-questioned", by=by.id, subject=f"step_application:{found.id}", now=now)
    _tell(MoreAsked(words.id), about.id, f"{words.id}", now)


def answer(person: Person, words: str, *, now: datetime) -> None:
    """Add to one's own application; those who asked are told, or all who decide where nobody asked."""
    words = _checked(words, field="answer", empty="Write your answer.")
    db.lock_people([person.id])
    _add(_open_or_refuse(person.id), person, words, now=now)


def end_by_decision(person_id: int, how: HowEnded, *, by: int | None, now: datetime) -> None:
    """End the open application of somebody about whom something was decided, if they have one."""
    if found := open_application(person_id):
        _end(found, how, by=by, now=now)


def on_standing_lost(person_id: int, *, now: datetime, why: str) -> None:
    """End the application of a closed account."""
    if db.session.get_one(Person, person_id).state in CLOSED:
        end_by_decision(person_id, HowEnded.OVERTAKEN, by=None, now=now)


def open_application(person_id: int) -> StepApplication | None:
    """The open application of a person, or None."""
    where = (StepApplication.person_id == person_id, StepApplication.ended_at.is_(None))
    return db.session.scalars(select(StepApplication).where(*where)).one_or_none()


def seen(person_id: int) -> ApplicationSeen | None:
    """The newest application of a person with all that was written about it; None where they never applied."""
    newest = select(func.max(StepApplication.id)).where(StepApplication.person_id == person_id).scalar_subquery()
    rows = db.session.execute(
        select(StepApplication, ApplicationWords, Person.display_name)
        .outerjoin(ApplicationWords, ApplicationWords.application_id == StepApplication.id)
        .outerjoin(Person, Person.id == ApplicationWords.by_id)
        .where(StepApplication.id == newest)
        .order_by(ApplicationWords.id)
    ).all()
    if not rows:
        return None
    written = [
        Written(words.kind, name, words.by_id, words.written_at, words.words)
        for _, words, name in rows
        if words is not None
    ]
    return ApplicationSeen(rows[0].StepApplication, written)


def _checked(words: str, *, field: str, empty: str) -> str:
    words = words.strip()
    if not words:
        raise Invalid(empty, field=field)
    if len(words) > LONGEST_WORDS:
        raise Invalid(f"Please keep this under {LONGEST_WORDS:,} characters.", field=field)
    return words


def _open_or_refuse(person_id: int) -> StepApplication:
    found = open_application(person_id)
    if found is None:
        raise Conflict(NO_APPLICATION)
    return found


def _write(to: StepApplication, kind: WordsKind, words: str, *, by: int, now: datetime) -> ApplicationWords:
    row = ApplicationWords(application_id=to.id, kind=kind, by_id=by, written_at=now, words=words)
    db.session.add(row)
    db.session.flush()
    return row


def _was_written(application: StepApplication, words: str) -> bool:
    where = (ApplicationWords.application_id == application.id, ApplicationWords.words == words)
    return db.session.scalars(select(ApplicationWords.id).where(*where)).first() is not None


def _add(to: StepApplication, person: Person, words: str, *, now: datetime) -> None:
    """Add what an applicant writes, and tell those who asked, or all who decide."""
    asked = (ApplicationWords.application_id == to.id, ApplicationWords.kind == WordsKind.QUESTION)
    asked_by = set(db.session.scalars(select(ApplicationWords.by_id).where(*asked)))
    said = _write(to, WordsKind.ANSWER, words, by=person.id, now=now)
    audit.record("progression.application-answered", by=person.id, subject=f"step_application:{to.id}", now=now)
    may = _who_decides(person.id, now)
    for decider in [each for each in may if each in asked_by] or may:
        _tell(ApplicationAnswered(said.id), decider, f"{said.id}", now)


def _end(found: StepApplication, how: HowEnded, *, by: int | None, now: datetime) -> None:
    found.ended_at, found.how_ended = now, how
    details = {"how": how.value}
    subject = f"step_application:{found.id}"
    audit.record("progression.application-ended", by=by, subject=subject, now=now, details=details)


def _who_decides(but_not: int, now: datetime) -> list[int]:
    today = clock.on(now, settings.current().zone)
    return [each for each in people_who_may(ProgressionPermission.SIGN_OFF, on=today) if each != but_not]


def _tell(notice: Notice, to: int, once: str, now: datetime) -> None:
    queue.enqueue(notice, to=to, once=f"{notice.kind}:{once}:{to}", now=now, deadline=now + SEND_WITHIN)
