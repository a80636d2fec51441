"""What a person who passed a course is asked to catch up on, because a major version changed parts of it.

A version says of itself that it is major, which of its units it asks for again and within how many days. Installing it
records that what was passed in older versions holds only until then (`progression.asked_again`); taking that back, or
moving the day, is another row there. Whom it concerns and what they are asked for is always worked out from both.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select

from app import clock, db, settings
from app.domain import Renewing
from app.people.models import CLOSED, Person
from app.refusals import Conflict, Invalid
from progression import asked_again
from progression.asked_again import Asked
from progression.fact_kinds import FactKind
from progression.facts import Fact, without_withdrawn
from progression.ledger import facts_as_recorded, facts_of_people
from progression.models import Evidence
from training import catalogue
from training.models import EVIDENCE_KIND, CourseVersion, Enrolment
from training.pack import Pack, Unit

LONGEST = timedelta(days=365)
REFRESHER_OPENS = timedelta(days=60)
"""How long before its end a pass is refreshed rather than caught up on: enough time to plan for it."""


@dataclass(frozen=True)
class Update:
    """One major version that somebody has not learned yet: what it changed, and the units that it asks for."""

    what: str
    units: tuple[str, ...]
    until: date


@dataclass(frozen=True)
class CatchUp:
    """What one person is asked for to bring a pass up to date."""

    updates: tuple[Update, ...]  # oldest first
    units: tuple[Unit, ...]  # of the newest version, in its order
    lasts_until: date  # the last day of the pass, and of the one that catching up makes

    @property
    def holds_until(self) -> date:
        """The day until which the pass counts without catching up."""
        return min(each.until for each in self.updates)

    @property
    def minutes(self) -> int:
        """About how many minutes of learning are asked for."""
        return sum(unit.minutes for unit in self.units)


@dataclass(frozen=True)
class Plan:
    """What beginning a course again asks for, and the last day of what it makes; None: as the course says."""

    units: tuple[Unit, ...]
    lasts_until: date | None


def units_changed(pack: Pack, updates: Iterable[Update]) -> tuple[Unit, ...]:
    """The units of this version that any of the updates asks for; where it has none of them, those of its refresher."""
    slugs = {slug for update in updates for slug in update.units}
    changed = tuple(unit for unit in pack.units if unit.slug in slugs)
    return changed or pack.units_asked(is_refresher=True)


def catch_up_of(facts: Sequence[Fact], code: str, newest: CourseVersion, today: date) -> CatchUp | None:
    """What somebody with these facts, as they were recorded, is asked for; None where nothing is or a refresher is due.

    Near the end of a pass, and after it, the refresher asks for the changed parts as well.
    """
    asked = asked_again.asked_of(EVIDENCE_KIND, code)
    passes = _passes(facts, code)
    if not asked or not passes:
        return None
    longest = max(passes, key=lambda each: (each.valid_until or date.max, asked_again.edition_of(each) or 0, each.id))
    since = [each for each in asked if all(each.is_about(one) for one in passes)]
    if not since or longest.valid_until is None or longest.valid_until - today <= REFRESHER_OPENS:
        return None
    updates = updates_in(since)
    return CatchUp(updates, units_changed(catalogue.pack_of(newest), updates), longest.valid_until)


def plan_of(facts: Sequence[Fact], code: str, newest: CourseVersion, today: date) -> Plan | None:
    """What beginning again asks of somebody with these facts; None where it is just what the course says."""
    catch_up = catch_up_of(facts, code, newest, today)
    if catch_up is not None:
        return Plan(catch_up.units, catch_up.lasts_until)
    pack = catalogue.pack_of(newest)
    changed = units_changed_since(facts, code, up_to=newest.id)
    refresher = pack.units_asked(is_refresher=True)
    units = tuple(unit for unit in pack.units if unit in refresher or unit.slug in changed)
    return Plan(units, None) if units != refresher else None


def units_of(enrolment: Enrolment, pack: Pack) -> tuple[Unit, ...]:
    """The units that an enrolment asks for: those chosen for the person, or else as the course says."""
    if enrolment.asked is None:
        return pack.units_asked(is_refresher=enrolment.is_refresher)
    return tuple(unit for unit in pack.units if unit.slug in enrolment.asked)


def units_changed_since(facts: Sequence[Fact], code: str, *, up_to: int) -> frozenset[str]:
    """The slugs that the major versions up to this one ask for which came after every pass of this person."""
    passes = _passes(facts, code)
    asked = [each for each in asked_again.asked_of(EVIDENCE_KIND, code) if each.edition <= up_to]
    since = [each for each in asked if all(each.is_about(one) for one in passes)] if passes else []
    return frozenset(slug for update in updates_in(since) for slug in update.units)


def updates_in(asked: Sequence[Asked]) -> tuple[Update, ...]:
    """What these versions say of themselves."""
    versions = _versions_asking() if asked else {}
    found = []
    for each in asked:
        change = catalogue.pack_of(versions[each.edition]).change if each.edition in versions else None
        if change is not None:
            found.append(Update(change.what, change.ask_again, each.holds_until))
    return tuple(found)


@db.cached_per_request
def _versions_asking() -> dict[int, CourseVersion]:
    """Every version that asks for parts again, of all courses in one query: a page that needs one needs several."""
    ids = [each.edition for each in asked_again.in_force() if each.kind == EVIDENCE_KIND]
    return {each.id: each for each in db.session.scalars(select(CourseVersion).where(CourseVersion.id.in_(ids)))}


def _passes(facts: Iterable[Fact], code: str) -> list[Fact]:
    return [each for each in without_withdrawn(facts) if each.kind == EVIDENCE_KIND and each.key == code]


def people_asked(code: str, edition: int, *, now: datetime) -> list[int]:
    """The ids of people whose pass of a course counts today and is asked for again by this version, not the closed."""
    asked = [each for each in asked_again.asked_of(EVIDENCE_KIND, code) if each.edition == edition]
    return _concerned([code], asked, now=now)[code] if asked else []


def _concerned(codes: Collection[str], asked: Sequence[Asked], *, now: datetime) -> dict[str, list[int]]:
    """Of each course the people whose pass counts today: all of them, or where it is among `asked`, those asked again.

    Two queries, however many courses and people.
    """
    today = clock.on(now, settings.current().zone)
    holders = select(Evidence.person_id).where(Evidence.kind == EVIDENCE_KIND, Evidence.key.in_(codes))
    ids = db.session.scalars(select(Person.id).where(Person.id.in_(holders), Person.state.not_in(CLOSED))).all()
    # What a version asks for ends passes too, so whom it concerns is read from them as they were recorded.
    read = facts_as_recorded if asked else facts_of_people
    facts = read(ids, kinds=[EVIDENCE_KIND, FactKind.WITHDRAWN])
    found: dict[str, list[int]] = {code: [] for code in codes}
    for code in codes:
        calls = [each for each in asked if each.key == code]
        for person_id in ids:
            passes = [one for one in _passes(facts[person_id], code) if _counts(one, today)]
            if passes and all(each.is_about(one) for each in calls for one in passes):
                found[code].append(person_id)
    return found


@dataclass(frozen=True)
class Effect:
    """What installing a version would ask of people who passed an older one, or asks since it was installed."""

    people: int
    units: tuple[Unit, ...]
    until: date


def effects_of(packs: Iterable[Pack], *, now: datetime) -> dict[str, Effect]:
    """What installing each of these packs now would ask, by code; without those that ask nobody: they are minor, or the
    first version."""
    here = {course.code: version.content_hash for course, version in catalogue.all_courses()}
    asking = [
        each for each in packs if each.is_major and here.get(each.code, each.content_hash()) != each.content_hash()
    ]
    concerned = _concerned([each.code for each in asking], (), now=now) if asking else {}
    return {
        each.code: Effect(len(concerned[each.code]), each.asked_again, catalogue.last_day(each, now)) for each in asking
    }


def effects_now(*, now: datetime) -> dict[str, Effect]:
    """Of each course whose newest version asks people again: whom still, for what and until when."""
    versions = {version.id: version for _course, version in catalogue.all_courses()}
    asked = [each for each in asked_again.in_force() if each.kind == EVIDENCE_KIND and each.edition in versions]
    concerned = _concerned([each.key for each in asked], asked, now=now) if asked else {}
    return {
        each.key: Effect(
            len(concerned[each.key]), catalogue.pack_of(versions[each.edition]).asked_again, each.holds_until
        )
        for each in asked
    }


MAY_BE_TAKEN_BACK = timedelta(days=1)
"""How long a version that was called major by mistake can be made minor: the e-mails go out the next morning."""


def may_be_taken_back(version: CourseVersion, now: datetime) -> bool:
    """Whether the version can still be made minor."""
    return now - version.installed_at <= MAY_BE_TAKEN_BACK


def ask_nobody(code: str, *, by: int, now: datetime) -> None:
    """Make the newest version of a course minor, within a day of installing it. Refuses later: people have acted."""
    _course, version = catalogue.course_called(code)
    if not may_be_taken_back(version, now):
        raise Conflict(
            "That is possible for one day after a version came. People have been told since: give them more time "
            "instead, or let a further version say what holds."
        )
    asked_again.ask_again(EVIDENCE_KIND, code, edition=version.id, holds_until=None, by=by, now=now)


def give_more_time(code: str, *, until: date, by: int, now: datetime) -> None:
    """Move the day by which the newest version of a course asks people to catch up. Refuses an earlier day."""
    _course, version = catalogue.course_called(code)
    asked = next((each for each in asked_again.asked_of(EVIDENCE_KIND, code) if each.edition == version.id), None)
    if asked is None:
        raise Conflict("This version asks nobody again, so there is no day to move.")
    if until <= asked.holds_until:
        raise Invalid("The day can only be moved later: people were told the one there is.", field="until")
    if until > clock.on(now, settings.current().zone) + LONGEST:
        raise Invalid("That is more than a year ahead. Choose a nearer day.", field="until")
    asked_again.ask_again(EVIDENCE_KIND, code, edition=version.id, holds_until=until, by=by, now=now)


def _counts(fact: Fact, today: date) -> bool:
    return fact.valid_until is None or fact.valid_until >= today


def renewing(code: str, _now: datetime) -> Renewing:
    """What refreshing a course takes: how long its refresher is, and how long before the end of a pass it opens."""
    version = next((version for course, version in catalogue.all_courses() if course.code == code), None)
    minutes = None if version is None else catalogue.pack_of(version).minutes_of(is_refresher=True)
    return Renewing(minutes=minutes, opens_before=REFRESHER_OPENS)
