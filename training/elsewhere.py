"""Training from elsewhere: certificates that people earned elsewhere, and whether they stand for a course here.

An accepted one is evidence of the same kind as a pass here, and makes no certificate of ours. It is withdrawn as all
evidence is. Nobody decides on their own.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import aliased

from app import audit, clock, db, settings
from app.files import store
from app.files.kinds import FileKind
from app.files.models import StoredFile
from app.files.store import Written
from app.outbox import queue
from app.people.models import Person, PersonState
from app.people.rights import permissions_of
from app.refusals import Conflict, Invalid, NotAllowed, NotFound
from app.typed_text import one_line
from app.wording import day_in_words
from progression.evidence import NewEvidence, NotAboutYourself, record
from progression.models import Evidence
from training import catalogue, imported_badges
from training.imported_badges import ImportedBadge
from training.models import EVIDENCE_KIND, FROM_ELSEWHERE, ElsewhereState, ElsewhereTraining, Signature
from training.notices import ElsewhereDecided
from training.permissions import TrainingPermission

PURPOSE = "elsewhere"  # of the stored files
LONGEST = 200  # characters of a title and of an issuer
LONGEST_REASON = 2000  # characters
MOST_WAITING = 10  # of one person
DECLINED_KEPT_FOR = timedelta(days=30)  # long enough to ask again; then the file is erased
SEND_WITHIN = timedelta(days=7)
SHOWN = 100  # in the list of those that wait


@dataclass(frozen=True)
class Stated:
    """What a certificate from elsewhere says, by the person who adds it or by itself."""

    title: str
    issuer: str
    awarded_on: date
    lapses_on: date | None
    wanted_course: str | None = None
    signature: Signature | None = None
    key_from: str | None = None
    made_out_to: str | None = None


@dataclass(frozen=True)
class Shown:
    """One certificate from elsewhere as pages show it."""

    row: ElsewhereTraining
    file: StoredFile
    of: str  # whose it is, by name
    decided_by: str | None
    course_title: str | None  # of the course that it was accepted for, or is thought to stand for
    is_withdrawn: bool  # whether the evidence was withdrawn since

    @property
    def counts(self) -> bool:
        """Whether it was accepted, and was not withdrawn since."""
        return self.row.state is ElsewhereState.ACCEPTED and not self.is_withdrawn


def add(stated: Stated, new: Written, *, of: Person, by: Person, now: datetime) -> ElsewhereTraining:
    """Add a certificate from elsewhere to those that wait for a decision.

    Refuses a stranger's without the permission, a course that is not here, impossible days, and too many.
    """
    db.lock_people([of.id])
    if by.id != of.id:
        _require_permission(by, now)
    _refuse_impossible(stated, now)
    _refuse_too_many(of.id)
    file = store.keep(new, purpose=PURPOSE, by=by.id, now=now)
    row = ElsewhereTraining(
        person_id=of.id,
        title=_line(stated.title, "title"),
        issuer=_line(stated.issuer, "issuer"),
        awarded_on=stated.awarded_on,
        lapses_on=stated.lapses_on,
        wanted_course=catalogue.course_called(stated.wanted_course)[0].code if stated.wanted_course else None,
        file_id=file.id,
        signature=stated.signature,
        key_from=stated.key_from,
        made_out_to=stated.made_out_to,
        added_by_id=by.id,
        added_at=now,
    )
    db.session.add(row)
    db.session.flush()
    _note("added", row, by=by.id, now=now)
    return row


def take_back(row_id: int, *, by: Person, now: datetime) -> None:
    """Take one's own back before anybody decided; the file is erased. Asked twice, nothing changes."""
    row = _locked(row_id, ElsewhereTraining.person_id == by.id)
    if row.state is ElsewhereState.TAKEN_BACK:
        return
    if row.state is not ElsewhereState.WAITING:
        raise Conflict("Somebody has decided about this meanwhile, so it stays as it is.")
    row.state = ElsewhereState.TAKEN_BACK
    store.erase(db.session.get_one(StoredFile, row.file_id), by=by.id, now=now)
    _note("taken-back", row, by=by.id, now=now)


