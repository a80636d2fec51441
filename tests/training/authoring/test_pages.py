"""The pages on which courses are written, from the first word to the published version."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from app import db
from app.people.models import Person, Role
from tests.conftest import People, SignIn
from tests.page_fields import hidden
from tests.training.courses import install_small
from training.models import Enrolment
from training.pack import Pack


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


@pytest.fixture
def small(app: Flask, tmp_path: Path) -> Pack:
    """A small course, installed."""
    return install_small(tmp_path / "kindness")


@pytest.fixture
def draft(small: Pack, client: FlaskClient, wren: Person, sign_in: SignIn) -> str:
    """The address of its next version, begun by Wren."""
    sign_in(client, wren)
    return client.post("/write-courses/from/kindness", follow_redirects=True).request.path


def test_answers_are_added_moved_and_taken_out_without_scripts(client: FlaskClient, draft: str) -> None:
    quiz = part_of(client.get(draft).text, "Questions")
    question = part_of(client.get(quiz).text, "Kind?")
    base = {"about": "why", "ask": "Kind?", "options-0-text": "Yes, kind", "options-0-right": "1"}
    base |= {"options-0-feedback": "Yes.", "options-1-text": "No", "options-1-feedback": "Look.", "options-count": "2"}
    page = saved(client, question, **base, do="add:options")
    assert 'name="options-2-text"' in page
    assert 'value="remove:options-2"' in page
    three = {**base, "options-count": "3", "options-2-text": "Perhaps", "options-2-feedback": "Hm."}
    page = saved(client, question, **three, do="up:options-2")
    assert page.index('value="Perhaps"') < page.index('value="No"')
    page = saved(client, question, **three, do="remove:options-2")
    assert 'name="options-2-text"' not in page
    assert 'value="remove:' not in page, "two answers are the least there can be"


def test_a_dead_end_is_drawn_named_and_linked(client: FlaskClient, draft: str) -> None:
    story = part_of(client.get(draft).text, "A story")
    first = part_of(client.get(story).text, "First")
    page = client.get(first).text
    form = dict(re.findall(r'<input[^>]*name="([^"]+)"[^>]*value="([^"]*)"', page))
    texts = {"ask": "What now?", "hint": "Be kind.", "choices-0-text": "Be kind", "choices-0-feedback": "Good."}
    texts |= {"choices-1-text": "Be rude", "choices-1-feedback": "Hm.", "choices-0-lands": "well", "choices-0-to": ""}
    texts |= {"choices-1-lands": "think", "choices-1-to": "sad", "said-0-text": "Turnip.", "said-0-gentler": "Rude."}
    page = client.post(first, data={**form, **texts, "do": ""}, follow_redirects=True).text
    assert "leads nowhere yet" in page
    assert "“Goes to” is not filled in yet." in page
    assert f'href="{first}#choices-0-to"' in page
    assert "no answer leads here" in page
    assert "Nowhere yet" in page, "and in the table behind the map"
    tried = client.get(f"{story}/try").text
    assert "cannot be tried" in tried


def test_a_story_and_a_question_are_tried_and_nothing_is_kept(client: FlaskClient, draft: str) -> None:
    outline = client.get(draft).text
    story = part_of(outline, "A story")
    assert "Be rude" in client.get(f"{story}/try").text
    assert "That landed well" in client.get(f"{story}/try?way=0").text
    end = client.get(f"{story}/try?way=00").text
    assert "All is well." in end
    assert "It counts as done." in end
    assert client.get(f"{story}/try?way=0x9").status_code == 200
    quiz = part_of(outline, "Questions")
    question = part_of(client.get(quiz).text, "Kind?")
    assert client.get(f"{quiz}/try").headers["Location"] == f"{question}/try"
    assert "Choose" in client.post(f"{question}/try").text
    page = client.post(f"{question}/try", data={"picked": "0"}).text
    assert "That’s right" in page or "Worth another look" in page
    assert db.session.scalar(select(func.count()).select_from(Enrolment)) == 0


def test_a_pack_is_taken_away_and_brought_in(client: FlaskClient, draft: str, small: Pack) -> None:
    change = part_of(client.get(draft).text, "What this version changes")
    saved(client, change, kind="minor", what="Nothing much.")
    archive = client.get(f"{draft}/pack.zip").data
    refused = client.post("/write-courses/bring-in", data={"file": (io.BytesIO(archive), "kindness.zip")})
    assert "Somebody is writing this course already." in refused.text
    client.post(f"{draft}/put-away")
    data = {"file": (io.BytesIO(archive), "kindness.zip")}
    brought = client.post("/write-courses/bring-in", data=data, follow_redirects=True)
    assert "The pack is here as a draft." in brought.text
    assert brought.request.path != draft
    assert client.get(f"{brought.request.path}/pack.zip").data == archive
    assert "Being kind" in client.get("/write-courses").text


def test_only_authors_open_these_pages(client: FlaskClient, draft: str, people: People, sign_in: SignIn) -> None:
    sign_in(client, people.person("Moss"))
    assert client.get(draft).status_code == client.get("/write-courses").status_code == 403
    assert client.get(f"{draft}/pack.zip").status_code == 403
