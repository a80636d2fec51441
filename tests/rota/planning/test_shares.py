"""Fair shares: in proportion to the shifts that a person is cleared for and offered."""

from __future__ import annotations

from datetime import time

from flask.testing import FlaskClient

from app import db
from app.people.models import Role
from progression.duties import Duty
from rota.planning.shares import PersonShares, page_of_shares, shares_of
from rota.scheduling.cover_pattern import Need
from rota.store import availability
from tests.conftest import People, SignIn
from tests.rota.crew import LONDON, LONG_AGO, MONDAY, Crew, board_of, seats
from tests.times import NOW


def shares(crew: Crew, people: People, client: FlaskClient, sign_in: SignIn) -> dict[str, PersonShares]:
    """A week of nights: Wren offers all of it and has three, Teal offers the weekend and has nothing."""
    wren, teal = crew.moderator("Wren"), crew.moderator("Teal")
    crew.always_can(wren, crew.peer("Otter"))
    with db.writing():
        availability.add_weekly_time(teal.id, {4, 5, 6}, time(20), time(8), zone=LONDON, now=LONG_AGO)
    rota = crew.rota(crew.nights(), days=7)
    for seat in (seats(rota)[place] for place in (0, 2, 5)):
        crew.give(rota, seat, wren, reason="She likes it.")
    found = {each.name: each for each in shares_of(board_of(rota), now=NOW)}
    sign_in(client, people.person("Tansy", roles=(Role.COORDINATOR,)))
    page = client.get(f"/rota/{rota.id}/shares").text
    assert "3, fair share 2.1" in page
    assert page.count('class="m-mark"') == 6
    return found


def test_a_fair_share_is_in_proportion_to_what_people_are_cleared_for_and_offered(
    crew: Crew, people: People, client: FlaskClient, sign_in: SignIn
) -> None:
    found = shares(crew, people, client, sign_in)
    assert set(found) == {"Wren", "Teal"}, "Otter is cleared for no seat of this rota"
    figures = {
        name: {kind: (share.count, share.possible, round(share.fair, 1)) for kind, share in one.shares.items()}
        for name, one in found.items()
    }
    assert MONDAY.weekday() == 0
    assert figures == {
        "Wren": {"shifts": (3, 7, 2.1), "nights": (3, 7, 2.1), "weekends": (1, 2, 0.5)},
        "Teal": {"shifts": (0, 3, 0.9), "nights": (0, 3, 0.9), "weekends": (0, 2, 0.5)},
    }
    assert sum(one.shares["shifts"].fair for one in found.values()) == 3
    wren = found["Wren"].shares["shifts"]
    assert (wren.has_percent, wren.fair_percent, wren.words) == (100.0, 70.0, "")


def test_a_page_has_fifty_people_and_leads_to_the_next(crew: Crew, people: People) -> None:
    for number in range(51):
        crew.always_can(crew.moderator(f"Moderator {number:02}"))
    board = board_of(crew.rota(crew.evenings("Board", Need(Duty.MODERATOR, 1, 1, 1)), days=1))
    first, last = (page_of_shares(board, number, now=NOW) for number in (1, 9))
    assert (len(first.people), first.number, first.pages) == (50, 1, 2)
    assert [one.name for one in last.people] == ["Moderator 50"]
    assert last.number == 2
