"""How days and times are written, each format in one place.

Each filter takes a UTC instant (or, for days, a date) and the reader's zone; without one, the organisation's. A day on
which something happened is a day of the organisation's calendar, on pages, in e-mails and on certificates alike.

Every hour is written by `clock_time`, which remembers in which zone, so that the page can say so: see `clock_note`.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from flask import Flask, has_request_context, request

from app import clock, settings
from app.day_bounds import NO_LAST_DAY
from app.wording import duration, hour_in_words

ZONES_WRITTEN = "nightlight.zones_written"  # in the request: the zones in which its page has written hours so far


def _local(moment: datetime, zone: ZoneInfo | None) -> datetime:
    return moment.astimezone(zone or settings.current().zone)


def _day(moment: datetime | date, zone: ZoneInfo | None) -> date:
    return clock.on(moment, zone or settings.current().zone) if isinstance(moment, datetime) else moment


def day(moment: datetime | date, zone: ZoneInfo | None = None) -> str:
    """Thursday 18 February"""
    on = _day(moment, zone)
    return f"{on:%A} {on.day} {on:%B}"


def day_and_year(moment: datetime | date, zone: ZoneInfo | None = None) -> str:
    """18 February 2027"""
    on = _day(moment, zone)
    return f"{on.day} {on:%B} {on.year}"


def day_short(moment: datetime | date, zone: ZoneInfo | None = None) -> str:
    """Thu 18 Feb"""
    on = _day(moment, zone)
    return f"{on:%a} {on.day} {on:%b}"


def weekday(moment: datetime | date, zone: ZoneInfo | None = None) -> str:
    """Thu"""
    return f"{_day(moment, zone):%a}"


def day_of_month(moment: datetime | date, zone: ZoneInfo | None = None) -> int:
    """18"""
    return _day(moment, zone).day


def month(moment: datetime | date, zone: ZoneInfo | None = None) -> str:
    """Feb"""
    return f"{_day(moment, zone):%b}"


def clock_time(moment: datetime, zone: ZoneInfo | None = None) -> str:
    """22:00, as `hour_in_words`; on a page it is remembered in which zone"""
    return hour_in_words(moment, _remembered(zone))


def _remembered(zone: ZoneInfo | None) -> ZoneInfo:
    """The zone in which an hour is written, remembered for the note on whose clock the page is."""
    here = zone or settings.current().zone
    if has_request_context():
        request.environ.setdefault(ZONES_WRITTEN, set()).add(here.key)
    return here


def when(moment: datetime, zone: ZoneInfo | None = None) -> str:
    """Thu 18 Feb, 22:00"""
    return _when(moment.astimezone(UTC), _remembered(zone))


@lru_cache(maxsize=4096)  # A page of a rota writes the same few hundred instants a thousand times.
def _when(instant: datetime, zone: ZoneInfo) -> str:
    return f"{day_short(instant, zone)}, {hour_in_words(instant, zone)}"


def span(starts_at: datetime, ends_at: datetime, zone: ZoneInfo | None = None) -> str:
    """22:00 to 02:00"""
    return f"{clock_time(starts_at, zone)} to {clock_time(ends_at, zone)}"


def period(starts_at: datetime, ends_at: datetime, zone: ZoneInfo | None = None) -> str:
    """Tue 24 Nov to Thu 26 Nov (whole days, the last one counted); else Tue 24 Nov, 18:00 to Wed 25 Nov, 02:00.

    Time without a last day is “from Tue 24 Nov, with no last day”.
    """
    here = zone or settings.current().zone
    if without_last_day(ends_at):
        return f"from {day_short(starts_at, here)}, with no last day"
    first, last = clock.on(starts_at, here), clock.on(ends_at, here) - timedelta(days=1)
    if starts_at == clock.starts(first, here) and ends_at == clock.ends(last, here):
        return f"{day_short(first)}, all day" if first == last else f"{day_short(first)} to {day_short(last)}"
    if first == clock.on(ends_at, here):
        return f"{day_short(first)}, {span(starts_at, ends_at, here)}"
    return f"{when(starts_at, here)} to {when(ends_at, here)}"


def without_last_day(ends_at: datetime) -> bool:
    """Whether time away that ends then has no last day: it lasts until somebody says that they are back."""
    return ends_at >= NO_LAST_DAY


def hours_long(starts_at: datetime, ends_at: datetime) -> str:
    """3 hours; 7 hours 30 minutes (elapsed, so a night over a clock change is as long as it is)"""
    return duration((ends_at - starts_at) / timedelta(minutes=1))


def zone_words(zone: ZoneInfo | str) -> str:
    """America/New York, for a sentence."""
    return str(zone).replace("_", " ")


def on_your_clock(zone: ZoneInfo) -> str:
    """Words after an hour that is written in the reader's zone; empty where that is the organisation's.

    The subject of an e-mail is read on a locked screen, where no page says whose time it is.
    """
    return "" if zone.key == settings.current().zone.key else " on your clock"


def clock_note(zone_name: str | None) -> str:
    """In whose time the hours written so far on this page are, for a reader whose own zone is named.

    Empty where the page writes no hour, and for readers who are on the organisation's time.
    """
    home = settings.current().zone.key
    own = zone_name or home
    written: set[str] = request.environ.get(ZONES_WRITTEN, set())
    if own == home or not written:
        return ""
    organisation = settings.current().organisation
    if own not in written:
        return f"Times are in {organisation}’s time ({zone_words(home)}). You are on {zone_words(own)}."
    if home not in written:
        return f"Times are on your clock ({zone_words(own)})."
    return (
        f"Times are on your clock ({zone_words(own)}), except where it says {organisation}’s time ({zone_words(home)})."
    )


def install(app: Flask) -> None:
    """Give the templates these formats, and the note on whose clock a page is."""
    app.jinja_env.globals["clock_note"] = clock_note
    app.jinja_env.tests["without_last_day"] = without_last_day
    for words in (
        day,
        day_and_year,
        day_short,
        weekday,
        day_of_month,
        month,
        clock_time,
        when,
        span,
        period,
        hours_long,
        zone_words,
        on_your_clock,
    ):
        app.jinja_env.filters[words.__name__] = words
