"""Who came to the shifts that are over: what those who plan say of it, and what the person reads and answers."""

from __future__ import annotations

from flask import flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app import clock, day_bounds, db, settings
from app.pages import asked
from app.pages.forms import Done, render_form, save_form
from app.people import directory
from app.permissions import current_person, requires, signed_in
from rota.permissions import RotaPermission
from rota.shifts import my_shifts
from rota.views.asked_forms import AnswerForm
from rota.views.blueprint import bp
from rota.worked import came, did_not_come
from rota.worked.did_not_come import Which


@bp.get("/rota/came")
@requires(RotaPermission.PLAN)
def who_came() -> ResponseReturnValue:
    zone = settings.current().zone
    then = came.ended_on(asked.day("day", day_bounds.PLANS), zone, now=g.now)
    return render_template("rota/came.html", then=then, zone=zone, today=g.today)


@bp.post("/rota/came/<int:assignment_id>/did-not-come")
@requires(RotaPermission.PLAN)
def say_did_not_come(assignment_id: int) -> ResponseReturnValue:
    return _say_not(Which(assignment_id))


@bp.post("/rota/came/parts/<int:part_id>/did-not-come")
@requires(RotaPermission.PLAN)
def say_part_did_not_come(part_id: int) -> ResponseReturnValue:
    return _say_not(Which(part_id=part_id))


@bp.post("/rota/came/<int:assignment_id>/came-after-all")
@requires(RotaPermission.PLAN)
def say_came_after_all(assignment_id: int) -> ResponseReturnValue:
    return _say_after_all(Which(assignment_id))


@bp.post("/rota/came/parts/<int:part_id>/came-after-all")
@requires(RotaPermission.PLAN)
def say_part_came_after_all(part_id: int) -> ResponseReturnValue:
    return _say_after_all(Which(part_id=part_id))


@bp.get("/shifts/past/<int:assignment_id>")
@bp.post("/shifts/past/<int:assignment_id>")
@signed_in
def past_shift(assignment_id: int) -> ResponseReturnValue:
    return _past(Which(assignment_id), url_for("rota.past_shift", assignment_id=assignment_id))


@bp.get("/shifts/past/parts/<int:part_id>")
@bp.post("/shifts/past/parts/<int:part_id>")
@signed_in
def past_part(part_id: int) -> ResponseReturnValue:
    return _past(Which(part_id=part_id), url_for("rota.past_part", part_id=part_id))


def _past(which: Which, address: str) -> ResponseReturnValue:
    person, form = current_person(), AnswerForm()
    seat = did_not_come.worked_seat(which, now=g.now, of=person.id)

    def answer() -> Done:
        did_not_come.answer(which, form.answer.data or "", by=person, now=clock.now())
        return Done("Sent. Thank you for telling us.", address)

    return save_form(form, answer) or render_form(
        "rota/past_shift.html",
        form=form,
        address=address,
        seat=seat,
        said=did_not_come.said_of([seat]).get(which),
        zone=my_shifts.zone_of(person),
        both_zones=my_shifts.speaks_two_zones(person),
    )


def _say_not(which: Which) -> ResponseReturnValue:
    with db.writing():
        did_not_come.say(which, by=current_person(), now=clock.now())
    return _back_to_day(which, "Noted. {name} gets an e-mail about it, and can answer.")


def _say_after_all(which: Which) -> ResponseReturnValue:
    with db.writing():
        did_not_come.take_back(which, by=current_person(), now=clock.now())
    return _back_to_day(which, "Put right: the shift counts for {name}, who gets an e-mail about it.")


def _back_to_day(which: Which, words: str) -> ResponseReturnValue:
    seat = did_not_come.worked_seat(which, now=clock.now())
    flash(words.format(name=directory.find(seat.person_id or 0).display_name))
    day = clock.on(seat.ends_at, settings.current().zone)
    return redirect(url_for("rota.who_came", day=day.isoformat()))
