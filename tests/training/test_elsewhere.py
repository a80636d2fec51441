"""Certificates earned elsewhere: added, decided about by somebody else, and counting like a pass here."""

from __future__ import annotations

import io
import json
from datetime import date, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from app import db
from app.audit import AuditLine
from app.files import store
from app.files.kinds import FileKind
from app.files.models import StoredFile
from app.people import removing
from app.people.models import Person, PersonState, Role
from app.people.rights import suspend
from app.refusals import Conflict, Invalid, NotAllowed, NotFound
from app.settings import Settings
from progression import evidence
from progression.evidence import NotAboutYourself
from progression.ledger import facts_of_person
from tests.app.files import made
from tests.conftest import People, SignIn, clock_at
from tests.times import NOW
from tests.training.courses import install_shipped, pass_course
from tests.training.emails import queued, words_of
from tests.training.reading import Reader
from tests.training.test_imported_badges import jwk, token
from training import course_status, elsewhere, reminders
from training.elsewhere import Stated
from training.models import Certificate, Completion, ElsewhereState, ElsewhereTraining

COURSE = "conflict"
FUTURE = ["31", "12", str(NOW.year)]
AWARDED = date(2026, 9, 1)
STATED = Stated("Handling conflict online", "Northern College", AWARDED, None, COURSE)
SHAPE = {
    "title": "Handling conflict online",
    "issuer": "Northern College",
    "awarded_on": ["1", "9", "2026"],
    "lapses_on": ["", "", ""],
    "does_not_lapse": "y",
    "course": COURSE,
}


@pytest.fixture
def wren(people: People) -> Person:
    install_shipped()
    return people.person("Wren", email="wren@example.org")


@pytest.fixture
def mara(people: People) -> Person:
    return people.person("Mara", roles=(Role.TRAINER,))


def sent(page: Reader, raw: bytes, **changed: object) -> Reader:
    """Send the form of a certificate with a file."""
    form = page.form("Add it")
    data = {**form.fields, **SHAPE, **changed, "file": FileStorage(io.BytesIO(raw), "certificate.pdf")}
    data = {name: value for name, value in data.items() if value is not None}
    boundary, body = encode_multipart(data)  # the test client itself would leave a large file open
    kind = f'multipart/form-data; boundary="{boundary}"'
    answer = page.client.post(page.address, data=body, content_type=kind, follow_redirects=True)
    return page._took(answer, page.address)


def added(client: FlaskClient, **changed: object) -> ElsewhereTraining:
    sent(Reader(client).open("/learning/elsewhere/add"), made.pdf(), **changed)
    return db.session.scalars(select(ElsewhereTraining).order_by(ElsewhereTraining.id.desc()).limit(1)).one()


def accept(row: ElsewhereTraining, by: Person, until: date | None = None) -> None:
    with db.writing():
        elsewhere.accept(row.id, COURSE, until, "It covers the same.", by=by, now=NOW)


def stored() -> int:
    return len(db.session.scalars(select(StoredFile)).all())


