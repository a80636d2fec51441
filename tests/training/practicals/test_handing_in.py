"""Handing in: kept as it is written, sent once, and never written over unseen."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from app import db
from app.people.models import Person, Role
from app.refusals import Conflict, Invalid, PageOutOfDate
from tests.conftest import People
from tests.times import NOW
from tests.training.emails import queued, words_of
from tests.training.practicals import work
from tests.training.practicals.work import TEXT, WRITTEN, hand_in, sent, tries_of
from training import unit_kinds
from training.authoring import beginning, checking, drafts
from training.pack_reader import PackHasFaults, read_pack
from training.practicals import handing_in, marking
from training.practicals.handing_in import SentWork
from training.practicals.marking import Meeting
from training.practicals.models import TryState

A_DAY = timedelta(days=1)


@pytest.fixture
def wren(people: People, tmp_path: Path) -> Person:
    work.install(tmp_path)
    return work.begin(people.person("Wren"))


@pytest.fixture
def rook(people: People) -> Person:
    return people.person("Rook", roles=(Role.TRAINER,))


def save(person: Person, work: SentWork) -> None:
    with db.writing():
        handing_in.save("kindness", "reply", work, by=person, now=NOW)


def test_a_practical_says_how_long_it_takes_and_a_broken_one_is_refused_with_its_place(tmp_path: Path) -> None:
    pack = read_pack(work.pack_in(tmp_path))
    assert unit_kinds.minutes_of(pack.units[-1]) == 25
    for spoilt, fault in (
        (WRITTEN.replace("duty: moderator", "duty: shadow"), "reply.yaml, line 8: nobody is marked for shadowing"),
        (WRITTEN.replace("way: written", "way: sung"), "reply.yaml, line 9"),
    ):
        with pytest.raises(PackHasFaults) as refusal:
            read_pack(work.pack_in(tmp_path, written=spoilt))
        assert fault in str(refusal.value)


def test_a_course_with_practicals_is_written_in_the_browser_and_stays_the_same(tmp_path: Path, rook: Person) -> None:
    pack = read_pack(work.pack_in(tmp_path))
    with db.writing():
        draft = beginning.begin_from_pack(pack, by=rook, now=NOW)
        read = checking.checked(drafts.written(drafts.parts_of(draft.id))).pack
    assert read is not None
    assert read.content_hash() == pack.content_hash()


def test_a_draft_is_kept_and_another_tab_does_not_write_over_it_unseen(wren: Person) -> None:
    first = sent(wren, "One.")
    save(wren, first)
    save(wren, first)
    with pytest.raises(Conflict, match="another tab"):
        save(wren, sent(wren, "Two.", revision=0))
    save(wren, sent(wren, "Three."))
    draft = tries_of(wren).draft
    assert draft is not None
    assert (draft.text, draft.revision, draft.number) == ("Three.", 2, 1)


def test_the_same_form_sent_twice_hands_in_once_and_another_text_is_told(wren: Person) -> None:
    form = sent(wren)
    for _twice in range(2):
        with db.writing():
            handing_in.hand_in("kindness", "reply", form, by=wren, now=NOW)
    with pytest.raises(Conflict, match="handed in from another page"), db.writing():
        handing_in.hand_in("kindness", "reply", SentWork(form.enrolment_id, 0, 0, "Other."), by=wren, now=NOW)
    assert [each.text for each in tries_of(wren).rows] == [TEXT]


@pytest.mark.parametrize(("text", "fault"), [(" ", "Write something"), ("x" * 401, "under 400 characters")])
def test_an_empty_and_a_long_text_are_refused(wren: Person, text: str, fault: str) -> None:
    with pytest.raises(Invalid, match=fault):
        hand_in(wren, text)


def test_another_try_opens_when_the_rubric_says_and_can_be_written_before(wren: Person, rook: Person) -> None:
    work.mark(hand_in(wren), rook, good=False)
    with pytest.raises(Conflict, match="You can hand in again from"):
        hand_in(wren, "Better.")
    save(wren, sent(wren, "Better."))
    assert tries_of(wren, now=NOW + 7 * A_DAY).opens_on is None
    again = hand_in(wren, "Better.", now=NOW + 7 * A_DAY)
    assert (work.row_of(again).number, work.row_of(again).state) == (2, TryState.WAITING)


def test_what_nobody_has_begun_to_mark_can_be_taken_back_and_what_somebody_has_cannot(
    wren: Person, rook: Person
) -> None:
    try_id = hand_in(wren)
    for _twice in range(2):
        take_back(wren)
    assert (work.row_of(try_id).state, work.row_of(try_id).text) == (TryState.DRAFT, TEXT)
    hand_in(wren)
    with db.writing():
        marking.take(try_id, None, by=rook, now=NOW)
    with pytest.raises(Conflict, match="just begun to mark"):
        take_back(wren)
    work.mark(try_id, rook)
    with pytest.raises(PageOutOfDate, match="has been marked in the meantime"):
        take_back(wren)


def take_back(person: Person, slug: str = "reply") -> None:
    enrolment_id = work.enrolment_of(person)
    db.session.rollback()
    with db.writing():
        handing_in.take_back("kindness", slug, enrolment_id=enrolment_id, by=person, now=NOW)


def test_a_conversation_is_arranged_by_a_marker_and_called_off_by_either(wren: Person, rook: Person) -> None:
    try_id = hand_in(wren, "Evenings, on a call.", slug="talk")
    meeting = Meeting(NOW + A_DAY, "The small room")
    for _twice in range(2):
        with db.writing():
            marking.take(try_id, meeting, by=rook, now=NOW)
    (row,) = queued("conversation-arranged")
    subject, text, _html = words_of(row)
    assert (row.person_id, "Your conversation:" in subject, "The small room" in text) == (wren.id, True, True)
    take_back(wren, "talk")
    (row,) = queued("conversation-called-off")
    assert row.person_id == rook.id
    assert "Wren cannot hold the conversation" in words_of(row)[1]
    hand_in(wren, "Mornings.", slug="talk")
    with db.writing():
        marking.take(try_id, meeting, by=rook, now=NOW)
    with db.writing():
        marking.give_back(try_id, by=rook, now=NOW)
    assert queued("conversation-called-off")[-1].person_id == wren.id
    assert work.row_of(try_id).meet_where is None
    for wrong, fault in (
        (None, "when and where"),
        (Meeting(NOW, "Here"), "past"),
        (Meeting(NOW + A_DAY, " "), "where"),
    ):
        with pytest.raises(Invalid, match=fault), db.writing():
            marking.take(try_id, wrong, by=rook, now=NOW)
