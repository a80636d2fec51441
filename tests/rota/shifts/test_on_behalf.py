"""What a coordinator does with shifts on somebody's behalf: by the same rules, on record, and with one e-mail."""

from __future__ import annotations

from datetime import time, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app import db
from app.audit import AuditLine
from app.outbox.models import OutboxRow
from app.people.models import Person, Role
from app.refusals import NotFound
from app.trail.wording import in_words
from progression.duties import Duty
from rota.exchanges import changes, parts
from rota.exchanges.changes import DoesNotFit
from rota.exchanges.models import Answer, SeatChange
from rota.planning import channels
from rota.scheduling.cover_pattern import Need, PatternSpan
from rota.shifts import asked_on_behalf, claims_and_drops
from rota.store import staying_on
from rota.store.models import ChannelKind
from rota.store.seat_parts import parts_of_seat
from rota.store.waiting import waiting_for
from tests.conftest import SignIn
from tests.rota.crew import EVERY_DAY, LONDON, MONDAY, Crew, seats
from tests.rota.emails import newest_email
from tests.rota.exchanges.test_trading import Trio
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


def test_a_swap_is_asked_and_answered_for_people_on_the_telephone_who_read_by_whom(
    client: FlaskClient, crew: Crew, sign_in: SignIn, tansy: Person
) -> None:
    pair = Trio(crew, cannot={"Fern": [0, 1], "Wren": [2], "Teal": [2]})
    wren, teal, _ = pair.people
    sign_in(client, tansy)
    page = client.get(f"/people/{wren.id}/shifts/{pair.assignment(0)}/swap").text
    assert "Swap this shift for Wren" in page
    assert "Teal has it and could take theirs" in page
    theirs = {"theirs": pair.assignment(1)}
    asked = client.post(f"/people/{wren.id}/shifts/{pair.assignment(0)}/swap", data=theirs, follow_redirects=True).text
    assert "stays Wren’s until everybody has said yes" in asked
    assert "Take it back for them" in asked
    change_id = db.session.scalars(select(SeatChange.id)).one()
    assert "Teal takes this shift from Wren" in client.get(f"/people/{teal.id}/shifts").text
    client.post(f"/people/{teal.id}/shifts/changes/{change_id}/answer", data={"said": "yes"})
    assert pair.holders[:2] == [teal.id, wren.id]
    assert [what for kind, what in emails_to(wren) if kind == "done-for-you"] == ["swap-asked"]
    assert emails_to(teal) == [("rota-published", None), ("seat-change-asked", None), ("seat-change-done", None)]
    for person, did in ((wren, "asked"), (teal, "said yes")):
        _, text, html = newest_email("seat-change-done", person.id)
        assert all(f"Tansy {did} for you" in body for body in (text, html))


def test_a_no_or_a_yes_that_changes_nothing_yet_is_told_to_whom_it_was_given_for(crew: Crew, tansy: Person) -> None:
    ring = Trio(crew, cannot={"Wren": [1], "Teal": [2], "Fern": [0]})
    wren, teal, fern = ring.people
    with db.writing():
        change_id = asked_on_behalf.ask_for_ring_for(
            ring.assignment(0), (ring.assignment(1), ring.assignment(2)), wren, by=tansy, now=NOW
        ).id
    for person, said in ((teal, Answer.YES), (fern, Answer.NO)):
        with db.writing():
            asked_on_behalf.answer_for(change_id, person, said, by=tansy, now=NOW)
    assert ring.holders == [wren.id, teal.id, fern.id]
    assert [what for _, what in emails_to(teal) if what] == ["said-yes"]
    assert [what for _, what in emails_to(fern) if what] == ["said-no"]
    subject, text, _ = newest_email("done-for-you", fern.id)
    assert subject.startswith("Tansy said no for you")
    assert f"/shifts/changes/{change_id}" in text
    with pytest.raises(NotFound), db.writing():
        asked_on_behalf.take_question_back_for(change_id, teal, by=tansy, now=NOW)


def test_a_question_is_taken_back_for_who_asked_it_and_for_nobody_else(crew: Crew, tansy: Person) -> None:
    pair = Trio(crew, cannot={"Fern": [0, 1], "Wren": [2], "Teal": [2]})
    wren, teal, _ = pair.people
    with db.writing():
        (made,) = asked_on_behalf.ask_to_swap_for(pair.assignment(0), [pair.assignment(1)], wren, by=tansy, now=NOW)
    with pytest.raises(NotFound), db.writing():
        asked_on_behalf.take_question_back_for(made.id, teal, by=tansy, now=NOW)
    with db.writing():
        asked_on_behalf.take_question_back_for(made.id, wren, by=tansy, now=NOW)
    _, text, html = newest_email("seat-change-ended", wren.id)
    assert all("Tansy took your question back for you" in body for body in (text, html))


