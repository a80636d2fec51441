"""The pages that look at the present: the cover of the next days, and who is on now."""

from __future__ import annotations

from datetime import date

from flask import g, render_template, request
from flask.typing import ResponseReturnValue

from app import settings
from app.permissions import current_person, may, requires, signed_in
from rota.cover import cover
from rota.duty import on_duty
from rota.permissions import RotaPermission
from rota.views.blueprint import bp


@bp.get("/cover")
@requires(RotaPermission.SEE_COVER)
def show_cover() -> ResponseReturnValue:
    try:
        first = date.fromisoformat(request.args.get("from", ""))
    except ValueError:
        first = g.today
    zone = settings.current().zone
    return render_template(
        "rota/cover.html",
        cover=cover(first, zone, now=g.now),
        first=first,
        zone=zone,
        may_plan=may(RotaPermission.PLAN),
    )


@bp.get("/duty")
@signed_in
def duty() -> ResponseReturnValue:
    return render_template("rota/duty.html", board=on_duty(current_person().id, g.now))
