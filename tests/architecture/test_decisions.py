"""What decisions promise about the shape of the code and of the tables, where no other test of this folder holds it."""

from __future__ import annotations

import re
import subprocess

import pytest
from flask import Flask
from sqlalchemy import String, Table, delete, update

from app import db
from app.extension_point import ExtensionPoint
from tests.architecture.source import ROOT

LEVEL = {"app": 0, "progression": 1, "training": 2, "rota": 2}


def tables_by_room() -> dict[str, str]:
    """Each table and the top-level package that defines it."""
    return {
        mapper.local_table.name: mapper.class_.__module__.split(".")[0]
        for mapper in db.Model.registry.mappers
        if isinstance(mapper.local_table, Table)
    }


def test_foreign_keys_and_relationships_point_down_the_map(app: Flask) -> None:
    rooms = tables_by_room()
    reaching = [
        (table.name, key.column.table.name) for table in db.Model.metadata.sorted_tables for key in table.foreign_keys
    ]
    reaching += [
        (mapper.local_table.name, relationship.mapper.local_table.name)  # type: ignore[attr-defined]  # all are tables
        for mapper in db.Model.registry.mappers
        for relationship in mapper.relationships
    ]
    assert reaching
    wrong = [
        (start, end)
        for start, end in reaching
        if rooms[start] != rooms[end] and LEVEL[rooms[end]] >= LEVEL[rooms[start]]
    ]
    assert wrong == []


def test_what_domains_bring_is_fixed_once_it_is_there() -> None:
    slot: ExtensionPoint[int] = ExtensionPoint("numbers")
    with pytest.raises(RuntimeError, match="is read before"):
        list(slot)
    slot.fill([1, 2])
    with pytest.raises(RuntimeError, match="frozen"):
        slot.fill([1, 2, 3])
    assert list(slot) == [1, 2]


def test_continuous_integration_runs_the_same_command_as_a_developer() -> None:
    lines = (ROOT / ".ci/run").read_text().splitlines()
    commands = [line for line in lines if line and not line.startswith(("#", "set ", "cd "))]
    assert commands == ["exec ./run test"]


