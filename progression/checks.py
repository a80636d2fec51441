"""Background checks: which details are kept, and when one check ends another.

We keep the level, the workforce, the dates, the outcome and the last four characters of the certificate's number. The
certificate and its content are never kept: the DBS code of practice asks holders to keep neither longer than a decision
needs.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import TypedDict

from progression.fact_kinds import FactKind
from progression.facts import Fact


class Level(StrEnum):
    """How far a check goes. Which level a role is asked for is the organisation's decision, kept in its pathway."""

    BASIC = "basic"
    STANDARD = "standard"
    ENHANCED = "enhanced"
    ENHANCED_BARRED = "enhanced-barred"

    @property
    def key(self) -> str:
        """The key of the evidence; a check of the barred lists is part of an enhanced check."""
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
    """The group of people that the check covers work with."""

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
    """What the organisation decided after seeing the check."""

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


class CheckDetails(TypedDict):
    """The details of a check as the ledger keeps them, under `facts`."""

    level: Level
    workforce: Workforce
    outcome: Outcome
    issued_on: str  # ISO date
    last_four: str  # characters of the certificate's number


def not_suitable_checks(facts: Sequence[Fact]) -> list[Fact]:
    """The checks with the outcome "not suitable": each ends every background check seen before it, of any level.

    A check seen on the same day does not outweigh it either. A mistake is corrected by withdrawing the wrong fact.
    """
    return [
        fact
        for fact in facts
        if fact.kind == FactKind.CHECK
        and fact.key.startswith("dbs-")
        and fact.facts.get("outcome") == Outcome.NOT_SUITABLE
    ]
