"""Who has signed somebody's next step, and who may still, where the pathway asks for more than one person.

Each signature is a fact of its own, and the last one is the sign-off. Pure: facts in, plain values out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from progression.fact_kinds import FactKind
from progression.facts import Fact, without_withdrawn
from progression.journey import NeedProgress, StepProgress
from progression.pathway import Pathway
from progression.signatures import signers, still_needed
from progression.stages import Stage

BEGINS_AGAIN = frozenset({FactKind.SIGN_OFF, FactKind.STEP_BACK, FactKind.NOT_YET})
"""After one of these, signatures that were given before it no longer count."""


@dataclass(frozen=True, slots=True)
class Signatures:
    """The signatures of one person's next step."""

    asked: int
    """How many different people sign."""
    given: tuple[Fact, ...]
    """The signatures that count, the first one first."""
    observed_most: frozenset[int]
    """Who recorded more than half of the observations that the step rests on: nobody of them may sign."""

    @property
    def are_several(self) -> bool:
        """Whether the step needs more than one person."""
        return self.asked > 1

    @property
    def signed_by(self) -> frozenset[int]:
        """The ids of those who have signed."""
        return signers(self.given)

    @property
    def wanted(self) -> int:
        """How many more people must sign, at least the one who decides."""
        return max(1, still_needed(self.given, self.asked))

    @property
    def is_last(self) -> bool:
        """Whether the next signature is the sign-off."""
        return self.wanted == 1

    def may_sign(self, person_id: int) -> bool:
        """Whether this person, who may sign people off, may be the next one here."""
        return not self.are_several or person_id not in self.signed_by | self.observed_most

    def who_may_sign(self, ids: Collection[int]) -> list[int]:
        """Of these people, those who may be the next one, in the order in which they were given."""
        return [each for each in ids if self.may_sign(each)]


def signatures_for(facts: Sequence[Fact], step: StepProgress, policy: Pathway) -> Signatures:
    """The signatures for a person's next step, by all the facts about them."""
    asked = policy.signers_of_step(step.to)
    if asked == 1:
        return Signatures(1, (), frozenset())
    return Signatures(asked, _given(facts, step.to), observed_most(step.needs))


def _given(facts: Sequence[Fact], to: Stage) -> tuple[Fact, ...]:
    """The signatures since the last decision; not those that rest on something that was withdrawn."""
    withdrawn = {fact.withdraws_id for fact in facts if fact.withdraws_id is not None}
    counted = without_withdrawn(facts)
    begun = max((fact.order for fact in counted if fact.kind in BEGINS_AGAIN), default=None)
    return tuple(
        fact
        for fact in sorted(counted, key=lambda fact: fact.order)
        if fact.kind == FactKind.SIGNATURE
        and fact.key == to
        and (begun is None or fact.order > begun)
        and withdrawn.isdisjoint(fact.facts.get("rests_on", ()))
    )


def observed_most(needs: Sequence[NeedProgress]) -> frozenset[int]:
    """Who recorded more than half of the observations behind what is asked; who took records over observed nothing."""
    seen = {
        fact.id: fact.by_person_id
        for each in needs
        for fact in each.proof
        if fact.kind == FactKind.OBSERVED and fact.takeover_id is None
    }
    counts = Counter(seen.values())
    return frozenset(by for by, count in counts.items() if by is not None and 2 * count > len(seen))
