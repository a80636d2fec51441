"""What each person has, before it is published: hours a week, nights, and what is heavy or uneven."""

from __future__ import annotations

import re
from datetime import time, timedelta

from flask.testing import FlaskClient

from app.people.models import Role
from progression.duties import Duty
from rota.planning import publishing
from rota.scheduling.cover_pattern import Need
from rota.store.models import ChannelKind
from tests.conftest import People, SignIn
from tests.rota.crew import MONDAY, Crew, board_of, seats
from tests.times import NOW

WHY = "Agreed with everybody"


def test_hours_of_each_week_nights_and_on_call_time_are_added_up_over_all_rotas(crew: Crew) -> None:
    wren, heron = crew.moderator("Wren"), crew.lead("Heron")
    crew.always_can(wren, heron)
    other = crew.rota(crew.evenings("Chat", starts=time(10), ends=time(12)), days=1, title="Chat")
    crew.give(other, seats(other)[0], wren)
    crew.publish(other)
    line = crew.evenings("On call", Need(Duty.ON_CALL, 1, 1, 1), kind=ChannelKind.ON_CALL)
    rota = crew.rota(crew.nights(), line, days=8)
    of_nights = [seat for seat in seats(rota) if seat.duty is Duty.MODERATOR]
    for seat in (of_nights[1], of_nights[7]):
        crew.give(rota, seat, wren, reason=WHY)
    crew.give(rota, next(seat for seat in seats(rota) if seat.duty is Duty.ON_CALL), heron)
    totals = publishing.review(board_of(rota), now=NOW).totals
    assert totals.mondays == (MONDAY, MONDAY + timedelta(days=7))
    found = {
        each.name: (each.shifts, [week.hours for week in each.weeks], each.nights, each.on_call_hours)
        for each in totals.people
    }
    assert found == {"Wren": (3, [10.0, 8.0], 2, 0.0), "Heron": (1, [0.0, 0.0], 0, 4.0)}
    assert totals.to_look_at == []
    assert totals.most_hours_a_week == 48


def test_a_heavy_week_an_uneven_share_and_those_who_get_nothing_are_pointed_out(
    client: FlaskClient, crew: Crew, people: People, sign_in: SignIn
) -> None:
    robin, wren, fern, teal = (crew.moderator(name) for name in ("Robin", "Wren", "Fern", "Teal"))
    crew.always_can(robin, wren, fern, teal)
    rota = crew.rota(crew.evenings("Board", Need(Duty.MODERATOR, 1, 2, 2), starts=time(14), ends=time(22)), days=4)
    places = seats(rota)
    for place in (0, 2, 4):
        crew.give(rota, places[place], robin)
    crew.give(rota, places[1], wren)
    crew.give(rota, places[3], fern)
    totals = publishing.review(board_of(rota), now=NOW).totals
    assert [(each.name, [week.hours for week in each.heavy_weeks], each.is_uneven) for each in totals.to_look_at] == [
        ("Robin", [24.0], True)
    ]
    assert totals.without_any == 1
    sign_in(client, people.person("Tansy", roles=(Role.COORDINATOR,)))
    page = " ".join(client.get(f"/rota/{rota.id}/publish").text.split())
    words = " ".join(re.sub("<svg.*?</svg>|<[^>]+>", " ", page).split())
    assert "Robin Uneven 24 h in all, far more than most here. 1 heavy week 24 h in the week of Mon 22 Feb." in words
    assert "1 person who offers times and was signed off has no shift on this rota." in page
    assert "Nobody has more than they asked for at most, where they said so." in page
