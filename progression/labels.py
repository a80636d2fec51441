"""Names for requirements and evidence. Each domain names its own; the pathway's own words stand in where none
does.
"""

from __future__ import annotations

from datetime import date, datetime

from app.domain import RequirementWords, domains
from progression.checks import Level, Outcome, Workforce
from progression.facts import Fact, FactKind
from progression.pathway import Pathway, Requirement


def resolved(evidence: str, now: datetime) -> RequirementWords | None:
    """What the domain that brings this kind says of a `kind:key`: its title and where it is met, if there is
    such.
    """
    kind, _, key = evidence.partition(":")
    for domain in domains:
        for each in domain.requirement_kinds:
            if each.kind == kind:
                return each.resolve(key, now)
    return None


def words_for(need: Requirement, now: datetime) -> RequirementWords:
    """A requirement's title and where it is met; without a page of its own, the pathway's title alone."""
    return resolved(need.evidence, now) or RequirementWords(need.title, None)


def evidence_nobody_brings(policy: Pathway, now: datetime) -> list[str]:
    """A sentence for each requirement that nobody could meet, because no such evidence is brought to the ledger."""
    brought = {each.kind for domain in domains for each in domain.evidence_kinds} | {"age"}
    named = {each.kind for domain in domains for each in domain.requirement_kinds}
    return [
        f"Nobody could meet “{code}” now: nothing here brings {need.evidence}."
        for code, need in policy.requirements.items()
        if need.kind not in brought or (need.kind in named and resolved(need.evidence, now) is None)
    ]


def title_of(evidence: str, policy: Pathway, now: datetime) -> str:
    """A name for evidence of this `kind:key`, also where the pathway of today asks for no such thing any
    more.
    """
    if (words := resolved(evidence, now)) is not None:
        return words.title
    for requirement in policy.requirements.values():
        if requirement.evidence == evidence:
            return requirement.title
    kind, _, key = evidence.partition(":")
    named = {each.kind: each.words for domain in domains for each in domain.evidence_kinds}
    return f"{named.get(kind, kind)}: {key.replace('-', ' ')}"


def what_it_was(fact: Fact, policy: Pathway, now: datetime) -> str:
    """A fact in a few words: its title, or for a decision what was decided."""
    match fact.kind:
        case FactKind.SIGN_OFF:
            return f"Signed off as {fact.key}"
        case FactKind.NOT_YET:
            return f"Not yet {fact.key}"
        case FactKind.STEP_BACK:
            return f"Stepped back to {fact.key}"
        case FactKind.WITHDRAWN:
            return "Withdrawal"
        case FactKind.CHECK if fact.facts.get("level") in set(Level):
            return f"Background check: {Level(fact.facts['level']).words.lower()}"
        case _:
            return title_of(fact.requirement, policy, now)


def details_of(fact: Fact) -> list[str]:
    """What an assessor needs to know of a check besides its dates; of other facts nothing more."""
    if fact.kind != FactKind.CHECK or not {"workforce", "outcome", "issued_on", "last_four"} <= set(fact.facts):
        return []
    issued_on = date.fromisoformat(fact.facts["issued_on"])
    return [
        f"Workforce: {Workforce(fact.facts['workforce']).words.lower()}",
        f"Outcome: {Outcome(fact.facts['outcome']).words.lower()}",
        f"Issued {issued_on.day} {issued_on:%B %Y}, number ending {fact.facts['last_four']}",
    ]
