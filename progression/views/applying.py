"""One's own application for the next step: writing it, answering questions, taking it back."""

from __future__ import annotations

from flask import flash, g, redirect, url_for
from flask.typing import ResponseReturnValue

from app import clock, db
from app.pages.forms import Done, render_form, save_form
from app.permissions import current_person, signed_in
from progression.applying import applications
from progression.forms import AnswerForm, ApplicationForm
from progression.stages import stage_called
from progression.standing import step_now
from progression.views.blueprint import journey_bp


@journey_bp.get("/application")
@journey_bp.post("/application")
@signed_in
def application() -> ResponseReturnValue:
    form = ApplicationForm()

    def apply() -> Done:
        statement, to = form.statement.data or "", stage_called(form.to.data)
        applications.apply(current_person(), to, statement, now=clock.now())
        return Done(
            "Sent. Those who decide are told, and you get an e-mail with what they say.", url_for(".application")
        )

    return save_form(form, apply) or _page(form, AnswerForm(formdata=None))


@journey_bp.post("/application/answer")
@signed_in
def answer_question() -> ResponseReturnValue:
    form = AnswerForm()

    def answer() -> Done:
        applications.answer(current_person(), form.answer.data or "", now=clock.now())
        return Done("Sent.", url_for(".application"))

    return save_form(form, answer) or _page(ApplicationForm(formdata=None), form)


@journey_bp.post("/application/withdraw")
@signed_in
def withdraw_application() -> ResponseReturnValue:
    with db.writing():
        applications.withdraw(current_person(), now=clock.now())
    flash("Taken back. You can apply again whenever you like.")
    return redirect(url_for("journey.show"))


def _page(form: ApplicationForm, answer: AnswerForm) -> ResponseReturnValue:
    person = current_person()
    return render_form(
        "progression/application.html",
        form=answer if answer.errors else form,
        apply=form,
        answer=answer,
        seen=applications.seen(person.id),
        step=step_now(person.id, g.now),
    )
