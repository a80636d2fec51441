"""The audit trail in words: each domain brings a sentence for each of its actions, and a link for each subject.

A sentence follows the name of who did it: “Sable” “recorded a sign-off about” “Wren”. It holds `{about}` where the
subject goes, and may hold the names of details.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from app.audit import AuditLine
from app.extension_point import ExtensionPoint

ABOUT = "{about}"


@dataclass(frozen=True)
class Subject:
    """What a line is about: its name on pages, and the page of it, where there is one."""

    words: str
    endpoint: str | None = None
    values: Mapping[str, int | str] = field(default_factory=dict)


Subjects = Callable[[Collection[int]], Mapping[int, Subject]]
"""Called with the ids of rows of one table; rows that are gone have no entry."""
Sentence = str | Callable[[Mapping[str, Any]], str]
"""The words, or what makes them from the details of a line."""
Reasons = Callable[[Sequence[AuditLine]], Mapping[int, list[str]]]
"""Called with the lines of a page; the reasons that people wrote, by the id of the line."""


@dataclass(frozen=True)
class AuditWords:
    """What one domain says about its lines."""

    sentences: Mapping[str, Sentence]  # by action
    subjects: Mapping[str, Subjects] = field(default_factory=dict)  # by table
    reasons: Reasons | None = None


words: ExtensionPoint[AuditWords] = ExtensionPoint("audit words")


@dataclass(frozen=True)
class LineInWords:
    """One line as the page shows it."""

    line: AuditLine
    before: str
    about: Subject
    after: str
    reasons: list[str]


def sentence_of(action: str, details: Mapping[str, Any]) -> str:
    """The sentence of an action. A code that no domain knows is shown as it is, so that no line is ever left out."""
    found = next((each.sentences[action] for each in words if action in each.sentences), f"did “{action}” to {ABOUT}")
    if not isinstance(found, str):
        return found(details)
    return found.format_map(defaultdict(str, {**details, "about": ABOUT}))


def label_of(action: str) -> str:
    """The sentence of an action without its subject and details, for a list of kinds."""
    without = sentence_of(action, defaultdict(lambda: "…")).replace(ABOUT, "…")
    return without[:1].upper() + without[1:]


def actions() -> list[str]:
    """Every action that a domain has a sentence for, by area and name."""
    return sorted(action for each in words for action in each.sentences)


def in_words(lines: Sequence[AuditLine], *, with_reasons: bool = True) -> list[LineInWords]:
    """These lines with their sentences, what they are about, and the reasons that people gave."""
    subjects = _subjects_of(line.subject for line in lines)
    reasons: dict[int, list[str]] = defaultdict(list)
    for each in words:
        if with_reasons and each.reasons is not None:
            for line_id, said in each.reasons(lines).items():
                reasons[line_id] += said
    told = []
    for line in lines:
        before, _, after = sentence_of(line.action, line.details).partition(ABOUT)
        about = subjects.get(line.subject) or Subject(line.subject.replace("_", " ").replace(":", " "))
        told.append(LineInWords(line, before, about, after, reasons[line.id]))
    return told


def _subjects_of(names: Iterable[str]) -> dict[str, Subject]:
    ids_by_table: dict[str, set[int]] = defaultdict(set)
    for name in names:
        table, _, number = name.partition(":")
        if number.isdecimal():
            ids_by_table[table].add(int(number))
    return {
        f"{table}:{row_id}": subject
        for each in words
        for table, find in each.subjects.items()
        if table in ids_by_table
        for row_id, subject in find(ids_by_table[table]).items()
    }
