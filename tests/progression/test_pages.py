"""The pages of sign-offs, as their readers meet them."""

from __future__ import annotations

from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from app import db
from app.outbox.sending import send_due
from app.people.models import Person, Role
from progression import evidence
from progression.fact_kinds import FactKind
from progression.ledger import facts_of_person
from progression.stages import Stage
from progression.standing import stages_of
from tests.conftest import People, SignIn
from tests.page_fields import hidden, newest
from tests.progression.bringing import bring_to, has_all_for, is_observed, is_signed_off
from tests.times import NOW


@pytest.fixture
def sable(people: People) -> Person:
    return people.person("Sable", roles=(Role.ASSESSOR,))


@pytest.fixture
def otter(people: People, sable: Person) -> Person:
    return bring_to(people.person("Otter"), Stage.PEER, by=sable)


@pytest.fixture
def as_sable(client: FlaskClient, sable: Person, sign_in: SignIn) -> FlaskClient:
    return sign_in(client, sable)


def kinds(person: Person) -> list[str]:
    return [fact.kind for fact in facts_of_person(person.id)]


def test_an_assessor_signs_off_with_a_reason_and_the_email_says_so(
    as_sable: FlaskClient, otter: Person, sable: Person, tmp_path: Path, app: Flask
) -> None:
    has_all_for(otter, Stage.VOLUNTEER, by=sable)
    page = as_sable.get(f"/sign-offs/{otter.id}").text
    assert "All 6 requirements are met." in page
    data = {
        "to": hidden(page, "to"),
        "once": hidden(page, "once"),
        "seen": hidden(page, "seen"),
        "decision": "sign-off",
        "reason": "Notices who has gone quiet.",
    }
    for _ in range(2):
        answer = as_sable.post(f"/sign-offs/{otter.id}", data=data, follow_redirects=True)
        assert "Otter is signed off." in answer.text
    assert stages_of([otter.id], NOW) == {otter.id: Stage.VOLUNTEER}
    assert kinds(otter).count(FactKind.SIGN_OFF) == 2
    send_due()
    (email,) = [text for text in _emails(tmp_path) if "You are a volunteer now" in text]
    assert "Notices who has gone quiet." in email
    assert "http://127.0.0.1:8000/journey" in email


def _emails(tmp_path: Path) -> list[str]:
    """Each email as its reader sees it: the subject, then the plain words, then the HTML."""
    read = []
    for path in sorted((tmp_path / "mail").glob("*.eml")):
        email = message_from_bytes(path.read_bytes(), policy=default)
        parts = [part.get_content() for part in email.walk() if not part.is_multipart()]
        read.append("\n".join([str(email["Subject"]), *parts]))
    return read


def test_signing_off_is_not_offered_while_something_is_missing_and_refused_if_sent_all_the_same(
    as_sable: FlaskClient, otter: Person
) -> None:
    page = as_sable.get(f"/sign-offs/{otter.id}").text
    assert 'value="sign-off"' not in page
    assert "3 of 6 requirements are met." in page
    data = {
        "to": "volunteer",
        "once": "abcdefgh1",
        "seen": newest(otter),
        "decision": "sign-off",
        "reason": "I typed this with care.",
    }
    answer = as_sable.post(f"/sign-offs/{otter.id}", data=data)
    assert answer.status_code == 409
    assert "Something is missing" in answer.text
    assert "Understanding conflict" in answer.text
    assert "I typed this with care." in answer.text
    assert stages_of([otter.id], NOW) == {otter.id: Stage.PEER}