def test_hours_that_somebody_offers_are_taken_for_a_person_who_reads_by_whom(
    client: FlaskClient, crew: Crew, sign_in: SignIn, tansy: Person
) -> None:
    wren, teal = crew.moderator("Wren"), crew.moderator("Teal")
    crew.always_can(wren, teal)
    _, seat = crew.published(wren)
    hours = seat.ends_at - timedelta(hours=2), seat.ends_at
    with db.writing():
        offer = parts.offer_part(seat.assignment_id or 0, wren, *hours, by=wren.id, now=NOW)
    sign_in(client, tansy)
    assert "Parts of shifts they could take" in client.get(f"/people/{teal.id}/shifts/more").text
    said = client.post(f"/people/{teal.id}/shifts/changes/{offer.id}/take", follow_redirects=True).text
    assert "Teal has these hours" in said
    assert [part.person_id for part in parts_of_seat(seat.id)] == [teal.id]
    assert emails_to(teal) == [("seat-change-done", None)]
    assert "Tansy said yes for you" in newest_email("seat-change-done", teal.id)[1]


def test_somebody_is_put_on_a_waiting_list_and_taken_off_it_on_the_telephone(
    client: FlaskClient, crew: Crew, sign_in: SignIn, tansy: Person
) -> None:
    wren, teal = crew.moderator("Wren"), crew.moderator("Teal")
    crew.always_can(wren, teal)
    _, seat = crew.published(wren)
    sign_in(client, tansy)
    more = f"/people/{teal.id}/shifts/more"
    assert "Tell them if it opens" in client.get(more).text
    for _ in range(2):
        client.post(f"/people/{teal.id}/shifts/seats/{seat.id}/wait")
    assert waiting_for(seat) == [teal.id]
    assert "No longer" in client.get(more).text
    client.post(f"/people/{teal.id}/shifts/seats/{seat.id}/wait/stop")
    assert waiting_for(seat) == []
    assert [what for _, what in emails_to(teal)] == ["waiting", "waiting-no-longer"]
    assert "/shifts/more" in newest_email("done-for-you", teal.id)[1]
    lines = db.session.scalars(select(AuditLine).where(AuditLine.action.like("rota.waiting-%"))).all()
    assert {line.by_id for line in lines} == {tansy.id}


def test_that_somebody_could_stay_on_is_noted_for_them_and_what_they_said_themselves_is_not_shown(
    client: FlaskClient, crew: Crew, sign_in: SignIn, tansy: Person
) -> None:
    one = Need(Duty.MODERATOR, 1, 1, 1)
    wren = crew.moderator("Wren")
    crew.always_can(wren)
    with db.writing():
        channel = channels.open_channel("Chat", ChannelKind.CHAT, by=None, now=NOW)
        spans = [
            PatternSpan(EVERY_DAY, time(16), time(19), "Early", (one,)),
            PatternSpan(EVERY_DAY, time(19), time(22), "Late", (one,)),
        ]
        channels.write_pattern(channel, spans, starts_on=MONDAY, zone=LONDON, by=None, now=NOW)
    rota = crew.rota(channel, days=1)
    early = seats(rota)[0]
    crew.give(rota, early, wren)
    crew.publish(rota)
    early = seats(rota)[0]
    assignment_id = early.assignment_id or 0
    sign_in(client, tansy)
    theirs = f"/people/{wren.id}/shifts"
    assert "They could stay on if nobody comes" in client.get(theirs).text
    for _ in range(2):
        client.post(f"{theirs}/{assignment_id}/could-stay")
    assert [seat.person_id for seat in staying_on.who_could_stay_on(seats(rota)[1:], now=NOW)] == [wren.id]
    assert [what for _, what in emails_to(wren) if what] == ["could-stay"]
    assert "They can’t stay on" in client.get(theirs).text
    client.post(f"{theirs}/{assignment_id}/could-stay/take-back")
    with db.writing():
        staying_on.say_could_stay(assignment_id, wren, now=NOW)
    assert "They can’t stay on" not in client.get(theirs).text
    client.post(f"{theirs}/{assignment_id}/could-stay/take-back")
    assert staying_on.who_could_stay_on(seats(rota)[1:], now=NOW), "what was said in private stays"
