"""Importing people from a CSV file: the whole file is checked first, then imported completely or not at all."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import TypeVar

from sqlalchemy import select

from app import db
from app.people import directory, sheet
from app.people.directory import NewPerson
from app.people.models import Person, PersonPrivate, Role
from app.people.names import NamesInUse, taken
from app.people.sheet import MAX_BYTES as MAX_BYTES  # what a page reads at most
from app.people.sheet import Sheet, SheetRow, UnreadableSheet
from app.people.written_dates import written_date
from app.refusals import Invalid
from app.typed_text import compare_key, quoted
from app.wording import plural


class Column(StrEnum):
    """What a column of the file can hold."""

    DISPLAY_NAME = "display_name"
    EMAIL = "email"
    LEGAL_NAME = "legal_name"
    BORN_ON = "born_on"
    PHONE = "phone"
    ROLES = "roles"
    ZONE = "zone"


REQUIRED_COLUMNS = (Column.DISPLAY_NAME, Column.EMAIL)

# Headings as people write them, without spaces, signs and capitals.
HEADINGS = {
    Column.DISPLAY_NAME: ("displayname", "nickname", "screenname", "username", "knownas"),
    Column.EMAIL: ("email", "emailaddress", "mail", "mailaddress"),
    Column.LEGAL_NAME: ("legalname", "fulllegalname"),
    Column.BORN_ON: ("bornon", "born", "dateofbirth", "birthdate", "birthday", "dob"),
    Column.PHONE: (
        "phone",
        "phonenumber",
        "telephone",
        "telephonenumber",
        "tel",
        "mobile",
        "mobilenumber",
        "mobilephone",
    ),
    Column.ROLES: ("roles", "role"),
    Column.ZONE: ("zone", "timezone"),
}
COLUMN_OF = {heading: column for column, headings in HEADINGS.items() for heading in headings}


@dataclass(frozen=True)
class ImportFault:
    """One fault, and where it is: the line of the file, the column, and that column's heading in the file."""

    line: int
    column: str
    sentence: str
    heading: str = ""


@dataclass(frozen=True)
class RowTaken:
    """A row that would be imported: its line, the person, and what would be kept in another form than it has there."""

    line: int
    person: NewPerson
    notes: tuple[str, ...] = ()

    @property
    def says_more(self) -> bool:
        """Whether there is anything to show beside the name and the address."""
        person = self.person
        return any((person.legal_name, person.born_on, person.phone, person.roles, person.zone_name, self.notes))


@dataclass(frozen=True)
class PeopleFile:
    """A checked file: what importing it would do, and every fault.

    `known` names the people who have an account already; nothing about them is changed. `not_taken` are the headings of
    columns that have no place here, `undecided` those of them that nobody has said to leave out.
    """

    rows: tuple[RowTaken, ...] = ()
    known: tuple[str, ...] = ()
    faults: tuple[ImportFault, ...] = ()
    notes: tuple[str, ...] = ()
    not_taken: tuple[str, ...] = ()
    undecided: tuple[str, ...] = ()

    @property
    def new(self) -> tuple[NewPerson, ...]:
        """The people to import."""
        return tuple(row.person for row in self.rows)

    @property
    def may_be_imported(self) -> bool:
        """Whether nothing is left to mend or to decide."""
        return not self.faults and not self.undecided


