"""How published seats change hands: each change of a rota is a numbered version, each move a permanent row.

Publishing, claiming, dropping and releasing all end here, so the history and the calendars cannot disagree.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import select

from app import audit, db
from app.refusals import Conflict, NotFound
from rota.store.ending_parts import end_parts_with_seat
from rota.store.models import Assignment, AssignmentChange, ChangeReason, Rota, RotaVersion, VersionKind
from rota.store.seats import refuse_withdrawn


class SeatHolderChanged(Conflict):
    """Somebody else has the seat than when the page was opened."""


def lock_rota(rota_id: int) -> Rota:
    """Lock a rota until the transaction ends, and reread it; a withdrawn one is refused. Lock people first."""
    rota = db.session.scalars(
        select(Rota).where(Rota.id == rota_id).with_for_update(key_share=True).execution_options(populate_existing=True)
    ).one_or_none()
    if rota is None:
        raise NotFound("There is no such rota.")
    refuse_withdrawn(rota)
    return rota


def new_version(
    rota: Rota,
    kind: VersionKind,
    *,
    by: int | None,
    now: datetime,
    line_for_everyone: str | None = None,
    details: dict[str, object] | None = None,
) -> RotaVersion:
    """Add the next version of a rota that `lock_rota` has locked, and its audit line."""
    rota.version += 1
    version = RotaVersion(
        rota_id=rota.id,
        number=rota.version,
        kind=kind,
        made_at=now,
        by_id=by,
        line_for_everyone=line_for_everyone,
    )
    db.session.add(version)
    db.session.flush()
    audit.record(
        f"rota.{kind}",
        by=by,
        subject=f"rota_version:{version.id}",
        now=now,
        details={"rota": rota.id, "number": version.number, **(details or {})},
    )
    return version


def current_assignments(seat_ids: Collection[int]) -> dict[int, Assignment]:
    """Return who has each of these seats now, by seat id, reread from the database."""
    rows = db.session.scalars(
        select(Assignment)
        .where(Assignment.seat_id.in_(seat_ids), Assignment.ended_at.is_(None))
        .execution_options(populate_existing=True)
    )
    return {row.seat_id: row for row in rows}


def reassign(
    seat_id: int,
    to_person_id: int | None,
    *,
    held: Assignment | None,
    version: RotaVersion,
    why: ChangeReason,
    overrides: Sequence[str] = (),
) -> AssignmentChange:
    """Give a seat to somebody or, with None, to nobody, as part of a version: by its author, at its time.

    `held` is the assignment that ends, from `current_assignments`. `overrides` are keys of the rules that somebody
    took responsibility for.
    """
    if held is not None:
        held.ended_at = version.made_at
        held.sequence += 1  # calendars keep the entry and mark it cancelled
        end_parts_with_seat(held, to_person_id, by=version.by_id, now=version.made_at)
    change = AssignmentChange(
        seat_id=seat_id,
        from_person_id=held.person_id if held else None,
        to_person_id=to_person_id,
        version_id=version.id,
        by_id=version.by_id,
        why=why,
        overrides=list(overrides),
        changed_at=version.made_at,
    )
    db.session.add(change)
    db.session.flush()  # the seat must be free first: a unique index allows one holder a seat
    if to_person_id is not None:
        given_at = version.made_at
        db.session.add(Assignment(seat_id=seat_id, person_id=to_person_id, version_id=version.id, given_at=given_at))
    return change
