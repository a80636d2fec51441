"""Forms that were sent from a page of earlier: nothing is recorded, and the reader comes to where they are now."""

from __future__ import annotations

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm

from app import db
from app.refusals import PageOutOfDate
from training.forms import FROM_AN_OLD_PAGE
from training.learning import NotOpenYet
from training.views.blueprint import learning_bp


def require_valid(form: FlaskForm) -> None:
    """Check a form whose fields are all filled in by its page; refuses one that does not say what it answers."""
    if not form.validate_on_submit():
        raise PageOutOfDate(FROM_AN_OLD_PAGE)


@learning_bp.errorhandler(PageOutOfDate)
def show_where_they_are(refusal: PageOutOfDate) -> ResponseReturnValue:
    db.session.rollback()
    for sentence in refusal.sentences:
        flash(sentence, "warning")
    place = request.view_args or {}
    if isinstance(refusal, NotOpenYet):
        return redirect(url_for("learning.course", code=place["code"]))
    if request.endpoint in ("learning.spaced_question", "learning.change_spaced_practice"):
        return redirect(url_for("learning.spaced_practice"))
    if "slug" in place:
        return redirect(url_for("learning.unit", code=place["code"], slug=place["slug"]))
    return redirect(url_for("learning.course", code=place["code"]))
