"""Who may read private details (docs/decisions/0010): each module that names their tables, with its reason.

A new module fails here. Before you add it, ask whether `private_details()` would do: it checks who asks and writes an
audit line.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from app import db
from tests.architecture.source import PACKAGES, ROOT, name_of, python_files, tree_of

TABLES = {
    "PersonPrivate": "person_private",
    "AddressChange": "address_change",
    "PrivateCorrection": "private_correction",
}

NAMES_A_TABLE = {
    "app/people/models.py": "defines the tables",
    "app/people/private.py": "the guarded reading; the addresses for the sender of e-mails",
    "app/people/ages.py": "the narrow reading of birth dates, for rules; no page shows them",
    "app/people/directory.py": "writes the row of a new account, and asks whether an address is taken",
    "app/people/profile.py": "writes one's own telephone number",
    "app/people/sign_in.py": "finds an account by the address that was typed; returns ids and the hash only",
    "app/people/email_change.py": "moves an account to another address, once its own person has proved it",
    "app/people/csv_import.py": "compares the addresses of a file with those that have an account",
    "app/people/removing.py": "erases the details of accounts that are taken back",
    "app/people/corrections.py": "corrects details, with an audit line by code",
    "rota/store/planning_revision.py": "names the table whose birth dates a proposal rests on; reads none of them",
    "app/audit_words.py": "the reason of a correction, for administrators who read the audit trail",
    "app/people/notices.py": "the old and the new address of a move, and the correction that an e-mail tells of",
}

# What reads private details without an audit line. Its users show them to nobody but their own person, or to
# nobody at all.
UNAUDITED = {"email_of", "emails_of", "born_on", "account_facts_of", "with_birth_date"}

READS_WITHOUT_AUDIT = {
    "app/outbox/bounces.py": "current addresses, to compare their marks with those of e-mails that came back",
    "app/outbox/render.py": "the address an e-mail goes to",
    "app/admin/views/first_steps.py": "one's own address, to which a test e-mail goes",
    "app/demonstration.py": "invented people, by the addresses that their file gives; refused in production",
    "app/people/corrections.py": "the row that it corrects, with an audit line of its own",
    "app/people/email_change.py": "one's own address, to compare with the one wanted",
    "app/people/sessions.py": "one's own birth date, read with one's session for rules about duties; no page shows it",
    "app/people/views/account.py": "one's own address, on one's own pages",
    "app/people/views/sign_in.py": "one's own address, for who holds the one-time link that was sent there",
    "progression/branches/joining.py": "whether somebody is old enough for a branch, at the decision",
    "progression/evidence_overview.py": "whether somebody is old enough for a step",
    "progression/ledger.py": "birth dates beside evidence, for clearances of many people",
    "progression/notices.py": "whether somebody is still old enough for a step, before an e-mail says so",
    "progression/readiness.py": "whether somebody is old enough for a step, when the last thing they need is recorded",
    "progression/signoff.py": "whether somebody is old enough for a step, at the decision",
    "progression/standing.py": "birth dates beside evidence, for clearances",
    "rota/ahead/reading.py": "who is too young for nights of the coming weeks; no age leaves it",
    "rota/reports/month_figures.py": "who was an adult on a shift that is over, for the mix that the rules want",
    "rota/shifts/releasing.py": "who is too young for a seat once a birth date was corrected",
    "rota/store/snapshot.py": "ages on the roster, for the rules that protect young people",
}


def names_in(path: Path) -> Iterator[str]:
    """Each name that a module imports, uses or looks up, and each string in it that is one word."""
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.alias):
            yield node.name
        elif isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield from node.value.split()


def modules_that_name(words: set[str]) -> set[str]:
    return {name_of(path) for path in python_files(*PACKAGES) if not words.isdisjoint(names_in(path))}


def reads_without_audit(node: ast.AST) -> bool:
    """Whether this imports an unaudited reading, or calls it as in `ages.born_on(…)`."""
    if isinstance(node, ast.ImportFrom):
        return node.module in ("app.people.private", "app.people.ages") and any(
            alias.name in UNAUDITED for alias in node.names
        )
    return (
        isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id in ("private", "ages")
        and node.attr in UNAUDITED
    )


def test_only_these_modules_name_the_tables_of_private_details() -> None:
    assert modules_that_name({*TABLES, *TABLES.values()}) == set(NAMES_A_TABLE)


def test_only_these_modules_read_private_details_without_an_audit_line() -> None:
    reading = {
        name_of(path) for path in python_files(*PACKAGES) if any(map(reads_without_audit, ast.walk(tree_of(path))))
    }
    assert reading == set(READS_WITHOUT_AUDIT)


def test_the_tables_of_private_details_are_the_ones_that_exist_and_no_other_has_such_a_column() -> None:
    tables = db.Model.metadata.tables
    assert set(TABLES.values()) <= set(tables)
    private = {"legal_name", "born_on", "email", "phone", "old_email", "new_email"}
    holding = {name for name, table in tables.items() if private & set(table.columns.keys())}
    assert holding == {"person_private", "address_change"}


WORDS = {
    "text",
    "words",
    "reason",
    "comment",
    "texts",
    "answer",
    "note",
    "about",
    "override_words",
    "meet_where",
    "referee",
}
"""The names of columns that hold what people write in their own words."""

ON_THE_PRIVACY_PAGE = {
    "absence_word": "What was said about a pause",
    "application_words": "when you apply for a step",
    "conversation": "what you write to the lead of a shift",
    "conversation_words": "what you write to the lead of a shift",
    "departure": "or a last day that staff entered",
    "did_not_come": "that you did not come to one and what you answered",
    "draft_change": "gave you one against a rule",
    "elsewhere_training": "why training from elsewhere was accepted or not",
    "emergency_reason": "took you off a shift or gave you one against a rule",
    "evidence_note": "observations, the reasons of decisions",
    "evidence_reply": "What you answer to a record about you",
    "exercise_try": "Your answers in courses",
    "help_given": "a few words about it stand beside it",
    "inbox_line": "what an e-mail told you stands there too",
    "kept_pair_reason": "why you are kept apart from or together with somebody",
    "live_attendance": "the reasons of decisions",
    "live_feedback": "What you say of a live session",
    "message": "e-mails to you without seeing your address",
    "more_time": "why you have more time for a quiz",
    "override_reason": "gave you one against a rule",
    "part_did_not_come": "that you did not come to one and what you answered",
    "practical_note": "what was noted about it",
    "practical_try": "What you handed in as a practical",
    "private_correction": "corrections and suspensions",
    "pulse_answer": "your answers are kept without your name",
    "reference_words": "who gave one and what they said",
    "reflection": "on a course are yours until you share them",
    "removal_reason": "took you off a shift",
    "seat_move": "gave you one against a rule",
    "suggestion": "coordinators, assessors and administrators read them",
    "suggestion_answer": "What is answered can be read by everybody for a year",
    "suspension": "corrections and suspensions",
    "thank_you": "only you and the person who thanked you read them",
}
"""Of each table with words by a person or about one: what the privacy page says of it."""

WORDS_ABOUT_NOBODY = {
    "course_draft_earlier_text": "the text of a course",
    "course_draft_part": "the text of a course",
    "document_draft": "the text of a document",
    "document_edition": "the text of a document",
    "guided_note": "from who leads a group to everybody in it, about a course",
    "live_session": "what a session is about",
    "seat_ask": "yes or no, as a code",
    "seat_change_party": "yes or no, as a code",
    "special_day": "why a day is a special one",
}


def test_the_privacy_page_tells_of_every_table_with_words_by_people_or_about_them() -> None:
    holding = {
        name for name, table in db.Model.metadata.tables.items() for column in table.columns if column.name in WORDS
    }
    assert holding == set(ON_THE_PRIVACY_PAGE) | set(WORDS_ABOUT_NOBODY)
    page = " ".join((ROOT / "templates/home/privacy.html").read_text(encoding="utf-8").split())
    assert {name: said for name, said in ON_THE_PRIVACY_PAGE.items() if said not in page} == {}
