"""Where people go wrong: counted per version, from first tries, without names, and never about a few."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app import audit, db
from app.people.models import Person, Role
from app.refusals import PageOutOfDate
from progression import evidence
from progression.ledger import facts_of_person
from tests.conftest import People, SignIn
from tests.times import NOW
from tests.training.courses import STORY, install_small, pass_course
from tests.training.reading import Reader
from training import attempts, catalogue, learning, mistakes, quiz, results
from training.attempts import Shown
from training.models import CourseVersion
from training.scenario import ChoiceMade

KIND, RUDE, STAY, BACK = (("first", "kind"), ("first", "rude"), ("second", "stay"), ("second", "back"))


def play(person: Person, *choices: tuple[str, str]) -> int:
    """Play the story once; return the attempt's id."""
    with db.writing():
        learning.start("kindness", by=person, now=NOW)
    progress = learning.progress_in(person, "kindness", now=NOW)
    shown = Shown(progress.enrolment.id, len(attempts._attempts(progress, "story")))
    with db.writing():
        begun = attempts.begin_scenario("kindness", "story", shown=shown, by=person, now=NOW)
    for position, (step, choice) in enumerate(choices):
        with db.writing():
            made = ChoiceMade(step, choice)
            attempts.choose("kindness", "story", made, attempt_id=begun.id, position=position, by=person, now=NOW)
    return begun.id


def answer_one(person: Person, *, right: bool) -> None:
    """Answer the first question of the quiz."""
    progress = learning.progress_in(person, "kindness", now=NOW)
    with db.writing():
        attempts.begin_quiz("kindness", "quiz", shown=Shown(progress.enrolment.id, 0), by=person, now=NOW, seed=1)
    attempt = attempts.quiz_attempt(progress, "quiz")
    assert attempt is not None
    one = attempt.numbered(1)
    picked = quiz.sent(one.question, one.drawn, quiz.right_answer(one.question))
    wrong = picked[::-1] if len(picked) > 1 else [str(1 - int(picked[0]))]
    with db.writing():
        given = picked if right else wrong
        attempts.answer("kindness", "quiz", 1, given, attempt_id=attempt.row.id, by=person, now=NOW)


def newest() -> int:
    return catalogue.course_called("kindness")[1].id


def chosen(version_id: int) -> dict[str, list[int]]:
    """How many people chose what, by step."""
    (story,) = mistakes.figures(version_id).stories
    return {one.step.key: [people for _choice, people in one.chosen] for one in story.steps}


@pytest.mark.both_databases
def test_first_tries_count_and_who_went_back_counts_for_both_replies(people: People, tmp_path: Path) -> None:
    install_small(tmp_path)
    several = [people.person(f"Peer {number}") for number in range(6)]
    for person in several[:4]:
        play(person, KIND, STAY)
    play(several[4], RUDE, KIND, BACK, ("second", "stay"))
    play(several[5], RUDE)
    play(several[5], KIND, STAY)
    answer_one(several[0], right=True)
    answer_one(several[1], right=False)
    (story,) = mistakes.figures(newest()).stories
    assert chosen(newest()) == {"first": [5, 2], "second": [5, 1]}
    assert [one.people for one in story.steps] == [6, 5]
    assert {ending.key: people for ending, people in story.endings} == {"glad": 5, "sad": 2}
    assert story.reached == 6
    (_quiz, questions), *_ = mistakes.figures(newest()).quizzes
    assert sum(one.people for one in questions) == 2
    assert sum(one.right for one in questions) == 1


def test_one_person_who_goes_back_again_and_again_is_one_person(people: People, tmp_path: Path) -> None:
    install_small(tmp_path)
    for number in range(3):
        play(people.person(f"Peer {number}"), KIND, STAY)
    play(people.person("Restless"), *[RUDE] * 9, KIND, STAY)
    (story,) = mistakes.figures(newest()).stories
    assert ({ending.key: number for ending, number in story.endings}, story.reached) == ({"glad": 4, "sad": 1}, 4)
    assert not story.endings_are_shown
    assert [one.people for one in story.steps] == [4, 4]
    assert not any(one.is_shown for one in story.steps)


