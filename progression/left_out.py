"""What is here and a pathway does not ask for, and the next version that would ask for it, with time to do it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from app import clock, settings
from app.policies import documents
from app.policies.documents import Suggestion
from progression.documents.shipped import DOCUMENTS, Document
from progression.fact_kinds import FactKind
from progression.pathway import SHIPPED, Grace, Pathway, Requirement
from progression.stages import Stage

SAFEGUARDING = "training:safeguarding"
TIME_TO_DO_IT = timedelta(weeks=6)  # as an upgrade gives for safeguarding training; our own choice


def not_asked_for(pathway: Pathway) -> list[str]:
    """What is here and this pathway does not ask for, as sentences."""
    return [*without_safeguarding(pathway), *_documents_in_words(pathway)]


def without_safeguarding(pathway: Pathway) -> list[str]:
    """A sentence where duties do not ask for safeguarding training; each of them meets young people."""
    without = [
        duty.words
        for duty in pathway.duties
        if all(need.evidence != SAFEGUARDING for need in pathway.needs_of_duty(duty))
    ]
    if not without:
        return []
    return [
        f"“Safeguarding essentials” is not asked for on these duties, which meet young people: {', '.join(without)}. "
        "To ask for it, write a new version; a grace period gives people on shifts time. If you train people for this "
        "in another way, leave it as it is."
    ]


def _documents_in_words(pathway: Pathway) -> list[str]:
    return [
        f"“{document.title}” can be read and agreed to under Documents, and no step or duty asks for it. To ask "
        f"for it, add a requirement with the evidence {_evidence(document)}; a grace period gives people who are "
        "cleared time to agree."
        for document in documents_left_out(pathway)
    ]


def documents_left_out(pathway: Pathway) -> list[Document]:
    """The documents that nobody has to agree to under this pathway."""
    return [each for each in DOCUMENTS if _evidence(each) not in pathway.evidence_asked_for]


def _evidence(document: Document) -> str:
    return f"{FactKind.ACCEPTED}:{document.key}"


def suggestions(pathway: Pathway, now: datetime) -> list[Suggestion]:
    """The next versions that would ask for what this pathway leaves out: of people cleared now only from six weeks on.

    Safeguarding training on every duty, where none asks for it yet: a grace period for a requirement that some duties
    have already would excuse people from it there. The documents for volunteers and staff: their stages and duties.
    """
    found = []
    grace = Grace(cleared_at=now, until=clock.on(now, settings.current().zone) + TIME_TO_DO_IT)
    if SAFEGUARDING not in pathway.evidence_asked_for and "safeguarding" not in pathway.requirements:
        need = documents.shipped(Pathway, SHIPPED).requirements["safeguarding"]
        found.append(
            Suggestion(
                key="safeguarding",
                button="Ask everybody on shifts for Safeguarding essentials",
                why="Everybody on shifts takes Safeguarding essentials. Who is cleared has six weeks to do so.",
                document=_asking(pathway, {"safeguarding": need.model_copy(update={"grace": grace})}, Stage.PEER),
            )
        )
    left_out = documents_left_out(pathway)
    if left_out and not any(each.key in pathway.requirements for each in left_out):
        needs = {each.key: _need_of(each, grace) for each in left_out}
        found.append(
            Suggestion(
                key="documents",
                button="Ask volunteers and staff to agree to the documents",
                why="Volunteers and staff agree to all our documents. Who is cleared has six weeks to do so.",
                document=_asking(pathway, needs, Stage.VOLUNTEER),
            )
        )
    return found


def _need_of(document: Document, grace: Grace) -> Requirement:
    return Requirement(
        evidence=_evidence(document),
        title=document.title,
        how="Read it under Documents and agree to it. It takes about ten minutes.",
        source="Ours. Read the text first, and publish an edition of your own where it does not fit.",
        grace=grace,
    )


def _asking(pathway: Pathway, needs: Mapping[str, Requirement], lowest: Stage) -> Pathway:
    """The pathway with requirements for the steps beyond peer, and for the duties that begin at this stage or above."""
    steps = {
        stage: (*codes, *needs) if stage in (Stage.VOLUNTEER, Stage.STAFF) else codes
        for stage, codes in pathway.steps.items()
    }
    duties = {
        duty: demand.model_copy(update={"needs": (*demand.needs, *needs)}) if demand.from_stage >= lowest else demand
        for duty, demand in pathway.duties.items()
    }
    return pathway.model_copy(
        update={"requirements": {**pathway.requirements, **needs}, "steps": steps, "duties": duties}
    )
