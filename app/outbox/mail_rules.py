"""When an address counts as one that no e-mail reaches, and how early planners hear of it. A dated policy."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from app import clock, settings
from app.policies import documents
from app.policies.documents import PolicyKind
from app.policies.words import Words

SHIPPED = Path(__file__).with_name("mail_rules.yaml")


class MailRules(BaseModel):
    """The whole policy."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    soft_bounces: Annotated[
        int,
        Field(ge=1, le=20),
        Words(
            "After so many e-mails that came back, none is sent any more",
            hint="This is about full mailboxes and the like. An address that does not exist is given up at once.",
        ),
    ] = 3
    within_days: Annotated[int, Field(ge=1, le=90), Words("Counted within so many days", unit="days")] = 14
    warn_days_before: Annotated[
        int,
        Field(ge=1, le=28),
        Words("Planners hear so many days before a shift that no e-mail reaches its person", unit="days"),
    ] = 7
    source: Annotated[
        str,
        StringConstraints(strip_whitespace=True, min_length=3, max_length=200),
        Words("Where it comes from", rows=2),
    ]


def rules_now(now: datetime) -> MailRules:
    """The rules in force today, by the calendar of the organisation's zone."""
    return documents.on(MailRules, clock.on(now, settings.current().zone))


MAIL_RULES = PolicyKind(
    "mail-rules",
    MailRules,
    SHIPPED,
    title="E-mails that come back",
    lead="When an address is given up because e-mails to it come back, and how early planners hear of it.",
)
