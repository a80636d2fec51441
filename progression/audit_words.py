"""What the lines of the audit trail say about evidence and decisions, with the notes that people wrote."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from app.audit import AuditLine
from app.domain import domains
from app.trail.wording import ABOUT, AuditWords
from progression.ledger import notes_of


def _recorded(details: Mapping[str, Any]) -> str:
    return f"recorded evidence about {ABOUT}: {_kind(details)}, {details['key']}"


def _withdrawn(details: Mapping[str, Any]) -> str:
    return f"withdrew evidence about {ABOUT}: {details['key']}"


def _kind(details: Mapping[str, Any]) -> str:
    kinds = {each.kind: each.words for domain in domains for each in domain.evidence_kinds}
    return kinds.get(details["kind"], str(details["kind"])).lower()


def _notes(lines: Sequence[AuditLine]) -> dict[int, list[str]]:
    evidence = {line.details["evidence"]: line.id for line in lines if "evidence" in line.details}
    return {evidence[evidence_id]: [note.text] for evidence_id, note in notes_of(evidence).items()}


PROGRESSION_WORDS = AuditWords(
    sentences={
        "progression.evidence-read": "read the evidence about {about}",
        "progression.evidence-recorded": _recorded,
        "progression.evidence-withdrawn": _withdrawn,
        "progression.evidence-taken-over": "took over evidence about {about} from records",
        "progression.takeover-withdrawn": "took back evidence about {about} that came from records",
    },
    reasons=_notes,
)
