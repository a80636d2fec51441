"""What taking a file over would do, row by row: taken, taken with a note, or not yet, and why.

Every row is read again each time, with the rights, names and addresses of the moment; nothing of it is kept.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from app.takeover import people_part
from app.takeover.batches import FileAsRead
from app.takeover.parts import Part, Reading, Remark
from app.takeover.people_part import PEOPLE, Arrival
from app.typed_text import compare_key, is_left_by_a_formula, quoted

BROKEN_FORMULA = "A spreadsheet wrote a formula or an error there. Type what it should say, or empty that cell."
LONGEST_NAME = 60  # characters of what a row is called
WHO = ("display_name", "email", "legal_name", "first_name", "last_name")  # where two rows of one person may differ


class RowState(StrEnum):
    """What becomes of a row."""

    READY = "ready"
    NOTED = "noted"  # ready, with a note
    REFUSED = "refused"
    NOTHING_NEW = "nothing new"  # everything in it is here already
    LEFT_OUT = "left out"
    JOINED = "joined"  # it is part of an earlier row


@dataclass(frozen=True)
class Said:
    """A sentence about one cell of a row, or about all of it where `column` is empty."""

    column: str
    heading: str  # of the column, as the file has it; its title where the file has none
    cell: str
    sentence: str
    is_fault: bool


@dataclass(frozen=True)
class Row:
    """One row of the file, and what taking it over would do."""

    line: int
    name: str
    state: RowState
    said: tuple[Said, ...] = ()
    values: Mapping[str, dict[str, Any]] = field(default_factory=dict)  # by name of the part
    known_id: int | None = None  # the person who has this address here already
    same_as: int | None = None  # the earlier line with this address

    @property
    def is_taken(self) -> bool:
        """Whether the row would come in."""
        return self.state in (RowState.READY, RowState.NOTED)


@dataclass(frozen=True)
class Preview:
    """Every row of a file, and what all of it amounts to. With faults of the mapping, no row is read."""

    rows: tuple[Row, ...]
    faults: tuple[str, ...]
    sums: tuple[str, ...]

    def in_state(self, *states: RowState) -> tuple[Row, ...]:
        """The rows in these states."""
        return tuple(row for row in self.rows if row.state in states)

    @property
    def taken(self) -> tuple[Row, ...]:
        """The rows that would come in."""
        return tuple(row for row in self.rows if row.is_taken)

    @property
    def mark(self) -> str:
        """A hash over all that would come in, so that nothing is taken that the page did not show."""
        written = [(row.line, row.known_id, row.values) for row in self.taken]
        return hashlib.sha256(json.dumps(written, sort_keys=True).encode()).hexdigest()


def preview(file: FileAsRead, parts: Sequence[Part], at: Reading) -> Preview:
    """Read every row with every part, and compare the rows with each other and with who is here; writes nothing."""
    if file.faults:
        return Preview((), file.faults, ())
    reader = _Reader(file, parts, at)
    rows = reader.rows()
    sums = [
        words
        for part in sorted(parts, key=lambda part: part is PEOPLE)  # what is said of accounts comes last
        for words in part.sums([row.values[part.name] for row in rows if row.is_taken and part.name in row.values], at)
    ]
    return Preview(tuple(rows), (), tuple(sums))


def called(cells: Mapping[str, str]) -> str:
    """What a row is called on the page before anybody has read it."""
    names = (cells.get(key, "").strip() for key in ("display_name", "legal_name", "first_name", "last_name", "email"))
    return next((name for name in names if name), "")[:LONGEST_NAME]


@dataclass
class _Read:
    """A row on its way: what the parts found in it."""

    line: int
    cells: dict[str, str]
    name: str
    values: dict[str, dict[str, Any]] = field(default_factory=dict)
    notes: list[Remark] = field(default_factory=list)
    faults: list[Remark] = field(default_factory=list)
    known_id: int | None = None
    same_as: int | None = None
    adds: bool = True


def _somebody_else(row: _Read, arrival: Arrival) -> list[Remark]:
    """A fault where the row calls somebody who is here by another name: what it says may be about another person."""
    typed = row.cells.get("display_name", "")
    if arrival.person_id is None or not typed.strip() or compare_key(typed) == compare_key(arrival.display_name):
        return []
    sentence = (
        f"The address is that of {quoted(arrival.display_name)} here. If this is the same person, write that name. "
        "Otherwise give them an e-mail address of their own."
    )
    return [Remark("display_name", sentence), Remark("email", "It belongs to somebody who is here already.")]


class _Reader:
    """Reads all rows of one file."""

    def __init__(self, file: FileAsRead, parts: Sequence[Part], at: Reading) -> None:
        self.file, self.parts, self.at = file, parts, at
        self.titles = {column.key: column.title for part in parts for column in part.columns(at.now)}

    def rows(self) -> list[Row]:
        read = {line: _Read(line, cells, called(cells)) for line, cells in self.file.cells.items()}
        joined = self._join(read)
        for each in read.values():
            self._read(each)
        self._compare_people(list(read.values()))
        self._compare_with_records(list(read.values()))
        finished = [self._finished(each) for each in read.values()]
        finished += [Row(line, name, RowState.JOINED, same_as=into) for line, (name, into) in joined.items()]
        finished += [Row(line, called(cells), RowState.LEFT_OUT) for line, cells in self.file.left_out.items()]
        return sorted(finished, key=lambda row: row.line)

    def _join(self, read: dict[int, _Read]) -> dict[int, tuple[str, int]]:
        """Put rows of one person together: blank cells of the earlier are filled from the later."""
        joined = {}
        for line, into in self.file.joined.items():
            if line not in read or into not in read or into in self.file.joined:
                continue
            later, earlier = read.pop(line), read[into]
            joined[line] = (later.name, into)
            for key, cell in later.cells.items():
                mine = earlier.cells.get(key, "").strip()
                if not mine:
                    earlier.cells[key] = cell
                elif cell.strip() and cell.strip() != mine and key not in WHO:
                    sentence = (
                        f"Line {line} says {quoted(cell.strip())} and this line {quoted(mine)}: this line counts."
                    )
                    earlier.notes.append(Remark(key, sentence))
        return joined

    def _read(self, row: _Read) -> None:
        for part in self.parts:
            found = part.read(row.cells, self.at)
            row.notes += found.notes
            row.faults += found.faults
            if found.value is not None:
                row.values[part.name] = found.value
        # “#N/A” must not pass for the “n/a” of somebody who means nothing.
        said = {remark.column for remark in row.faults}
        broken = [key for key, cell in row.cells.items() if is_left_by_a_formula(cell.strip()) and key not in said]
        row.faults += [Remark(key, BROKEN_FORMULA) for key in broken]

    def _compare_people(self, rows: Sequence[_Read]) -> None:
        """Whom each row brings: somebody new, or somebody who is here; an address or a name stands in one row only."""
        whole = {row.line: row for row in rows if PEOPLE.name in row.values and not row.faults}
        vouching = {part.name for part in self.parts if part.vouches}
        people = people_part.arrivals(
            {line: row.values[PEOPLE.name] for line, row in whole.items()},
            self.at,
            vouched_for=[line for line, row in whole.items() if vouching & row.values.keys()],
        )
        first: dict[str, int] = {}
        for line, arrival in people.items():
            row = whole[line]
            row.name, row.known_id = arrival.display_name or row.name, arrival.person_id
            row.notes += arrival.notes
            row.faults += arrival.faults
            row.faults += _somebody_else(row, arrival)
            row.same_as = first.get(arrival.email)
            first.setdefault(arrival.email, line)

    def _compare_with_records(self, rows: Sequence[_Read]) -> None:
        """Say of people who are here already what would be added to what is known of them."""
        known = {row.known_id: row for row in rows if row.known_id is not None and not row.faults}
        adding: set[int] = set()
        for part in self.parts:
            values = {person_id: row.values[part.name] for person_id, row in known.items() if part.name in row.values}
            adding |= set(part.would_add(values, self.at))
            for person_id, notes in part.compare(values, self.at).items():
                known[person_id].notes += notes
        for person_id, row in known.items():
            row.adds = person_id in adding

    def _finished(self, row: _Read) -> Row:
        said = [self._said(row, remark, is_fault=True) for remark in row.faults]
        said += [self._said(row, remark, is_fault=False) for remark in row.notes]
        if row.faults:
            state = RowState.REFUSED
        elif not row.adds:
            state = RowState.NOTHING_NEW
        else:
            state = RowState.NOTED if row.notes else RowState.READY
        return Row(row.line, row.name, state, tuple(said), row.values, row.known_id, row.same_as)

    def _said(self, row: _Read, remark: Remark, *, is_fault: bool) -> Said:
        heading = self.file.heading_of.get(remark.column) or self.titles.get(remark.column, "")
        cell = row.cells.get(remark.column, "").strip()
        return Said(remark.column, heading, cell, remark.sentence, is_fault)
