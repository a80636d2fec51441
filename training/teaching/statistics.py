"""Statistics of one version of a course: who finishes, where people stop, and which questions look bad.

Each person counts once, by their first time through the version; refreshers are left out, and of a quiz only the first
try counts. No names, and no figure about fewer than `mistakes.FEWEST` people.
"""

from __future__ import annotations

import statistics
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from app import db
from app.refusals import NotFound
from app.wording import duration, plural
from training import catalogue, quiz
from training.mistakes import FEWEST
from training.models import Answer, CourseVersion, Enrolment, UnitAttempt, UnitDone
from training.pack import Pack, Question, Quiz, Unit

FEWEST_ANSWERS = 20
"""Answers that a discrimination rests on at least: with 20, its standard error is still about 0.22 (1/√(n − 1))."""
POOR = 0.2
"""A discrimination below this is poor; Ebel and Frisbie, *Essentials of Educational Measurement* (5th edition, 1991),
chapter 13."""
HARD, EASY = 0.3, 0.95
"""Facilities beyond which a question deserves a look. Our own choice; below 0.3 most get it wrong."""


@dataclass(frozen=True)
class QuestionStatistics:
    """One question: how often it was asked in a first try, and what the answers say about it.

    `facility` is the share answered right. `discrimination` is the point-biserial correlation of being right with the
    share of the other questions of the same try that were right (the corrected item-total correlation): Crocker and
    Algina, *Introduction to Classical and Modern Test Theory* (1986), chapter 14. None: too few answers, or everybody
    did the same.
    """

    question: Question
    wording: str
    asked: int
    right: int
    discrimination: float | None

    @property
    def is_shown(self) -> bool:
        """Whether enough people were asked."""
        return self.asked >= FEWEST

    @property
    def has_enough(self) -> bool:
        """Whether a discrimination can be worked out."""
        return self.asked >= FEWEST_ANSWERS

    @property
    def facility(self) -> float:
        """The share of first answers that were right, from 0 to 1."""
        return self.right / self.asked if self.asked else 0.0

    @property
    def doubt(self) -> str | None:
        """What looks bad about it, in words; None where nothing does."""
        if not self.has_enough:
            return None
        if self.discrimination is not None and self.discrimination < 0:
            most = (
                "Most people who do well get this wrong" if self.facility < 0.5 else "People who do well get this wrong"
            )
            return f"{most} more often than others: look at its key and its words."
        if self.facility < HARD:
            return "Most people get this wrong: does the lesson teach it, and is it asked clearly?"
        if self.facility > EASY:
            return "Nearly everybody gets this right: it tells little about who has learned."
        if self.discrimination is not None and self.discrimination < POOR:
            return "People who do well are hardly more often right here: is one of the other answers right as well?"
        return None


@dataclass(frozen=True)
class VersionStatistics:
    """One version of a course."""

    version: CourseVersion
    begun: int
    finished: int
    median_time: timedelta | None  # from beginning to finishing, of those who finished
    stopped: tuple[tuple[Unit | None, int], ...]  # of those who have not: the last unit done; None: not one
    quizzes: tuple[tuple[Quiz, tuple[QuestionStatistics, ...]], ...]

    @property
    def median_words(self) -> str | None:
        """The median time in words: in whole days from two days on."""
        if self.median_time is None:
            return None
        if self.median_time >= timedelta(days=2):
            return plural(round(self.median_time / timedelta(days=1)), "day")
        return duration(self.median_time / timedelta(minutes=1))

    @property
    def is_shown(self) -> bool:
        """Whether enough people began it."""
        return self.begun >= FEWEST

    @property
    def stops_are_shown(self) -> bool:
        """Whether enough people have begun it and not finished."""
        return self.begun - self.finished >= FEWEST


def statistics_of(version_id: int) -> VersionStatistics:
    """The statistics of a version; refuses one that does not exist. Four queries, however many people."""
    version = db.session.get(CourseVersion, version_id)
    if version is None:
        raise NotFound("There is no such version of a course.")
    pack = catalogue.pack_of(version)
    first = _first_times(version_id)
    finished = {each: (ends - begins).total_seconds() for each, (begins, ends) in first.items() if ends is not None}
    tries = _first_tries(version_id, first)
    return VersionStatistics(
        version=version,
        begun=len(first),
        finished=len(finished),
        median_time=timedelta(seconds=statistics.median(finished.values())) if len(finished) >= FEWEST else None,
        stopped=_stopped(version_id, pack, first.keys() - finished.keys()),
        quizzes=tuple((unit, _questions(unit, tries[unit.slug])) for unit in pack.units if isinstance(unit, Quiz)),
    )


