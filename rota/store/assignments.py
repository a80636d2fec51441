"""How published seats change hands: every change of a rota is a numbered version, every move a row for good.

Publishing, claiming, dropping and releasing all end here, so the history and the calendars cannot disagree.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import select

from app import audit, db
from app.refusals import Conflict, NotFound
from rota.store.models import Assignment, AssignmentChange, Rota, RotaVersion, VersionKind, Why


class SeatMovedOn(Conflict):
    """The seat is not whose it was when the page was opened."""


def lock_rota(rota_id: int) -> Rota:
    """Hold a rota until the transaction ends, and read it anew. Lock the people concerned before this."""
    rota = db.session.scalars(
        select(Rota).where(Rota.id == rota_id).with_for_update().execution_options(populate_existing=True)
    ).one_or_none()
    if rota is None:
        raise NotFound("There is no such rota.")
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
    """Open the next version of a rota that `lock_rota` holds, and its audit line."""
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


def holders(seat_ids: Collection[int]) -> dict[int, Assignment]:
    """Who has each of these seats now, read from the database whatever was read before."""
    rows = db.session.scalars(
        select(Assignment)
        .where(Assignment.seat_id.in_(seat_ids), Assignment.ended_at.is_(None))
        .execution_options(populate_existing=True)
    )
    return {row.seat_id: row for row in rows}


def hand_over(
    seat_id: int,
    to_person_id: int | None,
    *,
    held: Assignment | None,
    version: RotaVersion,
    by: int | None,
    why: Why,
    now: datetime,
    overrides: Sequence[str] = (),
) -> AssignmentChange:
    """Pass a seat from its holder (`held`, from `holders`) to somebody or nobody, in this version."""
    if held is not None:
        held.ended_at = now
        held.sequence += 1  # calendars keep the entry and mark it cancelled
    change = AssignmentChange(
        seat_id=seat_id,
        from_person_id=held.person_id if held else None,
        to_person_id=to_person_id,
        version_id=version.id,
        by_id=by,
        why=why,
        overrides=list(overrides),
        changed_at=now,
    )
    db.session.add(change)
    db.session.flush()  # the seat must be free before it is given on: one holder a seat, says its index
    if to_person_id is not None:
        db.session.add(Assignment(seat_id=seat_id, person_id=to_person_id, version_id=version.id, given_at=now))
    return change
