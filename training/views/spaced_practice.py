"""Spaced practice: what is due today, one question, and putting it off."""

from __future__ import annotations

from flask import flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app import clock, db
from app.pages.forms import render_form, showing_refusals
from app.pages.times import day
from app.permissions import current_person, signed_in
from app.refusals import PageOutOfDate
from training import quiz
from training import spaced_practice as practice
from training.forms import PracticeAnswerForm, PracticeSettingForm
from training.practice_schedule import Item
from training.views.blueprint import learning_bp


@learning_bp.get("/practice")
@signed_in
def spaced_practice() -> ResponseReturnValue:
    return render_template(
        "training/spaced_practice.html",
        practice=practice.practice_of(current_person(), now=g.now),
        stories=practice.stories_to_play_again(current_person()),
    )


@learning_bp.post("/practice")
@signed_in
def change_spaced_practice() -> ResponseReturnValue:
    form, person = PracticeSettingForm(), current_person()
    if not form.validate_on_submit():
        raise PageOutOfDate("That page was too old. Please choose again.")
    with db.writing():
        if form.to.data == "later":
            until = practice.put_off(by=person, now=clock.now())
            flash(f"Put off until {day(until)}. You can still practise before, under Learning.")
        else:
            practice.turn(on=form.to.data == "on", by=person)
            flash(
                "Practice shows on Today again."
                if form.to.data == "on"
                else "Practice no longer shows on Today. You can turn it on again under Learning."
            )
    return redirect(url_for("learning.spaced_practice"))


@learning_bp.get("/practice/<code>/<slug>/<key>")
@learning_bp.post("/practice/<code>/<slug>/<key>")
@signed_in
def spaced_question(code: str, slug: str, key: str) -> ResponseReturnValue:
    form, person, item = PracticeAnswerForm(), current_person(), Item(code, slug, key)
    if form.validate_on_submit():
        with showing_refusals(form):
            with db.writing():
                number, picked = form.number.data or 0, form.picked.data or []
                practice.practise(item, picked, number=number, by=person, now=clock.now())
            return redirect(url_for("learning.spaced_question", code=code, slug=slug, key=key))
    asked = practice.open_question(item, by=person, now=g.now)
    todays = practice.practice_of(person, now=g.now).todays
    return render_form(
        "training/spaced_question.html",
        form=form,
        asked=asked,
        wording=quiz.wording(asked.question),
        answers=quiz.answers(asked.question),
        following=next((one.item for one in todays if one.item != item), None),
    )
