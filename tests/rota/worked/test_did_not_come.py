"""Saying that somebody did not come, taking it back, and what the person reads and answers."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app import db
from app.outbox.models import OutboxRow
from app.people.models import Person, Role
from app.refusals import Conflict, NotAllowed, NotFound
from progression.ledger import facts_of_person
from progression.worked import worked
from rota.reports.month_figures import figures_of
from rota.reports.months import month_of
from rota.store.seat_parts import given_by
from rota.store.seats import SeatRow, seats_given_by
from rota.worked import did_not_come
from rota.worked.did_not_come import Which
from rota.worked.recording import record_worked
from tests.conftest import SignIn, clock_at
from tests.rota.crew import LONDON, Crew
from tests.rota.emails import newest_email
from tests.rota.exchanges.test_parts import Shared

AN_HOUR = timedelta(hours=1)


@pytest.fixture
def wren(crew: Crew) -> Person:
    wren = crew.moderator("Wren")
    crew.always_can(wren)
    return wren


@pytest.fixture
def tansy(crew: Crew) -> Person:
    return crew.people.person("Tansy", roles=(Role.COORDINATOR,))


@pytest.fixture
def seat(crew: Crew, wren: Person) -> SeatRow:
    _, seat = crew.published(wren)
    return seat


def shifts_of(person: Person) -> int:
    db.session.rollback()
    return worked(facts_of_person(person.id)).shifts


def said(seat: SeatRow, by: Person, *, hours: int = 1) -> bool:
    assert seat.assignment_id is not None
    with db.writing():
        return did_not_come.say(Which(seat.assignment_id), by=by, now=seat.ends_at + hours * AN_HOUR)


def taken_back(seat: SeatRow, by: Person, *, hours: int = 2) -> bool:
    assert seat.assignment_id is not None
    with db.writing():
        return did_not_come.take_back(Which(seat.assignment_id), by=by, now=seat.ends_at + hours * AN_HOUR)


def kinds_to(person: Person) -> list[str]:
    rows = select(OutboxRow.kind).where(OutboxRow.person_id == person.id).order_by(OutboxRow.id)
    return [kind for kind in db.session.scalars(rows) if "come" in kind or "came" in kind or "withdrawn" in kind]


def test_who_did_not_come_did_not_work_and_it_can_be_taken_back_and_said_again(
    seat: SeatRow, wren: Person, tansy: Person
) -> None:
    record_worked(seat.ends_at)
    assert shifts_of(wren) == 1
    assert said(seat, tansy)
    assert shifts_of(wren) == 0
    assert not said(seat, tansy)
    record_worked(seat.ends_at + 2 * AN_HOUR)
    assert shifts_of(wren) == 0
    assert taken_back(seat, tansy)
    assert shifts_of(wren) == 1
    assert not taken_back(seat, tansy)
    assert said(seat, tansy, hours=3)
    assert shifts_of(wren) == 0
    assert taken_back(seat, tansy, hours=4)
    record_worked(seat.ends_at + 5 * AN_HOUR)
    assert shifts_of(wren) == 1


def test_said_before_the_job_came_by_it_is_never_recorded_until_it_is_taken_back(
    seat: SeatRow, wren: Person, tansy: Person
) -> None:
    assert said(seat, tansy)
    record_worked(seat.ends_at + 2 * AN_HOUR)
    assert shifts_of(wren) == 0
    assert taken_back(seat, tansy)
    assert shifts_of(wren) == 1
    assert said(seat, tansy, hours=3)
    assert shifts_of(wren) == 0


def test_the_person_gets_one_e_mail_each_time_and_none_about_withdrawn_evidence(
    seat: SeatRow, wren: Person, tansy: Person
) -> None:
    record_worked(seat.ends_at)
    said(seat, tansy)
    said(seat, tansy)
    taken_back(seat, tansy)
    assert kinds_to(wren) == ["did-not-come", "came-after-all"]


def test_what_somebody_gave_leaves_the_shift_out_on_every_page(seat: SeatRow, wren: Person, tansy: Person) -> None:
    later = seat.ends_at + 3 * AN_HOUR
    month = month_of(seat.ends_at.date())
    assert len(seats_given_by(wren.id, later)) == 1
    assert figures_of(month, LONDON, now=later).hours == 4
    said(seat, tansy)
    assert seats_given_by(wren.id, later) == []
    assert figures_of(month, LONDON, now=later).hours == 0
    taken_back(seat, tansy)
    assert len(seats_given_by(wren.id, later)) == 1
    assert figures_of(month, LONDON, now=later).hours == 4


def test_nobody_says_it_of_a_shift_that_is_not_over_nor_after_four_weeks_nor_of_their_own(
    seat: SeatRow, crew: Crew, wren: Person, tansy: Person
) -> None:
    assert seat.assignment_id is not None
    with pytest.raises(Conflict), db.writing():
        did_not_come.say(Which(seat.assignment_id), by=tansy, now=seat.ends_at - timedelta(seconds=1))
    with pytest.raises(did_not_come.TooLongAgo), db.writing():
        did_not_come.say(
            Which(seat.assignment_id), by=tansy, now=seat.ends_at + did_not_come.SAID_WITHIN + timedelta(seconds=1)
        )
    with pytest.raises(NotAllowed), db.writing():
        did_not_come.say(Which(seat.assignment_id), by=wren, now=seat.ends_at)
    with pytest.raises(NotFound), db.writing():
        did_not_come.say(Which((seat.assignment_id or 0) + 99), by=tansy, now=seat.ends_at)


def test_a_coordinator_says_it_the_person_reads_it_without_blame_and_answers_and_it_is_put_right(
    client: FlaskClient, seat: SeatRow, crew: Crew, wren: Person, tansy: Person, sign_in: SignIn
) -> None:
    teal = crew.moderator("Teal")
    page = f"/shifts/past/{seat.assignment_id}"
    with clock_at(seat.ends_at + AN_HOUR):
        sign_in(client, tansy)
        assert "Did not come" in client.get("/rota/came").text
        client.post(f"/rota/came/{seat.assignment_id}/did-not-come", follow_redirects=True)
        sign_in(client, wren)
        shown = client.get(page).text
        assert "you need not explain it" in shown
        answered = client.post(page, data={"answer": "I was there under Reed’s name."}, follow_redirects=True)
        assert "Reed’s name" in answered.text
        assert kinds_to(tansy) == ["did-not-come-answered"]
        sign_in(client, teal)
        assert client.get(page).status_code == 404
        sign_in(client, tansy)
        assert "Reed’s name" in client.get("/rota/came").text
        after = client.post(f"/rota/came/{seat.assignment_id}/came-after-all", follow_redirects=True).text
        assert "the shift counts for Wren" in after
        sign_in(client, wren)
        assert "among those that you worked" in client.get(page).text
        assert "4 hours on shifts" in client.get("/journey").text


def test_the_page_of_who_came_shows_four_weeks_a_day_at_a_time(
    client: FlaskClient, seat: SeatRow, tansy: Person, sign_in: SignIn
) -> None:
    day = seat.ends_at.date()
    with clock_at(seat.ends_at + timedelta(days=2)):
        sign_in(client, tansy)
        assert "Wren" not in client.get("/rota/came").text
        assert "Wren" in client.get(f"/rota/came?day={day}").text
        assert client.get("/rota/came?day=2027-02-30").status_code == 400
    with clock_at(seat.ends_at + timedelta(days=40)):
        sign_in(client, tansy)
        assert "Wren" not in client.get(f"/rota/came?day={day}").text


@pytest.fixture
def part(crew: Crew) -> SeatRow:
    """Two hours of a shift of Wren’s that Teal took."""
    shared = Shared(crew)
    return shared.taken(2, 4, shared.teal)


def test_who_took_a_part_and_did_not_come_did_not_work_it_and_who_has_the_shift_worked_the_rest(
    part: SeatRow, tansy: Person
) -> None:
    teal, which = db.session.get_one(Person, part.person_id), Which(part_id=part.part_id)
    over = part.ends_at + 8 * AN_HOUR
    month = month_of(part.ends_at.date())
    record_worked(over)
    assert shifts_of(teal) == 1
    assert figures_of(month, LONDON, now=over).hours == 8
    for is_new in (True, False):
        with db.writing():
            assert did_not_come.say(which, by=tansy, now=over) is is_new
    record_worked(over + AN_HOUR)
    assert shifts_of(teal) == 0
    assert given_by(teal.id, over) == []
    assert figures_of(month, LONDON, now=over).hours == 6
    with db.writing():
        assert did_not_come.take_back(which, by=tansy, now=over + AN_HOUR)
    record_worked(over + 2 * AN_HOUR)
    assert shifts_of(teal) == 1
    assert len(given_by(teal.id, over)) == 1
    assert kinds_to(teal) == ["did-not-come", "came-after-all"]


def test_a_part_said_not_to_have_been_worked_before_the_job_came_by_is_never_recorded(
    part: SeatRow, tansy: Person
) -> None:
    teal, over = db.session.get_one(Person, part.person_id), part.ends_at + 8 * AN_HOUR
    with db.writing():
        did_not_come.say(Which(part_id=part.part_id), by=tansy, now=over)
    record_worked(over + AN_HOUR)
    assert shifts_of(teal) == 0


def test_the_page_of_who_came_has_who_took_a_part_who_reads_it_and_answers(
    client: FlaskClient, part: SeatRow, tansy: Person, sign_in: SignIn
) -> None:
    teal = db.session.get_one(Person, part.person_id)
    wren = db.session.scalars(select(Person).where(Person.display_name == "Wren")).one()
    page = f"/shifts/past/parts/{part.part_id}"
    with clock_at(part.ends_at + 8 * AN_HOUR):
        sign_in(client, tansy)
        day = f"/rota/came?day={(part.ends_at + 4 * AN_HOUR).date()}"
        assert "a part taken of somebody’s shift" in client.get(day).text
        client.post(f"/rota/came/parts/{part.part_id}/did-not-come")
        assert all(page in body for body in newest_email("did-not-come", teal.id)[1:])
        sign_in(client, teal)
        assert "These hours you had taken" in client.get(page).text
        answered = client.post(page, data={"answer": "I was there."}, follow_redirects=True).text
        assert "“I was there.”" in answered
        sign_in(client, wren)
        assert client.get(page).status_code == 404
        sign_in(client, tansy)
        after = client.post(f"/rota/came/parts/{part.part_id}/came-after-all", follow_redirects=True).text
        assert "counts for Teal" in after
