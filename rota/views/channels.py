"""Channels and their weekly patterns."""

from __future__ import annotations

from datetime import date

from flask import flash, g, redirect, url_for
from flask.typing import ResponseReturnValue

from app import clock, db, settings
from app.pages.forms import Done, render_form, save_form
from app.permissions import current_person, requires
from rota.forms import ChannelForm, PatternSpanForm
from rota.permissions import RotaPermission
from rota.planning import channels as planning_channels
from rota.scheduling.cover_pattern import DAY_NAMES
from rota.store.models import ChannelKind
from rota.views.blueprint import bp


@bp.get("/rota/channels")
@bp.post("/rota/channels")
@requires(RotaPermission.PLAN)
def channels() -> ResponseReturnValue:
    form, by = ChannelForm(), current_person().id

    def open_it() -> Done:
        name, kind = form.name.data or "", ChannelKind(form.kind.data)
        channel = planning_channels.open_channel(name, kind, by=by, now=clock.now())
        pattern_page = url_for("rota.pattern", channel_id=channel.id)
        return Done("The channel is open. Say now who is needed in a week.", pattern_page)

    if saved := save_form(form, open_it):
        return saved
    return render_form("rota/channels.html", form=form, channels=planning_channels.all_channels())


@bp.get("/rota/channels/<int:channel_id>")
@bp.post("/rota/channels/<int:channel_id>")
@requires(RotaPermission.PLAN)
def pattern(channel_id: int) -> ResponseReturnValue:
    form, by, zone = PatternSpanForm(), current_person().id, settings.current().zone

    def add_it() -> Done:
        channel = planning_channels.channel(channel_id)
        planning_channels.add_span(channel, form.span(), starts_on=_today(), zone=zone, by=by, now=clock.now())
        message = "The pattern is saved. Rotas made from now on follow it; those already made stay as they are."
        return Done(message, url_for("rota.pattern", channel_id=channel_id))

    return save_form(form, add_it) or _pattern_page(channel_id, form)


@bp.post("/rota/channels/<int:channel_id>/times/<int:span_id>/remove")
@requires(RotaPermission.PLAN)
def remove_span(channel_id: int, span_id: int) -> ResponseReturnValue:
    with db.writing():
        planning_channels.remove_span(
            planning_channels.channel(channel_id),
            span_id,
            starts_on=_today(),
            by=current_person().id,
            now=clock.now(),
        )
    flash("The shift is out of the pattern. Rotas already made stay as they are.")
    return redirect(url_for("rota.pattern", channel_id=channel_id))


def _pattern_page(channel_id: int, form: PatternSpanForm) -> ResponseReturnValue:
    channel = planning_channels.channel(channel_id)
    return render_form(
        "rota/pattern.html",
        form=form,
        channel=channel,
        in_force=planning_channels.pattern_on(channel, _today()),
        day_names=DAY_NAMES,
        starts_on=_today(),
    )


def _today() -> date:
    """The day from which a changed pattern holds: rotas already made keep their shifts, so nothing published moves."""
    today: date = g.today
    return today
