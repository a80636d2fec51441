"""Leaving: a last day is said, shifts after it open, it can be taken back, and the account closes when it is over."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from flask.testing import FlaskClient

from app import clock, db
from app.domain import away_times
from app.outbox import sending
from app.people import leaving as accounts
from app.people import rights
from app.people.models import Departure, Person, PersonState, Role
from app.refusals import Conflict, Invalid, NotFound, PageOutOfDate
from progression.ledger import facts_of_person
from rota.shifts import absences, leaving
from rota.shifts.absences import CameBack
from rota.store.absences import absences_of
from rota.store.models import Rota
from tests.conftest import SignIn, clock_at
from tests.rota.crew import LONDON, MONDAY, Crew, seats
from tests.rota.emails import newest_email, queued
from tests.times import NOW

OVER = clock.ends(MONDAY, LONDON)


@pytest.fixture
def on_shift(crew: Crew) -> tuple[Person, Rota]:
    """Wren has three evenings of a rota, from Monday on."""
    wren = crew.moderator("Wren")
    crew.always_can(wren)
    rota = crew.rota(crew.evenings(), days=3)
    for seat in seats(rota):
        crew.give(rota, seat, wren)
    crew.publish(rota)
    return wren, rota


def say(person: Person, last: date = MONDAY, *, by: Person | None = None, reason: str = "") -> Departure:
    seen = leaving.leaving_asked(person, now=NOW).mark
    db.session.rollback()
    with db.writing():
        return leaving.leave(person, last, reason=reason, seen=seen, by=by or person, now=NOW)


def take_back(departure: Departure, by: Person, *, now: datetime = NOW) -> CameBack:
    with db.writing():
        return leaving.stay(departure.id, person_id=departure.person_id, by=by, now=now)


def state_of(person: Person) -> PersonState:
    db.session.rollback()
    return db.session.get_one(Person, person.id).state


@pytest.mark.both_databases
def test_the_shifts_after_the_last_day_open_at_once_and_everybody_reads_of_it_once(
    crew: Crew, on_shift: tuple[Person, Rota]
) -> None:
    wren, rota = on_shift
    tansy = crew.people.person("Tansy", roles=(Role.COORDINATOR,))
    say(wren)
    assert [seat.is_taken for seat in seats(rota)] == [True, False, False]
    assert queued("shift-dropped") == queued("away-said") == queued("away-word") == []
    assert [row.person_id for row in queued("leaving-told")] == [tansy.id]
    subject, text, html = newest_email("leaving-told", tansy.id)
    assert subject == "Wren leaves: last day Monday 22 February"
    for body in (text, html):
        assert "Tuesday 23 February" in body or "Tue 23 Feb" in body
        assert "Mon 22 Feb," not in body
    subject, text, html = newest_email("leaving-said", wren.id)
    assert subject == "Your last day is Monday 22 February"
    for body in (text, html):
        assert "/journey/leave" in body
        assert "/shifts/statement" in body
        assert "Nobody asks why" in body


def test_until_the_day_is_over_it_can_be_taken_back_and_open_shifts_are_theirs_again(
    crew: Crew, on_shift: tuple[Person, Rota]
) -> None:
    wren, rota = on_shift
    departure = say(wren)
    with pytest.raises(Conflict, match="down already"):
        say(wren, MONDAY + timedelta(days=1))
    (away,) = absences_of(wren.id, now=NOW)
    with pytest.raises(Conflict, match="after a last day"), db.writing():
        absences.come_back(away.id, person_id=wren.id, by=wren.id, now=NOW)
    with pytest.raises(NotFound), db.writing():
        leaving.stay(departure.id, person_id=crew.assessor.id, by=crew.assessor, now=NOW)
    assert len(take_back(departure, wren).returned) == 2
    assert [seat.person_id for seat in seats(rota)] == [wren.id] * 3
    with pytest.raises(Conflict, match="taken back already"):
        take_back(departure, wren)
    accounts.close_accounts(OVER)
    assert state_of(wren) is PersonState.ACTIVE
    assert away_times([wren.id], NOW, OVER + timedelta(days=9)) == {}


@pytest.mark.both_databases
def test_when_the_day_is_over_the_account_closes_once_and_one_last_email_goes(
    client: FlaskClient, on_shift: tuple[Person, Rota], sign_in: SignIn
) -> None:
    wren, rota = on_shift
    say(wren)
    sign_in(client, wren)
    accounts.close_accounts(OVER - timedelta(seconds=1))
    assert client.get("/journey").status_code == 200
    for _ in range(2):
        accounts.close_accounts(OVER)
    assert state_of(wren) is PersonState.LEFT
    assert client.get("/journey").status_code != 200
    assert [seat.person_id for seat in seats(rota)] == [wren.id, None, None]
    (row,) = queued("has-left")
    subject, text, html = newest_email("has-left", wren.id, now=OVER)
    assert subject == "Thank you, and goodbye for now"
    for body in (text, html):
        assert "come back" in body
        assert "/privacy" in body
    with clock_at(OVER):
        sending.send_due()
    db.session.refresh(row)
    assert row.state == "sent"


def test_who_comes_back_finds_everything_and_their_clocks_ran_meanwhile(
    crew: Crew, on_shift: tuple[Person, Rota]
) -> None:
    wren, _ = on_shift
    facts = facts_of_person(wren.id)
    ada = crew.people.person("Ada", roles=(Role.ADMIN,))
    say(wren)
    accounts.close_accounts(OVER)
    later = OVER + timedelta(days=200)
    with db.writing():
        rights.reinstate(db.session.get_one(Person, wren.id), by=ada, now=later)
    assert state_of(wren) is PersonState.INVITED, "no password was ever chosen here"
    assert facts_of_person(wren.id) == facts
    assert absences_of(wren.id, now=later) == []
    assert away_times([wren.id], OVER + timedelta(minutes=5), later) == {}


def test_staff_say_it_for_somebody_with_a_reason_that_only_staff_can_take_back(
    crew: Crew, on_shift: tuple[Person, Rota]
) -> None:
    wren, _ = on_shift
    ada = crew.people.person("Ada", roles=(Role.ADMIN,))
    with pytest.raises(Invalid, match="Say why"):
        say(wren, by=ada)
    departure = say(wren, by=ada, reason="Your placement ends.")
    for body in newest_email("leaving-said", wren.id)[1:]:
        assert "Ada has put down 22 February 2027" in " ".join(body.split())
        assert "Your placement ends." in body
    with pytest.raises(NotFound):
        take_back(departure, wren)
    take_back(departure, ada)
    assert leaving.leaving_of(wren.id) is None


def test_no_day_is_taken_that_is_over_or_far_away_or_was_shown_with_other_shifts(on_shift: tuple[Person, Rota]) -> None:
    wren, _ = on_shift
    for day in (NOW.date() - timedelta(days=1), NOW.date() + timedelta(days=400)):
        with pytest.raises(Invalid):
            say(wren, day)
    with pytest.raises(PageOutOfDate), db.writing():
        leaving.leave(wren, MONDAY, seen="another", by=wren, now=NOW)
    assert leaving.leaving_of(wren.id) is None


def test_the_last_administrator_who_stays_cannot_leave(crew: Crew) -> None:
    ada, bay = (crew.people.person(name, roles=(Role.ADMIN,)) for name in ("Ada", "Bay"))
    say(ada)
    with pytest.raises(Conflict, match="only administrator left"):
        say(bay)
    with pytest.raises(Conflict, match="only administrator left"), db.writing():
        rights.suspend(bay, by=ada, now=NOW)


def test_a_suspended_account_stays_suspended_when_its_last_day_is_over(crew: Crew) -> None:
    ada, wren = crew.people.person("Ada", roles=(Role.ADMIN,)), crew.moderator("Wren")
    say(wren)
    with db.writing():
        rights.suspend(db.session.get_one(Person, wren.id), by=ada, now=NOW)
    accounts.close_accounts(OVER)
    assert state_of(wren) is PersonState.SUSPENDED
    assert queued("has-left") == []


def test_staff_read_what_to_hand_over_and_open_the_account_again_on_its_page(
    client: FlaskClient, crew: Crew, on_shift: tuple[Person, Rota], sign_in: SignIn
) -> None:
    wren, _ = on_shift
    ada = crew.people.person("Ada", roles=(Role.ADMIN,))
    with db.writing():
        rights.grant_role(wren, Role.LEAD, by=ada, today=NOW.date(), now=NOW)
    sign_in(client, ada)
    address = f"/people/{wren.id}/leave"
    assert f'href="{address}"' in client.get(f"/people/{wren.id}").text
    page = client.get(address).text
    assert page.count("Monday 22 February") == 1
    seen = page.split('name="seen" type="hidden" value="')[1].split('"')[0]
    sent = {"seen": seen, "last": ["22", "2", "2027"], "reason": "Moving away."}
    page = client.post(address, data=sent, follow_redirects=True).text
    assert "They read that, and your reason" in page
    assert "<b>Lead:</b>" in page
    assert "22 February 2027" in client.get(f"/people/{wren.id}").text
    accounts.close_accounts(OVER)
    page = client.get(f"/people/{wren.id}").text
    assert "The last day of Wren was 22 February 2027" in page
    assert client.post(f"/people/{wren.id}/reinstate", follow_redirects=True).status_code == 200
    assert state_of(wren) is not PersonState.LEFT
