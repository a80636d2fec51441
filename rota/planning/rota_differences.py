"""How far the rotas that are made differ from what a channel's pattern and special days ask for now.

A rota keeps its shifts when a pattern changes. Here is said what the change would add to it and take from it, and it is
done for one rota at a time, when somebody who has read the list confirms it. Shifts added by hand are left alone, and
so are shifts that have begun.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, select

from app import audit, clock, db, settings
from app.refusals import Conflict, PageOutOfDate
from rota.planning.channels import channel, lock_channel, patterns_of, planned
from rota.planning.shifts_of_rota import add, delete_shifts, forget_in_drafts, take_off
from rota.scheduling.cover_pattern import Need, PlannedShift
from rota.store.assignments import lock_rota, new_version
from rota.store.models import Channel, CoverLine, Draft, DraftChange, DraftState, Rota, Seat, Shift, VersionKind
from rota.store.one_off_shifts import OneOffShift
from rota.store.seats import SeatRow, seats_where

Time = tuple[datetime, datetime]


@dataclass(frozen=True)
class RotaShift:
    """A shift of a rota, with who has a seat of it: as published, or as the draft has it."""

    id: int
    starts_at: datetime
    ends_at: datetime
    label: str
    needs: tuple[Need, ...]
    held: int
    holders: tuple[str, ...]
    """Of a published rota, the people who have its seats, by name."""


@dataclass(frozen=True)
class SameOnDays:
    """Shifts of several days that are added or changed in the same way, the first one first."""

    shifts: tuple[PlannedShift, ...]
    was: tuple[Need, ...]
    """Who was needed before; nobody, where the shifts are added."""

    @property
    def first(self) -> PlannedShift:
        """The earliest of them."""
        return self.shifts[0]


@dataclass(frozen=True)
class Difference:
    """What a rota would gain and lose if it followed the pattern as it is now.

    `changed` are shifts that stay and need other people or have another name. Who has a published seat keeps it.
    """

    rota: Rota
    added: tuple[PlannedShift, ...]
    removed: tuple[RotaShift, ...]
    changed: tuple[tuple[RotaShift, PlannedShift], ...]

    @property
    def added_together(self) -> list[SameOnDays]:
        """What is added, shifts of the same time of day, name and need together."""
        return _together([((), each) for each in self.added])

    @property
    def changed_together(self) -> list[SameOnDays]:
        """What is changed, shifts that change in the same way together."""
        return _together([(old.needs, new) for old, new in self.changed])

    @property
    def people(self) -> list[str]:
        """Who loses a published shift, by name."""
        return sorted({name for each in self.removed for name in each.holders})

    @property
    def held(self) -> int:
        """How many seats that somebody has go with the shifts."""
        return sum(each.held for each in self.removed)

    @property
    def mark(self) -> str:
        """Equal for two differences that say the same: 16 hexadecimal digits."""
        added = [(each.starts_at, each.ends_at, each.label, each.needs) for each in self.added]
        removed = [(each.id, each.holders) for each in self.removed]
        changed = [(old.id, new.label, new.needs) for old, new in self.changed]
        return hashlib.sha256(repr((self.rota.id, added, removed, changed)).encode()).hexdigest()[:16]


def _together(changes: Sequence[tuple[tuple[Need, ...], PlannedShift]]) -> list[SameOnDays]:
    zone = settings.current().zone
    groups: dict[object, tuple[tuple[Need, ...], list[PlannedShift]]] = {}
    for was, shift in changes:
        hours = tuple(each.astimezone(zone).time() for each in (shift.starts_at, shift.ends_at))
        groups.setdefault((hours, shift.label, was, shift.needs), (was, []))[1].append(shift)
    return [SameOnDays(tuple(shifts), was) for was, shifts in groups.values()]


def differences(of: Channel, *, now: datetime) -> list[Difference]:
    """The rotas not yet over that differ from what the channel asks for now, the earliest first."""
    today = clock.on(now, settings.current().zone)
    rotas = db.session.scalars(
        select(Rota)
        .where(Rota.id.in_(select(Shift.rota_id).where(Shift.channel_id == of.id, Shift.withdrawn_at.is_(None))))
        .where(Rota.ends_on >= today, Rota.withdrawn_at.is_(None))
        .order_by(Rota.starts_on, Rota.id)
    ).all()
    found = _differences(rotas, of, today=today, now=now)
    return [each for each in found if each.added or each.removed or each.changed]


def after(message: str, of: Channel, *, now: datetime) -> tuple[str, bool]:
    """What to say after a change of a channel's needs, and whether there are rotas to decide on."""
    if differences(of, now=now):
        return f"{message} Rotas that are made keep their shifts until you decide here.", True
    return message, False


