"""The fields of a policy as a form has them, made from the schema of its documents and the words beside each field.

A new field of a schema is on the form by itself; `tests/app/policies/test_fields.py` fails until it has words.
"""

from __future__ import annotations

import types
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import Enum, StrEnum
from functools import cache
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import AwareDatetime, BaseModel
from pydantic.fields import FieldInfo

from app.policies.words import Words


class Shape(StrEnum):
    """How a field is typed."""

    GROUP = "group"  # fields that belong together
    ITEMS = "items"  # the same fields several times, in an order
    EACH = "each"  # the same fields once for each of some values
    NAMED = "named"  # the same fields under names of their own; only to read
    PICK = "pick"  # one of some values
    PICKS = "picks"  # for each of some values one of others, or none
    TICK = "tick"  # yes or no
    TICKS = "ticks"  # any of some values
    NUMBER = "number"
    TIME = "time"
    LINE = "line"
    TEXT = "text"  # several rows
    LINES = "lines"  # short texts, one on each line
    LINES_EACH = "lines each"  # such texts for each of some values
    LISTS = "lists"  # on each line a name, a colon, and other names


NESTED = (Shape.GROUP, Shape.ITEMS, Shape.EACH, Shape.NAMED, Shape.PICKS, Shape.LINES_EACH)

Choice = tuple[str, str]
"""A value and its words."""


@dataclass(frozen=True)
class Field:
    """One field: its key in the document, its words, and how it is typed."""

    key: str
    words: Words
    shape: Shape
    choices: tuple[Choice, ...] = ()
    """What may be picked or ticked; of EACH and PICKS, the values that there is one for."""
    picks: tuple[Choice, ...] = ()
    """Of PICKS, what may be picked for each."""
    fields: tuple[Field, ...] = ()
    is_optional: bool = False
    has_words: bool = True


class NoForm(TypeError):
    """The schema holds something that no form here can show."""


@cache
def fields_of(schema: type[BaseModel]) -> tuple[Field, ...]:
    """The fields of a schema in their order; refuses a type that forms do not know."""
    return tuple(_field(key, info) for key, info in schema.model_fields.items())


def every_field(fields: tuple[Field, ...], place: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Field]]:
    """Every field with the keys that lead to it, those inside others too."""
    for field in fields:
        yield (*place, field.key), field
        yield from every_field(field.fields, (*place, field.key))


def _field(key: str, info: FieldInfo) -> Field:
    said = next((each for each in info.metadata if isinstance(each, Words)), None)
    words = said or Words(key.replace("_", " ").capitalize())
    kind, is_optional = _without_none(info.annotation)
    shape, more = _shape(kind, words)
    return Field(key, words, shape, is_optional=is_optional, has_words=said is not None, **more)


def _without_none(kind: Any) -> tuple[Any, bool]:
    kind = _bare(kind)
    if get_origin(kind) in (Union, types.UnionType):
        members = [each for each in get_args(kind) if each is not type(None)]
        if len(members) != 1:
            raise NoForm(f"a form cannot offer {kind}")
        return _bare(members[0]), True
    return kind, False


def _bare(kind: Any) -> Any:
    return get_args(kind)[0] if get_origin(kind) is Annotated else kind


def _shape(kind: Any, words: Words) -> tuple[Shape, dict[str, Any]]:
    origin, inner = get_origin(kind), [_bare(each) for each in get_args(kind)]
    if origin is Literal:
        return Shape.PICK, {"choices": tuple(map(_choice, inner))}
    if origin is dict:
        return _by_key(*inner)
    if origin is tuple and _is_model(inner[0]):
        return Shape.ITEMS, {"fields": fields_of(inner[0])}
    if origin in (frozenset, set) and _is_enum(inner[0]):
        return Shape.TICKS, {"choices": choices_of(inner[0])}
    if origin in (tuple, frozenset, set):
        return Shape.LINES, {}
    if _is_model(kind):
        return Shape.GROUP, {"fields": fields_of(kind)}
    if _is_enum(kind):
        return Shape.PICK, {"choices": choices_of(kind)}
    if kind is str:
        return (Shape.TEXT if words.rows > 1 else Shape.LINE), {}
    plain: Mapping[Any, Shape] = {
        bool: Shape.TICK,
        int: Shape.NUMBER,
        float: Shape.NUMBER,
        time: Shape.TIME,
        date: Shape.LINE,
        datetime: Shape.LINE,
        AwareDatetime: Shape.LINE,
    }
    if kind not in plain:
        raise NoForm(f"a form has no field for {kind}")
    return plain[kind], {}


def _by_key(key: Any, value: Any) -> tuple[Shape, dict[str, Any]]:
    if _is_enum(key) and _is_enum(value):
        return Shape.PICKS, {"choices": choices_of(key), "picks": choices_of(value)}
    if _is_enum(key) and _is_model(value):
        return Shape.EACH, {"choices": choices_of(key), "fields": fields_of(value)}
    if key is str and _is_model(value):
        return Shape.NAMED, {"fields": fields_of(value)}
    several = get_origin(value) in (frozenset, set, tuple)
    if _is_enum(key) and several:
        return Shape.LINES_EACH, {"choices": choices_of(key)}
    if key is str and several:
        return Shape.LISTS, {}
    raise NoForm(f"a form has no field for {value} by {key}")


def choices_of(kind: type[Enum]) -> tuple[Choice, ...]:
    """The values of an enumeration with their words."""
    return tuple(map(_choice, kind))


def _choice(value: Any) -> Choice:
    text = str(value.value if isinstance(value, Enum) else value)
    return text, str(getattr(value, "words", text.replace("_", " ")))


def _is_model(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)


def _is_enum(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, Enum)
