"""The right to reply: what a person answers to a decision or a record about them, which stays beside it.

One answer to each, which they may change or take back; who wrote the record is told once.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import or_, select

from app import audit, db
from app.outbox import queue
from app.people.models import Person
from app.refusals import Conflict, Invalid, NotFound
from progression.fact_kinds import FactKind
from progression.models import Evidence, EvidenceReply
from progression.notices import SEND_WITHIN
from progression.observing.notices import RecordAnswered

LONGEST_REPLY = 2000
ANSWERABLE = frozenset(
    {
        FactKind.OBSERVED,
        FactKind.NOT_YET,
        FactKind.STEP_BACK,
        FactKind.SIGN_OFF,
        FactKind.SIGNATURE,
        FactKind.CONFIRMED,
    }
)
"""The kinds of fact that somebody writes about another person in words of their own."""


def record_for(evidence_id: int, reader: Person) -> Evidence:
    """A record in words, for the person it is about and for who wrote it; for everybody else there is none."""
    found = db.session.scalars(
        select(Evidence).where(
            Evidence.id == evidence_id,
            Evidence.kind.in_(ANSWERABLE),
            Evidence.by_person_id != Evidence.person_id,
            or_(Evidence.person_id == reader.id, Evidence.by_person_id == reader.id),
        )
    ).one_or_none()
    if found is None:
        raise NotFound("There is no such record about you, or by you.")
    return found


def reply(person: Person, evidence_id: int, words: str, *, now: datetime) -> None:
    """Answer a record about oneself, or change the answer; who wrote it is told the first time.

    Refuses an empty answer, a long one, a record that is not about oneself, and one that was withdrawn.
    """
    words = words.strip()
    if not words:
        raise Invalid("Write your answer.", field="words")
    if len(words) > LONGEST_REPLY:
        raise Invalid(f"Please keep this under {LONGEST_REPLY:,} characters.", field="words")
    db.lock_people([person.id])
    record = _own(person, evidence_id)
    if db.session.scalar(select(Evidence.id).where(Evidence.withdraws_id == record.id)) is not None:
        raise Conflict("This record was withdrawn, and counts no longer. Nothing needs an answer.")
    kept = db.session.get(EvidenceReply, record.id)
    if kept is not None and kept.words == words:
        return
    if kept is None:
        db.session.add(EvidenceReply(evidence_id=record.id, words=words, written_at=now))
    else:
        kept.words, kept.written_at = words, now
    audit.record(
        "progression.record-answered", by=person.id, subject=f"person:{person.id}", now=now, details={"to": record.id}
    )
    if record.by_person_id is not None:
        notice = RecordAnswered(record.id)
        once = f"{notice.kind}:{record.id}:{record.by_person_id}"
        queue.enqueue(notice, to=record.by_person_id, once=once, now=now, deadline=now + SEND_WITHIN)


def take_back(person: Person, evidence_id: int, *, now: datetime) -> None:
    """Delete one's own answer. Without one, nothing changes."""
    db.lock_people([person.id])
    record = _own(person, evidence_id)
    kept = db.session.get(EvidenceReply, record.id)
    if kept is not None:
        db.session.delete(kept)
        audit.record(
            "progression.answer-taken-back",
            by=person.id,
            subject=f"person:{person.id}",
            now=now,
            details={"to": record.id},
        )


def _own(person: Person, evidence_id: int) -> Evidence:
    record = record_for(evidence_id, person)
    if record.person_id != person.id:
        raise NotFound("There is no such record about you.")
    return record
