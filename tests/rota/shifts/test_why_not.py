"""Why an open shift is not for somebody who asks: every reason a claim is refused for, and what would help."""

from __future__ import annotations

from datetime import date, timedelta

from flask.testing import FlaskClient

from app import db
from app.people.models import Person
from progression.duties import Duty
from rota.scheduling.cover_pattern import Need
from rota.shifts import my_shifts
from rota.shifts.why_not import Help, WhyNot
from rota.store import availability, pairs
from rota.store.limits import set_limits
from rota.store.seats import SeatRow
from tests.conftest import SignIn
from tests.rota.crew import LONDON, MONDAY, Crew, seats
from tests.times import NOW

TWO = Need(Duty.MODERATOR, 1, 2, 2)


def why(seat: SeatRow, person: Person) -> list[WhyNot]:
    """The reasons on the page of a seat's shift."""
    db.session.rollback()
    view = my_shifts.shift_for_reader(seat.shift_id, person, now=NOW)
    return [each for one in view.open_seats for each in one.why_not]


def test_each_reason_says_what_would_help(crew: Crew) -> None:
    wren, fern = crew.moderator("Wren"), crew.moderator("Fern")
    crew.always_can(wren)
    rota, _ = crew.published(wren)
    vacant = seats(rota)[1]
    assert [each.helps for each in why(vacant, fern)] == [Help.OFFER]
    assert [each.helps for each in why(vacant, wren)] == []
    with db.writing():
        set_limits(wren.id, by=wren.id, now=NOW, most_shifts_a_week=1)
    assert [each.helps for each in why(vacant, wren)] == [Help.LIMITS]


def test_somebody_whose_training_ends_before_a_shift_reads_which_and_where_to_renew_it(crew: Crew) -> None:
    wren, ash = crew.moderator("Wren"), crew.moderator("Ash", until=date(2027, 2, 20))
    crew.always_can(wren, ash)
    rota, _ = crew.published(wren)
    (reason,) = why(seats(rota)[1], ash)
    assert reason.helps is Help.LEARN
    assert "ended on" in reason.sentence
    assert reason.missing


def test_to_be_kept_apart_reads_as_being_away_and_helps_as_that_does(crew: Crew) -> None:
    wren, fern, moss = crew.moderator("Wren"), crew.moderator("Fern"), crew.moderator("Moss")
    crew.always_can(wren, fern)
    rota = crew.rota(crew.evenings("Board", TWO), days=1)
    crew.give(rota, seats(rota)[0], wren)
    crew.publish(rota)
    vacant = seats(rota)[1]
    assert why(vacant, fern) == []
    with db.writing():
        pairs.keep_pair(
            (wren.id, fern.id),
            is_together=False,
            from_on=NOW.date(),
            until_on=None,
            reason="They asked.",
            by=crew.assessor.id,
            now=NOW,
        )
    with db.writing():
        availability.set_leave(moss.id, MONDAY, MONDAY + timedelta(days=6), zone=LONDON, now=NOW)
    (apart,), (away,) = why(vacant, fern), why(vacant, moss)
    assert away.helps is Help.TIMES, "giving time does not help somebody who is away"
    assert (apart.sentence.replace("Fern", "Moss"), apart.helps) == (away.sentence, away.helps)
    with db.writing():
        availability.set_leave(fern.id, MONDAY, MONDAY + timedelta(days=6), zone=LONDON, now=NOW)
    assert [each.sentence for each in why(vacant, fern)] == ["Fern is not available then."]


def test_offering_the_time_on_the_page_of_a_shift_lets_it_be_taken(
    client: FlaskClient, crew: Crew, sign_in: SignIn
) -> None:
    wren, fern, otter = crew.moderator("Wren"), crew.moderator("Fern"), crew.peer("Otter")
    crew.always_can(wren)
    rota, _ = crew.published(wren)
    vacant = seats(rota)[1]
    sign_in(client, fern)
    page = client.get(f"/shifts/{vacant.shift_id}").text
    assert "Why not me?" in page
    assert "Take it<" not in page
    page = client.post(f"/shifts/{vacant.shift_id}/offer-time", follow_redirects=True).text
    assert "Why not me?" not in page
    assert "Take it<" in page
    sign_in(client, otter)
    assert client.post(f"/shifts/{vacant.shift_id}/offer-time").status_code == 404
