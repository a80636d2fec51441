"""Copying a rota: the same channels and as many days, whole weeks later, with the shifts that were added by hand.

The shifts of the pattern are those that channels ask for on the new days, so that bank holidays and closures hold.
Nobody is on the copy, unless the same people are asked for: then each who may have the same seat on the new days,
without a rule set aside, has it in the draft, and the other seats are left to a proposal.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from app import clock, db, settings
from app.refusals import Invalid
from rota.planning.drafts import Objections, new_change, open_draft
from rota.planning.new_rota import make_rota
from rota.planning.shifts_of_rota import add_one_off
from rota.scheduling.cover_pattern import Need, PlannedShift, instant
from rota.scheduling.roster import Seating
from rota.scheduling.rules.base import Breach
from rota.scheduling.rules.book import check_assignment
from rota.store.draft_board import draft_board, get_board
from rota.store.draft_steps import StepKind, recorded
from rota.store.models import ChangeReason, CoverLine, Rota, Shift
from rota.store.one_off_shifts import OneOffShift
from rota.store.seats import SeatRow, get_rota
from rota.store.snapshot import take_snapshot


def copy_rota(rota_id: int, title: str, starts_on: date, *, by: int, now: datetime) -> Rota:
    """Make a rota like another one, from a day that is whole weeks later. Refuses any other day."""
    rota = get_rota(rota_id)
    by_days = starts_on - rota.starts_on
    if by_days <= timedelta(0) or by_days.days % 7:
        raise Invalid(
            f"Choose a day whole weeks after {rota.starts_on.day} {rota.starts_on:%B}, so that each day stays the same "
            "day of the week.",
            field="starts_on",
        )
    channels = select(Shift.channel_id).where(Shift.rota_id == rota.id, Shift.withdrawn_at.is_(None)).distinct()
    ids = sorted(db.session.scalars(channels))
    copy = make_rota(title, starts_on, rota.ends_on + by_days, ids, by=by, now=now)
    zone = settings.current().zone
    for shift in _by_hand(rota):
        add_one_off(copy.id, shift.channel_id, _later(shift, by_days, zone), by=by, now=now)
    return copy


def take_people_along(rota_id: int, copy: Rota, *, by: int, now: datetime) -> int:
    """Give the seats of a copy to those who have the same ones in the rota it was made from; return how many got one.

    One step of the copy's draft, which undoing takes back. Nobody is given a seat that breaks a rule.
    """
    zone = settings.current().zone
    draft = open_draft(copy, by=by, now=now)
    board, before = draft_board(copy), get_board(rota_id)
    by_days = copy.starts_on - before.rota.starts_on
    had = {_place(seat, zone, by_days): holder for seat in before.seats if (holder := before.holder(seat)) is not None}
    snapshot = take_snapshot(board, now=now, only=set(had.values()))
    roster, plan, given = snapshot.roster, snapshot.plan, 0
    with recorded(draft, StepKind.ASSIGNED, by=by, now=now):
        for seat in board.seats:
            person = roster.person_by_id.get(had.get(_place(seat, zone), 0))
            if person is None or seat.starts_at <= now:
                continue
            if _stops(check_assignment(roster, plan, person, roster.shift_by_id[seat.shift_id], seat.duty)):
                continue
            plan = plan.adding(Seating(seat.shift_id, seat.duty, person.id))
            db.session.add(new_change(draft, seat, person.id, by=by, why=ChangeReason.BY_HAND, now=now))
            given += 1
    return given


def _place(seat: SeatRow, zone: ZoneInfo, later: timedelta = timedelta(0)) -> tuple[object, ...]:
    """Where a seat is by the clock on the wall, so many days later."""
    starts, ends = (each.astimezone(zone).replace(tzinfo=None) + later for each in (seat.starts_at, seat.ends_at))
    return seat.channel_id, starts, ends, seat.duty, seat.number


def _stops(breaches: Sequence[Breach]) -> bool:
    objections = Objections.of(breaches)
    return bool(objections.never or objections.with_reason)


def _by_hand(rota: Rota) -> list[Shift]:
    return list(
        db.session.scalars(
            select(Shift)
            .join(OneOffShift, OneOffShift.shift_id == Shift.id)
            .where(Shift.rota_id == rota.id, Shift.withdrawn_at.is_(None))
            .options(selectinload(Shift.lines).selectinload(CoverLine.seats))
            .order_by(Shift.starts_at)
        )
    )


def _later(shift: Shift, by_days: timedelta, zone: ZoneInfo) -> PlannedShift:
    """The shift on the same clock, days later."""
    starts, ends = shift.starts_at.astimezone(zone), shift.ends_at.astimezone(zone)
    day = clock.on(shift.starts_at, zone) + by_days
    needs = tuple(Need(line.duty, line.minimum, line.wanted, line.most) for line in shift.lines)
    times = instant(day, starts.time(), zone), instant(ends.date() + by_days, ends.time(), zone)
    return PlannedShift(day, *times, shift.label, needs)
