"""Policy documents as plain data, as YAML, and as a flat list of values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, time
from enum import Enum
from typing import Any

import yaml
from pydantic import BaseModel


def plain(document: BaseModel) -> dict[str, Any]:
    """A document as plain data in a stable order: sets are sorted, enumerations, dates and times become text."""
    data: dict[str, Any] = _plain(document.model_dump())
    return data


def as_yaml(data: Mapping[str, Any]) -> str:
    """Plain data as YAML, in its own order."""
    return yaml.safe_dump(dict(data), sort_keys=False, allow_unicode=True, width=100)


def values_of(document: BaseModel) -> dict[str, str]:
    """Every value of a document as text, by its place, such as `rest › adult_hours`; a list counts as one value."""
    return dict(_leaves(plain(document)))


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(_plain(key)): _plain(inner) for key, inner in value.items()}
    if isinstance(value, frozenset | set):
        return sorted((_plain(inner) for inner in value), key=str)
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    if isinstance(value, Enum):
        return _plain(value.value)
    if isinstance(value, time):
        return value.strftime("%H:%M")
    return value.isoformat() if isinstance(value, date) else value


def _leaves(value: Any, place: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _leaves(inner, f"{place} › {key}" if place else key)
    elif isinstance(value, list):
        yield place, ", ".join(str(inner) for inner in value) or "none"
    else:
        yield place, _as_text(value)


def _as_text(value: Any) -> str:
    if value is None:
        return "not set"
    if isinstance(value, bool):
        return str(value).lower()
    # 11 and not 11.0, however the figure was typed.
    return f"{value:g}" if isinstance(value, float) else str(value)
