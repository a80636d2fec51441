"""When somebody can, month by month: windows to light, single days, days away and limits. Made for a thumb."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from flask import abort, g, url_for
from flask.typing import ResponseReturnValue

from app import clock, settings
from app.pages.forms import Done, render_form, save_form
from app.people import directory
from app.people.models import Person
from app.permissions import current_person, requires, signed_in
from app.wording import plural
from rota.offering.month import month_of
from rota.offering.painting import paint_day
from rota.offering.saving import Saved, note_who_entered, save_month
from rota.permissions import RotaPermission
from rota.scheduling.cover_pattern import DAY_NAMES
from rota.shifts import my_shifts
from rota.store.availability import count_shifts_within
from rota.store.availability_asks import entered_by, waiting_for
from rota.store.models import DatedKind
from rota.views.blueprint import bp
from rota.views.offering_forms import LIMITS, MonthForm, PaintedDayForm

MONTHS_AHEAD = 12


@dataclass(frozen=True)
class Reader:
    """Whose times the page is about, and who is reading it."""

    about: Person
    is_own: bool

    def page(self, month: date) -> str:
        """The address of a month."""
        if self.is_own:
            return url_for("rota.offer_month", month=f"{month:%Y-%m}")
        return url_for("rota.offer_month_of", person_id=self.about.id, month=f"{month:%Y-%m}")

    def day_page(self, day: date) -> str:
        """The address of a day."""
        if self.is_own:
            return url_for("rota.offer_day", day=day.isoformat())
        return url_for("rota.offer_day_of", person_id=self.about.id, day=day.isoformat())


@bp.get("/shifts/availability/month/<month>")
@bp.post("/shifts/availability/month/<month>")
@signed_in
def offer_month(month: str) -> ResponseReturnValue:
    return _month(Reader(current_person(), is_own=True), _first_of(month))


@bp.get("/people/<int:person_id>/availability/<month>")
@bp.post("/people/<int:person_id>/availability/<month>")
@requires(RotaPermission.PLAN)
def offer_month_of(person_id: int, month: str) -> ResponseReturnValue:
    return _month(Reader(directory.find(person_id), is_own=False), _first_of(month))


@bp.get("/shifts/availability/day/<day>")
@bp.post("/shifts/availability/day/<day>")
@signed_in
def offer_day(day: str) -> ResponseReturnValue:
    return _day(Reader(current_person(), is_own=True), _day_of(day))


@bp.get("/people/<int:person_id>/availability/day/<day>")
@bp.post("/people/<int:person_id>/availability/day/<day>")
@requires(RotaPermission.PLAN)
def offer_day_of(person_id: int, day: str) -> ResponseReturnValue:
    return _day(Reader(directory.find(person_id), is_own=False), _day_of(day))


def _first_of(month: str) -> date:
    """The first day of a month that is written “2027-03”; no page for one that is over or too far ahead."""
    this = g.today.replace(day=1)
    offered = {f"{each:%Y-%m}": each for each in (clock.months_after(this, ahead) for ahead in range(MONTHS_AHEAD + 1))}
    return offered[month] if month in offered else abort(404)


def _day_of(day: str) -> date:
    try:
        found = date.fromisoformat(day)
    except ValueError:
        abort(404)
    return found if found >= g.today and _first_of(day[:7]) else abort(404)


def _month(reader: Reader, first: date) -> ResponseReturnValue:
    about, zone, form = reader.about, settings.current().zone, MonthForm()
    person_id, by = about.id, current_person().id
    month = month_of(about, first, zone=zone, now=g.now)
    next_day = next((day.on for day in month.days if day.on.isoformat() == form.day.data and not day.is_over), None)

    def save() -> Done:
        asked = form.asked(month.zones)
        if not reader.is_own:  # the page of somebody else lists times away without telling which can be taken back
            asked = replace(asked, takes_back=None)
        saved = save_month(person_id, first, asked, zone=zone, by=by, now=clock.now())
        to = reader.day_page(next_day) if next_day else reader.page(first)
        return _done(reader, saved, first, to)

    if response := save_form(form, save):
        return response
    others = {ahead: clock.months_after(first, ahead) for ahead in (-1, 1)}
    return render_form(
        "rota/offer_month.html",
        form=form if form.is_submitted() else MonthForm.showing(month),
        reader=reader,
        month=month,
        day_names=DAY_NAMES,
        limit_fields=LIMITS,
        before=others[-1] if others[-1] >= g.today.replace(day=1) else None,
        after=others[1] if others[1] <= clock.months_after(g.today.replace(day=1), MONTHS_AHEAD) else None,
        last_month=others[-1],
        asks=[] if not reader.is_own else waiting_for(person_id, today=g.today),
        entered=entered_by(person_id),
        zone=my_shifts.zone_of(current_person()),
    )


def _done(reader: Reader, saved: Saved, first: date, to: str) -> Done:
    """What was saved, in words."""
    whose = "Your times are" if reader.is_own else f"The times of {reader.about.display_name} are"
    words = [f"{whose} saved. Thank you." if reader.is_own else f"{whose} saved."]
    if saved.copied is not None:
        before = f"{clock.months_after(first, -1):%B}"
        copied = f"{plural(saved.copied, 'time is', 'times are')} copied from {before}."
        words.append(copied if saved.copied else f"There was nothing more to copy from {before}.")
    if saved.answered:
        words.append("Those who asked for them see that you have answered." if reader.is_own else "That is an answer.")
    if not saved.clashing:
        return Done(" ".join(words), to)
    shifts = plural(saved.clashing, "shift")
    if reader.is_own:
        words.append(f"You still have {shifts} in that time: open My shifts to give back what you cannot do.")
    else:
        words.append(f"They still have {shifts} in that time.")
    return Done(" ".join(words), to, "warning")


def _day(reader: Reader, on: date) -> ResponseReturnValue:
    about, zone, form = reader.about, settings.current().zone, PaintedDayForm()
    person_id, by = about.id, current_person().id
    month = month_of(about, on.replace(day=1), zone=zone, now=g.now)
    day = next(each for each in month.days if each.on == on)

    def save() -> Done:
        windows = [window for window, _ in day.windows]
        lit, shown = form.lit_codes(), form.shown_codes()
        made = paint_day(person_id, windows, lit=lit, shown=shown, by=by, now=clock.now())
        note_who_entered(person_id, by=by, now=clock.now())
        clashing = sum(count_shifts_within(each) for each in made if each.kind == DatedKind.CANNOT)
        return _done(reader, Saved(clashing=clashing), on, reader.page(month.first))

    if response := save_form(form, save):
        return response
    return render_form(
        "rota/offer_day.html",
        form=form if form.is_submitted() else PaintedDayForm.showing(day),
        reader=reader,
        month=month,
        day=day,
        zone=my_shifts.zone_of(current_person()),
    )
