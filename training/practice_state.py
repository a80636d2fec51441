"""What spaced practice is computed from, in one row: questions missed in quizzes, practice answers, what was asked for.

It is read as columns that another query can take along (`COLUMNS`, `remember`), so that Today asks nothing more for it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    BindParameter,
    ColumnElement,
    Integer,
    Row,
    ScalarSelect,
    String,
    bindparam,
    case,
    cast,
    extract,
    func,
    select,
)

from app import db
from training.models import Answer, Course, Enrolment, PracticeAnswer, PracticeSetting, UnitAttempt
from training.practice_schedule import Item

_PERSON: BindParameter[int] = bindparam("person_id", type_=Integer())


@dataclass(frozen=True)
class PracticeState:
    """The questions whose latest answer in a finished try was wrong, with the practice answers to each."""

    missed: Mapping[Item, datetime]
    practised: Mapping[Item, tuple[tuple[datetime, bool], ...]]
    is_off: bool = False
    put_off_until: date | None = None


NOTHING = PracticeState({}, {})


def _line(course: Any, unit: Any, question: Any, at: Any, *more: Any) -> ColumnElement[str]:
    """One entry as text: keys of courses hold no spaces, and the instant is in whole seconds."""
    line: ColumnElement[str] = (
        course + " " + unit + " " + question + " " + cast(cast(extract("epoch", at), BigInteger), String)
    )
    for each in more:
        line = line + " " + each
    return line


def _joined(lines: ColumnElement[str]) -> ColumnElement[str]:
    together: ColumnElement[str] = func.aggregate_strings(lines, ",")
    return together


def _missed() -> ScalarSelect[str]:
    # A miss in a pass is among them, until the question is answered right in a later try.
    lines = (
        select(_line(Course.code, UnitAttempt.unit, Answer.question, func.max(Answer.answered_at)).label("line"))
        .select_from(Enrolment)
        .join(Course, Course.id == Enrolment.course_id)
        .join(UnitAttempt, UnitAttempt.enrolment_id == Enrolment.id)
        .join(Answer, Answer.attempt_id == UnitAttempt.id)
        .where(Enrolment.person_id == _PERSON, UnitAttempt.finished_at.is_not(None))
        .group_by(Course.code, UnitAttempt.unit, Answer.question)
        .having(func.max(case((~Answer.is_right, Answer.answered_at))) == func.max(Answer.answered_at))
        .subquery()
    )
    return select(_joined(lines.c.line)).scalar_subquery()


def _practised() -> ScalarSelect[str]:
    one = PracticeAnswer
    lines = _line(one.course, one.unit, one.question, one.answered_at, case((one.is_right, "1"), else_="0"))
    return select(_joined(lines)).where(one.person_id == _PERSON).scalar_subquery()


COLUMNS = (
    _missed().label("practice_missed"),
    _practised().label("practice_practised"),
    select(PracticeSetting.is_off)
    .where(PracticeSetting.person_id == _PERSON)
    .scalar_subquery()
    .label("practice_is_off"),
    select(PracticeSetting.put_off_until)
    .where(PracticeSetting.person_id == _PERSON)
    .scalar_subquery()
    .label("practice_put_off_until"),
)
"""The columns of one person, whose id is the parameter `person_id`. None of them depends on the row it stands in."""


@db.cached_per_request
def state_of(person_id: int) -> PracticeState:
    """The state of a person; one query, unless a query of the same request took the columns along."""
    return _read(db.session.execute(select(*COLUMNS), {"person_id": person_id}).one())


def remember(person_id: int, row: Row[Any] | None) -> None:
    """Keep the state that another query took along. `None`: the person is enrolled in nothing, so missed nothing."""
    db.cache_result(state_of, NOTHING if row is None else _read(row), person_id)


def _read(row: Row[Any]) -> PracticeState:
    practised: dict[Item, list[tuple[datetime, bool]]] = defaultdict(list)
    for item, at, more in _entries(row.practice_practised):
        practised[item].append((at, more == ["1"]))
    return PracticeState(
        missed={item: at for item, at, _more in _entries(row.practice_missed)},
        practised={item: tuple(sorted(answers)) for item, answers in practised.items()},
        is_off=bool(row.practice_is_off),
        put_off_until=row.practice_put_off_until,
    )


def _entries(text: str | None) -> Iterator[tuple[Item, datetime, list[str]]]:
    for line in text.split(",") if text else ():
        course, unit, question, at, *more = line.split(" ")
        yield Item(course, unit, question), datetime.fromtimestamp(int(at), UTC), more
