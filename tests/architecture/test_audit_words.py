"""Every code that is written to the audit trail has a sentence on its page."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from flask import Flask

from app.audit_words import CORE_WORDS
from app.first_steps.models import MarkKind
from app.trail import wording
from app.trail.verification import KEYED
from progression.audit_words import PROGRESSION_WORDS
from rota.audit_words import ROTA_WORDS
from rota.store.models import DatedKind, VersionKind
from tests.architecture.source import PACKAGES, python_files, tree_of
from training.audit_words import TRAINING_WORDS

# The codes that are put together from a part that is written down and one of these.
PUT_TOGETHER = {
    "conversation.": ("begun", "answered"),
    "first-steps.": [kind.value for kind in MarkKind],
    "rota.": [kind.value for kind in VersionKind],
    "rota.availability-": [
        "moved-to-clock",
        "no-longer-offered",
        "offered",
        "took-back",
        *(f"said-{kind.value}" for kind in DatedKind),
    ],
    "rota.came-": ["after-all", "not"],
    "rota.coming-": ["confirmed", "taken-back"],
    "rota.on-behalf-": ["claimed", "dropped"],
    "rota.special-day-": ["added", "changed", "removed"],
    "training.draft-": [
        "begun",
        "brought-back",
        "part-added",
        "part-brought-back",
        "part-moved",
        "part-removed",
        "put-away",
        "questions-added",
        "written",
    ],
    "training.group-": [
        "changed",
        "created",
        "ended",
        "joined",
        "left",
        "part-closed-again",
        "part-held-back",
        "part-let-go-on",
        "part-opened",
        "went-on",
    ],
    "training.pace-": ["begun", "gone-on", "left", "paused", "taken-up-again"],
    "training.session-": [
        "booked",
        "cancelled",
        "changed",
        "given-up",
        "made",
        "moved-up",
        "released",
        "waits",
    ],
    "progression.pathway-copy-": ["begun", "changed", "let-go"],
    "rota.change-": ["answered", "asked", "decided", "expired", "overtaken", "withdrawn"],
    "training.elsewhere-": ["accepted", "added", "declined", "key-given", "looked-again", "taken-back"],
    "training.practical-": ["answered", "given-back", "handed-in", "mark-withdrawn", "marked", "taken", "taken-back"],
}


def codes_written() -> Iterator[str]:
    """Every string that could be the action of an audit line, from each call that records one."""
    for path in python_files(*PACKAGES):
        constants = {
            target.id: node.value
            for node in ast.walk(tree_of(path))
            if isinstance(node, ast.Assign)
            for target in node.targets
            if isinstance(target, ast.Name)
        }
        for call in ast.walk(tree_of(path)):
            if isinstance(call, ast.Call) and _is_recording(call):
                yield from _strings(call.args[0], constants)


def _is_recording(call: ast.Call) -> bool:
    if isinstance(call.func, ast.Attribute):
        owner = call.func.value
        return call.func.attr == "record" and isinstance(owner, ast.Name) and owner.id == "audit"
    return isinstance(call.func, ast.Name) and call.func.id == "record_reading"


def _strings(node: ast.expr, constants: dict[str, ast.expr]) -> Iterator[str]:
    if isinstance(node, ast.Name) and node.id in constants:
        yield from _strings(constants[node.id], constants)
    elif isinstance(node, ast.JoinedStr):
        first = node.values[0]
        assert isinstance(first, ast.Constant), "begin the code with its area"
        start = str(first.value)
        yield from (start + rest for rest in PUT_TOGETHER[start])
    else:
        yield from (
            each.value for each in ast.walk(node) if isinstance(each, ast.Constant) and isinstance(each.value, str)
        )


def test_every_code_has_a_sentence_and_every_sentence_a_code(app: Flask) -> None:
    written = {code for code in codes_written() if "." in code}
    written |= {KEYED, "audit.rows-sealed", "audit.head-replaced"}
    assert len(written) > 40
    assert set(wording.actions()) == written


def test_each_domain_has_the_sentences_of_its_own_lines() -> None:
    areas = {
        "core": (
            CORE_WORDS,
            {
                "audit",
                "conversation",
                "files",
                "first-steps",
                "organisation",
                "outbox",
                "people",
                "policy",
                "system",
                "takeover",
                "task",
            },
        ),
        "progression": (PROGRESSION_WORDS, {"progression"}),
        "rota": (ROTA_WORDS, {"rota"}),
        "training": (TRAINING_WORDS, {"training"}),
    }
    for name, (brought, own) in areas.items():
        assert {action.partition(".")[0] for action in brought.sentences} == own, name


def test_every_sentence_says_what_it_is_about(app: Flask) -> None:
    for action in wording.actions():
        details = {"role": "lead", "what": ["born-on"], "kind": "check", "key": "dbs"}
        sentence = wording.sentence_of(action, details)
        assert sentence.count(wording.ABOUT) == 1, action
        assert "  " not in sentence, action
        assert "{" not in sentence.replace(wording.ABOUT, ""), action


def test_a_code_without_a_sentence_is_shown_as_it_is(app: Flask) -> None:
    assert wording.sentence_of("tea.made", {}) == "did “tea.made” to {about}"
