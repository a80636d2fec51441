"""Where people go wrong, for those who teach: the versions of courses, and the figures of one."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from app import db
from app.permissions import requires
from training import catalogue, mistakes, unit_time
from training.models import CourseVersion
from training.permissions import TrainingPermission
from training.views.blueprint import learning_bp


@learning_bp.get("/where-people-go-wrong")
@requires(TrainingPermission.SEE_WHERE_PEOPLE_GO_WRONG)
def where_people_go_wrong() -> ResponseReturnValue:
    return render_template("training/where_people_go_wrong.html", versions=mistakes.versions(), fewest=mistakes.FEWEST)


@learning_bp.get("/where-people-go-wrong/<int:version_id>")
@requires(TrainingPermission.SEE_WHERE_PEOPLE_GO_WRONG)
def where_in_version(version_id: int) -> ResponseReturnValue:
    return render_template(
        "training/where_in_version.html",
        figures=mistakes.figures(version_id),
        fewest=mistakes.FEWEST,
        units=catalogue.pack_of(db.session.get_one(CourseVersion, version_id)).units,
        medians=unit_time.medians(version_id),
    )
