"""A document of a policy as the parts of a form in words, and what was typed there as a document again. Pure.

Parts are made from plain data, which may be faulty: what was typed stays as it was typed until its author mends it.
Names in the form are the place of the value, such as `p.rest.adult_hours`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from app.policies.fields import NESTED, Choice, Field, NoForm, Shape
from app.policies.words import Words
from app.policies.yaml_lines import Place

Sent = Mapping[str, Sequence[str]]
"""What a form holds, by the names of its fields."""

PREFIX = "p"
MOST_ITEMS = 200  # of one list; no schema takes more
FIGURE_IN_SENTENCE = re.compile(r"\{(\w+)\}")
NUMBER = re.compile(r"-?[0-9]{1,9}([.,][0-9]{1,6})?")


@dataclass(frozen=True)
class Part:
    """A field with what it holds: `typed` in its boxes, `parts` inside it, and what is to be mended in it."""

    field: Field
    place: Place
    label: str
    typed: tuple[str, ...] = ()
    parts: tuple[Part, ...] = ()
    faults: tuple[str, ...] = ()
    offered: tuple[Choice, ...] = ()
    """What may still be added, each with its value."""
    is_blank: bool = False
    """Whether it is the empty one behind a list, for one more."""

    @property
    def name(self) -> str:
        """The name of its box."""
        return ".".join((PREFIX, *map(str, self.place)))

    @property
    def id(self) -> str:
        """The id of its box."""
        return self.name.replace(".", "-")

    @property
    def words(self) -> Words:
        return self.field.words

    @property
    def text(self) -> str:
        """What its one box holds."""
        return self.typed[0] if self.typed else ""

    @property
    def shown(self) -> str:
        """What it holds, as a page to read says it; empty where there is nothing to say."""
        words = self.words
        match self.field.shape:
            case Shape.TICK:
                return "yes" if self.typed else ""
            case Shape.PICK:
                return _words_of(self.field.choices, self.text) or words.empty
            case Shape.TICKS:
                return ", ".join(_words_of(self.field.choices, each) for each in self.typed) or words.empty
            case Shape.LINES | Shape.LISTS:
                return "; ".join(line for line in self.text.splitlines() if line.strip()) or words.empty
            case _:
                return f"{self.text} {words.unit}".strip() if self.text else words.empty

    @property
    def sentence(self) -> list[str | Part]:
        """The sentence of a group: words, and the parts that stand in it."""
        inside = {part.field.key: part for part in self.parts}
        pieces = FIGURE_IN_SENTENCE.split(self.words.sentence)
        return [piece if n % 2 == 0 else inside[piece] for n, piece in enumerate(pieces) if piece]

    @property
    def beside(self) -> list[Part]:
        """The parts of a group that do not stand in its sentence; without those that only older documents use."""
        named = {each for piece in self.sentence if isinstance(piece, Part) for each in [piece.field.key]}
        return [part for part in self.parts if part.field.key not in named and not self.is_left_out(part)]

    def is_left_out(self, part: Part) -> bool:
        """Whether nothing reads the part here, and it holds nothing."""
        return part.field.key in self.words.without and not any(part.typed)

    @property
    def has_rare_to_show(self) -> bool:
        """Whether something behind “More” is to be mended, so that it is not hidden."""
        return any(part.faults for rare in self.beside if rare.words.rare for part in every_part([rare]))

    @property
    def read_beside(self) -> list[Part]:
        """Of those the ones that the page to read shows: they say something, and it matters here."""
        held = {part.field.key: part.text for part in self.parts}
        return [
            part
            for part in self.beside
            if (part.shown or part.parts)
            and (part.words.where is None or held.get(part.words.where[0]) == part.words.where[1])
        ]


def _words_of(choices: Sequence[Choice], value: str) -> str:
    return next((words for key, words in choices if key == value), value)


def parts_of(fields: Sequence[Field], data: Any, *, place: Place = ()) -> tuple[Part, ...]:
    """The parts of a form that hold this plain data, which may be faulty, or nothing at all."""
    held = data if isinstance(data, Mapping) else {}
    return tuple(_part(each, held.get(each.key), (*place, each.key)) for each in fields)


def _part(field: Field, value: Any, place: Place) -> Part:
    part = Part(field, place, field.words.label)
    match field.shape:
        case Shape.GROUP if value is None and field.is_optional:
            return part
        case Shape.GROUP:
            return replace(part, parts=parts_of(field.fields, value, place=place))
        case Shape.ITEMS:
            return _items(part, value if isinstance(value, list | tuple) else [])
        case Shape.EACH | Shape.NAMED:
            return _each(part, value if isinstance(value, Mapping) else {})
        case Shape.LINES_EACH:
            return replace(part, parts=tuple(_lines_for(part, each, value) for each in field.choices))
        case Shape.PICKS:
            return replace(part, parts=tuple(_pick(part, each, value) for each in field.choices))
        case _:
            return replace(part, typed=_typed(field.shape, value))


def _items(part: Part, values: Sequence[Any]) -> Part:
    one = part.words.one or part.label

    def item(number: int, value: Any, *, is_blank: bool) -> Part:
        place = (*part.place, number)
        label = f"One more {one}" if is_blank else f"{one.capitalize()} {number + 1}"
        parts = parts_of(part.field.fields, value, place=place)
        return Part(replace(part.field, shape=Shape.GROUP), place, label, parts=parts, is_blank=is_blank)

    items = [item(n, value, is_blank=False) for n, value in enumerate(values[:MOST_ITEMS])]
    return replace(part, parts=(*items, item(len(items), {}, is_blank=True)))


def _each(part: Part, values: Mapping[str, Any]) -> Part:
    there = [(key, words) for key, words in part.field.choices if key in values]
    if part.field.shape is Shape.NAMED:
        there = [(key, str(values[key].get("title", key))) for key in values]
    group = replace(part.field, shape=Shape.GROUP)
    parts = tuple(
        Part(
            group,
            (*part.place, key),
            f"{words[:1].upper()}{words[1:]}",
            parts=parts_of(part.field.fields, values[key], place=(*part.place, key)),
        )
        for key, words in there
    )
    return replace(part, parts=parts, offered=tuple(each for each in part.field.choices if each not in there))


def _pick(part: Part, choice: Choice, values: Any) -> Part:
    key, words = choice
    held = values.get(key, "") if isinstance(values, Mapping) else ""
    pick = Field(key, Words(f"For {words}"), Shape.PICK, choices=part.field.picks, is_optional=True)
    return Part(pick, (*part.place, key), pick.words.label, typed=(str(held),) if held else ())


def _lines_for(part: Part, choice: Choice, values: Any) -> Part:
    key, words = choice
    held = values.get(key) if isinstance(values, Mapping) else None
    lines = Field(key, Words(f"{words[:1].upper()}{words[1:]}", rows=part.words.rows), Shape.LINES)
    return Part(lines, (*part.place, key), lines.words.label, typed=_typed(Shape.LINES, held))


def _typed(shape: Shape, value: Any) -> tuple[str, ...]:
    if value is None or value is False:
        return ()
    if shape is Shape.TICK:
        return ("1",) if value in (True, "1") else ()
    if shape is Shape.TICKS:
        return tuple(map(str, value)) if isinstance(value, list | tuple) else (str(value),)
    if shape is Shape.LINES and isinstance(value, list | tuple):
        return ("\n".join(map(str, value)),)
    if shape is Shape.LISTS and isinstance(value, Mapping):
        return ("\n".join(f"{key}: {', '.join(map(str, others))}" for key, others in value.items()),)
    if isinstance(value, float):
        return (f"{value:g}",)
    return (str(value),)


def document_from(fields: Sequence[Field], sent: Sent, *, place: Place = ()) -> dict[str, Any]:
    """The plain data that a sent form holds. What cannot be read stays as it was typed, for the schema to refuse."""
    return {each.key: _read(each, sent, (*place, each.key)) for each in fields}


def _name(*place: str | int) -> str:
    return ".".join((PREFIX, *map(str, place)))


def _read(field: Field, sent: Sent, place: Place) -> Any:
    match field.shape:
        case Shape.GROUP:
            return document_from(field.fields, sent, place=place)
        case Shape.ITEMS:
            return list(_read_items(field, sent, place))
        case Shape.EACH:
            there = [key for key, _ in field.choices if sent.get(_name(*place, key, "there"))]
            return {key: document_from(field.fields, sent, place=(*place, key)) for key in there}
        case Shape.PICKS:
            picked = {key: _first(sent, (*place, key)).strip() for key, _ in field.choices}
            return {key: value for key, value in picked.items() if value}
        case Shape.LINES_EACH:
            texts = {key: _lines(_first(sent, (*place, key))) for key, _ in field.choices}
            return {key: lines for key, lines in texts.items() if lines}
        case Shape.NAMED:
            raise NoForm(f"{field.key} can only be read")
        case Shape.TICK:
            return bool(sent.get(_name(*place)))
        case Shape.TICKS:
            return sorted(set(sent.get(_name(*place), ())))
        case _:
            return _value(field, _first(sent, place))


def _read_items(field: Field, sent: Sent, place: Place) -> Iterator[dict[str, Any]]:
    """The items that are there, by the numbers typed beside them; those ticked to go, and blank ones, are left out."""
    count = _first(sent, (*place, "count"))
    number = min(int(count), MOST_ITEMS) if count.isascii() and count.isdecimal() and len(count) < 5 else 0
    found = []
    for n in range(number + 1):
        inside = (*place, n)
        begins = f"{_name(*inside)}."
        bare = {f"{begins}{each}" for each in ("position", "remove")}
        is_there = any(
            any(text.strip() for text in texts)
            for name, texts in sent.items()
            if name.startswith(begins) and name not in bare
        )
        if is_there and not sent.get(_name(*inside, "remove")):
            typed = _first(sent, (*inside, "position")).replace(",", ".").strip()
            wanted = float(typed) if NUMBER.fullmatch(typed) else n + 1.0
            # One that is moved to the place of another goes before it, unless it comes from above.
            shift = 0.5 if wanted > n + 1 else -0.5 if wanted < n + 1 else 0.0
            found.append((wanted + shift, n, document_from(field.fields, sent, place=inside)))
    yield from (item for _, _, item in sorted(found, key=lambda each: each[:2]))


def _first(sent: Sent, place: Place) -> str:
    return next(iter(sent.get(_name(*place), ())), "").replace("\r\n", "\n")


def _value(field: Field, typed: str) -> Any:
    text = typed if field.shape in (Shape.TEXT, Shape.LINES, Shape.LISTS) else typed.strip()
    if field.shape is Shape.LINES:
        return _lines(text)
    if field.shape is Shape.LISTS:
        return _lists(text)
    if not text and field.is_optional:
        return None
    if field.shape is Shape.NUMBER and NUMBER.fullmatch(text):
        number = float(text.replace(",", "."))
        return int(number) if number.is_integer() else number
    return text


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _lists(text: str) -> Any:
    lines = [line.partition(":") for line in text.splitlines() if line.strip()]
    if not all(colon and name.strip() for name, colon, _ in lines):
        return text
    return {name.strip(): [each.strip() for each in others.split(",") if each.strip()] for name, _, others in lines}


def every_part(parts: Iterable[Part]) -> Iterator[Part]:
    """All parts, those inside others too."""
    for part in parts:
        yield part
        yield from every_part(part.parts)


def with_faults(parts: Sequence[Part], faults: Iterable[tuple[Place, str]]) -> tuple[tuple[Part, ...], list[str]]:
    """The parts with each fault at the nearest place that the form has, and the sentences about the whole document."""
    places = {part.place: part for part in every_part(parts)}
    at: dict[Place, list[str]] = {}
    for place, sentence in faults:
        steps = (place[:n] for n in range(len(place), 0, -1))
        at.setdefault(next((each for each in steps if each in places), ()), []).append(sentence)

    def marked(part: Part) -> Part:
        return replace(part, parts=tuple(map(marked, part.parts)), faults=tuple(at.get(part.place, ())))

    return tuple(map(marked, parts)), at.get((), [])


@dataclass(frozen=True)
class Said:
    """One value of a document in words: where it stands, and what it is."""

    where: str
    what: str


def said_by(parts: Iterable[Part], *, above: str = "") -> dict[str, Said]:
    """Every value in words, by its place as text, such as `rest › adult_hours`."""
    said: dict[str, Said] = {}
    for part in parts:
        if part.is_blank:
            continue
        where = f"{above}: {part.label}" if above else part.label
        key = " › ".join(map(str, part.place))
        if part.field.shape in NESTED:
            said |= said_by(part.parts, above=where)
        elif part.shown:
            said[key] = Said(where, part.shown)
    return said
