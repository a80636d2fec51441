"""Major versions ask exactly the people concerned for exactly the parts that changed, and nothing lasts longer."""

from __future__ import annotations

import random
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app import db
from app.people.models import Person, Role
from app.refusals import Conflict, Invalid
from app.wording import day_in_words
from progression import evidence
from progression.ledger import facts_of_person
from tests.conftest import People, SignIn, clock_at
from tests.times import NOW, TODAY
from tests.training.courses import COURSE, LESSON, install_small, write_pack
from tests.training.emails import queued, words_of
from tests.training.reading import Reader
from training import catalogue, course_status, demonstration, learning, transcript, updates
from training.models import Certificate, Completion
from training.pack_reader import PackHasFaults, read_pack
from training.reminders import remind_people, tell_who_is_asked

LATER = NOW + timedelta(days=10)
BY = (LATER + timedelta(days=30)).date()
WHAT = "The part on whom to tell is new, because the rules changed. It means that you tell the lead first."


def major(*units: str, title: str = "Being kind", days: int = 30) -> str:
    return (
        COURSE.replace("title: Being kind", f"title: {title}")
        + f"change:\n  kind: major\n  what: {WHAT}\n  ask_again: [{', '.join(units)}]\n  within_days: {days}\n"
    )


MINOR = COURSE + "change:\n  kind: minor\n  what: A slip of the pen.\n"


def passes(person: Person, *, now: datetime = NOW) -> None:
    with db.writing():
        demonstration.take_course(person, "kindness", now=now, chance=random.Random(1))


def status(person: Person, *, now: datetime = LATER) -> course_status.CourseStatus:
    db.session.rollback()
    return course_status.status_in(person.id, "kindness", now=now)


@pytest.fixture
def wren(people: People, tmp_path: Path) -> Person:
    install_small(tmp_path)
    wren = people.person("Wren")
    passes(wren)
    return wren


@pytest.mark.both_databases
def test_a_major_version_asks_who_passed_before_for_just_its_parts_until_its_day(wren: Person, tmp_path: Path) -> None:
    before = facts_of_person(wren.id)
    install_small(tmp_path, now=LATER, course=major("story"))
    [fact] = facts_of_person(wren.id)
    assert fact == before[0]._replace(valid_until=BY)
    asked = status(wren).catch_up
    assert asked is not None
    assert [unit.slug for unit in asked.units] == ["story"]
    assert (asked.holds_until, asked.lasts_until) == (BY, before[0].valid_until)
    assert [update.what for update in asked.updates] == [WHAT]
    assert updates.people_asked("kindness", fact.facts["course_version"] + 1, now=LATER) == [wren.id]


@pytest.mark.both_databases
def test_catching_up_makes_a_new_certificate_that_lasts_no_longer_and_leaves_the_old_one(
    wren: Person, tmp_path: Path
) -> None:
    [before] = facts_of_person(wren.id)
    install_small(tmp_path, now=LATER, course=major("why"))
    with db.writing():
        enrolment = learning.start("kindness", by=wren, now=LATER, after=1)
        assert [unit.slug for unit in learning.progress_in(wren, "kindness", now=NOW).asked] == ["why"]
        learning.mark_read("kindness", "why", enrolment_id=enrolment.id, by=wren, now=LATER)
    old, new = facts_of_person(wren.id)
    assert (old.valid_until, new.valid_until) == (BY, before.valid_until)
    assert len(db.session.scalars(select(Certificate)).all()) == 2
    assert [each.valid_until for each in db.session.scalars(select(Completion))] == [before.valid_until] * 2
    assert status(wren).catch_up is None
    assert status(wren, now=LATER + timedelta(days=40)).holds


def test_a_minor_version_asks_nobody(wren: Person, tmp_path: Path) -> None:
    before = facts_of_person(wren.id)
    install_small(tmp_path, now=LATER, course=MINOR)
    assert facts_of_person(wren.id) == before
    assert status(wren).catch_up is None


def test_a_first_version_that_calls_itself_major_asks_nobody(people: People, tmp_path: Path) -> None:
    assert updates.effects_of([read_pack(write_pack(tmp_path, course=major("why")))], now=NOW) == {}
    install_small(tmp_path, course=major("why"))
    passes(people.person("Wren"))
    tell_who_is_asked(LATER)
    assert queued("part-asked-again") == []


