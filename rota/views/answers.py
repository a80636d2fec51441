"""What somebody answers who was asked to take a shift, and at which hours they may be asked."""

from __future__ import annotations

from flask import flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app import clock, db
from app.pages.forms import Done, render_form, save_form
from app.permissions import current_person, signed_in
from app.refusals import Conflict
from rota.exchanges.models import ChangeState, SeatChange
from rota.shifts import answers, my_shifts
from rota.store.asking_hours import NIGHT_ENDS, NIGHT_STARTS, asked_at_night, set_asked_at_night
from rota.views.asked_forms import AskingHoursForm
from rota.views.blueprint import bp


@bp.get("/shifts/asked/<int:ask_id>")
@signed_in
def asked_to_take(ask_id: int) -> ResponseReturnValue:
    person = current_person()
    return render_template(
        "rota/asked.html",
        asked=answers.asked_seat(ask_id, person, now=g.now),
        zone=my_shifts.zone_of(person),
        speaks_two_zones=my_shifts.speaks_two_zones(person),
    )


@bp.post("/shifts/asked/<int:ask_id>/yes")
@signed_in
def say_yes(ask_id: int) -> ResponseReturnValue:
    try:
        with db.writing():
            done = answers.say_yes(ask_id, current_person(), now=clock.now())
            has_to_wait = isinstance(done, SeatChange) and done.state is not ChangeState.APPLIED
    except Conflict as refusal:  # the page says how it stands now, and what can be done instead
        db.session.rollback()
        flash(" ".join(refusal.sentences), "warning")
        return redirect(url_for("rota.asked_to_take", ask_id=ask_id))
    if has_to_wait:  # or it was overtaken a moment ago: the page says how it stands
        return redirect(url_for("rota.asked_to_take", ask_id=ask_id))
    flash("It is yours. Thank you.")
    return redirect(url_for("rota.shifts"))


@bp.post("/shifts/asked/<int:ask_id>/no")
@signed_in
def say_no(ask_id: int) -> ResponseReturnValue:
    try:
        with db.writing():
            answers.say_no(ask_id, current_person(), now=clock.now())
    except Conflict as refusal:
        db.session.rollback()
        flash(" ".join(refusal.sentences), "warning")
    return redirect(url_for("rota.asked_to_take", ask_id=ask_id))


@bp.get("/shifts/asked/hours")
@bp.post("/shifts/asked/hours")
@signed_in
def asking_hours() -> ResponseReturnValue:
    person = current_person()
    form, person_id = AskingHoursForm(at_night=asked_at_night(person.id)), person.id

    def save() -> Done:
        set_asked_at_night(person_id, bool(form.at_night.data), now=clock.now())
        message = "You may be asked at night too." if form.at_night.data else "Nobody asks you at night."
        return Done(f"Saved. {message}", url_for("rota.availability"))

    return save_form(form, save) or render_form(
        "rota/asking_hours.html", form=form, starts=NIGHT_STARTS, ends=NIGHT_ENDS, zone=my_shifts.zone_of(person)
    )
