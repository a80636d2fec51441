"""Writing the next version of a policy: the submitted text, its faults with their places, and saving it.

Versions are only ever added. What was decided under an earlier version stays decided under it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from pydantic import BaseModel, ValidationError

from app import db
from app.policies import comparison, documents, versions, yaml_lines
from app.policies.comparison import Comparison
from app.policies.documents import PolicyKind, PolicyVersion
from app.policies.messages import causes, sentence_of
from app.policies.plain_data import plain
from app.policies.yaml_lines import Place, Placed
from app.refusals import Conflict, Invalid

POLICY_LOCK = 7_061_746_005  # number of the advisory lock held while a version is written; any fixed number
MAX_TEXT_LENGTH = 100_000  # characters; the shipped documents have some 8,000
LARGEST_BODY = 1024 * 1024  # bytes; such a text as a form sends it, where a character can take up to nine bytes
MAX_REASON_LENGTH = 1000
MOST_FAULTS = 50  # told at once; more are read by nobody, and each is compared with every other
MAX_LINE_SHOWN = 80  # characters


class WrittenMeanwhile(Conflict):
    """Another person wrote a version after the page was opened."""


@dataclass(frozen=True)
class PolicyDraft:
    """A new version as submitted. `based_on` is `versions.latest_id` when the page was opened."""

    kind: PolicyKind
    text: str
    holds_from: date
    why: str
    based_on: int

    @property
    def mark(self) -> str:
        """A hash of what a comparison depends on; only a draft with the mark of a shown comparison is saved."""
        return hashlib.sha256(f"{self.holds_from.isoformat()}\0{self.based_on}\0{self.text}".encode()).hexdigest()

    def compare(self, *, today: date, now: datetime) -> Comparison:
        """Read the text and compare it; refuses what `read` and `comparison.changes` refuse."""
        return comparison.compare(
            self.kind, read(self.kind, self.text), holds_from=self.holds_from, today=today, now=now
        )


def read(kind: PolicyKind, text: str) -> BaseModel:
    """Parse and validate a document; refuses with the line and the place of each fault."""
    if len(text) > MAX_TEXT_LENGTH:
        raise Invalid(f"There is room for {MAX_TEXT_LENGTH:,} characters.", field="document")
    try:
        placed = yaml_lines.read(text)
    except yaml_lines.YamlFault as fault:
        raise Invalid(f"Line {fault.line}: {fault.sentence}{_quoted(text, fault.line)}", field="document") from None
    try:
        document = kind.schema.model_validate(placed.value)
    except ValidationError as error:
        fields = _field_names(kind.schema)
        found = sorted(error.errors(include_url=False), key=lambda problem: placed.line_of(problem["loc"]))
        problems = causes(found[:MOST_FAULTS], fields)
        faults = [(problem["loc"], sentence_of(problem, fields)) for problem in problems]
        more = ("There is more to mend below these. Compare again after them.",) if len(found) > MOST_FAULTS else ()
        raise Invalid(*_sentences(faults, placed, text), *more, field="document") from None
    if contradictions := kind.faults(document):
        raise Invalid(*_sentences(contradictions, placed, text), field="document")
    return document


def save(draft: PolicyDraft, *, by: int, today: date, now: datetime) -> PolicyVersion:
    """Write the version.

    Refuses what `read` and `comparison.changes` refuse, a missing reason, and a version written by another meanwhile.
    """
    why = draft.why.strip()
    if not 3 <= len(why) <= MAX_REASON_LENGTH:
        raise Invalid(f"Say why, in a sentence of up to {MAX_REASON_LENGTH:,} characters.", field="why")
    document = read(draft.kind, draft.text)
    db.advisory_lock(POLICY_LOCK)
    if versions.latest_id(draft.kind) != draft.based_on:
        raise WrittenMeanwhile(
            "Somebody else wrote a version while this page was open. What you typed is kept. Compare again, and keep "
            "it if it is still right."
        )
    comparison.changes(draft.kind, document, holds_from=draft.holds_from, today=today)
    return documents.write(draft.kind.name, plain(document), holds_from=draft.holds_from, why=why, by=by, now=now)


def _sentences(faults: Iterable[tuple[Place, str]], placed: Placed, text: str) -> list[str]:
    """One sentence for each fault, with its line, its place and the line's text, in the order of the lines."""
    located = sorted(((placed.line_of(place), place, words) for place, words in faults), key=lambda fault: fault[0])
    return [
        f"Line {line}{_place_words(place)}: {words}{_quoted(text, line) if place else ''}"
        for line, place, words in located
    ]


def _quoted(text: str, line: int) -> str:
    """Quote the line itself, because the text area shows no line numbers."""
    lines = text.splitlines()
    content = lines[line - 1].strip() if line <= len(lines) else ""
    shown = content if len(content) <= MAX_LINE_SHOWN else content[:MAX_LINE_SHOWN] + "…"
    return f" The line reads: {shown}" if shown else ""


def _place_words(place: Place) -> str:
    words = " › ".join(str(step) if isinstance(step, str) else f"number {step + 1}" for step in place)
    return f", {words}" if words else ""


def _field_names(schema: type[BaseModel]) -> Collection[str]:
    """The names of all fields in the schema and its nested models."""
    described = schema.model_json_schema()
    models = [described, *described.get("$defs", {}).values()]
    return {name for model in models for name in model.get("properties", {})}
