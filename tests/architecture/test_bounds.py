"""Everything that comes from outside has a type, a length and a bound: addresses, forms, and what views read."""

from __future__ import annotations

import ast
import pkgutil
from collections.abc import Iterator
from importlib import import_module

from flask import Flask
from flask_wtf import FlaskForm
from sqlalchemy import String
from sqlalchemy.orm import InstrumentedAttribute
from wtforms import Field, IntegerField, SelectField, SelectMultipleField, StringField
from wtforms.validators import AnyOf, Length, NumberRange

import app as app_package
import progression as progression_package
import rota as rota_package
import training as training_package
from app.pages.converters import LARGEST_ID, LONGEST_PART, FilePath, Text, WholeNumber
from app.pages.fields import AtMost
from app.pages.incoming import LARGEST_BODY, largest_body_of
from tests.architecture.source import PACKAGES, name_of, python_files, tree_of
from training.forms import LONGEST_KEY, NameForm
from training.models import Certificate, ScenarioChoice, UnitDone

# What a view could read raw of a request; `app.pages.asked` and the forms read it with a type and a bound.
RAW = {"args", "form", "values", "json", "get_json", "data", "get_data", "files", "stream", "full_path"}
MAY_READ_RAW = {
    "app/outbox/views.py": "the body of a report, in which nothing is read before its signature is checked",
    "app/pages/asked.py": "gives each value a type and a bound",
    "app/pages/errors.py": "the address of a page to open again, of our own routes only",
    "app/pages/form_tokens.py": "shows what was typed into a refused form again, after the check of the request",
    "app/pages/incoming.py": "checks the size and the characters of everything",
    "app/permissions.py": "the address to come back to after signing in, which `safe_return` checks",
}

# Views that take a larger body than others.
TAKES_MORE = {
    "people.import_csv": "a file of people",
    "people.take_over": "an organisation's spreadsheet",
    "elsewhere.add": "a certificate from elsewhere",
    "elsewhere.add_for": "the same, for somebody else",
    "elsewhere.badge": "a signed badge, perhaps within a picture",
    "admin.write_policy": "the text of a policy",
    "admin.change_policy": "the same on a form, with the source of each figure",
    "authoring.save_part": "a lesson",
    "authoring.questions_from_file": "a file of questions",
    "authoring.bring_in": "a course as an archive",
    "documents.write": "the text of a document that people agree to",
}


def forms(app: Flask) -> Iterator[tuple[str, Field]]:
    """Each field of each form of the product, with its name."""
    found = []
    for package in (app_package, progression_package, rota_package, training_package):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if module.name.endswith(".forms"):
                found += [one for one in vars(import_module(module.name)).values() if isinstance(one, type)]
    with app.test_request_context():
        for form in {one for one in found if issubclass(one, FlaskForm) and one is not FlaskForm}:
            for field in form(meta={"csrf": False}):
                yield f"{form.__name__}.{field.name}", field


def longest(field: Field) -> int | None:
    """How many characters a field takes; None where nothing says so."""
    validators: tuple[object, ...] = tuple(field.validators)
    return min((one.max for one in validators if isinstance(one, Length) and one.max > 0), default=None)


def is_bounded(field: Field) -> bool:
    """Whether a field refuses everything beyond a length, a number or a list of choices."""
    if isinstance(field, SelectField | SelectMultipleField) and field.validate_choice:
        return True
    if isinstance(field, SelectMultipleField):
        return any(isinstance(one, AtMost) for one in field.validators)
    if isinstance(field, IntegerField):
        return any(
            isinstance(one, NumberRange) and one.max is not None and one.max <= LARGEST_ID for one in field.validators
        )
    if any(isinstance(one, AnyOf) for one in field.validators):
        return True
    if isinstance(field, StringField | SelectField):
        has_rule = any(getattr(one, "__qualname__", "").startswith("kept_by.") for one in field.validators)
        return has_rule or longest(field) is not None  # a use case's own rule also says how long
    return True  # ticks, buttons, files, and days, which take no value without bounds


def test_every_variable_part_of_an_address_is_bounded(app: Flask) -> None:
    parts = {
        f"{rule.rule} {name}": type(converter)
        for rule in app.url_map.iter_rules()
        for name, converter in rule._converters.items()
    }
    assert parts
    assert {name for name, kind in parts.items() if kind not in (WholeNumber, Text, FilePath)} == set()


def test_every_field_of_every_form_is_bounded(app: Flask) -> None:
    fields = dict(forms(app))
    assert len(fields) > 80
    assert sorted(name for name, field in fields.items() if not is_bounded(field)) == []


def test_what_is_typed_fits_the_column_it_goes_into() -> None:
    def room(column: InstrumentedAttribute[str]) -> int | None:
        kind = column.property.columns[0].type
        return kind.length if isinstance(kind, String) else None

    for column in (UnitDone.unit, ScenarioChoice.step, ScenarioChoice.choice):
        assert room(column) == LONGEST_KEY
    name = next(one for one in NameForm.name.kwargs["validators"] if isinstance(one, Length))
    assert name.max == room(Certificate.printed_name)
    assert (room(Certificate.code) or 0) < LONGEST_PART


def test_no_view_reads_a_value_of_a_request_raw() -> None:
    reading = {
        name_of(path)
        for path in python_files(*PACKAGES)
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Attribute)
        and node.attr in RAW
        and isinstance(node.value, ast.Name)
        and node.value.id == "request"
    }
    assert reading == set(MAY_READ_RAW)


def test_only_views_that_take_a_file_or_a_long_text_take_a_large_body(app: Flask) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    declared = {name for name, view in app.view_functions.items() if hasattr(view, "largest_body")}
    assert declared == set(TAKES_MORE)
    with app.test_request_context():
        for view in app.view_functions.values():
            assert largest_body_of(view) == LARGEST_BODY, "a stranger may send no more"
