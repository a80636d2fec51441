"""Which column of a file is what: guessed from its heading, corrected by hand, and remembered for the next file.

A guess rests on whole headings only. A part of one would take the telephone number of somebody's mother for their own.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import select

from app import db
from app.takeover.models import RememberedHeading
from app.takeover.parts import Column
from app.takeover.table import TableColumn
from app.typed_text import compare_key, quoted

IN_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
LONGEST_HEADING = 200  # characters that are compared and remembered
LEFT_OUT = ""  # the key of a column that is not taken
UNDECIDED = "?"  # what the page sends for a column about which nothing was chosen


class Found(StrEnum):
    """How it is known what a column is."""

    BY_HEADING = "heading"
    REMEMBERED = "remembered"
    BY_HAND = "hand"
    NOT_YET = "not yet"  # nobody knows: it is left out, and the page asks to look
    EMPTY = "empty"  # nothing stands in it


@dataclass(frozen=True)
class Meaning:
    """What one column of the file is taken for; `key` is empty where it is left out."""

    key: str
    found: Found

    @property
    def shown(self) -> str:
        """What is chosen for it on the page."""
        return UNDECIDED if self.found == Found.NOT_YET else self.key


def plain_heading(heading: str) -> str:
    """A heading without spaces, signs and capitals, as it is compared and remembered: “E-mail” is “email”."""
    return "".join(each for each in compare_key(heading[:LONGEST_HEADING]) if each.isalnum())


def guess(found: Sequence[TableColumn], columns: Sequence[Column]) -> dict[int, Meaning]:
    """What each column of a file is, by place. Of two that could be the same, the first is taken for it."""
    remembered = _remembered([column.heading for column in found])
    known = known_headings(columns)
    keys = {column.key for column in columns}
    used: set[str] = set()
    meanings = {}
    for column in found:
        meaning = Meaning(LEFT_OUT, Found.NOT_YET if column.samples else Found.EMPTY)
        for how, key in _possible(column.heading, remembered, known):
            if key == LEFT_OUT or (key in keys and key not in used):
                meaning = Meaning(key, how)
                break
        used.add(meaning.key)
        meanings[column.place] = meaning
    return meanings


def knows(columns: Sequence[Column]) -> Callable[[str], bool]:
    """A function that says of a heading, as it is written, whether it has a meaning here."""
    known = known_headings(columns)
    remembered = {row.heading for row in db.session.execute(select(RememberedHeading.heading))}

    def is_known(heading: str) -> bool:
        return any(form in known or form in remembered for form in _forms(heading))

    return is_known


def known_headings(columns: Sequence[Column]) -> dict[str, str]:
    """The key of the column by each heading that it is known by; its title and its key are such headings too."""
    known = {plain: column.key for column in columns for plain in column.headings}
    return {plain_heading(text): column.key for column in columns for text in (column.title, column.key)} | known


def _forms(heading: str) -> tuple[str, ...]:
    """The forms in which a heading may be known: as it is, without what stands in brackets, and for one thing."""
    plain = plain_heading(heading)
    return plain, plain_heading(IN_BRACKETS.sub("", heading)), plain.removesuffix("s")


def _possible(heading: str, remembered: Mapping[str, str], known: Mapping[str, str]) -> Iterator[tuple[Found, str]]:
    """What a heading may mean, the surest first."""
    forms = _forms(heading)
    if forms[0] in remembered:
        yield Found.REMEMBERED, remembered[forms[0]]
    for form in forms:
        if form in known:
            yield Found.BY_HEADING, known[form]


def _remembered(headings: Sequence[str]) -> dict[str, str]:
    plain = {plain_heading(heading) for heading in headings} - {""}
    rows = db.session.execute(
        select(RememberedHeading.heading, RememberedHeading.column_key).where(RememberedHeading.heading.in_(plain))
    )
    return {row.heading: row.column_key for row in rows}


def remember(found: Sequence[TableColumn], meanings: Mapping[int, Meaning]) -> None:
    """Keep what was decided by hand, in this transaction, for the next file with such headings."""
    for column in found:
        meaning, plain = meanings[column.place], plain_heading(column.heading)
        if plain and meaning.found == Found.BY_HAND:
            values = {"heading": plain, "column_key": meaning.key}
            db.upsert(RememberedHeading, values, key=("heading",), update={"column_key": meaning.key})


def changed(meanings: Mapping[int, Meaning], chosen: Mapping[int, str]) -> dict[int, Meaning]:
    """The meanings after somebody chose keys by place; a place that was not asked about stays as it is."""
    return {
        place: Meaning(chosen[place], Found.BY_HAND) if chosen.get(place, meaning.shown) != meaning.shown else meaning
        for place, meaning in meanings.items()
    }


def faults(found: Sequence[TableColumn], meanings: Mapping[int, Meaning], columns: Sequence[Column]) -> list[str]:
    """Why no row can be read with these meanings, in sentences; empty where all is well."""
    titles = {column.key: column.title for column in columns}
    taken: dict[str, list[TableColumn]] = {}
    for column in found:
        if (key := meanings[column.place].key) != LEFT_OUT:
            taken.setdefault(key, []).append(column)
    said = [
        f"{' and '.join(quoted(one.title, 40) for one in same)} cannot both be “{titles.get(key, key)}”. "
        "Leave out all but one."
        for key, same in taken.items()
        if len(same) > 1
    ]
    said += [f"{quoted(one.title, 40)}: {one.fault}" for same in taken.values() for one in same if one.fault]
    return said + [
        f"No column is “{column.title}” yet. Please say which one it is."
        for column in columns
        if column.is_required and column.key not in taken
    ]
