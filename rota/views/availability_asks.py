"""Asking people for their times by a day: what was asked, and who has answered."""

from __future__ import annotations

from flask import flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app import clock, day_bounds, db, settings
from app.pages import asked as address
from app.pages.forms import Done, render_form, save_form
from app.permissions import current_person, requires
from rota.offering import asks
from rota.offering.asks import Answer
from rota.permissions import RotaPermission
from rota.views.blueprint import bp
from rota.views.offering_forms import AskForm


@bp.get("/rota/times")
@bp.post("/rota/times")
@requires(RotaPermission.PLAN)
def ask_for_times() -> ResponseReturnValue:
    first, last = (address.day(name, day_bounds.PLANS) for name in ("first", "last"))
    form, by, zone = AskForm(first=first, last=last), current_person().id, settings.current().zone

    def ask() -> Done:
        made = asks.ask_for_times(*form.days(), form.chosen(), zone=zone, by=by, now=clock.now())
        return Done("They are asked. E-mails go out in a few minutes.", url_for("rota.show_ask", ask_id=made.id))

    return save_form(form, ask) or render_form(
        "rota/ask_for_times.html", form=form, listed=asks.asks_listed(), today=g.today
    )


@bp.get("/rota/times/<int:ask_id>")
@requires(RotaPermission.PLAN)
def show_ask(ask_id: int) -> ResponseReturnValue:
    ask, zone = asks.find_ask(ask_id), settings.current().zone
    shown = next((each for each in Answer if each == address.words("show")), Answer.WAITING)
    counts = asks.counts_of(ask, zone=zone, now=g.now)
    pages = max(1, -(-counts[shown] // asks.ON_A_PAGE))
    page = min(address.whole_number("page") or 1, pages)
    return render_template(
        "rota/times_asked.html",
        counts=counts,
        ask=ask,
        shown=shown,
        page=page,
        pages=pages,
        people=asks.people_of(ask, shown, page, zone=zone, now=g.now),
        month=max(ask.starts_on, g.today),
        today=g.today,
        is_over=ask.answer_by < g.today,
    )


@bp.post("/rota/times/<int:ask_id>/end")
@requires(RotaPermission.PLAN)
def end_ask(ask_id: int) -> ResponseReturnValue:
    with db.writing():
        asks.end_ask(ask_id, by=current_person().id, now=clock.now())
    flash("That is taken back. Nobody is reminded; what people answered stays.")
    return redirect(url_for("rota.ask_for_times"))
