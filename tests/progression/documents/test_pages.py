"""The pages of documents: reading, writing by two people, publishing, and who agreed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from app.people.models import Person, Role
from progression.documents import drafts
from progression.documents.shipped import CODE_OF_CONDUCT, DOCUMENTS
from tests.conftest import People, SignIn, clock_at
from tests.page_fields import hidden
from tests.progression.documents.writing import SENTENCES, drafted, published, words
from tests.progression.test_journey_pages import kinds
from tests.times import NOW, TODAY

WRITE = "/documents/code-of-conduct/write"
LONG = "\n\n".join(f"{number}. Zażółć gęślą jaźń. مرحبا بكم في مجتمعنا. " + "słowo " * 30 for number in range(95))


@pytest.fixture
def rook(people: People) -> Person:
    return people.person("Rook", roles=(Role.TRAINER,))


@pytest.fixture
def sable(people: People) -> Person:
    return people.person("Sable", roles=(Role.ADMIN,))


def test_everybody_reads_every_document_and_agrees_to_it(client: FlaskClient, people: People, sign_in: SignIn) -> None:
    moss = people.person("Moss")
    sign_in(client, moss)
    for document in DOCUMENTS:
        assert document.title in client.get("/documents").text
        page = client.get(f"/documents/{document.key}").text
        data = {"edition": hidden(page, "edition"), "once": hidden(page, "once")}
        assert (
            "Your agreement is recorded."
            in client.post(f"/documents/{document.key}", data=data, follow_redirects=True).text
        )
    assert kinds(moss) == ["accepted"] * len(DOCUMENTS)
    assert client.get("/documents").text.count("You agreed to edition 1") == len(DOCUMENTS)
    assert client.get("/documents/house-rules").status_code == 404


def test_a_draft_is_saved_seen_compared_and_published_through_pages(
    client: FlaskClient, sable: Person, sign_in: SignIn
) -> None:
    page = sign_in(client, sable).get(WRITE).text
    assert "People come here when things are hard" in page
    text = drafts.first_words(CODE_OF_CONDUCT).text.replace("I listen first, and I do not judge.", "I listen first.")
    data: dict[str, Any] = {"text": text, "seen": "", **SENTENCES}
    seen = client.post(WRITE, data=data | {"preview": "1"}, follow_redirects=True).text
    assert "This is how people will read it." in seen
    assert "<del" in client.get("/documents/code-of-conduct/changes").text
    publish = "/documents/code-of-conduct/publish"
    page = client.get(publish).text
    until = TODAY + timedelta(days=40)
    data = {
        "seen": hidden(page, "seen"),
        "holds_from": [str(TODAY.day), str(TODAY.month), str(TODAY.year)],
        "asks": "again",
        "agree_by": [str(until.day), str(until.month), str(until.year)],
    }
    asked = client.post(publish, data=data).text
    assert "0 people have to agree again by" in asked
    done = client.post(publish, data=data | {"agreed": hidden(asked, "agreed")}, follow_redirects=True).text
    assert "Edition 2 is published." in done
    assert "I listen first.</li>" in done
    assert client.get(publish).status_code == 302, "there is nothing left to publish"


def test_the_second_author_keeps_what_they_typed_and_sees_what_differs(
    client: FlaskClient, rook: Person, sable: Person, sign_in: SignIn
) -> None:
    sign_in(client, sable)
    drafted(rook, words("Rook wrote this."))
    data = {"text": "Sable wrote that.", "seen": "", **SENTENCES}
    answer = client.post(WRITE, data=data)
    assert answer.status_code == 409
    assert "Rook saved revision 1 of this draft while you wrote." in answer.text
    assert "Sable wrote that.</textarea>" in answer.text
    assert '<del class="nl-wraps">Rook wrote this.</del>' in answer.text
    again = client.post(WRITE, data=data | {"seen": hidden(answer.text, "seen")}, follow_redirects=True)
    assert "Saved as revision 2." in again.text
    assert "Rook wrote this." in client.get(WRITE + "?revision=1").text


def test_the_page_on_which_the_pathway_is_written_names_documents_that_nothing_asks_for(
    client: FlaskClient, sable: Person, sign_in: SignIn
) -> None:
    page = sign_in(client, sable).get("/admin/policies/pathway/new").text
    assert "accepted:community-guidelines" in page
    assert "accepted:confidentiality" in page
    assert "Here, and not asked for" not in client.get("/admin/policies/rota-rules").text


def test_a_trainer_writes_and_does_not_publish(client: FlaskClient, rook: Person, sign_in: SignIn) -> None:
    drafted(rook)
    sign_in(client, rook)
    assert "An administrator publishes it." in client.get("/documents/code-of-conduct/preview").text
    assert client.get("/documents/code-of-conduct/publish").status_code == 403


def test_a_draft_is_discarded_only_as_it_was_shown(client: FlaskClient, rook: Person, sign_in: SignIn) -> None:
    first = drafted(rook, words("One."))
    drafted(rook, words("Two."))
    sign_in(client, rook)
    assert client.post("/documents/code-of-conduct/discard", data={"seen": first.mark}).status_code == 409
    newest = drafts.draft_of(CODE_OF_CONDUCT)
    assert newest is not None
    client.post("/documents/code-of-conduct/discard", data={"seen": newest.mark})
    assert drafts.draft_of(CODE_OF_CONDUCT) is None


def test_an_edition_to_come_can_be_read_and_taken_back(client: FlaskClient, sable: Person, sign_in: SignIn) -> None:
    published(sable, "Next week.", from_=TODAY + timedelta(days=7))
    sign_in(client, sable)
    assert "This edition holds from" in client.get("/documents/code-of-conduct/2").text
    take_back = "/documents/code-of-conduct/2/take-back"
    assert "Take it back" in client.get("/documents/code-of-conduct").text
    assert "It never held." in client.post(take_back, follow_redirects=True).text
    assert client.get("/documents/code-of-conduct/2").status_code == 404


def test_staff_see_who_agreed_to_which_edition_and_who_has_to_again(
    client: FlaskClient, people: People, sable: Person, sign_in: SignIn
) -> None:
    moss = people.person("Moss")
    page = sign_in(client, moss).get("/documents/code-of-conduct").text
    client.post("/documents/code-of-conduct", data={"edition": "1", "once": hidden(page, "once")})
    published(sable, agree_by=TODAY + timedelta(days=30))
    page = client.get("/documents/code-of-conduct").text
    assert "This is new since you agreed" in page
    assert SENTENCES["what_it_means"] in page
    sign_in(client, sable)
    page = client.get("/documents/code-of-conduct/agreements?who=waiting").text
    assert "Moss" in page
    assert "Asked to agree again by" in page
    with clock_at(NOW + timedelta(days=40)):
        sign_in(client, sable)
        assert "Counted until" in client.get("/documents/code-of-conduct/agreements").text


def test_a_document_of_twenty_thousand_characters_in_polish_and_arabic_is_kept_and_shown(
    client: FlaskClient, sable: Person, sign_in: SignIn
) -> None:
    assert 20_000 < len(LONG) < drafts.LONGEST_TEXT
    sign_in(client, sable).post(WRITE, data={"text": LONG, "seen": "", **SENTENCES})
    for path in (WRITE, "/documents/code-of-conduct/preview", "/documents/code-of-conduct/changes"):
        answer = client.get(path)
        assert "مرحبا بكم في مجتمعنا" in answer.text
        assert len(answer.data) < 150 * 1024, path