def _first_times(version_id: int) -> dict[int, tuple[datetime, datetime | None]]:
    """Of each person's first enrolment, by its id: when it was begun and finished."""
    rows = db.session.execute(
        select(Enrolment.id, Enrolment.person_id, Enrolment.started_at, Enrolment.finished_at)
        .where(Enrolment.course_version_id == version_id, Enrolment.is_refresher.is_(False))
        .order_by(Enrolment.id.desc())
    )
    by_person = {row.person_id: row for row in rows}
    return {row.id: (row.started_at, row.finished_at) for row in by_person.values()}


def _stopped(version_id: int, pack: Pack, unfinished: Collection[int]) -> tuple[tuple[Unit | None, int], ...]:
    """How many of these enrolments got how far, in the order of the course; those that did nothing first."""
    rows = db.session.execute(
        select(UnitDone.enrolment_id, UnitDone.unit)
        .join(Enrolment, Enrolment.id == UnitDone.enrolment_id)
        .where(Enrolment.course_version_id == version_id, Enrolment.finished_at.is_(None))
    )
    places = {unit.slug: place for place, unit in enumerate(pack.units)}
    furthest = dict.fromkeys(unfinished, -1)
    for enrolment_id, unit in rows:
        if enrolment_id in furthest:
            furthest[enrolment_id] = max(furthest[enrolment_id], places.get(unit, -1))
    counted = Counter(furthest.values())
    return tuple((pack.units[place] if place >= 0 else None, counted[place]) for place in sorted(counted))


Tries = Mapping[int, Mapping[str, bool]]
"""By attempt: whether each question that was answered was answered right."""


def _first_tries(version_id: int, enrolments: Collection[int]) -> dict[str, dict[int, dict[str, bool]]]:
    """The first tries of these enrolments, by quiz."""
    rows = db.session.execute(
        select(UnitAttempt.unit, UnitAttempt.id, UnitAttempt.enrolment_id, Answer.question, Answer.is_right)
        .join(UnitAttempt, UnitAttempt.id == Answer.attempt_id)
        .join(Enrolment, Enrolment.id == UnitAttempt.enrolment_id)
        .where(Enrolment.course_version_id == version_id, Enrolment.is_refresher.is_(False), UnitAttempt.number == 1)
    )
    found: dict[str, dict[int, dict[str, bool]]] = defaultdict(lambda: defaultdict(dict))
    for unit, attempt_id, enrolment_id, question, is_right in rows:
        if enrolment_id in enrolments:
            found[unit][attempt_id][question] = is_right
    return found


def _questions(unit: Quiz, tries: Tries) -> tuple[QuestionStatistics, ...]:
    """The statistics of the questions of a quiz; those that look bad first, then the hardest."""
    found = []
    for question in unit.questions:
        answers = [answered for answered in tries.values() if question.key in answered]
        found.append(
            QuestionStatistics(
                question,
                quiz.wording(question),
                asked=len(answers),
                right=sum(answered[question.key] for answered in answers),
                discrimination=discrimination(question.key, answers),
            )
        )
    return tuple(sorted(found, key=lambda one: (one.doubt is None, not one.is_shown, one.facility)))


def discrimination(key: str, tries: Iterable[Mapping[str, bool]]) -> float | None:
    """The point-biserial correlation of a question with the rest of each try, as `QuestionStatistics` defines it.

    From −1 to 1. None for fewer than `FEWEST_ANSWERS` tries that answered it and another question, or without any
    difference between them. Pure.
    """
    items, rests = [], []
    for answered in tries:
        others = [is_right for other, is_right in answered.items() if other != key]
        if key in answered and others:
            items.append(float(answered[key]))
            rests.append(sum(others) / len(others))
    if len(items) < FEWEST_ANSWERS:
        return None
    try:
        return statistics.correlation(items, rests)
    except statistics.StatisticsError:  # everybody did the same
        return None
