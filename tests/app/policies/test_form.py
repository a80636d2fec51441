"""A document as the parts of a form, and the form as a document again."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest
from flask import Flask

from app.policies import documents
from app.policies.fields import Shape, fields_of
from app.policies.form import Part, document_from, parts_of, said_by
from app.policies.plain_data import plain
from rota.scheduling.rules.policy import RotaRules, shipped_rules
from training.programme.order import SHIPPED, Programme


def sent_by(parts: Iterable[Part]) -> dict[str, list[str]]:
    """What a browser would send of these parts."""
    sent: dict[str, list[str]] = {}
    for part in parts:
        if part.field.shape is Shape.ITEMS:
            sent[f"{part.name}.count"] = [str(len(part.parts) - 1)]
        if part.field.shape is Shape.EACH:
            sent |= {f"{each.name}.there": ["1"] for each in part.parts}
        if part.typed:
            sent[part.name] = list(part.typed)
        sent |= sent_by(part.parts)
    return sent


def test_a_form_sent_unchanged_is_the_same_document(app: Flask) -> None:
    for kind in documents.kinds:
        if kind.has_form:
            document, fields = documents.shipped(kind.schema, kind.default), fields_of(kind.schema)
            back = document_from(fields, sent_by(parts_of(fields, plain(document))))
            assert kind.schema.model_validate(back) == document, kind.name
            assert plain(kind.schema.model_validate(back)) == plain(document), kind.name


def test_an_older_document_without_newer_rules_is_the_same_on_the_form() -> None:
    older = {key: value for key, value in plain(shipped_rules()).items() if key not in ("parts", "standing_slots")}
    document = RotaRules.model_validate(older)
    fields = fields_of(RotaRules)
    assert RotaRules.model_validate(document_from(fields, sent_by(parts_of(fields, plain(document))))) == document


def changed(key: str, **figures: Any) -> RotaRules:
    document = plain(shipped_rules())
    document[key] |= figures
    return RotaRules.model_validate(document)


@pytest.mark.parametrize(
    ("key", "figures"),
    [
        ("weekends", {"most": 2}),
        ("longest_run", {"most": None, "least": 2}),
        ("successions", {"forbidden": {"Late": ["Early", "Morning"], "Night": ["Early"]}}),
        ("rest", {"adult_hours": 11.25, "stricter_for": {}}),
        ("rest", {"source": "Two lines.\nAnd < “more”:  & so on."}),
        ("fairness", {"exempt_duties": []}),
    ],
)
def test_every_kind_of_value_comes_back_as_it_was(key: str, figures: dict[str, Any]) -> None:
    document, fields = changed(key, **figures), fields_of(RotaRules)
    assert RotaRules.model_validate(document_from(fields, sent_by(parts_of(fields, plain(document))))) == document


def programme(**extra: list[str]) -> list[str]:
    """The codes of the programme after a form was sent with these boxes changed."""
    fields = fields_of(Programme)
    sent = sent_by(parts_of(fields, plain(documents.shipped(Programme, SHIPPED))))
    read = document_from(fields, sent | {f"p.courses.{name.replace('__', '.')}": text for name, text in extra.items()})
    return [each["code"] for each in read["courses"]]


def test_items_are_added_moved_and_taken_out(app: Flask) -> None:
    codes = programme()
    assert programme(**{f"{len(codes)}__code": ["first-aid"]}) == [*codes, "first-aid"]
    assert programme(**{"1__remove": ["1"]}) == [codes[0], *codes[2:]]
    assert programme(**{"3__position": ["1"]}) == [codes[3], *codes[:3], *codes[4:]]
    assert programme(**{"0__position": ["3"]}) == [codes[1], codes[2], codes[0], *codes[3:]]
    assert programme(**{f"{len(codes)}__code": ["  "]}) == codes


def test_a_document_is_said_in_words() -> None:
    said = said_by(parts_of(fields_of(RotaRules), plain(shipped_rules())))
    assert said["rest › severity"].what == "A coordinator may set it aside with a reason"
    assert said["rest › adult_hours"].where == "Rest between shifts: Hours of rest for adults"
    assert said["rest › stricter_for › staff"].what == "Never broken"
    assert said["hours_in_a_day › exempt_duties"].what == "on-call"
