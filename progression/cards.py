"""The cards this room puts on Today and on a person's page."""

from __future__ import annotations

from datetime import datetime

from app import clock, settings
from app.domain import Card
from app.people.models import Person
from app.people.rights import permissions_of
from progression.dossier import dossier_of
from progression.labels import words_for
from progression.permissions import ProgressionPermission
from progression.ready_for_decision import waiting_for_a_decision
from progression.signoff import journey_now
from progression.stages import Stage


def your_journey(person: Person, now: datetime) -> Card | None:
    """Where the reader stands and what is nearest."""
    journey = journey_now(person.id, now)
    nearest = journey.nearest
    return Card(
        template="progression/cards/your_journey.html",
        context={
            "journey": journey,
            "stages": tuple(Stage),
            "nearest": nearest,
            "words": words_for(nearest.need, now) if nearest else None,
        },
        order=60,
        # What is about to be lost, or has been, goes before what would be nice to have.
        may_be_lit=bool(journey.at_stake),
    )


def waiting_for_you(person: Person, now: datetime) -> Card | None:
    """For whoever signs off: who is ready."""
    if not _may(person, ProgressionPermission.SIGN_OFF, now):
        return None
    ready = waiting_for_a_decision(now, but_not=person.id, lacking=0)
    if not ready:
        return None
    return Card(
        template="progression/cards/waiting_for_you.html",
        context={"ready": ready},
        order=20,
        may_be_lit=True,
    )


def where_they_stand(of: Person, by: Person, now: datetime) -> Card | None:
    """Stage and clearances, for who plans; never the evidence."""
    if not _may(by, ProgressionPermission.SEE_STANDING, now):
        return None
    journey = journey_now(of.id, now)
    return Card(template="progression/panels/where_they_stand.html", context={"of": of, "journey": journey}, order=10)


def evidence_about(of: Person, by: Person, now: datetime) -> Card | None:
    """What the evidence lacks, and the way to all of it, for who decides; not about oneself."""
    if of.id == by.id or not _may(by, ProgressionPermission.SEE_EVIDENCE, now):
        return None
    dossier = dossier_of(of.id, now)
    return Card(template="progression/panels/evidence.html", context={"of": of, "dossier": dossier}, order=20)


def _may(person: Person, permission: ProgressionPermission, now: datetime) -> bool:
    return permission in permissions_of(person.id, on=clock.on(now, settings.current().zone))
