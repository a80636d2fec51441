"""A fact: one row of the evidence ledger as plain data. Its kinds are in `fact_kinds`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from types import MappingProxyType
from typing import Any, NamedTuple

AWAY = "away"
"""The kind of what is read beside the ledger: a time away, as a fact with the id 0 (`days_away`)."""


class Fact(NamedTuple):
    """One fact about one person: a tuple, because pages read thousands of them.

    `valid_until` holds to the end of that day in the organisation's zone. `facts` are its details as codes and numbers.
    `takeover_id` names the batch that took it over from the organisation's own records; it counts like any other.
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
    facts: Mapping[str, Any] = MappingProxyType({})
    takeover_id: int | None = None

    @property
    def requirement(self) -> str:
        """What this fact may satisfy, as the pathway writes it: `training:conflict`."""
        return f"{self.kind}:{self.key}"

    @property
    def order(self) -> tuple[datetime, int]:
        """The order in which facts happened; of two at one instant, the one recorded later comes later."""
        return (self.happened_at, self.id)


SIGNATURES = "signatures"
"""The detail of a sign-off that names the signatures before it, by id."""


NOT_COUNTED = "-not-counted"
"""Follows the key of an observation that does not count for a step, so that no requirement is met by it."""


def kind_of(evidence: str) -> str:
    """The first half of a `kind:key`."""
    return evidence.partition(":")[0]


def without_withdrawn(facts: Iterable[Fact]) -> list[Fact]:
    """The facts that count: neither those that were withdrawn nor the withdrawals themselves.

    A sign-off by several people counts only while each of their signatures does.
    """
    all_facts = list(facts)
    withdrawn_ids = {fact.withdraws_id for fact in all_facts if fact.withdraws_id is not None}
    if not withdrawn_ids:
        return all_facts
    return [
        fact
        for fact in all_facts
        if fact.withdraws_id is None
        and fact.id not in withdrawn_ids
        and withdrawn_ids.isdisjoint(fact.facts.get(SIGNATURES, ()))
    ]
