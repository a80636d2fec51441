"""Short questions to volunteers: asking them, answering without a name, and what came of it.

Answering leaves no audit line and no time, so that no page can put an answer and a person together. Somebody who reads
the database and the server's log still could, and the page of the questions says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import Row, Select, func, select

from app import audit, clock, db, settings
from app.outbox import queue
from app.people.models import Person, PersonState
from app.refusals import Conflict, Invalid, NotFound
from progression.listening.models import (
    LONGEST_QUESTION,
    LONGEST_WORDS_TO_A_PULSE,
    Pulse,
    PulseAnswer,
    PulseTaken,
)
from progression.listening.notices import PulseOpen
from progression.stages import Stage
from progression.standing import stages_of

MOST_QUESTIONS = 5  # more is no short question any more
RATINGS = (1, 2, 3, 4, 5)
ENOUGH_ANSWERS = 5  # with fewer, who knows the team could tell who said what
LONGEST_OPEN = timedelta(days=60)
ASKED_AT = time(9, 0)
REMIND = timedelta(days=3)  # before the last day
MOST_SHOWN = 50


@dataclass(frozen=True, slots=True)
class NewPulse:
    """Short questions as their form holds them. The last day counts whole, in the organisation's zone."""

    questions: Sequence[str]
    from_stage: Stage
    first_day: date
    last_day: date


@dataclass(frozen=True, slots=True)
class QuestionResult:
    """How many people chose each rating from 1 to 5, and how many left the question out."""

    question: str
    chosen: tuple[int, int, int, int, int]
    left_out: int

    @property
    def average(self) -> float | None:
        """The mean of the ratings; None where everybody left the question out."""
        answered = sum(self.chosen)
        return (
            sum(rating * count for rating, count in zip(RATINGS, self.chosen, strict=True)) / answered
            if answered
            else None
        )


@dataclass(frozen=True, slots=True)
class PulseResults:
    """What came of short questions once they are closed, in no order of time."""

    questions: Sequence[QuestionResult]
    words: Sequence[str]


@dataclass(frozen=True, slots=True)
class PulseSeen:
    """Short questions as those who ask them see them."""

    pulse: Pulse
    answers: int
    is_over: bool
    has_begun: bool


def ask(new: NewPulse, *, by: Person, now: datetime) -> Pulse:
    """Ask short questions; e-mails go out at nine in the morning of the first day, or of the next one.

    Refuses no question, too many, days that are past or the wrong way round, and more than 60 days.
    """
    questions = [question.strip() for question in new.questions if question.strip()]
    if not questions or len(questions) > MOST_QUESTIONS:
        raise Invalid(f"Write one question at least, and {MOST_QUESTIONS} at most.", field="first")
    if any(len(question) > LONGEST_QUESTION for question in questions):
        raise Invalid(f"Please keep each question under {LONGEST_QUESTION} characters.", field="first")
    if new.first_day < _today(now):
        raise Invalid("The first day is past. Give today or a later day.", field="first_day")
    if not new.first_day <= new.last_day <= new.first_day + LONGEST_OPEN:
        raise Invalid(
            f"Give a last day that is not before the first, and within {LONGEST_OPEN.days} days of it.",
            field="last_day",
        )
    made = Pulse(
        by_id=by.id,
        made_at=now,
        questions=questions,
        from_stage=new.from_stage,
        first_day=new.first_day,
        last_day=new.last_day,
    )
    db.session.add(made)
    db.session.flush()
    audit.record("progression.pulse-asked", by=by.id, subject=f"pulse:{made.id}", now=now)
    return made


def close(pulse_id: int, *, by: Person, now: datetime) -> None:
    """Close short questions now. Those that have not begun are never asked. Closed ones stay as they are."""
    found = db.session.get(Pulse, pulse_id, with_for_update={"key_share": True})
    if found is None:
        raise NotFound("There are no such questions.")
    if found.closed_at is not None or found.last_day < _today(now):
        return
    found.closed_at = now
    audit.record("progression.pulse-closed", by=by.id, subject=f"pulse:{pulse_id}", now=now)


def answer(person: Person, pulse_id: int, ratings: Sequence[int | None], words: str, *, now: datetime) -> None:
    """Keep what somebody says, without who it was. Refuses a second time, and questions that are not open to them.

    `ratings` has one entry a question: from 1 to 5, or None where they left it out.
    """
    db.lock_people([person.id])
    found = open_to(person.id, pulse_id, now=now)
    if found is None:
        raise Conflict("These questions are not open to you any more: they are closed, or you have answered them.")
    words = words.strip()
    if len(words) > LONGEST_WORDS_TO_A_PULSE:
        raise Invalid(f"Please keep this under {LONGEST_WORDS_TO_A_PULSE:,} characters.", field="words")
    if len(ratings) != len(found.questions) or any(rating not in (None, *RATINGS) for rating in ratings):
        raise Invalid("Choose one of the five for each question, or leave it out.")
    if not words and all(rating is None for rating in ratings):
        raise Invalid("Answer one question, or write a few words. Or leave the page: nothing is asked twice.")
    db.session.add(PulseTaken(pulse_id=found.id, person_id=person.id))
    db.session.add(PulseAnswer(pulse_id=found.id, ratings=list(ratings), words=words))


