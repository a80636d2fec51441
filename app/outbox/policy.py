"""What an organisation decides about telling people: how long messages are kept, and when a shift is near. Dated."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from app import clock, settings
from app.policies import documents
from app.policies.documents import PolicyKind
from app.policies.words import Words

SHIPPED = Path(__file__).with_name("telling.yaml")


class Telling(BaseModel):
    """The whole document."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    keep_notices_days: Annotated[
        int,
        Field(ge=7, le=730),
        Words("Messages are kept", unit="days", hint="So long, what people were told stays there."),
    ]
    keep_conversations_days: Annotated[
        int,
        Field(ge=7, le=730),
        Words("Conversations are kept", unit="days after the last answer", hint="Then their words are deleted."),
    ]
    on_call_hours: Annotated[
        int,
        Field(ge=0, le=168),
        Words("A shift is near", unit="hours before it begins", hint="Then who is on call hears of a missing person."),
    ]


def telling_now(now: datetime) -> Telling:
    """The rules in force today, by the calendar of the organisation's zone."""
    return documents.on(Telling, clock.on(now, settings.current().zone))


POLICY = PolicyKind(
    "telling",
    Telling,
    SHIPPED,
    title="Telling people",
    lead="How long messages are kept before they are deleted, and from when on a shift counts as near.",
)
