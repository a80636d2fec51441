"""How far people with a pace are: for e-mails, and for those who lead. Units are counted; no answer is read."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select

from app import clock, db, settings
from app.people.models import Person, PersonState
from app.refusals import NotFound
from training import catalogue
from training.guided.models import GuidedGroup, GuidedNote, GuidedPace
from training.guided.pace import Pace, Part, parts_of
from training.guided.paces import PACES, PacedCourse, group_pace, own_pace, takes_parts
from training.models import Course, CourseVersion, Enrolment, UnitDone
from training.pack import Pack


@dataclass(frozen=True)
class Where:
    """Where one person is in a course that they take a part at a time."""

    person: Person
    paced: PacedCourse
    pack: Pack
    has_begun: bool
    has_finished: bool

    def is_to_prompt(self, number: int) -> bool:
        """Whether an e-mail about this part is welcome: it is open, not done, and they do not pause."""
        if self.has_finished or self.paced.is_paused or number > len(self.paced.parts):
            return False
        part = self.paced.parts[number - 1]
        return self.paced.is_open(part) and not part.is_done(self.paced.done)

    @property
    def units_done(self) -> int:
        """How many units are done."""
        return len(self.pack.units) if self.has_finished else len(self.paced.done)


def where_in(pace_id: int, *, now: datetime) -> Where | None:
    """Where somebody is; None once they or their group ended the pace."""
    return next(iter(where_of([pace_id], now=now)), None)


def where_of(pace_ids: Collection[int], *, now: datetime) -> list[Where]:
    """Where people are, by the ids of their paces; those that ended are left out. Four queries, however many."""
    rows = db.session.execute(PACES.where(GuidedPace.id.in_(pace_ids))).all()
    people = [row.GuidedPace.person_id for row in rows]
    active = select(Person).where(Person.id.in_(people), Person.state == PersonState.ACTIVE)
    named = {each.id: each for each in db.session.scalars(active)}
    enrolments = _latest_enrolments(people)
    done: dict[int, set[str]] = {}
    of_these = UnitDone.enrolment_id.in_([each.id for each, _version in enrolments.values()])
    for enrolment_id, unit in db.session.execute(select(UnitDone.enrolment_id, UnitDone.unit).where(of_these)):
        done.setdefault(enrolment_id, set()).add(unit)
    newest = {course.id: version for course, version in catalogue.all_courses()}
    today, found = clock.on(now, settings.current().zone), []
    for row in rows:
        own, kept = own_pace(row), row.GuidedPace
        enrolment, version = enrolments.get((kept.person_id, kept.course_id), (None, newest[kept.course_id]))
        pack = catalogue.pack_of(version)
        units = done.get(enrolment.id, set()) if enrolment else set()
        if kept.person_id in named:
            finished = enrolment is not None and not takes_parts(enrolment)
            paced = own.on_course(pack, units, today)
            found.append(Where(named[kept.person_id], paced, pack, enrolment is not None, finished))
    return found


def _latest_enrolments(people: Collection[int]) -> dict[tuple[int, int], tuple[Enrolment, CourseVersion]]:
    rows = db.session.execute(
        select(Enrolment, CourseVersion)
        .join(CourseVersion, CourseVersion.id == Enrolment.course_version_id)
        .where(Enrolment.person_id.in_(people))
        .order_by(Enrolment.id)
    )
    return {(row.Enrolment.person_id, row.Enrolment.course_id): (row.Enrolment, row.CourseVersion) for row in rows}


def is_with(person_id: int, group_id: int) -> bool:
    """Whether a person is with a group."""
    mine = select(GuidedPace.id).where(
        GuidedPace.person_id == person_id, GuidedPace.group_id == group_id, GuidedPace.ended_at.is_(None)
    )
    return db.session.scalar(mine) is not None


@dataclass(frozen=True)
class Note:
    """A note to a group, and who wrote it."""

    id: int
    text: str
    by: str
    at: datetime
    is_taken_back: bool


def notes_for(person_id: int, code: str) -> list[Note]:
    """The notes to the group that a person is with in a course, the latest first; none for anybody else."""
    mine = (
        select(GuidedPace.group_id)
        .join(Course, Course.id == GuidedPace.course_id)
        .where(GuidedPace.person_id == person_id, Course.code == code, GuidedPace.ended_at.is_(None))
    )
    group_id = db.session.scalar(mine)
    return [] if group_id is None else [note for note in _notes(group_id) if not note.is_taken_back]


def _notes(group_id: int) -> Iterator[Note]:
    rows = db.session.execute(
        select(GuidedNote, Person.display_name)
        .join(Person, Person.id == GuidedNote.written_by_id)
        .where(GuidedNote.group_id == group_id)
        .order_by(GuidedNote.id.desc())
    )
    for note, by in rows:
        yield Note(note.id, note.text, by, note.written_at, note.taken_back_at is not None)


@dataclass(frozen=True)
class GroupLine:
    """One group in the list of groups."""

    group: GuidedGroup
    title: str
    leader: str
    people: int


def groups() -> list[GroupLine]:
    """Every group, those that go on first, then by the latest first day."""
    with_it = (
        select(func.count())
        .where(GuidedPace.group_id == GuidedGroup.id, GuidedPace.ended_at.is_(None))
        .scalar_subquery()
    )
    rows = db.session.execute(
        select(GuidedGroup, Course.code, Person.display_name, with_it.label("people"))
        .join(Course, Course.id == GuidedGroup.course_id)
        .join(Person, Person.id == GuidedGroup.leader_id)
        .order_by(GuidedGroup.ended_at.is_not(None), GuidedGroup.first_day.desc(), GuidedGroup.id.desc())
    )
    titles = catalogue.titles()
    return [GroupLine(row.GuidedGroup, titles[row.code], row.display_name, row.people) for row in rows]


@dataclass(frozen=True)
class GroupPage:
    """A group as those who lead see it."""

    group: GuidedGroup
    code: str
    pack: Pack
    leader: str
    pace: Pace
    parts: tuple[Part, ...]
    today: date
    people: tuple[Where, ...]
    notes: tuple[Note, ...]

    def is_open(self, part: Part) -> bool:
        """Whether a part is open to the group."""
        return self.pace.is_open(part.number, self.today)


def group_page(group_id: int, *, now: datetime) -> GroupPage:
    """A group with its parts, people and notes; refuses an unknown one."""
    row = db.session.execute(
        select(GuidedGroup, Course.code, Person.display_name)
        .join(Course, Course.id == GuidedGroup.course_id)
        .join(Person, Person.id == GuidedGroup.leader_id)
        .where(GuidedGroup.id == group_id)
    ).one_or_none()
    if row is None:
        raise NotFound("There is no such group. The groups of now are under Learning.")
    _course, newest = catalogue.course_called(row.code)
    with_it = select(GuidedPace.id).where(GuidedPace.group_id == group_id, GuidedPace.ended_at.is_(None))
    people = where_of(db.session.scalars(with_it).all(), now=now)
    pack = catalogue.pack_of(newest)
    return GroupPage(
        group=row.GuidedGroup,
        code=row.code,
        pack=pack,
        leader=row.display_name,
        pace=group_pace(row.GuidedGroup),
        parts=parts_of(pack.units),
        today=clock.on(now, settings.current().zone),
        people=tuple(sorted(people, key=lambda each: each.person.display_name.casefold())),
        notes=tuple(_notes(group_id)),
    )