def test_several_major_versions_ask_for_all_their_parts_by_the_first_day(wren: Person, tmp_path: Path) -> None:
    install_small(tmp_path, now=LATER, course=major("why"))
    install_small(tmp_path, now=LATER, course=major("quiz", title="Being kinder", days=90))
    asked = status(wren).catch_up
    assert asked is not None
    assert [unit.slug for unit in asked.units] == ["why", "quiz"]
    assert asked.holds_until == BY


def test_who_is_in_the_middle_finishes_the_older_version_and_is_asked_then(people: People, tmp_path: Path) -> None:
    install_small(tmp_path)
    wren = people.person("Wren")
    with db.writing():
        learning.start("kindness", by=wren, now=NOW)
    install_small(tmp_path, now=LATER, course=major("story"))
    assert status(wren).catch_up is None
    passes(wren, now=LATER)
    assert status(wren).catch_up is not None
    tell_who_is_asked(LATER + timedelta(days=1))
    assert [row.person_id for row in queued("part-asked-again")] == [wren.id]


def test_who_was_trained_elsewhere_before_is_asked_and_who_passed_the_new_version_is_not(
    wren: Person, people: People, tmp_path: Path
) -> None:
    elsewhere, late, withdrawn = (people.person(name) for name in ("Elsewhere", "Late", "Withdrawn"))
    with db.writing():
        evidence.record(
            evidence.NewEvidence(person_id=elsewhere.id, kind="training", key="kindness", valid_until=date(2028, 1, 1)),
            by=None,
            now=NOW,
        )
    passes(withdrawn)
    with db.writing():
        evidence.withdraw(facts_of_person(withdrawn.id)[0].id, by=wren.id, why="Somebody else did it", now=NOW)
    install_small(tmp_path, now=LATER, course=major("story"))
    passes(late, now=LATER)
    _course, version = catalogue.course_called("kindness")
    assert updates.people_asked("kindness", version.id, now=LATER) == [wren.id, elsewhere.id]


def test_the_transcript_counts_only_the_minutes_of_the_parts_that_were_asked(wren: Person, tmp_path: Path) -> None:
    whole = transcript.transcript_of(wren, now=LATER).minutes
    install_small(tmp_path, now=LATER, course=major("why"))
    with db.writing():
        enrolment = learning.start("kindness", by=wren, now=LATER, after=1)
        learning.mark_read("kindness", "why", enrolment_id=enrolment.id, by=wren, now=LATER)
    newest, before = transcript.transcript_of(wren, now=LATER + timedelta(days=1)).lines
    assert (newest.minutes, before.minutes) == (5, whole)
    assert whole > 5


@pytest.mark.both_databases
def test_each_person_concerned_is_told_once_and_reminded_before_the_day(wren: Person, tmp_path: Path) -> None:
    install_small(tmp_path, now=LATER, course=major("story"))
    counts = []
    for days in (1, 2, 16, 27, 29, 31):
        for _ in range(2):
            tell_who_is_asked(LATER + timedelta(days=days))
        counts.append(len(queued("part-asked-again")))
    assert counts == [1, 1, 2, 3, 3, 3]
    with clock_at(LATER):
        subject, text, html = words_of(queued("part-asked-again")[0])
    assert subject == "“Being kind” has changed: please bring your training up to date by 30 March 2027"
    assert WHAT in text
    assert "A story: about 5 minutes" in text
    assert "offered to others from three days before" in text
    assert "/learning/kindness" in html


def test_a_version_can_be_made_minor_for_a_day_and_its_day_can_only_move_later(wren: Person, tmp_path: Path) -> None:
    before = facts_of_person(wren.id)
    install_small(tmp_path, now=LATER, course=major("story"))
    with pytest.raises(Invalid), db.writing():
        updates.give_more_time("kindness", until=BY, by=wren.id, now=LATER)
    with db.writing():
        updates.give_more_time("kindness", until=BY + timedelta(days=9), by=wren.id, now=LATER)
    assert facts_of_person(wren.id)[0].valid_until == BY + timedelta(days=9)
    with pytest.raises(Conflict), db.writing():
        updates.ask_nobody("kindness", by=wren.id, now=LATER + timedelta(days=2))
    with db.writing():
        updates.ask_nobody("kindness", by=wren.id, now=LATER + timedelta(hours=20))
    assert facts_of_person(wren.id) == before


