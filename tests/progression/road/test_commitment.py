"""Light touch or full commitment: chosen by the person alone, changed at once, and asked of nobody below its stages."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from pydantic import ValidationError
from sqlalchemy import select

from app import db
from app.audit import AuditLine
from app.people.models import Person
from app.refusals import Conflict
from progression.road.commitment import Asked, AskedAtStage, Level, choose, chosen_of
from tests.conftest import People, SignIn
from tests.rota.crew import Crew
from tests.times import NOW


def chooses(person: Person, level: Level, *, days: int = 0) -> None:
    with db.writing():
        choose(db.session.get_one(Person, person.id), level, now=NOW + timedelta(days=days))


def test_a_choice_holds_at_once_and_can_be_changed_and_each_change_is_on_record(people: People) -> None:
    wren = Crew(people).moderator("Wren")
    assert chosen_of(wren.id, NOW) is None
    for day, level in enumerate((Level.FULL, Level.LIGHT, Level.LIGHT)):
        chooses(wren, level, days=day)
    chosen = chosen_of(wren.id, NOW)
    assert chosen is not None
    assert (chosen.level, chosen.asked.shifts) == (Level.LIGHT, 2)
    lines = db.session.scalars(select(AuditLine).where(AuditLine.action == "progression.commitment-chosen")).all()
    assert [line.details["level"] for line in lines] == ["full commitment", "light touch"]


def test_what_is_asked_follows_the_stage(people: People) -> None:
    otter = Crew(people).peer("Otter")
    chooses(otter, Level.LIGHT)
    chosen = chosen_of(otter.id, NOW)
    assert chosen is not None
    assert chosen.asked.shifts == 1


def test_a_member_is_asked_for_nothing(people: People, client: FlaskClient, sign_in: SignIn) -> None:
    pip = people.person("Pip")
    with pytest.raises(Conflict, match="nothing is asked"):
        chooses(pip, Level.FULL)
    assert "nothing to choose yet" in sign_in(client, pip).get("/journey/commitment").text
    assert "How much you give" not in client.get("/journey").text


def test_the_page_offers_both_with_what_each_asks_and_keeps_the_choice(
    people: People, client: FlaskClient, sign_in: SignIn
) -> None:
    wren = Crew(people).moderator("Wren")
    page = sign_in(client, wren).get("/journey/commitment").text
    for words in ("Light touch: about 2 shifts in a month.", "Full commitment: about 6 shifts in a month."):
        assert words in page
    page = client.post("/journey/commitment", data={"level": "full"}, follow_redirects=True).text
    assert "Full commitment it is" in page
    assert "Chosen on 18 February 2027" in page
    assert client.post("/journey/commitment", data={"level": "huge"}).status_code == 422


def test_light_touch_never_asks_for_more() -> None:
    more, less = (Asked(shifts=number, words="Some words.") for number in (5, 4))
    with pytest.raises(ValidationError, match="light touch asks for more"):
        AskedAtStage(light=more, full=less)
    assert AskedAtStage(light=less, full=more).of(Level.FULL) is more
