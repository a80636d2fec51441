"""Leaving the organisation: saying one's last day, taking it back, and saying it for somebody else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from flask import flash, g, redirect, url_for
from flask.typing import ResponseReturnValue

from app import clock, db
from app.pages.forms import Done, render_form, save_form
from app.pages.times import day
from app.people import directory
from app.people.models import Departure, Person
from app.permissions import CorePermission, current_person, requires, signed_in
from app.refusals import NotAllowed, PageOutOfDate
from app.wording import plural
from rota.shifts import leaving
from rota.shifts.absences import CameBack
from rota.shifts.my_shifts import zone_of
from rota.views.blueprint import bp
from rota.views.leaving_forms import LeaveForForm, LeaveForm


@bp.get("/journey/leave")
@bp.post("/journey/leave")
@signed_in
def leave() -> ResponseReturnValue:
    form, person_id = LeaveForm(), current_person().id

    def say() -> Done:
        departure = _say(person_id, form.last.data, form.seen.data, by=person_id)
        words = f"Your last day is {day(departure.last_day)}. Until it is over, you can take that back here."
        return Done(words, url_for("rota.leave"))

    if saved := _saved(form, say):
        return saved
    person = current_person()
    asked, said = leaving.leaving_asked(person, now=g.now), leaving.leaving_of(person_id)
    form.seen.data = asked.mark
    return render_form("rota/leave.html", form=form, asked=asked, leaving=said, zone=zone_of(person))


@bp.post("/journey/leave/<int:departure_id>/stay")
@signed_in
def stay(departure_id: int) -> ResponseReturnValue:
    person_id = current_person().id
    done = _taken_back(departure_id, person_id, by=person_id)
    words = "You stay, and we are glad."
    if done.returned:
        words += f" {plural(len(done.returned), 'shift is', 'shifts are')} yours again."
    flash(words)
    return redirect(url_for("journey.show"))


@bp.get("/people/<int:person_id>/leave")
@bp.post("/people/<int:person_id>/leave")
@requires(CorePermission.SUSPEND)
def leave_of_person(person_id: int) -> ResponseReturnValue:
    form, by = LeaveForForm(), current_person().id
    if by == person_id:
        raise NotAllowed("This page is for others. Your own last day is on your journey.")
    name = directory.find(person_id).display_name

    def say() -> Done:
        departure = _say(person_id, form.last.data, form.seen.data, by=by, reason=form.reason.data or "")
        words = f"The last day of {name} is {day(departure.last_day)}. They read that, and your reason."
        return Done(words, url_for("rota.leave_of_person", person_id=person_id))

    if saved := _saved(form, say):
        return saved
    about = directory.find(person_id)
    asked, said = leaving.leaving_asked(about, now=g.now), leaving.leaving_of(person_id)
    form.seen.data = asked.mark
    return render_form(
        "rota/leave_for.html",
        form=form,
        about=about,
        asked=asked,
        leaving=said,
        hand_over=leaving.hand_over(said.departure, now=g.now) if said else None,
        zone=zone_of(about),
    )


@bp.post("/people/<int:person_id>/leave/<int:departure_id>/stay")
@requires(CorePermission.SUSPEND)
def let_stay(person_id: int, departure_id: int) -> ResponseReturnValue:
    by = current_person().id
    if by == person_id:
        raise NotAllowed("This page is for others. Your own last day is on your journey.")
    name = directory.find(person_id).display_name
    _taken_back(departure_id, person_id, by=by)
    flash(f"{name} stays. Shifts that nobody has taken and that fit them are theirs again.")
    return redirect(url_for("people.show", person_id=person_id))


def _say(person_id: int, last: date | None, seen: str | None, *, by: int, reason: str = "") -> Departure:
    assert last is not None  # the form asks for it
    about, by_whom = db.session.get_one(Person, person_id), db.session.get_one(Person, by)
    return leaving.leave(about, last, reason=reason, seen=seen or "", by=by_whom, now=clock.now())


def _taken_back(departure_id: int, person_id: int, *, by: int) -> CameBack:
    with db.writing():
        by_whom = db.session.get_one(Person, by)
        return leaving.stay(departure_id, person_id=person_id, by=by_whom, now=clock.now())


def _saved(form: LeaveForm | LeaveForForm, say: Callable[[], Done]) -> ResponseReturnValue | None:
    try:
        return save_form(form, say)
    except PageOutOfDate as refusal:
        db.session.rollback()
        form.form_errors = [*refusal.sentences]
        form.refused_with = refusal.status
        return None
