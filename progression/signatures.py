"""Whether the signatures for a step or a branch suffice: each is a fact, given by one person, and people count once."""

from __future__ import annotations

from collections.abc import Iterable

from progression.facts import Fact, without_withdrawn


def signers(signatures: Iterable[Fact]) -> frozenset[int]:
    """The people whose signatures count: of each once, and never of the person whom they are about.

    Give all the facts about the person, or at least every withdrawal: a withdrawn signature does not count.
    """
    return frozenset(fact.by_person_id for fact in _counted(signatures) if fact.by_person_id is not None)


def still_needed(signatures: Iterable[Fact], needed: int) -> int:
    """How many more different people must sign; 0 once the signatures suffice."""
    return max(0, needed - len(signers(signatures)))


def suffice(signatures: Iterable[Fact], needed: int) -> bool:
    """Whether so many different people have signed."""
    return still_needed(signatures, needed) == 0


def _counted(signatures: Iterable[Fact]) -> list[Fact]:
    return [fact for fact in without_withdrawn(signatures) if fact.by_person_id != fact.person_id]