def test_from_adding_it_to_counting_here(
    wren: Person, mara: Person, client: FlaskClient, sign_in: SignIn, app: Flask
) -> None:
    page = sent(
        Reader(sign_in(client, wren))
        .open("/learning")
        .follow("Add something you did elsewhere")
        .follow("Add a certificate"),
        made.pdf(),
    )
    assert page.heading == "Handling conflict online"
    assert "Waiting for a decision since" in page.text
    assert "Waiting for a decision since" in page.open("/learning").text

    staff = Reader(sign_in(app.test_client(), mara)).open("/")
    assert "1 certificate waits" in staff.text
    staff.follow("Look at them").follow("Wren: Handling conflict online")
    response = staff.client.get(f"{staff.address}/file")
    assert response.headers["Content-Disposition"].startswith("attachment")
    assert response.data.startswith(b"%PDF-")
    lines = db.session.scalars(select(AuditLine).where(AuditLine.action == "files.opened")).all()
    assert [line.by_id for line in lines] == [mara.id]
    staff.press(
        "Record the decision", decision="accept", course=COURSE, until=["", "", ""], reason="It covers the same."
    )
    assert "None waits" in staff.text

    [fact] = facts_of_person(wren.id)
    row = db.session.scalars(select(ElsewhereTraining)).one()
    assert (fact.requirement, fact.by_person_id) == ("training:conflict", mara.id)
    assert fact.facts == {"elsewhere": row.id, "file": row.file_id}
    assert (fact.happened_at.date(), fact.valid_until) == (date(2026, 8, 31), date(2028, 9, 1))
    assert db.session.scalars(select(Certificate)).all() == []
    status = course_status.status_in(wren.id, COURSE, now=NOW)
    assert status.holds
    assert status.is_refresher
    page.open("/learning")
    assert "Counts here as “Understanding conflict” until 1 September 2028" in page.text
    page.open("/learning/conflict")
    assert "“Handling conflict online” of Northern College, accepted by Mara" in page.text
    [email] = queued("elsewhere-decided")
    subject, text, html = words_of(email)
    assert subject == "Counts here now: Handling conflict online"
    assert "until 1 September 2028" in text
    assert "It covers the same." in html


def test_a_declined_one_says_why_and_can_be_looked_at_again(
    wren: Person, mara: Person, client: FlaskClient, sign_in: SignIn, app: Flask
) -> None:
    row = added(sign_in(client, wren))
    staff = Reader(sign_in(app.test_client(), mara)).open(f"/learning/elsewhere/{row.id}")
    staff.press("Record the decision", decision="decline", until=["", "", ""], reason="The second page is missing.")
    page = Reader(client).open(f"/learning/elsewhere/{row.id}")
    assert "Not taken: The second page is missing." in page.text
    assert facts_of_person(wren.id) == []
    assert "The second page is missing." in words_of(queued("elsewhere-decided")[0])[1]
    file = db.session.get_one(StoredFile, row.file_id)
    assert file.keep_until == NOW + timedelta(days=30)
    staff.open(f"/learning/elsewhere/{row.id}").press("Decide again")
    assert "Waiting" in staff.text
    db.session.refresh(file)
    assert file.keep_until is None


def test_one_that_waits_can_be_taken_back_and_its_file_is_gone(
    wren: Person, mara: Person, client: FlaskClient, sign_in: SignIn
) -> None:
    row = added(sign_in(client, wren))
    page = Reader(client).open(f"/learning/elsewhere/{row.id}").press("Take it back")
    assert "Nothing yet." in page.text
    assert db.session.get_one(StoredFile, row.file_id).erased_at is not None
    assert client.get(f"/learning/elsewhere/{row.id}/file").status_code == 404
    with pytest.raises(Conflict):
        accept(row, mara)


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"<script>alert(1)</script>", "neither a PDF nor a picture"),
        (b"%PDF-1.7\n<script>alert(1)</script>", "damaged or not complete"),
        (made.pdf(made.scripted), "a program inside"),
        (made.enormous_png(), "million pixels"),
        (b"%PDF-" + b"0" * 5_000_001, "larger than 5 MB"),
        (b"", "choose"),
    ],
    ids=range(6),
)
def test_a_file_that_is_not_taken_leaves_nothing_and_keeps_what_was_typed(
    wren: Person, client: FlaskClient, sign_in: SignIn, settings_for_tests: Settings, raw: bytes, words: str
) -> None:
    page = sent(Reader(sign_in(client, wren)).open("/learning/elsewhere/add"), raw)
    assert page.status == 422
    assert words in page.text
    assert page.form("Add it").fields["title"] == ["Handling conflict online"]
    assert stored() == 0
    assert list(settings_for_tests.files.rglob("*")) == []


def test_six_megabytes_are_refused_unread(wren: Person, client: FlaskClient, sign_in: SignIn) -> None:
    page = Reader(sign_in(client, wren)).open("/learning/elsewhere/add")
    assert sent(page, b"%PDF-" + b"0" * 6_000_000).status == 413
    assert stored() == 0


