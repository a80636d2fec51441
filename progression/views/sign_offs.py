"""Sign-offs: who is ready, the evidence about one person, and everything a member of staff adds to it."""

from __future__ import annotations

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # its stubs are a version behind

from app import clock, db
from app.pages.forms import render_form, showing_refusals
from app.people.directory import find
from app.people.models import Person
from app.permissions import current_person, may, requires
from app.refusals import NotFound
from progression import evidence, recording, signoff
from progression.dossier import Line, dossier_of
from progression.facts import FactKind
from progression.forms import CheckForm, DecisionForm, ObservationForm, StepBackForm, WithdrawForm
from progression.permissions import ProgressionPermission as May
from progression.ready_for_decision import page_of_waiting, waiting_for_a_decision
from progression.stages import stage_called
from progression.standing import pathway_now

bp = Blueprint("sign_offs", __name__, url_prefix="/sign-offs")


@bp.get("")
@requires(May.SIGN_OFF)
def index() -> ResponseReturnValue:
    waiting = waiting_for_a_decision(g.now, but_not=current_person().id)
    found = page_of_waiting(waiting, request.args.get("page", 1, type=int))
    return render_template("progression/sign_offs.html", found=found)


@bp.get("/<int:person_id>")
@requires(May.SEE_EVIDENCE)
def person(person_id: int) -> ResponseReturnValue:
    about = find(person_id)
    form = DecisionForm(formdata=None)
    return _page_about(about, form)


@bp.post("/<int:person_id>")
@requires(May.SIGN_OFF)
def decide(person_id: int) -> ResponseReturnValue:
    about, by = find(person_id), current_person()
    form = DecisionForm()
    if form.validate_on_submit():
        use_case = signoff.sign_off if form.decision.data == "sign-off" else signoff.not_yet
        with showing_refusals(form):
            with db.writing():
                use_case(
                    about,
                    stage_called(form.to.data),
                    by=by,
                    reason=form.reason.data or "",
                    now=clock.now(),
                    once=form.once_by(by.id),
                )
            said = "is signed off" if form.decision.data == "sign-off" else "will read your reason"
            flash(f"Recorded. {about.display_name} {said}.")
            return redirect(url_for(".person", person_id=person_id))
    return _page_about(about, form)


@bp.get("/<int:person_id>/check")
@bp.post("/<int:person_id>/check")
@requires(May.RECORD)
def check(person_id: int) -> ResponseReturnValue:
    about, by = find(person_id), current_person()
    form = CheckForm()
    if form.validate_on_submit():
        with showing_refusals(form):
            with db.writing():
                recording.record_check(about, form.check(), by=by, now=clock.now(), once=form.once_by(by.id))
            flash(f"The check is recorded for {about.display_name}.")
            return redirect(url_for(".person", person_id=person_id))
    return render_form("progression/check.html", form=form, about=about, pathway=pathway_now(g.now))


@bp.get("/<int:person_id>/observation")
@bp.post("/<int:person_id>/observation")
@requires(May.RECORD)
def observation(person_id: int) -> ResponseReturnValue:
    about, by = find(person_id), current_person()
    form = ObservationForm()
    form.what.choices = [
        SelectChoice(need.key, need.title) for need in recording.observations_asked_for(pathway_now(g.now))
    ]
    if form.validate_on_submit():
        with showing_refusals(form):
            with db.writing():
                recording.record_observation(
                    about,
                    form.what.data,
                    on=form.happened_on.data or g.today,
                    note=form.note.data or "",
                    by=by,
                    now=clock.now(),
                    once=form.once_by(by.id),
                )
            flash(f"The observation is recorded for {about.display_name}.")
            return redirect(url_for(".person", person_id=person_id))
    return render_form("progression/observation.html", form=form, about=about)


@bp.get("/<int:person_id>/evidence/<int:evidence_id>/withdraw")
@bp.post("/<int:person_id>/evidence/<int:evidence_id>/withdraw")
@requires(May.RECORD)
def withdraw(person_id: int, evidence_id: int) -> ResponseReturnValue:
    about, by = find(person_id), current_person()
    line = _line_about(about, evidence_id)
    form = WithdrawForm()
    if form.validate_on_submit():
        with showing_refusals(form):
            with db.writing():
                evidence.withdraw(evidence_id, by=by.id, why=form.why.data or "", now=clock.now())
            flash(f"Withdrawn. {about.display_name} is told, with your reason.")
            return redirect(url_for(".person", person_id=person_id))
    return render_form("progression/withdraw.html", form=form, about=about, line=line)


@bp.get("/<int:person_id>/step-back")
@bp.post("/<int:person_id>/step-back")
@requires(May.SIGN_OFF)
def step_back(person_id: int) -> ResponseReturnValue:
    about, by = find(person_id), current_person()
    form = StepBackForm()
    if form.validate_on_submit():
        with showing_refusals(form):
            with db.writing():
                signoff.step_back(
                    about,
                    stage_called(form.to.data),
                    by=by,
                    reason=form.reason.data or "",
                    now=clock.now(),
                    once=form.once_by(by.id),
                )
            flash(f"{about.display_name} has stepped back and is told, with your reason.")
            return redirect(url_for(".person", person_id=person_id))
    journey = signoff.journey_now(about.id, g.now)
    return render_form(
        "progression/step_back_of.html",
        form=form,
        about=about,
        stage=journey.stage,
        below=journey.stage.preceding,
    )


def _page_about(about: Person, form: DecisionForm) -> ResponseReturnValue:
    by = current_person()
    if about.id == by.id:
        return redirect(url_for("journey.show"))
    dossier = dossier_of(about.id, g.now)
    return render_form(
        "progression/sign_off.html",
        form=form,
        about=about,
        dossier=dossier,
        journey=dossier.journey,
        said=[line for line in dossier.of_kinds(FactKind.OBSERVED) if line.note],
        may_decide=may(May.SIGN_OFF),
        may_record=may(May.RECORD),
    )


def _line_about(about: Person, evidence_id: int) -> Line:
    """The fact, which must be about this very person."""
    line = next((each for each in dossier_of(about.id, g.now).lines if each.fact.id == evidence_id), None)
    if line is None:
        raise NotFound("There is no such piece of evidence about this person.")
    return line
