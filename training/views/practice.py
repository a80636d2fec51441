"""The pages of quizzes and scenarios."""

from __future__ import annotations

from flask import flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app import clock, db
from app.pages import asked
from app.pages.forms import render_form, showing_refusals
from app.permissions import current_person, signed_in
from app.wording import duration
from training import attempts, course_status, learning, quiz, quiz_time, scenario, scenario_pages
from training.course_status import Passed
from training.forms import AnswerForm, BeginForm, ChoiceForm, SharePathForm, TimeOverForm
from training.learning import CourseProgress
from training.pack import Quiz, Scenario
from training.scenario import ChoiceMade
from training.scenario_pages import StepPage
from training.views.blueprint import learning_bp
from training.views.earlier_pages import require_valid
from training.views.opened import count_time
from training.views.transaction import course_transaction
from training.views.zone import readers_zone


def quiz_page(progress: CourseProgress, unit: Quiz) -> ResponseReturnValue:
    """The start of a quiz, the state of an open attempt, or its result."""
    attempt = attempts.quiz_attempt(progress, unit.slug)
    passed = None if progress.is_open else _passed(progress)
    time = quiz_time.time_for(current_person().id, progress.course.id, unit)
    return render_template(
        "training/quiz.html",
        progress=progress,
        unit=unit,
        attempt=attempt,
        passed=passed,
        tries=attempts.tries_at(progress, unit, now=g.now),
        time=None if time is None else duration(time.total_seconds() / 60),
        is_longer=time != quiz_time.allowed(unit, None),
        is_over=attempt is not None and attempt.row.finished_at is None and quiz_time.is_over(attempt.row, g.now),
        zone=readers_zone(),
    )


def _passed(progress: CourseProgress) -> Passed | None:
    return course_status.status_in(current_person().id, progress.course.code, now=g.now).passed


def scenario_page(
    progress: CourseProgress, unit: Scenario, refused_form: ChoiceForm | None = None
) -> ResponseReturnValue:
    """The reader's next page of a scenario; with a refused form, the step it was sent from."""
    attempt, go = attempts.scenario_attempt(progress, unit.slug), asked.words("go")
    takes_choices = attempt is not None and attempt.takes_choices(progress)
    page = scenario_pages.page_of(
        attempt,
        goes_back=go == "back" and takes_choices,
        goes_on=go == "on" or refused_form is not None,
    )
    context = {
        "progress": progress,
        "unit": unit,
        "attempt": attempt,
        "takes_choices": takes_choices,
        "completes": attempt is not None and scenario.completes(unit, attempt.path),
        "well": scenario.well(attempt.path) if attempt is not None else 0,
        **vars(page),
    }
    if isinstance(page, StepPage):
        return render_form(page.template, form=refused_form or ChoiceForm(formdata=None), **context)
    return render_template(page.template, **context)


@learning_bp.post("/<code>/<slug>/begin")
@signed_in
def begin(code: str, slug: str) -> ResponseReturnValue:
    form, person = BeginForm(), current_person()
    require_valid(form)
    unit = learning.progress_in(person, code, now=clock.now()).unit(slug)
    with course_transaction():
        if isinstance(unit, Scenario):
            attempts.begin_scenario(code, slug, shown=form.shown(), by=person, now=clock.now())
        else:
            attempts.begin_quiz(code, slug, shown=form.shown(), by=person, now=clock.now())
    is_scenario = isinstance(unit, Scenario)
    attempt = None if is_scenario else attempts.quiz_attempt(learning.progress_in(person, code, now=clock.now()), slug)
    if attempt is None or attempt.next_number is None:
        return redirect(url_for("learning.unit", code=code, slug=slug))
    return redirect(url_for("learning.question", code=code, slug=slug, number=attempt.next_number))


@learning_bp.get("/<code>/<slug>/<int:number>")
@learning_bp.post("/<code>/<slug>/<int:number>")
@signed_in
def question(code: str, slug: str, number: int) -> ResponseReturnValue:
    form, person = AnswerForm(), current_person()
    if form.validate_on_submit():
        with showing_refusals(form):
            with course_transaction():
                count_time(slug)
                is_taken = attempts.answer(
                    code,
                    slug,
                    number,
                    form.picked.data or [],
                    attempt_id=form.attempt.data or 0,
                    by=person,
                    now=clock.now(),
                )
            if not is_taken:
                flash(TIME_OVER, "warning")
                return redirect(url_for("learning.unit", code=code, slug=slug))
            return redirect(url_for("learning.question", code=code, slug=slug, number=number))
    progress = learning.progress_in(person, code, now=clock.now())
    attempt = attempts.quiz_attempt(progress, slug)
    if attempt is None:
        return redirect(url_for("learning.unit", code=code, slug=slug))
    asked = attempt.numbered(number)
    if asked.given is None and (attempt.row.finished_at or quiz_time.is_over(attempt.row, g.now)):
        return redirect(url_for("learning.unit", code=code, slug=slug))
    return render_form(
        "training/question.html",
        form=form,
        progress=progress,
        unit=attempts.quiz_of(progress, slug),
        attempt=attempt,
        asked=asked,
        wording=quiz.wording(asked.question),
        answers=quiz.answers(asked.question),
        zone=readers_zone(),
    )


TIME_OVER = "The time was over, so that answer was not taken. All that you answered before counts."


@learning_bp.post("/<code>/<slug>/time-over")
@signed_in
def end_over(code: str, slug: str) -> ResponseReturnValue:
    form, person = TimeOverForm(), current_person()
    require_valid(form)
    with course_transaction():
        attempts.end_over(code, slug, attempt_id=form.attempt.data or 0, by=person, now=clock.now())
    return redirect(url_for("learning.unit", code=code, slug=slug))


@learning_bp.post("/<code>/<slug>/share-path")
@signed_in
def share_path(code: str, slug: str) -> ResponseReturnValue:
    form, person = SharePathForm(), current_person()
    require_valid(form)
    with db.writing():
        shared = form.share.data == "yes"
        attempts.share(code, slug, share_it=shared, attempt_id=form.attempt.data or 0, by=person, now=clock.now())
    flash("Shared with the staff who decide on your next step." if shared else "No longer shared. Only you see it.")
    return redirect(url_for("learning.unit", code=code, slug=slug, go="on"))


@learning_bp.post("/<code>/<slug>/choose")
@signed_in
def choose(code: str, slug: str) -> ResponseReturnValue:
    form, person = ChoiceForm(), current_person()
    if form.validate_on_submit():
        with showing_refusals(form):
            with course_transaction():
                count_time(slug)
                made, position = ChoiceMade(form.step.data or "", form.choice.data or ""), form.position.data or 0
                attempt_id = form.attempt.data or 0
                attempts.choose(code, slug, made, attempt_id=attempt_id, position=position, by=person, now=clock.now())
            return redirect(url_for("learning.unit", code=code, slug=slug))
    progress = learning.progress_in(person, code, now=clock.now())
    return scenario_page(progress, attempts.scenario_of(progress, slug), form)