def test_a_last_day_or_none_is_said_on_purpose(wren: Person, client: FlaskClient, sign_in: SignIn) -> None:
    page = Reader(sign_in(client, wren)).open("/learning/elsewhere/add")
    for wrong in ({"does_not_lapse": None}, {"lapses_on": ["1", "9", "2027"]}):
        assert "give the last day, or tick that it does not lapse" in sent(page, made.pdf(), **wrong).text
    assert "give the day that stands on it" in sent(page, made.pdf(), awarded_on=["", "", ""]).text
    assert "It was not awarded yet" in sent(page, made.pdf(), awarded_on=[*FUTURE]).text
    assert stored() == 0


def test_it_counts_no_longer_than_the_course_or_the_certificate_itself(
    wren: Person, mara: Person, client: FlaskClient, sign_in: SignIn
) -> None:
    sign_in(client, wren)
    row = added(client)
    with pytest.raises(Invalid, match="1 September 2028 at most"):
        accept(row, mara, until=date(2028, 9, 2))
    short = added(client, does_not_lapse=None, lapses_on=["1", "6", "2027"])
    assert elsewhere.latest_ends(short)[COURSE] == date(2027, 6, 1)
    lapsed = added(client, awarded_on=["1", "9", "2023"])
    with pytest.raises(Invalid, match="which is past"):
        accept(lapsed, mara)
    accept(row, mara, until=date(2027, 9, 1))
    with pytest.raises(Conflict, match="decided about this meanwhile"):
        accept(row, mara)
    assert course_status.status_in(wren.id, COURSE, now=NOW).passed.valid_until == date(2027, 9, 1)  # type: ignore[union-attr]  # it was passed


def test_nobody_decides_on_their_own_or_without_the_permission(
    wren: Person, mara: Person, people: People, client: FlaskClient, sign_in: SignIn, app: Flask
) -> None:
    own = added(sign_in(client, mara))
    assert elsewhere.waiting_for(mara) == []
    assert "Record the decision" not in Reader(client).open(f"/learning/elsewhere/{own.id}").text
    with pytest.raises(NotAboutYourself):
        accept(own, mara)
    with pytest.raises(NotAboutYourself), db.writing():
        elsewhere.decline(own.id, "No.", by=mara, now=NOW)
    with pytest.raises(NotAllowed):
        accept(own, wren)
    stranger = sign_in(app.test_client(), wren)
    for address in (f"/learning/elsewhere/{own.id}", f"/learning/elsewhere/{own.id}/file"):
        assert stranger.get(address).status_code == 404
    with pytest.raises(NotFound), db.writing():
        elsewhere.take_back(own.id, by=wren, now=NOW)


def test_staff_add_one_for_somebody(
    wren: Person, mara: Person, people: People, client: FlaskClient, sign_in: SignIn
) -> None:
    reader = Reader(sign_in(client, mara))
    assert f"/learning/elsewhere/add-for/{wren.id}" in client.get(f"/people/{wren.id}").text
    page = sent(reader.open(f"/learning/elsewhere/add-for/{wren.id}"), made.picture("JPEG"))
    assert page.status == 200
    [shown] = elsewhere.of_person(wren.id)
    assert (shown.row.added_by_id, shown.file.kind) == (mara.id, "jpeg")


def test_withdrawn_evidence_no_longer_counts_and_can_be_decided_again(
    wren: Person, mara: Person, people: People, client: FlaskClient, sign_in: SignIn
) -> None:
    row = added(sign_in(client, wren))
    accept(row, mara)
    with pytest.raises(Conflict), db.writing():
        elsewhere.look_again(row.id, by=mara, now=NOW)
    with db.writing():
        evidence.withdraw(facts_of_person(wren.id)[0].id, by=mara.id, why="It is somebody else's.", now=NOW)
    assert not course_status.status_in(wren.id, COURSE, now=NOW).holds
    assert "and was withdrawn" in Reader(client).open(f"/learning/elsewhere/{row.id}").text
    with db.writing():
        elsewhere.look_again(row.id, by=mara, now=NOW)
    accept(db.session.get_one(ElsewhereTraining, row.id), mara)
    assert course_status.status_in(wren.id, COURSE, now=NOW).holds


