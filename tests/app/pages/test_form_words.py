"""The errors of forms say what is wrong, in which field, and how to mend it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import wtforms
from flask import Flask
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import FieldList, IntegerField, SelectField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # its stubs are a version behind
from wtforms.validators import NumberRange
from wtforms.widgets import HiddenInput

from app.pages.form_words import HIDDEN, in_our_words, sentence_for

CATALOGUE = Path(wtforms.__file__).parent / "locale" / "wtforms.pot"
IN_NO_FORM = re.compile("CSRF|Invalid (IP|Mac|UUID|field name)|cannot be edited|is disabled|cannot be None")


class PlacesForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """Fields whose errors WTForms words."""

    places = IntegerField("Places", validators=[NumberRange(1, 20)])
    colour = SelectField("Colour", choices=[SelectChoice("red"), SelectChoice("blue")])
    seen = IntegerField(widget=HiddenInput())
    hours = FieldList(IntegerField("Hours"))


def errors(app: Flask, **sent: str) -> dict[str, list[Any]]:
    app.config["WTF_CSRF_ENABLED"] = False
    with app.test_request_context("/", method="POST"):
        form = PlacesForm(MultiDict({"places": "3", "colour": "red", "seen": "1", **sent}))
        form.validate()
        in_our_words(form)
        return dict(form.errors)


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("places", "a few", "Places: write a whole number in figures, such as 12."),
        ("places", "40", "Places: give 1 to 20."),
        ("colour", "green", "Colour: choose again from what the page offers now."),
        ("seen", "x", HIDDEN),
    ],
)
def test_an_error_names_its_field_and_how_to_mend_it(app: Flask, name: str, value: str, sentence: str) -> None:
    assert errors(app, **{name: value}) == {name: [sentence]}


def test_errors_of_a_list_are_worded_too(app: Flask) -> None:
    assert errors(app, **{"hours-0": "many"}) == {"hours": [["Hours: write a whole number in figures, such as 12."]]}


def sentences_of_wtforms() -> list[str]:
    found = re.findall(r'^msgid(?:_plural)? "(.+)"$', CATALOGUE.read_text(), re.MULTILINE)
    return [re.sub(r"%\(\w+\)[sd]", "7", each) for each in found]


def test_every_sentence_that_wtforms_can_say_has_words_of_ours(app: Flask) -> None:
    with app.test_request_context("/"):
        field = PlacesForm().places
    left = [each for each in sentences_of_wtforms() if sentence_for(each, field) == each]
    assert len(sentences_of_wtforms()) > 30
    assert [each for each in left if not IN_NO_FORM.search(each)] == []
