"""Making a suggestion, taking it back, and answering it.

Making one leaves no audit line: the trail is read by those who answer, and who wrote a suggestion may be left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from app import audit, clock, db, settings
from app.outbox import queue
from app.people.models import Person
from app.people.rights import people_who_may
from app.refusals import Conflict, Invalid, NotFound
from progression.evidence import NotAboutYourself
from progression.listening.models import (
    LONGEST_ANSWER,
    LONGEST_SUGGESTION,
    LONGEST_YOU_SAID,
    Outcome,
    Suggestion,
    SuggestionAnswer,
)
from progression.listening.notices import SuggestionAnswered, SuggestionsWait
from progression.listening.suggestions import open_of
from progression.notices import SEND_WITHIN
from progression.permissions import ProgressionPermission

MOST_OPEN = 10  # of one person: enough for an evening of ideas, too few to bury those of others


@dataclass(frozen=True, slots=True)
class NewAnswer:
    """An answer as its form holds it. `seen` is the id of the newest answer on the page, 0 where there was none."""

    outcome: Outcome
    words: str
    you_said: str
    seen: int


def suggest(person: Person, words: str, *, with_name: bool, now: datetime) -> Suggestion:
    """Keep a suggestion; those who answer are told, at most once a day. The same words sent twice count once.

    Refuses no words, too many, and more open suggestions of one person than anybody could answer.
    """
    words = _checked(words, LONGEST_SUGGESTION, field="words", empty="Write what you would like to be different.")
    db.lock_people([person.id])
    open_ones = open_of(person.id)
    if same := next((each for each in open_ones if each.words == words), None):
        return same
    if len(open_ones) >= MOST_OPEN:
        raise Conflict(
            f"{MOST_OPEN} of your suggestions wait for an answer already. Take one back that matters less, or wait."
        )
    made = Suggestion(person_id=person.id, made_at=now, words=words, with_name=with_name)
    db.session.add(made)
    db.session.flush()
    today = clock.on(now, settings.current().zone)
    for reader in people_who_may(ProgressionPermission.ANSWER_SUGGESTIONS, on=today):
        if reader != person.id:
            once = f"{SuggestionsWait.kind}:{today.isoformat()}:{reader}"
            queue.enqueue(SuggestionsWait(), to=reader, once=once, now=now, deadline=now + SEND_WITHIN)
    return made


def withdraw(person: Person, suggestion_id: int, *, now: datetime) -> None:
    """Take one's own suggestion back, answered or not: its words are deleted. Another person's is unknown."""
    db.lock_people([person.id])
    where = (Suggestion.id == suggestion_id, Suggestion.person_id == person.id)
    found = db.session.scalars(select(Suggestion).where(*where)).one_or_none()
    if found is None:
        raise NotFound("There is no such suggestion of yours.")
    found.withdrawn_at, found.words = found.withdrawn_at or now, ""


def answer(suggestion_id: int, new: NewAnswer, *, by: Person, now: datetime) -> SuggestionAnswer:
    """Answer a suggestion, or answer it again; its person is told each time.

    Refuses one's own, one that was taken back, and an answer that somebody else was quicker with.
    """
    words = _checked(new.words, LONGEST_ANSWER, field="words", empty="Write what you do about it, and why.")
    you_said = new.you_said.strip()
    if len(you_said) > LONGEST_YOU_SAID:
        raise Invalid(f"Please keep this under {LONGEST_YOU_SAID} characters.", field="you_said")
    found = db.session.get(Suggestion, suggestion_id, with_for_update={"key_share": True})
    if found is None or found.withdrawn_at is not None:
        raise NotFound("This suggestion is not here any more. The person who made it may have taken it back.")
    if found.person_id == by.id:
        raise NotAboutYourself("Nobody answers their own suggestion. Somebody else does.")
    newest = select(func.max(SuggestionAnswer.id)).where(SuggestionAnswer.suggestion_id == suggestion_id)
    if (db.session.scalar(newest) or 0) != new.seen:
        raise Conflict(
            "Somebody else answered this meanwhile. Their answer is below; send yours if it should replace it."
        )
    answered = SuggestionAnswer(
        suggestion_id=suggestion_id,
        by_id=by.id,
        answered_at=now,
        outcome=new.outcome,
        words=words,
        you_said=you_said or None,
    )
    db.session.add(answered)
    db.session.flush()
    audit.record("progression.suggestion-answered", by=by.id, subject=f"suggestion:{suggestion_id}", now=now)
    queue.enqueue(
        SuggestionAnswered(answered.id),
        to=found.person_id,
        once=f"{SuggestionAnswered.kind}:{answered.id}:{found.person_id}",
        now=now,
        deadline=now + SEND_WITHIN,
    )
    return answered


def _checked(words: str, longest: int, *, field: str, empty: str) -> str:
    words = words.strip()
    if not words:
        raise Invalid(empty, field=field)
    if len(words) > longest:
        raise Invalid(f"Please keep this under {longest:,} characters.", field=field)
    return words
