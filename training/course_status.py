"""The status of each course for one person, as the Learning page, Today and a person's page show it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import chain

from sqlalchemy import bindparam, select
from sqlalchemy.orm import aliased

from app import clock, db, settings
from app.people.models import Person
from progression import asked_again
from progression.facts import Fact, without_withdrawn
from progression.ledger import facts_as_recorded, facts_of_person
from progression.models import Evidence
from progression.taken_over import TakenOver, origins_of
from training import catalogue, practice_state, updates
from training.guided.paces import HAS_A_PACE, paces_of
from training.models import (
    EVIDENCE_KIND,
    FROM_ELSEWHERE,
    Certificate,
    Completion,
    Course,
    CourseVersion,
    ElsewhereTraining,
    Enrolment,
    UnitDone,
)
from training.pack import Pack, Unit
from training.refreshers import Why, units_missed, why_asked
from training.updates import CatchUp, Plan

SOON = updates.REFRESHER_OPENS


@dataclass(frozen=True)
class Passed:
    """A course that was passed here, and its present certificate; or elsewhere: by records, or accepted by staff."""

    title: str
    completed_at: datetime
    valid_until: date
    is_withdrawn: bool
    completion_id: int | None = None
    certificate_id: int | None = None  # None: passed elsewhere, which makes no certificate of ours
    taken_over: TakenOver | None = None
    accepted: Accepted | None = None
    version_id: int | None = None
    asked_until: date | None = None  # until when it counts, where a newer version asks for parts of it again

    @property
    def holds_until(self) -> date:
        """The last day on which it counts."""
        return min(self.valid_until, self.asked_until or self.valid_until)


@dataclass(frozen=True)
class Accepted:
    """A certificate from elsewhere that staff accepted as standing for a course."""

    title: str
    issuer: str
    by: str
    at: datetime


@dataclass(frozen=True)
class CourseStatus:
    """One course for one person, on one day."""

    code: str
    pack: Pack
    today: date
    enrolment: Enrolment | None
    done: frozenset[str]
    passed: Passed | None  # the time that counts longest, here or elsewhere
    readable: frozenset[str]  # the units of the version that the person learns or learned from
    catch_up: CatchUp | None = None  # what a new version asks of them, unless they are at something already
    plan: Plan | None = None  # what beginning again asks for, where that is chosen for them
    changed: frozenset[str] = frozenset()  # the units that changed since the person passed
    missed: frozenset[str] = frozenset()  # those in which, or about which, they have missed questions

    @property
    def is_open(self) -> bool:
        """Whether the course is in progress."""
        return self.enrolment is not None and self.enrolment.finished_at is None

    @property
    def is_catching_up(self) -> bool:
        """Whether what is in progress brings a pass up to date, for as long as that would have lasted."""
        return self.is_open and self.enrolment is not None and self.enrolment.lasts_until is not None

    @property
    def is_refresher(self) -> bool:
        """Whether what is in progress, or would be begun now, is a refresher."""
        if self.is_open:
            return self.enrolment is not None and self.enrolment.is_refresher
        return self.passed is not None and not self.passed.is_withdrawn

    @property
    def asked(self) -> tuple[Unit, ...]:
        """The units to be done, in what is in progress or would be begun now."""
        if self.is_open and self.enrolment is not None:
            return updates.units_of(self.enrolment, self.pack)
        if self.plan is not None and self.is_refresher:
            return self.plan.units
        return self.pack.units_asked(is_refresher=self.is_refresher)

    def why(self, unit: Unit) -> Why:
        """Why a refresher asks for this unit."""
        return why_asked(unit, changed=self.changed, missed=self.missed)

    @property
    def done_of_asked(self) -> int:
        """How many of the units to be done are done."""
        return sum(unit.slug in self.done for unit in self.asked)

    @property
    def next_unit(self) -> Unit | None:
        """The next unit to do, or None when the course is not in progress."""
        if not self.is_open:
            return None
        return next((unit for unit in self.asked if unit.slug not in self.done), None)

    @property
    def minutes(self) -> int:
        """About how many minutes of learning are asked for."""
        return sum(unit.minutes for unit in self.asked)

    @property
    def minutes_left(self) -> int:
        """About how many minutes of learning are left."""
        return sum(unit.minutes for unit in self.asked if unit.slug not in self.done)

    @property
    def holds(self) -> bool:
        """Whether the training counts today."""
        return self.passed is not None and not self.passed.is_withdrawn and self.passed.holds_until >= self.today

    @property
    def lapses_soon(self) -> bool:
        """Whether the training counts today and lapses within 60 days."""
        return self.holds and self.passed is not None and self.passed.holds_until - self.today <= SOON

    @property
    def has_lapsed(self) -> bool:
        """Whether the training counted once and has lapsed."""
        passed = self.passed
        return passed is not None and not passed.is_withdrawn and passed.holds_until < self.today


def statuses_of(person_id: int, *, now: datetime) -> list[CourseStatus]:
    """The status of every installed course for a person, by title. Three queries, however many courses."""
    today = clock.on(now, settings.current().zone)
    # A later enrolment in a course replaces an earlier one.
    enrolments = {each.enrolment.course_id: each for each in _enrolments_of(person_id)}
    passed = {enrolled.enrolment.course_id: enrolled.passed for enrolled in _passed_enrolments_of(person_id)}
    elsewhere = passed_elsewhere(person_id)
    facts = facts_as_recorded([person_id])[person_id]
    statuses = []
    for course, version in catalogue.all_courses():
        here = _asked_again(passed.get(course.id), course.code)
        counting = counting_longest([here, *elsewhere.get(course.code, ())])
        status = _status(course, version, enrolments.get(course.id), counting, today)
        if counting is not None and not counting.is_withdrawn and not status.is_open:
            status = replace(
                status,
                catch_up=updates.catch_up_of(facts, course.code, version, today),
                plan=updates.plan_of(facts, course.code, version, today),
            )
        statuses.append(_with_reasons(status, version, facts, person_id) if status.is_refresher else status)
    return statuses


def _with_reasons(status: CourseStatus, newest: CourseVersion, facts: Sequence[Fact], person_id: int) -> CourseStatus:
    """A refresher with why it asks for each unit."""
    learned = status.enrolment.course_version_id if status.is_open and status.enrolment is not None else newest.id
    return replace(
        status,
        changed=updates.units_changed_since(facts, status.code, up_to=learned),
        missed=units_missed(status.pack, practice_state.state_of(person_id).missed),
    )


def _asked_again(passed: Passed | None, code: str) -> Passed | None:
    """The pass with the day until which it counts, where a newer version asks for parts of it again."""
    if passed is None or passed.version_id is None:
        return passed
    days = [each.holds_until for each in asked_again.asked_of(EVIDENCE_KIND, code) if passed.version_id < each.edition]
    return replace(passed, asked_until=min(days)) if days else passed


def counting_longest(passes: Iterable[Passed | None]) -> Passed | None:
    """Of several passes of a course, the one that counts longest; a withdrawn one only where there is no other."""
    return max(
        (each for each in passes if each is not None),
        key=lambda each: (not each.is_withdrawn, each.holds_until, each.certificate_id is not None),
        default=None,
    )


def passed_elsewhere(person_id: int) -> dict[str, list[Passed]]:
    """The passes by records that were taken over, or accepted by staff, by course, the latest first; not those that
    were withdrawn."""
    facts = [
        fact
        for fact in without_withdrawn(facts_of_person(person_id))
        if is_from_elsewhere(fact) and fact.valid_until is not None
    ]
    if not facts:
        return {}
    origins, accepted = origins_of(facts), _accepted(facts)
    titles = catalogue.titles()
    found: dict[str, list[Passed]] = {}
    for fact in sorted(facts, key=lambda each: each.order, reverse=True):
        assert fact.valid_until is not None
        passed = Passed(
            title=titles.get(fact.key, fact.key),
            completed_at=fact.happened_at,
            valid_until=fact.valid_until,
            is_withdrawn=False,
            taken_over=origins.get(fact.id),
            accepted=accepted.get(fact.id),
        )
        found.setdefault(fact.key, []).append(passed)
    return found


def is_from_elsewhere(fact: Fact) -> bool:
    """Whether a fact is a pass elsewhere: by records that were taken over, or by a certificate that staff accepted."""
    return fact.kind == EVIDENCE_KIND and (fact.takeover_id is not None or FROM_ELSEWHERE in fact.facts)


def _accepted(facts: Sequence[Fact]) -> dict[int, Accepted]:
    """What staff accepted, by the id of its fact."""
    ids = [fact.id for fact in facts if FROM_ELSEWHERE in fact.facts]
    if not ids:
        return {}
    rows = db.session.execute(
        select(ElsewhereTraining, Person.display_name)
        .join(Person, Person.id == ElsewhereTraining.decided_by_id)
        .where(ElsewhereTraining.evidence_id.in_(ids))
    )
    found = {}
    for row, by in rows:
        assert row.evidence_id is not None
        assert row.decided_at is not None
        found[row.evidence_id] = Accepted(row.title, row.issuer, by, row.decided_at)
    return found


def _status(
    course: Course,
    newest: CourseVersion,
    enrolled: _Enrolled | None,
    passed: Passed | None,
    today: date,
) -> CourseStatus:
    # A person in the middle of a course sees the version they learn from; all others the newest.
    shown = enrolled.version if enrolled is not None and enrolled.enrolment.finished_at is None else newest
    return CourseStatus(
        code=course.code,
        pack=catalogue.pack_of(shown),
        today=today,
        enrolment=enrolled.enrolment if enrolled else None,
        done=frozenset(enrolled.done) if enrolled else frozenset(),
        passed=passed,
        readable=frozenset(unit.slug for unit in catalogue.pack_of(enrolled.version).units)
        if enrolled
        else frozenset(),
    )


def status_in(person_id: int, code: str, *, now: datetime) -> CourseStatus:
    """The status of one course for a person; refuses a course that is not installed."""
    catalogue.course_called(code)
    return next(one for one in statuses_of(person_id, now=now) if one.code == code)


def passed_courses(person_id: int) -> list[Passed]:
    """Every time this person passed a course here, the latest first."""
    return [enrolled.passed for enrolled in reversed(_passed_enrolments_of(person_id)) if enrolled.passed is not None]


def every_pass(person_id: int) -> list[Passed]:
    """Every pass of this person, here and elsewhere, the latest first."""
    passes = [*passed_courses(person_id), *chain.from_iterable(passed_elsewhere(person_id).values())]
    return sorted(passes, key=lambda each: each.completed_at, reverse=True)


@dataclass
class _Enrolled:
    """One enrolment with its version, the units done, and the completion with its present certificate."""

    enrolment: Enrolment
    version: CourseVersion
    done: set[str]
    passed: Passed | None


def _passed_enrolments_of(person_id: int) -> list[_Enrolled]:
    """The enrolments that were passed, in the order of passing."""
    passed = [
        (enrolled.passed.completion_id or 0, enrolled)
        for enrolled in _enrolments_of(person_id)
        if enrolled.passed is not None
    ]
    return [enrolled for _, enrolled in sorted(passed, key=lambda each: each[0])]


_correction = aliased(Evidence)
_ENROLMENTS_OF = (
    select(
        Enrolment,
        CourseVersion,
        UnitDone.unit,
        Completion.id.label("completion_id"),
        Completion.completed_at,
        Completion.valid_until,
        Certificate.id.label("certificate_id"),
        _correction.id.label("withdrawn_by"),
        *practice_state.COLUMNS,
        HAS_A_PACE.label("has_a_pace"),
    )
    .join(CourseVersion, CourseVersion.id == Enrolment.course_version_id)
    .outerjoin(UnitDone, UnitDone.enrolment_id == Enrolment.id)
    .outerjoin(Completion, Completion.enrolment_id == Enrolment.id)
    .outerjoin(Certificate, (Certificate.completion_id == Completion.id) & Certificate.replaced_at.is_(None))
    .outerjoin(_correction, _correction.withdraws_id == Completion.evidence_id)
    .where(Enrolment.person_id == bindparam("person_id"))
    .order_by(Enrolment.id)
)


@db.cached_per_request
def _enrolments_of(person_id: int) -> list[_Enrolled]:
    """Every enrolment of a person, oldest first, with its results, in one query."""
    rows = db.session.execute(_ENROLMENTS_OF, {"person_id": person_id}).all()
    practice_state.remember(person_id, rows[0] if rows else None)
    if rows and not rows[0].has_a_pace:
        db.cache_result(paces_of, {}, person_id)
    enrolments: dict[int, _Enrolled] = {}
    for row in rows:
        enrolled = enrolments.setdefault(row.Enrolment.id, _Enrolled(row.Enrolment, row.CourseVersion, set(), None))
        if row.unit is not None:
            enrolled.done.add(row.unit)
        if row.certificate_id is not None:
            enrolled.passed = Passed(
                completion_id=row.completion_id,
                certificate_id=row.certificate_id,
                title=row.CourseVersion.title,
                completed_at=row.completed_at,
                valid_until=row.valid_until,
                is_withdrawn=row.withdrawn_by is not None,
                version_id=row.CourseVersion.id,
            )
    return list(enrolments.values())
