"""A person's own shifts and the open ones: looking at one, giving one back, taking one."""

from __future__ import annotations

from flask import flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app import clock, day_bounds, db
from app.pages import asked
from app.permissions import current_person, may, signed_in
from progression.observing import on_shift
from progression.permissions import ProgressionPermission
from rota.duty.on_duty import BEFORE_A_SHIFT, on_call_for
from rota.exchanges import parts
from rota.exchanges.models import SeatChange
from rota.exchanges.policy import rules_now
from rota.exchanges.reading import asked_by, asked_of_and_by
from rota.permissions import RotaPermission
from rota.planning.override_reasons import reasons_of_shift
from rota.shifts import claims_and_drops, my_shifts
from rota.shifts.calendar_feed import feed_of
from rota.shifts.month_calendar import month_calendar
from rota.store.removal_reasons import shifts_taken_from
from rota.views.blueprint import bp


@bp.get("/shifts")
@signed_in
def shifts() -> ResponseReturnValue:
    person, zone = current_person(), my_shifts.zone_of(current_person())
    day = asked.day("month", day_bounds.PLANS) or clock.on(g.now, zone)
    open_shifts = claims_and_drops.open_shifts_for(person, now=g.now)
    offered_parts = parts.parts_offered_to(person, now=g.now)
    asked_of_me, asked_by_me = asked_of_and_by(person.id, now=g.now)
    return render_template(
        "rota/shifts.html",
        coming=my_shifts.upcoming(person.id, now=g.now),
        open_shifts=open_shifts,
        offered_parts=offered_parts,
        calendar=month_calendar(person.id, day, open_shifts, zone=zone, now=g.now),
        today=clock.on(g.now, zone),
        taken=shifts_taken_from(person.id, now=g.now),
        asked_of_me=asked_of_me,
        asked_by_me=asked_by_me,
        feed=feed_of(person),
        zone=zone,
        speaks_two_zones=my_shifts.speaks_two_zones(person),
        observable=on_shift.observable_by(person, g.now, records=may(ProgressionPermission.RECORD)),
    )


@bp.get("/shifts/<int:shift_id>")
@signed_in
def shift(shift_id: int) -> ResponseReturnValue:
    person = current_person()
    view = my_shifts.shift_for_reader(shift_id, person, now=g.now)
    return render_template(
        "rota/shift.html",
        view=view,
        may_plan=may(RotaPermission.PLAN),
        asked=[each for each in asked_by(person.id, now=g.now) if each.is_about_shift(shift_id)],
        given=reasons_of_shift(shift_id) if may(RotaPermission.PLAN) else [],
        zone=my_shifts.zone_of(person),
        speaks_two_zones=my_shifts.speaks_two_zones(person),
        on_call=on_call_for(person, g.now) if view.mine and view.has_begun else None,
        may_ring_from=BEFORE_A_SHIFT,
    )


@bp.post("/shifts/seats/<int:seat_id>/claim")
@signed_in
def claim(seat_id: int) -> ResponseReturnValue:
    with db.writing():
        done = claims_and_drops.claim(seat_id, current_person(), now=clock.now())
        has_to_wait = isinstance(done, SeatChange) and done.is_pending
    flash(
        "Thank you. A coordinator has still to agree, and you get an e-mail then."
        if has_to_wait
        else "The shift is yours. Thank you."
    )
    return redirect(url_for("rota.shifts"))


@bp.get("/shifts/mine/<int:assignment_id>/give-back")
@signed_in
def give_back(assignment_id: int) -> ResponseReturnValue:
    person = current_person()
    seat = my_shifts.own_seat(assignment_id, person)
    return render_template(
        "rota/cannot_come.html",
        seat=seat,
        assignment_id=assignment_id,
        until=rules_now(g.now).give_back_until(seat),
        zone=my_shifts.zone_of(person),
    )


@bp.post("/shifts/mine/<int:assignment_id>/give-back")
@signed_in
def drop(assignment_id: int) -> ResponseReturnValue:
    with db.writing():
        claims_and_drops.drop(assignment_id, current_person(), now=clock.now())
    flash("Thank you for telling us. The coordinators know, and the shift is open for others.")
    return redirect(url_for("rota.shifts"))