def read(raw: bytes, *, today: date, leave_out: Collection[str] = ()) -> PeopleFile:
    """Read a people file and check all of it; nothing is written.

    The first row names the columns; display name and e-mail are required. `leave_out` are the headings of columns that
    may be passed over, in whatever case; other columns without a place here stay undecided.
    """
    try:
        table = sheet.read(raw, count_known=lambda cells: sum(_column(cell) is not None for cell in cells))
    except UnreadableSheet as unreadable:
        return PeopleFile(faults=(ImportFault(unreadable.line, "", unreadable.sentence),))
    columns, faults = _columns(table)
    if faults:
        return PeopleFile(faults=tuple(faults), notes=table.notes)
    left_out = {_plain(heading) for heading in leave_out}
    not_taken = tuple(_heading(table, place) for place in _places_not_taken(table, columns))
    reader = _RowReader(table, columns, today)
    for row in table.rows:
        reader.take(row)
    if not table.rows:
        reader.faults.append(ImportFault(table.header.line, "", "There is nobody in this file."))
    return PeopleFile(
        rows=tuple(reader.taken),
        known=tuple(reader.known),
        faults=tuple(reader.faults),
        notes=table.notes,
        not_taken=not_taken,
        undecided=tuple(heading for heading in not_taken if _plain(heading) not in left_out),
    )


def add_people(file: PeopleFile, *, invite: bool, by: Person | None, today: date, now: datetime) -> list[Person]:
    """Create an account for each new person of a file without faults, and invite them if asked; all or none."""
    if not file.may_be_imported:
        raise ValueError("a file with faults must not be imported")
    people = directory.add_all(file.new, by=by, today=today, now=now)
    if invite:
        for person in people:
            directory.invite(person, by=by, now=now)
    return people


def _plain(heading: str) -> str:
    """A heading without spaces, signs and capitals: E-mail address becomes emailaddress."""
    return "".join(character for character in compare_key(heading) if character.isalnum())


def _column(heading: str) -> Column | None:
    return COLUMN_OF.get(_plain(heading))


def _heading(table: Sheet, place: int) -> str:
    """The heading of a column, as a sentence can name it."""
    cell = table.header.cells[place].strip() if place < len(table.header.cells) else ""
    return quoted(cell, 40)[1:-1] if cell else f"column {place + 1}"


def _columns(table: Sheet) -> tuple[dict[Column, int], list[ImportFault]]:
    """Which column stands where, and what is wrong with the headings."""
    columns: dict[Column, int] = {}
    faults = []
    for place, heading in enumerate(table.header.cells):
        column = _column(heading)
        if column is None:
            continue
        if column in columns:
            both = f"“{_heading(table, columns[column])}” and “{_heading(table, place)}”"
            sentence = f"{both} are the same column here. Please keep one of them, or rename the other."
            faults.append(ImportFault(table.header.line, column, sentence, _heading(table, place)))
        columns.setdefault(column, place)
    for column in REQUIRED_COLUMNS:
        if column not in columns:
            found = ", ".join(quoted(cell.strip(), 40) for cell in table.header.cells[:20] if cell.strip())
            reads = f"The first line reads: {found}." if found else "The file is empty."
            sentence = f"No column has the heading {column}. {reads}"
            faults.append(ImportFault(table.header.line, column, sentence, column))
            break
    return columns, faults


def _places_not_taken(table: Sheet, columns: dict[Column, int]) -> list[int]:
    """The places of columns that hold something and have no place here."""
    width = max([len(table.header.cells), *(len(row.cells) for row in table.rows)])
    others = sorted(set(range(width)) - set(columns.values()))
    return [
        place
        for place in others
        if place < len(table.header.cells)
        and (table.header.cells[place].strip() or any(_cell(row, place).strip() for row in table.rows))
    ]


def _cell(row: SheetRow, place: int | None) -> str:
    return row.cells[place] if place is not None and place < len(row.cells) else ""


T = TypeVar("T")


