"""The times for which channels need people and no shift is published."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from sqlalchemy import false

from app import clock, db
from progression.duties import Duty
from rota.planning import channels
from rota.scheduling.cover_pattern import Need, PatternSpan
from rota.store.cover_needs import UnplannedTime, cover_between
from rota.store.models import Channel, ChannelKind
from tests.rota.crew import EVERY_DAY, LONDON, MONDAY, Crew, seats
from tests.times import NOW

pytestmark = pytest.mark.both_databases

NEED = (Need(Duty.LEAD, 1, 1, 1), Need(Duty.MODERATOR, 1, 1, 2), Need(Duty.SHADOW, 0, 1, 1))
SPRING = date(2027, 3, 28)


def round_the_clock(name: str = "Board") -> Channel:
    """A channel that needs people day and night, in two shifts."""
    with db.writing():
        channel = channels.open_channel(name, ChannelKind.BOARD, by=None, now=NOW)
        spans = [
            PatternSpan(EVERY_DAY, time(8), time(20), "Day", NEED),
            PatternSpan(EVERY_DAY, time(20), time(8), "Night", NEED),
        ]
        channels.write_pattern(channel, spans, starts_on=NOW.date(), zone=LONDON, by=None, now=NOW)
    return channel


def unplanned(first: date, days: int, *, counting_drafts: bool = False) -> tuple[UnplannedTime, ...]:
    """What is not planned of some whole days."""
    db.session.rollback()
    starts, ends = clock.starts(first, LONDON), clock.ends(first + timedelta(days=days - 1), LONDON)
    return cover_between(starts, ends, zone=LONDON, counting_drafts=counting_drafts).unplanned.times


def test_a_channel_that_is_always_open_and_has_no_shifts_is_unplanned_all_the_time(crew: Crew) -> None:
    round_the_clock()
    (whole,) = unplanned(MONDAY, 7)
    assert (whole.starts_at, whole.ends_at) == (
        clock.starts(MONDAY, LONDON),
        clock.starts(MONDAY + timedelta(days=7), LONDON),
    )
    read = cover_between(whole.starts_at, whole.ends_at, zone=LONDON)
    assert {each.people for each in read.unplanned.needed} == {2}, "shadows are not needed"
    assert read.seats == ()


def test_what_a_published_rota_covers_is_planned_and_a_draft_only_where_drafts_count(crew: Crew) -> None:
    rota = crew.rota(round_the_clock(), days=2)
    before, after = clock.starts(MONDAY, LONDON), datetime(2027, 2, 24, 8, tzinfo=UTC)
    (whole,) = unplanned(MONDAY, 4)
    assert whole.draft_rota_id == rota.id
    assert cover_between(whole.starts_at, whole.ends_at, zone=LONDON).seats == ()
    times = unplanned(MONDAY, 4, counting_drafts=True)
    assert [(time.starts_at, time.ends_at) for time in times] == [
        (before, datetime(2027, 2, 22, 8, tzinfo=UTC)),
        (after, clock.starts(MONDAY + timedelta(days=4), LONDON)),
    ]


def test_nothing_is_needed_once_a_channel_is_closed_or_its_pattern_is_empty(crew: Crew) -> None:
    board, chat = round_the_clock(), round_the_clock("Chat")
    with db.writing():
        channels.close_channel(board, MONDAY, zone=LONDON, by=crew.assessor.id, now=NOW)
        channels.write_pattern(chat, [], starts_on=MONDAY, zone=LONDON, by=None, now=NOW)
    # The night before reaches into Monday.
    assert [(time.channel, time.ends_at.hour) for time in unplanned(MONDAY, 7)] == [("Board", 8), ("Chat", 8)]


def test_a_night_that_the_clocks_shorten_is_needed_for_its_true_hours(crew: Crew) -> None:
    crew.nights()
    first, second = unplanned(SPRING, 1)
    assert (first.ends_at - first.starts_at, second.ends_at - second.starts_at) == (
        timedelta(hours=5),
        timedelta(hours=2),
    )


def test_the_published_seats_come_with_it_in_their_usual_order(crew: Crew) -> None:
    wren = crew.moderator("Wren")
    crew.always_can(wren)
    rota, _ = crew.published(wren, channel=crew.evenings("Board", *NEED[1:]))
    starts, ends = clock.starts(MONDAY, LONDON), clock.ends(MONDAY + timedelta(days=6), LONDON)
    counted = [each for each in seats(rota) if each.is_wanted or each.is_taken]
    assert len(counted) < len(seats(rota)), "one is beyond those wanted"
    assert list(cover_between(starts, ends, zone=LONDON).seats) == counted
    nameless = cover_between(starts, ends, zone=LONDON, named=false()).seats
    assert {each.person_id for each in nameless} == {None}
    assert [each.is_taken for each in nameless] == [each.is_taken for each in counted]
