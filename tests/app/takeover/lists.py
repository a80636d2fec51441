"""Lists of people for the tests of taking a team over, and the steps that many of them begin with."""

from __future__ import annotations

from collections.abc import Sequence

from app import db
from app.jobs import tasks
from app.people.models import Person
from app.takeover import batches, taking, workbook
from app.takeover.models import TakeoverBatch
from app.takeover.parts import Reading
from app.takeover.preview import Preview, Row, preview
from app.takeover.taking import Seen
from tests.times import NOW

TODAY = NOW.date()
HEADINGS = "Nickname,E-mail,Roles"
TEAM = (
    "Plover,plover@example.org,lead",
    "Alder,,",
    "Bryony,plover@example.org,",
    "Yarrow,yarrow@example.org,",
)


def text(rows: Sequence[str] = TEAM, headings: str = HEADINGS) -> bytes:
    """A file with these rows."""
    return "\n".join((headings, *rows)).encode()


def brought(by: Person, rows: Sequence[str] = TEAM, headings: str = HEADINGS) -> int:
    """Bring a list; return the id of its batch."""
    book = workbook.read(text(rows, headings), "team.csv")
    with db.writing():
        return batches.open_batch("team.csv", book, by=by.id, now=NOW).id


def batch_of(batch_id: int) -> TakeoverBatch:
    """The batch as the database has it now."""
    db.session.rollback()
    return batches.find(batch_id)


def shown(batch_id: int, by: Person) -> Preview:
    """The preview that the page would show."""
    file = batches.read(batch_of(batch_id), NOW)
    return preview(file, batches.parts(), Reading(NOW, TODAY, by))


def row(batch_id: int, by: Person, line: int) -> Row:
    """One row of the preview."""
    return next(each for each in shown(batch_id, by).rows if each.line == line)


def change(batch_id: int, changes: batches.Change) -> None:
    """Choose and type something on the page of a list."""
    with db.writing():
        batches.change(batch_id, changes, revision=batches.find(batch_id).revision, now=NOW)


def take_in(batch_id: int, by: Person) -> Preview:
    """Take in who can come in, as the page shows it now."""
    seen = Seen(batch_of(batch_id).revision, shown(batch_id, by).mark)
    with db.writing():
        return taking.take_in(batch_id, seen, by=by, today=TODAY, now=NOW)


def taken_in(by: Person, rows: Sequence[str] = TEAM, headings: str = HEADINGS) -> int:
    """Bring a list and take in who can come in; return the id of its batch."""
    batch_id = brought(by, rows, headings)
    take_in(batch_id, by)
    return batch_id


def work() -> None:
    """Do what waits for a worker."""
    db.session.rollback()
    while tasks.run_next() is not None:
        pass