def open_to(person_id: int, pulse_id: int, *, now: datetime) -> Pulse | None:
    """These questions, if they are open to this person and not answered by them."""
    return next((each for each in waiting_for(person_id, now=now) if each.id == pulse_id), None)


def waiting_for(person_id: int, *, now: datetime) -> Sequence[Pulse]:
    """The questions that are open to a person and not answered by them, the first to close first."""
    taken = select(PulseTaken.pulse_id).where(PulseTaken.person_id == person_id)
    found = db.session.scalars(_open_at(now).where(Pulse.id.not_in(taken)).order_by(Pulse.last_day, Pulse.id)).all()
    if not found:
        return []
    stage = stages_of([person_id], now).get(person_id, Stage.USER)
    return [each for each in found if stage >= each.from_stage]


def all_pulses(now: datetime) -> Sequence[PulseSeen]:
    """All short questions, the newest first, with how many people answered each."""
    rows = db.session.execute(
        select(Pulse, func.count(PulseAnswer.id).label("answers"))
        .outerjoin(PulseAnswer, PulseAnswer.pulse_id == Pulse.id)
        .group_by(Pulse.id)
        .order_by(Pulse.id.desc())
        .limit(MOST_SHOWN)
    )
    return [_seen(row, now) for row in rows]


def one_pulse(pulse_id: int, now: datetime) -> PulseSeen:
    """Short questions with how many people answered. Refuses unknown ones."""
    found = db.session.execute(
        select(Pulse, func.count(PulseAnswer.id).label("answers"))
        .outerjoin(PulseAnswer, PulseAnswer.pulse_id == Pulse.id)
        .where(Pulse.id == pulse_id)
        .group_by(Pulse.id)
    ).one_or_none()
    if found is None:
        raise NotFound("There are no such questions.")
    return _seen(found, now)


def results_of(pulse: Pulse, now: datetime) -> PulseResults | None:
    """What people said; None while the questions are open, and where so few answered that it would be known who."""
    if pulse.closed_at is None and pulse.last_day >= _today(now):
        return None
    rows = db.session.execute(
        select(PulseAnswer.ratings, PulseAnswer.words).where(PulseAnswer.pulse_id == pulse.id)
    ).all()
    if len(rows) < ENOUGH_ANSWERS:
        return None
    questions = []
    for place, question in enumerate(pulse.questions):
        ratings = [row.ratings[place] for row in rows]
        one, two, three, four, five = (ratings.count(rating) for rating in RATINGS)
        questions.append(QuestionResult(question, (one, two, three, four, five), ratings.count(None)))
    return PulseResults(questions, sorted(row.words for row in rows if row.words))


def tell_people(now: datetime) -> None:
    """Queue the e-mail about open questions to everybody they are for, and one reminder three days before the last."""
    zone = settings.current().zone
    for pulse in db.session.scalars(_open_at(now)).all():
        reminded_on = pulse.last_day - REMIND
        is_reminder = _today(now) >= reminded_on > pulse.first_day
        day = reminded_on if is_reminder else pulse.first_day
        due_at = clock.local(zone, day.year, day.month, day.day, ASKED_AT.hour)
        notice, deadline = PulseOpen(pulse.id, is_reminder), clock.ends(pulse.last_day, zone)
        for batch in queue.batches(_not_yet_answered(pulse, now)):
            with db.writing():
                for to in batch:
                    once = f"{notice.kind}:{pulse.id}:{to}:{'reminder' if is_reminder else 'first'}"
                    queue.enqueue(notice, to=to, once=once, now=now, deadline=deadline, due_at=due_at)


def _not_yet_answered(pulse: Pulse, now: datetime) -> Sequence[int]:
    taken = select(PulseTaken.person_id).where(PulseTaken.pulse_id == pulse.id)
    active = db.session.scalars(
        select(Person.id).where(Person.state == PersonState.ACTIVE, Person.id.not_in(taken)).order_by(Person.id)
    ).all()
    stages = stages_of(active, now)
    return [each for each in active if stages.get(each, Stage.USER) >= pulse.from_stage]


def _open_at(now: datetime) -> Select[Pulse]:
    today = _today(now)
    return select(Pulse).where(Pulse.first_day <= today, Pulse.last_day >= today, Pulse.closed_at.is_(None))


def _seen(row: Row[Pulse, int], now: datetime) -> PulseSeen:
    pulse: Pulse = row.Pulse
    is_over = pulse.closed_at is not None or pulse.last_day < _today(now)
    return PulseSeen(pulse, row.answers, is_over, has_begun=pulse.first_day <= _today(now))


def _today(now: datetime) -> date:
    return clock.on(now, settings.current().zone)
