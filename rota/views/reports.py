"""What a month came to, as a page and as tables for a spreadsheet."""

from __future__ import annotations

from flask import Response, g, render_template
from flask.typing import ResponseReturnValue

from app import settings
from app.pages import asked
from app.permissions import requires
from rota.permissions import RotaPermission
from rota.reports import drawn, month_files
from rota.reports.month_figures import FAIR_WITHIN_HOURS, MonthFigures, figures_of
from rota.reports.months import month_called, month_of
from rota.views.blueprint import bp


@bp.get("/rota/month")
@requires(RotaPermission.PLAN)
def month_report() -> ResponseReturnValue:
    figures = _figures()
    return render_template(
        "rota/month.html",
        figures=figures,
        month=figures.month,
        next_month=figures.month.next if figures.month.next.first <= g.today else None,
        this_month=month_of(g.today),
        bars=list(drawn.bars(figures.weeks)),
        bands=drawn.bands(figures.givers),
        fair_within=FAIR_WITHIN_HOURS,
        now=g.now,
    )


@bp.get("/rota/month/weeks.csv")
@requires(RotaPermission.PLAN)
def month_weeks() -> ResponseReturnValue:
    figures = _figures()
    return _table(month_files.hours_by_week(figures), f"weeks-{figures.month.code}")


@bp.get("/rota/month/people.csv")
@requires(RotaPermission.PLAN)
def month_people() -> ResponseReturnValue:
    figures = _figures()
    return _table(month_files.hours_by_person(figures), f"people-{figures.month.code}")


def _figures() -> MonthFigures:
    month = month_called(asked.words("month"), today=g.today)
    return figures_of(month, settings.current().zone, now=g.now)


def _table(content: bytes, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
    return Response(content, mimetype="text/csv", headers=headers)
