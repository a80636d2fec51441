"""What an organisation decides about seats that change hands: deadlines, approval and consent. A dated policy."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from app import clock, settings
from app.policies import documents
from app.policies.words import Words
from progression.duties import Duty
from rota.exchanges.models import ChangeKind
from rota.store.models import ChannelKind
from rota.store.seats import SeatRow

SHIPPED = Path(__file__).with_name("rules.yaml")

Hours = Annotated[int, Field(ge=0, le=24 * 31)]
Days = Annotated[int, Field(ge=0, le=62)]
Source = Annotated[str, Words("Where it comes from", rows=2)]


class _Document(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class DutyDeadline(_Document):
    """The deadline of one duty, where it differs from that of the others."""

    hours: Annotated[Hours, Words("Hours before it begins")]


class GiveBack(_Document):
    """Until how long before it begins a shift may be given back."""

    hours: Annotated[Hours, Words("Hours before it begins")]
    by_duty: Annotated[
        dict[Duty, DutyDeadline], Field(max_length=10), Words("Other deadlines for some duties", rare=True)
    ] = Field(default_factory=dict)
    source: Source


class Answers(_Document):
    """How long people have to say yes or no."""

    days: Annotated[Annotated[int, Field(ge=1, le=62)], Words("Days at most")]
    source: Source


class Approval(_Document):
    """Which changes a coordinator agrees to before they are made: each that meets one of these, by default none."""

    kinds: Annotated[frozenset[ChangeKind], Words("These kinds of change")] = frozenset()
    channel_kinds: Annotated[frozenset[ChannelKind], Words("On these kinds of channel")] = frozenset()
    duties: Annotated[frozenset[Duty], Words("In these duties")] = frozenset()
    nearer_than_hours: Annotated[
        Hours | None, Words("Nearer than so many hours before a shift begins", empty="(however near)")
    ] = None
    source: Source


class Consent(_Document):
    """How near a published seat is its person's: a coordinator changes it only with their yes, or in an emergency."""

    days: Annotated[Days, Words("Days before it begins")]
    source: Source


class ExchangeRules(_Document):
    """The whole document."""

    give_back: Annotated[
        GiveBack,
        Words(
            "Giving a shift back",
            "People give a shift back until {hours} hours before it begins. After that they ask for cover, and it is "
            "theirs until somebody takes it.",
        ),
    ]
    answers: Annotated[
        Answers,
        Words(
            "Time to answer",
            "People who are asked have {days} days to say yes or no, and never longer than until "
            "the first of the shifts begins.",
        ),
    ]
    approval: Annotated[Approval, Words("What a coordinator agrees to first")]
    consent: Annotated[
        Consent,
        Words(
            "Changes by coordinators",
            "A published seat that begins within {days} days changes only once its person has said yes.",
        ),
    ]

    def give_back_until(self, seat: SeatRow) -> datetime:
        """The last instant at which the holder of a seat may give it back."""
        other = self.give_back.by_duty.get(seat.duty)
        return seat.starts_at - timedelta(hours=other.hours if other is not None else self.give_back.hours)

    def needs_approval(self, kind: ChangeKind, seat: SeatRow, *, now: datetime) -> bool:
        """Whether a coordinator has to agree before a change of this seat is made; not to what coordinators ask for."""
        if kind is ChangeKind.PLANNED:
            return False
        asks, near = self.approval, self.approval.nearer_than_hours
        return (
            kind in asks.kinds
            or seat.channel_kind in asks.channel_kinds
            or seat.duty in asks.duties
            or (near is not None and seat.starts_at - now < timedelta(hours=near))
        )

    def needs_consent(self, seat: SeatRow, *, now: datetime) -> bool:
        """Whether a coordinator may change a published seat only with the yes of its person."""
        return seat.starts_at - now < timedelta(days=self.consent.days)


def rules_now(now: datetime) -> ExchangeRules:
    """The rules in force today, by the calendar of the organisation's zone."""
    return documents.on(ExchangeRules, clock.on(now, settings.current().zone))
