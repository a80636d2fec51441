"""The rota out of the system: on paper, and as tables for a spreadsheet."""

from __future__ import annotations

from flask import Response, g, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from app import audit, clock, db, settings
from app.pages import asked
from app.people.models import CLOSED, Person
from app.permissions import CorePermission, current_person, may, requires
from progression.intervals import Interval
from rota.exports import sheet_pdf, sheets, tables
from rota.exports.periods import Period, month_of, period_called, week_of
from rota.exports.sheet_pdf import Paper
from rota.permissions import RotaPermission
from rota.store.availability import availability_of
from rota.store.models import Rota
from rota.store.seat_parts import worked
from rota.store.seats import SeatRow, between, seats_where
from rota.store.special_days import special_days_between
from rota.views.blueprint import bp


@bp.get("/rota/out")
@requires(RotaPermission.SEE_WHO)
def take_out() -> ResponseReturnValue:
    period = _period()
    return render_template(
        "rota/take_out.html",
        period=period,
        week=week_of(g.today if g.today in period.days else period.first),
        month=month_of(period.first),
        papers=Paper,
        may_plan=may(RotaPermission.PLAN),
        may_see_people=may(CorePermission.SEE_PEOPLE),
    )


@bp.get("/rota/out/rota.pdf")
@requires(RotaPermission.SEE_WHO)
def rota_on_paper() -> ResponseReturnValue:
    period, zone = _period(), settings.current().zone
    paper = Paper.A3 if asked.words("paper") == Paper.A3 else Paper.A4
    weeks = sheets.weeks_of(period, _seats(period), zone, _special_days(period))
    _write_down(f"rota:{paper}", period)
    return _pdf(sheet_pdf.rota_on(paper, period, weeks, zone, now=g.now), f"rota-{period.code}-{paper}")


@bp.get("/rota/out/call-sheet.pdf")
@requires(RotaPermission.SEE_WHO)
def call_sheet() -> ResponseReturnValue:
    period, zone = _period(), settings.current().zone
    days = sheets.call_sheet(period, _seats(period), zone, _special_days(period))
    _write_down("call-sheet", period)
    return _pdf(sheet_pdf.call_sheet_on_paper(period, days, zone, now=g.now), f"call-sheet-{period.code}")


@bp.get("/rota/out/rota.csv")
@requires(RotaPermission.SEE_WHO)
def rota_as_table() -> ResponseReturnValue:
    period = _period()
    table = tables.rota_table(_seats(period), settings.current().zone, _special_days(period))
    _write_down("rota", period)
    return _table(table, f"rota-{period.code}")


@bp.get("/rota/out/availability.csv")
@requires(RotaPermission.PLAN)
def availability_as_table() -> ResponseReturnValue:
    period, zone = _period(), settings.current().zone
    rows = db.session.execute(select(Person.id, Person.display_name).where(Person.state.not_in(CLOSED)))
    names = {row.id: row.display_name for row in rows}
    days = [Interval(clock.starts(day, zone), clock.ends(day, zone)) for day in period.days]
    table = tables.availability_table(names, availability_of(names, days[0].start, days[-1].end), days, zone)
    _write_down("availability", period)
    return _table(table, f"availability-{period.code}")


def _period() -> Period:
    return period_called(asked.words("of"), today=g.today)


def _seats(period: Period) -> list[SeatRow]:
    """Who works the published seats of the shifts that begin in a period, from when until when."""
    starts, ends = period.bounds(settings.current().zone)
    seats = seats_where(Rota.version > 0, *between(starts, ends))
    return worked([seat for seat in seats if seat.starts_at >= starts])


def _special_days(period: Period) -> sheets.Special:
    return special_days_between(period.first, period.days[-1])


def _write_down(what: str, period: Period) -> None:
    """Record who took names out of the system. Ends the reading transaction: drawing takes a while."""
    by = current_person().id
    db.session.rollback()
    with db.writing():
        audit.record(
            "rota.exported", by=by, subject="rota_export:0", now=g.now, details={"what": what, "of": period.code}
        )


def _pdf(content: bytes, name: str) -> Response:
    headers = {"Content-Disposition": f'inline; filename="{name}.pdf"'}
    return Response(content, mimetype="application/pdf", headers=headers)


def _table(content: bytes, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
    return Response(content, mimetype="text/csv", headers=headers)
