"""What a domain brings to the house, as one typed record. Registered once when the house is wired, then frozen."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import click

from app.extension_point import ExtensionPoint
from app.jobs.scheduled_jobs import ScheduledJob
from app.jobs.tasks import TaskKind
from app.outbox.notice import Notice
from app.people.models import Person, Role
from app.people.private import MayRing
from app.people.rights import OnStandingLost, Permission, WouldBeLost
from app.policies.documents import PolicyKind

if TYPE_CHECKING:
    # Domain code reads these records too, and it must not know the web.
    from flask import Blueprint


@dataclass(frozen=True)
class NavItem:
    """A place in the main menu. `audience` None means everybody who is signed in."""

    label: str
    endpoint: str
    icon: str
    order: int
    audience: Permission | None = None


@dataclass(frozen=True)
class Card:
    """A part of Today or of a person's page. One card a page is lit: the first that may be."""

    template: str
    context: Mapping[str, Any]
    order: int = 50
    may_be_lit: bool = False
    lit: bool = False


CardBuilder = Callable[[Person, datetime], Card | None]  # (for whom, now)
PanelBuilder = Callable[[Person, Person, datetime], Card | None]  # (about whom, for whom, now)


@dataclass(frozen=True)
class EvidenceKind:
    """A kind of fact that a domain adds to the ledger, with its words for a person."""

    kind: str
    words: str


@dataclass(frozen=True)
class RequirementWords:
    """How a requirement is named on a page, and where it is met."""

    title: str
    href: str | None


@dataclass(frozen=True)
class RequirementKind:
    """The first half of a `kind:key` requirement: its domain says what a key means, or None if there is no such."""

    kind: str
    resolve: Callable[[str, datetime], RequirementWords | None] | None = None  # None: no page of its own to meet it on
    provided_by: str = "an assessor knows how"  # who can put it in place, as coordinators read it
    is_private: bool = True  # whether only people who may see evidence read its title
    is_computed: bool = False  # met without evidence, such as an age


@dataclass(frozen=True)
class Demonstration:
    """What every domain's part of the demonstration is built around."""

    monday: date  # the week that is published begins here
    now: datetime
    people: Mapping[str, Person]  # by e-mail address
    rows: Mapping[str, Mapping[str, str]]  # the columns of demo/people.csv, by e-mail address


@dataclass(frozen=True)
class Demonstrate:
    """One step of loading the demonstration; steps of all domains run in their order."""

    order: int
    load: Callable[[Demonstration], None]


@dataclass(frozen=True)
class OtherClock:
    """What a domain keeps on another clock than a person's own: in words, and the page where they may change it."""

    words: str
    link: str
    endpoint: str


OnOtherClocks = Callable[[int, ZoneInfo], OtherClock | None]
"""Asked with a person and the zone of their clock."""


@dataclass(frozen=True)
class Domain:
    """Everything one domain brings."""

    name: str
    blueprints: tuple[Blueprint, ...] = ()
    nav: tuple[NavItem, ...] = ()
    cards: tuple[CardBuilder, ...] = ()
    person_panels: tuple[PanelBuilder, ...] = ()
    grants: Mapping[Role, tuple[Permission, ...]] = field(default_factory=dict)
    notices: tuple[type[Notice], ...] = ()
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
    on_other_clocks: OnOtherClocks | None = None
    demonstrate: tuple[Demonstrate, ...] = ()


domains: ExtensionPoint[Domain] = ExtensionPoint("domains")


def on_other_clocks(person_id: int, zone: ZoneInfo) -> list[OtherClock]:
    """What any domain keeps of a person on another clock than theirs."""
    asked = (domain.on_other_clocks(person_id, zone) for domain in domains if domain.on_other_clocks is not None)
    return [found for found in asked if found is not None]


def stages_of(ids: Collection[int], now: datetime) -> Mapping[int, str]:
    """Each person's stage, as the domain that knows says it."""
    for domain in domains:
        if domain.stages_of is not None:
            return domain.stages_of(ids, now)
    return {}
