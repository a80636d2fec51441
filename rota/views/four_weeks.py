"""Four weeks of all channels at a glance, and one day of a rota."""

from __future__ import annotations

from datetime import date

from flask import g, render_template, url_for
from flask.typing import ResponseReturnValue

from app import day_bounds, settings
from app.pages import asked
from app.permissions import requires
from rota.permissions import RotaPermission
from rota.planning.channels import open_channels
from rota.planning.four_weeks import A_PERIOD, four_weeks
from rota.views.blueprint import bp


@bp.get("/rota/weeks")
@requires(RotaPermission.PLAN)
def show_weeks() -> ResponseReturnValue:
    day = asked.day("from", day_bounds.PLANS) or g.today
    weeks = four_weeks(day, _day_page, zone=settings.current().zone, now=g.now)
    years = day_bounds.PLANS.years(g.today)
    neighbours = {"before": weeks.monday - A_PERIOD, "after": weeks.monday + A_PERIOD}
    return render_template(
        "rota/weeks.html",
        weeks=weeks,
        channels=open_channels(g.today),
        today=g.today,
        **{name: monday if monday.year in years else None for name, monday in neighbours.items()},
    )


def _day_page(rota_id: int, day: date, shift_id: int | None) -> str:
    anchor = None if shift_id is None else f"s{shift_id}"
    return url_for("rota.show_day", rota_id=rota_id, day=day.isoformat(), _anchor=anchor)
