"""What lapses in the coming twelve weeks, a page at a time, for those who can renew it; and all of it as a table."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import aliased

from app import clock, csv_writer, db, settings
from app.people.models import CLOSED, Person
from app.wording import listed
from progression.labels import requirement_label
from progression.lapses import Lapse
from progression.lapsing.models import LapseTold
from progression.lapsing.reading import (
    ends_otherwise,
    evidence_of_duties,
    is_renewed_by_themselves,
    not_withdrawn,
    people_who_lapse,
)
from progression.ledger import Named
from progression.models import Evidence
from progression.pathway import Pathway
from progression.standing import pathway_now

WEEKS = 12
PER_PAGE = 50


class Who(StrEnum):
    """Whose to renew: everything, what others do for a person, or what people do themselves."""

    ALL = "all"
    OTHERS = "others"
    THEMSELVES = "themselves"


class Order(StrEnum):
    """By the last day, or by name."""

    DAY = "day"
    NAME = "name"


@dataclass(frozen=True)
class LapseLine:
    """One thing of one person that lapses."""

    person: Named
    lapse: Lapse
    title: str
    by_themselves: bool
    told_at: datetime | None  # when the latest e-mail about it went out

    @property
    def duties(self) -> str:
        """The duties that end with it, in words."""
        return listed([duty.words for duty in self.lapse.duties])


@dataclass(frozen=True)
class LapsePage:
    """Some of what lapses, and where it lies among all of it."""

    lines: list[LapseLine]
    in_all: int
    number: int
    pages: int


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a line would stand, before anybody looks at what a duty of the person rests on."""

    last_day: date
    name: str
    person_id: int
    evidence: str


def page_ahead(now: datetime, *, who: Who = Who.ALL, order: Order = Order.DAY, number: int = 1) -> LapsePage:
    """One page of what lapses; a page beyond the last is the last. The number of queries does not grow with people.

    SQL finds where each line stands, by the last day of what people hold; `lapses` decides on those of the page. A line
    on which no duty of theirs rests falls out of its page, so one may be shorter.
    """
    policy = pathway_now(now)
    places = [each for each in _places(policy, now) if _is_for(each.evidence, policy, who)]
    places.sort(key=_by_name if order is Order.NAME else _by_day)
    pages = max(1, -(-len(places) // PER_PAGE))
    shown = min(max(1, number), pages)
    on_page = places[(shown - 1) * PER_PAGE : shown * PER_PAGE]
    lines = {
        (each.person.id, each.lapse.need.evidence): each for each in _lines(now, {one.person_id for one in on_page})
    }
    kept = (lines.get((each.person_id, each.evidence)) for each in on_page)
    return LapsePage([each for each in kept if each is not None], len(places), shown, pages)


def table_ahead(now: datetime) -> bytes:
    """All of it as CSV, by the last day."""
    rows = [
        [
            each.person.display_name,
            each.title,
            each.lapse.last_day.isoformat(),
            each.duties,
            "themselves" if each.by_themselves else "somebody who records evidence",
            clock.on(each.told_at, settings.current().zone).isoformat() if each.told_at else "",
        ]
        for each in sorted(_lines(now), key=lambda each: (each.lapse.last_day, each.person.display_name.casefold()))
    ]
    return csv_writer.written([["Name", "What lapses", "Last day", "Duties", "Renewed by", "E-mail sent"], *rows])


def _by_day(each: _Place) -> tuple[date, str, int]:
    return each.last_day, each.name.casefold(), each.person_id


def _by_name(each: _Place) -> tuple[str, int, date]:
    return each.name.casefold(), each.person_id, each.last_day


def _days(now: datetime) -> tuple[date, date]:
    today = clock.on(now, settings.current().zone)
    return today, today + timedelta(days=7 * WEEKS)


def _is_for(evidence: str, policy: Pathway, who: Who) -> bool:
    if who is Who.ALL:
        return True
    needs = [need for need in policy.requirements.values() if need.evidence == evidence]
    return any(is_renewed_by_themselves(need) is (who is Who.THEMSELVES) for need in needs)


def _places(policy: Pathway, now: datetime) -> list[_Place]:
    first, last = _days(now)
    later = aliased(Evidence)
    renewed = exists().where(
        later.person_id == Evidence.person_id,
        later.kind == Evidence.kind,
        later.key == Evidence.key,
        or_(later.valid_until.is_(None), later.valid_until > last),
        evidence_of_duties(policy, later),
        not_withdrawn(later),
    )
    rows = db.session.execute(
        select(Person.id, Person.display_name, Evidence.kind, Evidence.key, Evidence.valid_until)
        .join(Evidence, Evidence.person_id == Person.id)
        .where(
            Person.state.not_in(CLOSED),
            Evidence.valid_until.between(first, last),
            evidence_of_duties(policy),
            not_withdrawn(Evidence),
            ~renewed,
        )
        .order_by(Evidence.valid_until)
    )
    found = {}
    for person_id, name, kind, key, last_day in rows:
        assert last_day is not None, "it lies between two days"
        found[person_id, f"{kind}:{key}"] = _Place(last_day, name, person_id, f"{kind}:{key}")  # the latest of several
    otherwise = ends_otherwise(policy, first, last)
    for each in people_who_lapse(now, last, otherwise) if otherwise is not None else ():
        for lapse in each.lapses:
            name, code = each.person.display_name, lapse.need.evidence
            found[each.person.id, code] = _Place(lapse.last_day, name, each.person.id, code)
    return list(found.values())


def _lines(now: datetime, ids: Collection[int] | None = None) -> list[LapseLine]:
    _first, last = _days(now)
    people = people_who_lapse(now, last, ids=ids)
    told = dict[tuple[int, str, date], datetime]()
    rows = select(LapseTold).where(LapseTold.last_day <= last).order_by(LapseTold.told_at)
    for row in db.session.scalars(rows if ids is None else rows.where(LapseTold.person_id.in_(ids))):
        told[row.person_id, row.code, row.last_day] = row.told_at
    return [
        LapseLine(
            each.person,
            lapse,
            requirement_label(lapse.need, now).title,
            is_renewed_by_themselves(lapse.need),
            told.get((each.person.id, lapse.code, lapse.last_day)),
        )
        for each in people
        for lapse in each.lapses
    ]
