"""Where people go wrong: what they chose at each step of a story, and how often each question was answered right.

Counted per version of a course, because a step is only the same step within one. First tries alone count, and every
figure counts people: one who went back and chose again counts once for each reply and each ending. No names, and no
figure about fewer than five people.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, case, distinct, func, select

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
    """A story, step by step, and how many people reached each ending in a first try."""

    unit: Scenario
    steps: tuple[StepFigures, ...]
    endings: tuple[tuple[Ending, int], ...]
    reached: int  # how many people reached an ending; some of them several

    @property
    def endings_are_shown(self) -> bool:
        """Whether enough people reached one."""
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
    """The figures of a version; refuses one that does not exist. Three queries, however many units."""
    version = db.session.get(CourseVersion, version_id)
    if version is None:
        raise NotFound("There is no such version of a course.")
    units = catalogue.pack_of(version).units
    chosen = _chosen(version_id, [unit.slug for unit in units if isinstance(unit, Scenario)])
    asked = _asked(version_id, [unit.slug for unit in units if isinstance(unit, Quiz)])
    return VersionFigures(
        version=version,
        stories=tuple(_story(unit, chosen[unit.slug]) for unit in units if isinstance(unit, Scenario)),
        quizzes=tuple((unit, _questions(unit, asked[unit.slug])) for unit in units if isinstance(unit, Quiz)),
    )


def _first_tries(version_id: int, units: Collection[str]) -> ColumnElement[bool]:
    """The condition on attempts at these units and their enrolments; naming the units lets an index find them."""
    return and_(
        Enrolment.course_version_id == version_id,
        Enrolment.is_refresher.is_(False),
        UnitAttempt.number == 1,
        UnitAttempt.unit.in_(units),
    )


def _chosen(version_id: int, units: Collection[str]) -> dict[str, list[frozenset[str]]]:
    """By story: of each person the choices of their first try, each as its step and its key."""
    # One row for each person takes a third of the time of one for each choice. Keys hold neither spaces nor commas.
    choices = func.aggregate_strings(ScenarioChoice.step + " " + ScenarioChoice.choice, ",")
    rows = db.session.execute(
        select(UnitAttempt.unit, choices)
        .select_from(Enrolment)
        .join(UnitAttempt, UnitAttempt.enrolment_id == Enrolment.id)
        .join(ScenarioChoice, ScenarioChoice.attempt_id == UnitAttempt.id)
        .where(_first_tries(version_id, units))
        .group_by(UnitAttempt.unit, Enrolment.person_id)
    )
    found: dict[str, list[frozenset[str]]] = defaultdict(list)
    for unit, together in rows:
        found[unit].append(frozenset(together.split(",")))
    return found


def _asked(version_id: int, units: Collection[str]) -> dict[str, dict[str, tuple[int, int]]]:
    """By quiz and question: how many people answered it in a first try, and how many of them right."""
    rows = db.session.execute(
        select(
            UnitAttempt.unit,
            Answer.question,
            func.count(distinct(Enrolment.person_id)),
            func.count(distinct(case((Answer.is_right, Enrolment.person_id)))),
        )
        .select_from(Enrolment)
        .join(UnitAttempt, UnitAttempt.enrolment_id == Enrolment.id)
        .join(Answer, Answer.attempt_id == UnitAttempt.id)
        .where(_first_tries(version_id, units))
        .group_by(UnitAttempt.unit, Answer.question)
    )
    found: dict[str, dict[str, tuple[int, int]]] = defaultdict(dict)
    for unit, question, people, right in rows:
        found[unit][question] = (people, right)
    return found


def _story(unit: Scenario, people: Sequence[frozenset[str]]) -> StoryFigures:
    """The figures of a story, by what each person chose."""
    endings = {ending.key for ending in unit.endings}
    step_of = {f"{step.key} {choice.key}": step.key for step in unit.steps for choice in step.choices}
    end_of = {
        f"{step.key} {choice.key}": choice.to for step in unit.steps for choice in step.choices if choice.to in endings
    }
    chose, came, ended, reached = Counter[str](), Counter[str](), Counter[str](), 0
    for chosen in people:
        chose.update(chosen)
        came.update({step_of[each] for each in chosen if each in step_of})
        ends = {end_of[each] for each in chosen if each in end_of}
        ended.update(ends)
        reached += bool(ends)
    steps = tuple(
        StepFigures(step, came[step.key], tuple((choice, chose[f"{step.key} {choice.key}"]) for choice in step.choices))
        for step in unit.steps
    )
    return StoryFigures(unit, steps, tuple((ending, ended[ending.key]) for ending in unit.endings), reached)


def _questions(unit: Quiz, asked: dict[str, tuple[int, int]]) -> tuple[QuestionFigures, ...]:
    found = [
        QuestionFigures(question, quiz.wording(question), *asked.get(question.key, (0, 0)))
        for question in unit.questions
    ]
    return tuple(sorted(found, key=lambda one: (not one.is_shown, one.right / max(1, one.people))))
