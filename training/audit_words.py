"""What the lines of the audit trail say about courses and certificates."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select

from app import db
from app.people.models import Person
from app.trail.wording import AuditWords, Subject
from training import catalogue
from training.authoring.models import CourseDraft
from training.guided.models import GuidedGroup, GuidedPace
from training.live.models import LiveBooking, LiveSession
from training.models import Certificate, Completion, Course, CourseVersion, ElsewhereTraining, Enrolment
from training.practicals.models import PracticalTry
from training.programme.models import CourseAssignment
from training.time_models import MoreTime


def _certificates(ids: Collection[int]) -> dict[int, Subject]:
    query = (
        select(Certificate.id, CourseVersion.title, Person.display_name)
        .join(Completion, Completion.id == Certificate.completion_id)
        .join(CourseVersion, CourseVersion.id == Completion.course_version_id)
        .join(Person, Person.id == Certificate.person_id)
        .where(Certificate.id.in_(ids))
    )
    return {
        row.id: Subject(f"{row.title} of {row.display_name}", "certificates.pdf", {"certificate_id": row.id})
        for row in db.session.execute(query)
    }


def _enrolments(ids: Collection[int]) -> dict[int, Subject]:
    query = (
        select(Enrolment.id, CourseVersion.title)
        .join(CourseVersion, CourseVersion.id == Enrolment.course_version_id)
        .where(Enrolment.id.in_(ids))
    )
    return {row.id: Subject(row.title) for row in db.session.execute(query)}


def _completions(ids: Collection[int]) -> dict[int, Subject]:
    query = (
        select(Completion.id, CourseVersion.title)
        .join(CourseVersion, CourseVersion.id == Completion.course_version_id)
        .where(Completion.id.in_(ids))
    )
    return {row.id: Subject(row.title) for row in db.session.execute(query)}


def _elsewhere(ids: Collection[int]) -> dict[int, Subject]:
    query = (
        select(ElsewhereTraining.id, Person.display_name)
        .join(Person, Person.id == ElsewhereTraining.person_id)
        .where(ElsewhereTraining.id.in_(ids))
    )
    return {
        row.id: Subject(f"a certificate from elsewhere of {row.display_name}", "elsewhere.show", {"row_id": row.id})
        for row in db.session.execute(query)
    }


def _versions(ids: Collection[int]) -> dict[int, Subject]:
    query = select(CourseVersion.id, CourseVersion.title, CourseVersion.number).where(CourseVersion.id.in_(ids))
    return {row.id: Subject(f"{row.title}, version {row.number}") for row in db.session.execute(query)}


def _drafts(ids: Collection[int]) -> dict[int, Subject]:
    rows = db.session.scalars(select(CourseDraft).where(CourseDraft.id.in_(ids)))
    return {row.id: Subject(f"the draft of {row.code}", "authoring.show", {"draft_id": row.id}) for row in rows}


def _assignments(ids: Collection[int]) -> dict[int, Subject]:
    query = (
        select(CourseAssignment.id, Course.code, Person.display_name)
        .join(Course, Course.id == CourseAssignment.course_id)
        .join(Person, Person.id == CourseAssignment.person_id)
        .where(CourseAssignment.id.in_(ids))
    )
    titles = catalogue.titles()
    return {
        row.id: Subject(f"{titles[row.code]}: {row.display_name}", "learning.assigned")
        for row in db.session.execute(query)
    }


def _practicals(ids: Collection[int]) -> dict[int, Subject]:
    query = (
        select(PracticalTry.id, CourseVersion.title, Person.display_name)
        .join(Enrolment, Enrolment.id == PracticalTry.enrolment_id)
        .join(CourseVersion, CourseVersion.id == Enrolment.course_version_id)
        .join(Person, Person.id == PracticalTry.person_id)
        .where(PracticalTry.id.in_(ids))
    )
    return {row.id: Subject(f"a practical of {row.display_name} in {row.title}") for row in db.session.execute(query)}


def _groups(ids: Collection[int]) -> dict[int, Subject]:
    query = (
        select(GuidedGroup.id, Course.code, Person.display_name)
        .join(Course, Course.id == GuidedGroup.course_id)
        .join(Person, Person.id == GuidedGroup.leader_id)
        .where(GuidedGroup.id.in_(ids))
    )
    titles = catalogue.titles()
    return {
        row.id: Subject(f"{titles[row.code]} with {row.display_name}", "learning.group", {"group_id": row.id})
        for row in db.session.execute(query)
    }


def _sessions(ids: Collection[int]) -> dict[int, Subject]:
    query = select(LiveSession.id, LiveSession.title).where(LiveSession.id.in_(ids))
    return {
        row.id: Subject(f"the session “{row.title}”", "live.show", {"session_id": row.id})
        for row in db.session.execute(query)
    }


def _paces(ids: Collection[int]) -> dict[int, Subject]:
    query = (
        select(GuidedPace.id, Course.code, Person.display_name)
        .join(Course, Course.id == GuidedPace.course_id)
        .join(Person, Person.id == GuidedPace.person_id)
        .where(GuidedPace.id.in_(ids))
    )
    titles = catalogue.titles()
    return {row.id: Subject(f"{titles[row.code]}: {row.display_name}") for row in db.session.execute(query)}


def _more_time(ids: Collection[int]) -> dict[int, Subject]:
    query = select(MoreTime.id, Course.code).join(Course, Course.id == MoreTime.course_id).where(MoreTime.id.in_(ids))
    titles = catalogue.titles()
    return {row.id: Subject(titles[row.code]) for row in db.session.execute(query)}


def _bookings(ids: Collection[int]) -> dict[int, Subject]:
    query = (
        select(LiveBooking.id, LiveSession.id.label("session_id"), LiveSession.title, Person.display_name)
        .join(LiveSession, LiveSession.id == LiveBooking.session_id)
        .join(Person, Person.id == LiveBooking.person_id)
        .where(LiveBooking.id.in_(ids))
    )
    return {
        row.id: Subject(f"{row.display_name} in “{row.title}”", "live.show", {"session_id": row.session_id})
        for row in db.session.execute(query)
    }


TRAINING_WORDS = AuditWords(
    sentences={
        "training.attendance-corrected": "corrected whether {about} came: {outcome}",
        "training.attendance-marked": "marked whether {about} came: {outcome}",
        "training.session-booked": "booked the place of {about}",
        "training.session-cancelled": "cancelled {about}",
        "training.session-changed": "changed {about}",
        "training.session-given-up": "gave up the place of {about}",
        "training.session-made": "made {about}",
        "training.session-moved-up": "gave a place that was free to {about}",
        "training.session-released": "ended the booking of {about}, whose account was closed",
        "training.session-waits": "put {about} on the waiting list",
        "training.walk-in-added": "added {about}, who came without a place",
        "training.walk-in-removed": "took {about} off a session, to which they were added by mistake",
        "training.certificate-name-hidden": "hid the full name on the public page of {about}",
        "training.certificate-name-shown": "showed the full name on the public page of {about}",
        "training.certificate-read": "opened a certificate of {about}",
        "training.certificate-replaced": "had another name put on {about}",
        "training.certificates-printed": "had the certificates of many people printed into {about}",
        "training.assignment-taken-back": "no longer asks somebody to take {about}",
        "training.course-assigned": "asked somebody to take {about}",
        "training.elsewhere-accepted": "accepted {about} as standing for a course",
        "training.elsewhere-added": "added {about}",
        "training.elsewhere-declined": "declined {about}",
        "training.elsewhere-key-given": "gave a key for {about}, which its signature fits",
        "training.elsewhere-looked-again": "put {about} back to those that wait",
        "training.elsewhere-taken-back": "took back {about}",
        "training.course-installed": "installed the course {about}",
        "training.course-passed": "passed the course {about}",
        "training.course-started": "started the course {about}",
        "training.draft-begun": "began to write {about}",
        "training.draft-brought-back": "brought back {about}",
        "training.draft-part-added": "added a part to {about}",
        "training.draft-part-brought-back": "put a part back into {about}",
        "training.draft-part-moved": "moved a part of {about}",
        "training.draft-part-removed": "took a part out of {about}",
        "training.draft-published": "published {about}",
        "training.draft-put-away": "put away {about}",
        "training.draft-questions-added": "added questions to {about}",
        "training.draft-written": "wrote in {about}",
        "training.group-changed": "changed the group {about}",
        "training.group-created": "set up the group {about}",
        "training.group-ended": "ended the group {about}",
        "training.group-joined": "put somebody into a group: {about}",
        "training.group-left": "took somebody out of a group: {about}",
        "training.group-went-on": "let the group {about} go on that had ended",
        "training.more-time-given": "gave somebody more time for questions in {about}",
        "training.more-time-taken-back": "took back that somebody has more time for questions in {about}",
        "training.note-taken-back": "took back a note to the group {about}",
        "training.note-written": "wrote a note to the group {about}",
        "training.pace-begun": "takes a course a part a week: {about}",
        "training.pace-gone-on": "went on after a pause: {about}",
        "training.pace-left": "left the pace of a course: {about}",
        "training.pace-paused": "paused a course: {about}",
        "training.pace-taken-up-again": "went back to the pace of a course: {about}",
        "training.group-part-closed-again": "took back that a part was opened early to the group {about}",
        "training.group-part-held-back": "held back a part from the group {about}",
        "training.group-part-let-go-on": "let the group {about} go on",
        "training.group-part-opened": "opened a part early to the group {about}",
        "training.path-no-longer-shared": "stopped sharing a path through a story of {about}",
        "training.path-shared": "shared a path through a story of {about} with staff",
        "training.practical-answered": "answered to the feedback on {about}",
        "training.practical-given-back": "gave {about} back unmarked",
        "training.practical-handed-in": "handed in {about}",
        "training.practical-mark-withdrawn": "withdrew the mark of {about}",
        "training.practical-marked": "marked {about}",
        "training.practical-read": "read a practical of {about}",
        "training.practical-stands-aside-no-more": "no longer leaves the practicals of {about} to other markers",
        "training.practical-stood-aside": "leaves the practicals of {about} to other markers",
        "training.practical-taken": "took {about} to mark it",
        "training.practical-taken-back": "took {about} back",
        "training.reflections-read": "read what {about} shared of their reflections",
        "training.reminded": "reminded {about} of their courses",
        "training.transcript-read": "opened the transcript of {about}",
        "training.try-given": "gave somebody another try in {about}",
    },
    subjects={
        "course_assignment": _assignments,
        "certificate": _certificates,
        "completion": _completions,
        "course_draft": _drafts,
        "course_version": _versions,
        "elsewhere_training": _elsewhere,
        "enrolment": _enrolments,
        "practical_try": _practicals,
        "guided_group": _groups,
        "guided_pace": _paces,
        "more_time": _more_time,
        "live_booking": _bookings,
        "live_session": _sessions,
    },
)
