"""Somebody cannot come for some days: all their shifts open at once, each is told once, and it can be taken back."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from app import clock, db
from app.domain import away_times
from app.people.models import Person, Role
from app.refusals import Conflict, Invalid, NotFound, PageOutOfDate
from rota.shifts import absences, claims_and_drops
from rota.store.absences import absences_of, seats_left_in
from rota.store.availability import exceptions_of, remove_exception, set_leave
from rota.store.models import Rota, RotaVersion
from tests.conftest import SignIn
from tests.rota.crew import LONDON, MONDAY, Crew, seats
from tests.rota.emails import newest_email, queued
from tests.rota.exchanges.test_parts import Shared
from tests.times import NOW

TUESDAY = MONDAY + timedelta(days=1)


@pytest.fixture
def on_two_rotas(crew: Crew) -> tuple[Person, list[Rota]]:
    """Wren has the first three evenings of one rota, and the evening after that on another."""
    wren = crew.moderator("Wren")
    crew.always_can(wren)
    board = crew.evenings()
    rotas = [crew.rota(board, days=3), crew.rota(board, starts_on=MONDAY + timedelta(days=3), days=1)]
    for rota in rotas:
        for seat in seats(rota):
            crew.give(rota, seat, wren)
        crew.publish(rota)
    return wren, rotas


def away(person: Person, last: date, *, by: int | None = None, first: date = MONDAY) -> int:
    seen = absences.absence_asked(person, first, last, now=NOW).mark
    db.session.rollback()
    with db.writing():
        return absences.be_away(person, first, last, seen=seen, by=by or person.id, now=NOW).id


def held(rotas: list[Rota]) -> list[bool]:
    return [seat.is_taken for rota in rotas for seat in seats(rota)]


def test_all_shifts_of_the_days_open_in_one_version_a_rota_with_one_email_to_each(
    crew: Crew, on_two_rotas: tuple[Person, list[Rota]]
) -> None:
    tansy = crew.people.person("Tansy", roles=(Role.COORDINATOR,))
    wren, rotas = on_two_rotas
    before = db.session.scalar(select(func.count()).select_from(RotaVersion)) or 0
    asked = absences.absence_asked(wren, TUESDAY, MONDAY + timedelta(days=3), now=NOW)
    assert len(asked.seats) == 3
    absence_id = away(wren, MONDAY + timedelta(days=3), first=TUESDAY, by=tansy.id)
    assert held(rotas) == [True, False, False, False]
    assert len(seats_left_in(absence_id)) == 3
    assert (db.session.scalar(select(func.count()).select_from(RotaVersion)) or 0) - before == 2
    assert [row.person_id for row in queued("shift-dropped")] == [tansy.id]
    assert [row.person_id for row in queued("away-said")] == [wren.id]
    (said,) = exceptions_of(wren.id, now=NOW)
    assert (said.kind, said.ends_at - said.starts_at) == ("leave", timedelta(days=3))
    subject, text, html = newest_email("away-said", wren.id)
    assert subject == "You are down as away until Thursday 25 February"
    for body in (text, html):
        assert "Tansy" in body
        assert "/shifts/away" in body
    _, text, html = newest_email("shift-dropped", tansy.id)
    for body in (text, html):
        assert body.count("/rota/fill?seat=") == 1


def test_what_the_page_showed_is_what_happens_or_nothing(on_two_rotas: tuple[Person, list[Rota]]) -> None:
    wren, rotas = on_two_rotas
    seen = absences.absence_asked(wren, MONDAY, MONDAY, now=NOW).mark
    first = seats(rotas[0])[0]
    with db.writing():
        claims_and_drops.drop(first.assignment_id or 0, wren, now=NOW)
    with pytest.raises(PageOutOfDate), db.writing():
        absences.be_away(wren, MONDAY, MONDAY, seen=seen, by=wren.id, now=NOW)
    assert exceptions_of(wren.id, now=NOW) == []


def test_a_shift_that_has_begun_stays_as_it_is(on_two_rotas: tuple[Person, list[Rota]]) -> None:
    wren, rotas = on_two_rotas
    running = seats(rotas[0])[0]
    during = running.starts_at + timedelta(hours=1)
    asked = absences.absence_asked(wren, MONDAY, TUESDAY, now=during)
    assert [seat.id for seat in asked.running] == [running.id]
    assert [seat.id for seat in asked.seats] == [seats(rotas[0])[1].id]


def test_days_that_are_over_backwards_or_far_ahead_are_refused(on_two_rotas: tuple[Person, list[Rota]]) -> None:
    wren, _ = on_two_rotas
    today = NOW.date()
    for first, last in ((MONDAY, TUESDAY - timedelta(days=2)), (today - timedelta(days=9), today - timedelta(days=1))):
        with pytest.raises(Invalid):
            absences.absence_asked(wren, first, last, now=NOW)
    with pytest.raises(Invalid, match="four weeks"):
        absences.absence_asked(wren, today, today + timedelta(days=29), now=NOW)


def test_taken_back_what_is_still_empty_is_theirs_again_and_what_somebody_took_stays_with_them(
    crew: Crew, on_two_rotas: tuple[Person, list[Rota]]
) -> None:
    wren, rotas = on_two_rotas
    teal = crew.moderator("Teal")
    crew.always_can(teal)
    with db.writing():
        set_leave(wren.id, MONDAY + timedelta(days=10), MONDAY + timedelta(days=12), zone=LONDON, now=NOW)
    absence_id = away(wren, MONDAY + timedelta(days=10))
    with db.writing():
        claims_and_drops.claim(seats(rotas[0])[1].id, teal, now=NOW)
    with db.writing():
        done = absences.come_back(absence_id, person_id=wren.id, by=wren.id, now=NOW)
    assert (len(done.returned), len(done.kept)) == (3, 1)
    holders = [seat.person_id for rota in rotas for seat in seats(rota)]
    assert holders == [wren.id, teal.id, wren.id, wren.id]
    assert [row.person_id for row in queued("away-unmade")] == [wren.id]
    assert newest_email("away-unmade", wren.id)[0] == "Your shifts are yours again"
    (left,) = exceptions_of(wren.id, now=NOW)  # the leave that there was before, also the day that is in both
    assert left.ends_at - left.starts_at == timedelta(days=3)
    assert absences_of(wren.id, now=NOW) == []
    with pytest.raises(Conflict, match="already"), db.writing():
        absences.come_back(absence_id, person_id=wren.id, by=wren.id, now=NOW)
    with pytest.raises(NotFound), db.writing():
        absences.come_back(absence_id, person_id=teal.id, by=teal.id, now=NOW)


def test_somebody_says_it_on_their_own_page_which_lists_the_shifts_beforehand_and_takes_it_back_there(
    client: FlaskClient, on_two_rotas: tuple[Person, list[Rota]], sign_in: SignIn
) -> None:
    wren, rotas = on_two_rotas
    sign_in(client, wren)
    asked = {"first": MONDAY.isoformat(), "last": TUESDAY.isoformat()}
    page = client.get("/shifts/away", query_string=asked).text
    assert "2 shifts become open for others" in page
    stale = client.post("/shifts/away", data={**asked, "seen": "0" * 16})
    assert "Look at them again" in stale.text
    seen = page.split('name="seen" value="')[1].split('"')[0]
    assert (
        "Thank you for telling us"
        in client.post("/shifts/away", data={**asked, "seen": seen}, follow_redirects=True).text
    )
    assert held(rotas) == [False, False, True, True]
    (absence,) = absences_of(wren.id, now=NOW)
    back = client.post(f"/shifts/away/{absence.id}/unmake", follow_redirects=True)
    assert "2 shifts are yours again" in back.text
    assert held(rotas) == [True] * 4


def test_a_day_that_is_no_day_is_refused_in_words(
    client: FlaskClient, on_two_rotas: tuple[Person, list[Rota]], sign_in: SignIn
) -> None:
    wren, _ = on_two_rotas
    sign_in(client, wren)
    assert client.post("/shifts/away", data={"first": "x", "last": "2027-02-22"}).status_code == 422
    assert "That day is over" in client.get("/shifts/away?first=2027-01-01&last=2027-01-02").text


def test_time_away_is_known_however_it_was_said_and_what_is_over_stays_when_somebody_comes_back(
    crew: Crew, on_two_rotas: tuple[Person, list[Rota]]
) -> None:
    wren, _ = on_two_rotas
    teal = crew.moderator("Teal")
    since, until = NOW - timedelta(days=30), NOW + timedelta(days=60)
    absence_id = away(wren, MONDAY + timedelta(days=3))
    with db.writing():
        days = MONDAY + timedelta(days=20), MONDAY + timedelta(days=21)
        said_ahead = set_leave(wren.id, *days, zone=LONDON, now=NOW)
        planned = said_ahead.starts_at, said_ahead.ends_at
    began, ended = clock.starts(MONDAY, LONDON), clock.ends(MONDAY + timedelta(days=3), LONDON)
    assert away_times([wren.id, teal.id], since, until) == {wren.id: [(began, ended), planned]}
    assert away_times([wren.id], began + timedelta(hours=1), ended) == {wren.id: [(began + timedelta(hours=1), ended)]}
    back_at = began + timedelta(days=2)
    with db.writing():
        absences.come_back(absence_id, person_id=wren.id, by=wren.id, now=back_at)
    assert away_times([wren.id], since, until) == {wren.id: [(began, back_at), planned]}


def test_nobody_is_away_after_the_fact_and_leave_that_is_taken_back_keeps_what_is_over(crew: Crew) -> None:
    wren = crew.moderator("Wren")
    today, since, until = NOW.date(), NOW - timedelta(days=90), NOW + timedelta(days=90)
    with db.writing():
        leave = set_leave(wren.id, today - timedelta(days=60), today + timedelta(days=5), zone=LONDON, now=NOW)
    began = clock.starts(today, LONDON)
    assert [starts_at for starts_at, _ in away_times([wren.id], since, until)[wren.id]] == [began]
    later = NOW + timedelta(days=2)
    with db.writing():
        remove_exception(wren.id, leave.id, now=later)
    assert away_times([wren.id], since, until) == {wren.id: [(began, later)]}
    assert exceptions_of(wren.id, now=later) == []


def test_hours_of_others_shifts_stay_with_those_others_when_somebody_comes_back_and_the_page_says_why(
    client: FlaskClient, crew: Crew, sign_in: SignIn
) -> None:
    shared = Shared(crew)
    shared.taken(2, 4, shared.teal)
    absence_id = away(shared.teal, MONDAY)
    assert shared.who() == [("Wren", 0, 8)]
    sign_in(client, shared.teal)
    page = client.post(f"/shifts/away/{absence_id}/unmake", follow_redirects=True).text
    assert "1 part of a shift stays with who has the shift: they were told that they come for it" in page
    assert shared.who() == [("Wren", 0, 8)]
