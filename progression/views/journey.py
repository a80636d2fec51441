"""My journey: the steps so far and ahead, and stepping back."""

from __future__ import annotations

from collections.abc import Callable

from flask import flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app import clock, db
from app.domain import cards_on_journey
from app.pages.forms import Done, render_form, showing_refusals
from app.people.models import Person
from app.permissions import current_person, signed_in
from progression import signoff
from progression.applying.applications import open_application
from progression.branches.joining import branches_of
from progression.evidence_overview import overview_of
from progression.forms import StepBackForm
from progression.road.timeline import what_lies_behind
from progression.stages import Stage, stage_called
from progression.views.blueprint import journey_bp
from progression.way_back import way_back


@journey_bp.get("")
@signed_in
def show() -> ResponseReturnValue:
    overview = overview_of(current_person().id, g.now)
    branches = branches_of(overview.every, overview.pathway, person_id=current_person().id, at=g.now)
    return render_template(
        "progression/journey.html",
        overview=overview,
        journey=overview.journey,
        decisions=overview.decisions,
        not_yet=overview.not_yet,
        branches=[each for each in branches if each.is_from_stage],
        stages=tuple(Stage),
        way_back=way_back(overview.journey, g.now),
        behind=what_lies_behind(current_person(), overview, g.now),
        cards=cards_on_journey(current_person(), g.now),
        applied_on=applied.made_at if (applied := open_application(current_person().id)) else None,
    )


@journey_bp.get("/step-back")
@journey_bp.post("/step-back")
@signed_in
def step_back() -> ResponseReturnValue:
    person, form = current_person(), StepBackForm()

    def take_step() -> Done:
        step_back_as_sent(person, form, by=person)
        now_are = stage_called(form.to.data).words
        message = f"You are {now_are} now. Please sign in again. Everything you learned stays yours."
        return Done(message, url_for(".show"))

    return step_back_page(form, take_step, person, template="progression/step_back.html")


def step_back_as_sent(about: Person, form: StepBackForm, *, by: Person) -> None:
    """Carry out a step back as its form was sent."""
    to, reason, once = stage_called(form.to.data), form.reason.data or "", form.once_by(by.id)
    signoff.step_back(about, to, by=by, reason=reason, now=clock.now(), once=once, agreed=form.agreed.data or None)


def step_back_page(
    form: StepBackForm, take_step: Callable[[], Done], about: Person, *, template: str
) -> ResponseReturnValue:
    """The page of a step back: first what it is, then exactly what would follow, with the button that does it."""
    consequences = None
    if form.validate_on_submit():
        with showing_refusals(form):
            try:
                with db.writing():
                    done = take_step()
            except signoff.ConfirmationRequired as required:
                consequences = required.consequences
                if form.agreed.data:
                    form.form_errors = ["What would follow has changed since. Here it is as it would be now."]
            else:
                flash(done.message)
                return redirect(done.to)
    stage = signoff.journey_now(about.id, g.now).stage
    return render_form(template, form=form, about=about, stage=stage, below=stage.preceding, consequences=consequences)
