"""Adding to the ledger. Everything added or withdrawn here takes effect in the same transaction.

A person who loses a stage or a clearance also loses what depends on it (sessions, seats) at once; one who gains
something has it on the next page they open.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from app import audit, clock, db, settings
from app.domain import domains
from app.outbox import queue
from app.people.rights import rights_gained, rights_lost
from app.refusals import Conflict, Invalid, NotAllowed, NotFound
from progression.fact_kinds import FactKind, Recorder
from progression.ledger import facts_of_person, hash_of_note
from progression.models import Evidence, EvidenceNote
from progression.notices import SEND_WITHIN, EvidenceWithdrawn
from progression.readiness import ready_for, tell_it_is_reopened, tell_who_decides
from progression.reopened import reopened_of
from progression.standing import standing_of

LONGEST_NOTE = 4000  # characters
CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9:._/-]{0,99}")


class NotAboutYourself(NotAllowed):
    """Somebody tried to vouch for themselves."""


class AlreadyWithdrawn(Conflict):
    """The fact was withdrawn before."""


class SentWithOtherAnswers(Conflict):
    """A form that was already recorded came a second time with other answers."""


SENT_BEFORE = (
    "This form was sent before, with other answers, and those are recorded.",
    "Open the page again to see them and to record something more.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewEvidence:
    """One fact to add about a person.

    `happened_at` None stands for now. `valid_until` is the last day the fact holds. `facts` are its details as codes,
    ids and numbers; text goes into `note`, which can be erased.
    """

    person_id: int
    kind: str
    key: str
    happened_at: datetime | None = None
    valid_until: date | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    note: str | None = None


def record(new: NewEvidence, *, by: int | None, now: datetime, once: str | None = None) -> Evidence:
    """Add one fact about a person and let it take effect. `by` is None for what Nightlight itself observed.

    `once` is an idempotency key: a second call with the same key returns the first row and adds nothing. Call it inside
    `db.writing()`.

    Refuses what only another person may record (checks, observations, decisions) when recorded by the person
    themselves, and a date in the future.
    """
    if new.kind == FactKind.WITHDRAWN:
        raise ValueError("withdraw a fact with withdraw()")
    if new.kind not in {each.kind for domain in domains for each in domain.evidence_kinds}:
        raise ValueError(f"no domain brings evidence of the kind {new.kind!r}")
    _refuse_wrong_recorder(new, by)
    refuse_impossible(new, now)
    db.lock_people([new.person_id])
    if once is not None and (earlier := already_recorded(once, kind=new.kind, key=new.key, note=new.note)) is not None:
        if earlier.person_id != new.person_id or earlier.facts != dict(new.facts):
            raise SentWithOtherAnswers(*SENT_BEFORE)
        return earlier
    return _append(_row_of(new, by=by, once=once, now=now), note=new.note, now=now)


def record_observed(new: Mapping[str, NewEvidence], *, now: datetime) -> list[Evidence]:
    """Add facts about one person that Nightlight itself observed, by their idempotency keys, and let them take effect.

    What was recorded before under its key is left out. However many there are, the standing of the person is worked out
    once, and the trail gets one line. Call it inside `db.writing()`. Refuses a date in the future.
    """
    about = {each.person_id for each in new.values()}
    if len(about) > 1:
        raise ValueError("facts that are recorded together are about one person")
    for each in new.values():
        refuse_impossible(each, now)
    db.lock_people(about)
    there = set(db.session.scalars(select(Evidence.once).where(Evidence.once.in_(new))))
    rows = [_row_of(each, by=None, once=once, now=now) for once, each in new.items() if once not in there]
    if rows:
        with _taking_effect(rows, now=now):
            db.session.add_all(rows)
            db.session.flush()
            audit.record(
                "progression.evidence-observed",
                by=None,
                subject=f"person:{rows[0].person_id}",
                now=now,
                details={"evidence_ids": [row.id for row in rows]},
            )
    return rows


def withdraw(evidence_id: int, *, by: int, why: str, now: datetime, tell: bool = True) -> Evidence:
    """Withdraw a wrong fact, with a reason: it then never counted, and what depended on it is lost at once.

    The person gets an e-mail; without `tell` the caller writes it. Refuses a fact that was withdrawn before, a
    withdrawal (record the fact again instead), and one's own facts.
    """
    wrong = db.session.get(Evidence, evidence_id)
    if wrong is None:
        raise NotFound("There is no such piece of evidence.")
    if wrong.person_id == by:
        raise NotAboutYourself("You cannot withdraw evidence about yourself. Ask another assessor to look at it.")
    if wrong.withdraws_id is not None:
        raise Conflict("A withdrawal stays. If the fact was right after all, record it again.")
    if not why.strip():
        raise Invalid("Say why it is withdrawn; the person will read it.", field="why")
    db.lock_people([wrong.person_id])
    if db.session.scalars(select(Evidence).where(Evidence.withdraws_id == wrong.id)).one_or_none() is not None:
        raise AlreadyWithdrawn("This was withdrawn already. Nothing more needs doing.")
    row = Evidence(
        person_id=wrong.person_id,
        kind=FactKind.WITHDRAWN,
        key=wrong.key,
        happened_at=now,
        recorded_at=now,
        by_person_id=by,
        withdraws_id=wrong.id,
        facts={},
    )
    withdrawal = _append(row, note=why, now=now)
    if tell:
        queue.enqueue(
            EvidenceWithdrawn(withdrawal.id),
            to=wrong.person_id,
            once=f"evidence-withdrawn:{withdrawal.id}",
            now=now,
            deadline=now + SEND_WITHIN,
        )
    if any(wrong.id in each.ids for each in reopened_of(facts_of_person(wrong.person_id))):
        tell_it_is_reopened(wrong.person_id, because_of=withdrawal, now=now)
    return withdrawal


def _row_of(new: NewEvidence, *, by: int | None, once: str | None, now: datetime) -> Evidence:
    return Evidence(
        person_id=new.person_id,
        kind=new.kind,
        key=new.key,
        happened_at=new.happened_at or now,
        recorded_at=now,
        valid_until=new.valid_until,
        by_person_id=by,
        facts=dict(new.facts),
        once=once,
    )


def _append(row: Evidence, *, note: str | None, now: datetime) -> Evidence:
    """Add the row, its note and its audit line; then let it take effect."""
    text = (note or "").strip()
    if len(text) > LONGEST_NOTE:
        raise Invalid(f"Please keep it under {LONGEST_NOTE:,} characters.", field="note")
    salt = secrets.token_hex(16)
    row.note_hash = hash_of_note(text, salt) if text else None
    with _taking_effect([row], now=now):
        db.session.add(row)
        db.session.flush()
        if text:
            db.session.add(EvidenceNote(evidence_id=row.id, text=text, salt=salt))
        audit.record(
            "progression.evidence-withdrawn" if row.withdraws_id else "progression.evidence-recorded",
            by=row.by_person_id,
            subject=f"person:{row.person_id}",
            now=now,
            details={"evidence": row.id, "kind": row.kind, "key": row.key, "withdraws": row.withdraws_id},
        )
    return row


@contextmanager
def _taking_effect(rows: Sequence[Evidence], *, now: datetime) -> Iterator[None]:
    """Around adding rows about one person: what they change takes effect once they are there.

    The person's sessions end or are renewed if their standing changed, and who decides is told if they became ready.
    """
    person_id = rows[0].person_id
    before, was_ready_for = standing_of(person_id, now), ready_for(person_id, now)
    yield
    after = standing_of(person_id, now)
    if after.is_less_than(before, now=now):
        rights_lost(person_id, now=now, why=f"evidence-{rows[-1].kind}")
    elif after != before:
        rights_gained(person_id)
    is_ready_for = ready_for(person_id, now)
    if is_ready_for is not None and is_ready_for != was_ready_for:
        tell_who_decides(person_id, is_ready_for, because_of=rows[-1].id, now=now)


def already_recorded(once: str, *, kind: str | Collection[str], key: str, note: str | None) -> Evidence | None:
    """The row that the same form, or the same event, has already added; None if there is none.

    `kind` is the kind it would have, or each that it might have.

    Refuses a form that comes again with other answers: they would be lost without notice.
    """
    earlier = db.session.scalars(select(Evidence).where(Evidence.once == once)).one_or_none()
    if earlier is None:
        return None
    kept = db.session.get(EvidenceNote, earlier.id)
    has_same_note = kept is None or kept.text == (note or "").strip()
    kinds = (kind,) if isinstance(kind, str) else kind
    if earlier.kind not in kinds or earlier.key != key or not has_same_note:
        raise SentWithOtherAnswers(*SENT_BEFORE)
    return earlier


def _refuse_wrong_recorder(new: NewEvidence, by: int | None) -> None:
    kind = FactKind.named(new.kind)
    if kind is None:
        return  # another domain's kind; that domain's use cases decide who records it
    recorder = kind.properties.recorder
    if recorder is Recorder.ANOTHER_PERSON and (by is None or by == new.person_id):
        raise NotAboutYourself("Nobody vouches for themselves. Ask another member of staff to look at your evidence.")
    if recorder is Recorder.THEMSELVES and by != new.person_id:
        raise NotAllowed("Only the person themselves can agree to this.")


def refuse_impossible(new: NewEvidence, now: datetime) -> None:
    """Refuse a fact of the future, one that ends before it began, and details that are words."""
    if new.happened_at is not None and new.happened_at > now:
        raise Invalid("That has not happened yet. Give the day on which it did.", field="happened_on")
    zone = settings.current().zone
    if new.valid_until is not None and new.valid_until < clock.on(new.happened_at or now, zone):
        raise Invalid("It would end before it began. Look at the two dates again.", field="valid_until")
    for name, value in new.facts.items():
        for each in value if isinstance(value, list) else [value]:
            if not (isinstance(each, bool | int | float) or (isinstance(each, str) and CODE.fullmatch(each))):
                raise ValueError(f"the fact {name!r} holds {each!r}: codes, ids and numbers only, no words")