def test_nobody_decides_on_a_page_that_does_not_show_the_newest_evidence_and_what_was_typed_is_kept(
    as_sable: FlaskClient, otter: Person, sable: Person
) -> None:
    has_all_for(otter, Stage.VOLUNTEER, by=sable)
    page = as_sable.get(f"/sign-offs/{otter.id}").text
    is_observed(otter, "shift", by=sable, now=NOW)
    data = {
        "to": "volunteer",
        "once": hidden(page, "once"),
        "seen": hidden(page, "seen"),
        "decision": "sign-off",
        "reason": "Notices who has gone quiet.",
    }
    answer = as_sable.post(f"/sign-offs/{otter.id}", data=data)
    assert answer.status_code == 409
    assert "Something was recorded about Otter since you opened this page." in answer.text
    assert "Notices who has gone quiet." in answer.text
    assert stages_of([otter.id], NOW) == {otter.id: Stage.PEER}
    data["seen"] = hidden(answer.text, "seen")
    assert as_sable.post(f"/sign-offs/{otter.id}", data=data).status_code == 302
    assert stages_of([otter.id], NOW) == {otter.id: Stage.VOLUNTEER}


def test_the_sign_off_page_shows_what_every_domain_knows_beside_the_decision(
    as_sable: FlaskClient, otter: Person
) -> None:
    page = as_sable.get(f"/sign-offs/{otter.id}").text
    assert "What they learned" in page
    assert "Shifts in the past year" in page


def test_a_decision_without_a_choice_or_a_reason_comes_back_with_its_faults(
    as_sable: FlaskClient, otter: Person
) -> None:
    answer = as_sable.post(f"/sign-offs/{otter.id}", data={"to": "volunteer", "once": "abcdefgh1"})
    assert answer.status_code == 422
    assert "Choose what you have decided." in answer.text
    assert "Say what you saw, in a sentence or two." in answer.text
    assert 'href="#decision"' in answer.text


def test_not_yet_tells_the_person_kindly_with_what_is_missing(
    as_sable: FlaskClient, otter: Person, sable: Person, tmp_path: Path
) -> None:
    data = {
        "to": "volunteer",
        "once": "abcdefgh1",
        "seen": newest(otter),
        "decision": "not-yet",
        "reason": "You are close.",
    }
    assert as_sable.post(f"/sign-offs/{otter.id}", data=data).status_code == 302
    send_due()
    (email,) = [text for text in _emails(tmp_path) if "Not yet a volunteer" in text]
    assert "You are close." in email
    assert "Nothing you have is lost." in email
    assert "Background check" in email


def test_a_check_is_recorded_from_its_form_and_shown_without_more_than_is_kept(
    as_sable: FlaskClient, otter: Person
) -> None:
    data = _a_check()
    answer = as_sable.post(f"/sign-offs/{otter.id}/check", data=data, follow_redirects=True)
    assert "The check is recorded for Otter." in answer.text
    assert "Issued 2 February 2027, number ending 4821" in answer.text
    assert "Workforce: children" in answer.text
    as_sable.post(f"/sign-offs/{otter.id}/check", data=data)
    assert kinds(otter).count(FactKind.CHECK) == 1


def _a_check() -> dict[str, object]:
    return {
        "once": "abcdefgh1",
        "level": "enhanced-barred",
        "workforce": "child",
        "outcome": "clear",
        "issued_on": ["2", "2", "2027"],
        "seen_on": ["10", "2", "2027"],
        "next_due_on": ["2", "2", "2030"],
        "last_four": "4821",
    }


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"seen_on": ["1", "2", "2027"]}, "A check cannot be seen before it was issued."),
        ({"next_due_on": ["3", "2", "2030"]}, "due again by 2 February 2030 at the latest"),
        ({"last_four": "12345678"}, "Give the last four characters"),
        ({"level": "made-up"}, "choose again from what the page offers now."),
        ({"issued_on": ["31", "2", "2027"]}, ": there is no such day in the calendar."),
        ({"issued_on": ["", "2", "2027"]}, ": give the day, the month and the year."),
        ({"issued_on": ["2", "2", "127"]}, ": write the year with four figures"),
        ({"issued_on": ["second", "2", "2027"]}, ": write the day in figures"),
        ({"issued_on": "2"}, ": give the day, the month and the year."),
        ({"issued_on": ["2", "2", "2027", "9"], "seen_on": []}, "Give the day you saw the certificate"),
        ({"issued_on": ["", "", ""]}, "Give the date printed on the certificate"),
        ({"once": "not a mark"}, "Open the page again and try once more."),
    ],
)
def test_a_check_that_cannot_be_comes_back_with_its_fault_and_what_was_typed(
    as_sable: FlaskClient, otter: Person, changes: dict[str, object], sentence: str
) -> None:
    answer = as_sable.post(f"/sign-offs/{otter.id}/check", data=_a_check() | changes)
    assert answer.status_code == 422
    assert sentence in answer.text
    if "last_four" not in changes:
        assert 'value="4821"' in answer.text
    assert FactKind.CHECK not in kinds(otter)


