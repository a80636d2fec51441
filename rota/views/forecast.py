"""The forecast of twelve weeks: looking, looking again, stopping, and inviting people to renew what lapses."""

from __future__ import annotations

from flask import flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app import clock, db, settings
from app.jobs.tasks import request_stop
from app.pages import asked
from app.permissions import current_person, may, requires
from progression.permissions import ProgressionPermission
from rota.ahead import forecasts, invitations
from rota.ahead.page import page_of
from rota.permissions import RotaPermission
from rota.store.cover_channels import channels_to_choose
from rota.views.blueprint import bp


@bp.get("/cover/twelve-weeks")
@requires(RotaPermission.PLAN)
def show_forecast() -> ResponseReturnValue:
    forecast, task = forecasts.latest(), forecasts.running()
    channels = channels_to_choose(g.today)
    channel_id = next((each.id for each in channels if each.id == asked.whole_number("channel")), None)
    zone = settings.current().zone
    sees_evidence = may(ProgressionPermission.SEE_EVIDENCE)
    page = None
    if forecast is not None:
        names = {each.id: each.name for each in channels}
        page = page_of(forecast, names, channel_id=channel_id, sees_evidence=sees_evidence, zone=zone, now=g.now)
    return render_template(
        "rota/forecast.html",
        forecast=forecast,
        page=page,
        since=forecasts.since(forecast) if forecast is not None else None,
        task=task,
        is_own_task=task is not None and task.requested_by_id == current_person().id,
        channels=channels,
        channel_id=channel_id,
        zone=zone,
        button_words=invitations.button_words,
    )


@bp.post("/cover/twelve-weeks/look")
@requires(RotaPermission.PLAN)
def look_ahead() -> ResponseReturnValue:
    with db.writing():
        forecasts.ask(by=current_person().id, now=clock.now())
    return redirect(url_for("rota.show_forecast"))


@bp.post("/cover/twelve-weeks/stop")
@requires(RotaPermission.PLAN)
def stop_looking_ahead() -> ResponseReturnValue:
    with db.writing():
        if (task := forecasts.running()) is not None:
            request_stop(task.id)
    flash("We are stopping. What was found so far is kept.")
    return redirect(url_for("rota.show_forecast"))


@bp.post("/cover/twelve-weeks/invite")
@requires(RotaPermission.PLAN)
def invite_to_renew() -> ResponseReturnValue:
    forecast_id = asked.whole_number_sent("forecast_id") or 0
    with db.writing():
        outcome = invitations.invite_all(forecast_id, by=current_person(), now=clock.now())
    flash(outcome.words)
    return redirect(url_for("rota.show_forecast"))
