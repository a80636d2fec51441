"""Sign-offs: people ready for a decision, the evidence about one person, and what staff add to it."""

from __future__ import annotations

from flask import g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # its stubs are a version behind

from app import clock
from app.domain import domains
from app.pages import asked
from app.pages.forms import Done, render_form, save_form
from app.people.directory import find
from app.people.models import Person
from app.people.rights import names_of_people_who_may
from app.permissions import current_person, may, requires, signed_in
from app.refusals import NotAllowed
from app.trail.reads import is_recorded, record_reading
from progression import confirming, evidence, recording, signoff
from progression.applying import applications
from progression.applying.waiting import waiting_applications
from progression.evidence_overview import EvidenceOverview, overview_of, people_beside
from progression.fact_kinds import FactKind
from progression.forms import (
    CheckForm,
    ConfirmForm,
    DecisionForm,
    ObservationForm,
    QuestionForm,
    StepBackForm,
    WithdrawForm,
)
from progression.ledger import read_together
from progression.observing import on_shift
from progression.permissions import ProgressionPermission as May
from progression.ready_for_decision import candidate_page, candidates_for_decision, reopened_decisions
from progression.stages import stage_called
from progression.standing import pathway_now
from progression.views.blueprint import sign_offs_bp
from progression.views.journey import step_back_as_sent, step_back_page

EVIDENCE_READ = "progression.evidence-read"


@sign_offs_bp.get("")
@requires(May.SIGN_OFF)
def index() -> ResponseReturnValue:
    me = current_person().id
    page = candidate_page(candidates_for_decision(g.now, excluding=me), asked.whole_number("page") or 1)
    waiting = waiting_applications(g.now, excluding=me)
    reopened = reopened_decisions(g.now, excluding=me)
    return render_template(
        "progression/sign_offs.html", found=page, waiting=waiting, reopened=reopened, may_record=may(May.RECORD)
    )


@sign_offs_bp.get("/<int:person_id>")
@requires(May.SEE_EVIDENCE)
def person(person_id: int) -> ResponseReturnValue:
    by = current_person().id
    read_together((person_id, by))  # the frame of the page shows the reader's own stage
    is_read = is_recorded(EVIDENCE_READ, of=person_id, by=by, now=clock.now())
    beside = people_beside(person_id, is_read)
    about = find(person_id)
    return _page_about(about, DecisionForm(formdata=None), is_read=beside[0][1])


@sign_offs_bp.post("/<int:person_id>")
@requires(May.SIGN_OFF)
def decide(person_id: int) -> ResponseReturnValue:
    about, by, form = find(person_id), current_person(), DecisionForm()

    def decide_now() -> Done:
        signs_off = form.decision.data == "sign-off"
        use_case = signoff.sign_off if signs_off else signoff.not_yet
        to, reason = stage_called(form.to.data), form.reason.data or ""
        seen = form.seen.data
        made = use_case(about, to, by=by, reason=reason, now=clock.now(), once=form.once_by(by.id), seen=seen)
        said: dict[str, str] = {
            FactKind.SIGN_OFF: f"Recorded. {about.display_name} is signed off.",
            FactKind.SIGNATURE: "Your signature is recorded. Somebody else signs next, and is told.",
            FactKind.NOT_YET: f"Recorded. {about.display_name} will read your reason.",
        }
        return Done(said[made.kind], url_for(".person", person_id=person_id))

    return save_form(form, decide_now) or _page_about(about, form)


@sign_offs_bp.post("/<int:person_id>/ask")
@requires(May.SIGN_OFF)
def ask_for_more(person_id: int) -> ResponseReturnValue:
    about, by, form = find(person_id), current_person(), QuestionForm()

    def ask() -> Done:
        applications.ask_for_more(about, form.question.data or "", by=by, now=clock.now())
        return Done(f"Sent. {about.display_name} is told.", url_for(".person", person_id=person_id))

    return save_form(form, ask) or _page_about(about, DecisionForm(formdata=None), form)


@sign_offs_bp.get("/<int:person_id>/check")
@sign_offs_bp.post("/<int:person_id>/check")
@requires(May.RECORD)
def check(person_id: int) -> ResponseReturnValue:
    about, by, form = find(person_id), current_person(), CheckForm()

    def record() -> Done:
        recording.record_check(about, form.check(), by=by, now=clock.now(), once=form.once_by(by.id))
        return Done(f"The check is recorded for {about.display_name}.", url_for(".person", person_id=person_id))

    return save_form(form, record) or render_form(
        "progression/check.html", form=form, about=about, pathway=pathway_now(g.now)
    )


