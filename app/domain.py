"""The record in which each domain states what it contributes. Registered once at start-up, then frozen."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any, NamedTuple
from zoneinfo import ZoneInfo

import click
from sqlalchemy import BindParameter, Select

from app.calendar_file import CalendarEntry
from app.extension_point import ExtensionPoint
from app.first_steps.steps import FirstStep
from app.health.troubles import Watch
from app.jobs.scheduled_jobs import ScheduledJob
from app.jobs.tasks import TaskKind
from app.outbox.notice import NoticeKind
from app.people.listing import PeopleColumn, PeopleFilter, PeopleNotes
from app.people.models import Person, Role
from app.people.private import MayRing
from app.people.rights import OnStandingLost, Permission, WouldBeLost
from app.policies.documents import PolicyKind
from app.takeover.parts import Part
from app.trail.wording import AuditWords

if TYPE_CHECKING:
    # Domain code reads these records too, and it must not import the web framework.
    from flask import Blueprint


@dataclass(frozen=True)
class NavItem:
    """An item of the main menu. `audience` None means everybody who is signed in.

    `new` says how many things wait there unread for the person with an id, and may ask no query of a page that reads.
    """

    label: str
    endpoint: str
    icon: str
    order: int
    audience: Permission | None = None
    new: Callable[[int], int] | None = None


@dataclass(frozen=True)
class AdminLink:
    """A page for administrators that is named at the top of Admin."""

    label: str
    endpoint: str


@dataclass(frozen=True)
class PeopleLink:
    """A page about many people that is named on the list of people, for those who may open it."""

    label: str
    endpoint: str
    audience: Permission


@dataclass(frozen=True)
class Card:
    """A part of Today or of a person's page.

    One card of a page is `lit`, which highlights it: the first of those that may be.
    """

    template: str
    context: Mapping[str, Any]
    order: int = 50
    may_be_lit: bool = False
    lit: bool = False


CardBuilder = Callable[[Person, datetime], Card | None]
"""Called with the reader and the present instant."""
PanelBuilder = Callable[[Person, Person, datetime], Card | None]
"""Called with the person whom the page is about, the reader, and the present instant."""


@dataclass(frozen=True)
class EvidenceKind:
    """A kind of evidence that a domain adds to the ledger, and its label on pages."""

    kind: str
    words: str


@dataclass(frozen=True)
class RequirementWords:
    """A requirement's title on pages, and the page on which a person can meet it."""

    title: str
    href: str | None


@dataclass(frozen=True)
class Renewing:
    """What renewing a requirement before it lapses takes: about how long, and how long before it can be begun.

    None: nobody can say how long; it can be begun at any time.
    """

    minutes: int | None = None
    opens_before: timedelta | None = None


@dataclass(frozen=True)
class RequirementKind:
    """The first half of a `kind:key` requirement; `resolve` describes a key, or returns None for an unknown one."""

    kind: str
    resolve: Callable[[str, datetime], RequirementWords | None] | None = None  # None: no page of its own to meet it on
    provided_by: str = "an assessor knows how"  # who can put it in place, as coordinators read it
    is_private: bool = True  # whether only people who may see evidence read its title
    is_computed: bool = False  # met without evidence, such as an age
    renewing: Callable[[str, datetime], Renewing] | None = None  # of a key; None: nothing is known of it
    by_themselves: bool = False  # whether the person renews it, on the page that `resolve` names
    offered: Callable[[datetime], Sequence[tuple[str, str]]] | None = None  # the keys that can be asked for, with words


@dataclass(frozen=True)
class Demonstration:
    """What each domain's part of the demonstration is built on."""

    monday: date  # first day of the published week
    now: datetime
    people: Mapping[str, Person]  # by e-mail address
    rows: Mapping[str, Mapping[str, str]]  # the columns of demo/people.csv, by e-mail address


@dataclass(frozen=True)
class DemonstrationStep:
    """One step of loading the demonstration; the steps of all domains run in ascending order."""

    order: int
    load: Callable[[Demonstration], None]


@dataclass(frozen=True)
class OtherZone:
    """Something of a person's that is kept in a time zone other than theirs: a sentence, and a link to change it."""

    words: str
    link: str
    endpoint: str


class OnCall(StrEnum):
    """Whether somebody who can be rung is on call at this moment, as one reader may know it."""

    NOBODY = "nobody"
    SOMEBODY = "somebody"
    YOU = "you"


OnCallFor = Callable[[Person, datetime], OnCall]
"""Called with the reader and the present instant."""

InOtherZones = Callable[[int, ZoneInfo], OtherZone | None]
"""Called with a person's id and time zone."""


ZoneStays = Callable[[], str | None]
"""A sentence that says what would move if the organisation changed its time zone, and what to do; None if nothing."""

MoveZone = Callable[[ZoneInfo], None]
"""Called, in the same transaction, when the organisation changes its time zone, to move what is kept in wall time."""


