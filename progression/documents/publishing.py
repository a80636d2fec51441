"""Publishing the draft of a document as its next edition, and taking an edition back before its first day."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, select

from app import audit, clock, db, markdown, settings
from app.people.models import Person
from app.people.rights import losses
from app.refusals import Conflict, Invalid, NotFound
from app.wording import day_in_words
from progression.asked_again import ask_again
from progression.documents.drafts import DOCUMENTS_LOCK, Draft, SavedMeanwhile, draft_of, forget_draft
from progression.documents.editions import edition_numbered, editions_of
from progression.documents.models import DocumentEdition, DocumentEditionTakenBack
from progression.documents.shipped import FIRST, Document
from progression.documents.who_agreed import to_agree_again
from progression.fact_kinds import FactKind
from progression.models import AskedAgain
from progression.standing import pathways_from

SHORTEST_SENTENCE = 10  # characters
TIME_TO_AGREE = timedelta(days=7)  # people on holiday, and those who look in once a week, must have a chance
LONGEST_TIME_TO_AGREE = timedelta(days=366)
AHEAD = timedelta(days=366)
SENTENCES = {
    "what_changed": "Say what changed, in a sentence.",
    "why": "Say why, in a sentence.",
    "what_it_means": "Say what it means for the reader, in a sentence.",
}


@dataclass(frozen=True, slots=True)
class Consequences:
    """Whom an edition asks to agree again, and who of them is on the rota after that. `mark` names exactly this."""

    asked: int
    on_the_rota: int
    mark: str


class ConfirmationRequired(Conflict):
    """Publishing asks people for something, so exactly what it asks must be confirmed first."""

    def __init__(self, consequences: Consequences) -> None:
        super().__init__("Look at whom it asks, then say that it is right.")
        self.consequences = consequences


@dataclass(frozen=True, slots=True, kw_only=True)
class Days:
    """From which day an edition holds, and by which day people have to agree again (None: nobody has to)."""

    holds_from: date
    agree_by: date | None


def faults_of(draft: Draft) -> list[tuple[str, str]]:
    """What keeps a draft from being published: the name of each field and a sentence."""
    found = [("text", sentence) for sentence in markdown.faults(draft.words.text)]
    for name, sentence in SENTENCES.items():
        if len(getattr(draft.words, name)) < SHORTEST_SENTENCE:
            found.append((name, sentence))
    return found


def publish(
    document: Document, days: Days, *, seen: str, by: Person, now: datetime, agreed: str | None = None
) -> DocumentEdition:
    """Publish the draft as the next edition. Its words never change from then on.

    `seen` is the mark of the draft that the page showed. Refuses a draft with faults, one that changes nothing, days
    that give nobody time, an edition before one that is already to come, and a pathway that lists editions by number.
    Refuses with `ConfirmationRequired` unless `agreed` is the mark of exactly what it asks of people.
    """
    db.advisory_lock(DOCUMENTS_LOCK)
    draft = draft_of(document)
    if draft is None or draft.mark != seen:
        raise SavedMeanwhile(draft)
    today = clock.on(now, settings.current().zone)
    _refuse_faults(document, draft, days, today)
    consequences = _consequences(document, draft, days, by=by, now=now)
    if agreed != consequences.mark:
        raise ConfirmationRequired(consequences)
    edition = _add(document, draft, days, by=by, now=now)
    if days.agree_by is not None:
        number, until = edition.number, days.agree_by
        ask_again(FactKind.ACCEPTED, document.key, edition=number, holds_until=until, by=by.id, now=now)
    forget_draft(document)
    audit.record(
        "progression.document-published",
        by=by.id,
        subject=f"document_edition:{edition.id}",
        now=now,
        details={
            "document": document.key,
            "edition": edition.number,
            "holds_from": days.holds_from.isoformat(),
            "agree_by": days.agree_by.isoformat() if days.agree_by else None,
        },
    )
    return edition


def _add(document: Document, draft: Draft, days: Days, *, by: Person, now: datetime) -> DocumentEdition:
    last = db.session.scalar(select(func.max(DocumentEdition.number)).where(DocumentEdition.document == document.key))
    edition = DocumentEdition(
        document=document.key,
        number=(last or FIRST) + 1,
        text=draft.words.text,
        what_changed=draft.words.what_changed,
        why=draft.words.why,
        what_it_means=draft.words.what_it_means,
        holds_from=days.holds_from,
        agree_by=days.agree_by,
        published_at=now,
        published_by_id=by.id,
    )
    db.session.add(edition)
    db.session.flush()
    return edition


def _consequences(document: Document, draft: Draft, days: Days, *, by: Person, now: datetime) -> Consequences:
    """What would follow, found by publishing in a savepoint that is rolled back."""
    if days.agree_by is None:
        return _marked(draft, days, 0, 0)
    day_is_past = clock.ends(days.agree_by, settings.current().zone)
    before = set(losses(None, now=day_is_past))
    trial = db.session.begin_nested()
    edition = _add(document, draft, days, by=by, now=now)
    db.session.add(
        AskedAgain(
            kind=FactKind.ACCEPTED,
            key=document.key,
            edition=edition.number,
            holds_until=days.agree_by,
            recorded_at=now,
            by_person_id=by.id,
        )
    )
    db.session.flush()
    lost = set(losses(None, now=day_is_past)) - before
    asked = to_agree_again(document, edition.number)
    trial.rollback()
    return _marked(draft, days, len(asked), len({loss.person_id for loss in lost}))


def _marked(draft: Draft, days: Days, asked: int, on_the_rota: int) -> Consequences:
    content = f"{draft.mark} {days.holds_from} {days.agree_by} {asked} {on_the_rota}"
    return Consequences(asked, on_the_rota, hashlib.sha256(content.encode()).hexdigest()[:32])


def _refuse_faults(document: Document, draft: Draft, days: Days, today: date) -> None:
    if faults := faults_of(draft):
        raise Invalid(*(sentence for _, sentence in faults))
    last = editions_of(document)[-1]
    if draft.words.text == last.text:
        raise Invalid(f"The text is the same as that of edition {last.number}, so there is nothing to publish.")
    if not today <= days.holds_from <= today + AHEAD:
        raise Invalid("An edition holds from today or later, and at most a year ahead.", field="holds_from")
    if last.holds_from is not None and days.holds_from < last.holds_from:
        raise Invalid(
            f"Edition {last.number} begins on {day_in_words(last.holds_from)}. Choose that day or a later one, or take "
            f"edition {last.number} back first.",
            field="holds_from",
        )
    if days.agree_by is not None and not TIME_TO_AGREE <= days.agree_by - days.holds_from <= LONGEST_TIME_TO_AGREE:
        raise Invalid(
            "Give people at least a week after the first day, and at most a year, to agree again.", field="agree_by"
        )
    if _is_listed_by_number(document, today):
        raise Invalid(
            "The pathway lists the editions of this document by number, so nobody could meet it with a new one. Ask an "
            "administrator to write a version of the pathway without “facts: edition” under it first."
        )


def _is_listed_by_number(document: Document, today: date) -> bool:
    """Whether a pathway of today or later asks for editions by number, as all did before documents had editions."""
    return any(
        need.kind == FactKind.ACCEPTED and need.key == document.key and "edition" in need.facts
        for _, pathway in pathways_from(today, settings.current().zone)
        for need in pathway.requirements.values()
    )


def take_back(document: Document, number: int, *, by: Person, now: datetime) -> None:
    """Take back an edition before its first day: it then never holds. Refuses one that holds or has a successor."""
    db.advisory_lock(DOCUMENTS_LOCK)
    edition = edition_numbered(document, number)
    if edition.holds_on(clock.on(now, settings.current().zone)):
        raise Conflict("This edition holds already, so it stays. Write and publish another one instead.")
    if editions_of(document)[-1].number != number:
        raise Conflict("Another edition follows this one. Take that one back first.")
    row = db.session.scalars(
        select(DocumentEdition).where(DocumentEdition.document == document.key, DocumentEdition.number == number)
    ).one_or_none()
    if row is None:
        raise NotFound("There is no such edition.")
    if row.agree_by is not None:
        ask_again(FactKind.ACCEPTED, document.key, edition=number, holds_until=None, by=by.id, now=now)
    db.session.add(DocumentEditionTakenBack(edition_id=row.id, taken_back_at=now, taken_back_by_id=by.id))
    audit.record(
        "progression.document-taken-back",
        by=by.id,
        subject=f"document_edition:{row.id}",
        now=now,
        details={"document": document.key, "edition": number},
    )
