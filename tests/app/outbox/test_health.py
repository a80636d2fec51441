"""Whether e-mails get out: what the health checks and the pages of administrators read."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import update

from app import db
from app.outbox import queue
from app.outbox.health import FAILING_AFTER, LATE_AFTER, mail_state
from app.outbox.models import MailCircuitBreaker
from app.people.notices import EmailAlreadyInUse
from tests.conftest import People
from tests.times import NOW

pytestmark = pytest.mark.both_databases


def test_a_new_installation_has_no_fault_of_mail(people: People) -> None:
    found = mail_state(NOW)
    assert (found.is_failing, found.is_late, found.overdue, found.last_error) == (False, False, 0, None)


def test_an_email_is_late_when_it_has_been_due_for_five_minutes(people: People) -> None:
    wren = people.person("Wren")
    with db.writing():
        queue.enqueue(EmailAlreadyInUse(), to=wren.id, once="a", now=NOW, deadline=NOW + timedelta(days=1))
        queue.enqueue(
            EmailAlreadyInUse(),
            to=wren.id,
            once="planned for later",
            now=NOW,
            deadline=NOW + timedelta(days=1),
            not_before=NOW + timedelta(hours=1),
        )
    assert (mail_state(NOW).overdue, mail_state(NOW).is_late) == (1, False)
    found = mail_state(NOW + LATE_AFTER)
    assert (found.overdue, found.overdue_since, found.is_late) == (1, NOW, True)


def test_mail_is_failing_when_the_server_has_taken_nothing_for_half_a_minute(people: People) -> None:
    with db.writing():
        db.session.execute(update(MailCircuitBreaker).values(failing_since=NOW, last_error="smtp 554 at greeting"))
    assert not mail_state(NOW + FAILING_AFTER - timedelta(seconds=1)).is_failing
    found = mail_state(NOW + FAILING_AFTER)
    assert (found.is_failing, found.failing_since, found.last_error) == (True, NOW, "smtp 554 at greeting")
