"""Asking people to take a course by a day, and who still has to."""

from __future__ import annotations

from flask import flash, g, redirect, url_for
from flask.typing import ResponseReturnValue

from app import clock, db
from app.outbox import queue
from app.pages import asked
from app.pages.forms import Done, render_form, save_form, showing_refusals
from app.people.directory import find
from app.permissions import current_person, requires
from progression.stages import stage_called
from training import catalogue
from training.permissions import TrainingPermission
from training.programme import assigned as asked_for
from training.programme import assigning
from training.programme.forms import AskPersonForm, AskStageForm, TakeBackForm
from training.views.blueprint import learning_bp


@learning_bp.get("/assigned")
@learning_bp.post("/assigned")
@requires(TrainingPermission.ASSIGN)
def assigned() -> ResponseReturnValue:
    form, by = AskStageForm(), current_person()
    form.offer(catalogue.titles())

    if form.validate_on_submit():
        with showing_refusals(form):
            now, outcome = clock.now(), assigning.Outcome(0, 0, 0)
            everybody = assigning.everybody_at(stage_called(form.stage.data), now=now)
            for people in queue.batches(everybody) if everybody else [[]]:
                with db.writing():
                    outcome += assigning.assign(
                        people, form.code.data, due_on=form.due_on.data or g.today, by=by, now=now
                    )
            flash(outcome.words)
            return redirect(url_for(".assigned"))
    return render_form(
        "training/assigned.html",
        form=form,
        shown=asked_for.page_of_batches(asked.whole_number("page") or 1, today=g.today),
        today=g.today,
    )


@learning_bp.get("/assigned/<int:person_id>")
@learning_bp.post("/assigned/<int:person_id>")
@requires(TrainingPermission.ASSIGN)
def assign(person_id: int) -> ResponseReturnValue:
    about, form, by = find(person_id), AskPersonForm(), current_person()
    form.offer(catalogue.titles())

    def ask() -> Done:
        outcome = assigning.assign(
            [about.id], form.code.data, due_on=form.due_on.data or g.today, by=by, now=clock.now()
        )
        return Done(outcome.words, url_for(".assign", person_id=about.id))

    return save_form(form, ask) or render_form(
        "training/assign.html",
        form=form,
        about=about,
        asked=asked_for.asked_of(about.id),
        titles=catalogue.titles(),
        today=g.today,
    )


@learning_bp.post("/assigned/<int:assignment_id>/take-back")
@requires(TrainingPermission.ASSIGN)
def take_back(assignment_id: int) -> ResponseReturnValue:
    form, by = TakeBackForm(), current_person()
    with db.writing():
        taken = assigning.take_back(assignment_id, all_of_them=form.all_of_them.data, by=by, now=clock.now())
    flash(f"Taken back for {taken} {'person' if taken == 1 else 'people'}.")
    return redirect(url_for("learning.assigned"))