def apply_to_draft(channel_id: int, rota_id: int, *, seen: str, by: int, now: datetime) -> None:
    """Let a rota that was never published follow the pattern as it is now. Nobody is told.

    `seen` is the mark of the list that was read: refuses if it says something else by now.
    """
    of, difference = _locked(channel_id, rota_id, seen=seen, now=now)
    if difference.rota.is_published:
        raise Conflict("This rota is published meanwhile. Look at what changes for people, then decide.")
    delete_shifts(select(Shift.id).where(Shift.id.in_([each.id for each in difference.removed])))
    for old, new in difference.changed:
        _change(old.id, new)
    add(difference.rota, of.id, difference.added)
    _record(of, difference, by=by, now=now)


def apply_to_published(channel_id: int, rota_id: int, *, seen: str, by: int, now: datetime) -> None:
    """The same for a published rota, as a new version: shifts that are no longer needed are taken off it.

    Everybody who had a seat of one is told, once. New shifts and seats are open at once. Where a shift that stays needs
    fewer people, nobody is taken off it: the seats above the new number are no longer wanted.
    """
    held = seats_where(Shift.rota_id == rota_id, Shift.channel_id == channel_id)
    db.lock_people({seat.person_id for seat in held if seat.person_id is not None})
    of, difference = _locked(channel_id, rota_id, seen=seen, now=now)
    if not difference.rota.is_published:
        raise Conflict("This rota is not published. Nobody needs to be told.")
    version = new_version(
        difference.rota,
        VersionKind.PUBLISHED,
        by=by,
        now=now,
        details={"channel": of.id, "added": len(difference.added), "removed": len(difference.removed)},
    )
    take_off(difference.rota, [each.id for each in difference.removed], version=version, now=now)
    for old, new in difference.changed:
        _change(old.id, new, keeping_seats=True)
    add(difference.rota, of.id, difference.added)
    _record(of, difference, by=by, now=now)


def _locked(channel_id: int, rota_id: int, *, seen: str, now: datetime) -> tuple[Channel, Difference]:
    of = lock_channel(channel(channel_id).id)
    rota = lock_rota(rota_id)
    (difference,) = _differences([rota], of, today=clock.on(now, settings.current().zone), now=now)
    if difference.mark != seen:
        raise PageOutOfDate("The rota or the pattern has changed since you read the list. Here it is as it is now.")
    return of, difference


def _record(of: Channel, difference: Difference, *, by: int, now: datetime) -> None:
    counts = {"added": len(difference.added), "removed": len(difference.removed), "changed": len(difference.changed)}
    subject = f"rota:{difference.rota.id}"
    audit.record("rota.followed-pattern", by=by, subject=subject, now=now, details={"channel": of.id, **counts})


def _differences(rotas: Sequence[Rota], of: Channel, *, today: date, now: datetime) -> list[Difference]:
    """The difference of each of these rotas; the number of queries does not grow with theirs."""
    if not rotas:
        return []
    first, last = max(min(rota.starts_on for rota in rotas), today), max(rota.ends_on for rota in rotas)
    wanted = [each for each in planned(of, patterns_of([of.id])[of.id], first, last) if each.starts_at > now]
    shifts, by_hand = _shifts(rotas, of, now=now), _by_hand(rotas, of)
    return [
        _difference(
            rota,
            {(each.starts_at, each.ends_at): each for each in wanted if rota.starts_on <= each.day <= rota.ends_on},
            {(each.starts_at, each.ends_at): each for each in shifts[rota.id]},
            by_hand[rota.id],
        )
        for rota in rotas
    ]


def _difference(
    rota: Rota, wanted: Mapping[Time, PlannedShift], shifts: Mapping[Time, RotaShift], by_hand: Collection[Time]
) -> Difference:
    changed = [
        (shifts[when], new)
        for when, new in wanted.items()
        if when in shifts and _asks_else(shifts[when], new, is_published=rota.is_published)
    ]
    return Difference(
        rota,
        tuple(new for when, new in wanted.items() if when not in shifts and when not in by_hand),
        tuple(old for when, old in shifts.items() if when not in wanted),
        tuple(changed),
    )


