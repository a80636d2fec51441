"""Instants and stints as sentences name them, in the organisation's zone."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from progression.duties import Duty
from rota.scheduling.roster import Roster, Stint


def day_in_words(day: date) -> str:
    """Fri 27 March"""
    return f"{day:%a} {day.day} {day:%B}"


def time_in_words(instant: datetime, zone: ZoneInfo) -> str:
    """Fri 27 March, 22:00"""
    local = instant.astimezone(zone)
    return f"{day_in_words(local)}, {local:%H:%M}"


def instant_in_words(instant: datetime, roster: Roster) -> str:
    """Fri 27 March, 22:00"""
    return time_in_words(instant, roster.zone)


def stint_in_words(stint: Stint, roster: Roster) -> str:
    """moderator on Board, Fri 27 March, 22:00 to 02:00"""
    if stint.duty is not Duty.ON_CALL:
        seat = f"{stint.duty.words} on {stint.channel}"
    else:  # A channel named after the duty is not named twice: not "on call for On call".
        seat = "on call" if stint.channel.casefold() == "on call" else f"on call for {stint.channel}"
    return f"{seat}, {instant_in_words(stint.starts_at, roster)} to {stint.ends_at.astimezone(roster.zone):%H:%M}"
