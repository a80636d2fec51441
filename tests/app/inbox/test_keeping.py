"""Notices come under Messages when they are sent, in the meantime where mail fails, and are deleted by policy."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask

from app import clock, db, settings
from app.inbox import keeping, meanwhile
from app.outbox import queue
from app.outbox.models import OutboxRow
from app.outbox.policy import Telling, telling_now
from app.outbox.sending import send_due
from app.people import one_time_links
from app.people.models import LinkKind
from app.people.notices import ResetRequested
from app.policies import documents
from tests.app.inbox.told import lines_of, tell, told, write_to
from tests.app.outbox.scripted_server import free_port
from tests.conftest import People
from tests.times import NOW


@pytest.mark.both_databases
def test_a_notice_stands_under_messages_in_the_words_of_its_e_mail(app: Flask, people: People) -> None:
    wren, other = people.person("Wren"), people.person("Robin")
    told(wren)
    (line,) = lines_of(wren)
    assert (line.title, line.words) == (
        "This address has an account already",
        "Somebody asked to use it for another account. Nothing has changed.",
    )
    assert (line.button, line.path) == ("Sign in", "/sign-in")
    assert line.read_at is None
    assert lines_of(other) == []


def test_what_somebody_wrote_is_not_repeated_under_messages(app: Flask, people: People) -> None:
    """A page can be seen by others: the subject and the writer are enough to open it."""
    wren, tansy = people.person("Wren"), people.person("Tansy")
    write_to(wren, "Tomorrow", by=tansy)
    (line,) = lines_of(wren)
    assert (line.title, line.words) == ("Tomorrow", "From Tansy.")


def test_a_link_that_works_once_is_in_no_line(app: Flask, people: People) -> None:
    wren = people.person("Wren")
    with db.writing():
        link = one_time_links.create(wren.id, LinkKind.RESET, by=None, now=NOW)
        once, deadline = "reset", NOW + timedelta(hours=1)
        queue.enqueue(ResetRequested(link.id), to=wren.id, once=once, now=NOW, deadline=deadline)
    assert send_due() == 1
    meanwhile.keep_what_waits(NOW)
    assert lines_of(wren) == []


@pytest.mark.both_databases
def test_while_the_mail_server_fails_people_read_it_under_messages(app: Flask, people: People) -> None:
    wren = people.person("Wren")
    settings.use(replace(settings.current(), mail_url=f"smtp://127.0.0.1:{free_port()}"))
    tell(wren)
    send_due()
    meanwhile.keep_what_waits(NOW)
    assert lines_of(wren) == []  # it may yet leave in a moment
    clock.set_to(NOW + timedelta(minutes=3))
    for _ in range(2):
        meanwhile.keep_what_waits(clock.now())
    assert [line.title for line in lines_of(wren)] == ["This address has an account already"]


def test_what_was_put_there_meanwhile_is_not_told_twice(app: Flask, people: People) -> None:
    wren = people.person("Wren")
    tell(wren)
    clock.set_to(NOW + timedelta(minutes=3))
    meanwhile.keep_what_waits(clock.now())
    before = lines_of(wren)[0].told_at
    clock.set_to(NOW + timedelta(minutes=9))
    assert send_due() == 1
    assert [line.told_at for line in lines_of(wren)] == [before]


def test_a_notice_that_cannot_be_rendered_holds_up_no_other(app: Flask, people: People) -> None:
    wren = people.person("Wren")
    tell(wren, once="broken")
    tell(wren, once="whole")
    with db.writing():
        broken = db.session.query(OutboxRow).filter_by(once="broken").one()
        broken.kind, broken.facts = "details-corrected", {"correction_id": 999}
    meanwhile.keep_what_waits(NOW + timedelta(minutes=3))
    assert len(lines_of(wren)) == 1


def test_lines_are_deleted_after_the_days_of_the_policy(app: Flask, people: People) -> None:
    wren = people.person("Wren")
    told(wren)
    told_at = lines_of(wren)[0].told_at
    with db.writing():
        shipped = documents.on(Telling, NOW.date()).model_dump(mode="json")
        changed = shipped | {"keep_notices_days": 10}
        documents.write("telling", changed, holds_from=NOW.date(), why="Shorter.", by=None, now=NOW)
    assert telling_now(NOW).keep_notices_days == 10
    keeping.delete_old(told_at + timedelta(days=10))
    assert len(lines_of(wren)) == 1
    keeping.delete_old(told_at + timedelta(days=10, seconds=1))
    assert lines_of(wren) == []
    with db.writing():
        assert not queue.enqueue(
            ResetRequested(1), to=wren.id, once=db.session.query(OutboxRow).one().once, now=NOW, deadline=NOW
        ), "its row stays, so that nothing is told twice"
