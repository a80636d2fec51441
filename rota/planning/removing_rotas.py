"""Unmaking a rota: one that was never published is deleted, a published one is withdrawn, and people are told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select, update

from app import audit, db
from app.jobs.tasks import request_stop
from app.refusals import Conflict
from rota.notices import RotaWithdrawn
from rota.planning.shifts_of_rota import delete_shifts, empty_seats
from rota.store.assignments import lock_rota, new_version
from rota.store.models import (
    Draft,
    DraftState,
    Rota,
    RotaVersion,
    Shift,
    VersionKind,
)
from rota.store.seats import SeatRow, seats_of_rota


class IsPublished(Conflict):
    """A rota that was published cannot be deleted: people have seen it."""


class HasBegun(Conflict):
    """Somebody was on a shift of the rota that has begun, so it cannot be unmade."""


@dataclass(frozen=True)
class Removal:
    """What unmaking a rota would come to."""

    shifts: int
    people: int
    """How many people lose shifts by it, and are told."""
    has_begun: int
    """How many of its shifts have begun with somebody on them; where there are any, it cannot be unmade."""


def removal_of(rota: Rota, *, now: datetime) -> Removal:
    """Return what unmaking a rota would come to, for the page that asks."""
    seats = seats_of_rota(rota.id)
    return Removal(
        len({seat.shift_id for seat in seats}),
        len({seat.person_id for seat in seats if seat.person_id is not None}),
        len(_begun_with_people(seats, now)),
    )


def delete_rota(rota_id: int, *, by: int, now: datetime) -> None:
    """Delete a rota that was never published, with its shifts and drafts; nobody was ever told of it.

    A proposal that is being worked out for it is stopped. Refuses a rota that was published.
    """
    rota = lock_rota(rota_id)
    if rota.is_published:
        raise IsPublished("This rota is published, so people have seen their shifts. Withdraw it instead.")
    drafts = db.session.scalars(select(Draft).where(Draft.rota_id == rota.id).with_for_update(key_share=True)).all()
    for draft in drafts:
        if draft.task_id is not None:
            request_stop(draft.task_id)
    db.session.flush()
    delete_shifts(select(Shift.id).where(Shift.rota_id == rota.id))
    title, period = rota.title, f"{rota.starts_on.isoformat()}/{rota.ends_on.isoformat()}"
    for statement in (
        delete(Draft).where(Draft.rota_id == rota.id),
        delete(Rota).where(Rota.id == rota.id),
    ):
        db.session.execute(statement.execution_options(synchronize_session=False))
    db.session.expire_all()
    details = {"title": title, "period": period}
    audit.record("rota.deleted", by=by, subject=f"rota:{rota_id}", now=now, details=details)


def withdraw_rota(rota_id: int, *, by: int, now: datetime) -> RotaVersion:
    """Withdraw a published rota: nobody has a shift of it any more, and each person who had one is told, once.

    Its shifts make room for other rotas and stay for the history of their seats. Refuses a rota of which a shift has
    begun with somebody on it: that happened, and the rest is changed in a draft.
    """
    db.lock_people({seat.person_id for seat in seats_of_rota(rota_id) if seat.person_id is not None})
    rota = lock_rota(rota_id)
    if not rota.is_published:
        raise Conflict("This rota was never published, so there is nothing to withdraw. Delete it instead.")
    seats = seats_of_rota(rota_id)
    if begun := _begun_with_people(seats, now):
        raise HasBegun(
            f"{len(begun)} of its shifts have begun with people on them, so this rota stays."
            if len(begun) > 1
            else "A shift of it has begun with somebody on it, so this rota stays.",
            "Take people off the shifts ahead in a draft, and publish that.",
        )
    version = new_version(rota, VersionKind.WITHDRAWN, by=by, now=now)
    empty_seats(seats, version, RotaWithdrawn, now=now)
    db.session.execute(
        update(Draft).where(Draft.rota_id == rota.id, Draft.state == DraftState.OPEN).values(state=DraftState.DISCARDED)
    )
    db.session.execute(update(Shift).where(Shift.rota_id == rota.id).values(withdrawn_at=now))
    rota.withdrawn_at = now
    return version


def _begun_with_people(seats: Sequence[SeatRow], now: datetime) -> set[int]:
    return {seat.shift_id for seat in seats if seat.starts_at <= now and seat.is_taken}
