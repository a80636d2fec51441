"""Reading one row for a part: cells by column, and the notes and faults that come up on the way."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from functools import partial
from typing import Any, TypeVar

from app.day_bounds import DayBounds
from app.people.written_dates import written_date
from app.refusals import Invalid
from app.takeover.dates import Unknown, recorded_date
from app.takeover.parts import Reading, Remark, RowRead
from app.typed_text import one_line
from app.wording import day_in_words

T = TypeVar("T")


class Row:
    """The cells of one row, and what was said about them so far."""

    def __init__(self, cells: Mapping[str, str], at: Reading) -> None:
        self._cells, self.at = cells, at
        self.notes: list[Remark] = []
        self.faults: list[Remark] = []

    def text(self, column: str) -> str:
        """What stands in a column, on one line; empty where the file has no such column."""
        return one_line(self._cells.get(column, ""))

    def has(self, column: str) -> bool:
        """Whether the file has the column, empty or not."""
        return column in self._cells

    def note(self, column: str, sentence: str) -> None:
        """Say how a cell is understood."""
        self.notes.append(Remark(column, sentence))

    def fault(self, column: str, sentence: str) -> None:
        """Say why a cell cannot be taken, and how to mend it."""
        self.faults.append(Remark(column, sentence))

    def kept(self, column: str, rule: Callable[[str], T], otherwise: T) -> T:
        """What a rule makes of a cell; where it refuses, its sentences are faults of the column."""
        try:
            return rule(self.text(column))
        except Invalid as refusal:
            for sentence in refusal.sentences:
                self.fault(column, sentence)
            return otherwise

    def day(self, column: str, bounds: DayBounds, unknown: Unknown | None = None) -> date | None:
        """The day in a cell, None for an empty one or a fault.

        `unknown` says which day stands for a month or a year; without it, only a whole day with its century is taken.
        """
        return self._day(column, bounds, unknown, is_past=False)

    def past_day(self, column: str, bounds: DayBounds, unknown: Unknown | None = None) -> date | None:
        """The day in a cell on which something happened; one that is still to come is a fault."""
        day = self._day(column, bounds, unknown, is_past=True)
        if day is not None and day > self.at.today:
            self.fault(column, f"{day_in_words(day)} is still to come. Give the day on which it happened.")
            return None
        return day

    def _day(self, column: str, bounds: DayBounds, unknown: Unknown | None, *, is_past: bool) -> date | None:
        if unknown is None:
            day = self.kept(column, written_date, None)
        else:
            read = partial(recorded_date, today=self.at.today, unknown=unknown, is_past=is_past)
            found = self.kept(column, read, None)
            day = found.day if found else None
            if found and found.note:
                self.note(column, found.note)
        if day is not None and (refusal := bounds.refusal(day, today=self.at.today)):
            self.fault(column, f"{day_in_words(day)} is out of bounds: {refusal}")
            return None
        return day

    def read(self, value: dict[str, Any] | None) -> RowRead:
        """The result for this part."""
        return RowRead(value, tuple(self.notes), tuple(self.faults))
