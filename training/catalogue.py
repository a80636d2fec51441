"""The installed courses: installing a pack, and reading it back."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path

from sqlalchemy import func, select

from app import audit, clock, db, settings
from app.domain import RequirementWords
from app.refusals import NotFound
from progression import asked_again
from training.models import EVIDENCE_KIND, Course, CourseVersion
from training.pack import Pack
from training.pack_reader import read_pack

SHIPPED = Path(__file__).parent / "courses"

# Packs never change, so each is validated once a process. The key is the hash of the content.
_packs: dict[str, Pack] = {}


def install(pack: Pack, *, by: int | None, now: datetime) -> CourseVersion:
    """Install a pack as the newest version of its course; people who have begun an older one finish that.

    Where it calls itself major, people who passed an older one are asked for parts of it again (`updates`); the worker
    tells them.

    The same content again adds nothing and returns the version already installed. Call it inside `db.writing()`.
    """
    course = _course_called(pack.code)
    newest = latest_version(course.id)
    content_hash = pack.content_hash()
    if newest is not None and newest.content_hash == content_hash:
        return newest
    version = CourseVersion(
        course_id=course.id,
        number=newest.number + 1 if newest else 1,
        title=pack.title,
        content_hash=content_hash,
        document=pack.model_dump(mode="json"),
        installed_at=now,
        installed_by_id=by,
    )
    db.session.add(version)
    db.session.flush()
    audit.record(
        "training.course-installed",
        by=by,
        subject=f"course_version:{version.id}",
        now=now,
        details={"course": pack.code, "number": version.number, "content_hash": content_hash},
    )
    if newest is not None:
        _ask_again(version, pack, by=by, now=now)
    return version


def _ask_again(version: CourseVersion, pack: Pack, *, by: int | None, now: datetime) -> None:
    """Of a major version: what was passed in older ones counts only until its day."""
    if not pack.is_major:
        return
    until = last_day(pack, now)
    asked_again.ask_again(EVIDENCE_KIND, pack.code, edition=version.id, holds_until=until, by=by, now=now)


def last_day(pack: Pack, now: datetime) -> date:
    """The last day on which passes of older versions count, if this major version is installed now."""
    assert pack.change is not None, "a major version says within how many days"
    return clock.on(now, settings.current().zone) + timedelta(days=pack.change.within_days)


@cache
def shipped_packs() -> tuple[Pack, ...]:
    """The courses that ship with Nightlight, by title."""
    folders = (each for each in SHIPPED.iterdir() if (each / "course.yaml").is_file())
    return tuple(sorted((read_pack(each) for each in folders), key=lambda pack: pack.title))


def shipped_pack(code: str) -> Pack:
    """The shipped course of this code; refuses any other."""
    pack = next((pack for pack in shipped_packs() if pack.code == code), None)
    if pack is None:
        raise NotFound("No course of that name ships with Nightlight.")
    return pack


def to_install() -> list[tuple[Pack, bool]]:
    """The shipped courses whose very content is not here, each with whether an older version is."""
    here = {course.code: version.content_hash for course, version in all_courses()}
    return [(pack, pack.code in here) for pack in shipped_packs() if here.get(pack.code) != pack.content_hash()]


def _course_called(code: str) -> Course:
    """The course of this code, added if missing, and locked until the transaction ends, so that numbers are unique."""
    db.insert_or_ignore(Course, {"code": code}, key=("code",))
    return db.session.scalars(select(Course).where(Course.code == code).with_for_update(key_share=True)).one()


def latest_version(course_id: int) -> CourseVersion | None:
    """The newest version of a course."""
    return db.session.scalars(
        select(CourseVersion).where(CourseVersion.course_id == course_id).order_by(CourseVersion.number.desc()).limit(1)
    ).one_or_none()


def course_called(code: str) -> tuple[Course, CourseVersion]:
    """The course of this code with its newest version; refuses a code that is not installed."""
    row = db.session.execute(
        select(Course, CourseVersion)
        .join(CourseVersion, CourseVersion.course_id == Course.id)
        .where(Course.code == code)
        .order_by(CourseVersion.number.desc())
        .limit(1)
    ).one_or_none()
    if row is None:
        raise NotFound("There is no course of that name here. All courses are listed under Learning.")
    return row.Course, row.CourseVersion


def course_of(version: CourseVersion) -> tuple[Course, CourseVersion]:
    """The course of a version, with its newest version."""
    return course_called(db.session.get_one(Course, version.course_id).code)


_newest = (
    select(CourseVersion.course_id, func.max(CourseVersion.number).label("number"))
    .group_by(CourseVersion.course_id)
    .subquery()
)
EVERY_COURSE = (
    select(Course, CourseVersion)
    .join(CourseVersion, CourseVersion.course_id == Course.id)
    .join(_newest, (_newest.c.course_id == CourseVersion.course_id) & (_newest.c.number == CourseVersion.number))
    .order_by(CourseVersion.title)
)
"""Every course with its newest version, by title, for queries that read something else of each."""


@db.cached_per_request
def all_courses() -> list[tuple[Course, CourseVersion]]:
    """Every course with its newest version, by title."""
    return [(row.Course, row.CourseVersion) for row in db.session.execute(EVERY_COURSE)]


def titles() -> dict[str, str]:
    """The title of every course by its code, in the order of titles."""
    return {course.code: version.title for course, version in all_courses()}


def offered(_now: datetime) -> list[tuple[str, str]]:
    """The keys of `training:` that a pathway can ask for, with their titles: every course that is here."""
    return list(titles().items())


def pack_of(version: CourseVersion) -> Pack:
    """The pack of a version, validated once a process."""
    if version.content_hash not in _packs:
        _packs[version.content_hash] = Pack.model_validate_json(json.dumps(version.document))
    return _packs[version.content_hash]


def requirement_words(key: str, _now: datetime) -> RequirementWords | None:
    """The title and page of `training:<key>`, or None while no such course is installed."""
    # One query for all courses: a page that names one usually names several.
    title = next((version.title for course, version in all_courses() if course.code == key), None)
    return None if title is None else RequirementWords(title=title, href=f"/learning/{key}")