class TakenTime(NamedTuple):
    """A time in which somebody is committed to something. `what` it is, is for that person alone."""

    person_id: int
    starts_at: datetime
    ends_at: datetime
    what: str


TakenTimes = Callable[[Collection[int] | BindParameter[Any], datetime, datetime], Select[int, datetime, datetime, str]]
"""Called with people's ids, or a parameter for them (`app.many_ids`), and two instants: the query, with the columns of
`TakenTime`, for what they are committed to at least partly between them. A query, so that it can become part of a query
of the domain that asks."""

AwayTimes = Callable[[Collection[int], datetime, datetime], Mapping[int, Sequence[tuple[datetime, datetime]]]]
"""Called with people's ids and two instants: when each of those was away between them, for whatever reason. People who
were not away are left out."""

CalendarEntries = Callable[[int, datetime], Sequence[CalendarEntry]]
"""Called with a person's id and the present instant: what belongs into the calendar that they follow."""

TAKES_TIME = "takes_time"
"""The mark, in the `info` of a table, that its rows are commitments: a change may make a plan out of date."""

InstallationCheck = Callable[[datetime], Sequence[str]]
"""Called by `nightlight doctor` with the present instant; each sentence says what is missing or unsafe."""


class SeatSeen(NamedTuple):
    """Somebody's seat on a begun shift, for those who write down what they saw of them on it."""

    seat_id: int
    shift_id: int
    person_id: int
    name: str
    duty: str
    starts_at: datetime
    ends_at: datetime
    channel: str
    channel_kind: str
    is_night: bool
    beside_as: tuple[str, ...]
    """The duties that the one who asks had on the same shift; empty where they were not on it."""


SeatsSeen = Callable[[int, datetime, int | None], Sequence[SeatSeen]]
"""Called with a person's id, the present instant and a seat's id or None: that seat, if its shift has begun lately;
else the seats of others on the begun shifts of late that the person was on, the latest shift first."""


ColleaguesLately = Callable[[int, datetime], Mapping[int, str]]
"""Called with a person's id and the present instant: the people they worked beside lately, by id, with their names."""


@dataclass(frozen=True)
class Domain:
    """Everything that one domain contributes."""

    name: str
    blueprints: tuple[Blueprint, ...] = ()
    nav: tuple[NavItem, ...] = ()
    admin_links: tuple[AdminLink, ...] = ()
    cards: tuple[CardBuilder, ...] = ()
    journey_cards: tuple[CardBuilder, ...] = ()  # on the reader's own journey
    support_cards: tuple[CardBuilder, ...] = ()  # on “Support for me”, for readers who have an account
    person_panels: tuple[PanelBuilder, ...] = ()
    people_links: tuple[PeopleLink, ...] = ()
    people_filters: tuple[PeopleFilter, ...] = ()
    people_columns: tuple[PeopleColumn, ...] = ()
    people_notes: tuple[PeopleNotes, ...] = ()
    evidence_panels: tuple[PanelBuilder, ...] = ()  # beside a decision, for readers who may see evidence
    grants: Mapping[Role, tuple[Permission, ...]] = field(default_factory=dict)
    notices: tuple[NoticeKind, ...] = ()
    notice_samples: Callable[[datetime], Mapping[str, Mapping[str, Any]]] | None = (
        None  # for each notice: invented data
    )
    scheduled_jobs: tuple[ScheduledJob, ...] = ()
    tasks: tuple[TaskKind, ...] = ()
    commands: tuple[click.Command, ...] = ()
    policies: tuple[PolicyKind, ...] = ()
    evidence_kinds: tuple[EvidenceKind, ...] = ()
    requirement_kinds: tuple[RequirementKind, ...] = ()
    may_ring: Mapping[str, MayRing] = field(default_factory=dict)
    on_standing_lost: OnStandingLost | None = None
    would_be_lost: WouldBeLost | None = None
    stages_of: Callable[[Collection[int], datetime], Mapping[int, str]] | None = None
    in_other_zones: InOtherZones | None = None
    zone_stays: ZoneStays | None = None
    move_zone: MoveZone | None = None
    seats_seen: SeatsSeen | None = None
    seats_had: Callable[[int, datetime], Sequence[SeatSeen]] | None = None  # a person's own, as `seats_had` promises
    on_call_for: OnCallFor | None = None
    taken_times: TakenTimes | None = None  # read by the other domains, as `taken_elsewhere`
    colleagues_lately: ColleaguesLately | None = None
    away_times: AwayTimes | None = None
    calendar_entries: CalendarEntries | None = None
    audit_words: AuditWords | None = None
    takeover_parts: tuple[Part, ...] = ()  # what an organisation's own records may say, read and written
    first_steps: tuple[FirstStep, ...] = ()  # what to set up before the first night
    demonstration_steps: tuple[DemonstrationStep, ...] = ()
    watches: tuple[Watch, ...] = ()
    installation_checks: tuple[InstallationCheck, ...] = ()


