"""A person's availability: the usual week, days away, single days that differ, and limits. Made for phones."""

from __future__ import annotations

from typing import Any

from flask import flash, g, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm

from app import clock, db
from app.pages.forms import Done, render_form, save_form
from app.pages.times import period
from app.people import directory
from app.people.directory import names_of
from app.permissions import current_person, requires, signed_in
from app.policies import documents
from rota.forms import LeaveForm, LimitsForm, OneDayForm, WeeklyForm, wall_time
from rota.permissions import RotaPermission
from rota.scheduling.cover_pattern import DAY_NAMES
from rota.scheduling.rules.policy import RotaRules
from rota.shifts import my_shifts
from rota.store import availability as availability_store
from rota.store import limits as limits_store
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


@bp.post("/shifts/availability/limits")
@signed_in
def say_limits() -> ResponseReturnValue:
    person_id, form = current_person().id, LimitsForm(prefix="limits")

    def save() -> Done:
        _set_limits(person_id, form)
        return Done("Your limits are saved. Shifts you have already stay yours.", url_for("rota.availability"))

    return save_form(form, save) or _page(limits=form)


@bp.get("/people/<int:person_id>/limits")
@bp.post("/people/<int:person_id>/limits")
@requires(RotaPermission.PLAN)
def limits_of_person(person_id: int) -> ResponseReturnValue:
    """What a person is given at most, for who plans: they set it where the person told them."""
    about, form = directory.find(person_id), LimitsForm()
    name = about.display_name

    def save() -> Done:
        _set_limits(person_id, form)
        return Done(f"The limits of {name} are saved.", url_for("people.show", person_id=person_id))

    if done := save_form(form, save):
        return done
    kept = limits_store.limits_of(person_id)
    shown = form if form.is_submitted() else LimitsForm.showing(kept)
    return render_form("rota/limits.html", form=shown, about=about, **_about_limits(kept))


def _set_limits(person_id: int, form: LimitsForm) -> None:
    limits_store.set_limits(
        person_id,
        most_hours_a_week=form.most_hours_a_week.data,
        most_nights=form.most_nights.data,
        by=current_person().id,
        now=clock.now(),
    )


def _about_limits(kept: limits_store.PersonLimits | None) -> dict[str, Any]:
    """What both pages say beside the fields: what counts, and who set what holds now."""
    rules = documents.on(RotaRules, g.today)
    return {
        "kept_limits": kept,
        "limits_set_by": names_of([kept.set_by_id])[kept.set_by_id] if kept else None,
        "how_hours_count": limits_store.how_hours_count(rules),
        "how_nights_count": limits_store.how_nights_count(rules),
    }


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
    limits: FlaskForm | None = None,
) -> ResponseReturnValue:
    person = current_person()
    # The form that was sent comes back as `form`, so that the error summary at the top is about it.
    sent = week or leave or day or limits
    kept = limits_store.limits_of(person.id)
    fresh = WeeklyForm(prefix="week", formdata=None)
    week_now, zone = availability_store.weekly_times_of(person.id), my_shifts.zone_of(person)
    return render_form(
        "rota/availability.html",
        form=sent or fresh,
        week_form=week or fresh,
        leave_form=leave or LeaveForm(prefix="leave", formdata=None),
        day_form=day or OneDayForm(prefix="day", formdata=None),
        limits_form=limits or LimitsForm.showing(kept, prefix="limits"),
        week=week_now,
        is_on_other_clocks=any(row.zone_name != zone.key for row in week_now),
        exceptions=availability_store.exceptions_of(person.id, now=g.now),
        day_names=DAY_NAMES,
        zone=zone,
        speaks_two_zones=my_shifts.speaks_two_zones(person),
        **_about_limits(kept),
    )
