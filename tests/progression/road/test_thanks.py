"""Words of thanks between two people: told once, read by those two, taken away by either."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from app import clock, db
from app.people.models import Person, Role
from app.refusals import Conflict, Invalid, NotAllowed, NotFound
from progression.road import thanks
from rota.duty.colleagues import colleagues_lately
from tests.conftest import SignIn
from tests.rota.crew import Crew, seats
from tests.rota.emails import newest_email, queued
from tests.rota.test_private_reasons import TWO


@pytest.fixture
def two(crew: Crew) -> tuple[Person, Person]:
    """Wren and Teal, who are on one shift on Monday evening."""
    wren, teal = crew.moderator("Wren"), crew.moderator("Teal")
    crew.always_can(wren, teal)
    rota = crew.rota(crew.evenings("Board", *TWO))
    for seat, person in zip(seats(rota)[:2], (wren, teal), strict=True):
        crew.give(rota, seat, person)
    crew.publish(rota)
    clock.set_to(seats(rota)[0].ends_at)
    return wren, teal


def say(by: Person, to: Person, text: str = "You stayed with me on a hard night", *, staff: bool = False) -> int:
    with db.writing():
        return thanks.thank(by, to.id, text, sees_people=staff, now=clock.now()).id


def test_people_who_were_on_a_shift_together_thank_each_other_and_the_other_is_told_once(
    two: tuple[Person, Person],
) -> None:
    wren, teal = two
    assert colleagues_lately(wren.id, clock.now()) == {teal.id: "Teal"}
    assert say(wren, teal) == say(wren, teal)
    assert len(queued("thanked")) == 1
    subject, text, html = newest_email("thanked", teal.id, now=clock.now())
    assert subject == "Wren thanks you"
    for body in (text, html):
        assert "You stayed with me" in body
    assert [each.text for each in thanks.thanks_to(teal.id)] == ["You stayed with me on a hard night"]
    assert [each.to for each in thanks.thanks_by(wren.id)] == ["Teal"]


def test_others_are_thanked_by_staff_alone_and_nobody_thanks_themselves(crew: Crew, two: tuple[Person, Person]) -> None:
    wren, _ = two
    moss = crew.people.person("Moss")
    for by, to in ((wren, moss), (wren, wren)):
        with pytest.raises(NotAllowed):
            say(by, to)
    assert say(wren, moss, staff=True)
    with pytest.raises(NotAllowed):
        say(wren, wren, staff=True)
    later = clock.now() + timedelta(days=29)
    assert colleagues_lately(wren.id, later) == {}


def test_words_have_bounds_and_either_takes_them_away(two: tuple[Person, Person]) -> None:
    wren, teal = two
    for text in (" ", "x" * 501):
        with pytest.raises(Invalid):
            say(wren, teal, text)
    ids = [say(wren, teal, f"Thanks {number}") for number in range(10)]
    with pytest.raises(Conflict, match="tomorrow"):
        say(wren, teal, "One more")
    for by, thanks_id in ((teal, ids[0]), (wren, ids[1])):
        with db.writing():
            thanks.take_away(thanks_id, by.id, now=clock.now())
    assert len(thanks.thanks_to(teal.id)) == 8
    assert not thanks.Thanked(ids[0]).still_wanted(teal.id, clock.now())
    for stranger, thanks_id in ((Person(id=9999), ids[2]), (wren, ids[0])):
        with pytest.raises(NotFound), db.writing():
            thanks.take_away(thanks_id, stranger.id, now=clock.now())


def test_thanks_are_written_on_a_page_and_read_on_ones_own_road_by_nobody_else(
    client: FlaskClient, crew: Crew, two: tuple[Person, Person], sign_in: SignIn
) -> None:
    wren, teal = two
    tansy = crew.people.person("Tansy", roles=(Role.COORDINATOR, Role.ADMIN, Role.ASSESSOR))
    sign_in(client, wren)
    client.post("/journey/thanks", data={"to": str(teal.id), "text": "You stayed with me"})
    assert "You stayed with me" in client.get("/journey/thanks").text
    sign_in(client, teal)
    for page in ("/journey", "/journey/all"):
        assert "You stayed with me" in client.get(page).text
    sign_in(client, tansy)
    for page in (f"/people/{teal.id}", f"/sign-offs/{teal.id}", "/admin/audit", "/journey/all"):
        assert "You stayed with me" not in client.get(page).text
