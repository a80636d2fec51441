"""More time for one person at a quiz with a limit: what they have, giving it, and taking it back."""

from __future__ import annotations

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # its stubs are a version behind

from app import clock, db
from app.pages.forms import Done, render_form, save_form
from app.people.directory import find
from app.permissions import current_person, requires
from training import more_time
from training.forms import LongerForm
from training.permissions import TrainingPermission
from training.views.blueprint import learning_bp


@learning_bp.get("/more-time/<int:person_id>")
@learning_bp.post("/more-time/<int:person_id>")
@requires(TrainingPermission.GIVE_TRIES)
def longer(person_id: int) -> ResponseReturnValue:
    about, form, by = find(person_id), LongerForm(), current_person()
    timed = more_time.timed_quizzes()
    form.quiz.choices = [SelectChoice(each.key, f"{each.title}: {each.quiz.title}") for each in timed]

    def give() -> Done:
        minutes = form.minutes.data
        percent = int(form.percent.data) if form.percent.data and minutes is None else None
        reason = form.reason.data or ""
        more_time.give(about, form.quiz.data, percent=percent, minutes=minutes, reason=reason, by=by, now=clock.now())
        return Done("They have more time, also in a try that is open.", url_for(".longer", person_id=about.id))

    return save_form(form, give) or render_form(
        "training/more_time.html",
        form=form,
        about=about,
        given=more_time.given_to(about.id),
        timed=timed,
        is_me=about.id == by.id,
    )


@learning_bp.post("/more-time/<int:row_id>/take-back")
@requires(TrainingPermission.GIVE_TRIES)
def take_back_time(row_id: int) -> ResponseReturnValue:
    with db.writing():
        person_id = more_time.take_back(row_id, by=current_person(), now=clock.now())
    flash("Taken back, and the reason is deleted. A try that is open keeps its time.")
    return redirect(url_for("learning.longer", person_id=person_id))
