"""The list of people as a table for a spreadsheet: what its reader sees on the list, and no private detail."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from app import csv_writer
from app.people.listing import PeopleColumn, PeopleNote
from app.people.models import Person


def written(
    people: Sequence[Person],
    columns: Sequence[tuple[PeopleColumn, Mapping[int, Any]]],
    notes: Mapping[int, Sequence[PeopleNote]],
    roles: Mapping[int, Collection[str]],
) -> bytes:
    """A line for each person, by name: the columns of the list with their values, roles, account and notes."""
    headings = [heading for column, _ in columns for heading in column.cells]
    rows = [("Name", *headings, "Roles", "Account", "To know")]
    for person in people:
        cells = [
            write(values[person.id]) if values.get(person.id) is not None else ""
            for column, values in columns
            for write in column.cells.values()
        ]
        has = ", ".join(sorted(roles.get(person.id, ())))
        to_know = "; ".join(note.words.format(day=note.day.isoformat()) for note in notes.get(person.id, ()))
        rows.append((person.display_name, *cells, has, person.state.value, to_know))
    return csv_writer.written(rows)
