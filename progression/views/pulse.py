"""Short questions: answering those open to oneself, and for those who ask them what came of them."""

from __future__ import annotations

from flask import flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app import clock, db
from app.pages.forms import Done, render_form, save_form
from app.permissions import current_person, may, requires, signed_in
from app.refusals import NotFound
from progression.listening import pulses
from progression.listening.forms import NewPulseForm, PulseForm
from progression.permissions import ProgressionPermission as May
from progression.views.blueprint import pulse_bp


@pulse_bp.get("")
@signed_in
def index() -> ResponseReturnValue:
    may_ask = may(May.ASK_PULSE)
    return render_template(
        "progression/listening/pulses.html",
        waiting=pulses.waiting_for(current_person().id, now=g.now),
        asked=pulses.all_pulses(g.now) if may_ask else (),
        may_ask=may_ask,
    )


@pulse_bp.get("/new")
@pulse_bp.post("/new")
@requires(May.ASK_PULSE)
def ask() -> ResponseReturnValue:
    form = NewPulseForm()

    def save() -> Done:
        made = pulses.ask(form.pulse(), by=current_person(), now=clock.now())
        return Done("Asked. E-mails go out at nine on the first day.", url_for(".results", pulse_id=made.id))

    return save_form(form, save) or render_form("progression/listening/new_pulse.html", form=form)


@pulse_bp.get("/<int:pulse_id>")
@pulse_bp.post("/<int:pulse_id>")
@signed_in
def answer(pulse_id: int) -> ResponseReturnValue:
    person = current_person()
    found = pulses.open_to(person.id, pulse_id, now=g.now)
    if found is None:
        raise NotFound("These questions are not open to you: they are closed, or you have answered them.")
    form = PulseForm(ratings=["left-out"] * len(found.questions))

    def save() -> Done:
        pulses.answer(person, pulse_id, form.given(), form.words.data or "", now=clock.now())
        return Done("Thank you. It is kept without your name.", url_for(".index"))

    return save_form(form, save) or render_form("progression/listening/pulse.html", form=form, pulse=found)


@pulse_bp.get("/<int:pulse_id>/results")
@requires(May.ASK_PULSE)
def results(pulse_id: int) -> ResponseReturnValue:
    seen = pulses.one_pulse(pulse_id, g.now)
    return render_template(
        "progression/listening/pulse_results.html",
        seen=seen,
        results=pulses.results_of(seen.pulse, g.now),
        enough=pulses.ENOUGH_ANSWERS,
    )


@pulse_bp.post("/<int:pulse_id>/close")
@requires(May.ASK_PULSE)
def close(pulse_id: int) -> ResponseReturnValue:
    with db.writing():
        pulses.close(pulse_id, by=current_person(), now=clock.now())
    flash("Closed. Nobody is asked any more.")
    return redirect(url_for(".results", pulse_id=pulse_id))
