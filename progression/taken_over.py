"""Facts taken over from an organisation's own records: many of many people at once, and taking them back.

They count like any other, from the days that the records give. Nobody gets an e-mail about them: the people concerned
are welcomed once, for all of it. Rights and seats follow in the same transaction, as always.
"""

from __future__ import annotations

import secrets
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import aliased

from app import audit, clock, db, settings
from app.people.directory import names_of
from app.people.rights import permissions_of, rights_gained, rights_lost
from app.refusals import Conflict, NotAllowed
from app.takeover.parts import Taking
from app.takeover.people_part import new_of_batch
from progression.evidence import NewEvidence, NotAboutYourself, refuse_impossible
from progression.fact_kinds import FactKind
from progression.facts import Fact, without_withdrawn
from progression.ledger import facts_as_recorded, hash_of_note
from progression.models import Evidence, EvidenceNote
from progression.permissions import ProgressionPermission
from progression.standing import Standing, standings_of


@dataclass(frozen=True, slots=True)
class TakenOver:
    """Who took a fact over from an organisation's own records, and when."""

    by: str
    at: datetime


NOT_YOURSELF = (
    "The list says something about you, and nobody vouches for themselves. Leave your row out, and ask another "
    "member of staff to take it over."
)


def may_take_over(permissions: Collection[str]) -> bool:
    """Whether these permissions are enough to take evidence over: to record it, and to sign people off."""
    return {ProgressionPermission.RECORD, ProgressionPermission.SIGN_OFF} <= set(permissions)


def origins_of(facts: Iterable[Fact], names: Mapping[int, str] | None = None) -> dict[int, TakenOver]:
    """Who took these facts over, and when, by the fact's id, without those of here; one query without `names`."""
    taken = [fact for fact in facts if fact.takeover_id is not None]
    if names is None:
        names = names_of(fact.by_person_id for fact in taken if fact.by_person_id) if taken else {}
    return {fact.id: TakenOver(names[fact.by_person_id], fact.recorded_at) for fact in taken if fact.by_person_id}


def not_yet_there(new: Iterable[NewEvidence], facts: Mapping[int, Sequence[Fact]]) -> list[NewEvidence]:
    """Those of these facts that the people's ledgers, as read, do not hold already.

    The same fact is of the same kind, key, day and end and has the same details, whatever else the one there says; one
    that was withdrawn does not count.
    """
    zone = settings.current().zone
    there: dict[tuple[Any, ...], list[Mapping[str, Any]]] = defaultdict(list)
    for person_id, of_person in facts.items():
        for fact in without_withdrawn(of_person):
            day = clock.on(fact.happened_at, zone)
            there[person_id, fact.kind, fact.key, day, fact.valid_until].append(fact.facts)

    def is_there(one: NewEvidence) -> bool:
        assert one.happened_at is not None, "records say when"
        place = (one.person_id, one.kind, one.key, clock.on(one.happened_at, zone), one.valid_until)
        return any(dict(one.facts).items() <= dict(details).items() for details in there[place])

    return [one for one in new if not is_there(one)]


def record_taken_over(new: Iterable[NewEvidence], taking: Taking) -> list[Evidence]:
    """Add many facts of many people, each with its day, and let them take effect; what is there already is left out.

    One audit line for each person. Refuses who may not record evidence and sign off, facts about the person who takes
    over, and impossible dates. Call it inside `db.writing()`.
    """
    every = list(new)
    _refuse_who_may_not(taking)
    if any(one.person_id == taking.by.id for one in every):
        raise NotAboutYourself(NOT_YOURSELF)
    for one in every:
        refuse_impossible(one, taking.now)
    ids = {one.person_id for one in every}
    db.lock_people(ids)
    missing = not_yet_there(every, facts_as_recorded(ids))
    before = standings_of(ids, taking.now)
    rows = _add(missing, taking)
    for subject, details in _by_person(rows, taking.batch_id):
        audit.record(
            "progression.evidence-taken-over", by=taking.by.id, subject=subject, now=taking.now, details=details
        )
    _let_take_effect(before, taking, why="evidence-taken-over")
    return rows


def withdraw_taken_over(ids: Collection[int], kinds: Collection[str], taking: Taking) -> None:
    """Take back what this batch added of these kinds about these people, and erase the notes; nobody is told.

    Rights are lost and seats released as always. Refuses where somebody here decided on it or, of people whom the batch
    brought, recorded something since; and facts about the person who asks. Call it inside `db.writing()`.
    """
    _refuse_who_may_not(taking)
    db.lock_people(ids)
    wrong = _still_there(ids, kinds, taking.batch_id)
    if any(row.person_id == taking.by.id for row in wrong):
        raise NotAboutYourself("Some of it is about you. Ask another member of staff to take the list back.")
    _refuse_where_something_stands_on_it(ids, taking.batch_id)
    # People whose account the batch made lose everything with their account, in the same transaction.
    about = {row.person_id for row in wrong} - new_of_batch(taking.batch_id)
    before = standings_of(about, taking.now)
    rows = [
        Evidence(
            person_id=row.person_id,
            kind=FactKind.WITHDRAWN,
            key=row.key,
            happened_at=taking.now,
            recorded_at=taking.now,
            by_person_id=taking.by.id,
            withdraws_id=row.id,
            facts={},
            takeover_id=taking.batch_id,
        )
        for row in wrong
    ]
    db.session.add_all(rows)
    db.session.flush()
    db.session.execute(
        delete(EvidenceNote)
        .where(EvidenceNote.evidence_id.in_([row.id for row in wrong]))
        .execution_options(synchronize_session=False)
    )
    for subject, details in _by_person(rows, taking.batch_id):
        audit.record(
            "progression.takeover-withdrawn", by=taking.by.id, subject=subject, now=taking.now, details=details
        )
    _let_take_effect(before, taking, why="takeover-undone")


