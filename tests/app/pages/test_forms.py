"""Form views: validate, change, redirect; refusals as errors of the form."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask, get_flashed_messages
from flask_wtf import FlaskForm
from sqlalchemy import select
from werkzeug import Response
from wtforms import StringField
from wtforms.validators import DataRequired

from app import db
from app.pages.forms import Done, save_form
from app.people.models import Person
from app.refusals import Conflict, Invalid, NotAllowed, NotFound, Refusal
from tests.conftest import People


class NameForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """A form with one required field."""

    name = StringField(validators=[DataRequired("Give a name.")])


def submitted(app: Flask, change: Callable[[], Done], **fields: str) -> tuple[NameForm, object]:
    """Submit the form to `save_form`; return the form and what it returned."""
    app.config["WTF_CSRF_ENABLED"] = False
    with app.test_request_context("/names", method="POST", data=fields):
        form = NameForm()
        return form, save_form(form, change)


def renaming(person: Person, to: str, *, then: Refusal | None = None) -> Callable[[], Done]:
    """A change that renames a person, and is then perhaps refused."""

    def change() -> Done:
        db.session.get_one(Person, person.id).display_name = to
        if then is not None:
            raise then
        return Done(f"Renamed to {to}.", "/people", "notice")

    return change


def names() -> list[str]:
    db.session.rollback()
    return list(db.session.scalars(select(Person.display_name)))


def unexpected() -> Done:
    raise AssertionError("the change must not run")


def test_on_a_first_visit_the_form_is_shown_and_nothing_runs(app: Flask) -> None:
    with app.test_request_context("/names"):
        form = NameForm()
        assert save_form(form, unexpected) is None
        assert not form.errors


def test_an_invalid_form_is_shown_with_its_errors_and_nothing_runs(app: Flask) -> None:
    form, response = submitted(app, unexpected, name="")
    assert response is None
    assert form.errors == {"name": ["Give a name."]}


@pytest.mark.both_databases
def test_a_valid_form_is_saved_then_flashes_and_redirects(app: Flask, people: People) -> None:
    wren = people.person("Wren")
    app.config["WTF_CSRF_ENABLED"] = False
    with app.test_request_context("/names", method="POST", data={"name": "Robin"}):
        response = save_form(NameForm(), renaming(wren, "Robin"))
        assert isinstance(response, Response)
        assert (response.status_code, response.location) == (302, "/people")
        assert get_flashed_messages(with_categories=True) == [("notice", "Renamed to Robin.")]
    assert names() == ["Robin"]


@pytest.mark.both_databases
def test_a_refusal_about_a_field_is_shown_at_the_field_and_rolls_back(app: Flask, people: People) -> None:
    refusal = Invalid("That name is taken.", field="name")
    form, response = submitted(app, renaming(people.person("Wren"), "Robin", then=refusal), name="Robin")
    assert response is None
    assert form.errors == {"name": ["That name is taken."]}
    assert names() == ["Wren"]


@pytest.mark.both_databases
def test_any_other_refusal_is_shown_above_the_form_with_its_status_and_rolls_back(app: Flask, people: People) -> None:
    refusal = Conflict("Somebody else renamed them.", "Please look again.")
    form, response = submitted(app, renaming(people.person("Wren"), "Robin", then=refusal), name="Robin")
    assert response is None
    assert form.form_errors == ["Somebody else renamed them.", "Please look again."]
    assert form.refused_with == 409
    assert names() == ["Wren"]


@pytest.mark.parametrize("refusal", [NotFound("There is no such person."), NotAllowed("That is not yours.")])
def test_not_found_and_not_allowed_pass_through_to_the_error_page(app: Flask, people: People, refusal: Refusal) -> None:
    with pytest.raises(type(refusal)):
        submitted(app, renaming(people.person("Wren"), "Robin", then=refusal), name="Robin")
    assert names() == ["Wren"]
