"""Markers hear once a day what waits, in one e-mail; and words are deleted when the policy says."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from sqlalchemy import func, select

from app import db
from app.people.models import Role
from tests.conftest import People
from tests.times import NOW
from tests.training.emails import queued, words_of
from tests.training.practicals import work
from tests.training.practicals.work import hand_in, row_of
from training.practicals import reminders
from training.practicals.models import PracticalMark, PracticalNote, TryState

A_DAY = timedelta(days=1)


def test_a_marker_gets_one_email_for_all_that_came_in_and_hears_of_it_again_after_a_week(
    people: People, tmp_path: Path
) -> None:
    work.install(tmp_path)
    rook = people.person("Rook", roles=(Role.TRAINER,))
    for name in ("Wren", "Moss"):
        hand_in(work.begin(people.person(name)))
    own = hand_in(work.begin(rook))
    for days in (0, 0, 1, 6, 7):
        db.session.rollback()
        reminders.tell_markers(NOW + days * A_DAY + timedelta(hours=1))
    rows = queued("practicals-wait")
    assert [row.person_id for row in rows] == [rook.id, rook.id], f"and nothing of {own}, their own"
    assert words_of(rows[0])[0] == "2 practicals wait for you to mark"


def test_words_go_when_the_policy_says_and_levels_stay(people: People, tmp_path: Path) -> None:
    work.install(tmp_path)
    rook, wren = people.person("Rook", roles=(Role.TRAINER,)), work.begin(people.person("Wren"))
    try_id = hand_in(wren)
    waits = hand_in(wren, "Evenings.", slug="talk")
    work.mark(try_id, rook)
    reminders.delete_old_words(NOW + timedelta(weeks=26))
    assert row_of(try_id).text == work.TEXT
    db.session.rollback()
    reminders.delete_old_words(NOW + timedelta(weeks=26, days=1))
    assert (row_of(try_id).text, row_of(try_id).state) == (None, TryState.PASSED)
    assert row_of(waits).text == "Evenings."
    assert db.session.scalar(select(func.count()).select_from(PracticalNote)) == 0
    assert db.session.scalars(select(PracticalMark)).one().levels["safety"] == 2
