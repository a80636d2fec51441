"""The smallest change that fills empty seats: looking for it, what was found, and asking everybody concerned."""

from __future__ import annotations

from flask import flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app import clock, db
from app.jobs.tasks import request_stop
from app.pages import asked
from app.permissions import current_person, requires
from app.refusals import Conflict
from rota.permissions import RotaPermission
from rota.planning import smallest_change
from rota.shifts.filling import MOST_SEATS
from rota.views.blueprint import bp


@bp.post("/rota/fill/change")
@requires(RotaPermission.PLAN)
def look_for_change() -> ResponseReturnValue:
    seat_ids = sorted(asked.whole_numbers_sent("seat"))[:MOST_SEATS]
    try:
        with db.writing():
            task_id = smallest_change.look_for(seat_ids, by=current_person().id, now=clock.now()).id
    except Conflict as refusal:
        db.session.rollback()
        flash(" ".join(refusal.sentences), "warning")
        return redirect(url_for("rota.fill", seat=seat_ids))
    return redirect(url_for("rota.found_change", task_id=task_id))


@bp.get("/rota/fill/change/<int:task_id>")
@requires(RotaPermission.PLAN)
def found_change(task_id: int) -> ResponseReturnValue:
    task = smallest_change.task_of(task_id)
    return render_template(
        "rota/smallest_change.html",
        task=task,
        found=smallest_change.found_by(task),
        is_own_task=task.requested_by_id == current_person().id,
        seat_ids=task.arguments["seat_ids"],
        now=g.now,
    )


@bp.post("/rota/fill/change/<int:task_id>/stop")
@requires(RotaPermission.PLAN)
def stop_looking_for_change(task_id: int) -> ResponseReturnValue:
    with db.writing():
        request_stop(smallest_change.task_of(task_id).id)
    return redirect(url_for("rota.found_change", task_id=task_id))


@bp.post("/rota/fill/change/<int:task_id>/ask")
@requires(RotaPermission.PLAN)
def ask_for_change(task_id: int) -> ResponseReturnValue:
    try:
        with db.writing():
            change_id = smallest_change.ask(task_id, by=current_person().id, now=clock.now()).id
    except Conflict as refusal:
        db.session.rollback()
        flash(" ".join(refusal.sentences), "warning")
        return redirect(url_for("rota.found_change", task_id=task_id))
    flash("Everybody concerned is being asked. It happens when all of them said yes.")
    return redirect(url_for("rota.seat_change", change_id=change_id))
