"""Locking seats, undoing and redoing steps of a draft, bringing one back, and what others changed in it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from flask import flash, g, jsonify, redirect, url_for
from flask.typing import ResponseReturnValue

from app import clock, day_bounds, db
from app.pages import asked
from app.permissions import current_person, requires
from app.refusals import Conflict, NotFound
from app.wording import plural
from rota.permissions import RotaPermission
from rota.planning import drafts, undoing
from rota.planning.changed_since import changed_since
from rota.planning.put_away_drafts import bring_back
from rota.planning.undoing import Turned
from rota.store.seats import get_rota
from rota.views.blueprint import bp


@bp.post("/rota/<int:rota_id>/seats/<int:seat_id>/lock")
@requires(RotaPermission.PLAN)
def lock(rota_id: int, seat_id: int) -> ResponseReturnValue:
    return _change_lock(
        rota_id, seat_id, drafts.lock, "The seat is locked: it stays as it is until somebody unlocks it."
    )


@bp.post("/rota/<int:rota_id>/seats/<int:seat_id>/unlock")
@requires(RotaPermission.PLAN)
def unlock(rota_id: int, seat_id: int) -> ResponseReturnValue:
    return _change_lock(rota_id, seat_id, drafts.unlock, "The seat is unlocked.")


@bp.post("/rota/<int:rota_id>/drafts/<int:draft_id>/bring-back")
@requires(RotaPermission.PLAN)
def bring_back_draft(rota_id: int, draft_id: int) -> ResponseReturnValue:
    try:
        with db.writing():
            draft = bring_back(get_rota(rota_id), draft_id, by=current_person().id, now=clock.now())
            words = f"Draft {draft.number} is back, as it was."
    except (Conflict, NotFound) as refusal:
        db.session.rollback()
        flash(" ".join(refusal.sentences), "warning")
    else:
        flash(words)
    return redirect(url_for("rota.show", rota_id=rota_id))


def _change_lock(rota_id: int, seat_id: int, change: Callable[..., None], done: str) -> ResponseReturnValue:
    try:
        with db.writing():
            change(get_rota(rota_id), seat_id, by=current_person().id, now=clock.now())
    except Conflict as refusal:
        db.session.rollback()
        flash(" ".join(refusal.sentences), "warning")
    else:
        flash(done)
    return redirect(url_for("rota.show", rota_id=rota_id, seat=seat_id, _anchor="seat"))


@bp.post("/rota/<int:rota_id>/undo")
@requires(RotaPermission.PLAN)
def undo_step(rota_id: int) -> ResponseReturnValue:
    return _turn(rota_id, undoing.undo, "Undone in the draft.")


@bp.post("/rota/<int:rota_id>/redo")
@requires(RotaPermission.PLAN)
def redo_step(rota_id: int) -> ResponseReturnValue:
    return _turn(rota_id, undoing.redo, "Done again in the draft.")


def _turn(rota_id: int, turn: Callable[..., Turned], done: str) -> ResponseReturnValue:
    step_id = asked.whole_number_sent("step") or 0
    try:
        with db.writing():
            turned = turn(get_rota(rota_id), step_id, by=current_person().id, now=clock.now())
    except (Conflict, NotFound) as refusal:
        db.session.rollback()
        flash(" ".join(refusal.sentences), "warning")
    else:
        kept = len(turned.kept)
        left = f" {plural(kept, 'seat')} changed since or began, and stayed." if kept else ""
        flash(f"{done} {plural(turned.seats, 'seat')} changed.{left}")
    if asked.is_sent("from", "history"):
        return redirect(url_for("rota.show_history", rota_id=rota_id))
    page = "rota.show_list" if asked.is_sent("from", "list") else "rota.show"
    week = asked.day("week", day_bounds.PLANS)
    return redirect(url_for(page, rota_id=rota_id, week=week and week.isoformat()))


@bp.get("/rota/<int:rota_id>/changes.json")
@requires(RotaPermission.PLAN)
def show_changes(rota_id: int) -> ResponseReturnValue:
    try:
        since = datetime.fromisoformat(asked.words("since"))
    except ValueError:
        since = g.now
    if since.tzinfo is None:
        since = g.now
    words = changed_since(get_rota(rota_id), since, but_by=current_person().id)
    return jsonify(is_over=False, progress={"words": words})
