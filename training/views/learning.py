"""Learning: the list of courses, one course, and its lessons."""

from __future__ import annotations

from flask import flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app import clock, db
from app.pages.forms import render_form
from app.permissions import current_person, may, signed_in
from app.printing import fonts
from training import course_status, elsewhere, learning, unit_time
from training.course_status import CourseStatus
from training.forms import HardWordsForm, ReadForm, StartForm
from training.guided import own
from training.guided.forms import PaceForm
from training.guided.on_pages import guided_course, paced_courses
from training.learning import CourseProgress
from training.live import listing
from training.live.listing import Listed
from training.pack_live import Workshop
from training.permissions import TrainingPermission
from training.programme import order
from training.programme.path import path_of
from training.unit_kinds import KINDS
from training.views.blueprint import learning_bp
from training.views.earlier_pages import require_valid
from training.views.opened import count_time
from training.views.transaction import course_transaction
from training.views.unit_pages import PAGES

FOR_STAFF = (
    ("Who has learned what", "learning.matrix", TrainingPermission.SEE_MATRIX),
    ("Courses that are here, and those to install", "learning.courses", TrainingPermission.INSTALL),
    ("Who is asked to take which course", "learning.assigned", TrainingPermission.ASSIGN),
    ("Where people go wrong", "learning.where_people_go_wrong", TrainingPermission.SEE_WHERE_PEOPLE_GO_WRONG),
    ("Course statistics", "learning.statistics", TrainingPermission.SEE_WHERE_PEOPLE_GO_WRONG),
    ("Groups that take a course a part at a time", "learning.groups", TrainingPermission.LEAD_GROUPS),
    ("People who wait for another try", "learning.tries", TrainingPermission.GIVE_TRIES),
    ("Certificates of many people, in one file", "certificates.in_one_file", TrainingPermission.READ_CERTIFICATES),
)


@learning_bp.get("")
@signed_in
def index() -> ResponseReturnValue:
    person = current_person()
    path = path_of(person.id, now=g.now)
    return render_template(
        "training/index.html",
        path=path,
        paced=paced_courses(path),
        passed=course_status.passed_courses(person.id),
        found_elsewhere=elsewhere.of_person(person.id),
        today=g.today,
        for_staff=[(words, endpoint) for words, endpoint, permission in FOR_STAFF if may(permission)],
    )


@learning_bp.get("/<code>")
@signed_in
def course(code: str) -> ResponseReturnValue:
    return course_page(code, PaceForm(formdata=None))


def course_page(code: str, form: PaceForm) -> ResponseReturnValue:
    """The page of a course, with the reader's place in it and their pace; `form` is the one about the pace."""
    person = current_person()
    status = course_status.status_in(person.id, code, now=g.now)
    return render_form(
        "training/course.html",
        form=form,
        status=status,
        first={} if status.enrolment else order.waits_for(code, person.id, now=g.now),
        characters_missing=fonts.characters_missing(person.display_name),
        unit_kinds=KINDS,
        guided=guided_course(person, status, now=g.now),
        taken=unit_time.of_enrolment(status.enrolment.id) if status.enrolment else {},
        dates=_dates(status),
    )


def _dates(status: CourseStatus) -> list[Listed]:
    """The coming live sessions of a course that has any among its steps."""
    if not any(isinstance(unit, Workshop) for unit in status.pack.units):
        return []
    return listing.coming_of_course(status.code, current_person().id, now=g.now)


@learning_bp.post("/<code>/start")
@signed_in
def start(code: str) -> ResponseReturnValue:
    form = StartForm()
    require_valid(form)
    with db.writing():
        enrolment = learning.start(code, by=current_person(), now=clock.now(), after=form.after.data or 0)
        if form.a_part_a_week.data:
            own.begin(enrolment, by=current_person(), now=clock.now())
    return _onward(learning.progress_in(current_person(), code, now=clock.now()))


@learning_bp.post("/<code>/hard-words")
@signed_in
def hard_words(code: str) -> ResponseReturnValue:
    form = HardWordsForm()
    with db.writing():
        learning.skip_hard_words(code, by=current_person(), skip=form.skip.data, now=clock.now())
    unit = learning.progress_in(current_person(), code, now=clock.now()).unit(form.back_to.data or "")
    return redirect(url_for("learning.unit", code=code, slug=unit.slug))


@learning_bp.get("/<code>/<slug>")
@signed_in
def unit(code: str, slug: str) -> ResponseReturnValue:
    progress = learning.progress_in(current_person(), code, now=clock.now())
    shown = progress.unit(slug)
    return PAGES[shown.kind](progress, shown)


@learning_bp.post("/<code>/<slug>/read")
@signed_in
def read(code: str, slug: str) -> ResponseReturnValue:
    form = ReadForm()
    require_valid(form)
    with course_transaction():
        count_time(slug)
        learning.mark_read(code, slug, enrolment_id=form.enrolment.data or 0, by=current_person(), now=clock.now())
    progress = learning.progress_in(current_person(), code, now=clock.now())
    following = progress.unit_after(slug)
    if following is None or not progress.is_open or following.slug in progress.closed:
        return _onward(progress)
    return redirect(url_for("learning.unit", code=code, slug=following.slug))


def _onward(progress: CourseProgress) -> ResponseReturnValue:
    """Redirect to the first step not done yet; to the course's page when all are done."""
    if progress.next_unit is None:
        flash("You have passed this course. Well done.")
        return redirect(url_for("learning.course", code=progress.course.code))
    if progress.next_open_unit is None:
        flash("That is all that is open at the moment. Below is when the next part opens.")
        return redirect(url_for("learning.course", code=progress.course.code))
    return redirect(url_for("learning.unit", code=progress.course.code, slug=progress.next_open_unit.slug))
