"""Beginning the draft of a course, putting it away and bringing it back, and the list of all drafts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from app import db
from app.people.models import Person
from app.refusals import Conflict, Invalid
from training import catalogue
from training.authoring import drafts
from training.authoring.models import CourseDraft, DraftPart, PartKind
from training.authoring.pack_text import Text, texts_of, to_yaml, values_in
from training.models import Course, CourseVersion
from training.pack import Pack

DRAFTS_LOCK = 7_061_746_011  # number of the advisory lock held while a draft is begun or brought back; any fixed number
LONGEST_TITLE = 200
MOST_OPEN = 100
NO_CHANGE = Text(PartKind.CHANGE, to_yaml({"kind": "minor", "what": ""}))
"""What a next version begins with: it has yet to say what it changes."""


def begin_new(title: str, *, by: Person, now: datetime) -> CourseDraft:
    """Begin a course that is new, with a frame to fill. Refuses a title without words."""
    title = " ".join(title.split())
    if not title or len(title) > LONGEST_TITLE:
        raise Invalid(f"Give the course a title of at most {LONGEST_TITLE} characters.", field="title")
    taken = [*db.session.scalars(select(Course.code)), *(draft.code for draft in drafts.open_drafts())]
    code = drafts.slug_of(title, taken=taken)
    head = {"code": code, "title": title, "summary": "", "shows": "", "valid_for": {"months": 24, "source": ""}}
    return _begin(code, [Text(PartKind.COURSE, to_yaml(head))], base=None, by=by, now=now)


def begin_from_installed(code: str, *, by: Person, now: datetime) -> CourseDraft:
    """Begin the next version of an installed course; refuses one that somebody is writing already."""
    _course, version = catalogue.course_called(code)
    texts = [*texts_of(catalogue.pack_of(version), with_change=False), NO_CHANGE]
    return _begin(code, texts, base=version, by=by, now=now)


def begin_from_pack(pack: Pack, *, by: Person, now: datetime) -> CourseDraft:
    """Begin a draft with the content of a pack that was brought in."""
    texts = texts_of(pack, with_change=True)
    if pack.change is None and pack.code in catalogue.titles():
        texts.append(NO_CHANGE)
    return _begin(pack.code, texts, base=None, by=by, now=now)


def _begin(code: str, texts: Sequence[Text], *, base: CourseVersion | None, by: Person, now: datetime) -> CourseDraft:
    if len(drafts.open_drafts()) >= MOST_OPEN:
        raise Conflict(f"{MOST_OPEN} drafts are open, and no more can be. Put some away first.")
    values = {"code": code, "base_id": base.id if base else None, "begun_at": now, "begun_by_id": by.id}
    db.advisory_lock(DRAFTS_LOCK)
    _refuse_second(code)
    draft = CourseDraft(**values)
    db.session.add(draft)
    db.session.flush()
    for position, text in enumerate(texts):
        drafts.add_text(draft, text, None, position, by=by, now=now)
    db.session.flush()
    drafts.record("begun", draft, by=by, now=now)
    return draft


def _refuse_second(code: str) -> None:
    if any(each.code == code for each in drafts.open_drafts()):
        raise Conflict("Somebody is writing this course already. Open that draft, or put it away first.")


def put_away(draft_id: int, *, by: Person, now: datetime) -> CourseDraft:
    """Put a draft away: nobody writes in it until it is brought back. Nothing of it is lost."""
    draft = drafts.locked(draft_id)
    draft.put_away_at = now
    drafts.record("put-away", draft, by=by, now=now)
    return draft


def bring_back(draft_id: int, *, by: Person, now: datetime) -> CourseDraft:
    """Bring a draft back that was put away; refuses while another draft of the course is open."""
    db.advisory_lock(DRAFTS_LOCK)
    draft = drafts.draft_numbered(draft_id)
    if draft.put_away_at is not None:
        _refuse_second(draft.code)
        draft.put_away_at = None
        db.session.flush()
        drafts.record("brought-back", draft, by=by, now=now)
    return draft


@dataclass(frozen=True)
class Listed:
    """A draft in the list of all: what it is called, who began it, and when it was last written in."""

    draft: CourseDraft
    title: str
    begun_by: str
    saved_at: datetime


def listed() -> list[Listed]:
    """The drafts that are open or put away, the one written last first. Every author sees all of them."""
    head = aliased(DraftPart)
    last = select(DraftPart.draft_id, func.max(DraftPart.saved_at).label("at")).group_by(DraftPart.draft_id).subquery()
    query = (
        select(CourseDraft, Person.display_name, head.text, last.c.at)
        .join(Person, Person.id == CourseDraft.begun_by_id)
        .join(head, (head.draft_id == CourseDraft.id) & (head.kind == PartKind.COURSE))
        .join(last, last.c.draft_id == CourseDraft.id)
        .where(CourseDraft.published_at.is_(None))
        .order_by(last.c.at.desc())
        .limit(drafts.MOST_LISTED)
    )
    return [
        Listed(row.CourseDraft, str(values_in(PartKind.COURSE, row.text).get("title", "")), row.display_name, row.at)
        for row in db.session.execute(query)
    ]
