"""Sign-offs that rested on something which was withdrawn since: somebody confirms them, or takes them back.

What needs the withdrawn fact itself ends with it, by clearance; the stage is a decision, and stays until somebody
decides. Pure: facts in, plain values out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from progression.fact_kinds import FactKind
from progression.facts import Fact, without_withdrawn
from progression.stages import Stage


@dataclass(frozen=True, slots=True)
class Reopened:
    """A sign-off that holds, and the withdrawn facts it rested on about which nobody has decided since."""

    sign_off: Fact
    withdrawn: tuple[Fact, ...]
    """The facts that were withdrawn, as far as they were read."""
    ids: tuple[int, ...]
    """The ids of all of them."""

    @property
    def stage(self) -> Stage:
        """The stage that was decided."""
        return Stage(self.sign_off.key)


def reopened_of(facts: Sequence[Fact]) -> list[Reopened]:
    """The reopened sign-offs of one person, the latest first; only those that their stage of today stands on.

    `facts` holds at least all decisions, withdrawals and confirmations about the person.
    """
    withdrawn = {fact.withdraws_id for fact in facts if fact.withdraws_id is not None}
    if not withdrawn:
        return []
    counted, by_id = without_withdrawn(facts), {fact.id: fact for fact in facts}
    settled: dict[int, set[int]] = {}
    for fact in counted:
        if fact.kind == FactKind.CONFIRMED:
            settled.setdefault(fact.facts["confirms"], set()).update(fact.facts["despite"])
    found = []
    for sign_off in _that_stand(counted):
        open_ids = (withdrawn & set(sign_off.facts.get("rests_on", ()))) - settled.get(sign_off.id, set())
        if open_ids:
            ids = tuple(sorted(open_ids))
            found.append(Reopened(sign_off, tuple(by_id[each] for each in ids if each in by_id), ids))
    return found


def _that_stand(counted: Sequence[Fact]) -> list[Fact]:
    """The sign-off of each stage that the person still has, the latest first."""
    standing: dict[str, Fact] = {}
    for fact in sorted(counted, key=lambda fact: fact.order):
        if fact.kind == FactKind.SIGN_OFF:
            standing[fact.key] = fact
        elif fact.kind == FactKind.STEP_BACK:
            standing = {key: each for key, each in standing.items() if Stage(key) <= Stage(fact.key)}
    return sorted(standing.values(), key=lambda fact: fact.order, reverse=True)
