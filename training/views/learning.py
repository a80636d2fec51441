"""Learning: the list of courses, a course, and its lessons."""

from __future__ import annotations

from flask import flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app import clock, db
from app.permissions import current_person, signed_in
from training import learning, lessons, progress
from training.forms import HardWordsForm, StartForm
from training.learning import Way
from training.pack import Lesson, Quiz
from training.views import practice
from training.views.blueprint import bp, learning_step


@bp.get("")
@signed_in
def index() -> ResponseReturnValue:
    person = current_person()
    standings = progress.standings_of(person.id, now=g.now)
    return render_template(
        "training/index.html",
        standings=standings,
        nearest=progress.nearest(standings),
        passed=progress.passed_courses(person.id),
        today=g.today,
    )


@bp.get("/<code>")
@signed_in
def course(code: str) -> ResponseReturnValue:
    standing = progress.standing_in(current_person().id, code, now=g.now)
    return render_template("training/course.html", standing=standing)


@bp.post("/<code>/start")
@signed_in
def start(code: str) -> ResponseReturnValue:
    again = StartForm().again.data
    with db.writing():
        learning.start(code, by=current_person(), now=clock.now(), again=again)
    return _onward(learning.way_of(current_person(), code))


@bp.post("/<code>/hard-words")
@signed_in
def hard_words(code: str) -> ResponseReturnValue:
    form = HardWordsForm()
    with db.writing():
        learning.skip_hard_words(code, by=current_person(), skip=form.skip.data)
    unit = learning.way_of(current_person(), code).unit(form.back_to.data or "")
    return redirect(url_for("learning.unit", code=code, slug=unit.slug))


@bp.get("/<code>/<slug>")
@signed_in
def unit(code: str, slug: str) -> ResponseReturnValue:
    way = learning.way_of(current_person(), code)
    match way.unit(slug):
        case Lesson() as lesson:
            body = lessons.html(lesson.body, skip_hard_words=way.enrolment.skips_hard_words)
            is_hard = lessons.has_hard_words(lesson.body)
            return render_template("training/lesson.html", way=way, unit=lesson, body=body, has_hard_words=is_hard)
        case Quiz() as quiz:
            return practice.quiz_page(way, quiz)
        case scenario:
            return practice.scenario_page(way, scenario)


@bp.post("/<code>/<slug>/read")
@signed_in
def read(code: str, slug: str) -> ResponseReturnValue:
    with learning_step():
        learning.mark_read(code, slug, by=current_person(), now=clock.now())
    way = learning.way_of(current_person(), code)
    following = way.after(slug)
    if following is None or not way.is_open:
        return _onward(way)
    return redirect(url_for("learning.unit", code=code, slug=following.slug))


def _onward(way: Way) -> ResponseReturnValue:
    """To the first step that is left; to the course's page where none is."""
    if way.next_unit is None:
        flash("You have passed this course. Well done.")
        return redirect(url_for("learning.course", code=way.course.code))
    return redirect(url_for("learning.unit", code=way.course.code, slug=way.next_unit.slug))
