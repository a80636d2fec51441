"""The first visit: in five minutes, what is here and what comes first."""

from __future__ import annotations

from flask import g, render_template
from flask.typing import ResponseReturnValue

from app.permissions import current_person, signed_in
from training.programme.path import path_of
from training.views.blueprint import learning_bp


@learning_bp.get("/first-visit")
@signed_in
def first_visit() -> ResponseReturnValue:
    return render_template("training/first_visit.html", nearest=path_of(current_person().id, now=g.now).nearest)