@sign_offs_bp.get("/<int:person_id>/observation")
@sign_offs_bp.post("/<int:person_id>/observation")
@signed_in
def observation(person_id: int) -> ResponseReturnValue:
    if not may(May.RECORD):
        return _on_their_shift(person_id)
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

    own = about.id == by.id
    return save_form(form, record) or render_form(
        "progression/observation.html",
        form=form,
        about=about,
        on_shifts=[] if own else on_shift.observable_of(about.id, by, g.now),
    )


def _on_their_shift(person_id: int) -> ResponseReturnValue:
    """The form of the latest shift with this person that the reader may write about; refuses where there is none."""
    found = [each for each in on_shift.observable_by(current_person(), g.now) if each.seat.person_id == person_id]
    if not found:
        raise NotAllowed(on_shift.ONLY_THESE)
    first = next((each for each in found if not each.is_written), found[0])
    return redirect(url_for(".observe", person_id=person_id, seat_id=first.seat.seat_id))


@sign_offs_bp.get("/<int:person_id>/evidence/<int:evidence_id>/withdraw")
@sign_offs_bp.post("/<int:person_id>/evidence/<int:evidence_id>/withdraw")
@requires(May.RECORD)
def withdraw(person_id: int, evidence_id: int) -> ResponseReturnValue:
    about, by, form = find(person_id), current_person(), WithdrawForm()
    record_reading(EVIDENCE_READ, of=about.id, by=by.id, now=clock.now())
    line = overview_of(about.id, g.now).line(evidence_id)

    def withdraw_it() -> Done:
        evidence.withdraw(evidence_id, by=by.id, why=form.why.data or "", now=clock.now())
        return Done(
            f"Withdrawn. {about.display_name} is told, with your reason.", url_for(".person", person_id=person_id)
        )

    return save_form(form, withdraw_it) or render_form("progression/withdraw.html", form=form, about=about, line=line)


@sign_offs_bp.post("/<int:person_id>/confirm")
@requires(May.SIGN_OFF)
def confirm(person_id: int) -> ResponseReturnValue:
    about, by, form = find(person_id), current_person(), ConfirmForm()

    def confirm_it() -> Done:
        sign_off_id, reason = form.sign_off.data or 0, form.reason.data or ""
        confirming.confirm(about, sign_off_id, by=by, reason=reason, now=clock.now(), once=form.once_by(by.id))
        return Done(
            f"Confirmed. {about.display_name} is told, with your reason.", url_for(".person", person_id=person_id)
        )

    return save_form(form, confirm_it) or _page_about(about, DecisionForm(formdata=None), confirm=form)


@sign_offs_bp.get("/<int:person_id>/step-back")
@sign_offs_bp.post("/<int:person_id>/step-back")
@requires(May.SIGN_OFF)
def step_back(person_id: int) -> ResponseReturnValue:
    about, by, form = find(person_id), current_person(), StepBackForm()

    def record() -> Done:
        step_back_as_sent(about, form, by=by)
        message = f"{about.display_name} has stepped back and is told, with your reason."
        return Done(message, url_for(".person", person_id=person_id))

    return step_back_page(form, record, about, template="progression/step_back_of.html")


def _may_still_sign(overview: EvidenceOverview, about: Person, by: Person) -> list[str]:
    """The names of those who may sign a ready step that takes several people; nobody is read where `by` may sign."""
    signatures = overview.signatures
    if signatures is None or not signatures.are_several or signatures.may_sign(by.id):
        return []
    names = names_of_people_who_may(May.SIGN_OFF, on=g.today)
    return sorted(names[each] for each in signatures.who_may_sign(names) if each != about.id)


def _page_about(
    about: Person,
    decision: DecisionForm,
    question: QuestionForm | None = None,
    confirm: ConfirmForm | None = None,
    *,
    is_read: bool | None = None,
) -> ResponseReturnValue:
    by, question = current_person(), question or QuestionForm(formdata=None)
    confirm = confirm or ConfirmForm(formdata=None)
    if about.id == by.id:
        return redirect(url_for("journey.show"))
    record_reading(EVIDENCE_READ, of=about.id, by=by.id, now=clock.now(), recorded=is_read)
    if not is_read:
        read_together((about.id, by.id))
    overview = overview_of(about.id, g.now)
    built = [build(about, by, g.now) for domain in domains for build in domain.evidence_panels]
    panels = sorted((panel for panel in built if panel is not None), key=lambda panel: panel.order)
    return render_form(
        "progression/sign_off.html",
        form=next((each for each in (question, confirm) if each.errors), decision),
        confirm=confirm,
        decision=decision,
        question=question,
        application=applications.seen(about.id),
        about=about,
        overview=overview,
        journey=overview.journey,
        said=overview.observations,
        panels=panels,
        may_decide=may(May.SIGN_OFF),
        may_sign=overview.signatures is not None and overview.signatures.may_sign(by.id),
        may_still_sign=_may_still_sign(overview, about, by),
        may_record=may(May.RECORD),
    )
