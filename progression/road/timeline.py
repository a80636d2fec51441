"""The whole of somebody's road in days, the latest first, for their own eyes: no other page shows it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from app import clock, settings
from app.domain import away_times
from app.people.models import Person
from app.wording import plural
from progression.evidence_overview import EvidenceLine, EvidenceOverview, overview_of
from progression.helping.giving import Help, help_given_to
from progression.helping.models import HelpKind
from progression.road.milestones import Milestone, milestones, shifts_worked
from progression.road.thanks import Thanks, thanks_to
from progression.worked import worked

A_MOMENT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the road. `kind` is the code of its sign; `until` the last day of what lasted longer than one."""

    on: date
    kind: str
    title: str
    words: str | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Road:
    """What a person sees of what lies behind them."""

    entries: Sequence[Entry]
    milestones: Sequence[Milestone]
    thanks: Sequence[Thanks]


@dataclass(frozen=True, slots=True)
class Behind:
    """What lies behind somebody, in short: what they reached, and what others thanked them for."""

    milestones: Sequence[Milestone]
    thanks: Sequence[Thanks]


def what_lies_behind(person: Person, overview: EvidenceOverview, now: datetime) -> Behind:
    """Return it of a person whose evidence was read; one query more."""
    return Behind(_reached(person, overview, now), thanks_to(person.id))


def _reached(person: Person, overview: EvidenceOverview, now: datetime) -> list[Milestone]:
    zone = settings.current().zone
    return milestones(overview.every, joined_on=_joined_on(person, overview), today=clock.on(now, zone), zone=zone)


def _joined_on(person: Person, overview: EvidenceOverview) -> date:
    return clock.on(min(person.joined_at, overview.first_known_at or person.joined_at), settings.current().zone)


def road_of(person: Person, now: datetime) -> Road:
    """Read everything that lies behind a person; about ten queries."""
    zone = settings.current().zone
    overview, thanks = overview_of(person.id, now), thanks_to(person.id)
    reached = _reached(person, overview, now)
    away = away_times([person.id], person.joined_at, now).get(person.id, [])
    entries = [
        Entry(_joined_on(person, overview), "joined", "You joined"),
        *(_of_line(line, zone) for line in overview.lines),
        *(Entry(each.on, "milestone", each.title) for each in reached),
        *(_of_thanks(each, zone) for each in thanks),
        *(_of_help(each) for each in help_given_to(person.id)),
        *(_of_pause(starts_at, ends_at, now, zone) for starts_at, ends_at in away),
        *_months(overview, zone),
    ]
    entries.sort(key=lambda each: each.on, reverse=True)
    return Road(entries, reached, thanks)


def _of_line(line: EvidenceLine, zone: ZoneInfo) -> Entry:
    on = clock.on(line.fact.happened_at, zone)
    if line.withdrawn is not None:
        return Entry(on, "withdrawn", line.title, "Withdrawn later; it no longer counts.")
    return Entry(on, "evidence", line.title, f"“{line.note.text}”" if line.note else None)


def _of_thanks(thanks: Thanks, zone: ZoneInfo) -> Entry:
    return Entry(clock.on(thanks.at, zone), "thanks", f"{thanks.by} thanked you", f"“{thanks.text}”")


def _of_help(given: Help) -> Entry:
    title = {
        HelpKind.SAT_WITH: f"{given.by} sat with you",
        HelpKind.DEVICE: f"{given.by} lent you a device",
        HelpKind.TALK: f"You talked with {given.by}, one to one",
        HelpKind.OTHER: f"{given.by} helped you",
    }[given.kind]
    is_back = f"Given back on {given.back_on.day} {given.back_on:%B %Y}." if given.back_on else None
    words = f"“{given.words}”" if given.words else None
    return Entry(given.on, "help", title, " ".join(filter(None, (words, is_back))) or None)


def _of_pause(starts_at: datetime, ends_at: datetime, now: datetime, zone: ZoneInfo) -> Entry:
    first = clock.on(starts_at, zone)
    if ends_at >= now:
        return Entry(first, "away", "Away since then", "Only you see this.")
    last = clock.on(ends_at - A_MOMENT, zone)
    return Entry(first, "away", "Away", "Only you see this.", last if last > first else None)


def _months(overview: EvidenceOverview, zone: ZoneInfo) -> list[Entry]:
    """What was worked in each month, on the day of its last shift: single shifts would be hundreds of lines."""
    by_month = defaultdict(list)
    for fact in shifts_worked(overview.every):
        by_month[f"{clock.on(fact.happened_at, zone):%Y-%m}"].append(fact)
    entries = []
    for facts in by_month.values():
        amount, last = worked(facts), clock.on(facts[-1].happened_at, zone)
        nights = f", {plural(amount.nights, 'night')}" if amount.nights else ""
        title = f"{plural(amount.shifts, 'shift')} in {last:%B %Y}: {amount.time}{nights}"
        entries.append(Entry(last, "worked", title[0].upper() + title[1:]))
    return entries
