"""The learner's pages of practicals: the task and what it is marked by, handing in, and the feedback."""

from __future__ import annotations

from flask import flash, g, redirect, url_for
from flask.typing import ResponseReturnValue

from app import clock, db, markdown
from app.pages.forms import Done, render_form, save_form, showing_refusals
from app.permissions import current_person, signed_in
from training import learning
from training.learning import CourseProgress
from training.pack_practical import Practical
from training.practicals import answers, handing_in
from training.practicals.feedback import feedback_on
from training.practicals.forms import AnswerForm, TakeBackForm, WorkForm
from training.practicals.models import TryState
from training.views.blueprint import learning_bp
from training.views.earlier_pages import require_valid
from training.views.zone import readers_zone


def practical_page(
    progress: CourseProgress, unit: Practical, *, form: WorkForm | None = None, answer_form: AnswerForm | None = None
) -> ResponseReturnValue:
    """A practical: what to do, by what it is marked, what is written, where it stands, and what was said about it."""
    person = current_person()
    tries = handing_in.tries_at(progress, unit, now=g.now)
    refused = form is not None
    draft = tries.draft
    if form is None:
        before = tries.handed_in[-1].text if tries.handed_in and unit.is_written else ""
        form = WorkForm(formdata=None, text=draft.text if draft else before or "")
    form.enrolment.data, form.handed_in.data = progress.enrolment.id, len(tries.handed_in)
    form.revision.data = draft.revision if draft else 0
    shown = [feedback_on(each, person) for each in reversed(tries.handed_in)]
    answer_form = answer_form or AnswerForm(formdata=None)
    answer_form.shown.data = len(shown[0].answers) if shown else 0
    return render_form(
        "training/practical.html",
        form=answer_form if answer_form.errors else form,
        work_form=form,
        answer_form=answer_form,
        progress=progress,
        unit=unit,
        task=markdown.html(unit.task),
        rubric=handing_in.rubric_of(unit, g.now),
        tries=tries,
        saved_before=draft.text if refused and draft is not None else None,
        refused=refused,
        shown=shown,
        zone=readers_zone(),
    )


@learning_bp.post("/<code>/<slug>/work")
@signed_in
def work(code: str, slug: str) -> ResponseReturnValue:
    form, person = WorkForm(), current_person()
    if form.validate_on_submit():
        with showing_refusals(form):
            sent, now = form.sent(), clock.now()
            with db.writing():
                if form.hand_in.data:
                    handing_in.hand_in(code, slug, sent, by=person, now=now)
                else:
                    handing_in.save(code, slug, sent, by=person, now=now)
            flash("Thank you. A marker looks at it, and an e-mail tells you." if form.hand_in.data else "Saved.")
            return redirect(url_for("learning.unit", code=code, slug=slug))
    progress = learning.progress_in(person, code, now=clock.now())
    unit = progress.unit(slug)
    if not isinstance(unit, Practical):
        return redirect(url_for("learning.unit", code=code, slug=slug))
    return practical_page(progress, unit, form=form)


@learning_bp.post("/<code>/<slug>/take-back")
@signed_in
def take_back_work(code: str, slug: str) -> ResponseReturnValue:
    form = TakeBackForm()
    require_valid(form)
    with db.writing():
        enrolment_id = form.enrolment.data or 0
        handing_in.take_back(code, slug, enrolment_id=enrolment_id, by=current_person(), now=clock.now())
    flash("You have it back. Go on with it, and hand it in whenever you are ready.")
    return redirect(url_for("learning.unit", code=code, slug=slug))


@learning_bp.post("/<code>/<slug>/answer")
@signed_in
def answer_feedback(code: str, slug: str) -> ResponseReturnValue:
    form, person = AnswerForm(), current_person()
    progress = learning.progress_in(person, code, now=clock.now())
    unit = progress.unit(slug)
    decided = (TryState.PASSED, TryState.AGAIN)
    rows = handing_in.tries_at(progress, unit, now=g.now).handed_in if isinstance(unit, Practical) else []
    row_id = next((each.id for each in reversed(rows) if each.state in decided), 0)

    def send() -> Done:
        answers.answer(row_id, form.answer.data or "", shown=form.shown.data or 0, by=person, now=clock.now())
        return Done("Sent. The person who marked it gets an e-mail.", url_for(".unit", code=code, slug=slug))

    if (done := save_form(form, send)) is not None or not isinstance(unit, Practical):
        return done or redirect(url_for(".unit", code=code, slug=slug))
    return practical_page(learning.progress_in(person, code, now=clock.now()), unit, answer_form=form)
