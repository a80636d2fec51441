"""Where people go wrong: what they chose at each step of a story, and how often each question was answered right.

Counted per version of a course, because a step is only the same step within one. First tries alone count. A person who
went back and chose again counts for both replies. No names, and no figure about fewer than five people.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass

from sqlalchemy import distinct, func, select

from app import db
from app.refusals import NotFound
from training import catalogue, quiz
from training.models import Answer, Course, CourseVersion, Enrolment, ScenarioChoice, UnitAttempt
from training.pack import Choice, Ending, Question, Quiz, Scenario, Step

FEWEST = 5
"""Of fewer people nothing is shown: a figure about four could be put down to one of them. Our own choice."""


@dataclass(frozen=True)
class StepFigures:
    """One step of a story: how many people came by, and how many of them chose what."""

    step: Step
    people: int
    chosen: tuple[tuple[Choice, int], ...]

    @property
    def is_shown(self) -> bool:
        """Whether enough people came by."""
        return self.people >= FEWEST


@dataclass(frozen=True)
class StoryFigures:
    """A story, step by step, and how often each ending was reached in a first try."""

    unit: Scenario
    steps: tuple[StepFigures, ...]
    endings: tuple[tuple[Ending, int], ...]

    @property
    def reached(self) -> int:
        """How often an ending was reached; by somebody who went back from one, twice."""
        return sum(people for _ending, people in self.endings)

    @property
    def endings_are_shown(self) -> bool:
        """Whether one was reached often enough."""
        return self.reached >= FEWEST


@dataclass(frozen=True)
class QuestionFigures:
    """One question: how many people answered it in their first try, and how many of them right."""

    question: Question
    wording: str
    people: int
    right: int

    @property
    def is_shown(self) -> bool:
        """Whether enough people answered it."""
        return self.people >= FEWEST


@dataclass(frozen=True)
class VersionFigures:
    """One version of a course."""

    version: CourseVersion
    stories: tuple[StoryFigures, ...]
    quizzes: tuple[tuple[Quiz, tuple[QuestionFigures, ...]], ...]


@dataclass(frozen=True)
class VersionInUse:
    """A version that people learned from, and how many of them."""

    version: CourseVersion
    people: int


def versions() -> list[VersionInUse]:
    """Every version that somebody learned from, by title, the newest first."""
    rows = db.session.execute(
        select(CourseVersion, func.count(distinct(Enrolment.person_id)).label("people"))
        .join(Enrolment, Enrolment.course_version_id == CourseVersion.id)
        .join(Course, Course.id == CourseVersion.course_id)
        .group_by(CourseVersion.id)
        .order_by(CourseVersion.title, CourseVersion.number.desc())
    )
    return [VersionInUse(row.CourseVersion, row.people) for row in rows]


def figures(version_id: int) -> VersionFigures:
    """The figures of a version; refuses one that does not exist. Four queries, however many units."""
    version = db.session.get(CourseVersion, version_id)
    if version is None:
        raise NotFound("There is no such version of a course.")
    units = catalogue.pack_of(version).units
    chosen = _chosen(version_id)
    asked = _asked(version_id)
    return VersionFigures(
        version=version,
        stories=tuple(_story(unit, chosen[unit.slug]) for unit in units if isinstance(unit, Scenario)),
        quizzes=tuple((unit, _questions(unit, asked[unit.slug])) for unit in units if isinstance(unit, Quiz)),
    )


def _chosen(version_id: int) -> dict[str, Counter[tuple[str, str | None]]]:
    """By story: how many first tries came by a step (with None), and how many of them chose what there."""
    found: dict[str, Counter[tuple[str, str | None]]] = defaultdict(Counter)
    # DISTINCT in a subquery, because PostgreSQL hashes it; it sorts for count(DISTINCT).
    once = (
        select(UnitAttempt.unit, ScenarioChoice.step, ScenarioChoice.attempt_id)
        .join(UnitAttempt, UnitAttempt.id == ScenarioChoice.attempt_id)
        .join(Enrolment, Enrolment.id == UnitAttempt.enrolment_id)
        .where(Enrolment.course_version_id == version_id, Enrolment.is_refresher.is_(False), UnitAttempt.number == 1)
        .distinct()
    )
    came = once.subquery().c
    for unit, step, people in db.session.execute(
        select(came.unit, came.step, func.count()).group_by(came.unit, came.step)
    ):
        found[unit][step, None] = people
    chose = once.add_columns(ScenarioChoice.choice).subquery().c
    for unit, step, choice, people in db.session.execute(
        select(chose.unit, chose.step, chose.choice, func.count()).group_by(chose.unit, chose.step, chose.choice)
    ):
        found[unit][step, choice] = people
    return found


def _asked(version_id: int) -> dict[str, dict[str, tuple[int, int]]]:
    """By quiz and question: how many first tries answered it, and how many of them right."""
    rows = db.session.execute(
        select(UnitAttempt.unit, Answer.question, func.count(), func.count().filter(Answer.is_right))
        .join(UnitAttempt, UnitAttempt.id == Answer.attempt_id)
        .join(Enrolment, Enrolment.id == UnitAttempt.enrolment_id)
        .where(Enrolment.course_version_id == version_id, Enrolment.is_refresher.is_(False), UnitAttempt.number == 1)
        .group_by(UnitAttempt.unit, Answer.question)
    )
    found: dict[str, dict[str, tuple[int, int]]] = defaultdict(dict)
    for unit, question, people, right in rows:
        found[unit][question] = (people, right)
    return found


def _story(unit: Scenario, chosen: Counter[tuple[str, str | None]]) -> StoryFigures:
    steps, ended = [], Counter[str]()
    for step in unit.steps:
        by_choice = tuple((choice, chosen[step.key, choice.key]) for choice in step.choices)
        steps.append(StepFigures(step, chosen[step.key, None], by_choice))
        for choice, people in by_choice:
            ended[choice.to] += people
    return StoryFigures(unit, tuple(steps), tuple((ending, ended[ending.key]) for ending in unit.endings))


def _questions(unit: Quiz, asked: dict[str, tuple[int, int]]) -> tuple[QuestionFigures, ...]:
    found = [
        QuestionFigures(question, quiz.wording(question), *asked.get(question.key, (0, 0)))
        for question in unit.questions
    ]
    return tuple(sorted(found, key=lambda one: (not one.is_shown, one.right / max(1, one.people))))
