"""Who has learned what: people by courses, narrowed, in order, a page at a time, and as a table to save.

Who is on it is decided in the database: everybody with an open account, for readers who hold the permission. What a
cell says is decided by `states.cell_of`.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, select

from app import clock, csv_writer, db, settings
from app.people.listing import BY_ROLE
from app.people.models import Person, PersonState, Role
from app.typed_text import compare_key
from progression.people_list import is_at_stage
from progression.stages import Stage
from training.teaching import paths
from training.teaching.states import WITH_A_DAY, Cell, CourseState, cell_of, to_remind_of

PEOPLE_ON_A_PAGE = 50
MOST_PEOPLE = 2000
"""So many people are looked at; of more, the first by name, and the page says so. Our own choice: about a second."""


class Order(StrEnum):
    """The order of people: those who need something first, or all by name."""

    NEED = "need"
    NAME = "name"


@dataclass(frozen=True)
class Wanted:
    """What a reader asked to see."""

    states: frozenset[CourseState] = WITH_A_DAY  # empty: every state
    stages: frozenset[Stage] = frozenset()  # empty: every stage
    role: Role | None = None
    code: str | None = None  # of one course; None: of all
    words: str = ""  # in the display name
    order: Order = Order.NEED
    page: int = 1

    def conditions(self, now: datetime) -> list[ColumnElement[bool]]:
        """Of the people, in SQL."""
        found: list[ColumnElement[bool]] = [Person.state == PersonState.ACTIVE]
        if self.words:
            found.append(Person.name_key.contains(compare_key(self.words), autoescape=True))
        if self.stages:
            found.append(is_at_stage(sorted(self.stages, key=lambda each: each.place), now, now))
        if self.role is not None:
            found.append(BY_ROLE.where(self.role.value, clock.on(now, settings.current().zone), now))
        return found


@dataclass(frozen=True)
class Row:
    """One person, and the cells of the courses that are shown."""

    person_id: int
    name: str
    stage: Stage
    cells: tuple[Cell, ...]
    remind_of: tuple[Cell, ...] = field(default=())  # of all courses, as the e-mail names them

    @property
    def urgency(self) -> tuple[int, date]:
        """The most urgent of the cells: its state, and the earliest day."""
        return min((cell.state.urgency, cell.day or date.max) for cell in self.cells)


@dataclass(frozen=True)
class Matrix:
    """What was found: the rows of one page, and numbers about all of them."""

    codes: tuple[tuple[str, str], ...]  # of the courses shown, with their titles
    rows: tuple[Row, ...]
    count: int  # of people on all pages
    people: int  # before the states were chosen
    by_state: Counter[CourseState]  # how many people have a course in it, before the states were chosen
    page: int
    pages: int
    is_cut: bool  # there are more people than are looked at


def matrix(wanted: Wanted, *, now: datetime) -> Matrix:
    """The page of the matrix that was asked for. A page beyond the last gives the last."""
    codes, every, is_cut = _rows(wanted, now)
    found = [row for row in every if _has_one_of(row, wanted.states)]
    pages = max(1, -(-len(found) // PEOPLE_ON_A_PAGE))
    page = min(max(wanted.page, 1), pages)
    shown = found[(page - 1) * PEOPLE_ON_A_PAGE : page * PEOPLE_ON_A_PAGE]
    return Matrix(
        codes=codes,
        rows=tuple(shown),
        count=len(found),
        people=len(every),
        by_state=Counter(state for row in every for state in {cell.state for cell in row.cells}),
        page=page,
        pages=pages,
        is_cut=is_cut,
    )


def as_csv(wanted: Wanted, *, now: datetime) -> bytes:
    """Everybody who fits, on all pages, as a table in UTF-8 with the mark that spreadsheets need to read accents."""
    codes, every, _is_cut = _rows(wanted, now)
    head = ["Person", "Stage", *(title for _code, title in codes)]
    rows = [row for row in every if _has_one_of(row, wanted.states)]
    return csv_writer.written([head, *([row.name, row.stage.value, *(c.words for c in row.cells)] for row in rows)])


def _has_one_of(row: Row, states: frozenset[CourseState]) -> bool:
    return not states or any(cell.state in states for cell in row.cells)


def _rows(wanted: Wanted, now: datetime) -> tuple[tuple[tuple[str, str], ...], list[Row], bool]:
    """The courses shown, everybody who fits but for the states, in order; and whether people were left out."""
    people = db.session.execute(
        select(Person.id, Person.display_name)
        .where(*wanted.conditions(now))
        .order_by(Person.name_key)
        .limit(MOST_PEOPLE + 1)
    ).all()
    courses = [(course.code, version.title) for course, version in paths.courses_in_order(now)]
    codes = tuple(each for each in courses if wanted.code in (None, each[0]))
    names = {row.id: row.display_name for row in people[:MOST_PEOPLE]}
    if not codes or not names:
        return codes, [], False
    shown = {code for code, _title in codes}
    found = {each.person_id: _row(each, names[each.person_id], shown) for each in paths.paths_of(names, now=now)}
    rows = [found[person_id] for person_id in names]
    if wanted.order is Order.NEED:
        rows.sort(key=lambda row: row.urgency)  # stable: by name among equals
    return codes, rows, len(people) > MOST_PEOPLE


def _row(each: paths.PersonsPath, name: str, shown: set[str]) -> Row:
    cells = [cell_of(course) for course in each.courses]
    return Row(
        person_id=each.person_id,
        name=name,
        stage=each.stage,
        cells=tuple(cell for cell in cells if cell.code in shown),
        remind_of=tuple(to_remind_of(cells)),
    )