def on_standing_lost(person_id: int, *, now: datetime, why: str) -> None:
    """Erase the files that staff added for an account that never came into use, when it is removed."""
    if db.session.get_one(Person, person_id).state is not PersonState.REMOVED:
        return
    for row in db.session.scalars(select(ElsewhereTraining).where(ElsewhereTraining.person_id == person_id)):
        store.erase(db.session.get_one(StoredFile, row.file_id), by=None, now=now)
        row.made_out_to = None
        if row.state is ElsewhereState.WAITING:
            row.state = ElsewhereState.TAKEN_BACK
            _note("taken-back", row, by=None, now=now)


def latest_ends(row: ElsewhereTraining) -> dict[str, date]:
    """Of each course by its code, the last day on which it may count for it: its own end, or the course's validity from
    the day it was awarded, if that is earlier. One query for all courses."""
    ends = {}
    for course, version in catalogue.all_courses():
        by_course = clock.months_after(row.awarded_on, catalogue.pack_of(version).valid_for.months)
        ends[course.code] = min(row.lapses_on or by_course, by_course)
    return ends


def accept(row_id: int, course_code: str, until: date | None, reason: str, *, by: Person, now: datetime) -> None:
    """Accept it as standing for a course, until a day (None: for as long as it may), and tell the person.

    Refuses one's own, one that was decided meanwhile, a day past the latest, and one that has lapsed.
    """
    row = _to_decide(row_id, by=by, now=now)
    zone = settings.current().zone
    latest = latest_ends(row).get(course_code)
    if latest is None:
        raise Invalid("Choose the course that it stands for.", field="course")
    ends = until or latest
    if ends > latest:
        raise Invalid(
            f"It can count until {day_in_words(latest)} at most: as long as the course lasts from the day it was "
            "awarded, and no longer than it says itself.",
            field="until",
        )
    if ends < clock.on(now, zone):
        raise Invalid(f"It would have counted until {day_in_words(ends)}, which is past.", field="until")
    why = _reason(reason)
    proof = record(
        NewEvidence(
            person_id=row.person_id,
            kind=EVIDENCE_KIND,
            key=course_code,
            happened_at=min(clock.starts(row.awarded_on, zone), now),
            valid_until=ends,
            facts={FROM_ELSEWHERE: row.id, "file": row.file_id},
            note=why,
        ),
        by=by.id,
        now=now,
    )
    row.course, row.counts_until, row.evidence_id = course_code, ends, proof.id
    _decide(row, ElsewhereState.ACCEPTED, why, by=by, now=now)


def decline(row_id: int, reason: str, *, by: Person, now: datetime) -> None:
    """Decline it with a reason that the person reads; its file is kept for 30 days more. Refuses one's own."""
    row = _to_decide(row_id, by=by, now=now)
    _decide(row, ElsewhereState.DECLINED, _reason(reason), by=by, now=now)
    db.session.get_one(StoredFile, row.file_id).keep_until = now + DECLINED_KEPT_FOR


def look_again(row_id: int, *, by: Person, now: datetime) -> None:
    """Put one that was declined, or whose evidence was withdrawn, back to those that wait."""
    _require_permission(by, now)
    row = _locked(row_id, ElsewhereTraining.person_id != by.id)
    if row.state is ElsewhereState.WAITING:
        return
    still_counts = row.evidence_id is not None and not db.session.scalar(_withdrawal_of(row.evidence_id))
    if row.state is ElsewhereState.TAKEN_BACK or still_counts:
        raise Conflict("This cannot be looked at again. If it counts wrongly, withdraw the evidence first.")
    file = db.session.get_one(StoredFile, row.file_id)
    if file.erased_at is not None:
        raise Conflict("Its file was erased since. Ask them to add it again.")
    file.keep_until = None
    row.state, row.decided_at, row.decided_by_id = ElsewhereState.WAITING, None, None
    row.reason = row.course = row.counts_until = row.evidence_id = None
    _note("looked-again", row, by=by.id, now=now)


