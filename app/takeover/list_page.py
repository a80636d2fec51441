"""What the page of an open list shows: some columns and some rows of it, so that a long list stays a light page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from app.takeover.batches import FileAsRead
from app.takeover.parts import Column
from app.takeover.preview import Preview, Row, RowState, Said
from app.takeover.table import TableColumn

ROWS_ON_A_PAGE = 25
MOST_CHOICES = 800  # of all the lists of columns on one page together; 75 bytes each
FEWEST_COLUMNS = 5  # on a page
SEVERAL = 2  # rows at fault in a column, from which on it is asked for all of them at once
MOST_MENDED = 6  # cells of one row that can be mended at once

LOOK, READY, OUT = "look", "ready", "out"
SHOWN = {
    LOOK: (RowState.REFUSED, RowState.NOTED),
    READY: (RowState.READY, RowState.NOTHING_NEW),
    OUT: (RowState.LEFT_OUT, RowState.JOINED),
}


@dataclass(frozen=True)
class Mend:
    """A cell that can be typed again."""

    key: str
    label: str
    cell: str


@dataclass(frozen=True)
class RowShown:
    """One row on the page, with the cells to mend: those at fault, and those with a note."""

    row: Row
    faulty: tuple[Mend, ...]
    noted: tuple[Mend, ...]


@dataclass(frozen=True)
class ListPage:
    """Everything that the page shows of a list."""

    groups: tuple[tuple[str, tuple[Column, ...]], ...]  # what a column can be, by subject
    columns: tuple[TableColumn, ...]  # of the file
    columns_page: int
    columns_pages: int
    found: int  # columns of which it is known what they are
    show: str
    rows: tuple[RowShown, ...]
    number: int
    pages: int
    counts: dict[str, int]  # rows by what shows them
    for_all: tuple[Mend, ...]  # what the file has no column for, and many rows need

    @property
    def address(self) -> dict[str, str | int]:
        """The part that is shown, for the address of the page."""
        return {"show": self.show, "page": self.number, "columns": self.columns_page}


def list_page(
    file: FileAsRead, found: Preview, known: Sequence[Column], *, show: str, number: int, columns_page: int
) -> ListPage:
    """The part of a list that somebody asked for; a page that there is not gives the nearest."""
    in_each = {name: found.in_state(*states) for name, states in SHOWN.items()}
    show = show if show in SHOWN else LOOK if in_each[LOOK] else READY
    refused_first = sorted(in_each[show], key=lambda row: (row.state != RowState.REFUSED, row.line))
    pages, number = _page_of(len(refused_first), ROWS_ON_A_PAGE, number)
    on_a_page = max(FEWEST_COLUMNS, MOST_CHOICES // (len(known) + 1))
    columns_pages, columns_page = _page_of(len(file.columns), on_a_page, columns_page)
    subjects = dict.fromkeys(column.subject for column in known)
    return ListPage(
        groups=tuple((subject, tuple(each for each in known if each.subject == subject)) for subject in subjects),
        columns=tuple(file.columns[(columns_page - 1) * on_a_page : columns_page * on_a_page]),
        columns_page=columns_page,
        columns_pages=columns_pages,
        found=sum(bool(meaning.key) for meaning in file.meanings.values()),
        show=show,
        rows=tuple(map(_shown, refused_first[(number - 1) * ROWS_ON_A_PAGE : number * ROWS_ON_A_PAGE])),
        number=number,
        pages=pages,
        counts={name: len(rows) for name, rows in in_each.items()},
        for_all=_for_all(file, found, known),
    )


def _for_all(file: FileAsRead, found: Preview, known: Sequence[Column]) -> tuple[Mend, ...]:
    """The columns that the file has not: those typed for every row, at fault in several, or needed for duties."""
    there = {meaning.key for meaning in file.meanings.values()}
    rows = Counter(key for row in found.rows for key in {each.column for each in row.said if each.is_fault})

    def is_missed(column: Column) -> bool:
        is_needed = column.needed_for_duties and there.isdisjoint(column.instead) and len(found.rows) >= SEVERAL
        return column.key not in there and (is_needed or rows[column.key] >= SEVERAL)

    return tuple(
        Mend(column.key, column.title, file.for_all.get(column.key, ""))
        for column in known
        if column.key in file.for_all or is_missed(column)
    )[:MOST_MENDED]


def _page_of(count: int, on_a_page: int, number: int) -> tuple[int, int]:
    """How many pages there are, and the one that is nearest to this number."""
    pages = max(1, -(-count // on_a_page))
    return pages, min(max(number, 1), pages)


def _shown(row: Row) -> RowShown:
    faulty = _mends(each for each in row.said if each.is_fault)
    noted = _mends(each for each in row.said if not each.is_fault)
    at_fault = {mend.key for mend in faulty}
    return RowShown(row, faulty, tuple(mend for mend in noted if mend.key not in at_fault))


def _mends(said: Iterable[Said]) -> tuple[Mend, ...]:
    mends = {each.column: Mend(each.column, each.heading, each.cell) for each in said if each.column}
    return tuple(mends.values())[:MOST_MENDED]
