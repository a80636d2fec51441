"""Reading what the form of a part sent, and the buttons of its lists. Pure. What is not shown stays as it was."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import count
from typing import Any

from training.authoring.models import PartKind
from training.authoring.pack_text import UNITS
from training.authoring.part_fields import (
    EXERCISES,
    QUESTIONS,
    SHAPES,
    Field,
    Group,
    Hidden,
    Lines,
    Number,
    Pick,
    Several,
    Tick,
    Ticks,
    Typed,
)

FIGURE = re.compile(r"-?[0-9]{1,12}([.,][0-9]{1,6})?")
WHOLE = re.compile("[0-9]{1,2}")


def shape_of(kind: PartKind, values: Mapping[str, Any]) -> tuple[Field, ...] | None:
    """The form of a part with these values; None where it has none, so that it is edited as text."""
    if kind == PartKind.QUESTION:
        return QUESTIONS.get(str(values.get("kind")))
    if kind == PartKind.EXERCISE:
        return EXERCISES.get(str(values.get("kind")))
    return SHAPES.get(kind)


def field_at(fields: Sequence[Field], values: Mapping[str, Any], place: str) -> tuple[str, Any] | None:
    """The label and the value of the field that a fault names, such as `choices-0-to`; None where the form has none."""
    for field in fields:
        value = values.get(field.name)
        if place == field.name:
            return None if isinstance(field, Hidden | Group) else (_label(field), value)
        if isinstance(field, Group) and place.startswith(f"{field.name}-"):
            return field_at(field.fields, value or {}, place.removeprefix(f"{field.name}-"))
        if isinstance(field, Several) and place.startswith(f"{field.name}-"):
            number, _, rest = place.removeprefix(f"{field.name}-").partition("-")
            if WHOLE.fullmatch(number) and int(number) < len(value or []):
                return field_at(field.fields, (value or [])[int(number)], rest)
    return None


def _label(field: Typed | Lines | Number | Tick | Pick | Ticks | Several) -> str:
    """What a field is called; a list without a name of its own, after what it holds."""
    return field.label or (f"{field.one}s".capitalize() if isinstance(field, Several) else field.name)


def read(
    fields: Sequence[Field], sent: Mapping[str, str], before: Mapping[str, Any], prefix: str = ""
) -> dict[str, Any]:
    """The values that a form sent, over those that were there before it; in the order of those."""
    values = dict(before)
    for field in fields:
        value = _value(field, sent, before.get(field.name), f"{prefix}{field.name}")
        if value is None:
            values.pop(field.name, None)
        else:
            values[field.name] = value
    return values


def _value(field: Field, sent: Mapping[str, str], before: Any, name: str) -> Any:
    """What was sent for one field; None where it is not written."""
    match field:
        case Typed() | Pick():
            words = sent.get(name, "").replace("\r\n", "\n").strip()
            return words or (None if field.is_optional else "")
        case Lines():
            lines = [line.strip() for line in sent.get(name, "").splitlines() if line.strip()]
            return lines or (None if field.is_optional else [])
        case Number():
            return _figure(sent.get(name, "").strip(), is_optional=field.is_optional)
        case Tick():
            ticked = name in sent
            return ticked if ticked or field.is_always_written else None
        case Ticks():
            offered = sent.get(f"{name}-offered", "").split()
            return [each for each in offered if f"{name}-{each}" in sent] or None
        case Hidden():
            return sent.get(name, "") or None
        case Group():
            return read(field.fields, sent, before if isinstance(before, dict) else {}, f"{name}-")
        case Several():
            return _several(field, sent, name)


def _several(field: Several, sent: Mapping[str, str], name: str) -> list[dict[str, Any]] | None:
    sent_count = sent.get(f"{name}-count", "")
    length = min(int(sent_count) if WHOLE.fullmatch(sent_count) else 0, field.most)
    found = [read(field.fields, sent, {}, f"{name}-{number}-") for number in range(length)]
    _give_keys(field, found)
    return found or ([] if field.least else None)


def _give_keys(field: Several, found: Sequence[dict[str, Any]]) -> None:
    """Give each thing of a list that is stored by a key one of its own, which stays when its words change."""
    if not any(isinstance(each, Hidden) for each in field.fields):
        return
    taken = {each.get("key") for each in found}
    for each in found:
        if "key" not in each:
            each["key"] = next(key for key in (f"{field.one}-{n}" for n in count(1)) if key not in taken)
            taken.add(each["key"])


def _figure(words: str, *, is_optional: bool) -> int | float | str | None:
    if not words:
        return None if is_optional else ""
    if not FIGURE.fullmatch(words):
        return words
    plain = words.replace(",", ".")
    return float(plain) if "." in plain else int(plain)


def do(fields: Sequence[Field], values: dict[str, Any], asked: str) -> dict[str, Any]:
    """Carry out what a button of a list asked for: `add:options`, `remove:options-2`, `up:options-2`, `down:options-2`.

    The name can lead through lists, as in `add:choices-0-then`. What does not fit the form changes nothing.
    """
    verb, _, path = asked.partition(":")
    _do(fields, values, verb, path.split("-"))
    return values


def _do(fields: Sequence[Field], values: dict[str, Any], verb: str, path: Sequence[str]) -> None:
    field = next((each for each in fields if isinstance(each, Several) and path and each.name == path[0]), None)
    if field is None:
        return
    listed: list[dict[str, Any]] = values.setdefault(field.name, [])
    if len(path) == 1:
        if verb == "add" and len(listed) < field.most:
            listed.append(empty(field.fields))
            _give_keys(field, listed)
        return
    number = int(path[1]) if WHOLE.fullmatch(path[1]) else len(listed)
    if number >= len(listed):
        return
    if len(path) > 2:
        _do(field.fields, listed[number], verb, path[2:])
    elif verb == "remove":
        listed.pop(number)
    elif verb == "up" and number:
        listed[number - 1], listed[number] = listed[number], listed[number - 1]
    elif verb == "down" and number < len(listed) - 1:
        listed[number + 1], listed[number] = listed[number], listed[number + 1]


def new_values(kind: PartKind, sub_kind: str = "") -> dict[str, Any]:
    """The values of a part that is new: which kind of unit, question or exercise it is, and empty fields."""
    has_kind = kind in UNITS and kind != PartKind.LESSON
    values = {"kind": sub_kind} if sub_kind else {"kind": kind.value} if has_kind else {}
    return {**values, **empty(shape_of(kind, values) or ())}


def empty(fields: Sequence[Field]) -> dict[str, Any]:
    """The values of a form that is not filled in yet, with as many of each thing as there must be."""
    values: dict[str, Any] = {}
    for field in fields:
        match field:
            case Several(least=least) if least:
                values[field.name] = [empty(field.fields) for _ in range(least)]
                _give_keys(field, values[field.name])
            case Group():
                values[field.name] = empty(field.fields)
            case Typed(is_optional=False) | Pick(is_optional=False) | Number(is_optional=False):
                values[field.name] = ""
            case Lines(is_optional=False):
                values[field.name] = []
            case Tick(is_always_written=True):
                values[field.name] = False
            case _:
                pass
    return values
