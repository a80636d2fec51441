"""What keeps somebody from a duty, in words for the person who plans, and who can put it in place."""

from __future__ import annotations

from datetime import datetime

from app import clock, settings
from app.domain import Card
from app.people.models import Person
from app.people.rights import permissions_of
from progression.duties import Duty
from progression.labels import is_private, provided_by
from progression.missing import MissingRequirement
from progression.standing import missing_by_duty
from rota.permissions import RotaPermission


def who_does(missing: MissingRequirement) -> str:
    """Who can put in place what is missing: "an assessor records it"."""
    return provided_by(missing.evidence)


def missing_for_duties(of: Person, by: Person, now: datetime) -> Card | None:
    """What a person is missing for each duty they may not do, for the person who plans.

    Courses, agreements and sign-offs by their titles; checks, observations and ages only people who see evidence read.
    """
    if RotaPermission.PLAN not in permissions_of(by.id, on=clock.on(now, settings.current().zone)):
        return None
    listed: set[str] = set()
    missing: list[tuple[list[Duty], list[tuple[str, str]]]] = []
    # The duty nearest to the person comes first, so that each further one lists only what it asks for on top.
    for duty, requirements in sorted(missing_by_duty(of.id, now).items(), key=lambda pair: len(pair[1])):
        new = list(dict.fromkeys(_title_and_who(each) for each in requirements if each.evidence not in listed))
        listed |= {each.evidence for each in requirements}
        if new:
            missing.append(([duty], new))
        elif requirements:
            missing[-1][0].append(duty)
    return Card("rota/panels/missing.html", {"of": of, "missing": missing}, order=15) if missing else None


def _title_and_who(missing: MissingRequirement) -> tuple[str, str]:
    if is_private(missing.evidence):
        return "Something else", "an assessor can say what"
    return missing.title, who_does(missing)
