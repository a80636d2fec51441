"""Suggestions as each reader may see them: one's own, those to answer, and what everybody may read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Row, Select, func, select
from sqlalchemy.orm import aliased

from app import db
from app.people.models import Person
from app.refusals import NotFound
from progression.listening.models import Outcome, Suggestion, SuggestionAnswer

MOST_SHOWN = 100
SHOWN_TO_ALL_FOR = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Answered:
    """What the organisation said to a suggestion."""

    id: int
    outcome: Outcome
    words: str
    you_said: str | None
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class SuggestionSeen:
    """A suggestion with its newest answer, as one reader may see it."""

    id: int
    words: str
    made_at: datetime
    by: str | None
    """The display name, or None where the person wished not to be named."""
    answer: Answered | None


def own_suggestions(person_id: int) -> Sequence[SuggestionSeen]:
    """What one person suggested and did not take back, the newest first."""
    return [_seen(row) for row in _own(person_id)]


def open_of(person_id: int) -> Sequence[Suggestion]:
    """The suggestions of one person that wait for an answer."""
    query = _with_answers().where(Suggestion.person_id == person_id, SuggestionAnswer.id.is_(None))
    return [row.Suggestion for row in db.session.execute(query)]


def to_answer(*, reader: int, most: int = MOST_SHOWN) -> Sequence[SuggestionSeen]:
    """The suggestions of others, those without an answer first and of them the longest waiting; names where given."""
    rows = db.session.execute(
        _with_answers()
        .where(Suggestion.person_id != reader)
        .order_by(
            SuggestionAnswer.id.is_not(None),
            func.coalesce(SuggestionAnswer.answered_at, Suggestion.made_at).asc(),
        )
        .limit(most)
    ).all()
    return [_seen(row) for row in rows]


def one_to_answer(suggestion_id: int, *, reader: int) -> SuggestionSeen:
    """One suggestion of somebody else, for who answers it. Refuses an unknown one, one's own, and one taken back."""
    found = db.session.execute(
        _with_answers().where(Suggestion.id == suggestion_id, Suggestion.person_id != reader)
    ).one_or_none()
    if found is None:
        raise NotFound("There is no such suggestion to answer.")
    return _seen(found)


def you_said_we_did(now: datetime, *, most: int = 20) -> Sequence[Answered]:
    """What was answered within a year for everybody to read, the newest first; never who suggested it."""
    rows = db.session.execute(
        _with_answers()
        .where(SuggestionAnswer.you_said.is_not(None), SuggestionAnswer.answered_at >= now - SHOWN_TO_ALL_FOR)
        .order_by(SuggestionAnswer.id.desc())
        .limit(most)
    ).all()
    return [each for row in rows if (each := _seen(row).answer) is not None]


def are_waiting() -> bool:
    """Whether a suggestion waits for an answer."""
    return db.session.execute(_with_answers().where(SuggestionAnswer.id.is_(None)).limit(1)).first() is not None


_Answerer = aliased(Person)


def _with_answers() -> Select[Suggestion, str, SuggestionAnswer, str]:
    """Suggestions that were not taken back, each with its newest answer."""
    newer = aliased(SuggestionAnswer)
    newest = (
        select(func.max(newer.id)).where(newer.suggestion_id == Suggestion.id).correlate(Suggestion).scalar_subquery()
    )
    return (
        select(Suggestion, Person.display_name.label("by"), SuggestionAnswer, _Answerer.display_name.label("answerer"))
        .join(Person, Person.id == Suggestion.person_id)
        .outerjoin(SuggestionAnswer, SuggestionAnswer.id == newest)
        .outerjoin(_Answerer, _Answerer.id == SuggestionAnswer.by_id)
        .where(Suggestion.withdrawn_at.is_(None))
    )


def _own(person_id: int) -> Sequence[Row[Suggestion, str, SuggestionAnswer, str]]:
    query = _with_answers().where(Suggestion.person_id == person_id)
    return db.session.execute(query.order_by(Suggestion.id.desc()).limit(MOST_SHOWN)).all()


def _seen(row: Row[Suggestion, str, SuggestionAnswer, str]) -> SuggestionSeen:
    said = row.SuggestionAnswer
    answered = None
    if said is not None:
        answered = Answered(said.id, said.outcome, said.words, said.you_said, row.answerer, said.answered_at)
    made = row.Suggestion
    return SuggestionSeen(made.id, made.words, made.made_at, row.by if made.with_name else None, answered)