def facts_of_batch(ids: Collection[int], batch_id: int) -> dict[int, list[Fact]]:
    """What a batch added about these people and what still counts, by person, in the order it was added."""
    return _facts_of_batch(tuple(sorted(set(ids))), batch_id)


@db.cached_per_request
def _facts_of_batch(ids: tuple[int, ...], batch_id: int) -> dict[int, list[Fact]]:
    found: dict[int, list[Fact]] = {}
    for person_id, facts in facts_as_recorded(ids).items():
        of_batch = [fact for fact in without_withdrawn(facts) if fact.takeover_id == batch_id]
        if of_batch:
            found[person_id] = of_batch
    return found


def _refuse_who_may_not(taking: Taking) -> None:
    if not may_take_over(permissions_of(taking.by.id, on=taking.today)):
        raise NotAllowed(
            "Stages, checks and training are taken over by people who may record evidence and sign others off: ask an "
            "assessor or an administrator."
        )


def _add(new: Sequence[NewEvidence], taking: Taking) -> list[Evidence]:
    rows, notes = [], []
    for one in new:
        text, salt = (one.note or "").strip(), secrets.token_hex(16)
        row = Evidence(
            person_id=one.person_id,
            kind=one.kind,
            key=one.key,
            happened_at=one.happened_at,
            recorded_at=taking.now,
            valid_until=one.valid_until,
            by_person_id=taking.by.id,
            facts=dict(one.facts),
            note_hash=hash_of_note(text, salt) if text else None,
            takeover_id=taking.batch_id,
        )
        rows.append(row)
        if text:
            notes.append((row, text, salt))
    db.session.add_all(rows)
    db.session.flush()
    if notes:
        values = [{"evidence_id": row.id, "text": text, "salt": salt} for row, text, salt in notes]
        db.session.execute(insert(EvidenceNote), values)
    return rows


def _by_person(rows: Sequence[Evidence], batch_id: int) -> Iterator[tuple[str, dict[str, Any]]]:
    """The subject and the details of one audit line for each person."""
    found: dict[int, list[int]] = defaultdict(list)
    for row in rows:
        found[row.person_id].append(row.id)
    for person_id, evidence_ids in sorted(found.items()):
        yield f"person:{person_id}", {"batch": batch_id, "evidence_ids": evidence_ids}


def _let_take_effect(before: Mapping[int, Standing], taking: Taking, *, why: str) -> None:
    after = standings_of(before, taking.now)
    lost = [each for each, was in before.items() if after[each].is_less_than(was, now=taking.now)]
    gained = [each for each, was in before.items() if after[each] != was and each not in set(lost)]
    rights_lost(*lost, now=taking.now, why=why)
    rights_gained(*gained)


def _still_there(ids: Collection[int], kinds: Collection[str], batch_id: int) -> Sequence[Evidence]:
    withdrawal = aliased(Evidence)
    return db.session.scalars(
        select(Evidence)
        .outerjoin(withdrawal, withdrawal.withdraws_id == Evidence.id)
        .where(
            Evidence.takeover_id == batch_id,
            Evidence.person_id.in_(ids),
            Evidence.kind.in_(sorted(kinds)),
            withdrawal.id.is_(None),
        )
        .order_by(Evidence.id)
    ).all()


def _refuse_where_something_stands_on_it(ids: Collection[int], batch_id: int) -> None:
    """Refuse, naming each, people about whom somebody recorded or decided something that needs what was taken over."""
    facts_by_person = facts_as_recorded(ids)
    new = new_of_batch(batch_id)
    held = []
    for person_id, facts in facts_by_person.items():
        of_batch = {fact.id for fact in facts if fact.takeover_id == batch_id}
        since = [fact for fact in without_withdrawn(facts) if fact.takeover_id != batch_id]
        if any(person_id in new or of_batch & set(fact.facts.get("rests_on", ())) for fact in since):
            held.append(person_id)
    if held:
        names = names_of(held)
        raise Conflict(
            f"Something was recorded since that rests on this list, about {', '.join(sorted(names.values()))}. "
            "So nothing was undone.",
            "Withdraw that first, on the page of their evidence. Or leave the list as it is, and withdraw there what "
            "is wrong with single people.",
        )
