"""Marking practicals: taking one so that no two mark it by accident, giving it back, marking it, and standing aside."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select

from app import audit, db
from app.outbox import queue
from app.people.models import Person
from app.refusals import Conflict, Invalid, NotAllowed, NotFound
from app.typed_text import one_line
from progression.evidence import NotAboutYourself
from training import catalogue, learning
from training.practicals import rules
from training.practicals.handing_in import SEND_WITHIN, call_off, note, release
from training.practicals.models import NoteKind, PracticalMark, PracticalNote, PracticalTry, StoodAside, TryState
from training.practicals.notices import ConversationArranged, PracticalMarked
from training.practicals.passes import record_pass, unit_of, version_of
from training.practicals.rubrics import Rubric, rubrics_now
from training.practicals.rules import Hindrance, Result, Work
from training.practicals.to_mark import may_mark

LONGEST_COMMENT = 1000  # characters, about one criterion
LONGEST_WHOLE = 3000  # characters, about the whole
LONGEST_PLACE = 200  # characters
FURTHEST = timedelta(days=60)  # a conversation that is arranged


class MayNotMark(Conflict):
    """This marker may not mark this work now, for a reason that is not about their rights."""


SENTENCES = {
    Hindrance.STOOD_ASIDE: "You said “not me” about this person. Take that back first, under To mark.",
    Hindrance.MARKED_BEFORE: "You have marked this. The second mark comes from somebody else, so that it is a second.",
    Hindrance.DOES_NOT_WAIT: "It no longer waits for a mark: it was taken back, or is marked by now.",
    Hindrance.TAKEN: "Somebody else has just taken this, so that no two mark it. Please choose another one.",
}


@dataclass(frozen=True, slots=True)
class Meeting:
    """When and where a mock conversation is."""

    at: datetime
    where: str


@dataclass(frozen=True, slots=True)
class SentMark:
    """A mark as a form sent it. `round` is the one that its page showed."""

    round: int
    levels: Mapping[str, int]
    comments: Mapping[str, str]
    whole: str


def take(try_id: int, meeting: Meeting | None, *, by: Person, now: datetime) -> None:
    """Take work to mark it; nobody else can until it is marked, given back, or the time of the policy is over.

    A conversation is taken with its time and place, and the learner is told; again with others, it is moved. Refuses
    anybody who may not mark it.
    """
    row = locked(try_id)
    check_may_mark(row, by=by, now=now)
    unit = unit_of(row)
    hours = timedelta(hours=rubrics_now(now).give_back_after_hours)
    if unit.is_written:
        row.taken_by_id, row.taken_until = by.id, now + hours
    else:
        meeting = _checked(meeting, now)
        if (row.taken_by_id, row.meet_at, row.meet_where) == (by.id, meeting.at, meeting.where):
            return
        row.taken_by_id, row.taken_until = by.id, meeting.at + hours
        row.meet_at, row.meet_where = meeting.at, meeting.where
        queue.enqueue(
            ConversationArranged(try_id=row.id),
            to=row.person_id,
            once=f"conversation-arranged:{row.id}:{row.round}:{now.timestamp()}",
            now=now,
            deadline=meeting.at,
        )
    note("taken", row, by=by.id, now=now)


def give_back(try_id: int, *, by: Person, now: datetime) -> None:
    """Give work back unmarked. The learner of a conversation is told. Not one's own to give back: nothing changes."""
    row = locked(try_id)
    if row.taken_by_id != by.id:
        return
    if row.meet_at is not None:
        call_off(row, to=row.person_id, by=by, now=now)
    release(row)
    note("given-back", row, by=by.id, now=now)


def not_me(try_id: int, *, by: Person, now: datetime) -> None:
    """Leave everything of this learner to other markers from now on. Nobody is told, and no reason is asked for."""
    row = locked(try_id)
    _require_marker(by, now)
    if row.person_id == by.id:
        raise NotAboutYourself("Nobody marks their own work, so there is nothing to leave to others.")
    if row.taken_by_id == by.id:
        give_back(try_id, by=by, now=now)
    values = {"marker_id": by.id, "person_id": row.person_id, "said_at": now}
    if db.insert_or_ignore(StoodAside, values, key=("marker_id", "person_id")):
        audit.record("training.practical-stood-aside", by=by.id, subject=f"person:{row.person_id}", now=now)


