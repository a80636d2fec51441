"""The courses that are installed, and those that ship with Nightlight, to install."""

from __future__ import annotations

from flask import flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app import clock, db
from app.pages.forms import showing_refusals
from app.permissions import CorePermission, current_person, may, requires
from training import catalogue, learning, needed_slots, updates
from training.forms import MoreTimeForm
from training.permissions import TrainingPermission
from training.views.blueprint import learning_bp


@learning_bp.get("/courses")
@requires(TrainingPermission.INSTALL)
def courses(form: MoreTimeForm | None = None) -> ResponseReturnValue:
    here, asked, to_install = catalogue.all_courses(), learning.courses_asked_for(g.now), catalogue.to_install()
    effects = updates.effects_of([pack for pack, _is_older in to_install], now=g.now)
    return render_template(
        "training/courses.html",
        installed=[(course, version, course.code in asked) for course, version in here],
        not_said=needed_slots.not_said(),
        may_say=may(CorePermission.ADMINISTER),
        missing=[title for code, title in asked.items() if code not in {course.code for course, _ in here}],
        to_install=[(pack, is_older, effects.get(pack.code)) for pack, is_older in to_install],
        asking=updates.effects_now(now=g.now),
        may_be_taken_back={version.course_id for _, version in here if updates.may_be_taken_back(version, g.now)},
        form=form or MoreTimeForm(),
    )


@learning_bp.post("/courses/<code>")
@requires(TrainingPermission.INSTALL)
def install_shipped(code: str) -> ResponseReturnValue:
    pack = catalogue.shipped_pack(code)
    with db.writing():
        catalogue.install(pack, by=current_person().id, now=clock.now())
    flash(f"“{pack.title}” is here. Everybody finds it under Learning.")
    return redirect(url_for("learning.courses"))


@learning_bp.post("/courses/<code>/ask-nobody")
@requires(TrainingPermission.INSTALL)
def ask_nobody(code: str) -> ResponseReturnValue:
    with db.writing():
        updates.ask_nobody(code, by=current_person().id, now=clock.now())
    flash("Nobody is asked for anything again because of this version.")
    return redirect(url_for("learning.courses"))


@learning_bp.post("/courses/<code>/more-time")
@requires(TrainingPermission.INSTALL)
def more_time(code: str) -> ResponseReturnValue:
    form = MoreTimeForm()
    if form.validate_on_submit():
        with showing_refusals(form):
            with db.writing():
                assert form.until.data is not None
                updates.give_more_time(code, until=form.until.data, by=current_person().id, now=clock.now())
            flash("Everybody has until that day.")
            return redirect(url_for("learning.courses"))
    return courses(form)
