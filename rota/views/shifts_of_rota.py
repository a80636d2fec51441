"""Adding shifts to a rota by hand, taking shifts off it, and copying a rota."""

from __future__ import annotations

from datetime import timedelta

from flask import flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app import clock, day_bounds, db, settings
from app.organisation import in_force
from app.pages import asked
from app.pages.forms import Done, render_form, save_form
from app.permissions import current_person, may, requires
from app.refusals import NotAllowed, NotFound
from app.wording import plural
from rota.permissions import RotaPermission
from rota.planning import channels as planning_channels
from rota.planning import copying_rotas
from rota.planning import shifts_of_rota as planning_shifts
from rota.store.models import Rota, Shift
from rota.store.seats import get_rota, seats_where
from rota.views.blueprint import bp
from rota.views.forms import CopyRotaForm, OneOffShiftForm


@bp.get("/rota/<int:rota_id>/shifts")
@bp.post("/rota/<int:rota_id>/shifts")
@requires(RotaPermission.PLAN)
def shifts_of_rota(rota_id: int) -> ResponseReturnValue:
    rota = get_rota(rota_id)
    zone = settings.current().zone
    monday = clock.monday_of(min(max(asked.day("week", day_bounds.PLANS) or g.today, rota.starts_on), rota.ends_on))
    form = OneOffShiftForm.of(planning_channels.open_channels(g.today), day=max(monday, rota.starts_on))

    def add_it() -> Done:
        in_force.hold_zone_still()
        shift = form.shift(settings.current().zone)
        _refuse_unless_may_change(get_rota(rota_id))
        planning_shifts.add_one_off(rota_id, form.channel.data, shift, by=current_person().id, now=clock.now())
        here = url_for("rota.shifts_of_rota", rota_id=rota_id, week=clock.monday_of(shift.day).isoformat())
        return Done("The shift is added. Nobody is on it yet.", here)

    if saved := save_form(form, add_it):
        return saved
    starts, ends = clock.starts(monday, zone), clock.starts(monday + timedelta(days=7), zone)
    seats = seats_where(Shift.rota_id == rota.id, Shift.starts_at >= starts, Shift.starts_at < ends)
    return render_form(
        "rota/shifts_of_rota.html",
        form=form,
        rota=rota,
        shifts=planning_shifts.with_holders(seats, now=g.now),
        monday=monday,
        earlier=monday - timedelta(days=7) if monday > rota.starts_on else None,
        later=monday + timedelta(days=7) if monday + timedelta(days=7) <= rota.ends_on else None,
        may_change=not rota.is_published or may(RotaPermission.PUBLISH),
    )


@bp.get("/rota/<int:rota_id>/shifts/<int:shift_id>/take-off")
@requires(RotaPermission.PLAN)
def ask_to_take_off(rota_id: int, shift_id: int) -> ResponseReturnValue:
    rota = get_rota(rota_id)
    shifts = planning_shifts.with_holders(seats_where(Shift.rota_id == rota.id, Shift.id == shift_id), now=g.now)
    if not shifts:
        raise NotFound("This shift is no longer on the rota.")
    return render_template("rota/take_off.html", rota=rota, shift=shifts[0])


@bp.post("/rota/<int:rota_id>/shifts/<int:shift_id>/take-off")
@requires(RotaPermission.PLAN)
def take_off_shift(rota_id: int, shift_id: int) -> ResponseReturnValue:
    with db.writing():
        rota = get_rota(rota_id)
        _refuse_unless_may_change(rota)
        planning_shifts.take_off_one(rota_id, shift_id, by=current_person().id, now=clock.now())
        told = "Everybody who had it is being told." if rota.is_published else "Nobody was told."
    flash(f"The shift is off the rota. {told}")
    return redirect(url_for("rota.shifts_of_rota", rota_id=rota_id))


@bp.get("/rota/<int:rota_id>/copy")
@bp.post("/rota/<int:rota_id>/copy")
@requires(RotaPermission.PLAN)
def copy_rota(rota_id: int) -> ResponseReturnValue:
    rota = get_rota(rota_id)
    days = (rota.ends_on - rota.starts_on).days + 1
    form = CopyRotaForm(starts_on=rota.starts_on + timedelta(days=days + -days % 7))

    def copy_it() -> Done:
        title, day = form.title.data or "", form.day()
        copy = copying_rotas.copy_rota(rota_id, title, day, by=current_person().id, now=clock.now())
        words = "Nobody is on it yet."
        if form.with_people.data:
            given = copying_rotas.take_people_along(rota_id, copy, by=current_person().id, now=clock.now())
            words = f"{plural(given, 'seat has', 'seats have')} the same people. Propose the rest."
        return Done(f"The rota is copied. {words}", url_for("rota.show", rota_id=copy.id))

    return save_form(form, copy_it) or render_form("rota/copy.html", form=form, rota=rota)


def _refuse_unless_may_change(rota: Rota) -> None:
    if rota.is_published and not may(RotaPermission.PUBLISH):
        raise NotAllowed("This rota is published. Somebody who may publish can change its shifts.")
