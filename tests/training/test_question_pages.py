"""Questions of every kind, answered on pages without scripts."""

from __future__ import annotations

from pathlib import Path

from flask.testing import FlaskClient

from app import db
from tests.conftest import People, SignIn
from tests.times import NOW
from tests.training.courses import EVERY_KIND, install_small
from tests.training.reading import Reader
from training import attempts, learning, quiz
from training.attempts import Shown
from training.models import UnitAttempt

ALL = EVERY_KIND.replace("draw: 2", "draw: 7").replace("pass_mark: 2", "pass_mark: 7")
REFUSED = {
    "ordering": (["0", "0", "1"], "Two lines have the same place"),
    "short-text": (["  "], "Write your answer in the box"),
    "number": (["soon"], "Write your answer as a figure"),
    "matching": (["0", ""], "Choose something for every line"),
    "single": ([], "Choose one answer"),
    "true-false": ([], "Choose one answer"),
    "multiple": ([], "Choose at least one answer"),
}


def test_a_quiz_of_every_kind_is_refused_in_words_where_incomplete_and_passed_when_right(
    client: FlaskClient, people: People, sign_in: SignIn, tmp_path: Path
) -> None:
    install_small(tmp_path, quiz=ALL)
    wren = people.person("Wren")
    with db.writing():
        learning.start("kindness", by=wren, now=NOW)
    enrolment_id = learning.progress_in(wren, "kindness", now=NOW).enrolment.id
    with db.writing():
        attempts.begin_quiz("kindness", "quiz", shown=Shown(enrolment_id, 0), by=wren, now=NOW, seed=4)
    attempt = attempts.quiz_attempt(learning.progress_in(wren, "kindness", now=NOW), "quiz")
    assert attempt is not None
    reader = Reader(sign_in(client, wren))
    for one in attempt.asked:
        reader.open(f"/learning/kindness/quiz/{one.number}")
        picked, sentence = REFUSED[one.question.kind]
        reader.press("Answer", picked=picked)
        assert reader.status == 422
        assert sentence in reader.text
        reader.press("Answer", picked=quiz.sent(one.question, one.drawn, quiz.right_answer(one.question)))
        assert "That’s right" in reader.text, one.question.kind
    db.session.expire_all()
    assert db.session.get_one(UnitAttempt, attempt.row.id).is_passed
