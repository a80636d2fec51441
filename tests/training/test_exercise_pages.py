"""Exercises as a person meets them in a lesson: forms without scripts, what came of them, and what is left to do."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app import db
from app.people.models import Person
from tests.conftest import People, SignIn
from tests.times import NOW
from tests.training.courses import COURSE, LESSON_TO_DO, pass_course, write_pack
from tests.training.reading import Reader
from training import catalogue, demonstration
from training.pack_reader import read_pack


@pytest.fixture
def reader(client: FlaskClient, people: People, sign_in: SignIn, tmp_path: Path) -> Reader:
    with db.writing():
        catalogue.install(read_pack(write_pack(tmp_path, why=LESSON_TO_DO)), by=None, now=NOW)
    reader = Reader(sign_in(client, people.person("Wren")))
    return reader.open("/learning").follow("Have a look").press("Start the course")


def places(reader: Reader, button: str, wanted: dict[str, str]) -> list[str]:
    """The values that a form sends where each label got the option of these words, in the order shown."""
    labels = {one.get("for"): " ".join("".join(one.itertext()).split()) for one in reader.page.iter("label")}
    form = next(one for one in reader.page.iter("form") if button in "".join(one.itertext()))
    chosen = []
    for row in form.iter("select"):
        words = {" ".join((one.text or "").split()): one.get("value") for one in row.iter("option")}
        chosen.append(words[wanted[labels[row.get("id")]]])
    return chosen


def test_a_lesson_says_what_is_left_to_do_and_counts_as_read_when_all_of_it_was_done(reader: Reader) -> None:
    assert "4 exercises are left: go to “Which lines could a stranger use?”" in reader.text
    reader.press("Check: Which lines could a stranger use?", picked=["0", "1"])
    assert "Worth another look" in reader.text
    assert "Not this one. This names nobody." in reader.text
    boxes = {"A joke": "Leave it", "A jibe": "Nudge", "A threat": "Nudge"}
    reader.press("Check: What would you do?", picked=places(reader, "Check: What would you do?", boxes))
    assert "This is “Tell the lead”, and you chose “Nudge”. This is for the lead." in reader.text
    steps = {"Listen": "First", "Thank them": "Second", "Tell the lead": "Third"}
    reader.press("Check: In which order?", picked=places(reader, "Check: In which order?", steps))
    assert "All of it right" in reader.text
    assert "One exercise is left: go to “Write what you would say.”" in reader.text
    assert "It thanks, then it asks." not in reader.text
    reader.press("Compare: Write what you would say.", text="I hear you.\r\nThank you.")
    assert "Yours I hear you. Thank you. One that works Thank you for saying so." in " ".join(reader.text.split())
    reader.press("Keep my ticks: Write what you would say.", picked=["0"])
    assert reader.form("Keep my ticks").fields["picked"] == ["0"]
    reader.press("Next: A story")
    assert reader.heading == "A story"


def test_trying_again_is_one_press_and_the_latest_counts(reader: Reader) -> None:
    reader.press("Check: Which lines could a stranger use?", picked=["0"])
    assert "Try again: Which lines could a stranger use?" in reader.text
    reader.press("Check: Which lines could a stranger use?", picked=["1"])
    assert "All of it right" in reader.text


def test_an_unfinished_exercise_keeps_what_was_chosen_and_says_what_is_missing(reader: Reader) -> None:
    reader.press("Check: In which order?", picked=["0", "", "2"])
    assert reader.status == 422
    assert "Choose something for every step before you check." in reader.text
    selects = [one for one in reader.page.iter("select") if (one.get("id") or "").startswith("do-order-it")]
    chosen = [
        [one.get("value") for one in select.iter("option") if one.get("selected") is not None] for select in selects
    ]
    assert chosen == [["0"], [], ["2"]]
    reader.press("Compare: Write what you would say.", text="x" * 2001)
    assert "Keep it under 2,000 characters, please." in reader.text
    assert "x" * 2001 in reader.text


def test_a_reply_can_be_deleted_and_still_counts_as_done(reader: Reader) -> None:
    reader.press("Compare: Write what you would say.", text="Secret words")
    reader.press("Delete what I wrote: Write what you would say.", forget="y")
    assert "What you wrote is deleted." in reader.text
    assert "Secret words" not in reader.text
    assert "3 exercises are left" in reader.text


def test_hard_words_in_an_exercise_give_way_before_and_after_it_was_done(reader: Reader) -> None:
    assert "You turnip." in reader.text
    reader.press("Skip the quotes")
    assert "tin_robin is rude." in reader.text
    reader.press("Check: Which lines could a stranger use?", picked=["1"])
    assert "You turnip." not in reader.text


def test_in_a_refresher_that_does_not_ask_for_the_lesson_its_exercises_hold_nobody_up(
    client: FlaskClient, people: People, sign_in: SignIn, tmp_path: Path
) -> None:
    course = COURSE.replace("units:", "refresher:\n  - quiz\nunits:")
    with db.writing():
        catalogue.install(read_pack(write_pack(tmp_path, course=course, why=LESSON_TO_DO)), by=None, now=NOW)
    moss = people.person("Moss")
    pass_course(moss, code="kindness")
    reader = Reader(sign_in(client, moss)).open("/learning/kindness").press("Start the refresher")
    reader.open("/learning/kindness/why")
    assert "4 exercises are left" in reader.text
    assert reader.follow("Next: A story").heading == "A story"


def test_a_passed_course_asks_for_no_exercise_and_takes_every_one(reader: Reader, people: People) -> None:
    reader.press("Check: Which lines could a stranger use?", picked=["0"])
    with db.writing():
        wren = db.session.scalars(select(Person).where(Person.display_name == "Wren")).one()
        demonstration.take_course(wren, "kindness", now=NOW, chance=random.Random(1))
    reader.open("/learning/kindness/why")
    assert "go to “" not in reader.text
    reader.press("Check: Which lines could a stranger use?", picked=["0"])
    assert "Worth another look" in reader.text


def test_a_lesson_sent_as_read_too_early_says_why_it_does_not_count(reader: Reader, client: FlaskClient) -> None:
    enrolment = reader.form("Check: In which order?").fields["enrolment"][0]
    answer = client.post("/learning/kindness/why/read", data={"enrolment": enrolment}, follow_redirects=True)
    assert "Do each exercise of this lesson once, well or badly." in answer.text
