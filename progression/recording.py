"""What people add to the ledger by hand: a background check somebody saw, an observation, an agreement."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from app import clock, db, settings
from app.people.models import Person
from app.refusals import Conflict, Invalid
from progression import evidence
from progression.checks import Level, Outcome, Workforce
from progression.facts import FactKind, not_withdrawn
from progression.ledger import of_person
from progression.models import Evidence
from progression.pathway import Pathway, Requirement
from progression.standing import pathway_now

# The edition of the code of conduct that templates/progression/code_of_conduct_text.html holds.
CODE_OF_CONDUCT = "1"

# The last four characters of a certificate's number; the whole number is not needed and so not kept.
LAST_FOUR = re.compile(r"[0-9A-Z]{4}")

LONGEST_AGO = timedelta(days=366 * 10)  # older than this is more likely a slip of the pen


@dataclass(frozen=True, slots=True)
class CheckSeen:
    """A background check as a member of staff saw it. Never the certificate, and never what it says."""

    level: Level
    workforce: Workforce
    outcome: Outcome
    issued_on: date
    seen_on: date
    next_due_on: date
    last_four: str


def record_check(person: Person, check: CheckSeen, *, by: Person, now: datetime, once: str | None = None) -> Evidence:
    """Add a check that `by` saw with their own eyes. It holds through the day it is next due.

    Refuses dates that cannot be, a check that is due again later than the pathway allows, and one's own
    check. A check that found the person not suitable ends every earlier one, and what rested on it, at once.
    """
    today = clock.on(now, settings.current().zone)
    latest_due = clock.months_after(check.issued_on, pathway_now(now).check_again_after_months)
    if check.issued_on > check.seen_on:
        raise Invalid("A check cannot be seen before it was issued.", field="seen_on")
    if check.seen_on > today:
        raise Invalid("That day is still to come. Give the day you saw it.", field="seen_on")
    if check.issued_on < today - LONGEST_AGO:
        raise Invalid("That is more than ten years ago. Look at the year again.", field="issued_on")
    if check.next_due_on <= today:
        raise Invalid("That day is not to come: the check would be out of date already.", field="next_due_on")
    if check.next_due_on > latest_due:
        raise Invalid(
            f"A check issued on that day is due again by {latest_due.day} {latest_due:%B %Y} at the latest.",
            field="next_due_on",
        )
    last_four = check.last_four.strip().upper()
    if not LAST_FOUR.fullmatch(last_four):
        raise Invalid("Give the last four characters of the certificate number, and no more.", field="last_four")
    return evidence.record(
        person.id,
        kind=FactKind.CHECK,
        key=check.level.key,
        by=by.id,
        now=now,
        happened_at=_began_on(check.seen_on, now),
        valid_until=check.next_due_on,
        facts={
            "level": check.level,
            "workforce": check.workforce,
            "outcome": check.outcome,
            "issued_on": check.issued_on.isoformat(),
            "last_four": last_four,
        },
        once=once,
    )


def record_observation(
    person: Person, key: str, *, on: date, note: str, by: Person, now: datetime, once: str | None = None
) -> Evidence:
    """Add what `by` saw when watching or talking with a person on a day; the person can read it.

    Refuses what the pathway does not ask for, a day to come, an empty note, and watching oneself.
    """
    if key not in {need.key for need in observations_asked_for(pathway_now(now))}:
        raise Invalid("Choose what it was you saw.", field="what")
    today = clock.on(now, settings.current().zone)
    if on > today:
        raise Invalid("That day is still to come. Give the day you saw it.", field="happened_on")
    if on < today - LONGEST_AGO:
        raise Invalid("That is more than ten years ago. Look at the year again.", field="happened_on")
    if not note.strip():
        raise Invalid(f"Write down what you saw. {person.display_name} can read it.", field="note")
    return evidence.record(
        person.id,
        kind=FactKind.OBSERVED,
        key=key,
        by=by.id,
        now=now,
        happened_at=_began_on(on, now),
        note=note,
        once=once,
    )


def agree_to_code(person: Person, *, edition: str, now: datetime, once: str | None = None) -> Evidence | None:
    """Add the person's own agreement to the code of conduct; None when they agreed to this edition already.

    Refuses an edition that is not the one shown: they would agree to words they have not seen.
    """
    if edition != CODE_OF_CONDUCT:
        raise Conflict("The code of conduct has changed since you opened the page. Please read it again.")
    db.lock_people([person.id])
    if has_agreed(person.id):
        return None
    return evidence.record(
        person.id,
        kind=FactKind.ACCEPTED,
        key="code-of-conduct",
        by=person.id,
        now=now,
        facts={"edition": edition},
        once=once,
    )


def has_agreed(person_id: int) -> bool:
    """Whether the person's agreement to the code of conduct as it is shown today stands."""
    return any(
        fact.kind == FactKind.ACCEPTED
        and fact.key == "code-of-conduct"
        and fact.facts.get("edition") == CODE_OF_CONDUCT
        for fact in not_withdrawn(of_person(person_id))
    )


def observations_asked_for(policy: Pathway) -> list[Requirement]:
    """What there is to observe, by the pathway."""
    return [need for need in policy.requirements.values() if need.kind == FactKind.OBSERVED]


def _began_on(day: date, now: datetime) -> datetime:
    """From when a fact of a day counts: from that day's first instant."""
    return min(clock.starts(day, settings.current().zone), now)
