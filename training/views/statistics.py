"""Statistics of courses, for those who teach: the versions, and the figures of one."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from app.permissions import requires
from training import mistakes
from training.permissions import TrainingPermission
from training.teaching.statistics import FEWEST_ANSWERS, statistics_of
from training.views.blueprint import learning_bp


@learning_bp.get("/statistics")
@requires(TrainingPermission.SEE_WHERE_PEOPLE_GO_WRONG)
def statistics() -> ResponseReturnValue:
    return render_template("training/statistics.html", versions=mistakes.versions(), fewest=mistakes.FEWEST)


@learning_bp.get("/statistics/<int:version_id>")
@requires(TrainingPermission.SEE_WHERE_PEOPLE_GO_WRONG)
def statistics_of_version(version_id: int) -> ResponseReturnValue:
    return render_template(
        "training/statistics_of_version.html",
        found=statistics_of(version_id),
        fewest=mistakes.FEWEST,
        fewest_answers=FEWEST_ANSWERS,
    )
