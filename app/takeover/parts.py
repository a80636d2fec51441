"""What can be taken over from an organisation's own records, as each domain brings it: one `Part` for a subject.

A part names the columns it understands, reads one row of them into a value with notes or faults, and writes the values
of many people at once. It knows neither files nor pages; this package knows neither stages nor courses.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any, Protocol, TypeVar

from app.people.models import Person
from app.people.rights import permissions_of

T = TypeVar("T")


@dataclass(frozen=True)
class Column:
    """A column that a part understands.

    `headings` are what people write above it, without spaces, signs and capitals: “dbsdate”. `example` stands in the
    template to download. `subject` groups the columns of the mapping page. A column that is `needed_for_duties` is
    asked for once for every row where the file has neither it nor any of `instead`.
    """

    key: str  # unique among all parts, such as "stage" or "passed:conflict"
    title: str  # on pages: “Understanding conflict, passed on”
    subject: str  # “Who they are”, “Training”
    headings: tuple[str, ...] = ()
    example: str = ""
    hint: str = ""
    is_required: bool = False
    needed_for_duties: bool = False
    instead: tuple[str, ...] = ()  # keys of columns that say the same or more


@dataclass(frozen=True)
class Remark:
    """A sentence about one cell of a row: how it was understood, or why it cannot be taken and how to mend it."""

    column: str  # the key of the column; empty for the whole row
    sentence: str


@dataclass(frozen=True)
class RowRead:
    """What a part found in one row.

    `value` is what `take_in` will be given, plain data that can be written as JSON; None where the row holds nothing
    for this part. A row with faults is not taken.
    """

    value: dict[str, Any] | None = None
    notes: tuple[Remark, ...] = ()
    faults: tuple[Remark, ...] = ()


@dataclass(frozen=True)
class Reading:
    """What every row of a file is read with."""

    now: datetime
    today: date  # of the organisation's calendar
    by: Person  # who takes the file over
    kept: dict[str, Any] = field(default_factory=dict)  # what `once` has read

    def once(self, name: str, read: Callable[[], T]) -> T:
        """What `read` returns, called once for the whole file; `name` is unique among all parts."""
        if name not in self.kept:
            self.kept[name] = read()
        found: T = self.kept[name]
        return found

    @cached_property
    def permissions(self) -> frozenset[str]:
        """What they may do, read once for the whole file; `take_in` asks the database again."""
        return permissions_of(self.by.id, on=self.today)


@dataclass(frozen=True)
class Taking:
    """The batch that is written, by whom and when; one transaction."""

    batch_id: int
    by: Person
    now: datetime
    today: date


class Part(Protocol):
    """One subject that can be taken over. `name` is unique; parts write in the order in which they are registered.

    They are undone in the opposite order, so that accounts go last. `vouches` says whether what it writes speaks for
    somebody: nobody takes over such things about themselves.
    """

    name: str
    vouches: bool

    def columns(self, now: datetime) -> Sequence[Column]:
        """The columns that it understands today; courses and policies change them."""
        ...

    def read(self, cells: Mapping[str, str], at: Reading) -> RowRead:
        """Read the cells of one row, by column key: only columns that the file has, and whatever stands there.

        Dates from a workbook come as 2025-06-03. Reads nothing from the database for a single row: what it needs of
        policies and courses is cached.
        """
        ...

    def would_add(self, values: Mapping[int, dict[str, Any]], at: Reading) -> Collection[int]:
        """The people, by id, for whom `take_in` would write something that is not there yet; a few queries for all."""
        ...

    def compare(self, values: Mapping[int, dict[str, Any]], at: Reading) -> Mapping[int, Sequence[Remark]]:
        """Notes, by person id, on what of these values is not written, or changes less than it says, because of what
        people who are here have already. For the preview; a few queries for all.
        """
        ...

    def take_in(self, values: Mapping[int, dict[str, Any]], taking: Taking) -> None:
        """Write what was read, by person id, in the present transaction; what is there already is not written again."""
        ...

    def undo(self, ids: Collection[int], taking: Taking) -> None:
        """Take back what this batch wrote of these people.

        Refuses with a `Conflict` that names the people where something else stands on it already.
        """
        ...

    def sums(self, values: Collection[dict[str, Any]], at: Reading) -> Sequence[str]:
        """What these values amount to, for the preview: “31 volunteers, 6 peers, 2 staff”. Empty: nothing to say."""
        ...

    def told(self, ids: Collection[int], batch_id: int, now: datetime) -> Mapping[int, Sequence[str]]:
        """What this batch wrote of these people, by person id, for them and for who took it over.

        Short phrases without a full stop, with dates: “Volunteer since 3 June 2025”. At most three queries for all.
        """
        ...
