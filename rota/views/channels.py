"""Channels and their weekly patterns."""

from __future__ import annotations

from datetime import date

from flask import flash, g, redirect, url_for
from flask.typing import ResponseReturnValue

from app import clock, db, settings
from app.organisation import in_force
from app.pages.forms import Done, render_form, save_form
from app.permissions import current_person, requires
from rota.forms import ChannelForm, CloseChannelForm, PatternSpanForm, RenameChannelForm
from rota.permissions import RotaPermission
from rota.planning import bank_holidays, rota_differences
from rota.planning import channels as planning_channels
from rota.scheduling.cover_pattern import DAY_NAMES
from rota.scheduling.opening_hours import opening_hours
from rota.store.models import Channel, ChannelKind
from rota.views.blueprint import bp


@bp.get("/rota/channels")
@bp.post("/rota/channels")
@requires(RotaPermission.PLAN)
def channels() -> ResponseReturnValue:
    form, by = ChannelForm(), current_person().id

    def open_it() -> Done:
        name, kind = form.name.data or "", ChannelKind(form.kind.data)
        channel = planning_channels.open_channel(name, kind, by=by, now=clock.now())
        bank_holidays.enter(clock.now(), by=by)
        pattern_page = url_for("rota.pattern", channel_id=channel.id)
        return Done("The channel is open. Say now who is needed in a week.", pattern_page)

    if form.is_submitted():
        bank_holidays.load((), now=clock.now())  # slow the first time, so outside the transaction
    if saved := save_form(form, open_it):
        return saved
    return render_form(
        "rota/channels.html",
        form=form,
        open=planning_channels.open_channels(_today()),
        closed=planning_channels.closed_channels(_today()),
    )


@bp.get("/rota/channels/<int:channel_id>")
@bp.post("/rota/channels/<int:channel_id>")
@requires(RotaPermission.PLAN)
def pattern(channel_id: int) -> ResponseReturnValue:
    form, by = PatternSpanForm(), current_person().id

    def add_it() -> Done:
        in_force.hold_zone_still()
        zone = settings.current().zone
        channel = planning_channels.channel(channel_id)
        planning_channels.add_span(channel, form.span(), starts_on=_today(), zone=zone, by=by, now=clock.now())
        return _done("The pattern is saved. Rotas made from now on follow it.", channel)

    return save_form(form, add_it) or _pattern_page(channel_id, form)


@bp.post("/rota/channels/<int:channel_id>/times/<int:span_id>/remove")
@requires(RotaPermission.PLAN)
def remove_span(channel_id: int, span_id: int) -> ResponseReturnValue:
    with db.writing():
        channel = planning_channels.channel(channel_id)
        planning_channels.remove_span(channel, span_id, starts_on=_today(), by=current_person().id, now=clock.now())
        done = _done("The shift is out of the pattern. Rotas made from now on follow it.", channel)
    flash(done.message)
    return redirect(done.to)


@bp.get("/rota/channels/<int:channel_id>/times/<int:span_id>")
@bp.post("/rota/channels/<int:channel_id>/times/<int:span_id>")
@requires(RotaPermission.PLAN)
def change_span(channel_id: int, span_id: int) -> ResponseReturnValue:
    channel = planning_channels.channel(channel_id)
    form = PatternSpanForm.showing(planning_channels.span_of(channel, span_id, on=_today()))
    by = current_person().id

    def change_it() -> Done:
        channel = planning_channels.channel(channel_id)
        planning_channels.change_span(channel, span_id, form.span(), starts_on=_today(), by=by, now=clock.now())
        return _done("The shift is changed. Rotas made from now on follow it.", channel)

    return save_form(form, change_it) or render_form("rota/change_span.html", form=form, channel=channel)


@bp.post("/rota/channels/<int:channel_id>/name")
@requires(RotaPermission.PLAN)
def rename_channel(channel_id: int) -> ResponseReturnValue:
    form, by = RenameChannelForm(prefix="name"), current_person().id

    def rename_it() -> Done:
        channel = planning_channels.channel(channel_id)
        planning_channels.rename_channel(channel, form.name.data or "", by=by, now=clock.now())
        return Done("The name is saved.", url_for("rota.pattern", channel_id=channel_id))

    return save_form(form, rename_it) or _pattern_page(channel_id, rename=form)


@bp.post("/rota/channels/<int:channel_id>/close")
@requires(RotaPermission.PLAN)
def close_channel(channel_id: int) -> ResponseReturnValue:
    form, by, zone = CloseChannelForm(prefix="close"), current_person().id, settings.current().zone

    def close_it() -> Done:
        channel = planning_channels.channel(channel_id)
        planning_channels.close_channel(channel, form.day(), zone=zone, by=by, now=clock.now())
        return _done("The channel closes on that day. What was before stays.", channel, to=url_for("rota.channels"))

    return save_form(form, close_it) or _pattern_page(channel_id, close=form)


@bp.post("/rota/channels/<int:channel_id>/open-again")
@requires(RotaPermission.PLAN)
def reopen_channel(channel_id: int) -> ResponseReturnValue:
    with db.writing():
        channel = planning_channels.channel(channel_id)
        planning_channels.reopen_channel(channel, by=current_person().id, now=clock.now())
        done = _done("The channel is open again, with its weekly pattern.", channel)
    flash(done.message)
    return redirect(done.to)


@bp.post("/rota/channels/<int:channel_id>/remove")
@requires(RotaPermission.PLAN)
def remove_channel(channel_id: int) -> ResponseReturnValue:
    with db.writing():
        channel = planning_channels.channel(channel_id)
        planning_channels.remove_channel(channel, by=current_person().id, now=clock.now())
    flash("The channel is removed. It never had a shift.")
    return redirect(url_for("rota.channels"))


def _done(message: str, channel: Channel, *, to: str | None = None) -> Done:
    """Where to go after a change: to the rotas that differ now, if there are any, else to the pattern."""
    said, differs = rota_differences.after(message, channel, now=clock.now())
    if differs:
        return Done(said, url_for("rota.rota_differences_page", channel_id=channel.id))
    return Done(said, to or url_for("rota.pattern", channel_id=channel.id))


def _pattern_page(
    channel_id: int,
    form: PatternSpanForm | None = None,
    *,
    rename: RenameChannelForm | None = None,
    close: CloseChannelForm | None = None,
) -> ResponseReturnValue:
    channel = planning_channels.channel(channel_id)
    in_force = planning_channels.pattern_on(channel, _today())
    fresh = PatternSpanForm(formdata=None)
    return render_form(
        "rota/pattern.html",
        # The form that was sent comes back as `form`, so that the error summary at the top is about it.
        form=rename or close or form or fresh,
        span_form=form or fresh,
        rename_form=rename or RenameChannelForm(prefix="name", formdata=None, name=channel.name),
        close_form=close or CloseChannelForm(prefix="close", formdata=None),
        channel=channel,
        has_shifts=planning_channels.has_shifts(channel),
        in_force=in_force,
        hours=opening_hours(planning_channels.spans_of(in_force)) if in_force is not None else "",
        day_names=DAY_NAMES,
        starts_on=_today(),
    )


def _today() -> date:
    """The day from which a changed pattern holds: rotas already made keep their shifts, so nothing published moves."""
    today: date = g.today
    return today