def test_an_observation_is_recorded_from_its_form(as_sable: FlaskClient, otter: Person) -> None:
    data = {"once": "abcdefgh1", "what": "shift", "happened_on": ["17", "2", "2027"], "note": "Calm, and kind."}
    answer = as_sable.post(f"/sign-offs/{otter.id}/observation", data=data, follow_redirects=True)
    assert "The observation is recorded for Otter." in answer.text
    assert "“Calm, and kind.”" in answer.text


def test_a_wrong_fact_is_withdrawn_with_a_reason_and_stays_to_be_seen(
    as_sable: FlaskClient, otter: Person, sable: Person, tmp_path: Path
) -> None:
    wrong = is_observed(otter, "shift", by=sable)
    page = as_sable.get(f"/sign-offs/{otter.id}/evidence/{wrong.id}/withdraw").text
    assert "Observed on a shift" in page
    data = {"why": "That was Ottilie."}
    answer = as_sable.post(f"/sign-offs/{otter.id}/evidence/{wrong.id}/withdraw", data=data, follow_redirects=True)
    assert "Withdrawn. Otter is told" in answer.text
    assert "<del>Observed on a shift</del>" in answer.text
    assert "“That was Ottilie.”" in answer.text
    again = as_sable.post(f"/sign-offs/{otter.id}/evidence/{wrong.id}/withdraw", data=data)
    assert again.status_code == 409
    send_due()
    (email,) = [text for text in _emails(tmp_path) if "was taken back" in text]
    assert "That was Ottilie." in email


def test_a_fact_is_withdrawn_only_from_the_page_of_its_own_person(
    as_sable: FlaskClient, people: People, otter: Person, sable: Person
) -> None:
    fact = is_observed(otter, "shift", by=sable)
    wren = people.person("Wren")
    answer = as_sable.post(f"/sign-offs/{wren.id}/evidence/{fact.id}/withdraw", data={"why": "x"})
    assert answer.status_code == 404
    assert FactKind.WITHDRAWN not in kinds(otter)


def test_an_assessor_steps_somebody_back_with_a_reason(as_sable: FlaskClient, otter: Person, tmp_path: Path) -> None:
    empty = as_sable.post(f"/sign-offs/{otter.id}/step-back", data={"once": "abcdefgh1", "to": "user", "reason": ""})
    assert empty.status_code == 422
    data = {"once": "abcdefgh1", "to": "user", "reason": "A rest, as we agreed."}
    first = as_sable.post(f"/sign-offs/{otter.id}/step-back", data=data)
    assert "If Otter steps back to user now" in first.text
    assert stages_of([otter.id], NOW) == {otter.id: Stage.PEER}
    data["agreed"] = hidden(first.text, "agreed")
    answer = as_sable.post(f"/sign-offs/{otter.id}/step-back", data=data, follow_redirects=True)
    assert "Otter has stepped back" in answer.text
    send_due()
    (email,) = [text for text in _emails(tmp_path) if "You are a user again" in text]
    assert "A rest, as we agreed." in email


def test_an_assessor_who_opens_their_own_sign_off_is_led_to_their_journey(as_sable: FlaskClient, sable: Person) -> None:
    assert as_sable.get(f"/sign-offs/{sable.id}").location == "/journey"
    data = {"to": "peer", "once": "abcdefgh1", "seen": 0, "decision": "sign-off", "reason": "I am good."}
    observed = {"once": "abcdefgh2", "what": "welcome-talk", "happened_on": ["17", "2", "2027"], "note": "I am kind."}
    for page, sent in (("", data), ("/check", _a_check()), ("/observation", observed)):
        assert as_sable.post(f"/sign-offs/{sable.id}{page}", data=sent).status_code == 403
    assert kinds(sable) == []


