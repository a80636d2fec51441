"""What others changed on a rota since somebody opened its page, in one sentence."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import or_, select

from app import db
from app.people.directory import names_of
from app.wording import plural
from rota.store.draft_steps import DraftStep
from rota.store.models import Draft, Rota, RotaVersion


def changed_since(rota: Rota, since: datetime, *, but_by: int) -> str:
    """Say who changed the draft or published since then, `but_by` left out; empty where nobody did. Three queries."""
    steps = db.session.execute(
        select(DraftStep.by_id, DraftStep.undone_by_id, DraftStep.undone_at)
        .join(Draft, Draft.id == DraftStep.draft_id)
        .where(Draft.rota_id == rota.id, or_(DraftStep.turned_at > since, DraftStep.made_at > since))
    ).all()
    versions = db.session.scalars(
        select(RotaVersion.by_id).where(RotaVersion.rota_id == rota.id, RotaVersion.made_at > since)
    ).all()
    people = [step.undone_by_id if step.undone_at is not None else step.by_id for step in steps] + list(versions)
    others = [person_id for person_id in people if person_id != but_by]
    if not others:
        return ""
    named = names_of({person_id for person_id in others if person_id is not None})
    who = " and ".join(sorted(named.values())) or "Nightlight"
    return (
        f"{who} made {plural(len(others), 'change')} since you opened this page. Load it again to see it; what you do"
        " here before is checked against it."
    )