def _asks_else(old: RotaShift, new: PlannedShift, *, is_published: bool) -> bool:
    """Whether a shift that stays has another name or needs other people; a published one may have seats beyond that."""
    if not is_published:
        return (old.label, set(old.needs)) != (new.label, set(new.needs))
    had = {need.duty: need for need in old.needs}
    return (
        old.label != new.label
        or {each.duty: each.wanted for each in old.needs if each.wanted}
        != {each.duty: each.wanted for each in new.needs if each.wanted}
        or any(
            each.duty not in had or each.minimum != had[each.duty].minimum or each.most > had[each.duty].most
            for each in new.needs
        )
    )


def _by_hand(rotas: Sequence[Rota], of: Channel) -> Mapping[int, set[Time]]:
    """The times of the shifts that were added by hand, by rota id."""
    rows = db.session.execute(
        select(Shift.rota_id, Shift.starts_at, Shift.ends_at)
        .join(OneOffShift, OneOffShift.shift_id == Shift.id)
        .where(Shift.rota_id.in_([rota.id for rota in rotas]))
        .where(Shift.channel_id == of.id, Shift.withdrawn_at.is_(None))
    )
    times: dict[int, set[Time]] = defaultdict(set)
    for row in rows:
        times[row.rota_id].add((row.starts_at, row.ends_at))
    return times


def _shifts(rotas: Sequence[Rota], of: Channel, *, now: datetime) -> Mapping[int, list[RotaShift]]:
    """The shifts ahead that a pattern asked for, and once the channel is closed any, in order of time, by rota id."""
    asked_for: ColumnElement[bool] = Shift.id.not_in(select(OneOffShift.shift_id))
    if of.closes_on is not None:
        asked_for |= Shift.starts_at >= clock.starts(of.closes_on, settings.current().zone)
    by_shift: dict[int, list[SeatRow]] = defaultdict(list)
    in_rotas = Shift.rota_id.in_([rota.id for rota in rotas])
    for seat in seats_where(in_rotas, Shift.channel_id == of.id, Shift.starts_at > now, asked_for):
        by_shift[seat.shift_id].append(seat)
    drafted = _drafted([rota for rota in rotas if not rota.is_published])
    shifts: dict[int, list[RotaShift]] = defaultdict(list)
    for seats in by_shift.values():
        shifts[seats[0].rota_id].append(_plain(seats, drafted))
    return shifts


def _drafted(rotas: Sequence[Rota]) -> dict[int, int]:
    """Who has which seat in the open drafts of these rotas."""
    rows: Any = db.session.execute(
        select(DraftChange.seat_id, DraftChange.to_person_id)
        .join(Draft, Draft.id == DraftChange.draft_id)
        .where(Draft.rota_id.in_([rota.id for rota in rotas]))
        .where(Draft.state == DraftState.OPEN, DraftChange.to_person_id.is_not(None))
    )
    return {row.seat_id: row.to_person_id for row in rows}


def _plain(seats: Sequence[SeatRow], drafted: dict[int, int]) -> RotaShift:
    first = seats[0]
    needs = {seat.duty: Need(seat.duty, seat.minimum, seat.wanted, seat.most) for seat in seats}
    holders = tuple(sorted({seat.holder for seat in seats if seat.holder is not None}))
    held = sum(seat.is_taken or seat.id in drafted for seat in seats)
    return RotaShift(first.shift_id, first.starts_at, first.ends_at, first.label, tuple(needs.values()), held, holders)


def _change(shift_id: int, new: PlannedShift, *, keeping_seats: bool = False) -> None:
    """Give a shift other people needed and another name; seats that stay keep their people.

    With `keeping_seats` all of them stay, because the history of a published rota names them.
    """
    shift = db.session.get_one(Shift, shift_id)
    shift.label = new.label
    lines = {line.duty: line for line in shift.lines}
    for need in new.needs:
        line = lines.pop(need.duty, None)
        if line is None:
            line = CoverLine(duty=need.duty, minimum=need.minimum, wanted=need.wanted, most=need.most)
            shift.lines.append(line)
        most = max(need.most, len(line.seats)) if keeping_seats else need.most
        line.minimum, line.wanted, line.most = need.minimum, need.wanted, most
        for number in range(len(line.seats) + 1, most + 1):
            line.seats.append(Seat(number=number))
        _drop([seat for seat in line.seats if seat.number > most])
    for line in lines.values():
        if keeping_seats:
            line.minimum = line.wanted = 0
            continue
        _drop(line.seats)
        db.session.flush()
        db.session.delete(line)
    db.session.flush()


def _drop(seats: Sequence[Seat]) -> None:
    """Take seats out of a shift that was never published, with what drafts say of them."""
    forget_in_drafts([seat.id for seat in seats])
    for seat in list(seats):
        db.session.delete(seat)