@pytest.mark.parametrize("path", ["", "/{id}", "/{id}/check", "/{id}/observation", "/{id}/step-back"])
@pytest.mark.parametrize("roles", [(), (Role.COORDINATOR,), (Role.LEAD,), (Role.TRAINER,)])
def test_evidence_is_for_assessors_and_administrators_only(
    client: FlaskClient, people: People, otter: Person, sign_in: SignIn, roles: tuple[Role, ...], path: str
) -> None:
    sign_in(client, people.person("Wren", roles=roles))
    assert client.get("/sign-offs" + path.format(id=otter.id)).status_code == 403


def test_nobody_without_an_account_sees_any_of_it(client: FlaskClient, otter: Person) -> None:
    for path in ("/journey", "/journey/code-of-conduct", "/journey/step-back", "/sign-offs", f"/sign-offs/{otter.id}"):
        assert "/sign-in" in client.get(path).location


def test_a_coordinator_sees_stage_and_clearance_but_no_evidence(
    client: FlaskClient, people: People, otter: Person, sign_in: SignIn
) -> None:
    sign_in(client, people.person("Tansy", roles=(Role.COORDINATOR,)))
    page = client.get(f"/people/{otter.id}").text
    assert "Where they stand" in page
    assert "Cleared" in page
    assert "Evidence" not in page
    assert "Background check" not in page
    assert "18 or older" not in page


def test_an_assessor_finds_the_way_to_the_evidence_on_a_persons_page(as_sable: FlaskClient, otter: Person) -> None:
    page = as_sable.get(f"/people/{otter.id}").text
    assert f'href="/sign-offs/{otter.id}"' in page
    assert "3 of 6 done on the way to volunteer." in page


def test_today_says_who_is_ready_to_those_who_decide_and_to_nobody_else(
    as_sable: FlaskClient, otter: Person, sable: Person, app: Flask, people: People, sign_in: SignIn
) -> None:
    has_all_for(otter, Stage.VOLUNTEER, by=sable)
    assert "Ready for a decision" in as_sable.get("/").text
    other = sign_in(app.test_client(), people.person("Wren"))
    page = other.get("/").text
    assert "Your journey" in page
    assert "Ready for a decision" not in page


def test_words_that_look_like_markup_are_shown_as_words(as_sable: FlaskClient, otter: Person, tmp_path: Path) -> None:
    reason = "<script>alert(1)</script> & “kind”"
    data = {"to": "volunteer", "once": "abcdefgh1", "seen": newest(otter), "decision": "not-yet", "reason": reason}
    as_sable.post(f"/sign-offs/{otter.id}", data=data)
    page = as_sable.get(f"/sign-offs/{otter.id}").text
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; “kind”" in page


def test_the_pages_ask_few_questions_of_the_database(
    as_sable: FlaskClient, people: People, otter: Person, sable: Person
) -> None:
    has_all_for(otter, Stage.VOLUNTEER, by=sable)
    for _ in range(5):
        bring_to(people.person(), Stage.VOLUNTEER, by=sable)
    asked: list[str] = []
    event.listen(db.extension.engine, "before_cursor_execute", lambda *told: asked.append(told[2]))
    for path in ("/sign-offs", f"/sign-offs/{otter.id}", "/journey"):
        as_sable.get(path)  # the first time the line is written that says who read the evidence
        asked.clear()
        assert as_sable.get(path).status_code == 200
        assert len(asked) <= 12, (path, asked)


def test_a_sign_off_withdrawn_before_its_email_went_is_not_told(otter: Person, sable: Person, tmp_path: Path) -> None:
    has_all_for(otter, Stage.VOLUNTEER, by=sable)
    decision = is_signed_off(otter, Stage.VOLUNTEER, by=sable, now=NOW)
    with db.writing():
        evidence.withdraw(decision.id, by=sable.id, why="I meant Ottilie.", now=NOW)
    send_due()
    assert not [text for text in _emails(tmp_path) if "You are a volunteer now" in text]
