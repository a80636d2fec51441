"""Shifts of a rota that are added to it or taken off it: in a rota not yet published they come and go without a trace.

On a published rota each change is a new version. A shift that is taken off it stays for the history of its seats, and
each person who had one is told, once. A shift that has begun is never taken off.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Select, delete, select, update

from app import audit, db
from app.outbox import queue
from app.refusals import Conflict, NotFound
from app.typed_text import name_line
from rota.notices import RotaWithdrawn, SeatsChanged
from rota.planning.channels import LONGEST_LABEL, channel, lock_channel
from rota.scheduling.cover_pattern import PlannedShift, overlap_too_long
from rota.store.assignments import current_assignments, lock_rota, new_version, reassign
from rota.store.draft_steps import DraftStepSeat
from rota.store.models import (
    ChangeReason,
    CoverLine,
    DraftChange,
    DraftTakenOff,
    Rota,
    RotaVersion,
    Seat,
    Shift,
    VersionKind,
)
from rota.store.one_off_shifts import OneOffShift
from rota.store.seats import SeatRow, between, seats_where


@dataclass(frozen=True)
class HeldShift:
    """A shift of a rota with what it needs and who has its published seats, for the page that may take it off."""

    seat: SeatRow
    """Any seat of it, for its channel and times."""
    holders: tuple[str, ...]
    is_by_hand: bool
    has_begun: bool


def with_holders(seats: Iterable[SeatRow], *, now: datetime) -> list[HeldShift]:
    """The shifts of these seats, in order of time, each with the people who have its published seats."""
    by_shift: dict[int, list[SeatRow]] = defaultdict(list)
    for seat in seats:
        by_shift[seat.shift_id].append(seat)
    by_hand = set(db.session.scalars(select(OneOffShift.shift_id).where(OneOffShift.shift_id.in_(by_shift))))
    return [
        HeldShift(
            of_shift[0],
            tuple(sorted({seat.holder for seat in of_shift if seat.holder is not None})),
            shift_id in by_hand,
            of_shift[0].starts_at <= now,
        )
        for shift_id, of_shift in by_shift.items()
    ]


def add_one_off(rota_id: int, channel_id: int, shift: PlannedShift, *, by: int, now: datetime) -> Shift:
    """Add a shift that no pattern asks for. On a published rota its seats are open at once, in a new version.

    Refuses one outside the days of the rota, one that has begun, one on days on which the channel is closed for good,
    and one beside another shift of the channel for longer than a handover takes.
    """
    of = channel(channel_id)
    lock_channel(of.id)
    rota = lock_rota(rota_id)
    if not rota.starts_on <= shift.day <= rota.ends_on:
        raise Conflict("That day is not one of this rota’s.", field="day")
    if shift.starts_at <= now:
        raise Conflict("That time has begun. Add a shift ahead.", field="day")
    if of.closes_on is not None and of.closes_on <= shift.day:
        raise Conflict(f"{of.name} is closed on that day. Open it again first.", field="channel")
    shift = replace(
        shift, label=name_line(shift.label, what="The name of a shift", longest=LONGEST_LABEL, field="label")
    )
    (row,) = add(rota, of.id, [shift])
    db.session.add(OneOffShift(shift_id=row.id, made_at=now, made_by_id=by))
    details: dict[str, object] = {"shift": row.id}
    audit.record("rota.shift-added", by=by, subject=f"rota:{rota.id}", now=now, details=details)
    if rota.is_published:
        new_version(rota, VersionKind.PUBLISHED, by=by, now=now, details=details)
    return row


def take_off_one(rota_id: int, shift_id: int, *, by: int, now: datetime) -> None:
    """Take one shift off a rota. On a published one everybody who had it is told; one that has begun is refused."""
    seats = [seat for seat in seats_where(Shift.id == shift_id) if seat.rota_id == rota_id]
    if not seats:
        raise NotFound("This shift is no longer on the rota.")
    db.lock_people({seat.person_id for seat in seats if seat.person_id is not None})
    rota = lock_rota(rota_id)
    version = None
    details: dict[str, object] = {"shift": shift_id}
    audit.record("rota.shift-taken-off", by=by, subject=f"rota:{rota.id}", now=now, details=details)
    if rota.is_published:
        version = new_version(rota, VersionKind.PUBLISHED, by=by, now=now, details=details)
    take_off(rota, [shift_id], version=version, now=now)


def add(rota: Rota, channel_id: int, shifts: Sequence[PlannedShift]) -> list[Shift]:
    """Add shifts with their seats to a rota. Refuses one that is beside another of the channel for too long."""
    refuse_overlap(channel_id, shifts)
    rows = [new_shift(rota, channel_id, each) for each in shifts]
    db.session.add_all(rows)
    db.session.flush()
    return rows


def take_off(rota: Rota, shift_ids: Collection[int], *, version: RotaVersion | None, now: datetime) -> None:
    """Take shifts off a rota that is locked, with the people on them: `version` is that of a published rota."""
    seats = seats_where(Shift.id.in_(shift_ids), Shift.rota_id == rota.id)
    if any(seat.starts_at <= now and seat.is_taken for seat in seats):
        raise Conflict("A shift has begun with somebody on it, so it stays.")
    if version is None:
        delete_shifts(select(Shift.id).where(Shift.id.in_(shift_ids), Shift.rota_id == rota.id))
        return
    forget_in_drafts([seat.id for seat in seats])
    empty_seats(seats, version, SeatsChanged, now=now)
    db.session.execute(update(Shift).where(Shift.id.in_(shift_ids), Shift.rota_id == rota.id).values(withdrawn_at=now))
    db.session.expire_all()


def delete_shifts(shift_ids: Select[int]) -> None:
    """Delete shifts that were never published, with their lines and seats and all that drafts say of them."""
    lines = select(CoverLine.id).where(CoverLine.shift_id.in_(shift_ids))
    forget_in_drafts(select(Seat.id).where(Seat.line_id.in_(lines)))
    ids = list(db.session.scalars(shift_ids))
    for statement in (
        delete(Seat).where(Seat.line_id.in_(lines)),
        delete(CoverLine).where(CoverLine.shift_id.in_(ids)),
        delete(OneOffShift).where(OneOffShift.shift_id.in_(ids)),
        delete(Shift).where(Shift.id.in_(ids)),
    ):
        db.session.execute(statement.execution_options(synchronize_session=False))
    db.session.expire_all()


def refuse_overlap(channel_id: int, shifts: Sequence[PlannedShift]) -> None:
    """Refuse shifts that are beside others of their channel for longer than a handover takes, naming their rota."""
    if not shifts:
        return
    first, last = min(each.starts_at for each in shifts), max(each.ends_at for each in shifts)
    rows = db.session.execute(
        select(Shift.starts_at, Shift.ends_at, Rota.title)
        .join(Rota, Rota.id == Shift.rota_id)
        .where(Shift.channel_id == channel_id, Shift.withdrawn_at.is_(None), *between(first, last))
    ).all()
    for starts_at, ends_at, title in rows:
        for each in shifts:
            if overlap_too_long((starts_at, ends_at), (each.starts_at, each.ends_at)):
                name = channel(channel_id).name
                raise ShiftsExist(
                    f"“{title}” has shifts on {name} at that time already. Choose another time, or put more people on "
                    "the shift that is there.",
                    field="starts_on",
                )


class ShiftsExist(Conflict):
    """Another shift of the channel is at that time, for longer than a handover takes."""


def new_shift(rota: Rota, channel_id: int, planned: PlannedShift) -> Shift:
    """A shift with its lines and empty seats, as it was planned."""
    shift = Shift(
        rota_id=rota.id,
        channel_id=channel_id,
        starts_at=planned.starts_at,
        ends_at=planned.ends_at,
        label=planned.label,
    )
    for need in planned.needs:
        line = CoverLine(duty=need.duty, minimum=need.minimum, wanted=need.wanted, most=need.most)
        line.seats = [Seat(number=number) for number in range(1, need.most + 1)]
        shift.lines.append(line)
    return shift


def forget_in_drafts(seat_ids: Select[int] | Collection[int]) -> None:
    """Take what drafts say of these seats out of them."""
    for table in (DraftTakenOff, DraftChange, DraftStepSeat):
        statement = delete(table).where(table.seat_id.in_(seat_ids))
        db.session.execute(statement.execution_options(synchronize_session=False))


def empty_seats(
    seats: Iterable[SeatRow], version: RotaVersion, notice: type[RotaWithdrawn | SeatsChanged], *, now: datetime
) -> None:
    """Take everybody off published seats, and tell each person once."""
    held = current_assignments([seat.id for seat in seats])
    last_end: dict[int, datetime] = defaultdict(lambda: now)
    for seat in seats:
        if seat.id in held:
            person_id = held[seat.id].person_id
            last_end[person_id] = max(last_end[person_id], seat.ends_at)
            reassign(seat.id, None, held=held[seat.id], version=version, why=ChangeReason.WITHDRAWN)
    for person_id, deadline in sorted(last_end.items()):
        queue.enqueue(
            notice(version_id=version.id),
            to=person_id,
            once=f"{notice.kind}:{version.id}:{person_id}",
            now=now,
            deadline=deadline,
        )
