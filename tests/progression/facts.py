"""Facts as plain data for the pure tests: give only what matters to the case."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

import yaml

from progression.checks import Level, Outcome, Workforce
from progression.fact_kinds import FactKind
from progression.facts import Fact
from progression.pathway import SHIPPED, Pathway
from progression.stages import Stage

LONDON = ZoneInfo("Europe/London")
GROWN_UP = date(1990, 5, 17)
SHIPPED_PATHWAY = Pathway.model_validate(yaml.safe_load(SHIPPED.read_text(encoding="utf-8")))

_numbers = count(1)


def day(text: str, hour: int = 0) -> datetime:
    """An instant on a day written 2026-03-01, in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC) + timedelta(hours=hour)


def fact(kind: str, key: str, on: str, *, until: str | None = None, **facts: Any) -> Fact:
    """One fact about person 1, recorded when it happened."""
    return Fact(
        id=next(_numbers),
        person_id=1,
        kind=kind,
        key=key,
        happened_at=day(on),
        recorded_at=day(on),
        valid_until=date.fromisoformat(until) if until else None,
        by_person_id=2,
        facts=facts,
    )


def withdrawal(wrong: Fact, on: str) -> Fact:
    """A later row that takes a fact back."""
    return Fact(
        id=next(_numbers),
        person_id=wrong.person_id,
        kind=FactKind.WITHDRAWN,
        key=wrong.key,
        happened_at=day(on),
        recorded_at=day(on),
        by_person_id=2,
        withdraws_id=wrong.id,
    )


def signed_off(stage: Stage, on: str) -> Fact:
    return fact(FactKind.SIGN_OFF, stage, on)


def stepped_back(stage: Stage, on: str) -> Fact:
    return fact(FactKind.STEP_BACK, stage, on)


def agreed(on: str, edition: str = "1") -> Fact:
    return fact(FactKind.ACCEPTED, "code-of-conduct", on, edition=edition)


def trained(on: str, until: str | None = None) -> Fact:
    return fact("training", "conflict", on, until=until)


def safe(on: str, until: str | None = None) -> Fact:
    return fact("training", "safeguarding", on, until=until)


def checked(
    on: str,
    until: str | None = None,
    *,
    level: Level = Level.ENHANCED_BARRED,
    workforce: Workforce = Workforce.CHILD,
    outcome: Outcome = Outcome.CLEAR,
) -> Fact:
    return fact(
        FactKind.CHECK,
        level.key,
        on,
        until=until,
        level=level,
        workforce=workforce,
        outcome=outcome,
    )


def observed(key: str, on: str) -> Fact:
    return fact(FactKind.OBSERVED, key, on)


def a_moderator() -> list[Fact]:
    """A volunteer who has everything a moderator needs, from 1 February 2026 on and without an end."""
    return [
        agreed("2025-06-01"),
        signed_off(Stage.PEER, "2025-07-01"),
        safe("2025-06-15"),
        trained("2025-08-01"),
        checked("2025-09-01"),
        observed("shift", "2025-10-01"),
        signed_off(Stage.VOLUNTEER, "2026-02-01"),
    ]
