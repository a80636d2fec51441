"""Writing to those who can help, the answers, and who may read them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app import clock, db
from app.audit import AuditLine
from app.conversations import writing
from app.conversations.models import Conversation, ConversationMember, ConversationWords, WrittenTo
from app.outbox.models import OutboxRow
from app.outbox.sending import send_due
from app.people import messages
from app.people.models import Person, Role
from app.people.rights import end_role
from app.refusals import Conflict, NotFound
from tests.app.inbox.told import lines_of
from tests.conftest import People, SignIn
from tests.times import NOW

WORDS = "Could I have Tuesdays off in March? Otter knows why."


@pytest.fixture
def wren(people: People) -> Person:
    return people.person("Wren")


@pytest.fixture
def tansy(people: People) -> Person:
    return people.person("Tansy", roles=(Role.COORDINATOR,))


def begun(wren: Person, *, once: str = "first") -> int:
    with db.writing():
        ids = writing.holders(Role.COORDINATOR, but_not=wren.id, on=NOW.date())
        return writing.begin(WrittenTo.COORDINATOR, ids, "My Tuesdays", WORDS, by=wren, once=once, now=clock.now())


def told() -> list[tuple[int, str]]:
    db.session.rollback()
    rows = select(OutboxRow).where(OutboxRow.kind == "conversation").order_by(OutboxRow.id)
    return [(row.person_id, row.state) for row in db.session.scalars(rows)]


def test_somebody_asks_the_coordinators_and_is_answered(
    client: FlaskClient, people: People, wren: Person, tansy: Person, sign_in: SignIn
) -> None:
    sable = people.person("Sable", roles=(Role.COORDINATOR,))
    sign_in(client, wren)
    page = client.get("/write/coordinator?about=My+Tuesdays").text
    assert 'value="My Tuesdays"' in page
    assert "Sable, Tansy" in page
    sent = client.post("/write/coordinator", data={"subject": "My Tuesdays", "text": WORDS, "once": "abcdefgh"})
    assert sent.status_code == 302
    address = sent.location
    sign_in(client, tansy)
    assert WORDS in client.get(address).text
    client.post(address, data={"text": "Yes, of course.", "once": "abcdefgi"})
    sign_in(client, wren)
    page = client.get(address).text
    assert "Yes, of course." in page
    client.post(address, data={"text": "Thank you.", "once": "abcdefgj"})
    both = {tansy.id, sable.id}
    assert [person for person, _ in told()[:2]] == sorted(both)
    assert [person for person, _ in told()[2:]] == [wren.id, tansy.id], "then it is between those who talk"


def test_nobody_reads_an_address_and_the_e_mail_holds_no_words(app: Flask, wren: Person, tansy: Person) -> None:
    begun(wren)
    send_due()
    (line,) = lines_of(tansy)
    assert (line.title, line.words) == ("Wren wrote to you", "What was written is on the page.")
    assert line.path == f"/conversations/{db.session.query(Conversation).one().id}"


def test_only_those_it_was_written_to_read_it(
    client: FlaskClient, people: People, wren: Person, tansy: Person, sign_in: SignIn
) -> None:
    conversation_id = begun(wren)
    later = people.person("Robin", roles=(Role.COORDINATOR, Role.ADMIN))
    sign_in(client, later)
    assert client.get(f"/conversations/{conversation_id}").status_code == 404
    assert "My Tuesdays" not in client.get("/conversations").text
    with db.writing():
        end_role(tansy, Role.COORDINATOR, by=later, today=NOW.date(), now=NOW)
    with pytest.raises(NotFound), db.writing():
        writing.answer(conversation_id, "Yes.", by=tansy, once="late", now=NOW + timedelta(days=1))


def test_the_trail_says_that_something_was_written_and_not_what(app: Flask, wren: Person, tansy: Person) -> None:
    begun(wren)
    line = db.session.scalars(select(AuditLine).where(AuditLine.action == "conversation.begun")).one()
    assert line.details == {"to": "coordinator", "people": 1}


def test_the_same_form_sent_twice_writes_once(app: Flask, wren: Person, tansy: Person) -> None:
    assert begun(wren) == begun(wren)
    assert len(told()) == 1


def test_without_anybody_to_write_to_it_is_refused(app: Flask, wren: Person) -> None:
    with pytest.raises(Conflict):
        begun(wren)


def test_a_person_can_write_so_often_a_day(
    client: FlaskClient, wren: Person, tansy: Person, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_in(client, wren)
    address = f"/conversations/{begun(wren)}"
    answers = [client.post(address, data={"text": "And?", "once": f"abcdefg{number:02}"}) for number in range(31)]
    assert [answer.status_code for answer in answers[29:]] == [302, 429]


def test_an_e_mail_of_somebody_who_plans_can_be_answered_by_its_reader_alone(
    client: FlaskClient, people: People, wren: Person, tansy: Person, sign_in: SignIn
) -> None:
    other = people.person("Robin")
    with db.writing():
        messages.write([wren.id], "Tomorrow", "Can you come?", by=tansy, once="m", now=clock.now())
    send_due()
    (line,) = lines_of(wren)
    sign_in(client, other)
    assert client.get(line.path).status_code == 404
    sign_in(client, wren)
    assert "Can you come?" in client.get(line.path).text
    client.post(line.path, data={"text": "Yes, gladly.", "once": "abcdefgh"})
    sign_in(client, tansy)
    assert "Tomorrow" in client.get("/conversations").text
    assert told() == [(tansy.id, "waiting")]


@pytest.mark.both_databases
def test_conversations_are_deleted_whole_after_the_days_of_the_policy(app: Flask, wren: Person, tansy: Person) -> None:
    conversation_id = begun(wren)
    with db.writing():
        writing.answer(conversation_id, "Yes.", by=tansy, once="answer", now=NOW + timedelta(days=10))
    writing.delete_old(NOW + timedelta(days=40))
    assert db.session.query(Conversation).count() == 1
    writing.delete_old(NOW + timedelta(days=40, seconds=1))
    for table in (Conversation, ConversationMember, ConversationWords):
        assert db.session.query(table).count() == 0
