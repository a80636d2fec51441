"""The pages on which one answers and chooses: quizzes and scenarios."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app import clock
from app.pages.forms import render_form, showing_refusals
from app.permissions import current_person, signed_in
from app.refusals import Conflict
from training import attempts, learning, progress, quiz, scenario
from training.attempts import WalkAttempt
from training.forms import AnswerForm, BeginForm, ChoiceForm
from training.learning import Way
from training.pack import Quiz, Scenario, Step
from training.views.blueprint import bp, learning_step


def quiz_page(way: Way, unit: Quiz) -> ResponseReturnValue:
    """What a quiz asks for, how far one is, or how it went."""
    attempt = attempts.quiz_attempt(way, unit.slug)
    passed = progress.passed_courses(current_person().id) if not way.is_open else []
    return render_template(
        "training/quiz.html", way=way, unit=unit, attempt=attempt, passed=passed[0] if passed else None
    )


def scenario_page(way: Way, unit: Scenario, form: ChoiceForm | None = None) -> ResponseReturnValue:
    """Where one stands in a story: its beginning, what a reply led to, the next moment, or an ending."""
    attempt = attempts.walk_attempt(way, unit.slug)
    if attempt is None:
        return render_template("training/scenario_begin.html", way=way, unit=unit)
    walk, last = attempt.walk, attempt.walk.last
    going_back = way.is_open and last is not None and request.args.get("go") == "back"
    going_on = request.args.get("go") == "on"
    if last is not None and going_back:
        return _step_page(way, unit, attempt, last[0], form, is_again=True)
    if last is not None and last[1].lands == "think" and not going_on and form is None:
        step, choice = last
        return render_template(
            "training/consequence.html",
            way=way,
            unit=unit,
            attempt=attempt,
            step=step,
            choice=choice,
            strongest=scenario.strongest(step),
        )
    if isinstance(walk.at, Step):
        return _step_page(way, unit, attempt, walk.at, form, is_again=False)
    return render_template("training/ending.html", way=way, unit=unit, attempt=attempt, ending=walk.at)


def _step_page(
    way: Way, unit: Scenario, attempt: WalkAttempt, step: Step, form: ChoiceForm | None, *, is_again: bool
) -> ResponseReturnValue:
    return render_form(
        "training/step.html",
        form=form or ChoiceForm(formdata=None),
        way=way,
        unit=unit,
        attempt=attempt,
        step=step,
        choices=scenario.laid_out(step, seed=attempt.row.id),
        is_again=is_again,
    )


@bp.post("/<code>/<slug>/begin")
@signed_in
def begin(code: str, slug: str) -> ResponseReturnValue:
    form, person = BeginForm(), current_person()
    unit = learning.way_of(person, code).unit(slug)
    with learning_step():
        if isinstance(unit, Scenario):
            attempts.begin_walk(code, slug, by=person, now=clock.now(), after=form.after.data or 0)
        else:
            attempts.begin_quiz(code, slug, by=person, now=clock.now())
    attempt = None if isinstance(unit, Scenario) else attempts.quiz_attempt(learning.way_of(person, code), slug)
    if attempt is None or attempt.next_number is None:
        return redirect(url_for("learning.unit", code=code, slug=slug))
    return redirect(url_for("learning.question", code=code, slug=slug, number=attempt.next_number))


@bp.get("/<code>/<slug>/<int:number>")
@bp.post("/<code>/<slug>/<int:number>")
@signed_in
def question(code: str, slug: str, number: int) -> ResponseReturnValue:
    form, person = AnswerForm(), current_person()
    if form.validate_on_submit():
        with showing_refusals(form):
            with learning_step():
                picked = form.picked.data or []
                attempts.answer(code, slug, number, picked, by=person, now=clock.now())
            return redirect(url_for("learning.question", code=code, slug=slug, number=number))
    way = learning.way_of(person, code)
    attempt = attempts.quiz_attempt(way, slug)
    if attempt is None:
        return redirect(url_for("learning.unit", code=code, slug=slug))
    asked = attempt.numbered(number)
    return render_form(
        "training/question.html",
        form=form,
        way=way,
        unit=attempts.quiz_of(way, slug),
        attempt=attempt,
        asked=asked,
        wording=quiz.wording(asked.question),
        answers=quiz.answers(asked.question),
    )


@bp.post("/<code>/<slug>/choose")
@signed_in
def choose(code: str, slug: str) -> ResponseReturnValue:
    form, person = ChoiceForm(), current_person()
    if form.validate_on_submit():
        with showing_refusals(form):
            with learning_step():
                attempts.choose(
                    code,
                    slug,
                    step=form.step.data or "",
                    choice=form.choice.data or "",
                    position=form.position.data or 0,
                    by=person,
                    now=clock.now(),
                )
            return redirect(url_for("learning.unit", code=code, slug=slug))
    way = learning.way_of(person, code)
    if not way.is_open:
        raise Conflict("You have passed this course already. To practise again, start it anew on its page.")
    return scenario_page(way, attempts.scenario_of(way, slug), form)
