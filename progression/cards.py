"""The cards of progression on Today and on a person's page."""

from __future__ import annotations

from datetime import datetime, timedelta

from app import clock, settings
from app.domain import Card
from app.people.models import Person
from app.people.rights import permissions_of
from progression.documents import asking, who_agreed
from progression.evidence_overview import overview_of
from progression.fact_kinds import FactKind
from progression.labels import requirement_label
from progression.ledger import read_together
from progression.permissions import ProgressionPermission
from progression.ready_for_decision import candidates_for_decision
from progression.signoff import journey_now
from progression.stages import Stage
from progression.way_back import way_back

NEWS_FOR = timedelta(days=7)
"""How long Today says that the reader has reached a stage: as long as the e-mail about it would still be sent."""


def your_journey(person: Person, now: datetime) -> Card | None:
    """The reader's stage and what to do next."""
    journey = journey_now(person.id, now)
    nearest = journey.nearest
    newest = next(iter(journey.decisions), None)
    signed_off_at = newest.happened_at if newest is not None and newest.kind == FactKind.SIGN_OFF else None
    return Card(
        template="progression/cards/your_journey.html",
        context={
            "journey": journey,
            "stages": tuple(Stage),
            "nearest": nearest,
            "words": requirement_label(nearest.need, now) if nearest else None,
            "signed_off_at": signed_off_at if signed_off_at and now - signed_off_at < NEWS_FOR else None,
        },
        order=60,
        # Highlighted only where something has lapsed or is about to.
        may_be_lit=bool(journey.at_stake),
    )


def your_way_back(person: Person, now: datetime) -> Card | None:
    """What to do, in order, for a reader who may no longer do what they could, because something lapsed."""
    steps = way_back(journey_now(person.id, now), now)
    if not steps:
        return None
    return Card(template="progression/cards/your_way_back.html", context={"steps": steps}, order=12, may_be_lit=True)


def agree_again(person: Person, now: datetime) -> Card | None:
    """The documents that the reader is asked to agree to again, each with the way to do it."""
    readings = asking.asked_of(person.id, now)
    if not readings:
        return None
    return Card(
        template="progression/cards/agree_again.html",
        context={"readings": readings, "today": clock.on(now, settings.current().zone)},
        order=15,
        may_be_lit=True,
    )


def waiting_for_you(person: Person, now: datetime) -> Card | None:
    """The people who are ready for a decision, for a reader who may sign off."""
    if not _may(person, ProgressionPermission.SIGN_OFF, now):
        return None
    found = candidates_for_decision(now, excluding=person.id, most_missing=0)
    ready = [each for each in found if each.is_waiting]
    if not ready:
        return None
    return Card(
        template="progression/cards/waiting_for_you.html",
        context={"ready": ready},
        order=20,
        may_be_lit=True,
    )


def where_they_stand(of: Person, by: Person, now: datetime) -> Card | None:
    """Stage and clearances, for a reader who plans; never the evidence."""
    if not _may(by, ProgressionPermission.SEE_STANDING, now):
        return None
    read_together({of.id, by.id})  # the page names the reader's own stage
    journey = journey_now(of.id, now)
    return Card(template="progression/panels/where_they_stand.html", context={"of": of, "journey": journey}, order=10)


def agreements_of(of: Person, by: Person, now: datetime) -> Card | None:
    """Which editions of which documents they agreed to, and when, for a reader who may see agreements."""
    if not _may(by, ProgressionPermission.SEE_AGREEMENTS, now):
        return None
    found = who_agreed.agreements_of(of.id)
    return Card(template="progression/panels/agreements.html", context={"of": of, "found": found}, order=25)


def evidence_about(of: Person, by: Person, now: datetime) -> Card | None:
    """What is missing, and a link to all the evidence, for a reader who decides; not about themselves."""
    if of.id == by.id or not _may(by, ProgressionPermission.SEE_EVIDENCE, now):
        return None
    overview = overview_of(of.id, now)
    return Card(template="progression/panels/evidence.html", context={"of": of, "overview": overview}, order=20)


def _may(person: Person, permission: ProgressionPermission, now: datetime) -> bool:
    return permission in permissions_of(person.id, on=clock.on(now, settings.current().zone))
