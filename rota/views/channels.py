"""Channels and their weekly patterns."""

from __future__ import annotations

from datetime import date

from flask import flash, g, redirect, url_for
from flask.typing import ResponseReturnValue

from app import clock, db, settings
from app.pages.forms import render_form, showing_refusals
from app.permissions import current_person, requires
from progression.duties import Duty
from rota.forms import ChannelForm, StretchForm, wall_time
from rota.permissions import RotaPermission
from rota.planning import channels as planning_channels
from rota.scheduling.cover_pattern import DAY_NAMES, Need, Stretch
from rota.store.models import ChannelKind
from rota.views.blueprint import bp


@bp.get("/rota/channels")
@bp.post("/rota/channels")
@requires(RotaPermission.PLAN)
def channels() -> ResponseReturnValue:
    form = ChannelForm()
    if form.validate_on_submit():
        name, kind = form.name.data or "", ChannelKind(form.kind.data)
        with showing_refusals(form):
            with db.writing():
                channel_id = planning_channels.open_channel(name, kind, by=current_person().id, now=clock.now()).id
            flash("The channel is open. Say now who is needed in a week.")
            return redirect(url_for("rota.pattern", channel_id=channel_id))
    return render_form("rota/channels.html", form=form, channels=planning_channels.all_channels())


@bp.get("/rota/channels/<int:channel_id>")
@bp.post("/rota/channels/<int:channel_id>")
@requires(RotaPermission.PLAN)
def pattern(channel_id: int) -> ResponseReturnValue:
    form = StretchForm()
    if form.validate_on_submit():
        stretch = Stretch(
            frozenset(int(day) for day in form.days.data or ()),
            wall_time(form.starts.data),
            wall_time(form.ends.data),
            form.label.data or "",
            tuple(Need(Duty(duty), number, number, number) for duty, number in form.needs().items() if number),
        )
        with showing_refusals(form):
            with db.writing():
                planning_channels.add_stretch(
                    planning_channels.channel(channel_id),
                    stretch,
                    starts_on=_from_when(),
                    zone=settings.current().zone,
                    by=current_person().id,
                    now=clock.now(),
                )
            flash("The pattern is saved. Rotas made from now on follow it; those already made stay as they are.")
            return redirect(url_for("rota.pattern", channel_id=channel_id))
    return _pattern_page(channel_id, form)


@bp.post("/rota/channels/<int:channel_id>/stretches/<int:stretch_id>/remove")
@requires(RotaPermission.PLAN)
def remove_stretch(channel_id: int, stretch_id: int) -> ResponseReturnValue:
    with db.writing():
        planning_channels.remove_stretch(
            planning_channels.channel(channel_id),
            stretch_id,
            starts_on=_from_when(),
            by=current_person().id,
            now=clock.now(),
        )
    flash("The stretch is out of the pattern. Rotas already made stay as they are.")
    return redirect(url_for("rota.pattern", channel_id=channel_id))


def _pattern_page(channel_id: int, form: StretchForm) -> ResponseReturnValue:
    channel = planning_channels.channel(channel_id)
    return render_form(
        "rota/pattern.html",
        form=form,
        channel=channel,
        in_force=planning_channels.pattern_on(channel, _from_when()),
        day_names=DAY_NAMES,
        starts_on=_from_when(),
    )


def _from_when() -> date:
    """Changes hold from today: rotas already made keep their shifts, so nothing published can move."""
    today: date = g.today
    return today