class _RowReader:
    """Checks one row after the other, each against the rows before it and against who is here already."""

    def __init__(self, table: Sheet, columns: dict[Column, int], today: date) -> None:
        self.table, self.columns, self.today = table, columns, today
        self.taken: list[RowTaken] = []
        self.known: list[str] = []
        self.faults: list[ImportFault] = []
        self._emails = set(db.session.scalars(select(PersonPrivate.email)))
        self._line_of_email: dict[str, int] = {}
        self._names = NamesInUse()

    def take(self, row: SheetRow) -> None:
        """Add the row to those taken, to those known, or its faults to the faults."""
        before = len(self.faults)
        person = self._person(row)
        if person.email in self._emails:
            self.known.append(person.display_name)
        else:
            self._compare(row.line, person)
        if len(self.faults) == before and person.email not in self._emails:
            self.taken.append(RowTaken(row.line, person, self._notes(row, person)))

    def _fault(self, line: int, column: str, sentence: str) -> None:
        place = next((place for known, place in self.columns.items() if known == column), None)
        heading = column if place is None else _heading(self.table, place)
        self.faults.append(ImportFault(line, column, sentence, heading))

    def _person(self, row: SheetRow) -> NewPerson:
        """The person of a row; where something is at fault, only the address and the name are of use."""
        cells = {column: _cell(row, self.columns.get(column)) for column in Column}
        beyond = [cell for cell in row.cells[len(self.table.header.cells) :] if cell.strip()]
        if beyond:
            sentence = (
                f"There are {plural(len(row.cells), 'cell')} here, and {len(self.table.header.cells)} headings. "
                f"Is a separator part of a cell? Then put that cell in quotation marks."
            )
            self._fault(row.line, "", sentence)
        typed = NewPerson(
            display_name=cells[Column.DISPLAY_NAME],
            email=cells[Column.EMAIL],
            legal_name=cells[Column.LEGAL_NAME],
            born_on=self._kept(row.line, Column.BORN_ON, written_date, cells[Column.BORN_ON], None),
            phone=cells[Column.PHONE],
            zone_name=cells[Column.ZONE],
            roles=self._kept(row.line, Column.ROLES, roles_named, cells[Column.ROLES], ()),
        )
        person, faults = directory.checked(typed, today=self.today)
        for column, sentence in faults:
            self._fault(row.line, column, sentence)
        return person

    def _kept(self, line: int, column: Column, rule: Callable[[str], T], typed: str, otherwise: T) -> T:
        try:
            return rule(typed)
        except Invalid as refusal:
            for sentence in refusal.sentences:
                self._fault(line, column, sentence)
            return otherwise

    def _compare(self, line: int, person: NewPerson) -> None:
        """Note a name or an address that stands in an earlier line, or a name that is somebody's here."""
        if person.email in self._line_of_email:
            earlier = self._line_of_email[person.email]
            self._fault(line, Column.EMAIL, f"{quoted(person.email)} stands in line {earlier} already.")
        elif person.display_name and (holder := self._names.holder(person.display_name)):
            person_id, theirs = holder
            # People of the file have their line as a negative number.
            there = f" “{theirs}” stands in line {-person_id}." if person_id < 0 else ""
            self._fault(line, Column.DISPLAY_NAME, taken(person.display_name, theirs) + there)
        if person.email:
            self._line_of_email.setdefault(person.email, line)
        if person.display_name:
            self._names.add(-line, person.display_name)

    def _notes(self, row: SheetRow, person: NewPerson) -> tuple[str, ...]:
        kept = {
            Column.DISPLAY_NAME: person.display_name,
            Column.EMAIL: person.email,
            Column.LEGAL_NAME: person.legal_name,
            Column.PHONE: person.phone,
        }
        cells = {column: _cell(row, self.columns.get(column)).strip() for column in Column}
        changed = [
            f"{quoted(cells[column])} is kept as {quoted(value)}."
            for column, value in kept.items()
            if value and cells[column] != value
        ]
        return tuple(changed)


def roles_named(typed: str) -> tuple[Role, ...]:
    """The roles that a cell names, separated by semicolons, commas or line breaks; refuses others."""
    words = unicodedata.normalize("NFKC", typed).casefold().replace(";", ",").replace("\n", ",").split(",")
    roles = []
    for word in filter(None, (each.strip() for each in words)):
        if word not in set(Role):
            raise Invalid(f"There is no role {quoted(word)}; there are {', '.join(Role)}.")
        roles.append(Role(word))
    return tuple(dict.fromkeys(roles))