def me_again(person_id: int, *, by: Person, now: datetime) -> None:
    """Take “not me” about somebody back. Asked twice, nothing changes."""
    gone = delete(StoodAside).where(StoodAside.marker_id == by.id, StoodAside.person_id == person_id)
    if db.session.scalars(gone.returning(StoodAside.id)).all():
        audit.record("training.practical-stands-aside-no-more", by=by.id, subject=f"person:{person_id}", now=now)


def mark(try_id: int, sent: SentMark, *, by: Person, now: datetime) -> Result:
    """Give a mark, and return what all marks come to.

    A pass is recorded as evidence and completes the unit in the same transaction.

    The same mark sent twice counts once. Refuses anybody who may not mark it or has not taken it, a level that the
    rubric does not have, and a missed criterion without a comment.
    """
    row = locked(try_id)
    if sent.round != row.round:
        raise MayNotMark("A mark of this was withdrawn since that page was opened. Please look at it again.")
    rubric = rubric_it_has(row)
    before = next((each for each in marks_of(row) if each.marker_id == by.id), None)
    if before is not None and before.levels == dict(sent.levels):
        return _result(row, rubric)
    check_may_mark(row, by=by, now=now)
    if row.taken_by_id != by.id:
        raise MayNotMark("You have given this back in the meantime. Take it again, then send your mark once more.")
    _check_complete(rubric, sent)
    given = PracticalMark(
        try_id=row.id,
        person_id=row.person_id,
        marker_id=by.id,
        round=row.round,
        levels={each.key: sent.levels[each.key] for each in rubric.criteria},
        passes=rules.passes(rubric, sent.levels),
        given_at=now,
    )
    db.session.add(given)
    db.session.flush()
    _keep_comments(row, given, sent, now=now)
    release(row)
    note("marked", row, by=by.id, now=now)
    result = _result(row, rubric)
    if result is not Result.WAITS:
        _decide(row, result, by=by, now=now)
    return result


def check_may_mark(row: PracticalTry, *, by: Person, now: datetime) -> None:
    """Refuse anybody who may not mark this work now. Every way to a mark asks here."""
    work = Work(
        learner_id=row.person_id,
        waits=row.state is TryState.WAITING,
        marked_by={each.marker_id for each in marks_of(row)},
        stood_aside=set(db.session.scalars(select(StoodAside.marker_id).where(StoodAside.person_id == row.person_id))),
        taken_by=row.taken_by_id,
        taken_until=row.taken_until,
    )
    hindrance = rules.hindrance(work, by.id, may_mark=may_mark(by.id, now), now=now)
    if hindrance is Hindrance.NO_MARKER:
        _require_marker(by, now)
    if hindrance is Hindrance.OWN:
        raise NotAboutYourself("Nobody marks their own work. Another marker will.")
    if hindrance is not None:
        raise MayNotMark(SENTENCES[hindrance])


def locked(try_id: int) -> PracticalTry:
    """A try that was handed in, locked with its learner; refuses an unknown one."""
    learner = db.session.scalar(select(PracticalTry.person_id).where(PracticalTry.id == try_id))
    if learner is None:
        raise NotFound("There is nothing there to mark.")
    db.lock_people([learner])
    return db.session.get_one(PracticalTry, try_id, with_for_update={"key_share": True}, populate_existing=True)


def marks_of(row: PracticalTry) -> list[PracticalMark]:
    """The marks that count, in the order in which they were given."""
    rows = db.session.scalars(
        select(PracticalMark)
        .where(PracticalMark.try_id == row.id, PracticalMark.round == row.round)
        .order_by(PracticalMark.id)
    )
    return list(rows)


