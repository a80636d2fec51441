"""Answers to feedback: by the learner and by those who marked, a few of each."""

from __future__ import annotations

from pathlib import Path

import pytest

from app import db
from app.people.models import Person, Role
from app.refusals import Conflict, Invalid, NotFound
from tests.conftest import People
from tests.times import NOW
from tests.training.emails import queued, words_of
from tests.training.practicals import work
from tests.training.practicals.work import hand_in
from training.practicals import answers


def say(try_id: int, text: str, by: Person, *, shown: int = 0) -> None:
    with db.writing():
        answers.answer(try_id, text, shown=shown, by=by, now=NOW)


def test_both_sides_answer_up_to_three_times_and_the_other_is_told(people: People, tmp_path: Path) -> None:
    work.install(tmp_path)
    rook, moss = people.person("Rook", roles=(Role.TRAINER,)), people.person("Moss", roles=(Role.TRAINER,))
    wren = work.begin(people.person("Wren"))
    try_id = hand_in(wren)
    with pytest.raises(Conflict, match="nothing to answer to yet"):
        say(try_id, "When?", wren)
    work.mark(try_id, rook)
    for _twice in range(2):
        say(try_id, "Thank you.", wren)
    assert [each.text for each in answers.answers_to(try_id)] == ["Thank you."]
    db.session.rollback()
    say(try_id, "With pleasure.", rook, shown=1)
    assert [row.person_id for row in queued("practical-answered")] == [rook.id, wren.id]
    assert "Wren answered to what was said about “A hard evening”" in words_of(queued("practical-answered")[0])[1]
    db.session.rollback()
    with pytest.raises(NotFound):
        say(try_id, "Hello?", moss)
    with pytest.raises(Invalid, match="up to 2,000"):
        say(try_id, "x" * 2001, wren, shown=2)
    say(try_id, "And one thing.", wren, shown=2)
    say(try_id, "And another.", wren, shown=3)
    with pytest.raises(Conflict, match="in person"):
        say(try_id, "And a fourth.", wren, shown=4)
