"""E-mails to those who plan at 7 days, 48 hours and 4 hours: one for all gaps, each gap once at each nearness."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from app import db
from app.people.models import Person, Role
from progression.duties import Duty
from rota.ahead.gap_digest import tell_planners
from rota.ahead.gaps import open_gaps
from rota.ahead.models import GapTold
from rota.planning import drafts
from rota.scheduling.cover_pattern import Need
from rota.store.models import ChannelKind, Rota
from rota.store.seats import SeatRow
from tests.conftest import People
from tests.rota.crew import Crew, seats
from tests.rota.emails import newest_email, queued
from tests.times import NOW

SHIFT = datetime(2027, 2, 22, 18, tzinfo=UTC)  # the first evening of the published rota


@pytest.fixture
def tansy(people: People) -> Person:
    return people.person("Tansy", roles=(Role.COORDINATOR,))


@pytest.fixture
def rota(crew: Crew, tansy: Person) -> Rota:
    """A published rota of two evenings that nobody has; before and after it nothing is planned."""
    made = crew.rota(crew.evenings())
    with db.writing():
        drafts.open_draft(made, by=None, now=NOW)
    crew.publish(made)
    return made


def told(hours: int) -> set[str]:
    db.session.rollback()
    return set(db.session.scalars(select(GapTold.gap).where(GapTold.hours == hours)))


def test_all_gaps_of_a_week_come_in_one_email(rota: Rota, tansy: Person) -> None:
    tell_planners(NOW)
    [row] = queued("gaps-ahead")
    assert row.person_id == tansy.id
    subject, text, _ = newest_email("gaps-ahead", tansy.id)
    assert "gaps" in subject
    assert "nothing is planned" in text
    assert "empty" in text
    assert f"/rota/{rota.id}" in text


def test_each_gap_is_told_once_at_each_nearness(rota: Rota) -> None:
    first = f"shift:{seats(rota)[0].shift_id}"
    week_before = SHIFT - timedelta(days=7) + timedelta(hours=1)
    assert week_before < NOW
    for now in (NOW, NOW + timedelta(minutes=5), SHIFT - timedelta(hours=40), SHIFT - timedelta(hours=39)):
        tell_planners(now)
    assert first in told(168)
    assert first in told(48)
    assert first not in told(4)
    tell_planners(SHIFT - timedelta(hours=3))
    tell_planners(SHIFT - timedelta(hours=2))
    assert first in told(4)
    once = [row for row in queued("gaps-ahead") if row.enqueued_at == SHIFT - timedelta(hours=3)]
    assert len(once) == 1
    assert not [row for row in queued("gaps-ahead") if row.enqueued_at == SHIFT - timedelta(hours=2)]


def test_a_gap_that_opens_near_its_time_is_told_of_from_there_only(rota: Rota) -> None:
    first = f"shift:{seats(rota)[0].shift_id}"
    tell_planners(SHIFT - timedelta(hours=3))
    assert first in told(4)
    assert first not in told(48) | told(168)


def test_nothing_is_sent_about_what_is_filled(crew: Crew, tansy: Person) -> None:
    line = crew.evenings("On call", Need(Duty.ON_CALL, 1, 1, 1), kind=ChannelKind.ON_CALL)
    heron = crew.lead("Heron")
    crew.always_can(heron)
    rota = crew.rota(line)
    crew.give(rota, seats(rota)[1], heron)
    crew.publish(rota)
    near = SHIFT - timedelta(hours=3)
    tell_planners(near)
    one, other = seats(rota)
    _, text, _ = newest_email("gaps-ahead", tansy.id, now=near)
    assert _link(rota, one) in text
    assert _link(rota, other) not in text
    crew.give(rota, one, heron)
    crew.publish(rota)
    _, text, _ = newest_email("gaps-ahead", tansy.id, now=near)
    assert _link(rota, one) not in text
    with pytest.raises(AssertionError):  # when all of it is over, nothing is sent
        newest_email("gaps-ahead", tansy.id, now=SHIFT + timedelta(days=8))


def _link(rota: Rota, seat: SeatRow) -> str:
    return f"/rota/{rota.id}?seat={seat.id}"


def test_at_night_only_what_is_near_is_told_at_once(rota: Rota) -> None:
    night = datetime(2027, 2, 18, 23, 30, tzinfo=UTC)
    tell_planners(night)
    [row] = queued("gaps-ahead")
    assert row.next_try_at == datetime(2027, 2, 19, 8, tzinfo=UTC)


def test_an_organisation_that_is_setting_up_is_told_nothing(crew: Crew, tansy: Person) -> None:
    crew.evenings()
    tell_planners(NOW)
    assert queued("gaps-ahead") == []


def test_time_without_a_shift_keeps_its_key_while_it_comes_nearer(rota: Rota) -> None:
    until = NOW + timedelta(days=3)
    first = {gap.key for gap in open_gaps(NOW, until)}
    later = {gap.key for gap in open_gaps(NOW + timedelta(hours=23), until)}
    assert later
    assert later < first
