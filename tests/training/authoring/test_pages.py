"""The pages on which courses are written, from the first word to the published version."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask.testing import FlaskClient

from app.people.models import Person, Role
from tests.conftest import People, SignIn
from tests.page_fields import hidden


@pytest.fixture
def wren(people: People) -> Person:
    return people.person("Wren", roles=(Role.TRAINER,))


def part_of(page: str, words: str) -> str:
    """The address of the part whose link says these words."""
    found = re.search(rf'href="(/write-courses/\d+/parts/\d+)[^"]*"[^>]*>(?:\s|<b>)*{re.escape(words)}', page)
    assert found, words
    return found[1]


def saved(client: FlaskClient, address: str, **fields: Any) -> str:
    """Fill in the form of a part and press Save; the page after it."""
    page = client.get(address).text
    data = {"seen": hidden(page, "seen"), **{name.replace("__", "-"): value for name, value in fields.items()}}
    answer = client.post(address, data=data, follow_redirects=True)
    assert answer.status_code == 200, answer.text
    return answer.text


def test_a_trainer_writes_a_course_and_publishes_it(client: FlaskClient, wren: Person, sign_in: SignIn) -> None:
    sign_in(client, wren)
    outline = client.post("/write-courses", data={"title": "Being kind"}, follow_redirects=True)
    address = outline.request.path
    assert "to mend" in outline.text
    assert "Opens once everything to mend is mended." in outline.text
    saved(
        client,
        part_of(outline.text, "Title, what it is about"),
        title="Being kind",
        summary="How to be kind.",
        shows="can be kind.",
        valid_for__months="12",
        valid_for__source="Our own choice.",
    )
    lesson = client.post(f"{address}/parts", data={"kind": "lesson"}, follow_redirects=True).request.path
    page = saved(client, lesson, title="Why kindness", minutes="3", body="Kindness **helps**.")
    assert "<strong>helps</strong>" in page
    quiz = client.post(f"{address}/parts", data={"kind": "quiz"}, follow_redirects=True).request.path
    saved(client, quiz, title="Check", minutes="2", lead="One question.", draw="1", pass_mark="1")
    question = client.post(
        f"{address}/parts",
        data={"kind": "question", "sub_kind": "true-false", "within": quiz.rpartition("/")[2]},
        follow_redirects=True,
    ).request.path
    page = saved(client, question, about="lesson", says="Kindness helps.", is_true="1", if_true="Yes.")
    assert "1 thing to mend" in page
    assert f'href="{question}#if_false"' in page
    saved(client, question, about="lesson", says="Kindness helps.", is_true="1", if_true="Yes.", if_false="Look again.")
    publish = client.get(f"{address}/publish").text
    assert "the first version" in publish
    done = client.post(f"{address}/publish", data={"seen": hidden(publish, "seen")}, follow_redirects=True).text
    assert "“Being kind” is published as version 1." in done
    assert client.get("/learning/being-kind").status_code == 200
    assert client.get(address).status_code == 200
    assert "This draft was published." in client.post(f"{address}/put-away").text
