"""The page of a lesson with its exercises, and the page to keep of a course."""

from __future__ import annotations

from collections.abc import Iterable

from flask import flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from app import clock, db
from app.organisation import in_force, slots
from app.organisation.slots import SlotWords
from app.pages.forms import render_form, showing_refusals
from app.permissions import current_person, signed_in
from app.refusals import NotFound
from training import course_status, exercise_tries, exercises, learning, lessons
from training.forms import ExerciseForm
from training.learning import CourseProgress
from training.lessons import Block
from training.pack import Lesson
from training.views.blueprint import learning_bp
from training.views.earlier_pages import require_valid
from training.views.opened import count_time


def lesson_page(
    progress: CourseProgress, lesson: Lesson, *, refused: str | None = None, form: ExerciseForm | None = None
) -> ResponseReturnValue:
    """A lesson with its exercises; `refused` is the key of the exercise that `form` could not be taken for."""
    states = exercise_tries.states(progress.enrolment.id, lesson)
    parts = lessons.parts(lesson.body, skip_hard_words=progress.enrolment.skips_hard_words)
    return render_form(
        "training/lesson.html",
        form=form or ExerciseForm(formdata=None),
        refused=refused,
        progress=progress,
        unit=lesson,
        parts=parts,
        slots=_slots_of(parts),
        states=states,
        left=[state.exercise for state in states.values() if state.done is None],
        places=exercises.PLACES,
        has_hard_words=lessons.has_hard_words(lesson.body) or exercises.have_hard_words(lesson.exercises),
    )


def _slots_of(parts: Iterable[Markup | Block]) -> dict[str, SlotWords]:
    """What is shown for each slot that these parts name."""
    details = in_force.details()
    named = {name for part in parts if isinstance(part, Block) and part.kind == "here" for name in part.names}
    return {name: slots.shown(name, details) for name in named}


@learning_bp.get("/<code>/to-keep")
@signed_in
def to_keep(code: str) -> ResponseReturnValue:
    pack = course_status.status_in(current_person().id, code, now=g.now).pack
    if pack.to_keep is None:
        raise NotFound("This course has no page to keep. All its steps are listed on the course’s page.")
    parts = lessons.parts(pack.to_keep)
    return render_template("training/to_keep.html", pack=pack, parts=parts, slots=_slots_of(parts))


@learning_bp.post("/<code>/<slug>/exercises/<key>")
@signed_in
def do_exercise(code: str, slug: str, key: str) -> ResponseReturnValue:
    form, person = ExerciseForm(), current_person()
    if form.forget.data:
        require_valid(form)
        with db.writing():
            learning.forget_reply(code, slug, key, enrolment_id=form.enrolment.data or 0, by=person, now=clock.now())
        flash("What you wrote is deleted.")
        return redirect(url_for("learning.unit", code=code, slug=slug, _anchor=f"do-{key}"))
    if form.validate_on_submit():
        with showing_refusals(form):
            with db.writing():
                count_time(slug)
                learning.do_exercise(code, slug, key, form.sent(), by=person, now=clock.now())
            return redirect(url_for("learning.unit", code=code, slug=slug, _anchor=f"do-{key}"))
    progress = learning.progress_in(person, code, now=clock.now())
    lesson, _exercise = learning.exercise_of(progress, slug, key)
    for field in (form.picked, form.text):
        field.id = f"do-{key}-{field.name}"
    return lesson_page(progress, lesson, refused=key, form=form)
