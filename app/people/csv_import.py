"""Importing people from a CSV file: the whole file is checked first, then imported completely or not at all."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select

from app import db
from app.people import directory
from app.people.directory import EARLIEST_BIRTH, NewPerson
from app.people.email_addresses import normalize
from app.people.models import Person, PersonPrivate, Role

REQUIRED_COLUMNS = ("display_name", "email")
MAX_BYTES = 2_000_000
MAX_ROWS = 5_000


@dataclass(frozen=True)
class ImportFault:
    """One fault, and where it is: the line of the file and the column."""

    line: int
    column: str
    sentence: str


@dataclass(frozen=True)
class PeopleFile:
    """A checked file: the people to import, the names of those who have an account already, and every fault."""

    new: tuple[NewPerson, ...]
    known: tuple[str, ...]
    faults: tuple[ImportFault, ...]


def read(raw: bytes, *, today: date) -> PeopleFile:
    """Read a people file and check all of it; nothing is written.

    The first line names the columns. `display_name` and `email` are required; `legal_name`, `born_on` (2008-03-29),
    `phone`, `roles` (separated by semicolons) and `zone` are optional. Other columns are ignored, so that one file can
    serve several imports.
    """
    if len(raw) > MAX_BYTES:
        return _unreadable(1, "", f"The file is larger than {MAX_BYTES // 1_000_000} MB. Please split it.")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        return _unreadable(line, "", "This is not UTF-8 text. Save the sheet as “CSV UTF-8” and try again.")
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    try:
        header = reader.fieldnames or ()
        missing = [column for column in REQUIRED_COLUMNS if column not in header]
        if missing:
            return _unreadable(1, missing[0], f"The first line must name the column {' and '.join(missing)}.")
        return _check(_numbered_rows(reader), today)
    except csv.Error as error:
        # The reader counts a row once it is complete, so the row that fails begins on the next line.
        return _unreadable(reader.line_num + 1, "", f"What begins in this line cannot be read as CSV ({error}).")


def add_people(file: PeopleFile, *, invite: bool, by: Person | None, today: date, now: datetime) -> list[Person]:
    """Create an account for each new person of a file without faults, and invite them if asked; all or none."""
    if file.faults:
        raise ValueError("a file with faults must not be imported")
    people = [directory.add(new, by=by, today=today, now=now) for new in file.new]
    if invite:
        for person in people:
            directory.invite(person, by=by, now=now)
    return people


Row = dict[str, str]


def _unreadable(line: int, column: str, sentence: str) -> PeopleFile:
    return PeopleFile((), (), (ImportFault(line, column, sentence),))


def _numbered_rows(reader: csv.DictReader[str]) -> list[tuple[int, Row]]:
    rows = []
    for row in reader:
        # A short row gives None for a missing value, a long one a list under the key None.
        cells = {name: cell.strip() for name, cell in row.items() if isinstance(name, str) and isinstance(cell, str)}
        rows.append((reader.line_num, cells))
        if len(rows) > MAX_ROWS:
            raise csv.Error(f"more than {MAX_ROWS} people; please split the file")
    return rows


def _check(rows: list[tuple[int, Row]], today: date) -> PeopleFile:
    existing_names = set(db.session.scalars(select(func.lower(Person.display_name))))
    existing_emails = set(db.session.scalars(select(PersonPrivate.email)))
    new: list[NewPerson] = []
    known: list[str] = []
    faults: list[ImportFault] = []
    lines_of_emails: dict[str, int] = {}
    lines_of_names: dict[str, int] = {}
    for line, row in rows:
        person, person_faults = _person(line, row, today)
        faults += person_faults
        email, name = normalize(row.get("email", "")), row.get("display_name", "").lower()
        if email in existing_emails and email not in lines_of_emails:
            known.append(row.get("display_name", ""))
            continue
        if email and email in lines_of_emails:
            faults.append(ImportFault(line, "email", f"“{email}” stands in line {lines_of_emails[email]} already."))
        elif name and name in lines_of_names:
            sentence = f"“{row['display_name']}” stands in line {lines_of_names[name]} already."
            faults.append(ImportFault(line, "display_name", sentence))
        elif name in existing_names:
            sentence = f"Somebody else here is already called “{row['display_name']}”."
            faults.append(ImportFault(line, "display_name", sentence))
        lines_of_emails.setdefault(email, line)
        lines_of_names.setdefault(name, line)
        if person is not None:
            new.append(person)
    if not rows:
        faults.append(ImportFault(1, "", "There is nobody in this file."))
    return PeopleFile(tuple(new), tuple(known), tuple(faults))


def _person(line: int, row: Row, today: date) -> tuple[NewPerson | None, list[ImportFault]]:
    born_on, faults = _birth_date(line, row.get("born_on", ""), today)
    roles, role_faults = _roles(line, row.get("roles", ""))
    faults += role_faults
    new = NewPerson(
        display_name=row.get("display_name", ""),
        email=row.get("email", ""),
        legal_name=row.get("legal_name") or None,
        born_on=born_on,
        phone=row.get("phone") or None,
        zone_name=row.get("zone") or None,
        roles=tuple(roles),
    )
    faults += [ImportFault(line, column, sentence) for column, sentence in directory.faults_of(new)]
    return (None if faults else new), faults


def _birth_date(line: int, text: str, today: date) -> tuple[date | None, list[ImportFault]]:
    if not text:
        return None, []
    try:
        born_on = date.fromisoformat(text)
    except ValueError:
        return None, [ImportFault(line, "born_on", f"“{text}” is not a date; write it like 2008-03-29.")]
    if not EARLIEST_BIRTH <= born_on <= today:
        return born_on, [ImportFault(line, "born_on", f"{born_on.isoformat()} cannot be a birth date.")]
    return born_on, []


def _roles(line: int, text: str) -> tuple[list[Role], list[ImportFault]]:
    roles, faults = [], []
    for word in filter(None, (part.strip().lower() for part in text.split(";"))):
        if word in set(Role):
            roles.append(Role(word))
        else:
            faults.append(ImportFault(line, "roles", f"There is no role “{word}”; there are {', '.join(Role)}."))
    return roles, faults
