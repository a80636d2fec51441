"""What a person says of a shift of theirs ahead: that they come, and that they could stay on afterwards."""

from __future__ import annotations

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue

from app import clock, db
from app.permissions import current_person, signed_in
from rota.shifts import confirming, my_shifts
from rota.store import staying_on
from rota.views.blueprint import bp


@bp.post("/shifts/mine/<int:assignment_id>/confirm")
@signed_in
def confirm_shift(assignment_id: int) -> ResponseReturnValue:
    with db.writing():
        confirming.confirm(assignment_id, current_person(), now=clock.now())
    return _back(assignment_id, "Thank you. The coordinators see that you’ll be there.")


@bp.post("/shifts/mine/<int:assignment_id>/confirm/take-back")
@signed_in
def take_back_confirmation(assignment_id: int) -> ResponseReturnValue:
    with db.writing():
        confirming.take_back_confirmation(assignment_id, current_person(), now=clock.now())
    return _back(assignment_id, "That is taken back. The shift is still yours.")


@bp.post("/shifts/mine/<int:assignment_id>/could-stay")
@signed_in
def say_could_stay(assignment_id: int) -> ResponseReturnValue:
    with db.writing():
        staying_on.say_could_stay(assignment_id, current_person(), now=clock.now())
    return _back(assignment_id, "Thank you. You are asked only if nobody comes.")


@bp.post("/shifts/mine/<int:assignment_id>/could-stay/take-back")
@signed_in
def take_back_could_stay(assignment_id: int) -> ResponseReturnValue:
    with db.writing():
        staying_on.take_back_could_stay(assignment_id, current_person(), now=clock.now())
    return _back(assignment_id, "That is taken back.")


def _back(assignment_id: int, words: str) -> ResponseReturnValue:
    seat = my_shifts.own_seat(assignment_id, current_person())
    flash(words)
    return redirect(url_for("rota.shift", shift_id=seat.shift_id))
