"""The working copy of the pathway: begun from the last version, changed a step at a time, kept as a version or let go.

There is one for everybody who may write policies. Somebody who sends a form from a page that somebody else's change has
overtaken is told, and neither loses anything.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import delete, select

from app import audit, db
from app.people.models import Person
from app.policies import documents, drafts, versions
from app.policies.documents import PolicyVersion
from app.policies.drafts import PolicyDraft
from app.policies.plain_data import plain
from app.refusals import Conflict, NotFound
from progression.changing.models import PathwayCopy
from progression.pathway import Pathway

PATHWAY = "pathway"
ONE = 1  # the id of the only copy


@dataclass(frozen=True, slots=True)
class Copy:
    """The working copy as it is saved; `based_on` is the id of the latest version when it was begun."""

    pathway: Pathway
    revision: int
    based_on: int
    begun_at: datetime
    saved_at: datetime
    saved_by: str


class ChangedMeanwhile(Conflict):
    """Somebody else changed the working copy after the page was opened."""


class NoCopy(NotFound):
    """Nobody is changing the pathway now."""

    def __init__(self) -> None:
        super().__init__("Nobody is changing the pathway now. What was changed has been kept as a version, or let go.")


def present() -> Copy | None:
    """The working copy; None where nobody is changing the pathway."""
    row = db.session.execute(
        select(PathwayCopy, Person.display_name).join(Person, Person.id == PathwayCopy.saved_by_id)
    ).one_or_none()
    return None if row is None else _copy(*row)


def shown() -> Copy:
    """The same for a page about it; refuses where there is none."""
    copy = present()
    if copy is None:
        raise NoCopy
    return copy


def begin(*, by: Person, today: date, now: datetime) -> None:
    """Begin a working copy from the last version, also one still to come. Where there is one, nothing changes."""
    kind = versions.kind_named(PATHWAY)
    document = documents.on(Pathway, versions.last_first_day(kind, today))
    values = {
        "id": ONE,
        "document": plain(document),
        "based_on": versions.latest_id(kind),
        "revision": 1,
        "begun_at": now,
        "saved_at": now,
        "saved_by_id": by.id,
    }
    if db.insert_or_ignore(PathwayCopy, values, key=("id",)):
        _note("begun", 1, by=by, now=now)


def change(edit: Callable[[Pathway], Pathway], *, seen: int, by: Person, now: datetime) -> Copy:
    """Change the working copy. The same change sent twice changes it once.

    `seen` is the revision that the page showed. Refuses what the edit refuses, and with `ChangedMeanwhile` a page that
    somebody else's change has overtaken.
    """
    row = _locked()
    before = Pathway.model_validate(row.document)
    if row.revision != seen:
        raise ChangedMeanwhile(
            f"{db.session.get_one(Person, row.saved_by_id).display_name} changed the pathway while this page was open, "
            "so nothing was saved over it. What you typed is still here. Look at the pathway as it is now, and save "
            "again if yours is still right."
        )
    after = edit(before)
    if after != before:
        row.document, row.revision = plain(after), row.revision + 1
        row.saved_at, row.saved_by_id = now, by.id
        db.session.flush()
        _note("changed", row.revision, by=by, now=now)
    return _copy(row, db.session.get_one(Person, row.saved_by_id).display_name)


def let_go(*, seen: int, by: Person, now: datetime) -> None:
    """Delete the working copy; the pathway stays as it is. Refuses a page that somebody's change has overtaken."""
    row = _locked()
    if row.revision != seen:
        raise ChangedMeanwhile("Somebody changed the pathway while this page was open. Look at it first.")
    _delete()
    _note("let-go", row.revision, by=by, now=now)


def keep(draft: PolicyDraft, *, seen: int, by: Person, today: date, now: datetime) -> PolicyVersion:
    """Keep the working copy as a version of the policy. Refuses what `drafts.save` refuses, and an older revision."""
    row = _locked()
    if row.revision != seen:
        raise ChangedMeanwhile("Somebody changed the pathway while this page was open. Look again at what it would do.")
    version = drafts.save(draft, by=by.id, today=today, now=now)
    _delete()
    return version


def _locked() -> PathwayCopy:
    row = db.session.scalar(
        select(PathwayCopy).with_for_update(key_share=True).execution_options(populate_existing=True)
    )
    if row is None:
        raise NoCopy
    return row


def _delete() -> None:
    db.session.execute(delete(PathwayCopy).execution_options(synchronize_session=False))


def _copy(row: PathwayCopy, saved_by: str) -> Copy:
    pathway = Pathway.model_validate(row.document)
    return Copy(pathway, row.revision, row.based_on, row.begun_at, row.saved_at, saved_by)


def _note(what: str, revision: int, *, by: Person, now: datetime) -> None:
    audit.record(
        f"progression.pathway-copy-{what}",
        by=by.id,
        subject=f"pathway_copy:{ONE}",
        now=now,
        details={"revision": revision},
    )
