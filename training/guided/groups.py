"""Leading a guided group: setting it up, who is with it, which parts are open, and notes to all.

Everybody who holds the permission may do all of this, so that a group does not stand still while its leader is away.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select, update

from app import audit, clock, db, settings
from app.people.models import Person, PersonState
from app.people.rights import people_who_may
from app.refusals import Conflict, Invalid, NotFound
from app.typed_text import compare_key
from training import catalogue
from training.guided import prompts
from training.guided.models import GuidedGroup, GuidedNote, GuidedPace
from training.guided.pace import LONGEST_BETWEEN, SHORTEST_BETWEEN, Part, parts_of
from training.guided.paces import group_pace
from training.models import Course
from training.permissions import TrainingPermission

EARLIEST = timedelta(days=366)  # how long ago a group may have begun: its people may have met on paper before
LATEST = timedelta(days=366)
MOST_PEOPLE = 200  # of one group: more are several groups, and one change writes to all of them
LONGEST_NOTE = 2000  # characters
NO_GROUP = "There is no such group. The groups of now are under Learning."


@dataclass(frozen=True)
class Plan:
    """What somebody chooses who sets up a group."""

    leader_id: int
    first_day: date
    days_between: int


def leaders(now: datetime) -> list[Person]:
    """The active people who may lead a group, by name."""
    ids = people_who_may(TrainingPermission.LEAD_GROUPS, on=_today(now))
    active = select(Person).where(Person.id.in_(ids), Person.state == PersonState.ACTIVE).order_by(Person.name_key)
    return list(db.session.scalars(active))


def create(code: str, plan: Plan, *, by: Person, now: datetime) -> GuidedGroup:
    """Set up a group without people. Refuses a leader who may not lead, days out of bounds, a course of one part."""
    course, _version = catalogue.course_called(code)
    if len(_parts(course)) < 2:
        raise Invalid("This course is too short to be taken in parts.", field="code")
    _check(plan, now)
    group = GuidedGroup(
        course_id=course.id,
        leader_id=plan.leader_id,
        first_day=plan.first_day,
        days_between=plan.days_between,
        days_later=0,
        opened_through=0,
        created_by_id=by.id,
        created_at=now,
    )
    db.session.add(group)
    db.session.flush()
    _record("created", group, by=by, now=now)
    return group


def change(group_id: int, plan: Plan, *, by: Person, now: datetime) -> None:
    """Change who leads, and the days. Refuses days by which a part that is open would close again."""
    group = _open_group(group_id)
    _check(plan, now)
    today, number = _today(now), len(_parts(db.session.get_one(Course, group.course_id)))
    before = [each for each in range(1, number + 1) if group_pace(group).is_open(each, today)]
    group.leader_id, group.first_day, group.days_between = plan.leader_id, plan.first_day, plan.days_between
    if any(not group_pace(group).is_open(each, today) for each in before):
        raise Invalid(
            f"With these days part {before[-1]}, which is open, would close again. Choose earlier days, or hold back "
            "the next part instead.",
            field="first_day",
        )
    _record("changed", group, by=by, now=now)


def end(group_id: int, *, by: Person, now: datetime) -> None:
    """End a group: everything is open to its people from now on."""
    group = _open_group(group_id)
    group.ended_at, group.ended_by_id = now, by.id
    db.session.execute(
        update(GuidedPace)
        .where(GuidedPace.group_id == group.id, GuidedPace.ended_at.is_(None))
        .values(ended_at=now, ended_by_id=by.id)
    )
    _record("ended", group, by=by, now=now)


def go_on(group_id: int, *, by: Person, now: datetime) -> None:
    """Take back that a group ended. Who has begun another pace in the course since stays with that."""
    group = _locked(group_id)
    if group.ended_at is None:
        return
    mine = select(GuidedPace).where(GuidedPace.group_id == group.id, GuidedPace.ended_at == group.ended_at)
    latest = {each.person_id: each for each in db.session.scalars(mine.order_by(GuidedPace.id))}
    db.lock_people(latest)
    elsewhere = _people_with_a_pace(group.course_id)
    for person_id, pace in latest.items():
        if person_id not in elsewhere:
            pace.ended_at = pace.ended_by_id = None
    group.ended_at = group.ended_by_id = None
    _record("went-on", group, by=by, now=now)


def add(group_id: int, names: Sequence[str], *, by: Person, now: datetime) -> int:
    """Put people, by their display names, into a group; return how many are new to it.

    A pace of their own, or another group in the same course, ends. Refuses a name that nobody active has: then nobody
    is added.
    """
    group = _open_group(group_id)
    wanted = {compare_key(name): name.strip() for name in names if name.strip()}
    found = select(Person).where(Person.name_key.in_(wanted), Person.state == PersonState.ACTIVE)
    people = {each.name_key: each for each in db.session.scalars(found)}
    if unknown := [name for key, name in wanted.items() if key not in people]:
        raise Invalid(f"Nobody with an open account is called {' or '.join(unknown[:5])}.", field="names")
    db.lock_people(each.id for each in people.values())
    here = _paces(group.id)
    new = [each for each in people.values() if each.id not in {pace.person_id for pace in here}]
    if len(here) + len(new) > MOST_PEOPLE:
        raise Invalid(f"A group has at most {MOST_PEOPLE} people. Make a second one, please.", field="names")
    other = select(GuidedPace).where(
        GuidedPace.course_id == group.course_id,
        GuidedPace.person_id.in_([each.id for each in new]),
        GuidedPace.ended_at.is_(None),
    )
    for pace in db.session.scalars(other):
        pace.ended_at, pace.ended_by_id = now, by.id
    db.session.flush()
    for person in new:
        pace = GuidedPace(
            person_id=person.id, course_id=group.course_id, group_id=group.id, begun_by_id=by.id, begun_at=now
        )
        pace.days_later = 0
        db.session.add(pace)
        db.session.flush()
        _record_pace("joined", pace, by=by, now=now)
    prompts.prompt_group(group.id, now=now)
    return len(new)


def remove(pace_id: int, *, by: Person, now: datetime) -> None:
    """Take somebody out of their group: everything is open to them from now on. Once is enough."""
    pace = db.session.get(GuidedPace, pace_id)
    if pace is None or pace.group_id is None:
        raise NotFound(NO_GROUP)
    db.lock_people([pace.person_id])
    if pace.ended_at is None:
        pace.ended_at, pace.ended_by_id = now, by.id
        _record_pace("left", pace, by=by, now=now)


def open_early(group_id: int, number: int, *, by: Person, now: datetime) -> None:
    """Open a part, and those before it, now instead of on their day, and tell the people. Once is enough."""
    group = _open_group(group_id)
    _part(group, number)
    if group_pace(group).is_open(number, _today(now)):
        return
    if group.held_from is not None and group.held_from <= number:
        group.held_from = None
    group.opened_through = number
    _record("part-opened", group, by=by, now=now, part=number)
    prompts.prompt_group(group.id, now=now)


def close_again(group_id: int, *, by: Person, now: datetime) -> None:
    """Take back that parts were opened early: they open on their days. What people have done of them stays done."""
    group = _open_group(group_id)
    if group.opened_through:
        _record("part-closed-again", group, by=by, now=now, part=group.opened_through)
        group.opened_through = 0


def hold_back(group_id: int, number: int, *, by: Person, now: datetime) -> None:
    """Hold back a part and those after it until somebody lets them go on. Refuses a part that is open."""
    group = _open_group(group_id)
    _part(group, number)
    if group_pace(group).is_open(number, _today(now)):
        raise Conflict("That part is open already. Nobody loses what they can read; hold back the next one.")
    if group.held_from != number:
        group.held_from = number
        _record("part-held-back", group, by=by, now=now, part=number)


def let_go_on(group_id: int, *, by: Person, now: datetime) -> None:
    """Let a group go on: the part held back opens on its day, or today if that has passed; the rest is moved too."""
    group = _open_group(group_id)
    if group.held_from is None:
        return
    number, group.held_from = group.held_from, None
    day = group_pace(group).opens_on(number)
    assert day is not None, "nothing is held back, and a group does not pause"
    group.days_later += max(0, (_today(now) - day).days)
    _record("part-let-go-on", group, by=by, now=now, part=number)
    prompts.prompt_group(group.id, now=now)


def write_note(group_id: int, text: str, *, by: Person, now: datetime) -> GuidedNote:
    """Write to everybody in a group: on the course's page and by e-mail. Refuses an empty and a very long note."""
    group = _open_group(group_id)
    words = text.replace("\r\n", "\n").strip()
    if not words:
        raise Invalid("Write the note first.", field="text")
    if len(words) > LONGEST_NOTE:
        raise Invalid(f"A note has at most {LONGEST_NOTE:,} characters.", field="text")
    note = GuidedNote(group_id=group.id, text=words, written_by_id=by.id, written_at=now)
    db.session.add(note)
    db.session.flush()
    audit.record("training.note-written", by=by.id, subject=f"guided_group:{group.id}", now=now)
    prompts.send_note(note, [each.person_id for each in _paces(group.id)], now=now)
    return note


