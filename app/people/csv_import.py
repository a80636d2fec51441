"""Bringing in people from a CSV file: checked whole first, then taken whole or not at all."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select

from app import db
from app.people import directory
from app.people.directory import NewPerson
from app.people.models import Person, PersonPrivate, Role
from app.people.sign_in import normal

COLUMNS = ("display_name", "email", "legal_name", "born_on", "phone", "roles", "zone")
NEEDED = ("display_name", "email")
MOST_BYTES = 2_000_000
MOST_ROWS = 5_000


@dataclass(frozen=True)
class ImportFault:
    """What is wrong, and where: the line of the file and its column."""

    line: int
    column: str
    sentence: str


@dataclass(frozen=True)
class Reading:
    """What a file says: the people in it, who is here already, and every fault."""

    new: tuple[NewPerson, ...]
    known: tuple[str, ...]
    faults: tuple[ImportFault, ...]


def read(raw: bytes, *, today: date) -> Reading:
    """Read a people file and check all of it; nothing is written.

    The first line names the columns; `display_name` and `email` are needed, dates are written 2008-03-29, several
    roles are parted by semicolons. Unknown columns are left alone, so that one file may serve several imports.
    """
    if len(raw) > MOST_BYTES:
        return _only(1, "", f"The file is larger than {MOST_BYTES // 1_000_000} MB. Please split it.")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        return _only(line, "", "This is not UTF-8 text. Save the sheet as “CSV UTF-8” and try again.")
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    try:
        header = reader.fieldnames or ()
        missing = [column for column in NEEDED if column not in header]
        if missing:
            return _only(1, missing[0], f"The first line must name the column {' and '.join(missing)}.")
        return _checked(list(_numbered(reader)), today)
    except csv.Error as error:
        # The reader counts a row when it is whole, so the one that fails begins a line later.
        return _only(reader.line_num + 1, "", f"What begins in this line cannot be read as CSV ({error}).")


def _only(line: int, column: str, sentence: str) -> Reading:
    return Reading((), (), (ImportFault(line, column, sentence),))


def _numbered(reader: csv.DictReader[str]) -> list[tuple[int, dict[str, str]]]:
    rows = []
    for row in reader:
        rows.append(
            (
                reader.line_num,
                {k: v.strip() for k, v in row.items() if isinstance(k, str) and isinstance(v, str)},
            )
        )
        if len(rows) > MOST_ROWS:
            raise csv.Error(f"more than {MOST_ROWS} people; please split the file")
    return rows


def _checked(rows: list[tuple[int, dict[str, str]]], today: date) -> Reading:
    taken_names = set(db.session.scalars(select(func.lower(Person.display_name))))
    known_emails = set(db.session.scalars(select(PersonPrivate.email)))
    new: list[NewPerson] = []
    known: list[str] = []
    faults: list[ImportFault] = []
    seen_emails: dict[str, int] = {}
    seen_names: dict[str, int] = {}
    for line, row in rows:
        found, wrong = _person(line, row, today)
        faults += wrong
        email, name = normal(row.get("email", "")), row.get("display_name", "").lower()
        if email and email in seen_emails:
            faults.append(ImportFault(line, "email", f"“{email}” stands in line {seen_emails[email]} already."))
        elif email in known_emails:
            known.append(row["display_name"])
            continue
        elif name and name in seen_names:
            faults.append(
                ImportFault(
                    line,
                    "display_name",
                    f"“{row['display_name']}” stands in line {seen_names[name]} already.",
                )
            )
        elif name in taken_names:
            faults.append(
                ImportFault(line, "display_name", f"Somebody else here is already called “{row['display_name']}”.")
            )
        seen_emails.setdefault(email, line)
        seen_names.setdefault(name, line)
        if found is not None:
            new.append(found)
    if not rows:
        faults.append(ImportFault(1, "", "There is nobody in this file."))
    return Reading(tuple(new), tuple(known), tuple(faults))


def _person(line: int, row: dict[str, str], today: date) -> tuple[NewPerson | None, list[ImportFault]]:
    faults = []
    born_on = None
    if row.get("born_on"):
        try:
            born_on = date.fromisoformat(row["born_on"])
        except ValueError:
            faults.append(ImportFault(line, "born_on", f"“{row['born_on']}” is no date; write it like 2008-03-29."))
        else:
            if not date(1900, 1, 1) <= born_on <= today:
                faults.append(ImportFault(line, "born_on", f"{born_on.isoformat()} cannot be a birth date."))
    roles = []
    for word in filter(None, (part.strip().lower() for part in row.get("roles", "").split(";"))):
        if word in set(Role):
            roles.append(Role(word))
        else:
            choices = ", ".join(role for role in Role)
            faults.append(ImportFault(line, "roles", f"There is no role “{word}”; there are {choices}."))
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


def take(reading: Reading, *, invite: bool, by: Person | None, today: date, now: datetime) -> list[Person]:
    """Give everybody in a faultless reading an account, and an invitation if asked; all or nobody."""
    if reading.faults:
        raise ValueError("a reading with faults is shown, never taken")
    people = [directory.add(new, by=by, today=today, now=now) for new in reading.new]
    if invite:
        for person in people:
            directory.invite(person, by=by, now=now)
    return people
