"""News: whom they reach and when, who has read them, and taking a slip down before anybody is told."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app import db
from app.outbox.models import OutboxRow
from app.people.models import Person, Role
from app.refusals import Invalid, NotFound
from progression.listening import news
from progression.listening.models import News
from progression.stages import Stage
from tests.conftest import People, SignIn
from tests.progression.bringing import bring_to
from tests.times import NOW
from tests.training.emails import queued, words_of

SOON = NOW + news.TIME_TO_THINK


@pytest.fixture
def tansy(people: People) -> Person:
    return people.person("Tansy", roles=(Role.COORDINATOR, Role.ASSESSOR))


@pytest.fixture
def otter(people: People, tansy: Person) -> Person:
    return bring_to(people.person("Otter"), Stage.PEER, by=tansy)


def announces(by: Person, *, title: str = "Chat opens at five", from_stage: Stage = Stage.PEER) -> News:
    new = news.NewNews(title, "Members ask for it.", "Shifts begin an hour earlier.", "Twelve hosts.", from_stage)
    db.session.rollback()
    with db.writing():
        return news.announce(new, by=by, now=NOW)


def told() -> list[int]:
    db.session.rollback()
    return list(db.session.scalars(select(OutboxRow.person_id).where(OutboxRow.kind == "news")))


def test_news_reach_everybody_they_are_for_once_after_a_quarter_of_an_hour(
    tansy: Person, otter: Person, people: People
) -> None:
    people.person("Juniper")
    announces(tansy)
    news.tell_people(SOON - timedelta(seconds=1))
    assert told() == []
    for _ in range(2):
        news.tell_people(SOON)
    assert told() == [otter.id]
    _, text, html = words_of(queued("news")[0], now=SOON)
    for body in (text, html):
        assert "Shifts begin an hour earlier." in body
        assert "Twelve hosts." in body


def test_news_taken_down_in_time_are_told_to_nobody_and_read_by_nobody(tansy: Person, otter: Person) -> None:
    made = announces(tansy)
    with db.writing():
        news.take_down(made.id, by=tansy, now=NOW)
    news.tell_people(SOON)
    assert told() == []
    assert news.news_for(otter.id, now=NOW) == []
    with pytest.raises(NotFound):
        news.one_for(otter.id, made.id, now=NOW)


def test_what_is_unread_comes_first_and_who_read_it_is_counted_of_those_it_is_for(
    tansy: Person, otter: Person, people: People
) -> None:
    people.person("Juniper")
    older, newer = announces(tansy, title="Older"), announces(tansy, title="Newer")
    for _ in range(2):
        with db.writing():
            news.mark_read(otter, newer.id, now=NOW)
    assert [each.news.title for each in news.news_for(otter.id, now=NOW)] == ["Older", "Newer"]
    assert news.who_read(older, NOW) == news.WhoRead(1, ["Otter"])
    assert news.who_read(newer, NOW) == news.WhoRead(1, [])


def test_news_for_a_later_stage_are_unknown_to_others(tansy: Person, otter: Person) -> None:
    made = announces(tansy, from_stage=Stage.STAFF)
    assert news.news_for(otter.id, now=NOW) == []
    with pytest.raises(NotFound), db.writing():
        news.mark_read(otter, made.id, now=NOW)


def test_news_without_a_reason_are_refused(tansy: Person) -> None:
    with pytest.raises(Invalid) as refused, db.writing():
        news.announce(news.NewNews("A change", " ", "Nothing.", "", Stage.PEER), by=tansy, now=NOW)
    assert refused.value.field == "why"


def test_news_go_from_the_form_to_the_button_that_says_they_are_read(
    client: FlaskClient, tansy: Person, otter: Person, sign_in: SignIn
) -> None:
    sign_in(client, tansy)
    form = {"title": "Chat <b>opens</b>", "why": "Asked for.", "for_you": "Nothing.", "asked": "", "from_stage": "peer"}
    assert client.post("/news/new", data={**form, "why": ""}).status_code == 422
    page = client.post("/news/new", data=form).location
    sign_in(client, otter)
    shown = client.get("/news").text
    assert "Chat &lt;b&gt;opens&lt;/b&gt;" in shown
    assert "nobody" in shown
    assert "Who has read it" not in shown
    assert client.post(f"{page}/read").status_code == 302
    assert "I have read this" not in client.get("/news").text
    sign_in(client, tansy)
    assert "1 of 1 person" in client.get(page).text
    assert client.post(f"{page}/take-down").status_code == 302
    assert client.get(page).status_code == 404