def take_back_note(note_id: int, *, by: Person, now: datetime) -> int:
    """Take a note back: it is shown no longer, and e-mails that have not gone do not go. Returns its group."""
    note = db.session.get(GuidedNote, note_id)
    if note is None:
        raise NotFound("There is no such note.")
    if note.taken_back_at is None:
        note.taken_back_at = now
        audit.record("training.note-taken-back", by=by.id, subject=f"guided_group:{note.group_id}", now=now)
    return note.group_id


def _check(plan: Plan, now: datetime) -> None:
    today = _today(now)
    if plan.leader_id not in {each.id for each in leaders(now)}:
        raise Invalid("Choose somebody who may lead a group.", field="leader")
    if not today - EARLIEST <= plan.first_day <= today + LATEST:
        raise Invalid("First day: give a day within a year of today.", field="first_day")
    if not SHORTEST_BETWEEN <= plan.days_between <= LONGEST_BETWEEN:
        raise Invalid(f"Give {SHORTEST_BETWEEN} to {LONGEST_BETWEEN} days between parts.", field="days_between")


def _parts(course: Course) -> tuple[Part, ...]:
    _course, version = catalogue.course_called(course.code)
    return parts_of(catalogue.pack_of(version).units)


def _part(group: GuidedGroup, number: int) -> Part:
    parts = _parts(db.session.get_one(Course, group.course_id))
    if not 1 <= number <= len(parts):
        raise NotFound(f"This course has {len(parts)} parts.")
    return parts[number - 1]


