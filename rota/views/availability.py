"""A person's availability: the usual week, days away, single days that differ. Made for phones."""

from __future__ import annotations

from flask import flash, g, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm

from app import clock, db
from app.pages.forms import Done, render_form, save_form
from app.pages.times import period
from app.permissions import current_person, signed_in
from rota.forms import LeaveForm, OneDayForm, WeeklyForm, wall_time
from rota.scheduling.cover_pattern import DAY_NAMES
from rota.shifts import my_shifts
from rota.store import availability as availability_store
from rota.store import limits
from rota.store.availability_asks import waiting_for
from rota.store.models import DatedKind
from rota.views.blueprint import bp

STILL_WORDS = {DatedKind.CAN: "I can", DatedKind.CANNOT: "I can’t", DatedKind.LEAVE: "away"}


@bp.get("/shifts/availability")
@signed_in
def availability() -> ResponseReturnValue:
    return _page()


@bp.post("/shifts/availability/week")
@signed_in
def offer() -> ResponseReturnValue:
    person, form = current_person(), WeeklyForm(prefix="week")
    person_id, zone = person.id, my_shifts.zone_of(person)

    def add() -> Done:
        days = {int(day) for day in form.weekdays.data or ()}
        starts, ends = wall_time(form.starts.data), wall_time(form.ends.data)
        availability_store.add_weekly_time(person_id, days, starts, ends, zone=zone, now=clock.now())
        return Done("Your week is saved. Thank you.", url_for("rota.availability"))

    return save_form(form, add) or _page(week=form)


@bp.post("/shifts/availability/week/<int:weekly_id>/remove")
@signed_in
def stop_offering(weekly_id: int) -> ResponseReturnValue:
    with db.writing():
        availability_store.remove_weekly_time(current_person().id, weekly_id, now=clock.now())
    flash("That time is out of your week. Shifts you have already stay yours.")
    return redirect(url_for("rota.availability"))


@bp.post("/shifts/availability/week/clock")
@signed_in
def move_to_clock() -> ResponseReturnValue:
    with db.writing():
        person = current_person()
        zone = my_shifts.zone_of(person)
        availability_store.move_week_to_zone(person.id, zone, now=clock.now())
    label = availability_store.zone_label(zone.key)
    flash(f"Your usual week is on your clock now ({label}). Shifts you have already stay yours.")
    return redirect(url_for("rota.availability"))


@bp.post("/shifts/availability/leave")
@signed_in
def say_leave() -> ResponseReturnValue:
    person, form = current_person(), LeaveForm(prefix="leave")
    person_id, zone = person.id, my_shifts.zone_of(person)

    def save() -> Done:
        said = availability_store.set_leave(person_id, *form.period(), zone=zone, now=clock.now())
        return _saved(clashing=availability_store.count_shifts_within(said))

    return save_form(form, save) or _page(leave=form)


@bp.post("/shifts/availability/day")
@signed_in
def say_day() -> ResponseReturnValue:
    person, form = current_person(), OneDayForm(prefix="day")
    person_id, zone = person.id, my_shifts.zone_of(person)

    def save() -> Done:
        kind = DatedKind(form.kind.data)
        said = availability_store.set_exception(person_id, kind, *form.times(zone), now=clock.now())
        return _saved(clashing=availability_store.count_shifts_within(said) if kind is DatedKind.CANNOT else 0)

    return save_form(form, save) or _page(day=form)


@bp.post("/shifts/availability/<int:dated_id>/remove")
@signed_in
def take_back(dated_id: int) -> ResponseReturnValue:
    zone = my_shifts.zone_of(current_person())
    with db.writing():
        still = availability_store.remove_exception(current_person().id, dated_id, now=clock.now())
        words = [f"{STILL_WORDS[DatedKind(row.kind)]}, {period(row.starts_at, row.ends_at, zone)}" for row in still]
    if words:
        flash(f"That is taken back. Still in your list for that time: {'; '.join(words)}.", "warning")
    else:
        flash("That is taken back. Your usual week holds again for that time.")
    return redirect(url_for("rota.availability"))


def _saved(*, clashing: int) -> Done:
    page = url_for("rota.availability")
    if not clashing:
        return Done("Saved. Thank you for telling us early.", page)
    shifts = "a shift" if clashing == 1 else f"{clashing} shifts"
    message = f"Saved. You still have {shifts} in that time: open My shifts to give back what you cannot do."
    return Done(message, page, "warning")


def _page(
    *,
    week: FlaskForm | None = None,
    leave: FlaskForm | None = None,
    day: FlaskForm | None = None,
) -> ResponseReturnValue:
    person = current_person()
    # The form that was sent comes back as `form`, so that the error summary at the top is about it.
    sent = week or leave or day
    fresh = WeeklyForm(prefix="week", formdata=None)
    week_now, zone = availability_store.weekly_times_of(person.id), my_shifts.zone_of(person)
    return render_form(
        "rota/availability.html",
        form=sent or fresh,
        week_form=week or fresh,
        leave_form=leave or LeaveForm(prefix="leave", formdata=None),
        day_form=day or OneDayForm(prefix="day", formdata=None),
        week=week_now,
        is_on_other_clocks=any(row.zone_name != zone.key for row in week_now),
        exceptions=availability_store.exceptions_of(person.id, now=g.now),
        day_names=DAY_NAMES,
        asks=waiting_for(person.id, today=g.today),
        months=[clock.months_after(g.today.replace(day=1), ahead) for ahead in (0, 1)],
        zone=zone,
        speaks_two_zones=my_shifts.speaks_two_zones(person),
        limits=limits.in_words(kept) if (kept := limits.limits_of(person.id)) else [],
    )
