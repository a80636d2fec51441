"""What the core itself contributes, in the same record as every domain."""

from __future__ import annotations

from datetime import time, timedelta

from app import core_notice_samples, security_events
from app.audit_words import CORE_WORDS
from app.backup import on_request
from app.cli import (
    audit_group,
    backup,
    db_group,
    demo,
    doctor,
    files_group,
    notices,
    people_group,
    restore,
    serve,
    worker,
)
from app.conversations import writing
from app.core_notices import NOTICES
from app.domain import Domain, NavItem
from app.files.checking import check_files, files_troubles
from app.first_steps.cards import first_steps_card
from app.first_steps.core_steps import BACKUP_TASK, FIRST_STEPS
from app.health.watching import bounce_troubles, mail_troubles
from app.inbox import keeping, meanwhile
from app.inbox.cards import new_messages
from app.inbox.reading import how_many_unread
from app.jobs.scheduled_jobs import ScheduledJob
from app.jobs.tasks import TaskKind
from app.outbox.bounce_mailbox import read_bounces
from app.outbox.cards import unreachable_card
from app.outbox.mail_rules import MAIL_RULES
from app.outbox.policy import POLICY
from app.people import email_change, leaving, messages, rate_limits
from app.people.listing import BY_ROLE, BY_STATE
from app.people.models import Role
from app.people.rights import CorePermission
from app.takeover import batches
from app.takeover.people_part import PEOPLE
from app.takeover.tasks import TAKE_BACK, TAKE_IN
from app.trail import verification

CORE = Domain(
    name="core",
    nav=(
        NavItem("Messages", "inbox.show", icon="mail", order=45, new=how_many_unread),
        NavItem("People", "people.index", icon="people", order=60, audience=CorePermission.SEE_PEOPLE),
        NavItem("Admin", "admin.index", icon="key", order=90, audience=CorePermission.ADMINISTER),
    ),
    grants={
        Role.COORDINATOR: (
            CorePermission.SEE_PEOPLE,
            CorePermission.INVITE,
            CorePermission.SEE_TELEPHONE,
            CorePermission.WRITE,
        ),
        Role.ASSESSOR: (CorePermission.SEE_PEOPLE, CorePermission.SEE_PRIVATE, CorePermission.CORRECT_PRIVATE),
        Role.LEAD: (CorePermission.SEE_PEOPLE,),
        Role.TRAINER: (CorePermission.SEE_PEOPLE,),
        Role.ADMIN: tuple(CorePermission),
    },
    people_filters=(BY_ROLE, BY_STATE),
    notices=NOTICES,
    notice_samples=core_notice_samples.samples,
    scheduled_jobs=(
        ScheduledJob("core: delete old attempt counts", run=rate_limits.delete_expired, every=timedelta(hours=1)),
        ScheduledJob("core: close accounts of people who left", run=leaving.close_accounts, every=timedelta(minutes=5)),
        ScheduledJob("core: delete old messages", run=messages.delete_old, daily_at=time(4, 20)),
        ScheduledJob("core: delete old conversations", run=writing.delete_old, daily_at=time(4, 30)),
        ScheduledJob("core: put under Messages what waits", run=meanwhile.keep_what_waits, every=timedelta(minutes=1)),
        ScheduledJob("core: delete old lines of Messages", run=keeping.delete_old, daily_at=time(4, 25)),
        ScheduledJob("core: delete old security events", run=security_events.delete_old, daily_at=time(4, 10)),
        ScheduledJob("core: check the audit trail", run=verification.check_and_write_head, daily_at=time(3, 30)),
        ScheduledJob("core: forget lists of people", run=batches.forget_details, every=timedelta(hours=1)),
        ScheduledJob("core: delete old e-mail changes", run=email_change.delete_expired, daily_at=time(4, 0)),
        ScheduledJob("core: read returned e-mails", run=read_bounces, every=timedelta(minutes=5)),
        ScheduledJob("core: look after the files", run=check_files, every=timedelta(hours=1)),
    ),
    policies=(POLICY, MAIL_RULES),
    audit_words=CORE_WORDS,
    first_steps=FIRST_STEPS,
    cards=(first_steps_card, unreachable_card, new_messages),
    watches=(mail_troubles, bounce_troubles, files_troubles),
    tasks=(
        TAKE_IN,
        TAKE_BACK,
        TaskKind(name=BACKUP_TASK, prepare=on_request.prepare, work="app.backup.on_request:run", save=on_request.save),
    ),
    takeover_parts=(PEOPLE,),
    commands=(
        serve,
        worker,
        demo,
        doctor,
        notices,
        backup,
        restore,
        db_group,
        people_group,
        audit_group,
        files_group,
    ),
)
