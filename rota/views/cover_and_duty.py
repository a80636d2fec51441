"""Cover of the coming days, and who is on duty now."""

from __future__ import annotations

from datetime import timedelta

from flask import g, render_template
from flask.typing import ResponseReturnValue

from app import clock, day_bounds, db, settings
from app.pages import asked
from app.permissions import current_person, may, requires, signed_in
from rota.duty.on_duty import may_see_numbers, on_call_number, on_duty, own_seats
from rota.permissions import RotaPermission
from rota.shifts.cover_map import Span, cover_map
from rota.store.cover_channels import channels_to_choose
from rota.views.blueprint import bp

A_WEEK = timedelta(days=7)


@bp.get("/cover")
@requires(RotaPermission.SEE_COVER)
def show_cover() -> ResponseReturnValue:
    span = next((each for each in Span if each == asked.words("span")), Span.WEEK)
    from_day = asked.day("from", day_bounds.PLANS) if span is Span.WEEK else None
    first = from_day or g.today
    zone = settings.current().zone
    channels = channels_to_choose(g.today)
    channel_id = next((each.id for each in channels if each.id == asked.whole_number("channel")), None)
    years = day_bounds.PLANS.years(g.today)
    other_weeks = (first - A_WEEK, first + A_WEEK)
    return render_template(
        "rota/cover.html",
        cover=cover_map(first, zone, now=g.now, span=span, channel_id=channel_id),
        first=first,
        span=span,
        weeks=[day if day.year in years else None for day in other_weeks],
        channels=channels,
        channel_id=channel_id,
        zone=zone,
        may_plan=may(RotaPermission.PLAN),
        may_see_who=may(RotaPermission.SEE_WHO),
    )


@bp.get("/duty")
@signed_in
def duty() -> ResponseReturnValue:
    return _duty_board()


@bp.post("/duty/number")
@signed_in
def show_number() -> ResponseReturnValue:
    # A POST, because reading a number adds an audit line; rendered at once, so that it stays in no address.
    person_id = asked.whole_number_sent("person_id") or 0
    with db.writing():
        number = on_call_number(person_id, by=current_person(), now=clock.now())
    return _duty_board(shown_of=person_id, number=number)


def _duty_board(shown_of: int | None = None, number: str | None = None) -> ResponseReturnValue:
    reader = current_person()
    own = own_seats(reader, g.now)
    return render_template(
        "rota/duty.html",
        channels=on_duty(reader, g.now),
        own=own,
        reader_id=reader.id,
        may_ring=may_see_numbers(reader, own, g.now),
        may_plan=may(RotaPermission.PLAN),
        may_see_who=may(RotaPermission.SEE_WHO),
        shown_of=shown_of,
        number=number,
    )
