"""People are asked for their times by a day: one e-mail, one reminder, none to those away; who has not answered."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from flask.testing import FlaskClient

from app import db
from app.outbox.models import OutboxRow
from app.outbox.notice import from_row
from app.people.models import Person, PersonState, Role
from app.refusals import Invalid
from progression.stages import Stage
from rota.offering.ask_reminders import reminder_at, tell_and_remind
from rota.offering.asks import Answer, Whom, ask_for_times, asks_listed, counts_of, end_ask, people_of
from rota.offering.painting import Painted
from rota.offering.saving import Asked, save_month
from rota.store.availability import set_leave
from rota.store.availability_asks import AvailabilityAsk, entered_by, note_answers
from tests.conftest import People, SignIn, clock_at
from tests.rota.crew import LONDON, Crew
from tests.rota.emails import newest_email, queued
from tests.times import NOW, TODAY

MARCH = date(2027, 3, 1)
END = date(2027, 3, 31)
BY = TODAY + timedelta(days=8)  # Friday 26 February
NOTHING = Painted(frozenset(), frozenset())


@pytest.fixture
def tansy(people: People) -> Person:
    return people.person("Tansy", roles=(Role.COORDINATOR,))


@pytest.fixture
def team(crew: Crew) -> list[Person]:
    crew.evenings()
    return [crew.moderator("Wren"), crew.moderator("Fern"), crew.peer("Otter")]


def ask(by: Person, whom: Whom = Whom(), *, first: date = MARCH, last: date = END, answer_by: date = BY) -> int:  # noqa: B008  it is frozen
    with db.writing():
        return ask_for_times(first, last, answer_by, whom, zone=LONDON, by=by.id, now=NOW).id


def told(kind: str = "times-asked") -> list[tuple[int, bool]]:
    return [(row.person_id, row.facts["is_reminder"]) for row in queued(kind)]


def standing(ask_id: int, now: datetime = NOW) -> dict[str, list[str]]:
    db.session.rollback()
    asked = db.session.get_one(AvailabilityAsk, ask_id)
    return {each.value: [name for _, name, _ in people_of(asked, each, 1, zone=LONDON, now=now)] for each in Answer}


def test_each_is_told_once_and_reminded_once_unless_they_answered(tansy: Person, team: list[Person]) -> None:
    wren, fern, otter = team
    asked = ask(tansy)
    for _ in range(2):
        tell_and_remind(NOW)
    assert told() == [(each.id, False) for each in team]
    subject, text, html = newest_email("times-asked", wren.id)
    assert subject == "When can you come, Mon 1 Mar to Wed 31 Mar?"
    for words in (text, html):
        assert "Friday 26 February" in words
        assert "/shifts/availability/month/2027-03" in words
    with db.writing():
        save_month(wren.id, MARCH, Asked(NOTHING, answers=True), zone=LONDON, by=wren.id, now=NOW)
        save_month(fern.id, MARCH, Asked(NOTHING), zone=LONDON, by=fern.id, now=NOW)  # not with the button that answers
    assert standing(asked) == {"waiting": ["Fern", "Otter"], "answered": ["Wren"], "away": []}
    tell_and_remind(reminder_at(BY) - timedelta(minutes=5))
    assert len(told()) == 3
    for _ in range(2):
        tell_and_remind(reminder_at(BY))
    assert told()[3:] == [(fern.id, True), (otter.id, True)]


def test_nothing_goes_to_somebody_away_until_they_are_back(tansy: Person, team: list[Person]) -> None:
    wren, fern, otter = team
    with db.writing():
        set_leave(wren.id, TODAY, TODAY + timedelta(days=2), zone=LONDON, now=NOW)
        set_leave(fern.id, MARCH, END, zone=LONDON, now=NOW)
    asked = ask(tansy)
    tell_and_remind(NOW)
    assert told() == [(otter.id, False)]
    assert standing(asked)["away"] == ["Fern", "Wren"]
    tell_and_remind(NOW + timedelta(days=3))
    assert told()[1:] == [(wren.id, False)]


def test_an_email_that_waits_is_not_sent_once_they_have_answered(tansy: Person, team: list[Person]) -> None:
    ask(tansy)
    tell_and_remind(NOW)
    [row, *_] = queued("times-asked")
    assert from_row(row.kind, row.facts).still_wanted(team[0].id, NOW)
    with db.writing():
        note_answers(team[0].id, MARCH, END, now=NOW)
    assert not from_row(row.kind, row.facts).still_wanted(team[0].id, NOW)


def test_who_is_asked_shortly_before_the_deadline_is_not_reminded_the_same_day(
    tansy: Person, team: list[Person]
) -> None:
    ask(tansy, answer_by=TODAY)
    tell_and_remind(NOW)
    tell_and_remind(NOW + timedelta(hours=3))
    assert [again for _, again in told()] == [False] * 3


def test_a_question_that_is_taken_back_is_over(tansy: Person, team: list[Person]) -> None:
    asked = ask(tansy)
    with db.writing():
        end_ask(asked, by=tansy.id, now=NOW)
    tell_and_remind(NOW)
    assert told() == []


@pytest.mark.both_databases
def test_everybody_on_the_rota_a_stage_or_people_by_name_are_asked(
    tansy: Person, team: list[Person], people: People
) -> None:
    people.person("Gone", state=PersonState.SUSPENDED)
    assert standing(ask(tansy))["waiting"] == ["Fern", "Otter", "Wren"]
    assert standing(ask(tansy, Whom(stage=Stage.PEER)))["waiting"] == ["Otter"]
    assert standing(ask(tansy, Whom(names=["Fern", " Tansy ", ""])))["waiting"] == ["Fern", "Tansy"]
    with db.writing():
        note_answers(team[0].id, MARCH, END, now=NOW)
    db.session.rollback()
    counts = counts_of(db.session.get_one(AvailabilityAsk, 1), zone=LONDON, now=NOW)
    assert counts == {Answer.WAITING: 2, Answer.ANSWERED: 1, Answer.AWAY: 0}
    assert [(each.asked, each.answered) for each in asks_listed()] == [(2, 0), (1, 0), (3, 1)]


@pytest.mark.parametrize(
    ("days", "whom", "sentence"),
    [
        ((END, MARCH, BY), Whom(), "must not come before"),
        ((date(2027, 1, 1), date(2027, 1, 31), BY), Whom(), "over"),
        ((MARCH, date(2027, 6, 30), BY), Whom(), "three months"),
        ((MARCH, END, date(2027, 4, 1)), Whom(), "from today to the last day"),
        ((MARCH, END, BY), Whom(names=["Nobody"]), "Nobody here is called “Nobody”"),
        ((MARCH, END, BY), Whom(names=[" "]), "Give the display names"),
        ((MARCH, END, BY), Whom(stage=Stage.STAFF), "Nobody is among those"),
    ],
)
def test_what_cannot_be_asked_is_refused_in_words(
    tansy: Person, days: tuple[date, date, date], whom: Whom, sentence: str
) -> None:
    with pytest.raises(Invalid, match=sentence):
        ask(tansy, whom, first=days[0], last=days[1], answer_by=days[2])
    assert db.session.get(AvailabilityAsk, 1) is None


def test_who_plans_asks_and_sees_after_the_deadline_who_did_not_answer(
    client: FlaskClient, tansy: Person, team: list[Person], sign_in: SignIn
) -> None:
    days = {"first": MARCH, "last": END, "answer_by": BY}
    typed = {f"{name}-{part}": getattr(day, part) for name, day in days.items() for part in ("day", "month", "year")}
    sign_in(client, tansy)
    form = {name: day.strftime("%d/%m/%Y").split("/") for name, day in days.items()}
    sent = client.post("/rota/times", data={**form, **typed, "whom": "rota"}, follow_redirects=True)
    assert "Not answered (3)" in sent.text
    sign_in(client, team[0])
    assert "Say when I can" in client.get("/shifts/availability").text
    client.post("/shifts/availability/month/2027-03", data={"shown": "", "save": "yes"})
    assert "Say when I can" not in client.get("/shifts/availability").text
    with clock_at(datetime(2027, 2, 27, 9, tzinfo=UTC)):
        sign_in(client, tansy)
        assert "2 people have not answered" in client.get("/rota").text
        assert "The deadline was Friday 26 February" in client.get("/rota/times/1").text


def test_times_entered_on_the_telephone_are_named_as_such_and_told_once(
    client: FlaskClient, tansy: Person, team: list[Person], sign_in: SignIn
) -> None:
    wren = team[0]
    asked = ask(tansy)
    sign_in(client, tansy)
    for minutes, code in ((0, "4-1800-2200-Europe/London"), (3, "5-1800-2200-Europe/London")):
        with clock_at(NOW + timedelta(minutes=minutes)):
            page = f"/people/{wren.id}/availability/2027-03"
            assert client.post(page, data={"lit": code, "shown": "", "save": "yes"}).status_code == 302
    assert standing(asked)["answered"] == ["Wren"]
    wanted = [row for row in queued("times-entered") if from_row(row.kind, row.facts).still_wanted(wren.id, NOW)]
    assert len(wanted) == 1
    assert "Tansy entered for you when you can come" in newest_email("times-entered", wren.id)[1]
    sign_in(client, wren)
    assert "Entered by Tansy on 18 February 2027" in client.get("/shifts/availability/month/2027-03").text
    client.post("/shifts/availability/month/2027-03", data={"shown": "", "save": "yes"})
    db.session.rollback()
    assert entered_by(wren.id) is None


def test_nobody_is_written_to_who_has_not_opened_their_account(tansy: Person, people: People, crew: Crew) -> None:
    crew.evenings()
    sorrel = crew.moderator("Sorrel", state=PersonState.INVITED)
    with db.writing():
        save_month(sorrel.id, MARCH, Asked(NOTHING), zone=LONDON, by=tansy.id, now=NOW)
    assert db.session.query(OutboxRow).count() == 0
