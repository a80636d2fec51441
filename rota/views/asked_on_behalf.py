"""What somebody who plans asks of others, or answers, on a person's behalf: cover, parts, swaps, the waiting list."""

from __future__ import annotations

from collections.abc import Callable

from flask import flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app import clock, db, settings
from app.pages import asked
from app.people import directory
from app.permissions import current_person, requires
from app.refusals import Conflict, Invalid
from rota.exchanges import part_hours, parts, trading
from rota.exchanges.models import Answer, ChangeState
from rota.permissions import RotaPermission
from rota.shifts import asked_on_behalf, claims_and_drops, other_shifts, part_asking
from rota.store import staying_on
from rota.store.waiting import lines_waited_for
from rota.views.blueprint import bp
from rota.views.parts import hours_chosen, minutes_sent


@bp.post("/people/<int:person_id>/shifts/<int:assignment_id>/cover")
@requires(RotaPermission.PLAN)
def ask_for_cover_for(person_id: int, assignment_id: int) -> ResponseReturnValue:
    about = directory.find(person_id)
    with db.writing():
        asked_on_behalf.ask_for_cover_for(assignment_id, about, by=current_person(), now=clock.now())
    return done_for(person_id, f"Cover is asked for. The shift stays {about.display_name}’s until somebody takes it.")


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
    return done_for(person_id, f"These hours are offered. They stay {about.display_name}’s until somebody takes them.")


@bp.post("/people/<int:person_id>/shifts/parts/<int:part_id>/give-back")
@requires(RotaPermission.PLAN)
def give_part_back_for(person_id: int, part_id: int) -> ResponseReturnValue:
    about = directory.find(person_id)
    with db.writing():
        asked_on_behalf.give_part_back_for(part_id, about, by=current_person(), now=clock.now())
    return done_for(
        person_id, "These hours are given back. The person who has the shift works them again, and is told."
    )


@bp.post("/people/<int:person_id>/shifts/changes/<int:change_id>/take")
@requires(RotaPermission.PLAN)
def take_part_for(person_id: int, change_id: int) -> ResponseReturnValue:
    about = directory.find(person_id)
    with db.writing():
        change = asked_on_behalf.take_for(change_id, about, by=current_person(), now=clock.now())
        words = {
            ChangeState.APPLIED: f"{about.display_name} has these hours, and gets an e-mail about it.",
            ChangeState.ACCEPTED: "Noted. It has still to be agreed to, as for everybody who takes these hours.",
        }.get(change.state, "Something changed in between, so nothing was changed now.")
    return done_for(person_id, words)


@bp.post("/people/<int:person_id>/shifts/changes/<int:change_id>/ask-around")
@requires(RotaPermission.PLAN)
def ask_around_for(person_id: int, change_id: int) -> ResponseReturnValue:
    directory.find(person_id)
    with db.writing():
        part_asking.ask_around(change_id, by=current_person(), now=clock.now())
    return done_for(person_id, "People whom these hours fit are asked by e-mail, a few at a time.")


@bp.get("/people/<int:person_id>/shifts/<int:assignment_id>/swap")
@requires(RotaPermission.PLAN)
def trades_of_person(person_id: int, assignment_id: int) -> ResponseReturnValue:
    about = directory.find(person_id)
    return render_template(
        "rota/trades.html",
        about=about,
        trades=trading.trades_for(assignment_id, about, now=g.now),
        most=trading.MOST_ASKED_AT_ONCE,
        zone=settings.current().zone,
        speaks_two_zones=False,
    )


@bp.post("/people/<int:person_id>/shifts/<int:assignment_id>/swap")
@requires(RotaPermission.PLAN)
def ask_to_swap_for(person_id: int, assignment_id: int) -> ResponseReturnValue:
    about, by, theirs = directory.find(person_id), current_person(), asked.whole_numbers_sent("theirs")
    return _ask_for_trade(
        person_id,
        assignment_id,
        lambda: asked_on_behalf.ask_to_swap_for(assignment_id, theirs, about, by=by, now=clock.now()),
    )


@bp.post("/people/<int:person_id>/shifts/<int:assignment_id>/ring")
@requires(RotaPermission.PLAN)
def ask_for_ring_for(person_id: int, assignment_id: int) -> ResponseReturnValue:
    about, by = directory.find(person_id), current_person()
    first, second = (asked.whole_number_sent(name) or 0 for name in ("first", "second"))
    return _ask_for_trade(
        person_id,
        assignment_id,
        lambda: asked_on_behalf.ask_for_ring_for(assignment_id, (first, second), about, by=by, now=clock.now()),
    )


