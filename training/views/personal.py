"""The pages of units that are about the learner themselves: reflections, and agreements to documents."""

from __future__ import annotations

from flask import flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app import clock, db, markdown
from app.pages.forms import render_form, showing_refusals
from app.people.directory import find
from app.permissions import current_person, requires, signed_in
from app.trail.reads import record_reading
from progression.documents.agreeing import reading_of
from progression.documents.shipped import document_called
from training import catalogue, learning, reflections
from training.forms import AgreeForm, ReflectionForm, ShareForm
from training.learning import CourseProgress
from training.pack_personal import Agreement, Reflection
from training.permissions import TrainingPermission
from training.views.blueprint import learning_bp
from training.views.earlier_pages import require_valid
from training.views.opened import count_time
from training.views.transaction import course_transaction

REFLECTIONS_READ = "training.reflections-read"


def reflection_page(
    progress: CourseProgress, unit: Reflection, *, form: ReflectionForm | None = None
) -> ResponseReturnValue:
    """A reflection with what is kept of it; with a refused form, what was typed, and what is kept beside it."""
    kept = reflections.reflection_of(progress, unit)
    refused = form is not None
    if form is None:
        texts = [*(kept.texts if kept else []), "", ""]
        form = ReflectionForm(formdata=None, first=texts[0], second=texts[1])
    form.enrolment.data, form.revision.data = progress.enrolment.id, kept.revision if kept else 0
    return render_form(
        "training/reflection.html", form=form, progress=progress, unit=unit, kept=kept, saved_before=refused and kept
    )


@learning_bp.post("/<code>/<slug>/reflect")
@signed_in
def reflect(code: str, slug: str) -> ResponseReturnValue:
    form, person = ReflectionForm(), current_person()
    if form.validate_on_submit():
        with showing_refusals(form):
            with course_transaction():
                count_time(slug)
                wrote = _keep(code, slug, form)
            flash("Saved. Only you can read it, unless you share it." if wrote else "That counts.")
            return redirect(url_for("learning.unit", code=code, slug=slug))
    progress = learning.progress_in(person, code, now=clock.now())
    unit = progress.unit(slug)
    if not isinstance(unit, Reflection):
        return redirect(url_for("learning.unit", code=code, slug=slug))
    return reflection_page(progress, unit, form=form)


def _keep(code: str, slug: str, form: ReflectionForm) -> bool:
    """Carry out what the form asks; whether anything was written. Words are kept, whichever button was pressed."""
    sent, by, now = form.sent(), current_person(), clock.now()
    rather_not = bool(form.rather_not.data)
    if rather_not and not any(text.strip() for text in sent.texts):
        reflections.thought_about(code, slug, enrolment_id=sent.enrolment_id, by=by, now=now)
        return False
    reflections.write(code, slug, sent, finish=rather_not or bool(form.finish.data), by=by, now=now)
    return True


@learning_bp.post("/<code>/<slug>/share")
@signed_in
def share(code: str, slug: str) -> ResponseReturnValue:
    form, person = ShareForm(), current_person()
    require_valid(form)
    enrolment_id = form.enrolment.data or 0
    with db.writing():
        if form.delete.data:
            reflections.delete(code, slug, enrolment_id=enrolment_id, by=person, now=clock.now())
            said = "What you wrote is deleted. This step still counts as done if it was."
        else:
            shared = bool(form.share.data)
            reflections.share(code, slug, enrolment_id=enrolment_id, shared=shared, by=person, now=clock.now())
            said = "Trainers and assessors can read it now." if shared else "Only you can read it now."
    flash(said)
    return redirect(url_for("learning.unit", code=code, slug=slug))


@learning_bp.get("/shared/<int:person_id>")
@requires(TrainingPermission.READ_REFLECTIONS)
def shared(person_id: int) -> ResponseReturnValue:
    about, by = find(person_id), current_person()
    record_reading(REFLECTIONS_READ, of=about.id, by=by.id, now=clock.now())
    found = []
    for each in reflections.shared_by(about.id):
        unit = catalogue.pack_of(each.version).unit(each.reflection.unit)
        if isinstance(unit, Reflection):
            found.append((each, unit))
    return render_template("training/shared.html", about=about, found=found)


def agreement_page(progress: CourseProgress, unit: Agreement) -> ResponseReturnValue:
    """The present edition of the unit's document, with the button to agree."""
    document = document_called(unit.document)
    reading = reading_of(current_person().id, document, g.now)
    return render_template(
        "training/agreement.html",
        progress=progress,
        unit=unit,
        document=document,
        reading=reading,
        text=markdown.html(reading.edition.text),
    )


@learning_bp.post("/<code>/<slug>/agree")
@signed_in
def agree(code: str, slug: str) -> ResponseReturnValue:
    form, person = AgreeForm(), current_person()
    require_valid(form)
    with course_transaction():
        count_time(slug)
        enrolment_id, edition = form.enrolment.data or 0, form.edition.data or 0
        reflections.agree(code, slug, enrolment_id=enrolment_id, edition=edition, by=person, now=clock.now())
    flash("Thank you. Your agreement is recorded.")
    return redirect(url_for("learning.unit", code=code, slug=slug))