def rubric_it_has(row: PracticalTry) -> Rubric:
    """What a try is marked by: as it was when it was handed in; refuses one that was taken back."""
    if row.rubric is None:
        raise MayNotMark(SENTENCES[Hindrance.DOES_NOT_WAIT])
    return Rubric.model_validate(row.rubric)


def rubric_of_try(try_id: int) -> Rubric:
    """The same by id, without the work itself; refuses what was never handed in."""
    row = db.session.get(PracticalTry, try_id)
    if row is None or row.rubric is None:
        raise NotFound("There is nothing there to mark.")
    return rubric_it_has(row)


def _require_marker(by: Person, now: datetime) -> None:
    if not may_mark(by.id, now):
        raise NotAllowed("Your account does not mark practicals. Trainers and assessors do.")


def _checked(meeting: Meeting | None, now: datetime) -> Meeting:
    if meeting is None:
        raise Invalid("Say when and where you meet; the learner is told.", field="day")
    where = one_line(meeting.where)
    if not where or len(where) > LONGEST_PLACE:
        raise Invalid(
            f"Say where you meet, or the address of the call, up to {LONGEST_PLACE} characters.", field="where"
        )
    if meeting.at <= now:
        raise Invalid("That time is past. Choose one to come.", field="time")
    if meeting.at > now + FURTHEST:
        raise Invalid(f"Choose a time within the next {FURTHEST.days} days.", field="day")
    return Meeting(meeting.at, where)


def _check_complete(rubric: Rubric, sent: SentMark) -> None:
    for each in rubric.criteria:
        level = sent.levels.get(each.key, 0)
        if not 1 <= level <= len(each.levels):
            raise Invalid(f"{each.title}: choose a level.", field=f"level-{each.key}")
        comment = sent.comments.get(each.key, "").strip()
        if not rules.meets(each, level) and not comment:
            raise Invalid(
                f"{each.title}: say what was missing, so that they can learn it.", field=f"comment-{each.key}"
            )
        if len(comment) > LONGEST_COMMENT:
            raise Invalid(
                f"{each.title}: please keep it under {LONGEST_COMMENT:,} characters.", field=f"comment-{each.key}"
            )
    if not sent.whole.strip() or len(sent.whole.strip()) > LONGEST_WHOLE:
        raise Invalid(
            f"Write a few words about the whole, up to {LONGEST_WHOLE:,} characters: what went well, and what to try.",
            field="whole",
        )


def _keep_comments(row: PracticalTry, given: PracticalMark, sent: SentMark, *, now: datetime) -> None:
    comments: dict[str | None, str] = {key: sent.comments.get(key, "").strip() for key in sent.levels}
    for criterion, text in {**comments, None: sent.whole.strip()}.items():
        if text:
            db.session.add(
                PracticalNote(
                    try_id=row.id,
                    mark_id=given.id,
                    criterion=criterion,
                    kind=NoteKind.COMMENT,
                    by_id=given.marker_id,
                    text=text,
                    written_at=now,
                )
            )


def _result(row: PracticalTry, rubric: Rubric) -> Result:
    return rules.result(rubric.markers, [each.passes for each in marks_of(row)])


def _decide(row: PracticalTry, result: Result, *, by: Person, now: datetime) -> None:
    row.state, row.decided_at = (TryState.PASSED if result is Result.PASSED else TryState.AGAIN), now
    queue.enqueue(
        PracticalMarked(try_id=row.id, round=row.round),
        to=row.person_id,
        once=f"practical-marked:{row.id}:{row.round}",
        now=now,
        deadline=now + SEND_WITHIN,
    )
    if result is Result.PASSED:
        record_pass(row, by=by.id, at=now, now=now)
        learner = db.session.get_one(Person, row.person_id)
        course, _newest = catalogue.course_of(version_of(row))
        progress = learning.progress_in(learner, course.code, now=now)
        if progress.enrolment.id == row.enrolment_id:
            learning.complete_unit(progress, row.unit, by=learner, now=now)