def _ask_for_trade(person_id: int, assignment_id: int, ask: Callable[[], object]) -> ResponseReturnValue:
    try:
        with db.writing():
            ask()
    except (Conflict, Invalid) as refusal:  # the page says what works now
        db.session.rollback()
        flash(" ".join(refusal.sentences), "warning")
        return redirect(url_for("rota.trades_of_person", person_id=person_id, assignment_id=assignment_id))
    name = directory.find(person_id).display_name
    return done_for(person_id, f"They are asked. The shift stays {name}’s until everybody has said yes.")


@bp.post("/people/<int:person_id>/shifts/changes/<int:change_id>/answer")
@requires(RotaPermission.PLAN)
def answer_change_for(person_id: int, change_id: int) -> ResponseReturnValue:
    about = directory.find(person_id)
    if (said := asked.words_sent("said")) not in tuple(Answer):
        raise Invalid("Please choose yes or no.")
    with db.writing():
        change = asked_on_behalf.answer_for(change_id, about, Answer(said), by=current_person(), now=clock.now())
        words = {
            ChangeState.OPEN: "Noted. It happens once everybody who is asked has said yes.",
            ChangeState.ACCEPTED: "Noted. It has still to be agreed to; until then nothing changes.",
            ChangeState.APPLIED: "Noted. The shifts have changed hands.",
            ChangeState.OVERTAKEN: "Something changed in between, so nothing was changed now.",
        }.get(change.state, "Noted. Everybody keeps what they have.")
    return done_for(person_id, words)


@bp.post("/people/<int:person_id>/shifts/changes/<int:change_id>/withdraw")
@requires(RotaPermission.PLAN)
def withdraw_change_for(person_id: int, change_id: int) -> ResponseReturnValue:
    about = directory.find(person_id)
    with db.writing():
        asked_on_behalf.take_question_back_for(change_id, about, by=current_person(), now=clock.now())
    return done_for(person_id, "That is taken back. Everybody keeps what they have.")


@bp.post("/people/<int:person_id>/shifts/<int:assignment_id>/could-stay")
@requires(RotaPermission.PLAN)
def could_stay_for(person_id: int, assignment_id: int) -> ResponseReturnValue:
    about = directory.find(person_id)
    with db.writing():
        asked_on_behalf.could_stay_for(assignment_id, about, by=current_person(), now=clock.now())
    return done_for(person_id, "Noted. It shows only while the shift that follows is short, and counts as no cover.")


@bp.post("/people/<int:person_id>/shifts/<int:assignment_id>/could-stay/take-back")
@requires(RotaPermission.PLAN)
def take_back_could_stay_for(person_id: int, assignment_id: int) -> ResponseReturnValue:
    about = directory.find(person_id)
    with db.writing():
        staying_on.take_back_noted(assignment_id, about, now=clock.now())
    return done_for(person_id, "That is taken back.")


@bp.get("/people/<int:person_id>/shifts/more")
@requires(RotaPermission.PLAN)
def more_shifts_of_person(person_id: int) -> ResponseReturnValue:
    about = directory.find(person_id)
    waited_for = lines_waited_for(about.id, now=g.now)
    lines = {seat.line_id for seat in waited_for}
    fitting = claims_and_drops.open_shifts_for(about, now=g.now)
    return render_template(
        "rota/more_shifts_for.html",
        about=about,
        waited_for=waited_for,
        taken=[seat for seat in other_shifts.taken_that_fit(about, fitting, now=g.now) if seat.line_id not in lines],
        offered_parts=parts.parts_offered_to(about, now=g.now),
        zone=settings.current().zone,
    )


@bp.post("/people/<int:person_id>/shifts/seats/<int:seat_id>/wait")
@requires(RotaPermission.PLAN)
def wait_for_seat_for(person_id: int, seat_id: int) -> ResponseReturnValue:
    about = directory.find(person_id)
    with db.writing():
        other_shifts.wait(seat_id, about, now=clock.now(), by=current_person())
    flash(f"If it opens, {about.display_name} is asked before others who were not waiting.")
    return redirect(url_for("rota.more_shifts_of_person", person_id=person_id))


@bp.post("/people/<int:person_id>/shifts/seats/<int:seat_id>/wait/stop")
@requires(RotaPermission.PLAN)
def stop_waiting_for_seat_for(person_id: int, seat_id: int) -> ResponseReturnValue:
    about = directory.find(person_id)
    with db.writing():
        other_shifts.wait_no_longer(seat_id, about, now=clock.now(), by=current_person())
    flash(f"{about.display_name} is off that waiting list.")
    return redirect(url_for("rota.more_shifts_of_person", person_id=person_id))


def done_for(person_id: int, words: str) -> ResponseReturnValue:
    """Say what was done, on the page of the person's shifts."""
    flash(words)
    return redirect(url_for("rota.shifts_of_person", person_id=person_id))
