"""Shifts that change hands with consent: ask for cover or a trade, answer, take it back, decide as a coordinator."""

from __future__ import annotations

from collections.abc import Callable

from flask import flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app import clock, db, settings
from app.pages import asked
from app.permissions import current_person, requires, signed_in
from app.refusals import Conflict, Invalid
from rota.exchanges import changes, reading, trading
from rota.exchanges.changes import NewMove
from rota.exchanges.models import Answer, ChangeKind, ChangeState, SeatChange
from rota.permissions import RotaPermission
from rota.shifts import my_shifts
from rota.store.seat_asks import open_askings_about_parts
from rota.views.blueprint import bp


@bp.post("/shifts/mine/<int:assignment_id>/cover")
@signed_in
def ask_for_cover(assignment_id: int) -> ResponseReturnValue:
    person = current_person()
    with db.writing():
        seat = my_shifts.own_seat(assignment_id, person)
        moves = [NewMove(seat.id, None)]
        changes.propose(ChangeKind.COVER, moves, asker=person.id, asked=(), by=person.id, now=clock.now())
        shift_id = seat.shift_id
    flash("You asked for cover. The shift is still yours until somebody takes it.")
    return redirect(url_for("rota.shift", shift_id=shift_id))


@bp.get("/shifts/changes/<int:change_id>")
@signed_in
def seat_change(change_id: int) -> ResponseReturnValue:
    person = current_person()
    view = reading.change_for(change_id, person.id, now=g.now)
    return render_template(
        "rota/seat_change.html",
        view=view,
        is_asked_around=view.change.kind is ChangeKind.PART and bool(open_askings_about_parts(change_id)),
        zone=my_shifts.zone_of(person),
        speaks_two_zones=my_shifts.speaks_two_zones(person),
    )


@bp.post("/shifts/changes/<int:change_id>/answer")
@signed_in
def answer_change(change_id: int) -> ResponseReturnValue:
    person_id = current_person().id
    if (said := asked.words_sent("said")) not in tuple(Answer):
        raise Invalid("Please choose yes or no.")
    with db.writing():
        change = changes.answer(change_id, person_id, Answer(said), by=person_id, now=clock.now())
        flash(_what_followed(change))
    return redirect(url_for("rota.seat_change", change_id=change_id))


@bp.post("/shifts/changes/<int:change_id>/withdraw")
@signed_in
def withdraw_change(change_id: int) -> ResponseReturnValue:
    with db.writing():
        changes.withdraw(change_id, by=current_person().id, now=clock.now())
    flash("That is taken back. Everybody keeps what they have.")
    return redirect(url_for("rota.seat_change", change_id=change_id))


@bp.get("/shifts/mine/<int:assignment_id>/swap")
@signed_in
def trades(assignment_id: int) -> ResponseReturnValue:
    person = current_person()
    return render_template(
        "rota/trades.html",
        trades=trading.trades_for(assignment_id, person, now=g.now),
        most=trading.MOST_ASKED_AT_ONCE,
        zone=my_shifts.zone_of(person),
        speaks_two_zones=my_shifts.speaks_two_zones(person),
    )


@bp.post("/shifts/mine/<int:assignment_id>/swap")
@signed_in
def ask_to_swap(assignment_id: int) -> ResponseReturnValue:
    person, theirs = current_person(), asked.whole_numbers_sent("theirs")
    return _ask_for_trade(
        assignment_id,
        lambda: trading.ask_to_swap(assignment_id, theirs, person, by=person.id, now=clock.now()),
    )


@bp.post("/shifts/mine/<int:assignment_id>/ring")
@signed_in
def ask_for_ring(assignment_id: int) -> ResponseReturnValue:
    person = current_person()
    first, second = (asked.whole_number_sent(name) or 0 for name in ("first", "second"))
    return _ask_for_trade(
        assignment_id,
        lambda: trading.ask_for_ring(assignment_id, (first, second), person, by=person.id, now=clock.now()),
    )


@bp.get("/rota/changes")
@requires(RotaPermission.PLAN)
def changes_to_decide() -> ResponseReturnValue:
    person = current_person()
    return render_template(
        "rota/changes_to_decide.html",
        waiting=reading.waiting_for_decision(person.id, now=g.now),
        looking=reading.looking_for_cover(person.id, now=g.now),
        zone=settings.current().zone,
        speaks_two_zones=False,
    )


@bp.post("/rota/changes/<int:change_id>/decide")
@requires(RotaPermission.PLAN)
def decide_change(change_id: int) -> ResponseReturnValue:
    if (said := asked.words_sent("said")) not in tuple(Answer):
        raise Invalid("Please agree or decline.")
    with db.writing():
        change = changes.decide(change_id, agrees=said == Answer.YES, by=current_person().id, now=clock.now())
        flash(_what_followed(change))
    return redirect(url_for("rota.changes_to_decide"))


def _ask_for_trade(assignment_id: int, ask: Callable[[], object]) -> ResponseReturnValue:
    try:
        with db.writing():
            ask()
    except (Conflict, Invalid) as refusal:  # the page says what works now
        db.session.rollback()
        flash(" ".join(refusal.sentences), "warning")
        return redirect(url_for("rota.trades", assignment_id=assignment_id))
    flash("They are asked. Your shift is still yours until everybody has said yes.")
    return redirect(url_for("rota.shifts"))


def _what_followed(change: SeatChange) -> str:
    """What a person reads who has just answered."""
    return {
        ChangeState.OPEN: "Thank you. It happens once everybody who is asked has said yes.",
        ChangeState.ACCEPTED: "Thank you. A coordinator has still to agree; until then nothing changes.",
        ChangeState.APPLIED: "Thank you. The shifts have changed hands.",
        ChangeState.OVERTAKEN: "Something changed in between, so nothing was changed now. Below it says what.",
    }.get(change.state, "Thank you for saying so. Everybody keeps what they have.")
