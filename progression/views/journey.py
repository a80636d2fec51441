"""My journey: the steps so far and ahead, the code of conduct, and stepping back."""

from __future__ import annotations

from flask import g, render_template, url_for
from flask.typing import ResponseReturnValue

from app import clock
from app.pages.forms import Done, render_form, save_form
from app.permissions import current_person, signed_in
from progression import signoff
from progression.evidence_overview import overview_of
from progression.forms import AgreeForm, StepBackForm
from progression.recording import CODE_OF_CONDUCT_EDITION, agree_to_code, has_agreed
from progression.stages import Stage, stage_called
from progression.views.blueprint import journey_bp


@journey_bp.get("")
@signed_in
def show() -> ResponseReturnValue:
    overview = overview_of(current_person().id, g.now)
    return render_template(
        "progression/journey.html",
        overview=overview,
        journey=overview.journey,
        decisions=overview.decisions,
        not_yet=overview.not_yet,
        stages=tuple(Stage),
    )


@journey_bp.get("/code-of-conduct")
@journey_bp.post("/code-of-conduct")
@signed_in
def code_of_conduct() -> ResponseReturnValue:
    person, form = current_person(), AgreeForm(edition=CODE_OF_CONDUCT_EDITION)

    def agree() -> Done:
        agree_to_code(person, edition=form.edition.data or "", now=clock.now(), once=form.once_by(person.id))
        return Done("Thank you. Your agreement is recorded.", url_for(".show"))

    return save_form(form, agree) or render_form(
        "progression/code_of_conduct.html", form=form, has_agreed=has_agreed(person.id)
    )


@journey_bp.get("/step-back")
@journey_bp.post("/step-back")
@signed_in
def step_back() -> ResponseReturnValue:
    person, form = current_person(), StepBackForm()

    def take_step() -> Done:
        to, reason = stage_called(form.to.data), form.reason.data or ""
        signoff.step_back(person, to, by=person, reason=reason, now=clock.now(), once=form.once_by(person.id))
        message = "You have stepped back. Please sign in again; everything you learned stays yours."
        return Done(message, url_for(".show"))

    if saved := save_form(form, take_step):
        return saved
    stage = signoff.journey_now(person.id, g.now).stage
    return render_form("progression/step_back.html", form=form, stage=stage, below=stage.preceding)
