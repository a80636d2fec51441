"""The markers' pages: what waits, one piece of work with its rubric, and what was marked."""

from __future__ import annotations

from flask import flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app import clock, db, markdown, settings
from app.pages.forms import Done, render_form, save_form
from app.permissions import current_person, requires
from app.refusals import NotFound
from app.trail.reads import record_reading
from training import signing_keys
from training.permissions import TrainingPermission
from training.practicals import answers, feedback, marking, to_mark, withdrawing
from training.practicals.forms import AnswerForm, MarkForm, MeetingForm, WithdrawForm, mark_form
from training.practicals.rules import Result
from training.practicals.to_mark import Work
from training.views.blueprint import to_mark_bp
from training.views.zone import readers_zone

WORK_READ = "training.practical-read"


@to_mark_bp.get("")
@requires(TrainingPermission.MARK)
def index() -> ResponseReturnValue:
    person = current_person()
    return render_template(
        "training/to_mark.html",
        waiting=to_mark.waiting_for(person.id, g.now),
        marked=to_mark.marked_lately(person.id),
        aside=to_mark.stood_aside_by(person.id),
        own_id=person.id,
    )


@to_mark_bp.post("/<int:try_id>/take")
@requires(TrainingPermission.MARK)
def take(try_id: int) -> ResponseReturnValue:
    with db.writing():
        marking.take(try_id, None, by=current_person(), now=clock.now())
    return redirect(url_for(".show", try_id=try_id))


@to_mark_bp.get("/<int:try_id>/arrange")
@to_mark_bp.post("/<int:try_id>/arrange")
@requires(TrainingPermission.MARK)
def arrange(try_id: int) -> ResponseReturnValue:
    form, person, zone = MeetingForm(), current_person(), readers_zone()
    work = to_mark.open_to(try_id, person.id, g.now)

    def save() -> Done:
        marking.take(try_id, form.meeting(zone), by=person, now=clock.now())
        return Done(f"Arranged. An e-mail tells {work.learner}.", url_for(".show", try_id=try_id))

    done = save_form(form, save)
    return done or render_form("training/arrange.html", form=form, work=work, zone=zone)


@to_mark_bp.post("/<int:try_id>/give-back")
@requires(TrainingPermission.MARK)
def give_back(try_id: int) -> ResponseReturnValue:
    with db.writing():
        marking.give_back(try_id, by=current_person(), now=clock.now())
    flash("Given back. Other markers can take it.")
    return redirect(url_for(".index"))


@to_mark_bp.post("/<int:try_id>/not-me")
@requires(TrainingPermission.MARK)
def not_me(try_id: int) -> ResponseReturnValue:
    with db.writing():
        marking.not_me(try_id, by=current_person(), now=clock.now())
    flash("Other markers will do it. You find this below, if you want to take it back.")
    return redirect(url_for(".index"))


@to_mark_bp.post("/me-again/<int:person_id>")
@requires(TrainingPermission.MARK)
def me_again(person_id: int) -> ResponseReturnValue:
    with db.writing():
        marking.me_again(person_id, by=current_person(), now=clock.now())
    flash("You see what they hand in again.")
    return redirect(url_for(".index"))


@to_mark_bp.get("/<int:try_id>")
@to_mark_bp.post("/<int:try_id>")
@requires(TrainingPermission.MARK)
def show(try_id: int) -> ResponseReturnValue:
    person = current_person()
    rubric = marking.rubric_of_try(try_id)
    form = mark_form(rubric)

    def save() -> Done:
        result = marking.mark(try_id, form.sent(rubric), by=person, now=clock.now())
        return Done(SAID[result], url_for(".show", try_id=try_id))

    if form.is_submitted():
        # A pass may issue a certificate, and making the first key would keep other writers waiting.
        signing_keys.current(settings.current().keys, now=clock.now())
    if (done := save_form(form, save)) is not None:
        return done
    try:
        work = feedback.work_for(try_id, person, now=g.now)
    except NotFound:
        if not form.errors:
            raise
        return render_form("training/mark_without_place.html", form=form)
    return _page(work, form)


SAID = {
    Result.PASSED: "Marked: passed. An e-mail tells them.",
    Result.AGAIN: "Marked: not passed yet. An e-mail tells them, with what you wrote.",
    Result.WAITS: "Your mark is kept. It waits for another marker, who does not see yours before theirs.",
}


def _page(work: Work, form: MarkForm, answer_form: AnswerForm | None = None) -> ResponseReturnValue:
    person, row = current_person(), work.row
    shown = feedback.feedback_on(row, person)
    answer_form = answer_form or AnswerForm(formdata=None)
    form.round.data, answer_form.shown.data = row.round, len(shown.answers)
    is_mine = row.taken_by_id == person.id
    if not is_mine and all(each.row.marker_id != person.id for each in shown.marks):
        record_reading(WORK_READ, of=row.person_id, by=person.id, now=clock.now())
    return render_form(
        "training/work_to_mark.html",
        form=answer_form if answer_form.errors else form,
        mark_form=form,
        answer_form=answer_form,
        work=work,
        row=row,
        task=markdown.html(work.unit.task),
        shown=shown,
        is_mine=is_mine,
        zone=readers_zone(),
    )


@to_mark_bp.post("/<int:try_id>/answer")
@requires(TrainingPermission.MARK)
def answer(try_id: int) -> ResponseReturnValue:
    form, person = AnswerForm(), current_person()

    def send() -> Done:
        answers.answer(try_id, form.answer.data or "", shown=form.shown.data or 0, by=person, now=clock.now())
        return Done("Sent. An e-mail tells them.", url_for(".show", try_id=try_id))

    if (done := save_form(form, send)) is not None:
        return done
    work = feedback.work_for(try_id, person, now=g.now)
    return _page(work, mark_form(marking.rubric_of_try(try_id), formdata=None), form)


@to_mark_bp.get("/<int:try_id>/withdraw")
@to_mark_bp.post("/<int:try_id>/withdraw")
@requires(TrainingPermission.MARK)
def withdraw(try_id: int) -> ResponseReturnValue:
    form, person = WithdrawForm(), current_person()

    def save() -> Done:
        withdrawing.withdraw_mark(
            try_id, form.reason.data or "", round=form.round.data or 0, by=person, now=clock.now()
        )
        return Done("Withdrawn. What stood on it no longer counts.", url_for(".index"))

    if (done := save_form(form, save)) is not None:
        return done
    work = feedback.work_for(try_id, person, now=g.now)
    form.round.data = work.row.round
    return render_form("training/withdraw_mark.html", form=form, work=work)
