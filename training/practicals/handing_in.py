"""The learner's side of a practical: writing, handing in, being ready for a conversation, and taking it back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select

from app import audit, clock, db, settings
from app.outbox import queue
from app.people.models import Person
from app.refusals import Conflict, Invalid, PageOutOfDate
from app.wording import day_in_words
from training import learning
from training.learning import CourseProgress
from training.pack_practical import Practical
from training.practicals import rules
from training.practicals.models import PracticalMark, PracticalTry, TryState
from training.practicals.notices import ConversationCalledOff
from training.practicals.rubrics import Rubric, rubrics_now

LONGEST_WISH = 500  # characters of when and how a conversation suits
SEND_WITHIN = timedelta(days=7)
OTHER_TEXT = (
    "You saved something else here since this page was opened, perhaps in another tab. All you typed is still in the "
    "box, and what was saved is below it. If you send it again now, this replaces it."
)
IN_ALREADY = "This was handed in from another page in the meantime, so nothing more was sent. Here is where it stands."


@dataclass(frozen=True, slots=True)
class SentWork:
    """Work as a form sent it: the enrolment, number of tries handed in and revision that its page showed."""

    enrolment_id: int
    handed_in: int
    revision: int
    text: str


@dataclass(frozen=True)
class Tries:
    """Where somebody stands in one practical."""

    rows: tuple[PracticalTry, ...]  # in their order
    opens_on: date | None  # when they may hand in again; None: now, or never needed

    @property
    def handed_in(self) -> list[PracticalTry]:
        """The tries that were handed in, in their order."""
        return [each for each in self.rows if each.state is not TryState.DRAFT]

    @property
    def draft(self) -> PracticalTry | None:
        """What is being written."""
        return next((each for each in self.rows if each.state is TryState.DRAFT), None)

    @property
    def waiting(self) -> PracticalTry | None:
        """What waits for its mark."""
        return next((each for each in self.rows if each.state is TryState.WAITING), None)


def rubric_of(unit: Practical, now: datetime) -> Rubric | None:
    """What the practical would be marked by if it were handed in today; None where its duty has no rubric."""
    return rubrics_now(now).rubrics.get(unit.duty)


def tries_at(progress: CourseProgress, unit: Practical, *, now: datetime) -> Tries:
    """All tries of this enrolment at the practical, and when the next may be handed in."""
    rows = db.session.scalars(
        select(PracticalTry)
        .where(PracticalTry.enrolment_id == progress.enrolment.id, PracticalTry.unit == unit.slug)
        .order_by(PracticalTry.number)
    ).all()
    zone = settings.current().zone
    decided = [each for each in rows if each.state is TryState.AGAIN]
    if not decided or any(each.state is TryState.WAITING for each in rows):
        return Tries(tuple(rows), None)
    last = decided[-1]
    assert last.decided_at is not None
    weeks = Rubric.model_validate(last.rubric).again_after_weeks
    opens_on = rules.may_try_again_on(clock.on(last.decided_at, zone), weeks)
    return Tries(tuple(rows), opens_on if opens_on > clock.on(now, zone) else None)


def save(code: str, slug: str, sent: SentWork, *, by: Person, now: datetime) -> None:
    """Keep a draft. Refuses a text that is too long, and a page that another save or handing in has overtaken."""
    progress, unit = _progress_of(code, slug, sent.enrolment_id, by=by, now=now)
    _keep(progress, unit, sent, now=now)


def hand_in(code: str, slug: str, sent: SentWork, *, by: Person, now: datetime) -> None:
    """Hand in what was written, or say that one is ready for a conversation.

    The same form sent twice hands in once. Refuses an empty text, one that is too long, a try before its day, a duty
    without a rubric, and a page that was overtaken.
    """
    progress, unit = _progress_of(code, slug, sent.enrolment_id, by=by, now=now)
    tries = tries_at(progress, unit, now=now)
    waiting, text = tries.waiting, _clean(unit, sent.text)
    if waiting is not None and len(tries.handed_in) == sent.handed_in + 1 and (waiting.text or "") == text:
        return  # the same form again
    if unit.is_written and not text:
        raise Invalid("Write something before you hand it in.", field="text")
    if tries.opens_on is not None:
        raise Conflict(f"You can hand in again from {day_in_words(tries.opens_on)}. What you wrote can be saved now.")
    rubric = rubric_of(unit, now)
    if rubric is None:
        raise Conflict("Nobody has written yet what this is marked by. Ask a trainer; what you wrote can be saved now.")
    row = _keep(progress, unit, sent, now=now)
    row.state, row.handed_in_at, row.rubric = TryState.WAITING, now, rubric.model_dump(mode="json")
    note("handed-in", row, by=by.id, now=now)


def take_back(code: str, slug: str, *, enrolment_id: int, by: Person, now: datetime) -> None:
    """Take back what waits for its mark, as a draft to go on with. A marker who was to meet the learner is told.

    Refuses what is marked meanwhile, what has a first mark, and written work that somebody has begun to mark. Asked
    twice, nothing changes.
    """
    progress, unit = _progress_of(code, slug, enrolment_id, by=by, now=now)
    tries = tries_at(progress, unit, now=now)
    if tries.draft is not None:
        return
    row = tries.waiting
    if row is None:
        raise PageOutOfDate("It has been marked in the meantime, so it stays. Here is what was said about it.")
    if row.round > 1 or has_marks(row):
        raise Conflict("Somebody has marked it already, so it cannot be taken back now.")
    is_taken = row.taken_by_id is not None and row.taken_until is not None and row.taken_until > now
    if is_taken and unit.is_written:
        raise Conflict("Somebody has just begun to mark it, so it cannot be taken back now. You will hear soon.")
    if is_taken and row.taken_by_id is not None:
        call_off(row, to=row.taken_by_id, by=by, now=now)
    row.state, row.handed_in_at, row.revision = TryState.DRAFT, None, row.revision + 1
    release(row)
    note("taken-back", row, by=by.id, now=now)


def has_marks(row: PracticalTry) -> bool:
    """Whether somebody has given a mark in this round."""
    marks = select(PracticalMark.id).where(PracticalMark.try_id == row.id, PracticalMark.round == row.round)
    return db.session.scalars(marks.limit(1)).first() is not None


def release(row: PracticalTry) -> None:
    """Give it back to everybody who may mark it."""
    row.taken_by_id = row.taken_until = row.meet_at = row.meet_where = None


def call_off(row: PracticalTry, *, to: int, by: Person, now: datetime) -> None:
    """Tell somebody that the other cannot meet them."""
    queue.enqueue(
        ConversationCalledOff(try_id=row.id, by_id=by.id),
        to=to,
        once=f"conversation-called-off:{row.id}:{row.round}:{now.timestamp()}:{to}",
        now=now,
        deadline=now + SEND_WITHIN,
    )


def note(what: str, row: PracticalTry, *, by: int, now: datetime) -> None:
    """Record in the audit trail what happened to a try, by codes."""
    details = {"learner": row.person_id, "unit": row.unit, "round": row.round}
    audit.record(f"training.practical-{what}", by=by, subject=f"practical_try:{row.id}", now=now, details=details)


def _progress_of(
    code: str, slug: str, enrolment_id: int, *, by: Person, now: datetime
) -> tuple[CourseProgress, Practical]:
    progress = learning.progress_shown(by, code, enrolment_id, now=now)
    unit = progress.unit(slug)
    if not isinstance(unit, Practical):
        raise Conflict("There is nothing to hand in in this step.")
    return progress, unit


def _clean(unit: Practical, typed: str) -> str:
    text = typed.replace("\r\n", "\n").strip()
    longest = unit.at_most if unit.is_written else LONGEST_WISH
    if len(text) > longest:
        raise Invalid(f"Please keep it under {longest:,} characters; it has {len(text):,} now.", field="text")
    return text


def _keep(progress: CourseProgress, unit: Practical, sent: SentWork, *, now: datetime) -> PracticalTry:
    if unit.slug in progress.done or not progress.is_open:
        raise PageOutOfDate("This step is done already, so nothing more is needed.")
    tries, text = tries_at(progress, unit, now=now), _clean(unit, sent.text)
    if len(tries.handed_in) != sent.handed_in or tries.waiting is not None:
        raise Conflict(IN_ALREADY)
    row = tries.draft
    if row is None:
        if sent.revision:
            raise Conflict(OTHER_TEXT)
        row = PracticalTry(
            enrolment_id=progress.enrolment.id,
            person_id=progress.enrolment.person_id,
            unit=unit.slug,
            number=len(tries.rows) + 1,
            state=TryState.DRAFT,
            round=1,
            text=text,
            revision=1,
            saved_at=now,
        )
        db.session.add(row)
        db.session.flush()
    elif (row.text or "") != text:
        if row.revision != sent.revision:
            raise Conflict(OTHER_TEXT)
        row.text, row.revision, row.saved_at = text, row.revision + 1, now
    return row
