"""People cleared for duties, channels and rotas, made and committed through the product's own use cases."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Unpack
from zoneinfo import ZoneInfo

from app import db
from app.people.models import Person
from app.policies import documents
from progression import evidence
from progression.duties import Duty
from progression.evidence import NewEvidence
from rota.exchanges.policy import SHIPPED, ExchangeRules
from rota.planning import channels, drafts, new_rota, publishing
from rota.scheduling.cover_pattern import Need, PatternSpan
from rota.store import availability
from rota.store.draft_board import DraftBoard, draft_board
from rota.store.models import Channel, ChannelKind, Rota, RotaVersion
from rota.store.seats import SeatRow, seats_of_rota
from tests.conftest import People, PersonDetails
from tests.times import NOW

LONDON = ZoneInfo("Europe/London")
MONDAY = date(2027, 2, 22)  # the Monday after NOW
LONG_AGO = datetime(2026, 6, 1, 12, tzinfo=UTC)
EVERY_DAY = frozenset(range(7))

Held = tuple[str, str, dict[str, str]]

# What the shipped pathway asks for each duty, beyond what the duty before it asks.
CODE: Held = ("accepted", "code-of-conduct", {"edition": "1"})
SAFE: Held = ("training", "safeguarding", {})
TRAINED: Held = ("training", "conflict", {})
CHECKED: Held = (
    "check",
    "dbs-enhanced",
    {"level": "enhanced-barred", "workforce": "child", "outcome": "clear"},
)
PEER: Held = ("sign-off", "peer", {})
VOLUNTEER: Held = ("sign-off", "volunteer", {})
STAFF: Held = ("sign-off", "staff", {})
LED: Held = ("observed", "lead", {})


class Crew:
    """Makes people by the duties they are cleared for, and rotas with shifts for them."""

    def __init__(self, people: People) -> None:
        self.people = people
        self.assessor = people.person("Assessor")

    def _cleared(self, person: Person, *held: Held, until: date | None) -> Person:
        with db.writing():
            for kind, key, facts in held:
                by = person.id if kind == "accepted" else None if kind == "training" else self.assessor.id
                lasts = until if kind == "training" else None
                evidence.record(
                    NewEvidence(person_id=person.id, kind=kind, key=key, facts=facts, valid_until=lasts),
                    by=by,
                    now=LONG_AGO,
                )
        return person

    def peer(self, name: str, *, until: date | None = None, **details: Unpack[PersonDetails]) -> Person:
        """Cleared to host."""
        return self._cleared(self.people.person(name, **details), CODE, SAFE, TRAINED, PEER, until=until)

    def moderator(self, name: str, *, until: date | None = None, **details: Unpack[PersonDetails]) -> Person:
        """Cleared to moderate."""
        person = self.people.person(name, **details)
        return self._cleared(person, CODE, SAFE, TRAINED, CHECKED, PEER, VOLUNTEER, until=until)

    def lead(self, name: str, *, until: date | None = None, **details: Unpack[PersonDetails]) -> Person:
        """Cleared to lead and to be on call."""
        person = self.people.person(name, **details)
        return self._cleared(person, CODE, SAFE, TRAINED, CHECKED, LED, PEER, VOLUNTEER, STAFF, until=until)

    def always_can(self, *everybody: Person) -> None:
        """Let these people offer the whole week."""
        with db.writing():
            for person in everybody:
                availability.add_weekly_time(person.id, EVERY_DAY, time(0), time(0), zone=LONDON, now=LONG_AGO)

    def may_give_back_until(self, *, hours: int) -> None:
        """Let people give shifts back until so many hours before they begin."""
        rules = documents.shipped(ExchangeRules, SHIPPED).model_dump(mode="json")
        rules["give_back"]["hours"] = hours
        self._write_exchange_rules(rules)

    def coordinators_agree_first(self) -> None:
        """Let coordinators agree to every swap before it is made."""
        rules = documents.shipped(ExchangeRules, SHIPPED).model_dump(mode="json")
        rules["approval"]["kinds"] = ["swap"]
        self._write_exchange_rules(rules)

    def coordinators_agree_within(self, *, hours: int) -> None:
        """Let coordinators agree to every change nearer than so many hours before its shift, before it is made."""
        rules = documents.shipped(ExchangeRules, SHIPPED).model_dump(mode="json")
        rules["approval"]["nearer_than_hours"] = hours
        self._write_exchange_rules(rules)

    def _write_exchange_rules(self, rules: dict[str, Any]) -> None:
        with db.writing():
            day = LONG_AGO.date()
            documents.write("seat-changes", rules, holds_from=day, why="Ours.", by=None, now=LONG_AGO)

    def evenings(
        self,
        name: str = "Board",
        *needs: Need,
        kind: ChannelKind = ChannelKind.BOARD,
        starts: time = time(18),
        ends: time = time(22),
    ) -> Channel:
        """A channel that is open every evening, by default from 18:00 to 22:00."""
        needs = needs or (Need(Duty.MODERATOR, 1, 1, 1),)
        with db.writing():
            channel = channels.open_channel(name, kind, by=None, now=NOW)
            span = PatternSpan(EVERY_DAY, starts, ends, "Evening", needs)
            channels.write_pattern(
                channel, [span], starts_on=MONDAY - timedelta(days=28), zone=LONDON, by=None, now=NOW
            )
        return channel

    def nights(self) -> Channel:
        """A chat that is open from 22:00 to 06:00 for one moderator."""
        with db.writing():
            channel = channels.open_channel("Night chat", ChannelKind.CHAT, by=None, now=NOW)
            night = PatternSpan(EVERY_DAY, time(22), time(6), "Night", (Need(Duty.MODERATOR, 1, 1, 1),))
            channels.write_pattern(channel, [night], starts_on=NOW.date(), zone=LONDON, by=None, now=NOW)
        return channel

    def rota(self, *channels: Channel, starts_on: date = MONDAY, days: int = 2, title: str = "Week") -> Rota:
        """A rota of a few days."""
        last = starts_on + timedelta(days=days - 1)
        with db.writing():
            return new_rota.make_rota(title, starts_on, last, [each.id for each in channels], by=None, now=NOW)

    def give(self, rota: Rota, seat: SeatRow, person: Person, *, reason: str = "") -> None:
        """Give somebody a seat in the draft."""
        with db.writing():
            drafts.assign(rota, seat.id, person.id, by=self.assessor.id, now=NOW, reason=reason)

    def publish(self, rota: Rota, *, now: datetime = NOW) -> RotaVersion:
        """Publish the draft, with its gaps acknowledged."""
        with db.writing():
            return publishing.publish(rota.id, by=self.assessor.id, now=now, gaps_read=True)

    def published(self, person: Person, *, channel: Channel | None = None) -> tuple[Rota, SeatRow]:
        """A published rota of two evenings; the person has the first."""
        rota = self.rota(channel or self.evenings())
        seat = seats(rota)[0]
        self.give(rota, seat, person)
        self.publish(rota)
        return rota, seats(rota)[0]


def seats(rota: Rota) -> list[SeatRow]:
    """The seats of a rota as they are now."""
    db.session.rollback()
    return seats_of_rota(rota.id)


def board_of(rota: Rota) -> DraftBoard:
    """The rota as its planners see it now."""
    db.session.rollback()
    return draft_board(db.session.get_one(Rota, rota.id))
