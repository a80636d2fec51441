"""Bundles: the certificates of many people in one file, asked for on a page, printed in a child process, kept for days.

Nothing is issued: the certificates are those that people have, with their codes. A bundle is a task of a worker, and
the stored file that it made.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from app import audit, db
from app.files import store
from app.files.kinds import FileKind
from app.files.models import StoredFile
from app.files.store import Written
from app.jobs import tasks
from app.jobs.models import Task, TaskState
from app.jobs.tasks import TaskKind
from app.people.models import Person
from app.refusals import Conflict, NotFound
from training import catalogue, certificate_page, certificates
from training.bulk import choosing, printing
from training.bulk.choosing import Choice
from training.models import Certificate, Completion, CourseVersion, Enrolment

KIND = "print-certificates"
PURPOSE = "certificates"
KEPT_FOR = timedelta(days=3)  # long enough to fetch it after a weekend; a list of names and codes should not lie about
GONE = "They were replaced or withdrawn meanwhile. Please choose again."


@dataclass(frozen=True)
class LeftOut:
    """A certificate that could not be printed."""

    person_id: int
    person: str
    name: str
    missing: str


@dataclass(frozen=True)
class Bundle:
    """One bundle as its pages show it."""

    task: Task
    choice: Choice
    title: str
    asked_by: str
    file: StoredFile | None  # None: not made yet, or nothing could be printed, or deleted

    @property
    def wanted(self) -> int:
        """How many certificates were chosen."""
        return len(self.task.arguments["certificates"])

    @property
    def printed(self) -> int:
        """How many are in the file."""
        return self._result("printed")

    @property
    def not_reached(self) -> int:
        """How many were not reached when it was stopped."""
        return self._result("not_reached")

    @property
    def cannot_be_printed(self) -> int:
        """How many names cannot be printed."""
        return len((self.task.result or {}).get("left_out", ()))

    @property
    def size(self) -> str:
        """How large the file is: 3.9 MB."""
        return f"{self.file.size / 1_000_000:.1f} MB" if self.file else ""

    @property
    def was_deleted(self) -> bool:
        """Whether there was a file that is not kept any longer."""
        return self.file is None and bool(self.printed)

    def _result(self, name: str) -> int:
        return int((self.task.result or {}).get(name, 0))


def ask(choice: Choice, *, by: Person, now: datetime) -> Task:
    """Have a worker print the certificates of a choice. Asked again while it is under way, it is the same task.

    Refuses none, and more than one file takes.
    """
    db.lock_people([by.id])
    arguments = {"choice": choice.as_json(), "certificates": choosing.chosen(choice, now=now)}
    under_way = select(Task).where(
        Task.kind == KIND, Task.requested_by_id == by.id, Task.state.in_([TaskState.WAITING, TaskState.RUNNING])
    )
    for task in db.session.scalars(under_way):
        if task.arguments == arguments:
            return task
    return tasks.start(kind=KIND, arguments=arguments, by=by.id, now=now)


def recent(now: datetime) -> list[Bundle]:
    """The bundles of the days in which their files are kept, the latest first. Three queries."""
    rows = db.session.execute(_bundles().where(Task.requested_at > now - KEPT_FOR).order_by(Task.id.desc())).all()
    titles = catalogue.titles()
    return [_bundle(row, titles, now) for row in rows]


def bundle(task_id: int, *, now: datetime) -> Bundle:
    """One bundle; refuses any other task."""
    row = db.session.execute(_bundles().where(Task.id == task_id)).one_or_none()
    if row is None:
        raise NotFound("There is no such file of certificates.")
    return _bundle(row, catalogue.titles(), now)


def left_out_of(bundle: Bundle) -> list[LeftOut]:
    """The certificates that could not be printed, with what is missing, by name."""
    missing: dict[int, str] = dict((bundle.task.result or {}).get("left_out", ()))
    rows = db.session.execute(
        select(Certificate.id, Certificate.printed_name, Person.id.label("person_id"), Person.display_name)
        .join(Person, Person.id == Certificate.person_id)
        .where(Certificate.id.in_(missing))
        .order_by(Certificate.printed_name)
    )
    return [LeftOut(row.person_id, row.display_name, row.printed_name, missing[row.id]) for row in rows]


def prepare(arguments: dict[str, Any], now: datetime) -> dict[str, Any]:
    """What the child prints: the certificates that were chosen, but those replaced or withdrawn since."""
    rows = db.session.execute(
        select(Certificate, Completion, CourseVersion, Enrolment)
        .join(Completion, Completion.id == Certificate.completion_id)
        .join(CourseVersion, CourseVersion.id == Completion.course_version_id)
        .join(Enrolment, Enrolment.id == Completion.enrolment_id)
        .where(Certificate.id.in_(arguments["certificates"]), certificates.in_force())
        .order_by(Certificate.printed_name, Certificate.id)
    ).all()
    if not rows:
        raise Conflict(GONE)
    return {
        "path": str(store.unfinished_path()),
        "made_at": now.isoformat(),
        "certificates": [
            {"id": row[0].id, "code": row[0].code, "print": printing.as_json(certificate_page.facts_of(*row))}
            for row in rows
        ],
    }


def save(task: Task, prepared: dict[str, Any], output: dict[str, Any], now: datetime) -> None:
    """Keep the file for a few days, on record."""
    if refused := output.get("refused"):
        Path(prepared["path"]).unlink(missing_ok=True)
        raise Conflict(refused)
    task.result = {name: output[name] for name in ("printed", "left_out", "not_reached")}
    if not output["printed"]:
        return
    made = Written(Path(output["path"]), FileKind.ZIP, output["sha256"], output["size"])
    file = store.keep(made, purpose=PURPOSE, by=task.requested_by_id, now=now, keep_until=now + KEPT_FOR)
    task.result = {**task.result, "file": file.id}
    audit.record(
        "training.certificates-printed",
        by=task.requested_by_id,
        subject=f"stored_file:{file.id}",
        now=now,
        details={"course": task.arguments["choice"]["code"], "certificates": output["printed"]},
    )


def _bundles() -> Any:
    file_id = Task.result["file"].as_integer()
    return (
        select(Task, Person.display_name, StoredFile)
        .join(Person, Person.id == Task.requested_by_id)
        .outerjoin(StoredFile, (StoredFile.id == file_id) & StoredFile.erased_at.is_(None))
        .where(Task.kind == KIND)
    )


def _bundle(row: Any, titles: dict[str, str], now: datetime) -> Bundle:
    choice = Choice.from_json(row.Task.arguments["choice"])
    file = row.StoredFile
    if file is not None and file.keep_until is not None and file.keep_until <= now:
        file = None
    return Bundle(row.Task, choice, titles.get(choice.code, choice.code), row.display_name, file)


PRINT_CERTIFICATES = TaskKind(KIND, prepare=prepare, work="training.bulk.printing:run", save=save)
