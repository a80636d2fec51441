"""What the lines of the audit trail say about evidence and decisions, with the notes that people wrote."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import select

from app import db
from app.audit import AuditLine
from app.domain import domains
from app.people.models import Person
from app.trail.wording import ABOUT, AuditWords, Subject
from progression.applying.models import StepApplication
from progression.documents.models import DocumentEdition
from progression.documents.shipped import DOCUMENTS
from progression.ledger import notes_of
from progression.listening.models import News
from progression.models import AskedAgain


def _recorded(details: Mapping[str, Any]) -> str:
    return f"recorded evidence about {ABOUT}: {_kind(details)}, {details['key']}"


def _withdrawn(details: Mapping[str, Any]) -> str:
    return f"withdrew evidence about {ABOUT}: {details['key']}"


def _editions(ids: Collection[int]) -> dict[int, Subject]:
    titles = {each.key: each.title for each in DOCUMENTS}
    rows = db.session.execute(
        select(DocumentEdition.id, DocumentEdition.document, DocumentEdition.number).where(DocumentEdition.id.in_(ids))
    )
    return {
        row.id: Subject(
            f"edition {row.number} of “{titles.get(row.document, row.document)}”",
            "documents.show",
            {"key": row.document},
        )
        for row in rows
    }


def _kind(details: Mapping[str, Any]) -> str:
    kinds = {each.kind: each.words for domain in domains for each in domain.evidence_kinds}
    return kinds.get(details["kind"], str(details["kind"])).lower()


def _notes(lines: Sequence[AuditLine]) -> dict[int, list[str]]:
    evidence = {line.details["evidence"]: line.id for line in lines if "evidence" in line.details}
    return {evidence[evidence_id]: [note.text] for evidence_id, note in notes_of(evidence).items()}


def _asked_again(ids: Collection[int]) -> dict[int, Subject]:
    """The course or text, and the edition: of a course its version's number in the database."""
    rows = db.session.scalars(select(AskedAgain).where(AskedAgain.id.in_(ids)))
    return {row.id: Subject(f"{_kind({'kind': row.kind})} {row.key}, edition {row.edition}") for row in rows}


def _applications(ids: Collection[int]) -> dict[int, Subject]:
    rows = db.session.execute(
        select(StepApplication.id, StepApplication.to, Person.id.label("person_id"), Person.display_name)
        .join(Person, Person.id == StepApplication.person_id)
        .where(StepApplication.id.in_(ids))
    )
    return {
        row.id: Subject(
            f"the application of {row.display_name} to be {row.to.words}",
            "sign_offs.person",
            {"person_id": row.person_id},
        )
        for row in rows
    }


def _suggestions(ids: Collection[int]) -> dict[int, Subject]:
    """Without a name: the person may have left it out."""
    return {each: Subject("a suggestion", "suggestions.answer", {"suggestion_id": each}) for each in ids}


def _pulses(ids: Collection[int]) -> dict[int, Subject]:
    return {each: Subject(f"the short questions no. {each}", "pulse.results", {"pulse_id": each}) for each in ids}


def _news(ids: Collection[int]) -> dict[int, Subject]:
    rows = db.session.execute(select(News.id, News.title).where(News.id.in_(ids)))
    return {row.id: Subject(f"“{row.title}”", "news.show", {"news_id": row.id}) for row in rows}


PROGRESSION_WORDS = AuditWords(
    sentences={
        "progression.evidence-read": "read the evidence about {about}",
        "progression.evidence-recorded": _recorded,
        "progression.lapses-exported": "took {about} out as a table",
        "progression.evidence-observed": "recorded what {about} did",
        "progression.evidence-withdrawn": _withdrawn,
        "progression.asked-again": "asked people again for {about}; what they gave before holds until {until}",
        "progression.no-longer-asked-again": "took back that people are asked again for {about}",
        "progression.evidence-taken-over": "took over evidence about {about} from records",
        "progression.document-drafted": "saved {about}",
        "progression.document-draft-discarded": "discarded {about}, with the revisions before it",
        "progression.document-published": "published {about}",
        "progression.document-taken-back": "took back {about} before its first day",
        "progression.help-recorded": "recorded help given to {about} in person: {help}",
        "progression.device-back": "recorded that a device lent to {about} is back",
        "progression.help-taken-back": "took back a record of help given to {about}: {help}",
        "progression.commitment-chosen": "chose for {about}: {level}",
        "progression.pathway-copy-begun": "began to change {about}",
        "progression.pathway-copy-changed": "changed {about}",
        "progression.pathway-copy-let-go": "let go of what was changed in {about}",
        "progression.applied": "made {about}",
        "progression.record-answered": "answered a record about {about}",
        "progression.answer-taken-back": "took back an answer to a record about {about}",
        "progression.application-questioned": "asked something about {about}",
        "progression.application-answered": "added to {about}",
        "progression.application-ended": "ended {about}: {how}",
        "progression.suggestion-answered": "answered {about}",
        "progression.news-announced": "announced {about}",
        "progression.news-taken-down": "took {about} down",
        "progression.pulse-asked": "asked {about}",
        "progression.pulse-closed": "closed {about}",
        "progression.takeover-withdrawn": "took back evidence about {about} that came from records",
    },
    subjects={
        "lapse_list": lambda ids: {number: Subject("the list of what lapses") for number in ids},
        "asked_again": _asked_again,
        "document_edition": _editions,
        "step_application": _applications,
        "suggestion": _suggestions,
        "pulse": _pulses,
        "news": _news,
        "pathway_copy": lambda ids: {each: Subject("the pathway", "pathway.index") for each in ids},
    },
    reasons=_notes,
)
