"""Standing seats: asked for by a person on their own page, confirmed or set by those who plan."""

from __future__ import annotations

from flask import flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app import clock, db
from app.pages.forms import Done, render_form, save_form
from app.people import directory
from app.permissions import current_person, requires, signed_in
from rota.permissions import RotaPermission
from rota.store import standing_seats as store
from rota.views.asked_forms import StandingSeatForm
from rota.views.blueprint import bp


@bp.get("/shifts/standing-seats")
@bp.post("/shifts/standing-seats")
@signed_in
def own_standing_seats() -> ResponseReturnValue:
    person_id, form = current_person().id, _form()

    def ask() -> Done:
        first, last = form.days()
        days = store.Days(first, last)
        store.ask_for(person_id, form.place.data, days, by=person_id, is_confirmed=False, now=clock.now())
        return Done("You have asked for it. Somebody who plans answers.", url_for("rota.own_standing_seats"))

    if done := save_form(form, ask):
        return done
    seats = store.standing_seats_of(person_id, today=g.today)
    return render_form("rota/standing_seats.html", form=form, about=None, seats=seats)


@bp.post("/shifts/standing-seats/<int:standing_id>/give-up")
@signed_in
def give_up_standing_seat(standing_id: int) -> ResponseReturnValue:
    person_id = current_person().id
    with db.writing():
        store.give_up(standing_id, by=person_id, of=person_id, now=clock.now())
    flash("That seat is no longer yours every week. Shifts you have already stay yours.")
    return redirect(url_for("rota.own_standing_seats"))


@bp.get("/people/<int:person_id>/standing-seats")
@bp.post("/people/<int:person_id>/standing-seats")
@requires(RotaPermission.PLAN)
def standing_seats_of_person(person_id: int) -> ResponseReturnValue:
    about, form = directory.find(person_id), _form()
    form.submit.label.text, name, by = "Set this seat", about.display_name, current_person().id

    def set_it() -> Done:
        first, last = form.days()
        days = store.Days(first, last)
        store.ask_for(person_id, form.place.data, days, by=by, is_confirmed=True, now=clock.now())
        return Done(
            f"{name} has this seat every week now.", url_for("rota.standing_seats_of_person", person_id=person_id)
        )

    if done := save_form(form, set_it):
        return done
    seats = store.standing_seats_of(person_id, today=g.today)
    return render_form("rota/standing_seats.html", form=form, about=about, seats=seats)


@bp.get("/rota/standing-seats")
@requires(RotaPermission.PLAN)
def standing_seats() -> ResponseReturnValue:
    return render_template("rota/all_standing_seats.html", seats=store.all_standing_seats(today=g.today))


@bp.post("/rota/standing-seats/<int:standing_id>/confirm")
@requires(RotaPermission.PLAN)
def confirm_standing_seat(standing_id: int) -> ResponseReturnValue:
    with db.writing():
        store.confirm(standing_id, by=current_person().id, now=clock.now())
    flash("Confirmed. Proposals give them this seat every week where they can have it.")
    return redirect(url_for("rota.standing_seats"))


@bp.post("/rota/standing-seats/<int:standing_id>/end")
@requires(RotaPermission.PLAN)
def end_standing_seat(standing_id: int) -> ResponseReturnValue:
    with db.writing():
        store.give_up(standing_id, by=current_person().id, now=clock.now())
    flash("Ended. Shifts that they have already stay theirs.")
    return redirect(url_for("rota.standing_seats"))


def _form() -> StandingSeatForm:
    return StandingSeatForm.among({code: place.words for code, place in store.places(g.today).items()})
