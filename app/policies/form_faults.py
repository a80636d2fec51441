"""What is wrong with a document that was typed into a form in words: sentences at the fields they are about."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from app.policies.documents import PolicyKind
from app.policies.fields import Shape, every_field, fields_of
from app.policies.form import Part, every_part
from app.policies.messages import causes, sentence_of
from app.policies.yaml_lines import Place

QUOTED = re.compile(r"“([\w-]+)”")
MOST_FAULTS = 50  # told at once
AS_TIME = "Write a time of the clock, such as 22:00."


def read(
    kind: PolicyKind, data: Mapping[str, Any], parts: Sequence[Part]
) -> tuple[BaseModel | None, list[tuple[Place, str]]]:
    """The document that the data is, or None with a sentence for each fault and the place it is at."""
    fields = {part.place: part for part in every_part(parts)}
    try:
        document = kind.schema.model_validate(data)
    except ValidationError as error:
        problems = causes(error.errors(include_url=False)[:MOST_FAULTS])
        return None, [(problem["loc"], _sentence(problem, fields)) for problem in problems]
    contradictions = [
        (place, begun(in_words(kind.schema, sentence, within=str(place[0]))))
        for place, sentence in kind.faults(document)
    ]
    return (None if contradictions else document), contradictions


def _sentence(problem: ErrorDetails, parts: Mapping[Place, Part]) -> str:
    place = problem["loc"]
    steps = (place[:n] for n in range(len(place), 0, -1))
    part = next((parts[each] for each in steps if each in parts), None)
    if part is None:
        return sentence_of(problem, ())
    if problem["type"] in EMPTY and not part.text.strip() and part.field.shape not in (Shape.ITEMS, Shape.EACH):
        return f"“{part.label}” is empty. Please fill it in."
    if part.field.shape is Shape.TIME:
        return f"“{part.label}”: {AS_TIME}"
    if part.field.shape is Shape.LISTS:
        return f"“{part.label}”: write a name on each line, a colon, and after it the others with commas between them."
    if problem["type"] in ("enum", "literal_error"):
        offered = "; ".join(words for _, words in part.field.choices)
        return f"“{part.label}” must be one of these: {offered}."
    if problem["type"] == "value_error":
        return _with_choices_in_words(sentence_of(problem, (), called=part.label), part)
    return sentence_of(problem, (), called=part.label)


def begun(sentence: str) -> str:
    """The sentence with a capital; in a file it goes on behind the number of its line."""
    return sentence[:1].upper() + sentence[1:]


def _with_choices_in_words(sentence: str, part: Part) -> str:
    """The sentence with the values that can be picked inside the part as pages write them."""
    words = {value: said for each in every_part([part]) for value, said in each.field.picks or each.field.choices}
    return re.sub(r"(?<!“)\b\w+\b", lambda found: f"“{words[found[0]]}”" if found[0] in words else found[0], sentence)


EMPTY = {
    "int_parsing",
    "float_parsing",
    "string_too_short",
    "enum",
    "literal_error",
    "time_parsing",
    "missing",
    "too_short",
    "string_pattern_mismatch",
}


def in_words(schema: type[BaseModel], sentence: str, *, within: str = "") -> str:
    """A sentence in which the keys of fields, in quotation marks, are written as pages call them.

    A key that several fields have means the one within the field that the sentence names, or within this one.
    """
    fields = fields_of(schema)
    named = {within, *QUOTED.findall(sentence)}
    called = {place[-1]: field.words.label for place, field in every_field(fields)}
    for field in fields:
        if field.key in named:
            called |= {place[-1]: inner.words.label for place, inner in every_field(field.fields)}
    called |= {field.key: field.words.label for field in fields}
    return QUOTED.sub(lambda found: f"“{called.get(found[1], found[1])}”", sentence)
