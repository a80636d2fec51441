"""“I could stay on if nobody comes”: who may say it, who reads it, and when it ends."""

from __future__ import annotations

from datetime import time

import pytest
from flask.testing import FlaskClient

from app import db
from app.people.models import Person, Role
from progression.duties import Duty
from rota.planning import channels
from rota.scheduling.cover_pattern import Need, PatternSpan
from rota.shifts import claims_and_drops, my_shifts
from rota.store import staying_on
from rota.store.models import ChannelKind, Rota
from rota.store.seats import SeatRow
from rota.store.shortages import as_published, filling
from tests.conftest import SignIn
from tests.rota.crew import EVERY_DAY, LONDON, MONDAY, Crew, seats
from tests.times import NOW

ONE = Need(Duty.MODERATOR, 1, 1, 1)
LED = (Need(Duty.LEAD, 1, 1, 1), ONE)


@pytest.fixture
def wren(crew: Crew) -> Person:
    person = crew.moderator("Wren")
    crew.always_can(person)
    return person


@pytest.fixture
def rota(crew: Crew, wren: Person) -> Rota:
    """A published day of two shifts, one after the other; Wren has the moderator's seat of the first."""
    with db.writing():
        channel = channels.open_channel("Chat", ChannelKind.CHAT, by=None, now=NOW)
        spans = [
            PatternSpan(EVERY_DAY, time(16), time(19), "Early", (ONE,)),
            PatternSpan(EVERY_DAY, time(19), time(22), "Late", LED),
        ]
        channels.write_pattern(channel, spans, starts_on=MONDAY, zone=LONDON, by=None, now=NOW)
    made = crew.rota(channel, days=1)
    crew.give(made, seats(made)[0], wren)
    crew.publish(made)
    return made


def late(rota: Rota) -> list[SeatRow]:
    """The seats of the second shift."""
    return seats(rota)[1:]


def say(seat: SeatRow, person: Person) -> None:
    with db.writing():
        staying_on.say_could_stay(seat.assignment_id or 0, person, now=NOW)


def named(rota: Rota, reader: Person) -> list[str | None]:
    """Who could stay on to the second shift, as the page of it tells this reader."""
    view = my_shifts.shift_for_reader(late(rota)[0].shift_id, reader, now=NOW)
    return [seat.holder for seat in view.could_stay]


def test_it_is_read_by_those_who_plan_and_the_next_lead_while_that_shift_is_short(
    crew: Crew, wren: Person, rota: Rota
) -> None:
    heron, fern = crew.lead("Heron"), crew.moderator("Fern")
    tansy, ash = crew.people.person("Tansy", roles=(Role.COORDINATOR,)), crew.people.person("Ash", roles=(Role.LEAD,))
    crew.always_can(heron, fern)
    with db.writing():
        claims_and_drops.claim(late(rota)[0].id, heron, now=NOW)
    say(seats(rota)[0], wren)
    assert [named(rota, each) for each in (tansy, heron)] == [["Wren"], ["Wren"]]
    assert [named(rota, each) for each in (ash, fern)] == [[], []]
    assert filling(late(rota), as_published, now=NOW).empty == 1
    with db.writing():
        claims_and_drops.claim(late(rota)[1].id, fern, now=NOW)
    assert [named(rota, each) for each in (tansy, heron)] == [[], []]


def test_it_ends_when_it_is_taken_back_when_the_seat_goes_and_when_the_shift_is_over(
    crew: Crew, wren: Person, rota: Rota
) -> None:
    early = seats(rota)[0]
    say(early, wren)
    next_seats = late(rota)
    assert staying_on.who_could_stay_on(next_seats, now=NOW)
    assert staying_on.who_could_stay_on(next_seats, now=early.ends_at) == []
    with db.writing():
        staying_on.take_back_could_stay(early.assignment_id or 0, wren, now=NOW)
    assert staying_on.who_could_stay_on(next_seats, now=NOW) == []
    say(early, wren)
    with db.writing():
        claims_and_drops.drop(early.assignment_id or 0, wren, now=NOW)
    assert staying_on.who_could_stay_on(next_seats, now=NOW) == []


def test_nobody_stays_on_where_nothing_follows(crew: Crew, rota: Rota) -> None:
    fern = crew.moderator("Fern")
    crew.always_can(fern)
    with db.writing():
        claims_and_drops.claim(late(rota)[1].id, fern, now=NOW)
    with pytest.raises(staying_on.NothingFollows):
        say(late(rota)[1], fern)


def test_the_page_of_a_shift_asks_in_private_and_takes_it_back(
    client: FlaskClient, sign_in: SignIn, wren: Person, rota: Rota
) -> None:
    early = seats(rota)[0]
    sign_in(client, wren)
    assert "I could stay on</button>" in client.get(f"/shifts/{early.shift_id}").text
    page = client.post(f"/shifts/mine/{early.assignment_id}/could-stay", follow_redirects=True).text
    assert "Take that back</button>" in page
    page = client.post(f"/shifts/mine/{early.assignment_id}/could-stay/take-back", follow_redirects=True).text
    assert "I could stay on</button>" in page
