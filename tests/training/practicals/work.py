"""A course with practicals for tests, people who hand in, and people who mark."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from app import db, settings
from app.people.models import Person
from app.policies import documents
from tests.times import NOW
from tests.training.courses import COURSE, write_pack
from training import catalogue, learning, signing_keys
from training.pack_reader import read_pack
from training.practicals import handing_in, marking, rubrics
from training.practicals.handing_in import SentWork, Tries
from training.practicals.marking import SentMark
from training.practicals.models import PracticalTry
from training.practicals.rubrics import PracticalRubrics, Rubric
from training.practicals.rules import Result

WRITTEN = """\
kind: practical
slug: reply
title: A hard evening
minutes: 30
lead: Read the thread, then write what you would do.
task: |
  Moss has written **three times**. What do you write, and whom do you tell?
duty: moderator
way: written
at_most: 400
"""
CONVERSATION = """\
kind: practical
slug: talk
title: A voice at night
minutes: 30
lead: A marker plays somebody who rings at night.
task: Listen, and say what you would do.
duty: moderator
way: conversation
"""
UNITS = "  - reply.yaml\n  - talk.yaml\n"
TEXT = "I would ask Moss how tonight is, and tell the lead at once."


def pack_in(folder: Path, *, written: str = WRITTEN, units: str = UNITS) -> Path:
    """The small course with a written practical and a mock conversation."""
    write_pack(folder, course=COURSE + units)
    (folder / "reply.yaml").write_text(written)
    (folder / "talk.yaml").write_text(CONVERSATION)
    return folder


def install(folder: Path, *, written: str = WRITTEN, units: str = UNITS) -> None:
    """Install it, with a signing key ready."""
    with db.writing():
        catalogue.install(read_pack(pack_in(folder, written=written, units=units)), by=None, now=NOW)
    signing_keys.current(settings.current().keys, now=NOW)


def begin(person: Person) -> Person:
    """Let somebody begin the course, and do all of it but the practicals."""
    with db.writing():
        learning.start("kindness", by=person, now=NOW)
        progress = learning.progress_in(person, "kindness", now=NOW)
        for slug in ("why", "story", "quiz"):
            progress = learning.complete_unit(progress, slug, by=person, now=NOW)
    return person


def two_mark() -> None:
    """Write a rubric by which two people mark, from today on."""
    with db.writing():
        documents.write(
            "practical-rubrics", two_markers(), holds_from=NOW.date(), why="Two see more.", by=None, now=NOW
        )


def two_markers() -> dict[str, Any]:
    """The shipped rubrics, with two markers for moderators."""
    shipped: dict[str, Any] = documents.shipped(PracticalRubrics, rubrics.SHIPPED).model_dump(mode="json")
    shipped["rubrics"]["moderator"]["markers"] = 2
    return shipped


def sent(person: Person, text: str = TEXT, *, handed_in: int | None = None, revision: int | None = None) -> SentWork:
    """The form of the page as it is now."""
    tries = tries_of(person)
    draft = tries.draft.revision if tries.draft else 0
    work = SentWork(
        enrolment_of(person),
        len(tries.handed_in) if handed_in is None else handed_in,
        draft if revision is None else revision,
        text,
    )
    db.session.rollback()
    return work


def enrolment_of(person: Person) -> int:
    """The id of their latest enrolment."""
    return learning.progress_in(person, "kindness", now=NOW).enrolment.id


def tries_of(person: Person, slug: str = "reply", *, now: datetime = NOW) -> Tries:
    """Where somebody stands in a practical of the course."""
    progress = learning.progress_in(person, "kindness", now=NOW)
    return handing_in.tries_at(progress, progress.pack.unit(slug), now=now)  # type: ignore[arg-type]  # of the test's pack


def hand_in(person: Person, text: str = TEXT, *, slug: str = "reply", now: datetime = NOW) -> int:
    """Hand in, committed, and return the id of the try."""
    tries = tries_of(person, slug, now=now)
    work = SentWork(enrolment_of(person), len(tries.handed_in), tries.draft.revision if tries.draft else 0, text)
    db.session.rollback()
    with db.writing():
        handing_in.hand_in("kindness", slug, work, by=person, now=now)
    waiting = tries_of(person, slug, now=now).waiting
    assert waiting is not None
    try_id = waiting.id
    db.session.rollback()
    return try_id


def row_of(try_id: int) -> PracticalTry:
    """The try as the database has it now."""
    db.session.rollback()
    return db.session.get_one(PracticalTry, try_id, populate_existing=True)


def a_mark(rubric: Rubric, *, good: bool = True, round: int = 1, **levels: int) -> SentMark:
    """A mark with a level for everything; where it is not good, the first criterion is missed."""
    given = {each.key: each.passes_from for each in rubric.criteria} | levels
    if not good:
        given[rubric.criteria[0].key] = 1
    return SentMark(round, given, dict.fromkeys(given, "Seen."), "Thank you. Try to ask first.")


def mark(try_id: int, by: Person, *, good: bool = True, round: int = 1, now: datetime = NOW) -> Result:
    """Take written work and mark it, committed."""
    with db.writing():
        if row_taken_by(try_id) != by.id:
            marking.take(try_id, None, by=by, now=now)
    rubric = marking.rubric_of_try(try_id)
    db.session.rollback()
    with db.writing():
        return marking.mark(try_id, a_mark(rubric, good=good, round=round), by=by, now=now)


def row_taken_by(try_id: int) -> int | None:
    """Who has taken it."""
    return db.session.get_one(PracticalTry, try_id).taken_by_id
