"""A part of a shift: offering some of its hours, taking those that somebody offers, and giving them back."""

from __future__ import annotations

from datetime import datetime, timedelta

from flask import flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app import clock, db
from app.pages import asked
from app.permissions import current_person, signed_in
from app.refusals import Conflict, Invalid
from rota.exchanges import changes, part_hours, parts
from rota.shifts import my_shifts, part_asking
from rota.store.seat_parts import get_part
from rota.store.seats import SeatRow
from rota.views.blueprint import bp


@bp.get("/shifts/mine/<int:assignment_id>/part")
@signed_in
def hours_to_offer(assignment_id: int) -> ResponseReturnValue:
    person = current_person()
    return render_template(
        "rota/offer_part.html",
        offer=part_hours.hours_to_offer(assignment_id, person, now=g.now),
        assignment_id=assignment_id,
        since=asked.whole_number("since"),  # what was chosen and refused
        until=asked.whole_number("until"),
        zone=my_shifts.zone_of(person),
        speaks_two_zones=my_shifts.speaks_two_zones(person),
    )


@bp.post("/shifts/mine/<int:assignment_id>/part")
@signed_in
def offer_part(assignment_id: int) -> ResponseReturnValue:
    person = current_person()
    since, until = minutes_sent()
    try:
        with db.writing():
            seat = part_hours.own_seat_ahead(assignment_id, person.id, now=clock.now())
            hours = hours_chosen(seat, since, until)
            parts.offer_part(assignment_id, person, *hours, by=person.id, now=clock.now())
            shift_id = seat.shift_id
    except (Conflict, Invalid) as refusal:  # the page says what can be offered
        db.session.rollback()
        flash(" ".join(refusal.sentences), "warning")
        return redirect(url_for("rota.hours_to_offer", assignment_id=assignment_id, since=since, until=until))
    flash("These hours are offered. They are yours until somebody takes them.")
    return redirect(url_for("rota.shift", shift_id=shift_id))


def minutes_sent() -> tuple[int | None, int | None]:
    """From when until when, in minutes from the start of the shift, as the form of a part sent it."""
    since, until = (asked.whole_number_sent(name) for name in ("since", "until"))
    return since, until


def hours_chosen(seat: SeatRow, since: int | None, until: int | None) -> tuple[datetime, datetime]:
    """The hours of a shift that were chosen; refuses none, and an end before the start."""
    if since is None or until is None or not 0 <= since <= until <= parts.LONGEST_MINUTES:
        raise Invalid("Please choose from when until when, the end after the start.")
    return seat.starts_at + timedelta(minutes=since), seat.starts_at + timedelta(minutes=until)


@bp.post("/shifts/changes/<int:change_id>/ask-around")
@signed_in
def ask_around(change_id: int) -> ResponseReturnValue:
    with db.writing():
        part_asking.ask_around(change_id, by=current_person(), now=clock.now())
    flash("People whom these hours fit are asked by e-mail, a few at a time and at nobody’s night.")
    return redirect(url_for("rota.seat_change", change_id=change_id))


@bp.post("/shifts/parts/<int:change_id>/take")
@signed_in
def take_part(change_id: int) -> ResponseReturnValue:
    person = current_person()
    with db.writing():
        change = changes.take(change_id, person.id, by=person.id, now=clock.now())
        words = parts.what_followed(change)
    flash(words)
    return redirect(url_for("rota.shifts"))


@bp.get("/shifts/parts/<int:part_id>/give-back")
@signed_in
def part_to_give_back(part_id: int) -> ResponseReturnValue:
    person = current_person()
    part = get_part(part_id, person.id)
    return render_template(
        "rota/give_part_back.html",
        part=part,
        until=parts.give_back_until(part, now=g.now),
        zone=my_shifts.zone_of(person),
        speaks_two_zones=my_shifts.speaks_two_zones(person),
    )


@bp.post("/shifts/parts/<int:part_id>/give-back")
@signed_in
def give_part_back(part_id: int) -> ResponseReturnValue:
    person = current_person()
    with db.writing():
        parts.give_part_back(part_id, person, by=person.id, now=clock.now())
    flash("Thank you for telling us. The person who has the shift knows, and works these hours again.")
    return redirect(url_for("rota.shifts"))
