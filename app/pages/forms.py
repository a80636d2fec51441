"""Form views: one way to validate, change, redirect, and keep what was typed when a use case refuses."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from flask import flash, make_response, redirect, render_template
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm

from app import db
from app.pages.errors import note_security_event
from app.pages.form_words import in_our_words
from app.refusals import Invalid, NotAllowed, NotFound, PageOutOfDate, Refusal


@dataclass(frozen=True)
class Done:
    """The flash message after a change, and the URL to redirect to."""

    message: str
    to: str
    category: str = "message"


def save_form(form: FlaskForm, change: Callable[[], Done]) -> ResponseReturnValue | None:
    """Run `change` in one writing transaction if the form was submitted and is valid, then redirect.

    Returns None where the form is to be shown: on a first visit, and after an error or a refusal, with everything
    still filled in. Slow work (hashing, reading a file) must stay outside the transaction: such views open their own.
    """
    if not form.validate_on_submit():
        in_our_words(form)
        return None
    response: ResponseReturnValue | None = None
    with showing_refusals(form):
        with db.writing():
            done = change()
        flash(done.message, done.category)
        response = redirect(done.to)
    return response


@contextmanager
def showing_refusals(form: FlaskForm) -> Iterator[None]:
    """Turn a refusal into errors of the form, so that the page is shown again with everything still filled in.

    `NotFound`, `NotAllowed` and `PageOutOfDate` are not about what was typed; they pass through.
    """
    try:
        yield
    except (NotFound, NotAllowed, PageOutOfDate):
        raise
    except Refusal as refusal:
        note_security_event(refusal)
        field = form._fields.get(refusal.field) if refusal.field else None
        if field is not None:
            field.errors = [*field.errors, *refusal.sentences]
        else:
            form.form_errors = [*form.form_errors, *refusal.sentences]
        if not isinstance(refusal, Invalid):
            form.refused_with = refusal.status


def render_form(template: str, *, form: FlaskForm, **context: Any) -> ResponseReturnValue:
    """Render the page of a form: status 200 without errors, else 422 or the refusal's own status."""
    for each in (form, *context.values()):
        if isinstance(each, FlaskForm):
            in_our_words(each)
    status = getattr(form, "refused_with", 422) if form.errors else 200
    return make_response(render_template(template, form=form, **context), status)