def test_a_person_is_reminded_before_it_lapses_and_may_pass_the_refresher(
    wren: Person, mara: Person, client: FlaskClient, sign_in: SignIn
) -> None:
    accept(added(sign_in(client, wren)), mara)
    with clock_at(NOW):
        reminders.remind_people(NOW.replace(year=2028, month=8, day=25))
    assert len(queued("taken-over-training-lapses")) == 1
    pass_course(wren)
    assert db.session.scalars(select(Completion)).one().person_id == wren.id


def test_a_signed_badge_needs_no_typing_and_staff_may_give_the_key(
    wren: Person, mara: Person, client: FlaskClient, sign_in: SignIn, app: Flask
) -> None:
    page = Reader(sign_in(client, wren)).open("/learning/elsewhere/badge")
    refused = page.press("Read it", text=token()[:-8] + "AAAAAAAA")
    assert refused.status == 422
    assert "signature of this badge is wrong" in refused.text
    assert stored() == 0
    page.press("Read it", text=token(header={"kid": "https://college.example.org/keys/1"}))
    assert page.heading == "Safeguarding adults, level 2"
    assert "The signature cannot be checked" in page.text
    assert client.get(f"{page.address}/file").mimetype == "application/jwt"
    staff = Reader(sign_in(app.test_client(), mara)).open(page.address)
    assert "is no public key" in staff.press("Check with this key", key="hello").text
    staff.press("Check with this key", key=json.dumps(jwk("RS256")))
    assert "It fits the key that staff gave" in staff.text
    page.open("/learning/elsewhere/badge").press("Read it", text=token())
    assert "It fits the key that came with it" in page.text


def test_too_many_that_wait_are_refused(
    wren: Person, client: FlaskClient, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(elsewhere, "MOST_WAITING", 2)
    sign_in(client, wren)
    for _ in range(elsewhere.MOST_WAITING):
        assert added(client).state is ElsewhereState.WAITING
    page = sent(Reader(client).open("/learning/elsewhere/add"), made.pdf())
    assert "2 certificates wait already" in page.text
    assert stored() == elsewhere.MOST_WAITING


@pytest.mark.both_databases
def test_removing_an_account_that_was_never_used_erases_the_files_that_staff_added_for_it(
    people: People, mara: Person
) -> None:
    install_shipped()
    moss, robin = (people.person(name, state=PersonState.INVITED) for name in ("Moss", "Robin"))
    rows = {}
    for of in (moss, robin):
        with store.written(b"%PDF-" + of.display_name.encode(), FileKind.PDF) as new, db.writing():
            rows[of.id] = elsewhere.add(STATED, new, of=of, by=mara, now=NOW)
    with db.writing():
        removing.remove([moss.id], by=mara, today=NOW.date(), now=NOW)
    db.session.rollback()
    gone, kept = (db.session.get_one(StoredFile, rows[of.id].file_id) for of in (moss, robin))
    assert (gone.erased_at, kept.erased_at) == (NOW, None)
    assert not store.place_of(gone.sha256).exists()
    assert [shown.row.person_id for shown in elsewhere.waiting_for(mara)] == [robin.id]


def test_a_suspended_account_keeps_its_files(people: People, mara: Person, wren: Person) -> None:
    with store.written(b"%PDF-", FileKind.PDF) as new, db.writing():
        row = elsewhere.add(STATED, new, of=wren, by=wren, now=NOW)
    admin = people.person("Sable", roles=(Role.ADMIN,))
    with db.writing():
        suspend(wren, by=admin, now=NOW)
    assert db.session.get_one(StoredFile, row.file_id).erased_at is None
