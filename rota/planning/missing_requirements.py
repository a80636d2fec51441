"""What keeps somebody from a duty, in words for whoever plans, and who can put it right."""

from __future__ import annotations

from datetime import datetime

from app import clock, settings
from app.domain import Card
from app.people.models import Person
from app.people.rights import permissions_of
from progression.duties import Duty
from progression.facts import FactKind
from progression.missing import Lack
from progression.standing import lacks_by_duty
from rota.permissions import RotaPermission

WHO = {
    FactKind.CHECK: "an assessor records it",
    FactKind.OBSERVED: "an assessor records it",
    FactKind.SIGN_OFF: "an assessor gives it",
    FactKind.ACCEPTED: "they agree to it themselves",
    "training": "they finish it under Learning",
    "age": "it comes with time",
}
"""Who brings each kind of evidence, by what the permissions of progression and the pages of learners say."""

TOLD_BY_TITLE = frozenset({FactKind.SIGN_OFF, FactKind.ACCEPTED, "training"})
"""What whoever plans may read by its title on somebody's page."""


def who_does(lack: Lack) -> str:
    """Who can put right what is missing: "an assessor records it"."""
    return WHO.get(lack.evidence.partition(":")[0], "an assessor knows how")


def missing_for_duties(of: Person, by: Person, now: datetime) -> Card | None:
    """What somebody lacks for each duty they may not do, for whoever plans.

    Courses, agreements and sign-offs by their titles; checks, observations and ages stay with those who see evidence.
    """
    if RotaPermission.PLAN not in permissions_of(by.id, on=clock.on(now, settings.current().zone)):
        return None
    told: set[str] = set()
    missing: list[tuple[list[Duty], list[tuple[str, str]]]] = []
    # Whoever comes nearest a duty first, so that each further one tells only what it asks for on top.
    for duty, lacks in sorted(lacks_by_duty(of.id, now).items(), key=lambda pair: len(pair[1])):
        new = list(dict.fromkeys(_as_told(lack) for lack in lacks if lack.evidence not in told))
        told |= {lack.evidence for lack in lacks}
        if new:
            missing.append(([duty], new))
        elif lacks:
            missing[-1][0].append(duty)
    return Card("rota/panels/missing.html", {"of": of, "missing": missing}, order=15) if missing else None


def _as_told(lack: Lack) -> tuple[str, str]:
    if lack.evidence.partition(":")[0] in TOLD_BY_TITLE:
        return lack.title, who_does(lack)
    return "Something else", "an assessor can say what"
