"""Changing what pages say of the organisation: each change is a version of its own, with who wrote it and when."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select

from app import audit, db, settings
from app.domain import domains
from app.organisation import help_lines, in_force
from app.organisation.in_force import COLUMNS, Details
from app.organisation.models import SelfDescription
from app.organisation.slots import NATIONS
from app.people import zones
from app.people.models import Person
from app.people.telephone import telephone
from app.refusals import Conflict, Invalid
from app.settings import CONTACT, LONGEST_ORGANISATION
from app.typed_text import name_line, one_line

LONGEST_TEXT = 1000  # characters
LONGEST_NAME = 80
SHORTEST_EMERGENCY, LONGEST_EMERGENCY = 2, 15  # figures
SHOWN_CHANGES = 10

WORDS = {
    "name": "Name",
    "zone_name": "Time zone",
    "contact": "Contact for questions",
    "emergency_number": "Emergency number",
    "help_lines": "Help lines",
    "support_people": "Your own people",
    "safeguarding_lead": "Safeguarding lead",
    "safeguarding_lead_number": "Number of the safeguarding lead",
    "safeguarding_deputy": "Deputy",
    "safeguarding_deputy_number": "Number of the deputy",
    "safeguarding_out_of_hours": "Out of hours",
    "report_form": "Where a worry is written down",
    "nation": "Where you work",
    "local_help": "Help for young people near you",
}
"""What each detail is called on pages, by its column."""


@dataclass(frozen=True)
class Identity:
    """Who the organisation is, as typed."""

    name: str
    zone_name: str
    contact: str


@dataclass(frozen=True)
class SupportTexts:
    """Whom people turn to in need, as typed. Empty where the organisation has not said."""

    emergency_number: str
    help_lines: str
    support_people: str
    safeguarding_lead: str
    safeguarding_lead_number: str
    safeguarding_deputy: str
    safeguarding_deputy_number: str
    safeguarding_out_of_hours: str
    report_form: str = ""
    nation: str = ""
    local_help: str = ""


@dataclass(frozen=True)
class Change:
    """One version beside the one before it, for the page: (what, was, is)."""

    at: datetime
    by: str | None
    details: Sequence[tuple[str, str | None, str | None]]


def describe(typed: Identity, *, seen: int, by: int, now: datetime) -> None:
    """Say who the organisation is. Refuses an unknown zone, and another than the present one while there are shifts."""
    before = _newest(seen)
    name = name_line(typed.name, what="The name", longest=LONGEST_ORGANISATION, field="name")
    contact = one_line(typed.contact)
    if contact and not re.fullmatch(CONTACT, contact):
        raise Invalid(
            "Give an e-mail address, a telephone number, or an address that begins https://.", field="contact"
        )
    if not zones.is_zone(typed.zone_name):
        raise Invalid("Choose a time zone from the list.", field="zone_name")
    if typed.zone_name != settings.current().zone.key:
        _move_to(ZoneInfo(typed.zone_name))
    _write(before, replace(before, name=name, zone_name=typed.zone_name, contact=contact), by=by, now=now)


def write_texts(typed: SupportTexts, *, seen: int, by: int, now: datetime) -> None:
    """Say whom people turn to in need. Refuses numbers that cannot be dialled, and somebody without a number."""
    before = _newest(seen)
    emergency = "".join(typed.emergency_number.split())
    if not (
        emergency.isascii() and emergency.isdecimal() and SHORTEST_EMERGENCY <= len(emergency) <= LONGEST_EMERGENCY
    ):
        raise Invalid("Give the number in figures, such as 999 or 112.", field="emergency_number")
    help_lines.read(typed.help_lines)
    if typed.nation and typed.nation not in NATIONS:
        raise Invalid("Choose where you work from the list.", field="nation")
    lead, lead_number = _somebody(typed.safeguarding_lead, typed.safeguarding_lead_number, "safeguarding_lead")
    deputy, deputy_number = _somebody(
        typed.safeguarding_deputy, typed.safeguarding_deputy_number, "safeguarding_deputy"
    )
    after = replace(
        before,
        emergency_number=emergency,
        help_lines=_text(typed.help_lines, "help_lines"),
        support_people=_text(typed.support_people, "support_people"),
        safeguarding_lead=lead,
        safeguarding_lead_number=lead_number,
        safeguarding_deputy=deputy,
        safeguarding_deputy_number=deputy_number,
        safeguarding_out_of_hours=_text(typed.safeguarding_out_of_hours, "safeguarding_out_of_hours"),
        report_form=_text(typed.report_form, "report_form"),
        nation=typed.nation or None,
        local_help=_text(typed.local_help, "local_help"),
    )
    _write(before, after, by=by, now=now)


def why_zone_stays() -> list[str]:
    """Sentences about what would move with another time zone; empty while it may be changed."""
    held = (domain.zone_stays() for domain in domains if domain.zone_stays is not None)
    return [sentence for sentence in held if sentence]


def changes() -> list[Change]:
    """The latest versions, each beside the one before it, the newest first."""
    rows = db.session.execute(
        select(SelfDescription, Person.display_name)
        .outerjoin(Person, Person.id == SelfDescription.written_by_id)
        .order_by(SelfDescription.id.desc())
        .limit(SHOWN_CHANGES + 1)
    ).all()
    befores = [*(row[0] for row in rows[1:]), None]
    found = [
        Change(after.written_at, by, _differences(_values(before), _values(after)))
        for (after, by), before in zip(rows, befores, strict=False)
    ]
    return found[:SHOWN_CHANGES]


def _newest(seen: int) -> Details:
    db.advisory_lock(in_force.ZONE_LOCK)
    row = db.session.scalars(select(SelfDescription).order_by(SelfDescription.id.desc()).limit(1)).one_or_none()
    newest = Details(row.id, **_values(row)) if row is not None else Details()
    if newest.version != seen:
        raise Conflict(
            "Somebody else changed this while the page was open. What you typed is kept here; open the page again in "
            "another window to see what they wrote."
        )
    return newest


def _write(before: Details, after: Details, *, by: int, now: datetime) -> None:
    values = {name: getattr(after, name) for name in COLUMNS}
    changed = [name for name in COLUMNS if (values[name] or None) != (getattr(before, name) or None)]
    if not changed and before.version:
        return
    row = SelfDescription(**values, written_by_id=by, written_at=now)
    db.session.add(row)
    db.session.flush()
    subject = f"self_description:{row.id}"
    audit.record("organisation.described", by=by, subject=subject, now=now, details={"what": changed})
    db.session().info[in_force.CHANGED] = True


def _move_to(zone: ZoneInfo) -> None:
    if stays := why_zone_stays():
        raise Conflict(*stays, field="zone_name")
    for domain in domains:
        if domain.move_zone is not None:
            domain.move_zone(zone)


def _somebody(name: str, number: str, field: str) -> tuple[str | None, str | None]:
    if not one_line(name):
        if one_line(number):
            raise Invalid("Whose number is this? Give the name as well.", field=field)
        return None, None
    kept = name_line(name, what="The name", longest=LONGEST_NAME, field=field)
    try:
        dialled = telephone(number)
    except Invalid as refusal:
        raise Invalid(*refusal.sentences, field=f"{field}_number") from None
    if dialled is None:
        raise Invalid("Give a number as well: a name alone helps nobody at night.", field=f"{field}_number")
    return kept, dialled


def _text(typed: str, field: str) -> str:
    text = typed.replace("\r\n", "\n").strip()
    if len(text) > LONGEST_TEXT:
        raise Invalid(f"There is room for {LONGEST_TEXT:,} characters.", field=field)
    return text


def _values(row: SelfDescription | None) -> dict[str, str | None]:
    return {name: getattr(row, name) if row is not None else None for name in COLUMNS}


def _differences(
    before: Mapping[str, str | None], after: Mapping[str, str | None]
) -> list[tuple[str, str | None, str | None]]:
    return [
        (WORDS[name], before[name] or None, after[name] or None)
        for name in COLUMNS
        if (before[name] or None) != (after[name] or None)
    ]


def identity_now() -> Identity:
    """Who the organisation is now, to begin the form with."""
    now = settings.current()
    return Identity(now.organisation, now.zone.key, now.contact)


def texts_now() -> SupportTexts:
    """Whom people turn to now, to begin the form with."""
    known = in_force.details()
    written = {name: asdict(known)[name] or "" for name in SupportTexts.__dataclass_fields__}
    lines = known.help_lines if known.help_lines is not None else help_lines.SHIPPED
    return SupportTexts(**{**written, "emergency_number": known.number_in_danger, "help_lines": lines})
