"""What a month came to, as a page, as a PDF and as tables for a spreadsheet."""

from __future__ import annotations

from flask import Response, g, render_template
from flask.typing import ResponseReturnValue

from app import db, settings
from app.pages import asked
from app.permissions import requires
from rota.permissions import RotaPermission
from rota.reports import drawn, month_files, month_pdf
from rota.reports.month_figures import figures_of
from rota.reports.month_report import MonthReport, report_of
from rota.reports.months import Month, month_called, month_of
from rota.views.blueprint import bp


@bp.get("/rota/month")
@requires(RotaPermission.PLAN)
def month_report() -> ResponseReturnValue:
    report = _report()
    figures = report.figures
    return render_template(
        "rota/month.html",
        report=report,
        figures=figures,
        month=figures.month,
        next_month=figures.month.next if figures.month.next.first <= g.today else None,
        this_month=month_of(g.today),
        bars=list(drawn.bars(figures.weeks)),
        bands=drawn.bands(figures.givers),
        now=g.now,
    )


@bp.get("/rota/month.pdf")
@requires(RotaPermission.PLAN)
def month_report_pdf() -> ResponseReturnValue:
    report = _report()
    db.session.rollback()  # Drawing takes a while; no transaction stays open meanwhile.
    name = f"nightlight-{report.figures.month.code}.pdf"
    headers = {"Content-Disposition": f'inline; filename="{name}"'}
    return Response(month_pdf.render(report, now=g.now), mimetype="application/pdf", headers=headers)


@bp.get("/rota/month/weeks.csv")
@requires(RotaPermission.PLAN)
def month_weeks() -> ResponseReturnValue:
    figures = figures_of(_month(), settings.current().zone, now=g.now)
    return _table(month_files.hours_by_week(figures), f"weeks-{figures.month.code}")


@bp.get("/rota/month/people.csv")
@requires(RotaPermission.PLAN)
def month_people() -> ResponseReturnValue:
    figures = figures_of(_month(), settings.current().zone, now=g.now)
    return _table(month_files.hours_by_person(figures), f"people-{figures.month.code}")


def _month() -> Month:
    return month_called(asked.words("month"), today=g.today)


def _report() -> MonthReport:
    return report_of(_month(), settings.current().zone, now=g.now)


def _table(content: bytes, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
    return Response(content, mimetype="text/csv", headers=headers)
