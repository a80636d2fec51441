"""The pages on which a person watches and stops a task they requested."""

from __future__ import annotations

from flask import Blueprint, flash, jsonify, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app import db
from app.jobs.models import Task
from app.jobs.tasks import request_stop
from app.pages import asked
from app.pages.safe_redirect import safe_return
from app.permissions import current_person, signed_in
from app.refusals import NotFound

bp = Blueprint("tasks", __name__)


def _own_task(task_id: int) -> Task:
    task = db.session.get(Task, task_id)
    if task is None or task.requested_by_id != current_person().id:
        raise NotFound("There is no such task.")
    return task


@bp.get("/tasks/<int:task_id>")
@signed_in
def show(task_id: int) -> ResponseReturnValue:
    return render_template("home/task.html", task=_own_task(task_id))


@bp.get("/tasks/<int:task_id>.json")
@signed_in
def show_json(task_id: int) -> ResponseReturnValue:
    task = _own_task(task_id)
    return jsonify(state=task.state, progress=task.progress, error=task.error, is_over=task.is_over)


@bp.post("/tasks/<int:task_id>/stop")
@signed_in
def stop(task_id: int) -> ResponseReturnValue:
    with db.writing():
        request_stop(_own_task(task_id).id)
    flash("We are stopping. What was done so far is kept.")
    fallback = url_for("tasks.show", task_id=task_id)
    return redirect(safe_return(wanted) if (wanted := asked.way_back("next")) else fallback)
