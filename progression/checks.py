"""Background checks: what is kept of one, and when one ends another.

Of a certificate we keep the level, the workforce, the dates, the outcome and the last four characters of its
number. The certificate and what it says are never kept: the DBS code of practice asks holders to keep neither
longer than a decision needs.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from progression.facts import Fact, FactKind


class Level(StrEnum):
    """How far a check looks. Which level a role may be asked for is the organisation's decision, kept in its
    pathway.
    """

    BASIC = "basic"
    STANDARD = "standard"
    ENHANCED = "enhanced"
    ENHANCED_BARRED = "enhanced-barred"

    @property
    def key(self) -> str:
        """The key of the evidence: the barred lists are looked at as a part of an enhanced check."""
        return "dbs-enhanced" if self is Level.ENHANCED_BARRED else f"dbs-{self.value}"

    @property
    def words(self) -> str:
        return {
            Level.BASIC: "Basic",
            Level.STANDARD: "Standard",
            Level.ENHANCED: "Enhanced",
            Level.ENHANCED_BARRED: "Enhanced, with barred lists",
        }[self]


class Workforce(StrEnum):
    """Whom the check was made for work with."""

    CHILD = "child"
    ADULT = "adult"
    CHILD_AND_ADULT = "child-and-adult"

    @property
    def words(self) -> str:
        return {
            Workforce.CHILD: "Children",
            Workforce.ADULT: "Adults",
            Workforce.CHILD_AND_ADULT: "Children and adults",
        }[self]


class Outcome(StrEnum):
    """What the organisation decided after seeing it."""

    CLEAR = "clear"
    RISK_ASSESSED = "risk-assessed"
    NOT_SUITABLE = "not-suitable"

    @property
    def words(self) -> str:
        return {
            Outcome.CLEAR: "Clear",
            Outcome.RISK_ASSESSED: "Something shown; assessed, and suitable",
            Outcome.NOT_SUITABLE: "Not suitable for now",
        }[self]


def ends_earlier_checks(facts: Sequence[Fact]) -> list[Fact]:
    """The checks that found somebody not suitable: each ends every background check seen before it, of any
    level.

    A check seen on the same day does not outweigh it either; a mistake is put right by withdrawing the wrong
    fact.
    """
    return [
        fact
        for fact in facts
        if fact.kind == FactKind.CHECK
        and fact.key.startswith("dbs-")
        and fact.facts.get("outcome") == Outcome.NOT_SUITABLE
    ]
