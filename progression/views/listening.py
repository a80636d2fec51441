"""Suggestions: one's own, what came of those of everybody, and answering them."""

from __future__ import annotations

from flask import flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app import clock, db
from app.pages.forms import Done, render_form, save_form
from app.permissions import current_person, may, requires, signed_in
from progression.listening import pulses, suggesting, suggestions
from progression.listening.forms import SuggestionAnswerForm, SuggestionForm
from progression.listening.models import Outcome
from progression.permissions import ProgressionPermission as May
from progression.views.blueprint import suggestions_bp


@suggestions_bp.get("")
@suggestions_bp.post("")
@signed_in
def index() -> ResponseReturnValue:
    form, person = SuggestionForm(), current_person()

    def suggest() -> Done:
        suggesting.suggest(person, form.words.data or "", with_name=form.name.data == "shown", now=clock.now())
        return Done("Thank you. You get an e-mail when it is answered.", url_for(".index"))

    return save_form(form, suggest) or render_form(
        "progression/listening/suggestions.html",
        form=form,
        own=suggestions.own_suggestions(person.id),
        answers=suggestions.you_said_we_did(g.now),
        waiting=pulses.waiting_for(person.id, now=g.now),
        may_ask=may(May.ASK_PULSE),
        may_answer=may(May.ANSWER_SUGGESTIONS),
    )


@suggestions_bp.post("/<int:suggestion_id>/withdraw")
@signed_in
def withdraw(suggestion_id: int) -> ResponseReturnValue:
    with db.writing():
        suggesting.withdraw(current_person(), suggestion_id, now=clock.now())
    flash("Taken back. Nobody reads it any more.")
    return redirect(url_for(".index"))


@suggestions_bp.get("/to-answer")
@requires(May.ANSWER_SUGGESTIONS)
def to_answer() -> ResponseReturnValue:
    found = suggestions.to_answer(reader=current_person().id)
    return render_template("progression/listening/to_answer.html", suggestions=found)


@suggestions_bp.get("/<int:suggestion_id>")
@suggestions_bp.post("/<int:suggestion_id>")
@requires(May.ANSWER_SUGGESTIONS)
def answer(suggestion_id: int) -> ResponseReturnValue:
    form, person = SuggestionAnswerForm(), current_person()

    def save() -> Done:
        new = suggesting.NewAnswer(
            Outcome(form.outcome.data), form.words.data or "", form.you_said.data or "", form.seen.data or 0
        )
        suggesting.answer(suggestion_id, new, by=person, now=clock.now())
        return Done("Answered. The person who suggested it gets an e-mail.", url_for(".to_answer"))

    saved = save_form(form, save)
    if saved is not None:
        return saved
    shown = suggestions.one_to_answer(suggestion_id, reader=person.id)
    form.seen.data = shown.answer.id if shown.answer else 0
    return render_form("progression/listening/answer.html", form=form, suggestion=shown)
