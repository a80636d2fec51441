"""The report of a month as a PDF on A4, for a board or a funder: charts with their tables, and nobody by name."""

from __future__ import annotations

from datetime import datetime

from app import clock, settings
from app.printing import fonts, pdf
from app.wording import amount, day_in_words, percent, plural
from progression.stages import Stage
from rota.reports import drawn
from rota.reports.month_report import MonthReport

WIDTH = 520  # of the drawing of the weeks, in its own units
COLOURS = {Stage.PEER: "#3f7269", Stage.VOLUNTEER: "#7a6bb0", Stage.STAFF: "#2b2a5c", Stage.USER: "#8a8799"}
"""Dark enough that white numbers on them can be read (WCAG 1.4.3), also in print without colour."""
STAGES = (Stage.PEER, Stage.VOLUNTEER, Stage.STAFF)


def render(report: MonthReport, *, now: datetime) -> bytes:
    """The report on two pages or three. Takes some tenths of a second: keep it outside any transaction."""
    zone = settings.current().zone
    nights = [night for night in report.figures.nights if night.thin]
    return pdf.printed(
        "rota/paper/month.html",
        "rota/paper/month.css",
        organisation=fonts.printable(settings.current().organisation),
        report=report,
        figures=report.figures,
        month=report.figures.month,
        bars=list(drawn.bars(report.figures.weeks)),
        bands=drawn.bands(report.figures.givers),
        thin=[(night, [fonts.printable(words) for words in night.thin]) for night in nights],
        stages=STAGES,
        colours=COLOURS,
        width=WIDTH,
        plot=drawn.PLOT,
        until=day_in_words(clock.on(report.figures.until, zone)),
        today=day_in_words(clock.on(now, zone)),
        amount=amount,
        percent=percent,
        plural=plural,
        day_in_words=day_in_words,
    )
