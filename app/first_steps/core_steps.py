"""The first steps that are the core's own: who the organisation is, its administrators, e-mail, people, a backup."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, func, select

from app import clock, settings
from app.first_steps import mail_test
from app.first_steps.steps import Facts, FirstStep, Standing, done, to_do, trouble, waiting
from app.health.upkeep import Upkeep, Work
from app.jobs.models import Task, TaskState
from app.organisation import in_force
from app.people.models import CLOSED, Person, PersonState, Role, RoleGrant
from app.people.rights import CorePermission, held_on
from app.settings import DEFAULT_ORGANISATION
from app.takeover.models import BatchState, TakeoverBatch
from app.wording import plural

BACKUP_TASK = "backup"
BACKUP_IS_FRESH = timedelta(days=1)
LEAST_ADMINISTRATORS = 2
LEAST_PEOPLE = 2  # besides administrators; with fewer nobody could ever be beside anybody


def who_we_are(_facts: Facts, _now: datetime) -> Standing:
    """Whether the organisation has a name of its own."""
    now = settings.current()
    if now.organisation == DEFAULT_ORGANISATION and not in_force.details().name:
        return to_do(f"Pages name {DEFAULT_ORGANISATION}, which nobody chose. Times are in {now.zone.key}.")
    contact = now.contact or "no contact for questions yet"
    words = f"{now.organisation}, times in {now.zone.key.replace('_', ' ')}, {contact}."
    return done(words) if now.contact else to_do(words)


def _administrators(now: datetime) -> dict[str, ScalarSelect[Any]]:
    held = (
        select(RoleGrant.person_id)
        .where(RoleGrant.role == Role.ADMIN, held_on(clock.on(now, settings.current().zone)))
        .scalar_subquery()
    )

    def of(column: ColumnElement[Any], state: PersonState) -> ScalarSelect[Any]:
        return select(column).where(Person.id.in_(held), Person.state == state).scalar_subquery()

    return {
        "administrators": of(func.count(Person.id), PersonState.ACTIVE),
        "one_administrator": of(func.min(Person.display_name), PersonState.ACTIVE),
        "another_administrator": of(func.max(Person.display_name), PersonState.ACTIVE),
        "invited_administrator": of(func.min(Person.display_name), PersonState.INVITED),
    }


def two_administrators(facts: Facts, _now: datetime) -> Standing:
    """Whether somebody can help when the one administrator is ill or has lost their password."""
    count, one = facts["administrators"], facts["one_administrator"]
    if count == LEAST_ADMINISTRATORS:
        return done(f"{one} and {facts['another_administrator']}.")
    if count > LEAST_ADMINISTRATORS:
        return done(f"{one} and {count - 1} others.")
    if invited := facts["invited_administrator"]:
        return waiting(f"{invited} has not taken up the invitation yet.")
    return to_do(f"Only {one or 'nobody'} can do what administrators do.")


def support_texts(_facts: Facts, _now: datetime) -> Standing:
    """Whether pages can say who leads safeguarding, and whom a volunteer turns to."""
    known = in_force.details()
    if not known.names_safeguarding:
        return to_do("Nobody is named as safeguarding lead, so pages can only say “tell a coordinator”.")
    missing = [
        what
        for what, said in (
            ("a deputy", known.safeguarding_deputy),
            ("out of hours", known.safeguarding_out_of_hours),
            ("your own people", known.support_people),
        )
        if not said
    ]
    if missing:
        return to_do(f"{known.safeguarding_lead} leads safeguarding. Still to say: {', '.join(missing)}.")
    return done(f"{known.safeguarding_lead} leads safeguarding, {known.safeguarding_deputy} is the deputy.")


def _people(_now: datetime) -> dict[str, ScalarSelect[Any]]:
    administrators = select(RoleGrant.person_id).where(RoleGrant.role == Role.ADMIN)
    people = select(func.count(Person.id)).where(Person.state.not_in(CLOSED), Person.id.not_in(administrators))
    file = select(TakeoverBatch.file_name).where(TakeoverBatch.state == BatchState.OPEN).limit(1)
    return {"people": people.scalar_subquery(), "open_file": file.scalar_subquery()}


def people(facts: Facts, _now: datetime) -> Standing:
    """Whether there is a team."""
    count, file = facts["people"], facts["open_file"]
    if count >= LEAST_PEOPLE:
        return done(f"{plural(count, 'person has', 'people have')} an account besides the administrators.")
    if file:
        return waiting(f"{file} is being looked at, and not taken over yet.")
    return to_do(f"There is {'one person' if count else 'nobody'} besides the administrators so far.")


def _backups(_now: datetime) -> dict[str, ScalarSelect[Any]]:
    under_way = (TaskState.WAITING, TaskState.RUNNING)
    return {
        "backup_at": select(Upkeep.at).where(Upkeep.work == Work.BACKUP).scalar_subquery(),
        "backup_task": select(Task.id)
        .where(Task.kind == BACKUP_TASK, Task.state.in_(under_way))
        .limit(1)
        .scalar_subquery(),
    }


def backup(facts: Facts, now: datetime) -> Standing:
    """Whether everything could be put back."""
    made_at = facts["backup_at"]
    if facts["backup_task"] is not None:
        return waiting("A backup is being made.")
    if made_at is None:
        return to_do("There has been no backup.")
    if now - made_at >= BACKUP_IS_FRESH:
        return trouble("What came after the last backup could be lost. It was made", made_at)
    return done("The last backup was made", made_at)


FIRST_STEPS = (
    FirstStep(
        key="organisation",
        title="Say who you are",
        about="Your name, the time zone of your shifts, and where questions go.",
        minutes=3,
        order=10,
        button="Say who you are",
        path="/admin/organisation",
        permission=CorePermission.ADMINISTER,
        standing=who_we_are,
    ),
    FirstStep(
        key="administrators",
        title="Two people with the keys",
        about="A second administrator, for the day on which the first is ill. Add them, then give them the role.",
        minutes=2,
        order=20,
        button="Add a second administrator",
        path="/people/add",
        permission=CorePermission.GRANT,
        standing=two_administrators,
        asks=_administrators,
    ),
    FirstStep(
        key=mail_test.STEP,
        title="Where e-mails come from",
        about="Invitations and reminders go by e-mail. Send one to yourself and see whether it arrives.",
        minutes=2,
        order=30,
        button="Try it with an e-mail to myself",
        path="/admin/test-e-mail",
        permission=CorePermission.ADMINISTER,
        standing=mail_test.standing,
        asks=mail_test.asks,
    ),
    FirstStep(
        key="support",
        title="Whom people turn to",
        about="The safeguarding lead and deputy, your own people for a volunteer in need, and help lines.",
        minutes=6,
        order=40,
        button="Name them",
        path="/admin/organisation/support",
        permission=CorePermission.ADMINISTER,
        standing=support_texts,
    ),
    FirstStep(
        key="people",
        title="Bring your people",
        about="Take over your team from the list you keep, or add one person after another.",
        minutes=10,
        order=90,  # after the courses, which are columns of the list
        button="Bring your people",
        path="/people/take-over",
        permission=CorePermission.TAKE_OVER,
        standing=people,
        asks=_people,
    ),
    FirstStep(
        key="backup",
        title="Keep a copy",
        about="One file with everything, so that a broken disk costs you minutes.",
        minutes=1,
        order=120,
        button="Make a backup",
        path="/admin/backup",
        permission=CorePermission.ADMINISTER,
        standing=backup,
        asks=_backups,
    ),
)