def test_near_its_end_a_pass_is_refreshed_with_what_changed_and_lasts_its_full_time(
    wren: Person, tmp_path: Path
) -> None:
    soon = NOW + timedelta(days=330)
    install_small(tmp_path, now=soon, course=major("why") + "refresher: [quiz]\n")
    shown = status(wren, now=soon)
    assert shown.catch_up is None
    assert [unit.slug for unit in shown.asked] == ["why", "quiz"]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ("kind: major, what: New.", "names the steps that it asks for again"),
        ("kind: minor, what: New., ask_again: [why]", "a minor version asks for nothing again"),
        ("kind: major, what: New., ask_again: [nowhere]", "no unit has that slug"),
    ],
)
def test_a_change_that_contradicts_itself_is_refused_with_its_line(tmp_path: Path, change: str, sentence: str) -> None:
    with pytest.raises(PackHasFaults) as refused:
        read_pack(write_pack(tmp_path, course=COURSE + f"change: {{{change}}}\n"))
    assert sentence in str(refused.value)
    assert "course.yaml, line 12" in str(refused.value)


@pytest.mark.parametrize("hours", [24, 25])
def test_the_page_offers_to_take_a_version_back_for_as_long_as_that_is_possible(
    wren: Person, tmp_path: Path, hours: int
) -> None:
    install_small(tmp_path, now=LATER, course=major("story"))
    _course, version = catalogue.course_called("kindness")
    at = LATER + timedelta(hours=hours)
    assert updates.may_be_taken_back(version, at) == (hours == 24)
    if hours == 24:
        with db.writing():
            updates.ask_nobody("kindness", by=wren.id, now=at)
    else:
        with pytest.raises(Conflict), db.writing():
            updates.ask_nobody("kindness", by=wren.id, now=at)


def test_the_pages_say_what_changed_and_begin_just_that(
    wren: Person, tmp_path: Path, client: FlaskClient, sign_in: SignIn
) -> None:
    install_small(tmp_path, now=LATER, course=major("why"), why=LESSON.replace("Kindness helps", "Kindness heals"))
    with clock_at(LATER):
        reader = Reader(sign_in(client, wren))
        assert "A course has changed" in reader.open("/").text
        reader.open("/learning").follow("See what changed")
        assert WHAT in reader.text
        assert "That counts until 30 March 2027" in reader.text
        reader.press("Bring it up to date, about 5 minutes")
        assert "Kindness heals" in reader.text
        reader.press("Next: A story")
        assert "You have passed" in reader.text


def test_who_installs_sees_first_what_it_would_ask_and_can_take_it_back(
    wren: Person, people: People, tmp_path: Path, client: FlaskClient, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    pack = read_pack(write_pack(tmp_path, course=major("story")))
    effect = updates.effects_of([pack], now=LATER)["kindness"]
    assert (effect.people, [unit.slug for unit in effect.units], effect.until) == (1, ["story"], BY)
    monkeypatch.setattr(catalogue, "shipped_packs", lambda: (pack,))
    with clock_at(LATER):
        reader = Reader(sign_in(client, people.person("Sable", roles=(Role.TRAINER,))))
        reader.open("/learning/courses")
        assert "It asks 1 person for 1 part again , until 30 March 2027" in reader.text.replace("again,", "again ,")
        reader.press("Add this course")
        assert "1 person has not done it yet" in reader.text
        reader.press("Ask nobody again")
        assert "Nobody is asked for anything again" in reader.text
    assert TODAY < BY


@pytest.mark.parametrize(
    ("installed", "told"),
    [
        # The refresher is open: both reminders go by the day of the version, not by the recorded end.
        (330, [(331, 1), (345, 1), (346, 2), (360, 2), (361, 2)]),
        # The version was announced before the refresher opened: only what comes after that is left to say.
        (290, [(291, 0), (305, 0), (306, 1), (320, 1), (321, 1)]),
    ],
)
@pytest.mark.both_databases
def test_reminders_of_training_that_lapses_go_by_the_day_of_a_version_and_repeat_nothing(
    wren: Person, tmp_path: Path, installed: int, told: list[tuple[int, int]]
) -> None:
    install_small(tmp_path, now=NOW + timedelta(days=installed), course=major("why"))
    counts = []
    for day, _count in told:
        db.session.rollback()
        for _ in range(2):
            remind_people(NOW + timedelta(days=day))
        counts.append((day, len(queued("training-lapses"))))
    assert counts == told
    last_day = TODAY + timedelta(days=installed + 30)
    subject, _text, _html = words_of(queued("training-lapses")[0])
    assert subject == f"Your training “Being kind” lasts until {day_in_words(last_day)}"