def read_with_key(shown: Shown, key: str, *, now: datetime) -> ImportedBadge:
    """Check an imported badge with a key that staff have from its issuer; refuses one that does not fit.

    It reads a file and computes, so it is called outside every transaction; `keep_check` keeps what it found.
    """
    if shown.file.kind is not FileKind.JWT:
        raise Conflict("This is not a signed badge.")
    return imported_badges.read(store.text_of(shown.file), now=now, key=key)


def keep_check(row_id: int, read: ImportedBadge, *, by: Person, now: datetime) -> None:
    """Keep what a check with a key found."""
    _require_permission(by, now)
    row = _locked(row_id, ElsewhereTraining.person_id != by.id)
    row.signature, row.key_from = read.signature, read.key_from
    _note("key-given", row, by=by.id, now=now)


def of_person(person_id: int) -> list[Shown]:
    """Everything that this person learned elsewhere and has not taken back, the latest first; one query."""
    return _shown(
        ElsewhereTraining.person_id == person_id, ElsewhereTraining.state != ElsewhereState.TAKEN_BACK, newest=True
    )


def waiting_for(reader: Person) -> list[Shown]:
    """The certificates that wait for a decision of this reader, the oldest first: never their own."""
    return _shown(ElsewhereTraining.person_id != reader.id, ElsewhereTraining.state == ElsewhereState.WAITING)


def waiting_for_a_decision(reader_id: ColumnElement[int] | int) -> Select[int]:
    """The query for how many wait for a decision of this reader: never their own."""
    return select(func.count(ElsewhereTraining.id)).where(
        ElsewhereTraining.person_id != reader_id, ElsewhereTraining.state == ElsewhereState.WAITING
    )


@db.cached_per_request
def how_many_wait(reader_id: int) -> int:
    """How many wait for a decision of this reader."""
    return db.session.scalar(waiting_for_a_decision(reader_id)) or 0


def readable_by(row_id: int, reader: Person, *, now: datetime) -> Shown:
    """One that this reader may open: their own, or with the permission anybody's; refuses others as not found."""
    mine: ColumnElement[bool] = ElsewhereTraining.person_id == reader.id
    if may_decide(reader, now):
        mine = or_(mine, ElsewhereTraining.person_id != reader.id)
    found = _shown(ElsewhereTraining.id == row_id, mine)
    if not found:
        raise NotFound("There is no such certificate, or it is not open to you.")
    return found[0]


def may_decide(person: Person, now: datetime) -> bool:
    """Whether this person may decide about other people's certificates from elsewhere today."""
    held: Collection[str] = permissions_of(person.id, on=clock.on(now, settings.current().zone))
    return TrainingPermission.ACCEPT_ELSEWHERE in held


def _shown(*conditions: ColumnElement[bool], newest: bool = False) -> list[Shown]:
    decider, correction = aliased(Person), aliased(Evidence)
    query = (
        select(
            ElsewhereTraining,
            StoredFile,
            Person.display_name.label("of"),
            decider.display_name.label("decided_by"),
            correction.id.label("withdrawn_by"),
        )
        .join(StoredFile, StoredFile.id == ElsewhereTraining.file_id)
        .join(Person, Person.id == ElsewhereTraining.person_id)
        .outerjoin(decider, decider.id == ElsewhereTraining.decided_by_id)
        .outerjoin(correction, correction.withdraws_id == ElsewhereTraining.evidence_id)
        .where(*conditions)
        .order_by(ElsewhereTraining.id.desc() if newest else ElsewhereTraining.id)
        .limit(SHOWN)
    )
    rows = db.session.execute(query).all()
    titles = catalogue.titles() if rows else {}
    return [
        Shown(
            row=row.ElsewhereTraining,
            file=row.StoredFile,
            of=row.of,
            decided_by=row.decided_by,
            course_title=titles.get(row.ElsewhereTraining.course or row.ElsewhereTraining.wanted_course or ""),
            is_withdrawn=row.withdrawn_by is not None,
        )
        for row in rows
    ]


