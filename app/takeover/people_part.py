"""Who comes in with a file: names, e-mail addresses, contact details, roles. It makes the accounts of new people.

People who are here already keep their own details: an organisation's records are older than what they wrote themselves.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from app import clock, db, settings
from app.day_bounds import BIRTHS, WORK
from app.people import directory
from app.people.directory import ACCOUNT_NAMES_LOCK, NewPerson
from app.people.email_addresses import email_address
from app.people.models import Person, Role, RoleGrant
from app.people.names import LONGEST_DISPLAY_NAME, NamesInUse, display_name, legal_name, taken
from app.people.removing import remove
from app.people.rights import check_may_grant, grant_role, held_on
from app.people.telephone import telephone
from app.refusals import Conflict, Invalid, NotAllowed
from app.takeover.dates import Unknown
from app.takeover.models import TakenPerson
from app.takeover.parts import Column, Reading, Remark, RowRead, Taking
from app.takeover.people_columns import COLUMNS, IS_ADULT, IS_NO_ADULT, NO_ROLE, ROLE_OF
from app.takeover.row import Row
from app.typed_text import compare_key, quoted
from app.wording import plural

ADULT = 18  # years
ONE_ADDRESS = re.compile(r"[^\s<>;,|]+@[^\s<>;,|]+")


@dataclass(frozen=True)
class Arrival:
    """The person of one row: who is here already, or under which name they come in."""

    email: str
    display_name: str
    person_id: int | None  # None: they are new
    notes: tuple[Remark, ...] = ()
    faults: tuple[Remark, ...] = ()


class PeoplePart:
    """Accounts. What it read goes to `arrivals` for the preview and to `create` before any part takes in."""

    name = "people"
    vouches = False

    def columns(self, now: datetime) -> Sequence[Column]:
        """The columns it understands; they never change."""
        return COLUMNS

    def read(self, cells: Mapping[str, str], at: Reading) -> RowRead:
        """Read who somebody is. Every row has a value, with faults where something cannot be kept."""
        row = Row(cells, at)
        first, last = row.text("first_name"), row.text("last_name")
        whole = _whole_name(row.text("legal_name"))
        shown = row.kept("display_name", display_name, "") if row.text("display_name") else ""
        names = [shown] if shown else _names_from(first or whole.partition(" ")[0], last or whole.partition(" ")[2])
        if not names and not row.faults:
            row.fault("display_name", "There is no name. Type the name that the community is to see.")
        full = whole or f"{first} {last}".strip()
        born_on = row.past_day("born_on", BIRTHS)
        joined_on = row.past_day("joined_on", WORK, Unknown.LAST)
        value = {
            "names": names,
            "is_name_chosen": bool(shown),
            "email": _email(row),
            "legal_name": _kept_name(row, full),
            "phone": row.kept("phone", telephone, None),
            "born_on": born_on.isoformat() if born_on else None,
            "born_by": born_by.isoformat() if (born_by := _born_by(row, born_on)) else None,
            "roles": _roles(row),
            "zone": row.kept("zone", directory.zone_named, None),
            "joined_on": joined_on.isoformat() if joined_on else None,
        }
        return row.read(value)

    def would_add(self, values: Mapping[int, dict[str, Any]], at: Reading) -> Collection[int]:
        """Nobody: people who are here keep their own details."""
        return ()

    def compare(self, values: Mapping[int, dict[str, Any]], at: Reading) -> Mapping[int, Sequence[Remark]]:
        """What people who are here keep although the file says more."""
        with_roles = {person_id for person_id, value in values.items() if value["roles"]}
        sentence = "Roles of people who are here are given on their page, not by a file."
        return {person_id: [Remark("roles", sentence)] for person_id in with_roles}

    def take_in(self, values: Mapping[int, dict[str, Any]], taking: Taking) -> None:
        """Give the people whom this batch made their roles and the day on which they joined."""
        new = new_of_batch(taking.batch_id) & values.keys()
        zone = settings.current().zone
        for person in db.session.scalars(select(Person).where(Person.id.in_(new)).order_by(Person.id)):
            value = values[person.id]
            for role in value["roles"]:
                grant_role(person, Role(role), by=taking.by, today=taking.today, now=taking.now)
            if value["joined_on"]:
                person.joined_at = min(clock.starts(date.fromisoformat(value["joined_on"]), zone), taking.now)

    def undo(self, ids: Collection[int], taking: Taking) -> None:
        """Take back the accounts that this batch made; refuses, naming them, where people have signed in since."""
        remove(new_of_batch(taking.batch_id) & set(ids), by=taking.by, today=taking.today, now=taking.now)

    def sums(self, values: Collection[dict[str, Any]], at: Reading) -> Sequence[str]:
        """How many roles would be given, and how many people would count as under 18."""
        counts = {role: sum(role in value["roles"] for value in values) for role in Role}
        lines = [f"{count} with the role {role}" for role, count in counts.items() if count]
        unknown = sum(value["born_on"] is None and value["born_by"] is None for value in values)
        if unknown:
            lines.append(f"{plural(unknown, 'person', 'people')} of unknown age, who count as under 18")
        return lines

    def told(self, ids: Collection[int], batch_id: int, now: datetime) -> Mapping[int, Sequence[str]]:
        """The roles that people came in with."""
        today = clock.on(now, settings.current().zone)
        new = new_of_batch(batch_id) & set(ids)
        rows = db.session.execute(
            select(RoleGrant.person_id, RoleGrant.role).where(RoleGrant.person_id.in_(new), held_on(today))
        )
        found: dict[int, list[str]] = {}
        for person_id, role in rows:
            found.setdefault(person_id, []).append(f"The role {Role(role).value}")
        return found


PEOPLE = PeoplePart()


def existing_people(emails: Iterable[str]) -> dict[str, int]:
    """The ids of the people whose accounts have these addresses, by address as `email_address` keeps it."""
    return directory.person_ids_with_emails(emails)


def arrivals(
    values: Mapping[int, dict[str, Any]], at: Reading, *, vouched_for: Collection[int] = ()
) -> dict[int, Arrival]:
    """Whom each row brings, by line, from what `PEOPLE.read` found in rows without faults; three queries for all.

    A name that was not chosen is made unique with an initial, and a note says so. Faults: an address or a chosen name
    that an earlier row or somebody here has, and one's own row where `vouched_for`, the lines in which a part that
    vouches found something, holds it. The database is not changed.
    """
    here = existing_people(value["email"] for value in values.values())
    names_here = directory.names_of(here.values())
    names = NamesInUse()
    line_of_email: dict[str, int] = {}
    found: dict[int, Arrival] = {}
    for line, value in sorted(values.items()):
        email = value["email"]
        if email in line_of_email:
            sentence = (
                f"{quoted(email)} stands in line {line_of_email[email]} too. If they are one person, keep one of the "
                "rows; if they are two, each needs an address of their own."
            )
            found[line] = Arrival(email, "", here.get(email), faults=(Remark("email", sentence),))
            continue
        line_of_email[email] = line
        if (person_id := here.get(email)) is not None:
            found[line] = _known(email, person_id, names_here[person_id], at, is_vouched_for=line in vouched_for)
        else:
            found[line] = _newcomer(line, value, names)
    return found


def create(values: Mapping[int, dict[str, Any]], taking: Taking) -> dict[int, int]:
    """Make an account for each row whose address has none; return the person's id by line, of all rows.

    Adds a `TakenPerson` for each row. Refuses rows that have become faulty since the preview, such as a name that
    somebody took meanwhile. Call it first in the transaction that takes the batch in; it sends nothing.
    """
    db.advisory_lock(ACCOUNT_NAMES_LOCK)
    coming = arrivals(values, Reading(taking.now, taking.today, taking.by))
    if faults := [f"Line {line}: {each.sentence}" for line, one in coming.items() for each in one.faults]:
        raise Conflict("Something has changed since you looked at the list. Look at it again.", *faults[:20])
    check_may_grant({role for value in values.values() for role in value["roles"]}, by=taking.by, today=taking.today)
    ids = {line: one.person_id for line, one in coming.items() if one.person_id is not None}
    new = {line: _new_person(one, values[line]) for line, one in coming.items() if line not in ids}
    made = directory.add_all(list(new.values()), by=taking.by, today=taking.today, now=taking.now)
    ids |= {line: person.id for line, person in zip(new, made, strict=True)}
    db.session.add_all(
        TakenPerson(batch_id=taking.batch_id, person_id=person_id, line=line, is_new=line in new)
        for line, person_id in sorted(ids.items())
    )
    db.session.flush()
    return ids


def _known(email: str, person_id: int, name: str, at: Reading, *, is_vouched_for: bool) -> Arrival:
    if person_id == at.by.id and is_vouched_for:
        sentence = (
            "This row is about you, and nobody vouches for themselves. Leave the row out here, and ask another member "
            "of staff to take it over."
        )
        return Arrival(email, name, person_id, faults=(Remark("", sentence),))
    note = f"{name} is here already and keeps their own details. Only what is missing is added."
    return Arrival(email, name, person_id, notes=(Remark("email", note),))


def _newcomer(line: int, value: dict[str, Any], names: NamesInUse) -> Arrival:
    """Somebody who is new, under the first of their names that is free; the name is then noted as taken."""
    email, wanted = value["email"], value["names"]
    free = next((name for name in wanted if names.holder(name) is None), None)
    if free is None and value["is_name_chosen"]:
        [name] = wanted
        person_id, theirs = names.holder(name) or (0, "")
        # People of the file have their line as a negative number.
        there = f" “{theirs}” stands in line {-person_id}." if person_id < 0 else ""
        return Arrival(email, name, None, faults=(Remark("display_name", taken(name, theirs) + there),))
    name = free or _numbered(wanted[0], names)
    names.add(-line, name)
    notes = []
    if not value["is_name_chosen"]:
        sentence = f"Others will see {quoted(name)}, because the file has no name for the community."
        if name != wanted[0]:
            sentence = f"Others will see {quoted(name)}: {wanted[0]} alone is somebody else’s."
        notes.append(Remark("display_name", sentence))
    return Arrival(email, name, None, notes=tuple(notes))


def _numbered(name: str, names: NamesInUse) -> str:
    """The name with the first number from 2 on that makes it unique."""
    number = 2
    while names.holder(f"{name[: LONGEST_DISPLAY_NAME - 5]} {number}") is not None:
        number += 1
    return f"{name[: LONGEST_DISPLAY_NAME - 5]} {number}"


def _new_person(one: Arrival, value: dict[str, Any]) -> NewPerson:
    return NewPerson(
        display_name=one.display_name,
        email=one.email,
        legal_name=value["legal_name"],
        born_on=date.fromisoformat(value["born_on"]) if value["born_on"] else None,
        born_by=date.fromisoformat(value["born_by"]) if value["born_by"] else None,
        phone=value["phone"],
        zone_name=value["zone"],
    )


@db.cached_per_request
def new_of_batch(batch_id: int) -> set[int]:
    """The people whose account a batch made."""
    return set(
        db.session.scalars(select(TakenPerson.person_id).where(TakenPerson.batch_id == batch_id, TakenPerson.is_new))
    )


def _whole_name(typed: str) -> str:
    """A whole name with the surname last: of “Lovell, Pauline”, Pauline Lovell."""
    last, comma, first = typed.partition(",")
    return f"{first.strip()} {last.strip()}".strip() if comma else typed


def _names_from(first: str, last: str) -> list[str]:
    """The names for the community to try, in order: the first name, then with more and more of the surname."""
    if not first:
        return [last] if last else []
    tries = [first, *(f"{first} {last[:length]}" for length in range(1, min(len(last), 3) + 1))]
    return [each[:LONGEST_DISPLAY_NAME].strip() for each in tries]


def _kept_name(row: Row, full: str) -> str | None:
    column = "legal_name" if row.text("legal_name") else "last_name"
    try:
        return legal_name(full)
    except Invalid as refusal:
        for sentence in refusal.sentences:
            row.fault(column, sentence)
        return None


def _born_by(row: Row, born_on: date | None) -> date | None:
    """The day on or before which somebody was born who is over 18 today, where that is all that is known."""
    typed = row.text("over_18")
    word = "".join(character for character in compare_key(typed) if character.isalnum() or character in "+✓✔")
    if not typed or word in IS_NO_ADULT:
        if typed and born_on is None:
            row.note("over_18", "They count as under 18 until their birth date is recorded.")
        return None
    latest = clock.months_after(row.at.today, -12 * ADULT)
    if word not in IS_ADULT:
        row.fault("over_18", f"{quoted(typed)} is neither yes nor no.")
    elif born_on is not None and born_on > latest:
        row.fault("over_18", "The birth date says that they are under 18. Look at both.")
    return latest if born_on is None else None


def _email(row: Row) -> str:
    """The address of a row; of several, the first, with a note."""
    typed = row.text("email").removeprefix("mailto:")
    if not typed:
        row.fault("email", "There is no e-mail address, so they could not sign in. Type it here, or leave the row out.")
        return ""
    several = ONE_ADDRESS.findall(typed)
    chosen = several[0] if several and several[0] != typed else typed
    try:
        kept = email_address(chosen)
    except Invalid as refusal:
        for sentence in refusal.sentences:
            row.fault("email", sentence)
        return ""
    if len(several) > 1:
        row.note("email", f"Of these addresses {kept} is kept, the first.")
    return kept


def _roles(row: Row) -> list[str]:
    """The roles that a cell names, as values; words that are no role, and roles that may not be granted, are faults."""
    roles: list[Role] = []
    for word in re.split(r"[;,/&+\n]|\band\b", row.text("roles"), flags=re.IGNORECASE):
        key = "".join(character for character in compare_key(word) if character.isalnum())
        if key in ROLE_OF:
            roles.append(ROLE_OF[key])
        elif key not in NO_ROLE:
            row.fault(
                "roles",
                f"{quoted(word.strip())} is not a role here. Roles are {', '.join(Role)}; leave the cell empty for "
                "others. If the column says how far people are, choose Stage for it.",
            )
    roles = sorted(set(roles))
    try:
        check_may_grant(roles, by=row.at.by, today=row.at.today)
    except NotAllowed as refusal:
        row.fault("roles", refusal.sentences[0])
    for role in roles:
        if compare_key(row.text("roles")) != role:
            row.note("roles", f"{quoted(row.text('roles'))} is read as the role {' and '.join(roles)}.")
            break
    return [role.value for role in roles]
