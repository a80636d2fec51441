"""Channels and their cover patterns: which pattern holds on which day, and what is refused."""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest
from flask import Flask

from app import db
from app.refusals import Invalid, NotFound
from progression.duties import Duty
from rota.planning import channels
from rota.scheduling.cover_pattern import Need, PatternSpan
from rota.store.models import Channel, ChannelKind
from tests.rota.crew import EVERY_DAY, LONDON
from tests.times import NOW

FIRST = date(2027, 3, 1)
ONE = (Need(Duty.MODERATOR, 1, 1, 1),)
EVENING = PatternSpan(EVERY_DAY, time(18), time(22), "Evening", ONE)
NIGHT = PatternSpan(EVERY_DAY, time(22), time(6), "Night", ONE)


@pytest.fixture
def board(app: Flask) -> Channel:
    with db.writing():
        channel = channels.open_channel("  Board ", ChannelKind.BOARD, by=None, now=NOW)
        channels.write_pattern(channel, [EVENING], starts_on=FIRST, zone=LONDON, by=None, now=NOW)
    return channel


@pytest.mark.parametrize("name", ["", "   ", "Board"])
def test_a_channel_needs_a_name_that_no_other_has(board: Channel, name: str) -> None:
    with pytest.raises(Invalid), db.writing():
        channels.open_channel(name, ChannelKind.CHAT, by=None, now=NOW)


def test_each_day_has_the_pattern_in_force_on_it(board: Channel) -> None:
    second = FIRST + timedelta(days=7)
    with db.writing():
        channels.add_span(board, NIGHT, starts_on=second, zone=LONDON, by=None, now=NOW)
    assert channels.pattern_on(board, FIRST - timedelta(days=1)) is None
    shifts = channels.planned(channels.patterns_of([board.id])[board.id], second - timedelta(days=1), second)
    assert [shift.label for shift in shifts] == ["Evening", "Evening", "Night"]


def test_a_pattern_of_the_same_day_is_replaced(board: Channel) -> None:
    with db.writing():
        channels.write_pattern(board, [NIGHT], starts_on=FIRST, zone=LONDON, by=None, now=NOW)
    (pattern,) = channels.patterns_of([board.id])[board.id]
    assert [each.label for each in pattern.spans] == ["Night"]


def test_a_channel_that_does_not_exist_is_refused(app: Flask) -> None:
    with pytest.raises(NotFound):
        channels.channel(404)
