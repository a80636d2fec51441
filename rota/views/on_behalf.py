"""What somebody who plans does with shifts on a person's behalf, and which shifts nobody has confirmed yet."""

from __future__ import annotations

from flask import flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app import clock, db, settings
from app.pages import asked
from app.people import directory
from app.permissions import current_person, requires
from app.refusals import Conflict, Invalid
from rota.exchanges import part_hours
from rota.exchanges.models import SeatChange
from rota.permissions import RotaPermission
from rota.shifts import asked_on_behalf, claims_and_drops, confirming, my_shifts
from rota.store.said_of_seat_rows import Said
from rota.store.said_of_seats import said_of
from rota.views.blueprint import bp
from rota.views.parts import hours_chosen, minutes_sent


@bp.get("/people/<int:person_id>/shifts")
@requires(RotaPermission.PLAN)
def shifts_of_person(person_id: int) -> ResponseReturnValue:
    about = directory.find(person_id)
    coming = [seat for seat in my_shifts.upcoming(about.id, now=g.now) if seat.starts_at > g.now]
    said = said_of([seat.assignment_id for seat in coming if seat.assignment_id is not None])
    return render_template(
        "rota/shifts_of_person.html",
        about=about,
        coming=coming,
        confirmed={assignment_id for assignment_id, what in said if what is Said.COMES},
        open_shifts=claims_and_drops.open_shifts_for(about, now=g.now),
        zone=settings.current().zone,
    )


@bp.post("/people/<int:person_id>/shifts/seats/<int:seat_id>/claim")
@requires(RotaPermission.PLAN)
def claim_for(person_id: int, seat_id: int) -> ResponseReturnValue:
    about = directory.find(person_id)
    with db.writing():
        done = claims_and_drops.claim(seat_id, about, now=clock.now(), by=current_person())
        has_to_wait = isinstance(done, SeatChange) and done.is_pending
    if has_to_wait:
        return _done(person_id, "Noted. It has still to be agreed to, as for everybody who takes this shift.")
    return _done(person_id, f"{about.display_name} has the shift, and gets an e-mail about it.")


@bp.get("/people/<int:person_id>/shifts/<int:assignment_id>/give-back")
@requires(RotaPermission.PLAN)
def give_back_for(person_id: int, assignment_id: int) -> ResponseReturnValue:
    about = directory.find(person_id)
    return render_template(
        "rota/give_back.html",
        about=about,
        seat=my_shifts.own_seat(assignment_id, about),
        zone=settings.current().zone,
    )


@bp.post("/people/<int:person_id>/shifts/<int:assignment_id>/give-back")
@requires(RotaPermission.PLAN)
def drop_for(person_id: int, assignment_id: int) -> ResponseReturnValue:
    about = directory.find(person_id)
    with db.writing():
        claims_and_drops.drop(assignment_id, about, now=clock.now(), by=current_person())
    return _done(person_id, f"The shift is open. {about.display_name} gets an e-mail that you gave it back for them.")


@bp.post("/people/<int:person_id>/shifts/<int:assignment_id>/confirm")
@requires(RotaPermission.PLAN)
def confirm_for(person_id: int, assignment_id: int) -> ResponseReturnValue:
    about = directory.find(person_id)
    with db.writing():
        confirming.confirm(assignment_id, about, now=clock.now(), by=current_person())
    return _done(person_id, f"Noted: {about.display_name} comes. They get an e-mail that you confirmed it for them.")


@bp.post("/people/<int:person_id>/shifts/<int:assignment_id>/cover")
@requires(RotaPermission.PLAN)
def ask_for_cover_for(person_id: int, assignment_id: int) -> ResponseReturnValue:
    about = directory.find(person_id)
    with db.writing():
        asked_on_behalf.ask_for_cover_for(assignment_id, about, by=current_person(), now=clock.now())
    return _done(person_id, f"Cover is asked for. The shift stays {about.display_name}’s until somebody takes it.")


@bp.get("/people/<int:person_id>/shifts/<int:assignment_id>/part")
@requires(RotaPermission.PLAN)
def part_for(person_id: int, assignment_id: int) -> ResponseReturnValue:
    about = directory.find(person_id)
    return render_template(
        "rota/offer_part.html",
        about=about,
        offer=part_hours.hours_to_offer(assignment_id, about, now=g.now),
        assignment_id=assignment_id,
        since=asked.whole_number("since"),  # what was chosen and refused
        until=asked.whole_number("until"),
        zone=settings.current().zone,
        speaks_two_zones=False,
    )


@bp.post("/people/<int:person_id>/shifts/<int:assignment_id>/part")
@requires(RotaPermission.PLAN)
def offer_part_for(person_id: int, assignment_id: int) -> ResponseReturnValue:
    about = directory.find(person_id)
    since, until = minutes_sent()
    try:
        with db.writing():
            hours = hours_chosen(part_hours.own_seat_ahead(assignment_id, about.id, now=clock.now()), since, until)
            asked_on_behalf.offer_part_for(assignment_id, about, *hours, by=current_person(), now=clock.now())
    except (Conflict, Invalid) as refusal:  # the page says what can be offered
        db.session.rollback()
        flash(" ".join(refusal.sentences), "warning")
        page = url_for("rota.part_for", person_id=person_id, assignment_id=assignment_id, since=since, until=until)
        return redirect(page)
    return _done(person_id, f"These hours are offered. They stay {about.display_name}’s until somebody takes them.")


@bp.post("/people/<int:person_id>/shifts/parts/<int:part_id>/give-back")
@requires(RotaPermission.PLAN)
def give_part_back_for(person_id: int, part_id: int) -> ResponseReturnValue:
    about = directory.find(person_id)
    with db.writing():
        asked_on_behalf.give_part_back_for(part_id, about, by=current_person(), now=clock.now())
    return _done(person_id, "These hours are given back. The person who has the shift works them again, and is told.")


@bp.get("/rota/confirmations")
@requires(RotaPermission.PLAN)
def confirmations() -> ResponseReturnValue:
    return render_template(
        "rota/confirmations.html",
        seats=confirming.unconfirmed(g.now),
        zone=settings.current().zone,
    )


def _done(person_id: int, words: str) -> ResponseReturnValue:
    flash(words)
    return redirect(url_for("rota.shifts_of_person", person_id=person_id))
