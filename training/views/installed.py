"""The courses that are installed, and those that ship with Nightlight, to install."""

from __future__ import annotations

from flask import flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app import clock, db
from app.permissions import current_person, requires
from training import catalogue, learning
from training.permissions import TrainingPermission
from training.views.blueprint import learning_bp


@learning_bp.get("/courses")
@requires(TrainingPermission.INSTALL)
def courses() -> ResponseReturnValue:
    here, asked = catalogue.all_courses(), learning.courses_asked_for(g.now)
    return render_template(
        "training/courses.html",
        installed=[(course, version, course.code in asked) for course, version in here],
        missing=[title for code, title in asked.items() if code not in {course.code for course, _ in here}],
        to_install=catalogue.to_install(),
    )


@learning_bp.post("/courses/<code>")
@requires(TrainingPermission.INSTALL)
def install_shipped(code: str) -> ResponseReturnValue:
    pack = catalogue.shipped_pack(code)
    with db.writing():
        catalogue.install(pack, by=current_person().id, now=clock.now())
    flash(f"“{pack.title}” is here. Everybody finds it under Learning.")
    return redirect(url_for("learning.courses"))
