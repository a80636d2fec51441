"""What somebody who plans does with shifts on a person's behalf, and which shifts nobody has confirmed yet."""

from __future__ import annotations

from flask import g, render_template
from flask.typing import ResponseReturnValue

from app import clock, db, settings
from app.people import directory
from app.permissions import current_person, requires
from rota.exchanges.models import SeatChange
from rota.exchanges.reading import asked_of_and_by
from rota.permissions import RotaPermission
from rota.shifts import claims_and_drops, confirming, my_shifts
from rota.store import staying_on
from rota.store.said_of_seat_rows import Said
from rota.store.said_of_seats import said_of
from rota.views.asked_on_behalf import done_for
from rota.views.blueprint import bp


@bp.get("/people/<int:person_id>/shifts")
@requires(RotaPermission.PLAN)
def shifts_of_person(person_id: int) -> ResponseReturnValue:
    about = directory.find(person_id)
    coming = [seat for seat in my_shifts.upcoming(about.id, now=g.now) if seat.starts_at > g.now]
    asked_of_them, asked_by_them = asked_of_and_by(about.id, now=g.now, reader_id=current_person().id)
    said = said_of([seat.assignment_id for seat in coming if seat.assignment_id is not None])
    return render_template(
        "rota/shifts_of_person.html",
        about=about,
        coming=coming,
        confirmed={assignment_id for assignment_id, what in said if what is Said.COMES},
        could_stay={one for one, _ in said if staying_on.noted_by_another(one, said, about.id)},
        open_shifts=claims_and_drops.open_shifts_for(about, now=g.now),
        asked_of_them=asked_of_them,
        asked_by_them=asked_by_them,
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
        return done_for(person_id, "Noted. It has still to be agreed to, as for everybody who takes this shift.")
    return done_for(person_id, f"{about.display_name} has the shift, and gets an e-mail about it.")


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
    return done_for(
        person_id, f"The shift is open. {about.display_name} gets an e-mail that you gave it back for them."
    )


@bp.post("/people/<int:person_id>/shifts/<int:assignment_id>/confirm")
@requires(RotaPermission.PLAN)
def confirm_for(person_id: int, assignment_id: int) -> ResponseReturnValue:
    about = directory.find(person_id)
    with db.writing():
        confirming.confirm(assignment_id, about, now=clock.now(), by=current_person())
    return done_for(person_id, f"Noted: {about.display_name} comes. They get an e-mail that you confirmed it for them.")


@bp.get("/rota/confirmations")
@requires(RotaPermission.PLAN)
def confirmations() -> ResponseReturnValue:
    return render_template(
        "rota/confirmations.html",
        seats=confirming.unconfirmed(g.now),
        zone=settings.current().zone,
    )
