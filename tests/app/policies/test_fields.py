"""Every field of every policy's schema is on its form, and has words."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import pytest
from flask import Flask
from pydantic import BaseModel

from app.policies import documents
from app.policies.documents import PolicyKind
from app.policies.fields import NoForm, Shape, every_field, fields_of
from app.policies.form import FIGURE_IN_SENTENCE, every_part, parts_of
from app.policies.plain_data import plain
from app.policies.words import Words


def with_a_form() -> list[PolicyKind]:
    return [kind for kind in documents.kinds if kind.has_form]


def test_every_field_of_every_policy_has_words(app: Flask) -> None:
    """A new field of a schema is on the form by itself. Where this fails, write `Words` beside it in the schema."""
    for kind in documents.kinds:
        wordless = [".".join(place) for place, field in every_field(fields_of(kind.schema)) if not field.has_words]
        assert wordless == [], f"{kind.name}: give these fields Words"
        assert kind.title, kind.name
        assert kind.lead, kind.name


def test_every_group_and_every_figure_of_a_sentence_exists(app: Flask) -> None:
    for kind in documents.kinds:
        for place, field in every_field(fields_of(kind.schema)):
            assert field.words.group in ("", *kind.groups), place
            inside = {each.key for each in field.fields}
            assert set(FIGURE_IN_SENTENCE.findall(field.words.sentence)) <= inside, place
            assert set(field.words.without) <= inside, place


def test_a_rule_with_figures_has_a_sentence_that_says_them(app: Flask) -> None:
    kind = next(each for each in documents.kinds if each.name == "rota-rules")
    for field in fields_of(kind.schema):
        figures = {each.key for each in field.fields if each.shape in (Shape.NUMBER, Shape.TIME)} - {"price"}
        said = set(FIGURE_IN_SENTENCE.findall(field.words.sentence))
        assert figures - set(field.words.without) == said, field.key
        assert field.words.group, field.key


def test_every_field_of_every_schema_is_on_the_form(app: Flask) -> None:
    for kind in with_a_form():
        fields = fields_of(kind.schema)
        parts = parts_of(fields, plain(documents.shipped(kind.schema, kind.default)))
        steps = {tuple(step for step in part.place if isinstance(step, str)) for part in every_part(parts)}
        for place, _ in every_field(fields):
            # A field inside a list or by a duty has the number or the duty in its place too.
            assert any([step for step in found if step in place] == list(place) for found in steps), place


def test_a_policy_that_has_a_form_can_be_typed(app: Flask) -> None:
    shapes = {kind.name: {field.shape for _, field in every_field(fields_of(kind.schema))} for kind in with_a_form()}
    assert [name for name, found in shapes.items() if Shape.NAMED in found] == []


class Unknown(BaseModel):
    """A schema with something that no form can show."""

    at: Annotated[complex | datetime, Words("When")]


def test_a_schema_that_no_form_can_show_is_refused() -> None:
    with pytest.raises(NoForm):
        fields_of(Unknown)
