"""E-mails that come back: what they say, whom no e-mail reaches because of them, and how it is mended."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update

from app import clock, db, settings
from app.outbox import bounced_mail, bounces, queue
from app.outbox.bounced_mail import Returned
from app.outbox.marks import return_address
from app.outbox.models import DeliveryState, EmailBounce, OutboxRow
from app.outbox.sending import send_due
from app.people import one_time_links
from app.people.models import LinkKind, Person, PersonPrivate, Role
from app.people.notices import EmailAlreadyInUse, ResetRequested
from rota.absence_notices import WordToContact
from tests.app.outbox import returned_mail
from tests.app.outbox.test_sending import mail_server
from tests.conftest import People, SignIn
from tests.rota.crew import Crew, seats
from tests.times import NOW

UUID_OF_ROW = "0a1b2c3d-0000-4000-8000-00000000beef"
FULL, GONE = "5.2.2", "5.1.1"


@pytest.fixture
def wren(people: People) -> Person:
    return people.person("Wren", email="wren@example.org")


def queued(person: Person, once: str, *, hours: int = 24) -> None:
    with db.writing():
        deadline = clock.now() + timedelta(hours=hours)
        queue.enqueue(EmailAlreadyInUse(), to=person.id, once=once, now=clock.now(), deadline=deadline)


def sent(person: Person, once: str) -> str:
    """Send an e-mail to somebody; return the uuid of its row."""
    queued(person, once)
    send_due()
    return row(once).uuid


def row(once: str) -> OutboxRow:
    db.session.rollback()
    return db.session.scalars(
        select(OutboxRow).where(OutboxRow.once == once).execution_options(populate_existing=True)
    ).one()


def come_back(uuid: str, status: str, *, at: datetime | None = None) -> bool:
    with db.writing():
        return bounces.record(uuid, hard=status == GONE, status=status, now=at or clock.now())


def is_reached(person: Person) -> bool:
    db.session.rollback()
    return bounces.unreachable_one(person.id, clock.now()) is None


@pytest.fixture
def own_return_address() -> None:
    settings.use(replace(settings.started_with(), bounce_address="bounces@rota.example.org"))


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (returned_mail.report(UUID_OF_ROW), Returned(UUID_OF_ROW, True, "5.1.1")),
        (returned_mail.report(UUID_OF_ROW, whole=False), Returned(UUID_OF_ROW, True, "5.1.1")),
        (returned_mail.report(UUID_OF_ROW, status="5.2.2"), Returned(UUID_OF_ROW, False, "5.2.2")),
        (returned_mail.report(UUID_OF_ROW, status="4.4.7"), Returned(UUID_OF_ROW, False, "4.4.7")),
        (returned_mail.report(UUID_OF_ROW, status="nonsense"), Returned(UUID_OF_ROW, True, None)),
        (returned_mail.report(UUID_OF_ROW, action="delayed", status="4.4.1"), None),
        (returned_mail.away(UUID_OF_ROW), None),
        (returned_mail.report("of another program"), None),
        (returned_mail.qmail("nightlight@127.0.0.1"), None),
        (b"\xff\xfe\x00 no e-mail at all", None),
    ],
)
def test_what_a_returned_email_says_is_tied_to_ours_by_its_message_id_alone(
    app: object, content: bytes, says: Returned | None
) -> None:
    assert bounced_mail.read(content) == says


def test_a_return_address_of_its_own_ties_what_names_our_email_nowhere_else(
    app: object, own_return_address: None
) -> None:
    to = return_address(UUID_OF_ROW)
    assert to == f"bounces+{UUID(UUID_OF_ROW).hex}@rota.example.org"
    assert bounced_mail.read(returned_mail.qmail(to)) == Returned(UUID_OF_ROW, True, None)
    assert bounced_mail.read(returned_mail.qmail(to.replace("rota.example.org", "example.com"))) is None
    other = "11111111-0000-4000-8000-00000000beef"
    assert bounced_mail.read(returned_mail.report(other, to=to)) == Returned(UUID_OF_ROW, True, "5.1.1")


def test_each_email_comes_back_to_an_address_of_its_own_and_its_from_stays(
    wren: Person, own_return_address: None
) -> None:
    with mail_server() as server:
        uuid = sent(wren, "a")
        (envelope,) = server.envelopes
    assert envelope.mail_from == return_address(uuid)
    assert isinstance(envelope.content, bytes)
    assert b"From: Harbour Lane Community <nightlight@127.0.0.1>" in envelope.content


@pytest.mark.both_databases
def test_after_a_hard_bounce_nothing_more_is_sent_until_there_is_another_address(wren: Person) -> None:
    assert come_back(sent(wren, "a"), GONE)
    assert not is_reached(wren)
    queued(wren, "b")
    queued(wren, "too late", hours=1)
    assert send_due() == 0
    assert (row("b").state, row("b").last_error) == (DeliveryState.REFUSED, queue.TAKES_NONE)

    clock.set_to(NOW + timedelta(hours=2))
    with db.writing():
        db.session.get_one(PersonPrivate, wren.id).email = "wren@example.com"
        bounces.clear(wren.id, by=wren.id, now=clock.now())
    assert is_reached(wren)
    assert send_due() == 1  # what is still in time leaves, and nothing else
    assert row("b").state == DeliveryState.SENT
    assert row("too late").state == DeliveryState.REFUSED


def test_what_comes_back_late_from_a_former_address_says_nothing_of_the_new_one(wren: Person) -> None:
    uuid = sent(wren, "a")
    with db.writing():
        db.session.get_one(PersonPrivate, wren.id).email = "wren@example.com"
    assert come_back(uuid, GONE)
    assert is_reached(wren)
    assert sent(wren, "b")
    assert row("b").state == DeliveryState.SENT


@pytest.mark.both_databases
def test_soft_bounces_count_up_to_the_number_of_the_policy_within_its_days(wren: Person) -> None:
    uuids = [sent(wren, str(number)) for number in range(4)]
    for number, days in enumerate((0, 13, 15)):
        assert come_back(uuids[number], FULL, at=NOW + timedelta(days=days))
        assert come_back(uuids[number], FULL, at=NOW + timedelta(days=days))  # said twice, counted once
    clock.set_to(NOW + timedelta(days=15))
    assert is_reached(wren)  # the first lies more than 14 days before the third
    assert come_back(uuids[3], FULL)
    assert not is_reached(wren)
    clock.set_to(NOW + timedelta(days=60))
    assert not is_reached(wren)  # nothing was sent since, so that time alone proves nothing


def test_a_hard_bounce_after_a_soft_one_of_the_same_email_weighs(wren: Person) -> None:
    uuid = sent(wren, "a")
    come_back(uuid, FULL)
    assert is_reached(wren)
    come_back(uuid, GONE)
    assert not is_reached(wren)
    come_back(uuid, FULL)
    assert not is_reached(wren)


def test_nothing_is_recorded_of_an_email_that_is_not_ours_or_never_left(wren: Person) -> None:
    queued(wren, "a")
    assert not come_back(row("a").uuid, GONE)
    assert not come_back(UUID_OF_ROW, GONE)
    assert db.session.scalars(select(EmailBounce)).all() == []


def test_nothing_is_recorded_of_a_private_email_that_came_back(wren: Person) -> None:
    """When it did would tell those who read of addresses out of use that there was one."""
    uuid = sent(wren, "a")
    with db.writing():
        row("a").kind = WordToContact.kind
    assert come_back(uuid, GONE)
    assert db.session.scalars(select(EmailBounce)).all() == []
    assert is_reached(wren)


def test_a_link_for_a_new_password_is_sent_all_the_same_and_using_it_mends_the_address(
    client: FlaskClient, wren: Person
) -> None:
    come_back(sent(wren, "a"), GONE)
    with db.writing():
        link = one_time_links.create(wren.id, LinkKind.RESET, by=None, now=NOW)
        queue.enqueue(ResetRequested(link.id), to=wren.id, once="r", now=NOW, deadline=NOW + timedelta(hours=1))
        token = one_time_links.token_of(link)
    assert send_due() == 1
    form = {"password": "five quiet brown harbours", "repeated": "five quiet brown harbours"}
    assert client.post(f"/reset/{token}", data=form).status_code == 302
    assert is_reached(wren)


@pytest.mark.parametrize(
    ("answer", "is_hard"), [("550 No such person", True), ("550 5.7.1 Spam?", False), ("552 5.2.2 Full", False)]
)
def test_an_address_that_the_mail_server_refuses_at_once_counts_as_a_bounce(
    wren: Person, people: People, answer: str, is_hard: bool
) -> None:
    queued(wren, "a")
    with mail_server() as server:
        server.to["wren@example.org"] = answer
        send_due()
        queued(people.person("Robin", email="robin@example.org"), "b")
        for _ in range(6):
            clock.set_to(clock.now() + timedelta(seconds=15))
            send_due()
    assert row("a").state == DeliveryState.REFUSED
    assert [each.is_hard for each in db.session.scalars(select(EmailBounce))] == [is_hard]
    assert is_reached(wren) is not is_hard


def test_the_person_reads_it_on_today_and_says_that_the_address_works(
    client: FlaskClient, sign_in: SignIn, wren: Person
) -> None:
    come_back(sent(wren, "a"), GONE)
    queued(wren, "b")
    send_due()
    sign_in(client, wren)
    assert "No e-mail reaches you" in client.get("/").text
    account = client.get("/account").text
    assert "The mail server of the address says that it takes no e-mail. (5.1.1)" in account
    client.post("/account/address/works")
    assert is_reached(wren)
    assert "No e-mail reaches you" not in client.get("/").text
    assert row("b").state == DeliveryState.WAITING


def test_an_administrator_sees_whom_no_email_reaches_and_has_it_tried_again(
    client: FlaskClient, sign_in: SignIn, people: People, wren: Person
) -> None:
    come_back(sent(wren, "a"), GONE)
    sign_in(client, people.person("Ada", roles=(Role.ADMIN,)))
    page = client.get("/admin/e-mails").text
    assert "Nothing reaches them" in page
    assert "wren@example.org" not in page
    again = f"/admin/e-mails/to/{wren.id}/again"
    assert again in page
    assert client.post(again).status_code == 302
    assert client.post(again).status_code == 409
    assert is_reached(wren)


def test_planners_see_days_before_a_shift_that_no_email_reaches_its_person(
    client: FlaskClient, sign_in: SignIn, people: People
) -> None:
    crew = Crew(people)
    wren, planner = crew.moderator("Wren"), people.person("Rook", roles=(Role.COORDINATOR,))
    crew.always_can(wren)
    rota = crew.rota(crew.evenings())
    crew.give(rota, seats(rota)[0], wren)
    crew.publish(rota)
    with db.writing():
        db.session.execute(update(OutboxRow).values(state=DeliveryState.UNWANTED))
    sign_in(client, planner)
    assert "No e-mail reaches them" not in client.get("/").text
    come_back(sent(wren, "a"), GONE)
    assert "No e-mail reaches them" in client.get("/").text
    sign_in(client, wren)
    assert "No e-mail reaches them" not in client.get("/").text
