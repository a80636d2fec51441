"""Forms that keep what was typed when the domain says no."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import make_response, render_template
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm

from app.refusals import Invalid, NotAllowed, NotFound, Refusal


@contextmanager
def showing_refusals(form: FlaskForm) -> Iterator[None]:
    """Turn a refusal into the form's own errors, so that the page comes back with everything still filled in.

    What is not found or not allowed is no fault of the form's and goes on to the error page.
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
