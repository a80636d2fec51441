"""The printed rota as PDFs: a week or a month on A4 or A3, and the call sheet."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from app import clock, settings
from app.printing import fonts, pdf
from app.wording import day_in_words, hour_in_words
from rota.exports.periods import Period

SHEET = "rota/paper/rota.css"


class Paper(StrEnum):
    """The size of the paper, across."""

    A4 = "a4"
    A3 = "a3"


def rota_on(paper: Paper, period: Period, weeks: object, zone: ZoneInfo, *, now: datetime) -> bytes:
    """The weeks of a period as tables. Takes seconds for a month of a thousand seats: keep it outside transactions."""
    return pdf.printed("rota/paper/rota.html", SHEET, paper=paper.value, weeks=weeks, **_facts(period, zone, now))


def call_sheet_on_paper(period: Period, days: object, zone: ZoneInfo, *, now: datetime) -> bytes:
    """Each day's shifts in order of time, with a box to tick for each person."""
    return pdf.printed("rota/paper/call_sheet.html", SHEET, days=days, **_facts(period, zone, now))


def _facts(period: Period, zone: ZoneInfo, now: datetime) -> Mapping[str, Any]:
    return {
        "organisation": fonts.printable(settings.current().organisation),
        "period": period,
        "zone": zone.key.replace("_", " "),
        "made": f"{day_in_words(clock.on(now, zone))}, {hour_in_words(now, zone)}",
        "printable": fonts.printable,
        "day_in_words": day_in_words,
    }