def test_one_person_who_took_a_course_again_after_a_withdrawn_pass_is_one_person(
    people: People, tmp_path: Path
) -> None:
    install_small(tmp_path)
    several = [people.person(f"Peer {number}") for number in range(4)]
    for person in several:
        pass_course(person, code="kindness")
    with db.writing():
        evidence.withdraw(facts_of_person(several[0].id)[0].id, by=several[1].id, why="Somebody else.", now=NOW)
        learning.start("kindness", by=several[0], now=NOW + timedelta(days=1), after=1)
    play(several[0], KIND, STAY)
    answer_one(several[0], right=True)
    found = mistakes.figures(newest())
    assert [one.people for one in found.stories[0].steps] == [4, 4]
    assert max(one.people for _quiz, questions in found.quizzes for one in questions) <= 4


@pytest.mark.both_databases
def test_a_choice_stays_with_the_version_in_which_its_step_was_read(people: People, tmp_path: Path) -> None:
    install_small(tmp_path / "one")
    for number in range(5):
        play(people.person(f"Early {number}"), RUDE)
    first = newest()
    install_small(tmp_path / "two", story=STORY.replace("text: Be rude", "text: Be curt"))
    for number in range(5):
        play(people.person(f"Late {number}"), KIND)
    assert newest() != first
    assert chosen(first)["first"] == [0, 5]
    assert chosen(newest())["first"] == [5, 0]
    words = {
        version.number: mistakes.figures(version.id).stories[0].steps[0].chosen[1][0].text
        for version in db.session.scalars(select(CourseVersion))
    }
    assert words == {1: "Be rude", 2: "Be curt"}


@pytest.mark.parametrize(("how_many", "is_shown"), [(4, False), (5, True)])
def test_nothing_is_shown_about_fewer_than_five_people(
    client: FlaskClient, people: People, sign_in: SignIn, tmp_path: Path, how_many: int, is_shown: bool
) -> None:
    install_small(tmp_path)
    for number in range(how_many):
        play(people.person(f"Peer {number}"), RUDE)
    reader = Reader(sign_in(client, people.person("Teal", roles=(Role.TRAINER,))))
    reader.open("/learning").follow("Where people go wrong")
    assert ("version 1 5 people" in reader.text) == is_shown
    reader.follow("Being kind, version 1")
    assert ("Be rude" in reader.text) == is_shown
    assert ("Endings are not shown" in reader.text) != is_shown
    assert "fewer than 5 people came by" in reader.text
    assert ("0 of 5, 0 %" in reader.text) == is_shown
    assert not any(f"Peer {number}" in reader.text for number in range(how_many))


def test_a_path_is_the_learner_s_own_until_they_share_it_and_again_after_they_stop(
    client: FlaskClient, people: People, sign_in: SignIn, tmp_path: Path
) -> None:
    install_small(tmp_path)
    wren, sable = people.person("Wren"), people.person("Sable", roles=(Role.ASSESSOR,))
    pass_course(wren, code="kindness")
    play(wren, RUDE)
    (before,) = results.results_of(wren.id)
    assert before.shared == ()
    reader = Reader(sign_in(client, wren)).open("/learning/kindness/story?go=on")
    assert "Only you see how you replied" in reader.text
    reader.press("Share how I replied")
    page = " ".join(sign_in(client, sable).get(f"/sign-offs/{wren.id}").text.split())
    assert "How they replied in “A story”, which they share" in page
    assert "First: Be rude (worth another look)" in page
    (after,) = results.results_of(wren.id)
    assert (after.quizzes, after.scenarios) == (before.quizzes, before.scenarios)
    Reader(sign_in(client, wren)).open("/learning/kindness/story?go=on").press("Stop sharing it")
    assert results.results_of(wren.id)[0].shared == ()
    lines = select(audit.AuditLine.action).where(audit.AuditLine.action.like("training.path%"))
    assert list(db.session.scalars(lines.order_by(audit.AuditLine.id))) == [
        "training.path-shared",
        "training.path-no-longer-shared",
    ]


def test_only_a_story_played_to_an_ending_can_be_shared_and_only_one_s_own(people: People, tmp_path: Path) -> None:
    install_small(tmp_path)
    wren, moss = people.person("Wren"), people.person("Moss")
    unfinished = play(wren, KIND)
    with pytest.raises(PageOutOfDate), db.writing():
        attempts.share("kindness", "story", share_it=True, attempt_id=unfinished, by=wren, now=NOW)
    of_moss = play(moss, RUDE)
    with pytest.raises(PageOutOfDate), db.writing():
        attempts.share("kindness", "story", share_it=True, attempt_id=of_moss, by=wren, now=NOW)
