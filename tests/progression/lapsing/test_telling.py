"""The e-mails 60, 30 and 7 days before something lapses: when, to whom, and how many."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select

from app import clock, db
from app.outbox.models import OutboxRow
from app.outbox.notice import Notice, from_row
from app.people.models import Person, Role
from progression import evidence, recording
from progression.lapses import Lapse
from progression.lapsing.telling import Told, due, is_due, tell_people
from progression.models import Evidence
from progression.stages import Stage
from rota.store import availability
from tests.conftest import People
from tests.progression.bringing import CHECK, agrees, bring_to, is_checked, passes_conflict
from tests.progression.facts import LONDON, SHIPPED_PATHWAY
from tests.times import NOW
from tests.training.courses import install_shipped
from tests.training.emails import queued, words_of
from training.reminders import remind_people

LAST_DAY = date(2028, 12, 31)  # of the check that `bring_to` records
CHECK_CODE = "dbs-check"


def before(days: int, last_day: date = LAST_DAY) -> datetime:
    """A morning so many days before a last day."""
    day = last_day - timedelta(days=days)
    return clock.local(LONDON, day.year, day.month, day.day, 9, 20)


@pytest.fixture
def sable(people: People) -> Person:
    return people.person("Sable", roles=(Role.ASSESSOR,))


@pytest.fixture
def wren(people: People, sable: Person) -> Person:
    return bring_to(people.person("Wren"), Stage.VOLUNTEER, by=sable)


def told_to(person: Person, kind: str = "lapses-ahead") -> int:
    return sum(row.person_id == person.id for row in queued(kind))


def test_three_e_mails_go_out_each_once_to_the_person_and_to_who_can_renew_it(wren: Person, sable: Person) -> None:
    counts = []
    for days in (61, 60, 59, 31, 30, 8, 7, 1, 0, -1):
        for _ in range(2):
            tell_people(before(days))
        counts.append((told_to(wren), told_to(sable, "lapses-to-record")))
    assert counts == [(0, 0), (1, 1), (1, 1), (1, 1), (2, 2), (2, 2), (3, 3), (3, 3), (3, 3), (3, 3)]
    assert told_to(sable) == 0
    now = before(60)
    subject, text, _ = words_of(queued("lapses-ahead")[0], now=now)
    assert "lasts until 31 December 2028" in subject
    assert "Staff start the check with you" in text
    subject, text, _ = words_of(queued("lapses-to-record")[0], now=now)
    assert subject.startswith("Something of Wren’s lapses soon")
    assert f"/sign-offs/{wren.id}" in text


def test_after_a_long_stop_of_the_worker_only_the_nearest_e_mail_goes_out(wren: Person) -> None:
    tell_people(before(5))
    tell_people(before(4))
    assert told_to(wren) == 1


def test_what_lapses_near_the_same_day_comes_in_one_e_mail_and_training_does_not_write_beside_it(
    people: People, wren: Person
) -> None:
    install_shipped()
    passes_conflict(wren, now=NOW, valid_until=LAST_DAY + timedelta(days=10))
    withdraw_older_pass(wren, people)
    for days in (61, 60, 50, 30, 21, 14, 7, 3):
        tell_people(before(days))
        remind_people(before(days))
    rows = queued("lapses-ahead")
    assert [sorted(code for code, _ in row.facts["named"]) for row in rows] == [["conflict", CHECK_CODE]] * 3
    assert queued("training-lapses") == queued("taken-over-training-lapses") == []
    _, text, _ = words_of(rows[0], now=before(60))
    assert "Understanding conflict" in text
    assert "/learning/conflict" in text


def withdraw_older_pass(person: Person, people: People) -> None:
    """The pass of `bring_to` has no end; the newer one that ends is to decide."""
    older = db.session.scalars(
        select(Evidence).where(
            Evidence.person_id == person.id, Evidence.key == "conflict", Evidence.valid_until.is_(None)
        )
    ).one()
    rowan = people.person("Rowan", roles=(Role.ASSESSOR,))
    with db.writing():
        evidence.withdraw(older.id, by=rowan.id, why="Recorded twice.", now=NOW)


def test_nothing_is_sent_of_what_was_renewed_meanwhile(wren: Person, sable: Person) -> None:
    tell_people(before(60))
    row, to_record = queued("lapses-ahead")[0], queued("lapses-to-record")[0]
    with db.writing():
        check = recording.CheckSeen(
            CHECK.level,
            CHECK.workforce,
            CHECK.outcome,
            date(2028, 11, 1),
            date(2028, 11, 5),
            date(2031, 10, 31),
            "9910",
        )
        recording.record_check(wren, check, by=sable, now=before(50))
    assert not notice_of(row).still_wanted(wren.id, before(50))
    assert not notice_of(to_record).still_wanted(sable.id, before(50))
    tell_people(before(30))
    assert told_to(wren) == 1


def notice_of(row: OutboxRow) -> Notice:
    return from_row(row.kind, row.facts)


def test_who_is_away_hears_of_it_when_they_are_back(wren: Person) -> None:
    with db.writing():
        availability.set_leave(
            wren.id, LAST_DAY - timedelta(days=70), LAST_DAY - timedelta(days=41), zone=LONDON, now=before(80)
        )
    tell_people(before(60))
    tell_people(before(41))
    assert told_to(wren) == 0
    tell_people(before(40))
    assert told_to(wren) == 1


def test_nobody_without_a_duty_that_rests_on_it_gets_an_e_mail(people: People, sable: Person) -> None:
    rook = people.person("Rook")
    agrees(rook)
    is_checked(rook, by=sable)
    tell_people(before(30))
    assert told_to(rook) == 0


def lapse(code: str, last_day: date) -> Lapse:
    return Lapse(code, SHIPPED_PATHWAY.requirements[code], last_day, (), ())


@pytest.mark.parametrize("gap", [0, 1, 13, 14, 15, 29, 31, 60])
def test_each_thing_is_told_at_most_once_at_each_step_whatever_lies_between(gap: int) -> None:
    mine = [lapse(CHECK_CODE, LAST_DAY), lapse("conflict", LAST_DAY + timedelta(days=gap))]
    told: set[Told] = set()
    e_mails = 0
    for days in range(90, -70, -1):
        today = LAST_DAY - timedelta(days=days)
        open_ones = [each for each in mine if each.last_day >= today]
        new = [one for one in due(1, open_ones, today) if one not in told]
        if any(is_due(one, today) for one in new):
            e_mails += 1
            told.update(new)
    assert sorted(one.days_before for one in told if one.code == CHECK_CODE) == [7, 30, 60]
    assert sorted(one.days_before for one in told if one.code == "conflict") == [7, 30, 60]
    assert e_mails == (3 if gap <= 14 else 6)
