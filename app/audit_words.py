"""What the lines of the audit trail say about people, policies, long tasks and the trail itself."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import select

from app import db
from app.audit import AuditLine
from app.files.models import StoredFile
from app.people.directory import names_of
from app.people.models import Detail, PrivateCorrection, Suspension
from app.policies.documents import PolicyVersion
from app.trail.wording import ABOUT, AuditWords, Subject


def _corrected(details: Mapping[str, Any]) -> str:
    codes = details["what"] if isinstance(details["what"], list) else []
    return f"corrected the {' and '.join(Detail(code).words for code in codes) or 'details'} of {ABOUT}"


def people(ids: Collection[int]) -> dict[int, Subject]:
    """People by their display name, linked to their page."""
    return {
        person_id: Subject(name, "people.show", {"person_id": person_id}) for person_id, name in names_of(ids).items()
    }


def _policies(ids: Collection[int]) -> dict[int, Subject]:
    rows = db.session.execute(select(PolicyVersion.id, PolicyVersion.kind).where(PolicyVersion.id.in_(ids)))
    return {row.id: Subject(row.kind.replace("-", " "), "admin.policy", {"name": row.kind}) for row in rows}


def _emails(ids: Collection[int]) -> dict[int, Subject]:
    return dict.fromkeys(ids, Subject("an e-mail that had not arrived"))


def _conversations(ids: Collection[int]) -> dict[int, Subject]:
    return dict.fromkeys(ids, Subject("a conversation"))


def _lists(ids: Collection[int]) -> dict[int, Subject]:
    """Lists of people, without the names of their files, which may name people."""
    return {batch_id: Subject("a list of people", "people.taken_over", {"batch_id": batch_id}) for batch_id in ids}


def _first_steps(ids: Collection[int]) -> dict[int, Subject]:
    return dict.fromkeys(ids, Subject("the first steps", "admin.first_steps"))


def _list_of_people(ids: Collection[int]) -> dict[int, Subject]:
    return dict.fromkeys(ids, Subject("the list of people", "people.index"))


def _files(ids: Collection[int]) -> dict[int, Subject]:
    """Files of people, by their kind alone; 0 is the whole store."""
    kinds = db.session.execute(select(StoredFile.id, StoredFile.kind).where(StoredFile.id.in_(ids)))
    return {0: Subject("the file store")} | {row.id: Subject(f"a stored file ({row.kind.words})") for row in kinds}


def _organisation(ids: Collection[int]) -> dict[int, Subject]:
    return dict.fromkeys(ids, Subject("the organisation", "admin.organisation"))


def _tasks(ids: Collection[int]) -> dict[int, Subject]:
    return {task_id: Subject("long work in the background") for task_id in ids}


def _the_trail(ids: Collection[int]) -> dict[int, Subject]:
    return dict.fromkeys(ids, Subject("the audit trail"))


def _reasons(lines: Sequence[AuditLine]) -> dict[int, list[str]]:
    """Why details were corrected, why a policy was changed, and why an account was suspended."""
    corrections = {line.details["correction"]: line.id for line in lines if "correction" in line.details}
    policies = {
        int(line.subject.partition(":")[2]): line.id for line in lines if line.subject.startswith("policy_version:")
    }
    told: dict[int, list[str]] = {}
    if corrections:
        query = select(PrivateCorrection.id, PrivateCorrection.reason).where(PrivateCorrection.id.in_(corrections))
        told |= {corrections[row.id]: [row.reason] for row in db.session.execute(query)}
    if policies:
        versions = select(PolicyVersion.id, PolicyVersion.why).where(PolicyVersion.id.in_(policies))
        told |= {policies[row.id]: [row.why] for row in db.session.execute(versions)}
    return told | _reasons_of_suspensions([line for line in lines if line.action == "people.suspended"])


def _reasons_of_suspensions(lines: Sequence[AuditLine]) -> dict[int, list[str]]:
    """The suspension of each line: of the same person, at the same instant."""
    if not lines:
        return {}
    moments = {(line.subject, line.at): line.id for line in lines}
    people_of_lines = {int(line.subject.partition(":")[2]) for line in lines}
    query = select(Suspension).where(Suspension.person_id.in_(people_of_lines))
    found = ((moments.get((f"person:{each.person_id}", each.at)), each.reason) for each in db.session.scalars(query))
    return {line_id: [reason] for line_id, reason in found if line_id is not None}


CORE_WORDS = AuditWords(
    sentences={
        "conversation.answered": "wrote on in {about}, begun to the {to}; read by {people}",
        "conversation.begun": "began {about} to the {to}; read by {people}",
        "audit.head-replaced": "found that somebody had changed where {about} ends",
        "audit.keyed": "began to protect {about} with a key",
        "audit.rows-sealed": "sealed the rows that {about} vouches for",
        "files.erased": "erased {about}",
        "files.opened": "opened {about}",
        "files.removed-unknown": "removed from {about} what belonged to nothing",
        "first-steps.agreed": "read a policy and agreed to it, one of {about}",
        "first-steps.arrived": "said that the test e-mail arrived, one of {about}",
        "first-steps.sent": "sent themselves a test e-mail, one of {about}",
        "first-steps.set-aside": "set aside the step “{step}” of {about}",
        "first-steps.taken-up": "took up the step “{step}” of {about} again",
        "organisation.described": "changed what pages say about {about}",
        "outbox.sent-again": "sent {about} again",
        "outbox.address-cleared": "had e-mails sent to the address of {about} again, although some had come back",
        "outbox.kind-turned-off": "turned off e-mails of one kind for {about}",
        "outbox.kind-turned-on": "turned on e-mails of one kind for {about}",
        "people.added": "added {about}",
        "people.removed": "took back the account of {about}, which was not in use yet",
        "people.address-asked": "asked to move {about} to another e-mail address",
        "people.address-changed": "moved {about} to another e-mail address",
        "people.details-corrected": _corrected,
        "people.invitation-taken": "took up the invitation of {about}",
        "people.invited": "invited {about}",
        "people.password-changed": "changed the password of {about}",
        "people.password-reset": "chose a new password for {about} by a link",
        "people.leaving-said": "said the last day of {about}: {last_day}",
        "people.leaving-taken-back": "took back the last day of {about}",
        "people.left": "closed the account of {about}, whose last day is over",
        "people.list-exported": "took {about} out as a table",
        "people.phone-read": "looked up the telephone number of {about}",
        "people.written-to": "wrote an e-mail to {about}",
        "people.private-read": "opened the private details of {about}",
        "people.profile-changed": "changed the profile of {about}",
        "people.reinstated": "reinstated the account of {about}",
        "people.reset-requested": "sent {about} a link to choose a new password",
        "people.role-ended": "ended the role {role} of {about}",
        "people.role-granted": "gave the role {role} to {about}",
        "people.signed-in": "signed in as {about}",
        "people.suspended": "suspended the account of {about}",
        "policy.written": "wrote a version of the policy {about}",
        "system.restored": "put back {about} from a backup",
        "takeover.discarded": "put away {about}",
        "takeover.opened": "brought {about}",
        "takeover.taken": "took in {about}",
        "takeover.undone": "took back {about}",
        "task.requested": "asked for {about}",
    },
    subjects={
        "people_list": _list_of_people,
        "audit_head": _the_trail,
        "first_step_mark": _first_steps,
        "self_description": _organisation,
        "conversation": _conversations,
        "outbox": _emails,
        "person": people,
        "policy_version": _policies,
        "stored_file": _files,
        "takeover_batch": _lists,
        "task": _tasks,
    },
    reasons=_reasons,
)
