"""Somebody cannot come: saying so, for oneself or for somebody else, and filling the seats that it empties."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from flask import flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app import clock, day_bounds, db
from app.pages import asked
from app.people import directory
from app.people.models import Person
from app.permissions import current_person, requires, signed_in
from app.refusals import Conflict, Invalid, PageOutOfDate
from app.wording import plural
from rota.permissions import RotaPermission
from rota.shifts import absences, asking, my_shifts
from rota.shifts.filling import MOST_SEATS, fill_page
from rota.store.absences import absences_of, seats_left_in
from rota.views.blueprint import bp


@bp.get("/shifts/away")
@signed_in
def my_absence() -> ResponseReturnValue:
    return _page(current_person())


@bp.post("/shifts/away")
@signed_in
def say_absence() -> ResponseReturnValue:
    return _say(current_person())


@bp.post("/shifts/away/<int:absence_id>/unmake")
@signed_in
def unmake_absence(absence_id: int) -> ResponseReturnValue:
    return _unmake(current_person(), absence_id)


@bp.get("/people/<int:person_id>/away")
@requires(RotaPermission.PLAN)
def absence_of_person(person_id: int) -> ResponseReturnValue:
    return _page(directory.find(person_id))


@bp.post("/people/<int:person_id>/away")
@requires(RotaPermission.PLAN)
def say_absence_of_person(person_id: int) -> ResponseReturnValue:
    return _say(directory.find(person_id))


@bp.post("/people/<int:person_id>/away/<int:absence_id>/unmake")
@requires(RotaPermission.PLAN)
def unmake_absence_of_person(person_id: int, absence_id: int) -> ResponseReturnValue:
    return _unmake(directory.find(person_id), absence_id)


def _page(about: Person, first: date | None = None, last: date | None = None) -> ResponseReturnValue:
    zone = my_shifts.zone_of(about)
    today = clock.on(g.now, zone)
    first = first or asked.day("first", day_bounds.PLANS) or _day_of_seat(about) or today
    last = last or asked.day("last", day_bounds.PLANS) or first
    try:
        view = absences.absence_asked(about, first, last, now=g.now)
    except Invalid as refusal:
        flash(" ".join(refusal.sentences), "warning")
        view = absences.absence_asked(about, today, today, now=g.now)
    is_own = about.id == current_person().id
    days = [today + timedelta(days=number) for number in range(absences.LONGEST.days + 1)]
    return render_template(
        "rota/away.html",
        about=about,
        is_own=is_own,
        view=view,
        days=days,
        absences=absences_of(about.id, now=g.now),
        zone=zone,
    )


def _day_of_seat(about: Person) -> date | None:
    """The day of the seat that the address names, if the person has it and its shift has not begun."""
    seat_id = asked.whole_number("seat")
    if seat_id is None:
        return None
    found = [seat for seat in my_shifts.upcoming(about.id, now=g.now) if seat.id == seat_id and seat.starts_at > g.now]
    return clock.on(found[0].starts_at, my_shifts.zone_of(about)) if found else None


def _say(about: Person) -> ResponseReturnValue:
    about_id, by = about.id, current_person().id
    first, last = _day_sent("first"), _day_sent("last")
    try:
        with db.writing():
            absence = absences.be_away(
                db.session.get_one(Person, about_id), first, last, seen=asked.words_sent("seen"), by=by, now=clock.now()
            )
            seat_ids = seats_left_in(absence.id)
    except (PageOutOfDate, Invalid) as refusal:
        db.session.rollback()
        flash(" ".join(refusal.sentences), "warning")
        return _page(directory.find(about_id), first, last)
    is_own = about_id == by
    if is_own:
        flash("Thank you for telling us. The coordinators know, and your shifts of that time are open for others.")
        return redirect(url_for("rota.my_absence"))
    if not seat_ids:
        flash("Saved. They had no shift in that time, so there is nothing to fill.")
        return redirect(url_for("rota.absence_of_person", person_id=about_id))
    flash(f"Saved. {plural(len(seat_ids), 'seat is', 'seats are')} open now.")
    return redirect(url_for("rota.fill", seat=seat_ids))


def _day_sent(name: str) -> date:
    try:
        return date.fromisoformat(asked.words_sent(name))
    except ValueError:
        raise Invalid("Choose a day.", field=name) from None


def _unmake(about: Person, absence_id: int) -> ResponseReturnValue:
    about_id, by = about.id, current_person().id
    with db.writing():
        done = absences.come_back(absence_id, person_id=about_id, by=by, now=clock.now())
    is_own = about_id == by
    flash(f"The days are taken back. {done.words(is_own=is_own)}".strip())
    if is_own:
        return redirect(url_for("rota.my_absence"))
    return redirect(url_for("rota.absence_of_person", person_id=about_id))


@bp.get("/rota/fill")
@requires(RotaPermission.PLAN)
def fill() -> ResponseReturnValue:
    seat_ids = asked.whole_numbers("seat", most=MOST_SEATS)
    view = fill_page(seat_ids, asked.whole_number("open"), now=g.now)
    return render_template("rota/fill.html", view=view)


@bp.post("/rota/fill/<int:seat_id>/ask")
@requires(RotaPermission.PLAN)
def ask_next(seat_id: int) -> ResponseReturnValue:
    def act() -> str:
        count = asking.ask_next(seat_id, by=current_person().id, now=clock.now())
        return f"{plural(count, 'person is', 'people are')} being asked. The first yes has the seat."

    return _filled(seat_id, act)


@bp.post("/rota/fill/<int:seat_id>/ask-one")
@requires(RotaPermission.PLAN)
def ask_one(seat_id: int) -> ResponseReturnValue:
    def act() -> str:
        about = directory.find(asked.whole_number_sent("person_id") or 0)
        name = about.display_name
        with db.writing():
            asking.ask_one(seat_id, about.id, by=current_person().id, now=clock.now())
        return f"{name} is being asked. They have the seat when they say yes."

    return _filled(seat_id, act)


def _filled(seat_id: int, act: Callable[[], str]) -> ResponseReturnValue:
    """Do it, and come back to the page of the same seats; what was refused is said there."""
    seat_ids = sorted(asked.whole_numbers_sent("seat"))[:MOST_SEATS] or [seat_id]
    try:
        flash(act())
    except Conflict as refusal:
        db.session.rollback()
        flash(" ".join(refusal.sentences), "warning")
    return redirect(url_for("rota.fill", seat=seat_ids, open=seat_id))
