"""A pause from today, with a last day or without one: shifts open as with any days away, and one button brings back."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from flask.testing import FlaskClient

from app import clock, db
from app.domain import away_times
from app.people import support_contacts
from app.people.models import Person, Role
from app.refusals import Conflict, Invalid, NotFound, PageOutOfDate
from rota.shifts import absences, claims_and_drops, pausing
from rota.store.absences import Absence
from rota.store.availability import exceptions_of, remove_exception
from rota.store.models import Rota
from tests.conftest import SignIn
from tests.rota.crew import LONDON, MONDAY, Crew, seats
from tests.rota.emails import newest_email, queued
from tests.times import NOW

TUESDAY = MONDAY + timedelta(days=1)


@pytest.fixture
def on_shift(crew: Crew) -> tuple[Person, Rota]:
    """Wren has three evenings of a rota."""
    wren = crew.moderator("Wren")
    crew.always_can(wren)
    rota = crew.rota(crew.evenings(), days=3)
    for seat in seats(rota):
        crew.give(rota, seat, wren)
    crew.publish(rota)
    return wren, rota


def begin(person: Person, last: date | None = None, *, tell: int | None = None) -> Absence:
    seen = pausing.pause_asked(person, now=NOW).mark
    db.session.rollback()
    with db.writing():
        return pausing.pause(person, last, seen=seen, now=NOW, tell=tell)


def test_a_pause_without_a_last_day_opens_every_shift_and_lasts_until_they_come_back(
    crew: Crew, on_shift: tuple[Person, Rota]
) -> None:
    wren, rota = on_shift
    teal = crew.moderator("Teal")
    crew.always_can(teal)
    absence = begin(wren)
    assert [seat.person_id for seat in seats(rota)] == [None, None, None]
    assert newest_email("away-said", wren.id)[0] == "You are down as away until you come back"
    with db.writing():
        claims_and_drops.claim(seats(rota)[0].id, teal, now=NOW)
    began, much_later = clock.starts(NOW.date(), LONDON), NOW + timedelta(days=500)
    assert away_times([wren.id], began, much_later) == {wren.id: [(began, much_later)]}
    (leave,) = exceptions_of(wren.id, now=NOW)
    with pytest.raises(Conflict, match="no last day"), db.writing():
        remove_exception(wren.id, leave.id, now=NOW)
    back_at = NOW + timedelta(days=1)
    with db.writing():
        done = absences.come_back(absence.id, person_id=wren.id, by=wren.id, now=back_at)
    assert (len(done.returned), len(done.kept)) == (2, 1)
    assert away_times([wren.id], began, much_later) == {wren.id: [(began, back_at)]}
    assert pausing.pause_of(wren.id, now=back_at, reader_id=wren.id) is None


def test_a_pause_until_a_day_opens_the_shifts_up_to_it_and_saying_it_twice_changes_nothing(
    on_shift: tuple[Person, Rota],
) -> None:
    wren, rota = on_shift
    first = begin(wren, TUESDAY)
    assert [seat.is_taken for seat in seats(rota)] == [False, False, True]
    assert begin(wren, MONDAY).id == first.id
    assert len(queued("away-said")) == 1
    longer = begin(wren)
    assert longer.id != first.id
    assert not any(seat.is_taken for seat in seats(rota))


def test_somebody_who_is_away_already_can_have_their_contact_told_and_nothing_else_happens(
    crew: Crew, on_shift: tuple[Person, Rota]
) -> None:
    wren, rota = on_shift
    tansy = crew.people.person("Tansy", roles=(Role.COORDINATOR,))
    first = begin(wren, MONDAY)
    for _ in range(2):
        assert begin(wren, tell=tansy.id).id == first.id
    assert [row.person_id for row in queued("away-word")] == [wren.id, tansy.id]
    assert [seat.is_taken for seat in seats(rota)] == [False, True, True]


def test_a_page_that_showed_other_shifts_begins_no_pause(on_shift: tuple[Person, Rota]) -> None:
    wren, rota = on_shift
    seen = pausing.pause_asked(wren, now=NOW).mark
    with db.writing():
        claims_and_drops.drop(seats(rota)[0].assignment_id or 0, wren, now=NOW)
    for last in (None, TUESDAY):
        with pytest.raises(PageOutOfDate), db.writing():
            pausing.pause(wren, last, seen=seen, now=NOW)


def test_in_two_taps_a_pause_begins_and_in_two_it_ends(
    client: FlaskClient, on_shift: tuple[Person, Rota], sign_in: SignIn
) -> None:
    wren, rota = on_shift
    sign_in(client, wren)
    assert 'href="/journey/pause"' in client.get("/journey").text
    page = client.get("/journey/pause").text
    assert page.count("Monday 22 February") == 1
    seen = page.split('name="seen" type="hidden" value="')[1].split('"')[0]
    page = client.post("/journey/pause", data={"seen": seen, "pause": "y"}, follow_redirects=True).text
    assert "You are down as away" in page
    assert not any(seat.is_taken for seat in seats(rota))
    assert "with no last day" in client.get("/shifts/availability").text
    journey = client.get("/journey").text
    back = journey.split('action="/journey/pause/')[1].split('"')[0]
    page = client.post(f"/journey/pause/{back}", follow_redirects=True).text
    assert "Welcome back" in page
    assert "3 shifts are yours again" in page
    assert all(seat.is_taken for seat in seats(rota))


def test_nobody_is_told_by_mistake(
    client: FlaskClient, crew: Crew, on_shift: tuple[Person, Rota], sign_in: SignIn
) -> None:
    wren, rota = on_shift
    tansy = crew.people.person("Tansy", roles=(Role.COORDINATOR,))
    sign_in(client, wren)
    page = client.get("/journey/pause").text
    seen = page.split('name="seen" type="hidden" value="')[1].split('"')[0]
    answer = client.post("/journey/pause", data={"seen": seen, "contact": "0", "support": "y"})
    assert answer.status_code == 422
    assert "Choose whom we tell" in answer.text
    assert queued("away-word") == []
    assert all(seat.is_taken for seat in seats(rota))
    client.post("/account/contact", data={"contact": str(tansy.id)})
    assert f'value="{tansy.id}" selected' in client.get("/journey/pause").text


def test_staff_enter_a_pause_with_a_reason_that_the_person_reads_and_answers_and_nobody_else(
    client: FlaskClient, crew: Crew, on_shift: tuple[Person, Rota], sign_in: SignIn
) -> None:
    wren, _ = on_shift
    tansy, marlow = (crew.people.person(name, roles=(Role.COORDINATOR,)) for name in ("Tansy", "Marlow"))
    seen = pausing.pause_asked(wren, now=NOW).mark
    for_wren = f"/people/{wren.id}/pause"
    sign_in(client, tansy)
    assert client.post(for_wren, data={"seen": seen, "reason": " "}).status_code == 422
    client.post(for_wren, data={"seen": seen, "reason": "You sounded so tired on the phone"})
    assert "You sounded so tired" in client.get(for_wren).text
    _, text, html = newest_email("away-said", wren.id)
    for body in (text, html):
        assert "You sounded so tired" in body
        assert "/journey/pause" in body
    sign_in(client, wren)
    page = client.get("/journey/pause").text
    assert "You sounded so tired" in page
    answer = page.split('action="/journey/pause/')[2].split('"')[0]
    client.post(f"/journey/pause/{answer}", data={"text": "I was, thank you"})
    assert "I was, thank you" in newest_email("away-answered", tansy.id)[1]
    sign_in(client, tansy)
    assert "I was, thank you" in client.get(for_wren).text
    sign_in(client, marlow)
    page = client.get(for_wren).text
    assert "Wren is away" in page
    assert "tired" not in page
    assert "I was" not in page


def test_nobody_answers_what_they_said_themselves_or_what_is_about_somebody_else(
    crew: Crew, on_shift: tuple[Person, Rota]
) -> None:
    wren, _ = on_shift
    own = begin(wren)
    for person_id in (wren.id, crew.moderator("Teal").id):
        with pytest.raises(NotFound), db.writing():
            pausing.answer(own.id, "Why?", person_id=person_id, now=NOW)


def test_a_contact_is_somebody_with_a_role_or_who_is_glad_to_be_one(crew: Crew) -> None:
    wren, rook, teal, tansy = (
        *(crew.people.person(name) for name in ("Wren", "Rook", "Teal")),
        crew.people.person("Tansy", roles=(Role.COORDINATOR,)),
    )
    today = NOW.date()
    with db.writing():
        support_contacts.choose(rook.id, None, is_willing=True, today=today)
    own = support_contacts.own_contact(wren.id, today=today)
    assert {name for _, name in own.choices} >= {"Rook", "Tansy"}
    assert teal.id not in dict(own.choices)
    for nobody in (teal.id, wren.id):
        with pytest.raises(Invalid), db.writing():
            support_contacts.choose(wren.id, nobody, is_willing=False, today=today)
        with pytest.raises(Invalid):
            begin(wren, tell=nobody)
    with db.writing():
        support_contacts.choose(wren.id, rook.id, is_willing=False, today=today)
    with db.writing():
        support_contacts.choose(wren.id, tansy.id, is_willing=False, today=today)
    assert support_contacts.own_contact(wren.id, today=today).chosen == (tansy.id, "Tansy")
    with db.writing():
        support_contacts.choose(wren.id, None, is_willing=False, today=today)
    assert support_contacts.own_contact(wren.id, today=today).chosen is None


def test_everybody_chooses_their_contact_on_a_page_of_their_account(
    client: FlaskClient, crew: Crew, sign_in: SignIn
) -> None:
    wren, tansy = crew.people.person("Wren"), crew.people.person("Tansy", roles=(Role.COORDINATOR,))
    sign_in(client, wren)
    assert "/account/contact" in client.get("/account").text
    client.post("/account/contact", data={"contact": str(tansy.id), "is_willing": "y"})
    page = client.get("/account/contact").text
    assert f'value="{tansy.id}" selected' in page
    assert support_contacts.own_contact(wren.id, today=NOW.date()).is_willing
