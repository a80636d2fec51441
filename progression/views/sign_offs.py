"""Sign-offs: who is ready, the evidence about one person, and everything a member of staff adds to it."""

from __future__ import annotations

from flask import Blueprint, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # its stubs are a version behind

from app import clock
from app.pages.forms import Done, render_form, save_form
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
    about, by, form = find(person_id), current_person(), DecisionForm()

    def decide_now() -> Done:
        signs_off = form.decision.data == "sign-off"
        use_case = signoff.sign_off if signs_off else signoff.not_yet
        to, reason = stage_called(form.to.data), form.reason.data or ""
        use_case(about, to, by=by, reason=reason, now=clock.now(), once=form.once_by(by.id))
        what = "is signed off" if signs_off else "will read your reason"
        return Done(f"Recorded. {about.display_name} {what}.", url_for(".person", person_id=person_id))

    return save_form(form, decide_now) or _page_about(about, form)


@bp.get("/<int:person_id>/check")
@bp.post("/<int:person_id>/check")
@requires(May.RECORD)
def check(person_id: int) -> ResponseReturnValue:
    about, by, form = find(person_id), current_person(), CheckForm()

    def record() -> Done:
        recording.record_check(about, form.check(), by=by, now=clock.now(), once=form.once_by(by.id))
        return Done(f"The check is recorded for {about.display_name}.", url_for(".person", person_id=person_id))

    return save_form(form, record) or render_form(
        "progression/check.html", form=form, about=about, pathway=pathway_now(g.now)
    )


@bp.get("/<int:person_id>/observation")
@bp.post("/<int:person_id>/observation")
@requires(May.RECORD)
def observation(person_id: int) -> ResponseReturnValue:
    about, by, form = find(person_id), current_person(), ObservationForm()
    asked_for = recording.observations_asked_for(pathway_now(g.now))
    form.what.choices = [SelectChoice(need.key, need.title) for need in asked_for]

    def record() -> Done:
        recording.record_observation(
            about,
            form.what.data,
            on=form.happened_on.data or g.today,
            note=form.note.data or "",
            by=by,
            now=clock.now(),
            once=form.once_by(by.id),
        )
        return Done(f"The observation is recorded for {about.display_name}.", url_for(".person", person_id=person_id))

    return save_form(form, record) or render_form("progression/observation.html", form=form, about=about)


@bp.get("/<int:person_id>/evidence/<int:evidence_id>/withdraw")
@bp.post("/<int:person_id>/evidence/<int:evidence_id>/withdraw")
@requires(May.RECORD)
def withdraw(person_id: int, evidence_id: int) -> ResponseReturnValue:
    about, by, form = find(person_id), current_person(), WithdrawForm()
    line = _line_about(about, evidence_id)

    def withdraw_it() -> Done:
        evidence.withdraw(evidence_id, by=by.id, why=form.why.data or "", now=clock.now())
        return Done(
            f"Withdrawn. {about.display_name} is told, with your reason.", url_for(".person", person_id=person_id)
        )

    return save_form(form, withdraw_it) or render_form("progression/withdraw.html", form=form, about=about, line=line)


@bp.get("/<int:person_id>/step-back")
@bp.post("/<int:person_id>/step-back")
@requires(May.SIGN_OFF)
def step_back(person_id: int) -> ResponseReturnValue:
    about, by, form = find(person_id), current_person(), StepBackForm()

    def record() -> Done:
        to, reason = stage_called(form.to.data), form.reason.data or ""
        signoff.step_back(about, to, by=by, reason=reason, now=clock.now(), once=form.once_by(by.id))
        message = f"{about.display_name} has stepped back and is told, with your reason."
        return Done(message, url_for(".person", person_id=person_id))

    if saved := save_form(form, record):
        return saved
    stage = signoff.journey_now(about.id, g.now).stage
    return render_form("progression/step_back_of.html", form=form, about=about, stage=stage, below=stage.preceding)


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
