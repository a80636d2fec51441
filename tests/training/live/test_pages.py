"""The pages of live sessions: who sees what, booking, making and changing one, marking who came, and feedback."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app import db
from app.people.models import Person, Role
from progression.stages import Stage
from tests.conftest import People, SignIn, clock_at
from tests.page_fields import hidden
from tests.rota.crew import Crew
from tests.times import NOW
from tests.training.live.sessions_for_tests import (
    STARTS,
    book,
    booked,
    booking_id,
    install_with_workshop,
    make,
    waiting,
)
from tests.training.reading import Reader
from training import learning
from training.live import attendance
from training.live.attendance import SentMark
from training.live.models import LiveAttendance, LiveFeedback, LiveSession, LiveSessionTrainer, Outcome

SECRET = "meet.example.org/secret-room"
AFTER = STARTS + timedelta(hours=2)
FORM: dict[str, str | list[str]] = {
    "title": "Listening, together",
    "about": "We practise in pairs.",
    "stands_for": "",
    "day": ["21", "2", "2027"],
    "starts": "18:00",
    "ends": "19:30",
    "link": "https://meet.example.org/a",
    "place": "",
    "places": "3",
    "last_day": ["", "", ""],
}


@pytest.fixture
def rook(people: People) -> Person:
    return people.person("Rook", roles=(Role.TRAINER,))


@pytest.fixture
def moss(people: People) -> Person:
    return people.person("Moss")


def test_only_those_with_a_place_and_trainers_get_the_address(
    client: FlaskClient, rook: Person, moss: Person, sign_in: SignIn
) -> None:
    live = make(rook)
    sign_in(client, moss)
    page = f"/live-sessions/{live}"
    assert "Listening, together" in client.get("/live-sessions").text
    assert SECRET not in client.get(page).text
    answer = client.post(f"{page}/book", follow_redirects=True).text
    assert "You have a place." in answer
    assert SECRET in answer
    sign_in(client, rook)
    assert SECRET in client.get(page).text


def test_a_session_that_is_not_open_to_somebody_does_not_exist_for_them(
    client: FlaskClient, rook: Person, moss: Person, people: People, sign_in: SignIn
) -> None:
    live = make(rook, stages=frozenset({Stage.PEER}))
    page = f"/live-sessions/{live}"
    sign_in(client, moss)
    assert "Listening, together" not in client.get("/live-sessions").text
    answers = [client.get(page), client.get(f"{page}/calendar"), client.get(f"{page}/attendance")]
    answers += [client.post(f"{page}/{what}") for what in ("book", "give-up", "feedback", "attendance")]
    assert {answer.status_code for answer in answers} == {404}
    sign_in(client, Crew(people).peer("Peer"))
    assert client.get(page).status_code == 200


def test_a_full_session_leads_to_the_list_with_a_choice_about_short_notice(
    client: FlaskClient, rook: Person, moss: Person, people: People, sign_in: SignIn
) -> None:
    live = make(rook, places=1)
    first = people.person("Teal")
    book(live, first)
    sign_in(client, moss)
    page = f"/live-sessions/{live}"
    assert "All places are taken" in client.get(page).text
    answer = client.post(f"{page}/book", data={"at_short_notice": "y"}, follow_redirects=True).text
    assert "You are number 1 on the list" in answer
    assert "before it begins, it is yours" in answer
    sign_in(client, first)
    client.post(f"{page}/give-up")
    assert (booked(live), waiting(live)) == ([moss.id], [])


def test_the_calendar_entry_is_a_file_that_reveals_no_address(
    client: FlaskClient, rook: Person, moss: Person, sign_in: SignIn
) -> None:
    live = make(rook)
    book(live, moss)
    answer = sign_in(client, moss).get(f"/live-sessions/{live}/calendar")
    assert answer.content_type == "text/calendar; charset=utf-8"
    assert "DTSTART:20270221T193000Z" in answer.text
    assert "METHOD" not in answer.text
    assert SECRET not in answer.text


def test_the_form_asks_for_nothing_that_it_does_not_show(client: FlaskClient, rook: Person, sign_in: SignIn) -> None:
    """Also where no course has a live session as a step."""
    reader = Reader(sign_in(client, rook)).open("/live-sessions/new")
    typed = {key: value for key, value in FORM.items() if key != "stands_for"}
    reader.press("Save the session", **typed, trainers=[str(rook.id)])
    assert reader.heading == "Listening, together"


def test_a_trainer_makes_changes_copies_and_cancels_a_session(
    client: FlaskClient, rook: Person, sign_in: SignIn
) -> None:
    sign_in(client, rook)
    assert "Sessions" in client.get("/").text
    form = FORM | {"trainers": [str(rook.id)], "stages": ["peer", "volunteer"]}
    made = client.post("/live-sessions/new", data=form)
    assert made.status_code == 302, made.text
    (live,) = db.session.scalars(select(LiveSession)).all()
    assert (live.starts_at.hour, live.places, live.place) == (18, 3, None)
    place = f"/live-sessions/{live.id}"
    edit = client.get(f"{place}/change").text
    assert 'value="https://meet.example.org/a"' in edit
    changed = form | {"seen": hidden(edit, "seen"), "link": "", "place": "Room 4", "starts": "18:15"}
    assert client.post(f"{place}/change", data=changed).status_code == 302
    overtaken = client.post(f"{place}/change", data=changed | {"title": "Mine"})
    assert overtaken.status_code == 409
    assert 'value="Mine"' in overtaken.text
    again = changed | {"title": "Mine", "seen": hidden(overtaken.text, "seen")}
    assert client.post(f"{place}/change", data=again).status_code == 302
    copy = client.get(f"/live-sessions/new?copy={live.id}").text
    assert 'value="Mine"' in copy
    assert 'value="2027"' not in copy
    assert client.post(f"{place}/cancel", data={"reason": ""}).status_code == 422
    client.post(f"{place}/cancel", data={"reason": "The room is wet."})
    assert "The room is wet." in client.get(place).text


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"link": "http://meet.example.org"}, "It begins with https://"),
        ({"place": "Room 4"}, "not both"),
        ({"link": ""}, "not both"),
        ({"places": "201"}, "Give a number from 1 to 200."),
        ({"day": ["28", "3", "2027"], "starts": "01:30"}, "go forward that night"),
        ({"day": ["1", "2", "2027"]}, "has begun already"),
        ({"trainers": []}, "Choose somebody who leads it."),
    ],
)
def test_what_cannot_be_is_refused_beside_what_was_typed(
    client: FlaskClient, rook: Person, sign_in: SignIn, wrong: dict[str, str], said: str
) -> None:
    sign_in(client, rook)
    answer = client.post("/live-sessions/new", data=FORM | {"trainers": [str(rook.id)]} | wrong)
    assert answer.status_code == 422
    assert said in answer.text
    assert "We practise in pairs.</textarea>" in answer.text
    assert db.session.scalars(select(LiveSession)).all() == []


def test_those_who_lead_mark_who_came_and_read_answers_from_three_on_without_names(
    client: FlaskClient, rook: Person, people: People, sign_in: SignIn
) -> None:
    came = [people.person(f"Learner {number}") for number in range(3)]
    live = make(rook, places=4)
    missed = people.person("Jay")
    book(live, *came, missed)
    page = f"/live-sessions/{live}"
    with clock_at(AFTER):
        sign_in(client, rook)
        assert "Learner 1" in client.get(f"{page}/attendance").text
        marks = {f"mark-{booking_id(live, each)}": "came" for each in came}
        marks |= {f"mark-{booking_id(live, missed)}": "did-not-come"}
        assert client.post(f"{page}/attendance", data=marks).status_code == 302
        assert len(db.session.scalars(select(LiveAttendance)).all()) == 4
        stale = client.post(f"{page}/attendance", data={f"mark-{booking_id(live, missed)}": "came"})
        assert (stale.status_code, "Somebody else marked" in stale.text) == (409, True)
        assert client.post(f"{page}/attendance", data={"mark-x": "came"}).status_code == 400
        for number, each in enumerate(came):
            sign_in(client, rook)
            assert "once three people have answered" in client.get(page).text
            sign_in(client, each)
            assert "How was it?" in client.get(page).text
            assert client.post(f"{page}/feedback", data={"rating": "x"}).status_code == 422
            client.post(f"{page}/feedback", data={"rating": "4", "comment": f"More pauses {number}."})
        client.post(f"{page}/feedback", data={"rating": "1", "comment": "Shorter."})
        assert len(db.session.scalars(select(LiveFeedback)).all()) == 3, "the second answer replaced the first"
        assert "What people said" not in client.get(page).text
        sign_in(client, missed)
        assert "How was it?" not in client.get(page).text
        assert client.post(f"{page}/feedback", data={"rating": "1"}).status_code == 409
        sign_in(client, rook)
        read = client.get(page).text
        assert "3 answers, 3.0 of 5 on average." in read
        assert "Shorter." in read


def test_those_who_lead_add_somebody_who_came_without_a_place_on_the_page_of_marks(
    client: FlaskClient, rook: Person, moss: Person, sign_in: SignIn
) -> None:
    page = f"/live-sessions/{make(rook)}/attendance"
    with clock_at(AFTER):
        sign_in(client, rook)
        wrong = client.post(f"{page}/add", data={"name": "Mos"})
        assert (wrong.status_code, "Nobody has this display name" in wrong.text) == (422, True)
        assert client.post(f"{page}/add", data={"name": "Moss"}).status_code == 302
        read = client.get(page).text
        assert "came without a place" in read
        taken_off = re.search(rf"{page}/\d+/remove", read)
        assert taken_off
        assert client.post(taken_off[0]).status_code == 302
        assert "Moss" not in client.get(page).text
        sign_in(client, moss)
        assert client.post(f"{page}/add", data={"name": "Moss"}).status_code == 404


def test_nobody_but_those_who_lead_it_marks_who_came(
    client: FlaskClient, rook: Person, moss: Person, sign_in: SignIn
) -> None:
    live = make(rook)
    book(live, moss)
    sign_in(client, moss)
    with clock_at(AFTER):
        assert "Who comes" not in client.get(f"/live-sessions/{live}").text
        sent = {f"mark-{booking_id(live, moss)}": "came"}
        assert client.post(f"/live-sessions/{live}/attendance", data=sent).status_code == 404
    assert db.session.scalars(select(LiveAttendance)).all() == []


def test_a_course_shows_its_dates_and_a_live_step_says_when_it_counts(
    client: FlaskClient, rook: Person, moss: Person, sign_in: SignIn, tmp_path: Path
) -> None:
    install_with_workshop(tmp_path)
    live = make(rook, course="kindness", unit="together")
    sign_in(client, moss)
    assert f"/live-sessions/{live}" in client.get("/learning/kindness").text
    with db.writing():
        learning.start("kindness", by=moss, now=NOW)
    step = client.get("/learning/kindness/together").text
    assert "Practise together" in step
    assert f"/live-sessions/{live}" in step
    book(live, moss)
    with clock_at(AFTER):
        assert "Count it" not in client.get("/learning/kindness/together").text
        refused = client.post("/learning/kindness/together/attended", data={"enrolment": "1"})
        assert refused.status_code == 409
        with db.writing():
            sent = {booking_id(live, moss): SentMark(Outcome.CAME, 0)}
            attendance.mark(live, sent, by=rook, now=AFTER)
        assert "This step is done." in client.get("/learning/kindness/together").text


def test_a_volunteer_may_be_chosen_to_lead_and_staff_who_make_no_sessions_may_not(
    client: FlaskClient, rook: Person, people: People, sign_in: SignIn
) -> None:
    crew = Crew(people)
    crew.peer("Peer")
    volunteer, staff = crew.moderator("Wren"), crew.lead("Sable")
    sign_in(client, rook)
    offered = client.get("/live-sessions/new").text
    assert f'<option value="{volunteer.id}">Wren' in offered
    assert f'<option value="{staff.id}">' not in offered
    refused = client.post("/live-sessions/new", data=FORM | {"trainers": [str(rook.id)], "peer": str(staff.id)})
    assert refused.status_code == 422
    made = make(rook)
    with db.writing():
        db.session.add(LiveSessionTrainer(session_id=made, person_id=staff.id))
    assert f'value="{staff.id}"' in client.get(f"/live-sessions/{made}/change").text, "who leads it stays on offer"


def test_somebody_who_is_not_free_is_named_with_what_to_do(client: FlaskClient, rook: Person, sign_in: SignIn) -> None:
    sign_in(client, rook)
    for _ in range(2):
        answer = client.post("/live-sessions/new", data=FORM | {"trainers": [str(rook.id)]})
    assert "Rook is not free for the whole of this time. Choose another time, or somebody else" in answer.text
