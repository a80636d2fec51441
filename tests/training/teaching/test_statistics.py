"""Course statistics agree with a calculation by hand, name nobody, and say nothing about a few."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from app import db
from app.people.models import Person, Role
from tests.conftest import People, SignIn
from tests.times import NOW
from tests.training.courses import install_small
from training import catalogue
from training.models import Answer, Enrolment, UnitAttempt, UnitDone
from training.teaching.statistics import QuestionStatistics, discrimination, statistics_of

# Of 20 tries: whether the question was right, how many of the two others were, and how many tries did just that.
KNOWN = ((True, 2, 8), (True, 1, 2), (False, 2, 2), (False, 1, 3), (False, 0, 5))


def tries(known: tuple[tuple[bool, int, int], ...]) -> list[dict[str, bool]]:
    return [
        {"one": is_right, "two": others > 0, "three": others > 1}
        for is_right, others, how_many in known
        for _ in range(how_many)
    ]


def test_the_discrimination_is_the_point_biserial_correlation_worked_out_by_hand() -> None:
    # Right: 10 tries with a mean rest of (8 × 1 + 2 × 0.5) / 10 = 0.9. Wrong: 10 with (2 × 1 + 3 × 0.5) / 10 = 0.35.
    # All: mean 0.625, mean square (10 × 1 + 5 × 0.25) / 20 = 0.5625, so variance 0.5625 − 0.390625 = 0.171875, and its
    # root 0.414578. r = (0.9 − 0.35) / 0.414578 × √(0.5 × 0.5) = 0.6633.
    assert discrimination("one", tries(KNOWN)) == pytest.approx(0.6633, abs=0.0001)
    turned = tuple((not is_right, others, how_many) for is_right, others, how_many in KNOWN)
    assert discrimination("one", tries(turned)) == pytest.approx(-0.6633, abs=0.0001)


def test_too_few_answers_and_answers_without_a_difference_have_none() -> None:
    assert discrimination("one", tries(KNOWN)[1:]) is None
    assert discrimination("one", [{"one": True, "two": True}] * 30) is None
    assert discrimination("one", [{"one": True}] * 30) is None


def go_through(
    person: Person, right: dict[str, bool], *, days: int | None = None, done: tuple[str, ...] = (), number: int = 1
) -> None:
    """Let somebody begin the course, answer, and finish it after so many days."""
    course, version = catalogue.course_called("kindness")
    ends = None if days is None else NOW + timedelta(days=days)
    with db.writing():
        enrolment = Enrolment(
            person_id=person.id, course_id=course.id, course_version_id=version.id, started_at=NOW, finished_at=ends
        )
        db.session.add(enrolment)
        db.session.flush()
        for unit in done:
            db.session.add(UnitDone(enrolment_id=enrolment.id, unit=unit, done_at=NOW))
        attempt = UnitAttempt(
            enrolment_id=enrolment.id, unit="quiz", number=number, seed=1, drawn=[], started_at=NOW, finished_at=NOW
        )
        attempt.right_answers, attempt.is_passed = sum(right.values()), False
        db.session.add(attempt)
        db.session.flush()
        for position, (question, is_right) in enumerate(right.items()):
            db.session.add(
                Answer(
                    attempt_id=attempt.id,
                    position=position,
                    question=question,
                    given=[0],
                    is_right=is_right,
                    answered_at=NOW,
                )
            )


@pytest.fixture
def known(people: People, tmp_path: Path) -> int:
    """Twenty people with the known answers: twelve finished, after 1 to 12 days; the others stopped at three places."""
    install_small(tmp_path)
    for number, right in enumerate(tries(KNOWN)):
        done = () if number < 14 else ("why",) if number < 19 else ("why", "story")
        go_through(people.person(), right, days=number + 1 if number < 12 else None, done=done)
    return catalogue.course_called("kindness")[1].id


@pytest.mark.both_databases
def test_the_figures_of_a_version_are_those_of_the_known_answers(known: int, people: People) -> None:
    go_through(people.person("Again"), {"one": True}, number=2)
    found = statistics_of(known)
    assert (found.begun, found.finished) == (21, 12)
    assert found.median_time == timedelta(days=6.5)
    assert found.median_words == "6 days"
    assert [(unit.slug if unit else None, people) for unit, people in found.stopped] == [
        (None, 3),
        ("why", 5),
        ("story", 1),
    ]
    (_quiz, questions), *_ = found.quizzes
    by_key = {each.question.key: each for each in questions}
    one = by_key["one"]
    assert (one.asked, one.right, one.facility) == (20, 10, 0.5)
    assert one.discrimination == pytest.approx(0.6633, abs=0.0001)
    assert (by_key["two"].right, by_key["three"].right) == (15, 10)


@pytest.mark.parametrize(
    ("asked", "right", "tells_apart", "words"),
    [
        (40, 10, -0.2, "Most people who do well get this wrong more often than others"),
        (40, 30, -0.2, "People who do well get this wrong more often than others"),
        (40, 8, 0.4, "does the lesson teach it"),
        (40, 39, 0.4, "Nearly everybody"),
        (40, 20, 0.1, "is one of the other answers right as well"),
        (40, 20, 0.4, None),
        (19, 1, None, None),
    ],
)
def test_a_question_that_looks_bad_says_why(
    asked: int, right: int, tells_apart: float | None, words: str | None, tmp_path: Path
) -> None:
    doubt = QuestionStatistics(None, "Kind?", asked, right, tells_apart).doubt  # type: ignore[arg-type]  # the question itself does not matter here
    assert (words or "") in (doubt or "")
    assert (doubt is None) == (words is None)


def test_the_page_has_the_figures_and_no_names(
    known: int, people: People, client: FlaskClient, sign_in: SignIn
) -> None:
    sign_in(client, people.person("Tansy", roles=(Role.TRAINER,)))
    page = client.get(f"/learning/statistics/{known}").text
    assert "20 people began it, and 12 finished." in page
    assert "0.66" in page
    assert "Person 1" not in page
    assert "Being kind, version 1" in client.get("/learning/statistics").text


def test_nothing_is_shown_about_four(people: People, client: FlaskClient, sign_in: SignIn, tmp_path: Path) -> None:
    install_small(tmp_path)
    for _ in range(4):
        go_through(people.person(), {"one": True, "two": False}, days=1)
    sign_in(client, people.person("Tansy", roles=(Role.TRAINER,)))
    page = client.get(f"/learning/statistics/{catalogue.course_called('kindness')[1].id}").text
    assert "Fewer than 5 people have begun this version." in page
    assert "Kind?" not in page
