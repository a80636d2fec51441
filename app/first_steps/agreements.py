"""Whether an administrator has read a policy and agreed to it, as it holds today."""

from __future__ import annotations

import hashlib
import json
from datetime import date, datetime

from app import clock, settings
from app.first_steps import marks
from app.first_steps.models import MarkKind
from app.first_steps.steps import Facts, Standing, done, to_do, trouble
from app.policies import documents, versions
from app.policies.documents import PolicyKind
from app.policies.plain_data import plain
from app.refusals import Conflict


def hash_on(kind: PolicyKind, day: date) -> str:
    """What tells the document that holds on a day from every other."""
    text = json.dumps(plain(documents.on(kind.schema, day)), sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def agree(name: str, *, seen: str, by: int, today: date, now: datetime) -> None:
    """Keep that somebody read the policy in force and agreed to it. Refuses one that was replaced while they read."""
    kind = versions.kind_named(name)
    if seen != hash_on(kind, today):
        raise Conflict("Another version holds now. Please read it before you agree.")
    marks.mark(_step(name), MarkKind.AGREED, by=by, now=now, of=seen)


def agreement(kind: PolicyKind, today: date) -> marks.Mark | None:
    """Who agreed to the version in force; None where nobody did."""
    last = marks.newest(_step(kind.name), MarkKind.AGREED)
    return last if last is not None and last.of == hash_on(kind, today) else None


def standing(name: str, _facts: Facts, now: datetime) -> Standing:
    """Where the step stands that asks to read a policy."""
    kind, today = versions.kind_named(name), clock.on(now, settings.current().zone)
    if agreed := agreement(kind, today):
        return done(f"Read and agreed by {agreed.by}", agreed.at)
    if last := marks.newest(_step(name), MarkKind.AGREED):
        return trouble(f"Changed since, please read it again: {last.by} agreed to another version", last.at)
    return to_do("Nobody has agreed yet. Until you change it, the version that ships with Nightlight holds.")


def _step(name: str) -> str:
    return f"policy:{name}"