def _to_decide(row_id: int, *, by: Person, now: datetime) -> ElsewhereTraining:
    _require_permission(by, now)
    row = _locked(row_id)
    if row.person_id == by.id:
        raise NotAboutYourself("Nobody decides about their own certificate. Ask another member of staff to look at it.")
    if row.state is not ElsewhereState.WAITING:
        raise Conflict("Somebody has decided about this meanwhile, or it was taken back.")
    return row


def _decide(row: ElsewhereTraining, state: ElsewhereState, reason: str, *, by: Person, now: datetime) -> None:
    row.state, row.reason, row.decided_by_id, row.decided_at = state, reason, by.id, now
    _note(state, row, by=by.id, now=now)
    queue.enqueue(
        ElsewhereDecided(elsewhere_id=row.id),
        to=row.person_id,
        once=f"elsewhere-decided:{row.id}:{now.timestamp()}",
        now=now,
        deadline=now + SEND_WITHIN,
    )


def _locked(row_id: int, *conditions: ColumnElement[bool]) -> ElsewhereTraining:
    """The row, with its person locked first; refuses one that does not meet the conditions as not found."""
    whose = db.session.scalar(select(ElsewhereTraining.person_id).where(ElsewhereTraining.id == row_id, *conditions))
    if whose is None:
        raise NotFound("There is no such certificate, or it is not open to you.")
    db.lock_people([whose])
    return db.session.get_one(ElsewhereTraining, row_id, with_for_update={"key_share": True}, populate_existing=True)


def _require_permission(by: Person, now: datetime) -> None:
    if not may_decide(by, now):
        raise NotAllowed(
            "Your account does not decide about certificates from elsewhere. Ask a trainer or an assessor."
        )


def _refuse_impossible(stated: Stated, now: datetime) -> None:
    if stated.awarded_on > clock.on(now, settings.current().zone):
        raise Invalid("It was not awarded yet. Give the day that stands on it.", field="awarded_on")
    if stated.lapses_on is not None and stated.lapses_on < stated.awarded_on:
        raise Invalid("It would end before it was awarded. Look at the two days again.", field="lapses_on")


def _refuse_too_many(person_id: int) -> None:
    query = select(func.count(ElsewhereTraining.id)).where(
        ElsewhereTraining.person_id == person_id, ElsewhereTraining.state == ElsewhereState.WAITING
    )
    waiting = db.session.scalar(query) or 0
    if waiting >= MOST_WAITING:
        raise Conflict(
            f"{waiting} certificates wait already. Please wait until somebody has looked at them, or take back one "
            "that is not needed."
        )


def _line(typed: str, field: str) -> str:
    line = one_line(typed)
    if not line or len(line) > LONGEST:
        raise Invalid(f"Write what stands on the certificate, up to {LONGEST} characters.", field=field)
    return line


def _reason(typed: str) -> str:
    reason = typed.strip()
    if not reason:
        raise Invalid("Say why, in a sentence; the person reads it.", field="reason")
    return reason[:LONGEST_REASON]


def _withdrawal_of(evidence_id: int) -> Select[int]:
    return select(Evidence.id).where(Evidence.withdraws_id == evidence_id)


def _note(what: str, row: ElsewhereTraining, *, by: int | None, now: datetime) -> None:
    details = {"certificate_of": row.person_id, "file": row.file_id}
    audit.record(f"training.elsewhere-{what}", by=by, subject=f"elsewhere_training:{row.id}", now=now, details=details)
