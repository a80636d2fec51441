"""When somebody is in a branch of the pathway: enough different people signed, and they have not left since. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from progression.fact_kinds import FactKind
from progression.facts import Fact
from progression.intervals import FOR_EVER, Interval, merged, where_at_least


def times_in_branch(counted: Sequence[Fact], code: str, signers: int) -> tuple[Interval, ...]:
    """When the signatures of so many different people hold at once. Give facts without withdrawn ones."""
    by_signer: dict[int | None, list[Interval]] = {}
    for fact in signatures_for(counted, code):
        end = end_of_signature(fact, counted)
        if end > fact.happened_at:
            by_signer.setdefault(fact.by_person_id, []).append(Interval(fact.happened_at, end))
    return where_at_least(signers, [span for spans in by_signer.values() for span in merged(spans)])


def signatures_for(counted: Sequence[Fact], code: str) -> list[Fact]:
    """The signatures for a branch, those from before it was left too."""
    return [fact for fact in counted if fact.kind == FactKind.BRANCH and fact.key == code]


def open_signatures(counted: Sequence[Fact], code: str) -> list[Fact]:
    """The signatures that nothing ended, whether they suffice or not."""
    return [fact for fact in signatures_for(counted, code) if end_of_signature(fact, counted) == FOR_EVER]


def end_of_signature(fact: Fact, counted: Sequence[Fact]) -> datetime:
    """The instant at which the person left the branch after this signature; for ever where they did not."""
    left = (
        each.happened_at
        for each in counted
        if each.kind == FactKind.BRANCH_LEFT and each.key == fact.key and each.order > fact.order
    )
    return min(left, default=FOR_EVER)
