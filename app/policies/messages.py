"""Schema validation errors as sentences for the author of a document."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterator, Sequence

from pydantic_core import ErrorDetails

AS_CODE = re.compile(r"<[\w.]+: ('[^']*')>")


def causes(problems: Sequence[ErrorDetails], known: Collection[str] = ()) -> Iterator[ErrorDetails]:
    """Yield the problems without those that only follow from others.

    A list is not too short because one of its items is faulty, and a field is not missing where its name was mistyped.
    """
    mistyped = {
        (*problem["loc"][:-1], meant)
        for problem in problems
        if problem["type"] == "extra_forbidden"
        for meant in _near(str(problem["loc"][-1]), known)
    }
    for problem in problems:
        if problem["type"] == "missing" and problem["loc"] in mistyped:
            continue
        inside = [one for one in problems if len(one["loc"]) > len(problem["loc"])]
        follows = any(one["loc"][: len(problem["loc"])] == problem["loc"] for one in inside)
        if not (problem["type"] == "too_short" and follows):
            yield problem


def _near(field: str, known: Collection[str]) -> list[str]:
    return difflib.get_close_matches(field, known, n=1)


def _figure(bound: object) -> str:
    """A bound as people write it: 744 rather than 744.0."""
    return str(int(bound)) if isinstance(bound, float) and bound.is_integer() else str(bound)


def sentence_of(  # noqa: C901 - a flat case for each fault
    problem: ErrorDetails, known: Collection[str], *, called: str | None = None
) -> str:
    """One problem as a sentence that names the field, by its key unless it is `called` otherwise.

    `known` holds the existing fields, to suggest a similar name.
    """
    field = called or str(next((step for step in reversed(problem["loc"]) if isinstance(step, str)), "this"))
    context = problem.get("ctx", {})
    match problem["type"]:
        case "missing":
            return f"“{field}” is missing."
        case "extra_forbidden":
            near = _near(field, known)
            return f"“{field}” is not a word we know here{f'; did you mean “{near[0]}”?' if near else '.'}"
        case "string_type":
            return f"“{field}” must be text; put it in quotation marks."
        case "int_type" | "int_parsing" | "int_from_float":
            return f"“{field}” must be a whole number."
        case "float_type" | "float_parsing":
            return f"“{field}” must be a number."
        case "bool_type" | "bool_parsing":
            return f"“{field}” must be true or false."
        case "time_type" | "time_parsing":
            return f"“{field}” must be a time such as 22:00, in quotation marks."
        case "model_type" | "model_attributes_type" | "dict_type":
            return f"“{field}” must be a list of names and values, each on a line of its own."
        case "tuple_type" | "list_type" | "frozen_set_type" | "set_type":
            return f"“{field}” must be a list, such as [one, other]."
        case "string_too_short":
            least = context["min_length"]
            return f"“{field}” is empty." if least == 1 else f"“{field}” needs at least {least} characters."
        case "string_too_long":
            return f"“{field}” is longer than {context['max_length']} characters."
        case "too_short":
            return f"“{field}” needs at least {context['min_length']}, and has {context['actual_length']}."
        case "too_long":
            return f"“{field}” takes at most {context['max_length']}."
        case "greater_than_equal":
            return f"“{field}” must be at least {_figure(context['ge'])}."
        case "less_than_equal":
            return f"“{field}” must be at most {_figure(context['le'])}."
        case "multiple_of":
            return f"“{field}” must be a multiple of {_figure(context['multiple_of'])}."
        case "enum" | "literal_error":
            # Pydantic lists enumeration members as code; people write only the value.
            expected = AS_CODE.sub(r"\1", context["expected"])
            return f"“{field}” must be {expected}."
        case "value_error":
            return f"“{field}”: {problem['msg'].removeprefix('Value error, ')}."
        case _:
            return f"“{field}”: {problem['msg']}."
