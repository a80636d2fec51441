"""The draft of a document's next edition: saving it, and the earlier states that are kept beside it.

Saving adds a revision. Of two people who write at the same time, the second is told, and neither loses a word.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime

from sqlalchemy import ColumnElement, delete, select

from app import audit, db
from app.people.models import Person
from app.refusals import Conflict, Invalid, NotFound
from progression.documents.editions import editions_of
from progression.documents.models import DocumentDraft
from progression.documents.shipped import Document

DOCUMENTS_LOCK = 7_061_746_007  # number of the advisory lock held while a document is written; any fixed number
LONGEST_TEXT = 30_000  # characters: some 5,000 words, which take half an hour to read
LONGEST_SENTENCE = 400
LARGEST_BODY = 512 * 1024  # bytes; such a text as a form sends it, where a character can take up to nine bytes
MOST_LINES = 2_000
MOST_REVISIONS = 50  # kept of one draft
MOST_SHOWN = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What an author writes: the text, and the three sentences for people who agreed to the edition before."""

    text: str
    what_changed: str = ""
    why: str = ""
    what_it_means: str = ""

    def tidied(self) -> Words:
        """The same with plain line ends, and each sentence on one line."""
        sentences = {
            each.name: " ".join(getattr(self, each.name).split()) for each in fields(self) if each.name != "text"
        }
        lines = self.text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        return Words(text="\n".join(line.rstrip() for line in lines).strip("\n") + "\n", **sentences)


@dataclass(frozen=True, slots=True)
class Draft:
    """One revision of a draft; `mark` names exactly this one, also after another draft was begun."""

    id: int
    revision: int
    words: Words
    saved_at: datetime
    saved_by: str
    mark: str


class SavedMeanwhile(Conflict):
    """Somebody else saved the draft after the page was opened."""

    def __init__(self, theirs: Draft | None) -> None:
        if theirs is None:
            super().__init__(
                "This draft was published or discarded while you wrote. All you typed is still here. If you save it "
                "now, it begins a new draft."
            )
        else:
            super().__init__(
                f"{theirs.saved_by} saved revision {theirs.revision} of this draft while you wrote. Nothing was saved "
                "over it, and all you typed is still here. Look at what differs. If you save now, yours becomes "
                f"revision {theirs.revision + 1}, and theirs is kept as revision {theirs.revision}."
            )
        self.theirs = theirs


def revisions_of(document: Document, *conditions: ColumnElement[bool], most: int = MOST_SHOWN) -> list[Draft]:
    """The newest revisions of the draft that is being written, the newest first; none where no draft was begun."""
    rows = db.session.execute(
        select(DocumentDraft, Person.display_name)
        .join(Person, Person.id == DocumentDraft.saved_by_id)
        .where(DocumentDraft.document == document.key, *conditions)
        .order_by(DocumentDraft.revision.desc())
        .limit(most)
    )
    return [_draft(row, saved_by) for row, saved_by in rows]


def draft_of(document: Document) -> Draft | None:
    """The newest revision of the draft."""
    return next(iter(revisions_of(document, most=1)), None)


def revision_numbered(document: Document, revision: int) -> Draft:
    """One revision of the draft; refuses one that is not kept."""
    found = next(iter(revisions_of(document, DocumentDraft.revision == revision)), None)
    if found is None:
        raise NotFound("This draft has no such revision. It may have been published or discarded meanwhile.")
    return found


def first_words(document: Document) -> Words:
    """What a new draft begins with: the text of the last edition, also of one that is still to come."""
    return Words(text=editions_of(document)[-1].text)


def save(document: Document, words: Words, *, seen: str, by: Person, now: datetime) -> Draft:
    """Save the draft as its next revision. The same words sent twice are one revision.

    `seen` is the mark of the newest revision when the page was opened, empty where there was no draft. Refuses words
    that are too long, and with `SavedMeanwhile` a page that another revision has overtaken.
    """
    words = words.tidied()
    _refuse_too_long(words)
    db.advisory_lock(DOCUMENTS_LOCK)
    newest = draft_of(document)
    if newest is not None and newest.words == words:
        return newest
    if (newest.mark if newest else "") != seen:
        raise SavedMeanwhile(newest)
    row = DocumentDraft(
        document=document.key,
        revision=newest.revision + 1 if newest else 1,
        saved_at=now,
        saved_by_id=by.id,
        **{each.name: getattr(words, each.name) for each in fields(words)},
    )
    db.session.add(row)
    _forget(document, up_to=row.revision - MOST_REVISIONS)
    db.session.flush()
    audit.record(
        "progression.document-drafted",
        by=by.id,
        subject=f"document_draft:{row.id}",
        now=now,
        details={"document": document.key, "revision": row.revision},
    )
    return _draft(row, by.display_name)


def discard(document: Document, *, seen: str, by: Person, now: datetime) -> None:
    """Delete the draft with all its revisions. Refuses a page that another revision has overtaken."""
    db.advisory_lock(DOCUMENTS_LOCK)
    newest = draft_of(document)
    if newest is None:
        return
    if newest.mark != seen:
        raise SavedMeanwhile(newest)
    _forget(document, up_to=newest.revision)
    audit.record(
        "progression.document-draft-discarded",
        by=by.id,
        subject=f"document_draft:{newest.id}",
        now=now,
        details={"document": document.key, "revision": newest.revision},
    )


def forget_draft(document: Document) -> None:
    """Delete the draft once it is published."""
    newest = draft_of(document)
    if newest is not None:
        _forget(document, up_to=newest.revision)


def _forget(document: Document, *, up_to: int) -> None:
    db.session.execute(
        delete(DocumentDraft)
        .where(DocumentDraft.document == document.key, DocumentDraft.revision <= up_to)
        .execution_options(synchronize_session=False)
    )


def _refuse_too_long(words: Words) -> None:
    if len(words.text) > LONGEST_TEXT or words.text.count("\n") > MOST_LINES:
        raise Invalid(f"There is room for {LONGEST_TEXT:,} characters in {MOST_LINES:,} lines.", field="text")
    for each in fields(words):
        if each.name != "text" and len(getattr(words, each.name)) > LONGEST_SENTENCE:
            raise Invalid(f"Please keep it under {LONGEST_SENTENCE} characters.", field=each.name)


def _draft(row: DocumentDraft, saved_by: str) -> Draft:
    words = Words(text=row.text, what_changed=row.what_changed, why=row.why, what_it_means=row.what_it_means)
    content: Sequence[object] = (row.revision, row.saved_at.isoformat(), row.saved_by_id, words)
    return Draft(
        row.id, row.revision, words, row.saved_at, saved_by, hashlib.sha256(repr(content).encode()).hexdigest()[:32]
    )
