"""First steps: what to set up, in order, each with its true state; and the steps that have a page of their own here."""

from __future__ import annotations

from flask import flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app import clock, db
from app.admin.views.overview import bp
from app.backup import on_request
from app.first_steps import agreements, core_steps, mail_test, overview
from app.jobs import tasks
from app.outbox.health import mail_state
from app.outbox.wording import words_of
from app.pages import asked
from app.people.private import email_of
from app.permissions import CorePermission, current_person, may, requires


@bp.get("/admin/first-steps")
@requires(CorePermission.ADMINISTER)
def first_steps() -> ResponseReturnValue:
    return render_template("home/first_steps.html", steps=overview.overview(g.now), may=may)


@bp.post("/admin/first-steps/<key>/set-aside")
@requires(CorePermission.ADMINISTER)
def set_step_aside(key: str) -> ResponseReturnValue:
    with db.writing():
        step = overview.set_aside(key, by=current_person().id, now=clock.now())
    flash(f"“{step.title}” is set aside. You can take it up again at any time.")
    return redirect(url_for("admin.first_steps", _anchor=key))


@bp.post("/admin/first-steps/<key>/take-up")
@requires(CorePermission.ADMINISTER)
def take_step_up(key: str) -> ResponseReturnValue:
    with db.writing():
        step = overview.take_up(key, by=current_person().id, now=clock.now())
    flash(f"“{step.title}” is on the list again.")
    return redirect(url_for("admin.first_steps", _anchor=key))


@bp.get("/admin/test-e-mail")
@requires(CorePermission.ADMINISTER)
def test_email() -> ResponseReturnValue:
    mail = mail_state(g.now)
    return render_template(
        "home/test_email.html",
        sent=mail_test.newest(),
        standing=overview.standing_of(mail_test.STEP, g.now),
        address=email_of(current_person().id),
        fault=words_of(mail.last_error) if mail.is_failing else None,
    )


@bp.post("/admin/test-e-mail")
@requires(CorePermission.ADMINISTER)
def send_test_email() -> ResponseReturnValue:
    with db.writing():
        mail_test.send(to=current_person().id, now=clock.now())
    flash("It is on its way. Look at your e-mails in a minute.")
    return redirect(url_for("admin.test_email"))


@bp.post("/admin/test-e-mail/<int:row_id>/arrived")
@requires(CorePermission.ADMINISTER)
def test_email_arrived(row_id: int) -> ResponseReturnValue:
    with db.writing():
        mail_test.confirm(row_id, by=current_person().id, now=clock.now())
    flash("Good: e-mails arrive.")
    return redirect(url_for("admin.first_steps"))


@bp.post("/admin/policies/<name>/agree")
@requires(CorePermission.ADMINISTER)
def agree_to_policy(name: str) -> ResponseReturnValue:
    with db.writing():
        agreements.agree(name, seen=asked.words_sent("seen"), by=current_person().id, today=g.today, now=clock.now())
    flash("Thank you. It is kept that you read this version and agreed.")
    return redirect(url_for("admin.first_steps"))


@bp.get("/admin/backup")
@requires(CorePermission.ADMINISTER)
def backup() -> ResponseReturnValue:
    return render_template(
        "home/backup.html", standing=overview.standing_of("backup", g.now), why_not=on_request.why_not()
    )


@bp.post("/admin/backup")
@requires(CorePermission.ADMINISTER)
def make_backup() -> ResponseReturnValue:
    with db.writing():
        task = tasks.start(kind=core_steps.BACKUP_TASK, arguments={}, by=current_person().id, now=clock.now())
        task_id = task.id
    return redirect(url_for("tasks.show", task_id=task_id))
