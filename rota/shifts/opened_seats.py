"""Tell those who can do something that seats became open: one event, one e-mail to each of them.

At once: everybody who plans, the people who are still on those shifts, and, if a shift is near (a policy says how
near: with more time, coordinators act by day), who is on call. The
people whom an open seat fits are asked by a job (`offers`), because looking for them takes a while.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta

from app import clock, settings
from app.outbox import queue
from app.outbox.notice import Notice
from app.outbox.policy import telling_now
from app.people.rights import people_who_may
from progression.duties import Duty
from rota.notices import ShiftDropped, ShiftShort
from rota.permissions import RotaPermission
from rota.store.models import Rota, RotaVersion, Shift
from rota.store.seat_parts import worked
from rota.store.seats import SeatRow, between, seats_where

GATHERED = timedelta(minutes=2)  # how long a sweep's e-mail waits for the rest of the sweep
SWEEP_TOLD_WITHIN = timedelta(days=84)  # as far ahead as a sweep looks; who plans hears only of what is still open


def tell_that_seats_opened(
    versions: Sequence[RotaVersion],
    seats: Sequence[SeatRow],
    *,
    now: datetime,
    but_not: int | None,
    told_already: Collection[int] = (),
    is_sweep: bool = False,
) -> None:
    """Queue the e-mails about seats that these versions, of one event, emptied; none to `but_not`, who had them, nor to
    those who are told of it by another e-mail.

    Nobody gets two: who plans reads of all seats, and of the others those on a shift come before those on call. In a
    sweep, which begins at `now` and takes seats person by person, who plans gets one e-mail about everybody.
    """
    version_ids = [version.id for version in versions]
    told = {but_not, *told_already}

    def tell(people: Iterable[int], notice: Notice, *, deadline: datetime) -> None:
        for person_id in sorted({*people} - told):
            told.add(person_id)
            once = f"{notice.kind}:{version_ids[0]}:{person_id}"
            queue.enqueue(notice, to=person_id, once=once, now=now, deadline=deadline)

    until = max(seat.ends_at for seat in seats)
    if is_sweep:
        those_who_plan = planners(now) - told
        _tell_once_a_sweep(those_who_plan, version_ids, now=now, until=until)
        told |= those_who_plan
    tell(planners(now), ShiftDropped(version_ids=version_ids), deadline=until)
    missed = [seat for seat in seats if seat.is_wanted and seat.duty.counts_as_cover]
    on_shifts = seats_where(Shift.id.in_({seat.shift_id for seat in missed}), Rota.version > 0)
    tell(_holders(worked(on_shifts)), ShiftShort(version_ids=version_ids), deadline=until)
    soon = now + timedelta(hours=telling_now(now).on_call_hours)
    near = [seat for seat in missed if seat.starts_at <= soon]
    if near:
        ends = max(seat.ends_at for seat in near)
        on_call = seats_where(Rota.version > 0, *between(now, ends))
        holders = _holders(seat for seat in worked(on_call) if seat.duty is Duty.ON_CALL)
        tell(holders, ShiftShort(version_ids=version_ids, is_on_call=True), deadline=ends)


def _tell_once_a_sweep(people: Collection[int], version_ids: Sequence[int], *, now: datetime, until: datetime) -> None:
    """Queue the e-mail about a sweep with the first of its changes; the later ones are in it when it is rendered.

    Where it went out before a later change, that change has an e-mail of its own: told apart rather than never.
    """
    sweep = ShiftDropped(version_ids=version_ids, swept_at=now.isoformat())
    for person_id in sorted(people):
        once = f"{sweep.kind}:swept:{now.isoformat()}:{person_id}"
        deadline, gathered = now + SWEEP_TOLD_WITHIN, now + GATHERED
        is_new = queue.enqueue(sweep, to=person_id, once=once, now=now, deadline=deadline, not_before=gathered)
        if not is_new and not queue.waits(once):
            apart = f"{sweep.kind}:{version_ids[0]}:{person_id}"
            queue.enqueue(ShiftDropped(version_ids=version_ids), to=person_id, once=apart, now=now, deadline=until)


def planners(now: datetime) -> set[int]:
    """The people who plan, today."""
    return {*people_who_may(RotaPermission.PLAN, on=clock.on(now, settings.current().zone))}


def _holders(seats: Iterable[SeatRow]) -> set[int]:
    return {seat.person_id for seat in seats if seat.person_id is not None}
