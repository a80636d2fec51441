"""Short ways to write and publish editions, for tests."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from app import db
from app.people.models import Person
from progression.documents import drafts, publishing
from progression.documents.drafts import Draft, Words
from progression.documents.publishing import Days
from progression.documents.shipped import CODE_OF_CONDUCT, Document
from tests.times import NOW, TODAY

SENTENCES = {
    "what_changed": "The part about pictures is new.",
    "why": "Two people asked what it means.",
    "what_it_means": "You ask before you save a picture.",
}


def words(text: str = "## Pictures\n\n- I ask first.\n", **sentences: str) -> Words:
    """Words that can be published."""
    return Words(text=text, **{**SENTENCES, **sentences})


def drafted(by: Person, what: Words | None = None, *, seen: str | None = None, of: Document = CODE_OF_CONDUCT) -> Draft:
    """The draft, saved after what is there, or after what `seen` names."""
    newest = drafts.draft_of(of)
    if seen is None:
        seen = newest.mark if newest else ""
    db.session.rollback()
    with db.writing():
        return drafts.save(of, what or words(), seen=seen, by=by, now=NOW)


def published(
    by: Person,
    text: str = "## Pictures\n\n- I ask first.\n",
    *,
    from_: date = TODAY,
    agree_by: date | None = None,
    of: Document = CODE_OF_CONDUCT,
    now: datetime = NOW,
) -> int:
    """The number of a new edition, published with everything it asks confirmed."""
    draft, days = drafted(by, words(text), of=of), Days(holds_from=from_, agree_by=agree_by)
    try:
        with db.writing():
            publishing.publish(of, days, seen=draft.mark, by=by, now=now)
    except publishing.ConfirmationRequired as required:
        mark = required.consequences.mark
    with db.writing():
        return publishing.publish(of, days, seen=draft.mark, by=by, now=now, agreed=mark).number


A_WEEK = timedelta(days=7)
