"""The editions of documents: which there are, which is the present one, and until when an agreement to one counts."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from app import db
from app.people.models import Person
from app.refusals import NotFound
from progression.documents.models import DocumentEdition, DocumentEditionTakenBack
from progression.documents.shipped import DOCUMENTS, FIRST, Document, shipped_text


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """One edition of a document as plain data; the shipped one has no day, no author and nothing that it changes."""

    document: Document
    number: int
    text: str
    holds_from: date | None = None
    agree_by: date | None = None
    what_changed: str = ""
    why: str = ""
    what_it_means: str = ""
    published_at: datetime | None = None
    published_by: str | None = None

    @property
    def text_hash(self) -> str:
        """SHA-256 of the text: what an agreement keeps of the words that were agreed to."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    def holds_on(self, day: date) -> bool:
        """Whether its first day has come."""
        return self.holds_from is None or self.holds_from <= day


@db.cached_per_request
def _all() -> dict[str, tuple[Edition, ...]]:
    """Every edition of every document by key, in order, without those taken back; one query."""
    found = {each.key: [Edition(document=each, number=FIRST, text=shipped_text(each))] for each in DOCUMENTS}
    rows = db.session.execute(
        select(DocumentEdition, Person.display_name)
        .join(Person, Person.id == DocumentEdition.published_by_id)
        .outerjoin(DocumentEditionTakenBack, DocumentEditionTakenBack.edition_id == DocumentEdition.id)
        .where(DocumentEditionTakenBack.id.is_(None))
        .order_by(DocumentEdition.number)
    )
    for row, published_by in rows:
        if row.document in found:
            found[row.document].append(
                Edition(
                    document=found[row.document][0].document,
                    number=row.number,
                    text=row.text,
                    holds_from=row.holds_from,
                    agree_by=row.agree_by,
                    what_changed=row.what_changed,
                    why=row.why,
                    what_it_means=row.what_it_means,
                    published_at=row.published_at,
                    published_by=published_by,
                )
            )
    return {key: tuple(editions) for key, editions in found.items()}


def editions_of(document: Document) -> tuple[Edition, ...]:
    """The editions of a document from the first to the last, also those still to come; not those taken back."""
    return _all()[document.key]


def edition_numbered(document: Document, number: int) -> Edition:
    """One edition of a document; refuses a number that it has not."""
    found = next((each for each in editions_of(document) if each.number == number), None)
    if found is None:
        raise NotFound("There is no such edition.")
    return found


def present_edition(document: Document, day: date) -> Edition:
    """The edition that holds on a day: the last whose first day has come."""
    return [each for each in editions_of(document) if each.holds_on(day)][-1]


def coming_editions(document: Document, day: date) -> Sequence[Edition]:
    """The published editions whose first day is after this one."""
    return [each for each in editions_of(document) if not each.holds_on(day)]


def asked_by(document: Document, number: int, day: date) -> date | None:
    """The day by which people who agreed to this edition are asked to agree again; None while nothing asks them.

    Only an edition that holds on the day asks: nobody can agree to one whose first day has not come.
    """
    asking = (each for each in editions_of(document) if each.number > number and each.holds_on(day))
    return min((each.agree_by for each in asking if each.agree_by is not None), default=None)
