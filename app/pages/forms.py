"""Forms: one way to check, change, answer, and keep what was typed when the domain refuses."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from flask import flash, make_response, redirect, render_template
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm

from app import db
from app.refusals import Invalid, NotAllowed, NotFound, Refusal


@dataclass(frozen=True)
class Done:
    """What a page says after a change, and the address to go to next."""

    message: str
    to: str
    category: str = "message"


def save_form(form: FlaskForm, change: Callable[[], Done]) -> ResponseReturnValue | None:
    """Run `change` in one writing transaction if the form was sent and is well formed, then redirect.

    Returns None where the form is to be shown: on a first visit, and again after a fault or a refusal, with everything
    still filled in. Slow work (hashing, reading a file) belongs before the transaction, so such views open their own.
    """
    if not form.validate_on_submit():
        return None
    answer: ResponseReturnValue | None = None
    with showing_refusals(form):
        with db.writing():
            done = change()
        flash(done.message, done.category)
        answer = redirect(done.to)
    return answer


@contextmanager
def showing_refusals(form: FlaskForm) -> Iterator[None]:
    """Turn a refusal into the form's own errors, so that the page comes back with everything still filled in.

    "Not found" and "not allowed" are not about the form and go on to the error page.
    """
    try:
        yield
    except (NotFound, NotAllowed):
        raise
    except Refusal as refusal:
        field = form._fields.get(refusal.field) if refusal.field else None
        if field is not None:
            field.errors = [*field.errors, *refusal.sentences]
        else:
            form.form_errors = [*form.form_errors, *refusal.sentences]
        if not isinstance(refusal, Invalid):
            form.refused_with = refusal.status


def render_form(template: str, *, form: FlaskForm, **context: Any) -> ResponseReturnValue:
    """The page of a form: 200 when fresh, 422 (or the refusal's own status) when it comes back with errors."""
    status = getattr(form, "refused_with", 422) if form.errors else 200
    return make_response(render_template(template, form=form, **context), status)
