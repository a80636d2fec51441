"""The page of shifts that a reader cannot take now: why not, and being told when a taken one opens."""

from __future__ import annotations

from flask import flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app import clock, db
from app.permissions import current_person, signed_in
from rota.shifts import claims_and_drops, my_shifts, other_shifts
from rota.store.availability import set_exception
from rota.store.models import DatedKind
from rota.store.waiting import lines_waited_for
from rota.views.blueprint import bp


@bp.get("/shifts/more")
@signed_in
def more_shifts() -> ResponseReturnValue:
    person = current_person()
    waited_for = lines_waited_for(person.id, now=g.now)
    lines = {seat.line_id for seat in waited_for}
    fitting = claims_and_drops.open_shifts_for(person, now=g.now)
    return render_template(
        "rota/more_shifts.html",
        waited_for=waited_for,
        taken=[seat for seat in other_shifts.taken_that_fit(person, fitting, now=g.now) if seat.line_id not in lines],
        not_fitting=other_shifts.open_that_do_not_fit(person, fitting, now=g.now),
        zone=my_shifts.zone_of(person),
        speaks_two_zones=my_shifts.speaks_two_zones(person),
    )


@bp.post("/shifts/<int:shift_id>/offer-time")
@signed_in
def offer_shift_time(shift_id: int) -> ResponseReturnValue:
    with db.writing():
        person, now = current_person(), clock.now()
        seat = my_shifts.shift_for_reader(shift_id, person, now=now).seat
        set_exception(person.id, DatedKind.CAN, seat.starts_at, seat.ends_at, now=now)
    flash("You offered this time. It is among your times, where you can take it back.")
    return redirect(url_for("rota.shift", shift_id=shift_id, _anchor="open"))


@bp.post("/shifts/seats/<int:seat_id>/wait")
@signed_in
def wait_for_seat(seat_id: int) -> ResponseReturnValue:
    with db.writing():
        other_shifts.wait(seat_id, current_person(), now=clock.now())
    flash("If it opens, you are asked before others who were not waiting.")
    return redirect(url_for("rota.more_shifts"))


@bp.post("/shifts/seats/<int:seat_id>/wait/stop")
@signed_in
def stop_waiting_for_seat(seat_id: int) -> ResponseReturnValue:
    with db.writing():
        other_shifts.wait_no_longer(seat_id, current_person(), now=clock.now())
    flash("You are off that waiting list.")
    return redirect(url_for("rota.more_shifts"))
