"""Adding to the ledger. Whatever is added or withdrawn here takes hold at once, whoever adds it.

A person who loses a stage or a clearance loses the rest that goes with it in the same transaction; one who
gains something finds it on the next page they open.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from app import audit, clock, db, settings
from app.domain import domains
from app.outbox import queue
from app.people.rights import rights_gained, rights_lost
from app.refusals import Conflict, Invalid, NotAllowed, NotFound
from progression.facts import FactKind
from progression.ledger import hash_of_note, of_people
from progression.models import Evidence, EvidenceNote
from progression.notices import TELL_WITHIN, EvidenceWithdrawn
from progression.standing import standing_of

__all__ = ["AlreadyWithdrawn", "NotAboutYourself", "of_people", "record", "recorded_before", "withdraw"]

MOST_WORDS_OF_A_NOTE = 4000  # characters
CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9:._/-]{0,99}")

# What has to come from another person, since it vouches for somebody.
BY_SOMEBODY_ELSE = frozenset({FactKind.CHECK, FactKind.OBSERVED, FactKind.SIGN_OFF, FactKind.NOT_YET})


class NotAboutYourself(NotAllowed):
    """Somebody tried to vouch for themselves."""


class AlreadyWithdrawn(Conflict):
    """The fact was taken back before."""


class SentWithOtherAnswers(Conflict):
    """A form that was recorded already came a second time and said something else."""


SENT_BEFORE = (
    "This form was sent before, with other answers, and those are recorded.",
    "Open the page anew to see them and to record something more.",
)


def record(
    person_id: int,
    *,
    kind: str,
    key: str,
    by: int | None,
    now: datetime,
    happened_at: datetime | None = None,
    valid_until: date | None = None,
    facts: Mapping[str, Any] | None = None,
    note: str | None = None,
    once: str | None = None,
) -> Evidence:
    """Add one fact about a person, and let it take hold. `by` is None for what Nightlight itself saw.

    `happened_at` is now unless given, and never later. `valid_until` is the last day it holds. `facts` holds
    codes, ids and numbers; words for people go into `note`, which can be erased. With `once`, a second call
    of that name returns the first row and adds nothing. Call it inside `db.writing()`.

    Refuses what people may only say of others (checks, observations, decisions) when said of oneself.
    """
    if kind == FactKind.WITHDRAWN:
        raise ValueError("a fact is taken back with withdraw()")
    if kind not in {each.kind for domain in domains for each in domain.evidence_kinds}:
        raise ValueError(f"no domain brings evidence of the kind {kind!r}")
    _refuse_about_oneself(person_id, kind, by)
    _refuse_what_cannot_be(happened_at, valid_until, facts or {}, now)
    db.lock_people([person_id])
    if once is not None and (earlier := recorded_before(once, kind=kind, key=key, note=note)) is not None:
        if earlier.person_id != person_id or earlier.facts != dict(facts or {}):
            raise SentWithOtherAnswers(*SENT_BEFORE)
        return earlier
    return _append(
        Evidence(
            person_id=person_id,
            kind=kind,
            key=key,
            happened_at=happened_at or now,
            recorded_at=now,
            valid_until=valid_until,
            by_person_id=by,
            facts=dict(facts or {}),
            once=once,
        ),
        note=note,
        now=now,
    )


def withdraw(evidence_id: int, *, by: int, why: str, now: datetime) -> Evidence:
    """Take a wrong fact back, with a reason: it then never counted. What rested on it is lost in the same
    transaction.

    Refuses a fact that was withdrawn before, a withdrawal (record the fact again instead), and one's own
    facts.
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
    earlier = db.session.scalars(select(Evidence).where(Evidence.withdraws_id == wrong.id)).one_or_none()
    if earlier is not None:
        raise AlreadyWithdrawn("This was withdrawn already. Nothing more needs doing.")
    withdrawal = _append(
        Evidence(
            person_id=wrong.person_id,
            kind=FactKind.WITHDRAWN,
            key=wrong.key,
            happened_at=now,
            recorded_at=now,
            by_person_id=by,
            withdraws_id=wrong.id,
            facts={},
        ),
        note=why,
        now=now,
    )
    queue.enqueue(
        EvidenceWithdrawn(withdrawal.id),
        to=wrong.person_id,
        once=f"evidence-withdrawn:{withdrawal.id}",
        now=now,
        deadline=now + TELL_WITHIN,
    )
    return withdrawal


def _append(row: Evidence, *, note: str | None, now: datetime) -> Evidence:
    """Add the row, its note and its audit line; then end or renew the person's rights where their standing
    changed.
    """
    written = (note or "").strip()
    if len(written) > MOST_WORDS_OF_A_NOTE:
        raise Invalid(f"Please keep it under {MOST_WORDS_OF_A_NOTE:,} characters.", field="note")
    salt = secrets.token_hex(16)
    row.note_hash = hash_of_note(written, salt) if written else None
    before = standing_of(row.person_id, now)
    db.session.add(row)
    db.session.flush()
    if written:
        db.session.add(EvidenceNote(evidence_id=row.id, text=written, salt=salt))
    audit.record(
        "progression.evidence-withdrawn" if row.withdraws_id else "progression.evidence-recorded",
        by=row.by_person_id,
        subject=f"person:{row.person_id}",
        now=now,
        details={"evidence": row.id, "kind": row.kind, "key": row.key, "withdraws": row.withdraws_id},
    )
    after = standing_of(row.person_id, now)
    if after.loses_something_against(before, now=now):
        rights_lost(row.person_id, now=now, why=f"evidence-{row.kind}")
    elif after != before:
        rights_gained(row.person_id)
    return row


def recorded_before(once: str, *, kind: str, key: str, note: str | None) -> Evidence | None:
    """The row that the same form, or the same event, has already added.

    Refuses a form that comes back with other answers: they would be lost without a word.
    """
    earlier = db.session.scalars(select(Evidence).where(Evidence.once == once)).one_or_none()
    if earlier is None:
        return None
    kept = db.session.get(EvidenceNote, earlier.id)
    said_the_same = kept is None or kept.text == (note or "").strip()
    if (earlier.kind, earlier.key) != (kind, key) or not said_the_same:
        raise SentWithOtherAnswers(*SENT_BEFORE)
    return earlier


def _refuse_about_oneself(person_id: int, kind: str, by: int | None) -> None:
    if kind in BY_SOMEBODY_ELSE and (by is None or by == person_id):
        raise NotAboutYourself("Nobody vouches for themselves. Ask another member of staff to look at your evidence.")
    if kind == FactKind.ACCEPTED and by != person_id:
        raise NotAllowed("Only the person themselves can agree to this.")


def _refuse_what_cannot_be(
    happened_at: datetime | None, valid_until: date | None, facts: Mapping[str, Any], now: datetime
) -> None:
    if happened_at is not None and happened_at > now:
        raise Invalid("That has not happened yet. Give the day on which it did.", field="happened_on")
    zone = settings.current().zone
    if valid_until is not None and valid_until < clock.on(happened_at or now, zone):
        raise Invalid("It would end before it began. Look at the two dates again.", field="valid_until")
    for name, value in facts.items():
        for each in value if isinstance(value, list) else [value]:
            if not (isinstance(each, bool | int | float) or (isinstance(each, str) and CODE.fullmatch(each))):
                raise ValueError(f"the fact {name!r} holds {each!r}: codes, ids and numbers only, no words")
