"""What an address asks for after its question mark, and single values of a form: each with a type and a bound.

Views read these and never `request.args` or `request.form`, so that nothing unbounded reaches them.
"""

from __future__ import annotations

import re
from datetime import date
from typing import ClassVar

from flask import g, request
from werkzeug.datastructures import MultiDict

from app.day_bounds import DayBounds
from app.pages.converters import LARGEST_ID
from app.refusals import Invalid, Refusal

LONGEST_WORDS = 200  # characters
LONGEST_CELL = 500  # characters of one of many texts
MOST_VALUES = 500  # of one name, or of names that begin alike
LONGEST_ADDRESS = 2000  # characters of a page to go back to
FIGURES = re.compile(r"[0-9]{1,10}")
CALENDAR_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class NotADay(Refusal):
    """The address names a day that cannot be read, or one out of bounds."""

    status: ClassVar[int] = 400
    title: ClassVar[str] = "We could not read that"


def whole_number(name: str) -> int | None:
    """The number in the address, if it is one that an id or a page can have; else None."""
    return _number(request.args.get(name, ""))


def whole_number_sent(name: str) -> int | None:
    """The number in the form, if it is one that an id can have; else None."""
    return _number(request.form.get(name, ""))


def whole_numbers(name: str, *, most: int) -> list[int]:
    """The first `most` numbers of this name in the address that an id can have, each once."""
    numbers = (_number(text) for text in request.args.getlist(name)[:most])
    return list(dict.fromkeys(number for number in numbers if number is not None))


def words(name: str) -> str:
    """The words in the address, empty where there are none; the rest of very long ones is left out."""
    return request.args.get(name, "")[:LONGEST_WORDS]


def words_sent(name: str) -> str:
    """The words in the form, empty where there are none; the rest of very long ones is left out."""
    return request.form.get(name, "")[:LONGEST_WORDS]


def words_sent_under(prefix: str) -> dict[str, str]:
    """The texts of the form whose names begin with this, by the rest of the name; the rest of long ones is left out."""
    names = [name for name in request.form if name.startswith(prefix) and len(name) <= LONGEST_WORDS]
    return {name.removeprefix(prefix): request.form[name][:LONGEST_CELL] for name in names[:MOST_VALUES]}


def texts_sent(*, longest: int) -> dict[str, str]:
    """Every field of the form by its name, the first of each; refuses one of more than `longest` characters."""
    texts = {name: request.form[name] for name in list(request.form)[:MOST_VALUES] if len(name) <= LONGEST_WORDS}
    if any(len(text) > longest for text in texts.values()):
        raise Invalid(f"There is room for {longest:,} characters in one box. Make two of it.")
    return texts


def lists_sent_under(prefix: str, *, most: int, longest: int) -> dict[str, list[str]]:
    """All values of each field of the form whose name begins with this, by the whole name.

    Refuses more than `most` names, and a value of more than `longest` characters.
    """
    names = [name for name in request.form if name.startswith(prefix) and len(name) <= LONGEST_WORDS]
    if len(names) > most:
        raise Invalid(f"There are more than {most:,} fields in it.")
    values = {name: request.form.getlist(name)[:MOST_VALUES] for name in names}
    if any(len(text) > longest for texts in values.values() for text in texts):
        raise Invalid(f"There is room for {longest:,} characters in one box.")
    return values


def whole_numbers_sent(name: str) -> set[int]:
    """The numbers of this name in the form, without those that no id can have."""
    numbers = map(_number, request.form.getlist(name)[:MOST_VALUES])
    return {number for number in numbers if number is not None}


def way_back(name: str) -> str | None:
    """The page to go to afterwards, from the address or the form; for `safe_return`, which decides about it."""
    wanted = request.args.get(name) or request.form.get(name)
    return wanted if wanted and len(wanted) <= LONGEST_ADDRESS else None


def is_there(name: str) -> bool:
    """Whether the address has this word, with or without a value."""
    return name in request.args


def is_sent(name: str, value: str) -> bool:
    """Whether the form has this value under this name."""
    return request.form.get(name) == value


def in_address() -> MultiDict[str, str]:
    """Everything that the address asks for, for a form that checks each field."""
    return request.args


def day(name: str, bounds: DayBounds) -> date | None:
    """The day in the address, such as 2027-03-01; None where there is none. Refuses any other text and day."""
    text = request.args.get(name, "")
    if not text:
        return None
    try:
        asked = date.fromisoformat(text) if CALENDAR_DAY.fullmatch(text) else None
    except ValueError:
        asked = None
    if asked is None:
        raise NotADay("The address has a day in it that is none. Write it like 2027-03-01.")
    if refusal := bounds.refusal(asked, today=g.today):
        raise NotADay(f"The address has a day in it that we cannot show: {refusal}")
    return asked


def _number(text: str) -> int | None:
    return int(text) if FIGURES.fullmatch(text) and int(text) <= LARGEST_ID else None
