"""The draft of a document: revisions, two people who write at once, and what is kept."""

from __future__ import annotations

import threading

import pytest
from flask import Flask

from app import db
from app.people.models import Person, Role
from app.refusals import Invalid, NotFound
from progression.documents import drafts
from progression.documents.drafts import SavedMeanwhile, Words
from progression.documents.shipped import CODE_OF_CONDUCT, COMMUNITY_GUIDELINES
from tests.conftest import People
from tests.progression.documents.writing import drafted, words
from tests.times import NOW


@pytest.fixture
def rook(people: People) -> Person:
    return people.person("Rook", roles=(Role.TRAINER,))


@pytest.fixture
def sable(people: People) -> Person:
    return people.person("Sable", roles=(Role.ADMIN,))


def test_a_draft_begins_with_the_last_edition_and_each_save_is_a_revision(rook: Person) -> None:
    assert drafts.first_words(CODE_OF_CONDUCT).text.startswith("People come here when things are hard")
    drafted(rook, words("One."))
    drafted(rook, words("Two."))
    assert [(each.revision, each.words.text) for each in drafts.revisions_of(CODE_OF_CONDUCT)] == [
        (2, "Two.\n"),
        (1, "One.\n"),
    ]
    assert drafts.draft_of(COMMUNITY_GUIDELINES) is None


def test_the_same_words_sent_twice_are_one_revision(rook: Person) -> None:
    first = drafted(rook, words("One."), seen="")
    assert drafted(rook, words("One."), seen="").mark == first.mark


def test_the_second_of_two_people_is_told_and_nothing_is_lost(rook: Person, sable: Person) -> None:
    theirs = drafted(rook, words("Rook’s."), seen="")
    with pytest.raises(SavedMeanwhile, match="Rook saved revision 1") as refusal:
        drafted(sable, words("Sable’s."), seen="")
    assert refusal.value.theirs is not None
    assert drafted(sable, words("Sable’s."), seen=refusal.value.theirs.mark).revision == 2
    assert drafts.revision_numbered(CODE_OF_CONDUCT, 1).words == theirs.words


def test_a_draft_begun_again_is_never_taken_for_the_one_before(rook: Person, sable: Person) -> None:
    first = drafted(rook, words("One."))
    with db.writing():
        drafts.discard(CODE_OF_CONDUCT, seen=first.mark, by=rook, now=NOW)
    drafted(sable, words("Another."))
    with pytest.raises(SavedMeanwhile):
        drafted(rook, words("Two."), seen=first.mark)
    with pytest.raises(SavedMeanwhile), db.writing():
        drafts.discard(CODE_OF_CONDUCT, seen=first.mark, by=rook, now=NOW)
    with pytest.raises(NotFound):
        drafts.revision_numbered(CODE_OF_CONDUCT, 7)


def test_words_that_are_too_long_are_refused_with_their_field(rook: Person) -> None:
    for what, field in (
        (words("x" * 30_001), "text"),
        (words("x\n" * 2_002), "text"),
        (words(why="x" * 401), "why"),
    ):
        with pytest.raises(Invalid) as refusal:
            drafted(rook, what)
        assert refusal.value.field == field


def test_line_ends_and_ends_of_lines_are_tidied() -> None:
    tidied = Words(text="\r\nOne.  \r\n\r\nTwo.\r\n\r\n", why=" In \n two lines. ").tidied()
    assert (tidied.text, tidied.why) == ("One.\n\nTwo.\n", "In two lines.")


def test_the_oldest_of_very_many_revisions_are_forgotten(rook: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drafts, "MOST_REVISIONS", 3)
    for number in range(5):
        drafted(rook, words(f"Number {number}."))
    assert [each.revision for each in drafts.revisions_of(CODE_OF_CONDUCT)] == [5, 4, 3]


@pytest.mark.both_databases
def test_of_two_saves_at_the_same_moment_one_is_told(app: Flask, rook: Person, sable: Person) -> None:
    outcomes: list[str] = []
    at_once = threading.Barrier(2)
    ids = {rook.id: "Rook’s.", sable.id: "Sable’s."}
    db.session.rollback()

    def save(person_id: int, text: str) -> None:
        with app.app_context():
            at_once.wait()
            try:
                with db.writing():
                    by = db.session.get_one(Person, person_id)
                    drafts.save(CODE_OF_CONDUCT, words(text), seen="", by=by, now=NOW)
                outcomes.append("saved")
            except SavedMeanwhile:
                outcomes.append("told")

    threads = [threading.Thread(target=save, args=each) for each in ids.items()]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sorted(outcomes) == ["saved", "told"]
    assert len(drafts.revisions_of(CODE_OF_CONDUCT)) == 1
