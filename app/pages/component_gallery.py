"""Every component on one page, for developers and for the tests of their appearance. Never in production."""

from __future__ import annotations

from datetime import date, timedelta

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from app.permissions import public

bp = Blueprint("kit", __name__)

MONDAY = date(2027, 3, 1)
STATES = ("full", "full", "short", "full", "empty", "none", "full")


@bp.get("/dev/kit")
@public
def show() -> ResponseReturnValue:
    return render_template("kit/kit.html", sample_day=MONDAY, sample_weeks=[_week(number) for number in range(4)])


def _week(number: int) -> dict[str, object]:
    days = [
        {
            "on": MONDAY + timedelta(weeks=number, days=day),
            "href": "#week",
            "state": STATES[(number + day) % 7],
            "count": 2,
        }
        for day in range(7)
    ]
    return {"title": f"Week {number + 1}", "summary": "2 short", "is_chosen": number == 3, "days": days}