def test_run_is_plain_shell_and_its_help_lists_every_command() -> None:
    subprocess.run(["sh", "-n", "run"], cwd=ROOT, check=True)
    text = (ROOT / "run").read_text()
    commands = set(re.findall(r"^    ([a-z]+)\)", text.partition("case $command in")[2], re.MULTILINE))
    assert {"serve", "test"} <= commands
    shown = subprocess.run(["./run", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert commands - set(re.findall(r"^\./run (\w+)", shown, re.MULTILINE)) == {"serve"}, "serve is plain ./run"


def test_every_check_of_the_whole_run_is_there() -> None:
    """A check that is taken out of `./run test` would be missed by nobody."""
    run = (ROOT / "run").read_text()
    for tool in ('ruff" format --check', 'ruff" check', 'mypy"', 'lint-imports"', 'djlint"', 'pytest"'):
        assert f'"$VENV/bin/{tool}' in run, tool


# Each column of words in a table that only grows. Words about a person are kept elsewhere, where they can be erased.
WORDS_THAT_STAY = {
    "asked_again.key": "a code",
    "asked_again.kind": "a code",
    "assignment_change.why": "a code",
    "audit_line.action": "a code",
    "audit_line.hash": "a hash",
    "audit_line.previous_hash": "a hash",
    "audit_line.subject": "a table and an id",
    "course_version.content_hash": "a hash",
    "course_version.title": "the title of a course",
    "document_edition.document": "a code",
    "document_edition.text": "the text of an edition, which people agree to; about nobody",
    "document_edition.what_changed": "what an edition changed; about a text",
    "document_edition.what_it_means": "what an edition means for people; about a text",
    "document_edition.why": "why an edition was written; about a text",
    "evidence.key": "a code",
    "evidence.kind": "a code",
    "evidence.note_hash": "a salted hash",
    "evidence.once": "codes and ids",
    "given_try.unit": "a code",
    "policy_version.kind": "a code",
    "policy_version.why": "why a policy was changed; the only free text, and about a policy",
}


def test_tables_that_only_grow_hold_no_words_about_a_person(app: Flask) -> None:
    holding = {
        f"{table.name}.{column.name}"
        for table in db.Model.metadata.sorted_tables
        if table.info.get("append_only")
        for column in table.columns
        if isinstance(column.type, String)
    }
    assert holding == set(WORDS_THAT_STAY)


# What is kept of evidence and decisions and can be changed or deleted, and why it may be. Every other table of
# progression, and every table that hangs on one that only grows, has to be one that only grows itself.
MAY_CHANGE = {
    "application_words": "words about a person, which can be erased; what is decided about them is evidence",
    "certificate": "a paper about a completion, which only grows: it can be replaced and revoked",
    "commitment_choice": "how much somebody would like to give, which they may change; the trail has what was before",
    "course_draft": "a draft of a course",
    "document_draft": "a draft of a text; an edition only grows",
    "elsewhere_training": "waits for a decision; once it counts, it is evidence",
    "enrolment": "a course that somebody is in the middle of; what they finish only grows",
    "evidence_note": "words about a person, which can be erased: the ledger keeps a salted hash, which shows a change",
    "evidence_reply": "a person's own answer, which they may change and take back",
    "help_given": "help given in person, taken back where it is wrong; nothing rests on it",
    "lapse_told": "which e-mails were written",
    "news": "told to people, and can be taken down; decides nothing",
    "news_read": "who has read the news",
    "override_reason": "words about a person, which can be erased",
    "pathway_copy": "a working copy of the pathway; a version only grows",
    "practical_note": "words about a person, which can be erased; the marks only grow",
    "pulse": "questions to many, which are closed; decides nothing",
    "pulse_answer": "answers without names, kept in no order",
    "pulse_taken": "that somebody has answered, so that nobody answers twice",
    "reference_words": "words of other people about a person, which can be erased; that there is one only grows",
    "seat_asking": "whom a seat is offered to; the change itself only grows",
    "step_application": "a wish, which its person may take back; what is decided about it is evidence",
    "suggestion": "what somebody would like, which they may take back; decides nothing",
    "suggestion_answer": "what was answered to it, which may be put better",
    "thank_you": "words from one person to another, which either may take away",
}


def test_every_table_of_evidence_and_decisions_only_grows_or_is_named_with_the_reason_why_not(app: Flask) -> None:
    rooms = tables_by_room()
    holding = {
        table.name
        for table in db.Model.metadata.sorted_tables
        if not table.info.get("append_only")
        and (
            rooms[table.name] == "progression"
            or any(key.column.table.info.get("append_only") for key in table.foreign_keys)
        )
    }
    assert holding == set(MAY_CHANGE)


@pytest.mark.both_databases
def test_no_row_of_a_table_that_only_grows_is_changed_or_deleted_in_bulk(app: Flask) -> None:
    only_growing = {
        mapper.local_table.name: mapper
        for mapper in db.Model.registry.mappers
        if isinstance(mapper.local_table, Table) and mapper.local_table.info.get("append_only")
    }
    assert {"evidence", "audit_line", "policy_version"} <= set(only_growing)
    for mapper in only_growing.values():
        column = next(iter(mapper.column_attrs)).key
        for statement in (update(mapper.class_).values({column: 0}), delete(mapper.class_)):
            with pytest.raises(db.AppendOnly), db.writing():
                db.session.execute(statement)


@pytest.mark.both_databases
def test_a_bulk_statement_on_the_table_itself_is_refused_as_well(app: Flask) -> None:
    for table in db.Model.metadata.sorted_tables:
        if table.info.get("append_only"):
            for statement in (table.update().values({next(iter(table.columns)): 0}), table.delete()):
                with pytest.raises(db.AppendOnly), db.writing():
                    db.session.execute(statement)


# For people of which stages a session is open; it says nothing of the stage of anybody.
ABOUT_NOBODY = {"live_session_stage", "live_session_stage.session_id", "live_session_stage.stage"}


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (r"organi[sz]ation|tenant|charity", "one database holds one organisation"),
        (r"stage$|stage_|clearance|is_cleared", "stage and clearance are computed from evidence"),
    ],
)
def test_no_table_keeps_what_was_decided_to_be_kept_nowhere(app: Flask, words: str, why: str) -> None:
    names = [
        name
        for table in db.Model.metadata.sorted_tables
        for name in (table.name, *(f"{table.name}.{column.name}" for column in table.columns))
    ]
    assert [name for name in names if re.search(words, name) and name not in ABOUT_NOBODY] == [], why