domains: ExtensionPoint[Domain] = ExtensionPoint("domains")


def cards_on_journey(reader: Person, now: datetime) -> list[Card]:
    """What the domains add to the reader's own journey, in order."""
    return _built([build for domain in domains for build in domain.journey_cards], reader, now)


def cards_on_support(reader: Person, now: datetime) -> list[Card]:
    """What the domains add to “Support for me”, in order."""
    return _built([build for domain in domains for build in domain.support_cards], reader, now)


def _built(builders: Sequence[CardBuilder], reader: Person, now: datetime) -> list[Card]:
    cards = [card for build in builders if (card := build(reader, now)) is not None]
    return sorted(cards, key=lambda card: card.order)


def in_other_zones(person_id: int, zone: ZoneInfo) -> list[OtherZone]:
    """What the domains keep of a person in a time zone other than theirs."""
    answers = (domain.in_other_zones(person_id, zone) for domain in domains if domain.in_other_zones is not None)
    return [answer for answer in answers if answer is not None]


def seats_seen(observer_id: int, now: datetime) -> list[SeatSeen]:
    """The seats of others on the begun shifts of late that a person was on, the latest shift first."""
    return [seat for domain in domains if domain.seats_seen for seat in domain.seats_seen(observer_id, now, None)]


def seat_seen(seat_id: int, person_id: int, observer_id: int, now: datetime) -> SeatSeen | None:
    """A person's seat, if they had it on a shift that has begun lately, with what who asks did on that shift."""
    found = (domain.seats_seen(observer_id, now, seat_id) for domain in domains if domain.seats_seen)
    return next((seat for seats in found for seat in seats if seat.person_id == person_id), None)


def seats_had(person_id: int, now: datetime) -> list[SeatSeen]:
    """The seats of a person on begun shifts of late, the latest shift first; what others did there is not in them."""
    return [seat for domain in domains if domain.seats_had for seat in domain.seats_had(person_id, now)]


def on_call_for(reader: Person, now: datetime) -> OnCall:
    """Whether somebody is on call now; nobody where no domain has an on-call line."""
    answers = {domain.on_call_for(reader, now) for domain in domains if domain.on_call_for is not None}
    return next((each for each in (OnCall.YOU, OnCall.SOMEBODY) if each in answers), OnCall.NOBODY)


def taken_elsewhere(
    ids: Collection[int] | BindParameter[Any], start: datetime, end: datetime, *, asks: str
) -> list[Select[int, datetime, datetime, str]]:
    """The queries for what the domains but the one that asks have committed these people to between two instants."""
    return [query_of(ids, start, end) for query_of in who_take_time(asks=asks)]


def who_take_time(*, asks: str) -> tuple[TakenTimes, ...]:
    """What makes the queries for time that the domains but the one that asks have committed people to."""
    return tuple(each.taken_times for each in domains if each.name != asks and each.taken_times is not None)


def colleagues_lately(person_id: int, now: datetime) -> dict[int, str]:
    """The names of the people that somebody worked beside lately, by id."""
    found: dict[int, str] = {}
    for domain in domains:
        if domain.colleagues_lately is not None:
            found |= domain.colleagues_lately(person_id, now)
    return found


def away_times(ids: Collection[int], since: datetime, until: datetime) -> dict[int, list[tuple[datetime, datetime]]]:
    """When each of these people was away between two instants: disjoint, in order, cut off at both instants.

    Time away stops the clocks of what has to be done every so often. Who was not away is left out. It says nothing of
    why: days off, an illness and a pause are the same here. One query for many people.
    """
    found: dict[int, list[tuple[datetime, datetime]]] = {}
    for domain in domains:
        if domain.away_times is not None:
            for person_id, times in domain.away_times(ids, since, until).items():
                found[person_id] = _joined([*found.get(person_id, ()), *times])
    return found


def _joined(times: Sequence[tuple[datetime, datetime]]) -> list[tuple[datetime, datetime]]:
    """The same times in order, those that overlap or touch as one."""
    joined: list[tuple[datetime, datetime]] = []
    for starts_at, ends_at in sorted(times):
        if joined and starts_at <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(ends_at, joined[-1][1])
        else:
            joined.append((starts_at, ends_at))
    return joined


def calendar_entries(person_id: int, now: datetime) -> list[CalendarEntry]:
    """Everything that belongs into the calendar that a person follows, in order of time."""
    brought = (domain.calendar_entries for domain in domains if domain.calendar_entries is not None)
    entries = (each for read in brought for each in read(person_id, now))
    return sorted(entries, key=lambda each: (each.starts_at, each.key))


def stages_of(ids: Collection[int], now: datetime) -> Mapping[int, str]:
    """The names of people's stages by id, from the one domain that has stages."""
    for domain in domains:
        if domain.stages_of is not None:
            return domain.stages_of(ids, now)
    return {}
