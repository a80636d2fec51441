"""My journey: the way behind and ahead, the code of conduct, and the way to step back."""

from __future__ import annotations

from flask import Blueprint, flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app import clock, db
from app.pages.forms import render_form, showing_refusals
from app.permissions import current_person, signed_in
from progression import signoff
from progression.dossier import dossier_of
from progression.facts import FactKind
from progression.forms import AgreeForm, StepBackForm
from progression.recording import CODE_OF_CONDUCT, agree_to_code, has_agreed
from progression.stages import Stage, stage_called

bp = Blueprint("journey", __name__, url_prefix="/journey")


@bp.get("")
@signed_in
def show() -> ResponseReturnValue:
    person = current_person()
    dossier = dossier_of(person.id, g.now)
    return render_template(
        "progression/journey.html",
        dossier=dossier,
        journey=dossier.journey,
        decisions=dossier.of_kinds(FactKind.SIGN_OFF, FactKind.STEP_BACK),
        not_yet=next((each for each in dossier.lines if each.fact == dossier.journey.not_yet), None),
        stages=tuple(Stage),
    )


@bp.get("/code-of-conduct")
@bp.post("/code-of-conduct")
@signed_in
def code_of_conduct() -> ResponseReturnValue:
    person = current_person()
    form = AgreeForm(edition=CODE_OF_CONDUCT)
    if form.validate_on_submit():
        with showing_refusals(form):
            with db.writing():
                agree_to_code(person, edition=form.edition.data or "", now=clock.now(), once=form.once_by(person.id))
            flash("Thank you. Your agreement is recorded.")
            return redirect(url_for("journey.show"))
    return render_form("progression/code_of_conduct.html", form=form, has_agreed=has_agreed(person.id))


@bp.get("/step-back")
@bp.post("/step-back")
@signed_in
def step_back() -> ResponseReturnValue:
    person = current_person()
    form = StepBackForm()
    if form.validate_on_submit():
        with showing_refusals(form):
            with db.writing():
                signoff.step_back(
                    person,
                    stage_called(form.to.data),
                    by=person,
                    reason=form.reason.data or "",
                    now=clock.now(),
                    once=form.once_by(person.id),
                )
            flash("You have stepped back. Please sign in again; everything you learned stays yours.")
            return redirect(url_for("journey.show"))
    journey = signoff.journey_now(person.id, g.now)
    return render_form("progression/step_back.html", form=form, stage=journey.stage, below=journey.stage.preceding)
