"""What a coordinator does with shifts on somebody's behalf: by the same rules, on record, and with one e-mail."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app import db
from app.audit import AuditLine
from app.outbox.models import OutboxRow
from app.people.models import Person, Role
from app.trail.wording import in_words
from rota.exchanges import changes, parts
from rota.exchanges.changes import DoesNotFit
from rota.shifts import claims_and_drops
from rota.store.seat_parts import parts_of_seat
from tests.conftest import SignIn
from tests.rota.crew import Crew, seats
from tests.rota.emails import newest_email
from tests.times import NOW


@pytest.fixture
def tansy(crew: Crew) -> Person:
    return crew.people.person("Tansy", roles=(Role.COORDINATOR,))


def emails_to(person: Person) -> list[tuple[str, str | None]]:
    """The kinds of e-mail that wait for somebody, each with what was done for them."""
    rows = db.session.scalars(select(OutboxRow).where(OutboxRow.person_id == person.id).order_by(OutboxRow.id))
    return [(row.kind, row.facts.get("what")) for row in rows]


def test_a_coordinator_takes_confirms_and_gives_back_for_somebody_who_is_told_of_each_once(
    client: FlaskClient, crew: Crew, sign_in: SignIn, tansy: Person
) -> None:
    wren, teal = crew.moderator("Wren"), crew.moderator("Teal")
    crew.always_can(wren, teal)
    rota, _ = crew.published(wren)
    seat = seats(rota)[1]
    sign_in(client, tansy)
    assert "Take it for them" in client.get(f"/people/{teal.id}/shifts").text
    page = client.post(f"/people/{teal.id}/shifts/seats/{seat.id}/claim", follow_redirects=True).text
    assert "Teal has the shift" in page
    taken = seats(rota)[1]
    assert taken.person_id == teal.id
    page = client.post(f"/people/{teal.id}/shifts/{taken.assignment_id}/confirm", follow_redirects=True).text
    assert "Confirmed</span>" in page
    assert "Give it back for Teal" in client.get(f"/people/{teal.id}/shifts/{taken.assignment_id}/give-back").text
    client.post(f"/people/{teal.id}/shifts/{taken.assignment_id}/give-back")
    assert seats(rota)[1].person_id is None
    subject, text, _ = newest_email("done-for-you", teal.id)
    assert subject.startswith("Tansy gave back a shift for you: Board")
    assert "It is not yours any more" in text
    assert emails_to(teal) == [("done-for-you", what) for what in ("claimed", "confirmed", "dropped")]
    lines = db.session.scalars(select(AuditLine).where(AuditLine.by_id == tansy.id).order_by(AuditLine.id)).all()
    told = [f"{line.before}{line.about.words}{line.after}" for line in in_words(lines)]
    assert [words for words in told if "Teal" in words] == [
        "took a shift on behalf of Teal",
        "confirmed a shift of Teal",
        "gave back a shift on behalf of Teal",
    ]


def test_a_coordinator_does_for_somebody_only_what_they_could_do_themselves(crew: Crew, tansy: Person) -> None:
    wren, otter = crew.moderator("Wren"), crew.peer("Otter")
    crew.always_can(wren, otter)
    rota, _ = crew.published(wren)
    with pytest.raises(DoesNotFit, match="Otter is not cleared"), db.writing():
        claims_and_drops.claim(seats(rota)[1].id, otter, now=NOW, by=tansy)


def test_who_does_not_plan_does_nothing_for_others(client: FlaskClient, crew: Crew, sign_in: SignIn) -> None:
    wren, ash = crew.moderator("Wren"), crew.people.person("Ash", roles=(Role.LEAD,))
    crew.always_can(wren)
    rota, seat = crew.published(wren)
    sign_in(client, ash)
    assert client.post(f"/people/{wren.id}/shifts/{seat.assignment_id}/give-back").status_code == 403
    assert client.get(f"/people/{wren.id}/shifts").status_code == 403
    assert client.get("/rota/confirmations").status_code == 403
    assert seats(rota)[0].person_id == wren.id


def test_a_coordinator_asks_for_cover_and_offers_hours_for_somebody_who_is_told_of_each_once(
    client: FlaskClient, crew: Crew, sign_in: SignIn, tansy: Person
) -> None:
    wren = crew.moderator("Wren")
    crew.always_can(wren)
    _, seat = crew.published(wren)
    sign_in(client, tansy)
    theirs = f"/people/{wren.id}/shifts"
    long_enough = int((seat.ends_at - seat.starts_at).total_seconds() // 60)
    page = client.get(f"{theirs}/{seat.assignment_id}/part").text
    assert "Offer a part of this shift for Wren" in page
    wrong = client.post(f"{theirs}/{seat.assignment_id}/part", data={"since": 0, "until": long_enough})
    assert f"{theirs}/{seat.assignment_id}/part" in wrong.location
    hours = {"since": long_enough - 120, "until": long_enough}
    assert "stay Wren’s" in client.post(f"{theirs}/{seat.assignment_id}/part", data=hours, follow_redirects=True).text
    said = client.post(f"{theirs}/{seat.assignment_id}/cover", follow_redirects=True).text
    assert "The shift stays Wren’s" in said
    assert [what for kind, what in emails_to(wren) if kind == "done-for-you"] == ["part-offered", "cover-asked"]
    subject, text, html = newest_email("done-for-you", wren.id)
    assert subject.startswith("Tansy asked for cover for your shift: Board")
    for body in (text, html):
        assert "It is yours until somebody takes it" in body


def test_hours_that_somebody_took_are_given_back_for_them_and_nothing_else_is_offered_about_them(
    client: FlaskClient, crew: Crew, sign_in: SignIn, tansy: Person
) -> None:
    wren, teal = crew.moderator("Wren"), crew.moderator("Teal")
    crew.always_can(wren, teal)
    rota, seat = crew.published(wren)
    with db.writing():
        offer = parts.offer_part(
            seat.assignment_id or 0, wren, seat.ends_at - timedelta(hours=2), seat.ends_at, by=wren.id, now=NOW
        )
    with db.writing():
        changes.take(offer.id, teal.id, by=teal.id, now=NOW)
    part = parts_of_seat(seat.id)[0]
    sign_in(client, tansy)
    page = client.get(f"/people/{teal.id}/shifts").text
    assert "Give these hours back for them" in page
    assert f"/people/{teal.id}/shifts/{part.assignment_id}/confirm" not in page
    client.post(f"/people/{teal.id}/shifts/parts/{part.part_id}/give-back")
    assert parts_of_seat(seat.id) == []
    assert seats(rota)[0].person_id == wren.id
    assert emails_to(teal)[-1] == ("done-for-you", "part-given-back")
    assert [kind for kind, _ in emails_to(wren)].count("part-ended") == 1
