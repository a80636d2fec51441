"""A fact: one row of the evidence ledger as plain data, and the kinds of fact that progression brings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Self


class Recorder(StrEnum):
    """Who may record a fact, seen from the person it is about. The use cases and the database both enforce it."""

    ANOTHER_PERSON = "another-person"  # the fact vouches for somebody, so never themselves and never Nightlight
    THEMSELVES = "themselves"
    ANYBODY = "anybody"


@dataclass(frozen=True, slots=True)
class KindProperties:
    """Everything the product needs to know about a kind of fact."""

    label: str  # for a page
    recorder: Recorder
    provided_by: str | None = None  # who can put it in place, as coordinators read it; None: no pathway asks for it
    is_private: bool = True  # whether only people who may see evidence read its title
    can_be_withdrawn: bool = True  # whether the pages offer to withdraw it


class FactKind(StrEnum):
    """The kinds of fact that progression brings. Training and the rota bring their own (`training`, `worked`).

    A new kind is a member here, its form and view, and a migration for the checks that `models` builds from `recorder`.
    """

    properties: KindProperties

    # Somebody saw a background check.
    CHECK = "check", KindProperties("Check", Recorder.ANOTHER_PERSON, "an assessor records it")
    # Somebody watched the person at work, or talked with them.
    OBSERVED = "observed", KindProperties("Observation", Recorder.ANOTHER_PERSON, "an assessor records it")
    # The person agreed to a text.
    ACCEPTED = (
        "accepted",
        KindProperties("Agreement", Recorder.THEMSELVES, "they agree to it themselves", is_private=False),
    )
    # A named person's decision; the key is the stage reached.
    SIGN_OFF = (
        "sign-off",
        KindProperties("Sign-off", Recorder.ANOTHER_PERSON, "an assessor gives it", is_private=False),
    )
    # The key is the stage stepped back to.
    STEP_BACK = "step-back", KindProperties("Step back", Recorder.ANYBODY)
    # A named person's decision; the key is the stage not reached yet.
    NOT_YET = "not-yet", KindProperties("Not yet", Recorder.ANOTHER_PERSON, can_be_withdrawn=False)
    # Withdraws another fact, which then never counted.
    WITHDRAWN = "withdrawn", KindProperties("Withdrawal", Recorder.ANYBODY, can_be_withdrawn=False)

    def __new__(cls, value: str, properties: KindProperties) -> Self:
        member = str.__new__(cls, value)
        member._value_ = value
        member.properties = properties
        return member

    @classmethod
    def named(cls, kind: str) -> FactKind | None:
        """The member of this value, or None for a kind that another domain brings."""
        return next((member for member in cls if member.value == kind), None)


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact about one person.

    `valid_until` holds to the end of that day in the organisation's zone. `facts` are its details as codes and numbers.
    """

    id: int
    person_id: int
    kind: str
    key: str
    happened_at: datetime
    recorded_at: datetime
    valid_until: date | None = None
    by_person_id: int | None = None
    withdraws_id: int | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def requirement(self) -> str:
        """What this fact may satisfy, as the pathway writes it: `training:conflict`."""
        return f"{self.kind}:{self.key}"

    @property
    def order(self) -> tuple[datetime, int]:
        """The order in which facts happened; of two at one instant, the one recorded later comes later."""
        return (self.happened_at, self.id)


def kind_of(evidence: str) -> str:
    """The first half of a `kind:key`."""
    return evidence.partition(":")[0]


def without_withdrawn(facts: Iterable[Fact]) -> list[Fact]:
    """The facts that count: neither those that were withdrawn nor the withdrawals themselves."""
    all_facts = list(facts)
    withdrawn_ids = {fact.withdraws_id for fact in all_facts if fact.withdraws_id is not None}
    return [fact for fact in all_facts if fact.withdraws_id is None and fact.id not in withdrawn_ids]