def _locked(group_id: int) -> GuidedGroup:
    group = db.session.scalars(
        select(GuidedGroup).where(GuidedGroup.id == group_id).with_for_update(key_share=True)
    ).one_or_none()
    if group is None:
        raise NotFound(NO_GROUP)
    return group


def _open_group(group_id: int) -> GuidedGroup:
    group = _locked(group_id)
    if group.ended_at is not None:
        raise Conflict("This group has ended. Let it go on first, on its page.")
    return group


def _paces(group_id: int) -> list[GuidedPace]:
    open_ones = select(GuidedPace).where(GuidedPace.group_id == group_id, GuidedPace.ended_at.is_(None))
    return list(db.session.scalars(open_ones))


def _people_with_a_pace(course_id: int) -> set[int]:
    open_ones = select(GuidedPace.person_id).where(GuidedPace.course_id == course_id, GuidedPace.ended_at.is_(None))
    return set(db.session.scalars(open_ones))


def _today(now: datetime) -> date:
    return clock.on(now, settings.current().zone)


def _record(what: str, group: GuidedGroup, *, by: Person, now: datetime, **details: int) -> None:
    audit.record(f"training.group-{what}", by=by.id, subject=f"guided_group:{group.id}", now=now, details=details)


def _record_pace(what: str, pace: GuidedPace, *, by: Person, now: datetime) -> None:
    details = {"group": pace.group_id}
    audit.record(f"training.group-{what}", by=by.id, subject=f"guided_pace:{pace.id}", now=now, details=details)
