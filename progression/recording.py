"""What people record by hand: a background check somebody saw, an observation."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime

from app import clock, settings
from app.day_bounds import RECORDED_BACK
from app.people.models import Person
from app.refusals import Invalid
from progression.checks import CheckDetails, Level, Outcome, Workforce
from progression.evidence import NewEvidence, record
from progression.fact_kinds import FactKind
from progression.models import Evidence
from progression.pathway import Pathway, Requirement
from progression.standing import pathway_now

# The last four characters of a certificate's number. The whole number is not needed, so it is not kept.
LAST_FOUR = re.compile(r"[0-9A-Z]{4}")


@dataclass(frozen=True, slots=True)
class CheckSeen:
    """A background check as a member of staff saw it; neither the certificate nor its content."""

    level: Level
    workforce: Workforce
    outcome: Outcome
    issued_on: date
    seen_on: date
    next_due_on: date
    last_four: str


def record_check(person: Person, check: CheckSeen, *, by: Person, now: datetime, once: str | None = None) -> Evidence:
    """Record a check that `by` saw themselves. It holds through the day it is next due.

    Refuses impossible dates, a next check later than the pathway allows, and one's own check. A check with the outcome
    "not suitable" ends every earlier one, and what depended on it, at once.
    """
    _refuse_impossible_dates(check, now)
    last_four = check.last_four.strip().upper()
    if not LAST_FOUR.fullmatch(last_four):
        raise Invalid("Give the last four characters of the certificate number, and no more.", field="last_four")
    details: CheckDetails = {
        "level": check.level,
        "workforce": check.workforce,
        "outcome": check.outcome,
        "issued_on": check.issued_on.isoformat(),
        "last_four": last_four,
    }
    new = NewEvidence(
        person_id=person.id,
        kind=FactKind.CHECK,
        key=check.level.key,
        happened_at=_start_of(check.seen_on, now),
        valid_until=check.next_due_on,
        facts=details,
    )
    return record(new, by=by.id, now=now, once=once)


def record_observation(
    person: Person, key: str, *, on: date, note: str, by: Person, now: datetime, once: str | None = None
) -> Evidence:
    """Record what `by` saw when watching or talking with a person on a day; the person can read it.

    Refuses an observation that the pathway does not ask for, a day in the future, an empty note, and observing oneself.
    """
    if key not in {need.key for need in observations_asked_for(pathway_now(now))}:
        raise Invalid("Choose what it was you saw.", field="what")
    today = clock.on(now, settings.current().zone)
    if on > today:
        raise Invalid("That day is still to come. Give the day you saw it.", field="happened_on")
    if on < today - RECORDED_BACK:
        raise Invalid("That is more than ten years ago. Look at the year again.", field="happened_on")
    if not note.strip():
        raise Invalid(f"Write down what you saw. {person.display_name} can read it.", field="note")
    new = NewEvidence(person_id=person.id, kind=FactKind.OBSERVED, key=key, happened_at=_start_of(on, now), note=note)
    return record(new, by=by.id, now=now, once=once)


def observations_asked_for(policy: Pathway) -> list[Requirement]:
    """The observations that the pathway asks for."""
    return [need for need in policy.requirements.values() if need.kind == FactKind.OBSERVED]


def _start_of(day: date, now: datetime) -> datetime:
    """The instant from which a fact of a day counts: the start of that day."""
    return min(clock.starts(day, settings.current().zone), now)


def _refuse_impossible_dates(check: CheckSeen, now: datetime) -> None:
    today = clock.on(now, settings.current().zone)
    latest_due = clock.months_after(check.issued_on, pathway_now(now).check_again_after_months)
    if check.issued_on > check.seen_on:
        raise Invalid("A check cannot be seen before it was issued.", field="seen_on")
    if check.seen_on > today:
        raise Invalid("That day is still to come. Give the day you saw it.", field="seen_on")
    if check.issued_on < today - RECORDED_BACK:
        raise Invalid("That is more than ten years ago. Look at the year again.", field="issued_on")
    if check.next_due_on <= today:
        raise Invalid("That day is not to come: the check would be out of date already.", field="next_due_on")
    if check.next_due_on > latest_due:
        raise Invalid(
            f"A check issued on that day is due again by {latest_due.day} {latest_due:%B %Y} at the latest.",
            field="next_due_on",
        )
