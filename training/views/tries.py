"""People who have no try left at a quiz, or have to wait, and giving them another."""

from __future__ import annotations

from flask import flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app import clock, db
from app.permissions import current_person, requires
from app.refusals import Conflict
from training import tries as tries_rules
from training.forms import GiveTryForm
from training.permissions import TrainingPermission
from training.views.blueprint import learning_bp


@learning_bp.get("/tries")
@requires(TrainingPermission.GIVE_TRIES)
def tries() -> ResponseReturnValue:
    return render_template("training/tries.html", waiting=tries_rules.waiting(g.now), own_id=current_person().id)


@learning_bp.post("/tries/<int:enrolment_id>/<slug>")
@requires(TrainingPermission.GIVE_TRIES)
def give_try(enrolment_id: int, slug: str) -> ResponseReturnValue:
    form = GiveTryForm()
    if not form.validate_on_submit():
        raise Conflict("That page was too old to say which try it gives. Please open it again.")
    with db.writing():
        tries_rules.give(enrolment_id, slug, used=form.used.data or 0, by=current_person(), now=clock.now())
    flash("They have another try, and an e-mail tells them.")
    return redirect(url_for("learning.tries"))
