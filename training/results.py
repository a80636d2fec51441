"""How somebody passed a course, for the people who decide on their next step.

Score and tries of each quiz, and the ending of each scenario. The single replies of a scenario stay with the learner,
unless they share them: its first page promises that nobody is marked.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from sqlalchemy import select

from app import db
from training import catalogue, course_status, scenario
from training.course_status import Passed
from training.models import Completion, CourseVersion, Enrolment, ScenarioChoice, UnitAttempt
from training.pack import Pack, Quiz, Scenario
from training.scenario import ChoiceMade


@dataclass(frozen=True, slots=True)
class QuizResult:
    """The try at a quiz that passed."""

    title: str
    right: int
    asked: int
    tries: int


@dataclass(frozen=True, slots=True)
class ScenarioResult:
    """The ending of a scenario that was reached first of those that complete it."""

    title: str
    ending: str
    tries: int


@dataclass(frozen=True, slots=True)
class SharedReply:
    """One reply that counts in a path that its learner shares."""

    step: str
    reply: str
    landed_well: bool


@dataclass(frozen=True, slots=True)
class SharedPath:
    """A path through a story that its learner shares with staff."""

    title: str
    ending: str
    replies: tuple[SharedReply, ...]


@dataclass(frozen=True, slots=True)
class CourseResult:
    """One pass of a course."""

    passed: Passed
    is_refresher: bool
    quizzes: tuple[QuizResult, ...]
    scenarios: tuple[ScenarioResult, ...]
    shared: tuple[SharedPath, ...]


def results_of(person_id: int) -> list[CourseResult]:
    """Every pass of this person with how it was reached, the latest first; two queries, however many passes."""
    passes = course_status.passed_courses(person_id)
    if not passes:
        return []
    rows = db.session.execute(
        select(Completion.id.label("completion_id"), Enrolment.is_refresher, CourseVersion, UnitAttempt, ScenarioChoice)
        .join(Enrolment, Enrolment.id == Completion.enrolment_id)
        .join(CourseVersion, CourseVersion.id == Completion.course_version_id)
        .outerjoin(
            UnitAttempt,
            (UnitAttempt.enrolment_id == Enrolment.id) & (UnitAttempt.is_passed | UnitAttempt.shared_at.is_not(None)),
        )
        .outerjoin(ScenarioChoice, ScenarioChoice.attempt_id == UnitAttempt.id)
        .where(Completion.person_id == person_id)
        # Practice after the pass makes later attempts; the first that passed is the one that counted.
        .order_by(Completion.id, UnitAttempt.number, ScenarioChoice.position)
    ).all()
    choices: dict[int, list[ChoiceMade]] = defaultdict(list)
    for row in rows:
        if row.ScenarioChoice is not None:
            made = ChoiceMade(row.ScenarioChoice.step, row.ScenarioChoice.choice)
            choices[row.ScenarioChoice.attempt_id].append(made)
    results = []
    for passed in passes:
        own = [row for row in rows if row.completion_id == passed.completion_id]
        pack = catalogue.pack_of(own[0].CourseVersion)
        tried = [row.UnitAttempt for row in own if row.UnitAttempt is not None]
        first = {attempt.unit: attempt for attempt in reversed(tried) if attempt.is_passed}
        shared = {attempt.unit: attempt for attempt in tried if attempt.shared_at is not None}
        results.append(
            CourseResult(
                passed=passed,
                is_refresher=own[0].is_refresher,
                quizzes=_quizzes(pack, first),
                scenarios=_scenarios(pack, first, choices),
                shared=_shared(pack, shared, choices),
            )
        )
    return results


def _quizzes(pack: Pack, passed: dict[str, UnitAttempt]) -> tuple[QuizResult, ...]:
    return tuple(
        QuizResult(unit.title, attempt.right_answers or 0, len(attempt.drawn), attempt.number)
        for unit in pack.units
        if isinstance(unit, Quiz) and (attempt := passed.get(unit.slug)) is not None
    )


def _scenarios(
    pack: Pack, passed: dict[str, UnitAttempt], choices: dict[int, list[ChoiceMade]]
) -> tuple[ScenarioResult, ...]:
    found = []
    for unit in pack.units:
        attempt = passed.get(unit.slug)
        if isinstance(unit, Scenario) and attempt is not None:
            ending = scenario.path_of(unit, choices[attempt.id]).ending
            found.append(ScenarioResult(unit.title, ending.title if ending else "", attempt.number))
    return tuple(found)


def _shared(
    pack: Pack, attempts: dict[str, UnitAttempt], choices: dict[int, list[ChoiceMade]]
) -> tuple[SharedPath, ...]:
    found = []
    for unit in pack.units:
        attempt = attempts.get(unit.slug)
        if isinstance(unit, Scenario) and attempt is not None:
            path = scenario.path_of(unit, choices[attempt.id])
            replies = tuple(SharedReply(step.title, one.text, one.lands == "well") for step, one in path.choices)
            found.append(SharedPath(unit.title, path.ending.title if path.ending else "", replies))
    return tuple(found)
