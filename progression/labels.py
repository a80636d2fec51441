"""Labels of requirements and evidence for pages. Each domain names its own; otherwise the pathway's title is used."""

from __future__ import annotations

from datetime import date, datetime

from app.domain import RequirementKind, RequirementWords, domains
from app.wording import day_in_words
from progression.checks import Level, Outcome, Workforce
from progression.duties import Duty
from progression.fact_kinds import FactKind
from progression.facts import NOT_COUNTED, Fact, kind_of
from progression.pathway import Pathway, Requirement


def requirement_kind(evidence: str) -> RequirementKind | None:
    """What the domain that brings this kind says of a `kind:key`, or None where no domain brings it."""
    kind = kind_of(evidence)
    return next((each for domain in domains for each in domain.requirement_kinds if each.kind == kind), None)


def resolve(evidence: str, now: datetime) -> RequirementWords | None:
    """The title of a `kind:key` and where to meet it, if its domain has a page for it."""
    found = requirement_kind(evidence)
    return found.resolve(evidence.partition(":")[2], now) if found and found.resolve else None


def requirement_label(need: Requirement, now: datetime) -> RequirementWords:
    """A requirement's title and where to meet it; without a page of its own, the pathway's title alone."""
    return resolve(need.evidence, now) or RequirementWords(need.title, None)


def provided_by(evidence: str) -> str:
    """Who can put a missing `kind:key` in place, as coordinators read it: "an assessor records it"."""
    found = requirement_kind(evidence)
    return found.provided_by if found else "an assessor knows how"


def is_private(evidence: str) -> bool:
    """Whether only people who may see evidence read the title of this `kind:key`."""
    found = requirement_kind(evidence)
    return found is None or found.is_private


def unmeetable_requirements(policy: Pathway, now: datetime) -> list[str]:
    """A sentence for each requirement that nobody could meet, because no domain records such evidence."""
    recorded = {each.kind for domain in domains for each in domain.evidence_kinds}
    computed = {each.kind for domain in domains for each in domain.requirement_kinds if each.is_computed}
    with_page = {each.kind for domain in domains for each in domain.requirement_kinds if each.resolve}
    return [
        f"Nobody could meet “{code}” now: nothing here brings {need.evidence}."
        for code, need in policy.requirements.items()
        if need.kind not in recorded | computed or (need.kind in with_page and resolve(need.evidence, now) is None)
    ] + [
        f"“{code}” would begin again with {evidence}, and nothing here brings that."
        for code, need in policy.requirements.items()
        for evidence in (need.within.restarted_by if need.within else ())
        if kind_of(evidence) not in recorded or (kind_of(evidence) in with_page and resolve(evidence, now) is None)
    ]


def evidence_title(evidence: str, policy: Pathway, now: datetime) -> str:
    """A title for evidence of this `kind:key`, including evidence that the pathway no longer asks for."""
    if (words := resolve(evidence, now)) is not None:
        return words.title
    for requirement in policy.requirements.values():
        if requirement.evidence == evidence:
            return requirement.title
    kind, _, key = evidence.partition(":")
    labels = {each.kind: each.words for domain in domains for each in domain.evidence_kinds}
    return f"{labels.get(kind, kind)}: {key.replace('-', ' ')}"


def fact_title(fact: Fact, policy: Pathway, now: datetime) -> str:
    """A short title for a fact; for a decision, what was decided."""
    match fact.kind:
        case FactKind.SIGN_OFF:
            return f"Signed off as {fact.key}"
        case FactKind.SIGNATURE:
            return f"Signature for the step to {fact.key}"
        case FactKind.CONFIRMED:
            return f"Confirmed as {fact.key}"
        case FactKind.NOT_YET:
            return f"Not yet {fact.key}"
        case FactKind.STEP_BACK:
            return f"Stepped back to {fact.key}"
        case FactKind.WITHDRAWN:
            return "Withdrawal"
        case FactKind.OBSERVED if "duty" in fact.facts:
            counts = ", without counting for a step" if fact.key.endswith(NOT_COUNTED) else ""
            return f"Observed on a shift as {Duty(fact.facts['duty']).words}{counts}"
        case FactKind.CHECK if fact.facts.get("level") in set(Level):
            return f"Background check: {Level(fact.facts['level']).words.lower()}"
        case _:
            return evidence_title(fact.requirement, policy, now)


def check_details(fact: Fact) -> list[str]:
    """What an assessor needs to know of a background check besides its dates; empty for other facts."""
    if fact.kind != FactKind.CHECK or not {"outcome", "issued_on"} <= set(fact.facts):
        return []
    issued_on = day_in_words(date.fromisoformat(fact.facts["issued_on"]))
    covers = Workforce(fact.facts["workforce"]).words.lower() if "workforce" in fact.facts else "not said"
    number = f"number ending {fact.facts['last_four']}" if "last_four" in fact.facts else "number not kept"
    return [
        f"Workforce: {covers}",
        f"Outcome: {Outcome(fact.facts['outcome']).words.lower()}",
        f"Issued {issued_on}, {number}",
    ]
