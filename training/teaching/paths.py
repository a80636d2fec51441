"""The courses of many people at once, as `programme.path` gives them for one.

The same records, so every rule about them is the one that Learning and Today use. What takes long for one person, such
as the units of every enrolment, is left out: a matrix asks for none of it. A test holds the two together.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import select

from app import clock, db, settings
from progression import asked_again
from progression.asked_again import Asked
from progression.fact_kinds import FactKind
from progression.facts import Fact
from progression.ledger import facts_as_recorded
from progression.stages import Stage, stage_reached
from progression.standing import DECIDE_THE_STAGE, pathway_now
from training import catalogue, updates
from training.course_status import CourseStatus, Passed, counting_longest, is_from_elsewhere
from training.models import EVIDENCE_KIND, Course, CourseVersion, Enrolment
from training.programme.assigned import Assigned, asked_among
from training.programme.order import programme_now
from training.programme.path import CourseOnPath
from training.programme.required import needed_at

NOTHING: frozenset[str] = frozenset()


def courses_in_order(now: datetime) -> list[tuple[Course, CourseVersion]]:
    """The installed courses with their newest versions, in the order of the programme."""
    programme = programme_now(now)
    return sorted(catalogue.all_courses(), key=lambda each: programme.place(each[0].code))


@dataclass(frozen=True)
class PersonsPath:
    """One person, with every installed course as it is for them, in the order of the programme."""

    person_id: int
    stage: Stage
    courses: tuple[CourseOnPath, ...]


def paths_of(ids: Collection[int], *, now: datetime) -> Iterator[PersonsPath]:
    """The path of each of these people, in the order of their ids; one at a time, because they are large together.

    Five queries, however many people and courses.
    """
    today = clock.on(now, settings.current().zone)
    pathway = pathway_now(now)
    courses = [
        (course.code, course.id, version, catalogue.pack_of(version)) for course, version in courses_in_order(now)
    ]
    titles = {code: pack.title for code, _id, _version, pack in courses}
    facts = facts_as_recorded(ids, kinds=DECIDE_THE_STAGE | {EVIDENCE_KIND, FactKind.WITHDRAWN})
    needed = {stage: {code: tuple(why) for code, why in needed_at(stage, pathway).items()} for stage in Stage}
    enrolled, asked = _open_enrolments(ids), _asked(facts)
    calls: dict[str, list[Asked]] = {}
    for call in asked_again.in_force():
        if call.kind == EVIDENCE_KIND:
            calls.setdefault(call.key, []).append(call)
    for person_id, of_person in facts.items():
        stage = stage_reached([fact for fact in of_person if fact.kind in DECIDE_THE_STAGE], at=now)
        passes = _passes(of_person, titles, calls)
        path = []
        for code, course_id, version, pack in courses:
            enrolment, passed = enrolled.get((person_id, course_id)), passes.get(code)
            status = CourseStatus(code, pack, today, enrolment, done=NOTHING, passed=passed, readable=NOTHING)
            if code in calls and passed is not None and not passed.is_withdrawn and enrolment is None:
                status = _with_catch_up(status, of_person, version, today)
            path.append(CourseOnPath(status, needed[stage].get(code, ()), asked.get((person_id, code)), first=()))
        yield PersonsPath(person_id, stage, tuple(path))


def _with_catch_up(status: CourseStatus, facts: Sequence[Fact], version: CourseVersion, today: date) -> CourseStatus:
    catch_up = updates.catch_up_of(facts, status.code, version, today)
    return status if catch_up is None else replace(status, catch_up=catch_up)


def _passes(
    facts: Iterable[Fact], titles: Mapping[str, str], calls: Mapping[str, Sequence[Asked]]
) -> dict[str, Passed]:
    """Of each course, the pass that counts longest: of those made here the last, and every one from elsewhere."""
    every = list(facts)
    withdrawn = {fact.withdraws_id for fact in every if fact.withdraws_id is not None}
    here: dict[str, Passed] = {}
    elsewhere: dict[str, list[Passed]] = {}
    for fact in every:  # in the order in which they were recorded
        if fact.kind != EVIDENCE_KIND or fact.valid_until is None:
            continue
        passed = Passed(
            title=titles.get(fact.key, fact.key),
            completed_at=fact.happened_at,
            valid_until=fact.valid_until,
            is_withdrawn=fact.id in withdrawn,
            asked_until=min(
                (each.holds_until for each in calls.get(fact.key, ()) if each.is_about(fact)), default=None
            ),
        )
        if not is_from_elsewhere(fact):
            here[fact.key] = passed
        elif not passed.is_withdrawn:
            elsewhere.setdefault(fact.key, []).append(passed)
    found = {}
    for code in here.keys() | elsewhere.keys():
        counting = counting_longest([here.get(code), *elsewhere.get(code, ())])
        if counting is not None:
            found[code] = counting
    return found


def _open_enrolments(ids: Collection[int]) -> dict[tuple[int, int], Enrolment]:
    """What these people are in the middle of, by person and course."""
    query = select(Enrolment).where(Enrolment.person_id.in_(ids), Enrolment.finished_at.is_(None))
    return {(each.person_id, each.course_id): each for each in db.session.scalars(query)}


def _asked(recorded: Mapping[int, list[Fact]]) -> dict[tuple[int, str], Assigned]:
    """What these people are asked to take and have not, by person and code."""
    calls = asked_again.in_force()
    facts = {person_id: asked_again.shortened(of_person, calls) for person_id, of_person in recorded.items()}
    return {(each.person_id, each.code): each for each in asked_among(facts) if not each.is_met}
