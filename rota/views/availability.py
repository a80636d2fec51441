"""When I can: the week, days away, and single days that are different. Made for a thumb."""

from __future__ import annotations

from datetime import timedelta

from flask import flash, g, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm

from app import clock, db
from app.pages.forms import render_form, showing_refusals
from app.permissions import current_person, signed_in
from rota.forms import LeaveForm, OneDayForm, WeeklyForm, wall_time
from rota.scheduling.cover_pattern import DAY_NAMES, instant
from rota.shifts import my_shifts
from rota.store import availability as when
from rota.store.models import DatedKind
from rota.views.blueprint import bp


@bp.get("/shifts/availability")
@signed_in
def availability() -> ResponseReturnValue:
    return _page()


@bp.post("/shifts/availability/week")
@signed_in
def offer() -> ResponseReturnValue:
    form = WeeklyForm(prefix="week")
    if form.validate_on_submit():
        days = {int(day) for day in form.weekdays.data or ()}
        starts, ends = wall_time(form.starts.data), wall_time(form.ends.data)
        with showing_refusals(form):
            with db.writing():
                person = current_person()
                when.add_weekly_time(person.id, days, starts, ends, zone=my_shifts.zone_of(person), now=clock.now())
            flash("Your week is saved. Thank you.")
            return redirect(url_for("rota.availability"))
    return _page(week=form)


@bp.post("/shifts/availability/week/<int:weekly_id>/remove")
@signed_in
def stop_offering(weekly_id: int) -> ResponseReturnValue:
    with db.writing():
        when.remove_weekly_time(current_person().id, weekly_id, now=clock.now())
    flash("That time is out of your week. Shifts you have already stay yours.")
    return redirect(url_for("rota.availability"))


@bp.post("/shifts/availability/week/clock")
@signed_in
def move_to_clock() -> ResponseReturnValue:
    with db.writing():
        person = current_person()
        zone = my_shifts.zone_of(person)
        when.move_week_to_zone(person.id, zone, now=clock.now())
    flash(f"Your usual week is on your clock now ({when.zone_label(zone.key)}). Shifts you have already stay yours.")
    return redirect(url_for("rota.availability"))


@bp.post("/shifts/availability/leave")
@signed_in
def say_leave() -> ResponseReturnValue:
    form = LeaveForm(prefix="leave")
    if form.validate_on_submit():
        first, last = form.starts.data, form.ends.data
        assert first is not None
        assert last is not None
        with showing_refusals(form):
            with db.writing():
                person = current_person()
                said = when.set_leave(person.id, first, last, zone=my_shifts.zone_of(person), now=clock.now())
                clashing = when.count_shifts_within(said)
            _say_saved(clashing)
            return redirect(url_for("rota.availability"))
    return _page(leave=form)


@bp.post("/shifts/availability/day")
@signed_in
def say_day() -> ResponseReturnValue:
    form = OneDayForm(prefix="day")
    if form.validate_on_submit():
        day = form.day.data
        assert day is not None
        starts, ends = wall_time(form.starts.data), wall_time(form.ends.data)
        kind = DatedKind(form.kind.data)
        with showing_refusals(form):
            with db.writing():
                person = current_person()
                zone = my_shifts.zone_of(person)
                last = day + timedelta(days=1) if ends <= starts else day
                begins, is_over = instant(day, starts, zone), instant(last, ends, zone)
                said = when.set_exception(person.id, kind, begins, is_over, now=clock.now())
                clashing = when.count_shifts_within(said) if kind is DatedKind.CANNOT else 0
            _say_saved(clashing)
            return redirect(url_for("rota.availability"))
    return _page(day=form)


@bp.post("/shifts/availability/<int:dated_id>/remove")
@signed_in
def take_back(dated_id: int) -> ResponseReturnValue:
    with db.writing():
        when.remove_exception(current_person().id, dated_id, now=clock.now())
    flash("That is taken back. Your usual week holds again for that time.")
    return redirect(url_for("rota.availability"))


def _say_saved(clashing: int) -> None:
    if clashing:
        shifts = "a shift" if clashing == 1 else f"{clashing} shifts"
        flash(
            f"Saved. You still have {shifts} in that time: open My shifts to give back what you cannot do.",
            "warning",
        )
    else:
        flash("Saved. Thank you for telling us early.")


def _page(
    *, week: FlaskForm | None = None, leave: FlaskForm | None = None, day: FlaskForm | None = None
) -> ResponseReturnValue:
    person = current_person()
    # The form that was sent comes back as `form`, so that the summary at the top speaks of it.
    sent = week or leave or day
    fresh = WeeklyForm(prefix="week", formdata=None)
    week_now, zone = when.weekly_times_of(person.id), my_shifts.zone_of(person)
    return render_form(
        "rota/availability.html",
        form=sent or fresh,
        week_form=week or fresh,
        leave_form=leave or LeaveForm(prefix="leave", formdata=None),
        day_form=day or OneDayForm(prefix="day", formdata=None),
        week=week_now,
        is_on_other_clocks=any(row.zone_name != zone.key for row in week_now),
        exceptions=when.exceptions_of(person.id, now=g.now),
        day_names=DAY_NAMES,
        zone=zone,
        speaks_two_zones=my_shifts.speaks_two_zones(person),
    )
