"""The coordinator's pages: the list of rotas, one week as a table or a list, and a seat's panel."""

from __future__ import annotations

from datetime import date, timedelta

from flask import flash, g, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm

from app import clock, db, settings
from app.jobs.tasks import request_stop
from app.pages.forms import render_form, showing_refusals
from app.people.rights import CorePermission
from app.permissions import current_person, may, requires
from rota.forms import AssignForm, ClearForm, MakeRotaForm, choices_of
from rota.permissions import RotaPermission
from rota.planning import drafts, new_rota, proposals
from rota.planning.channels import all_channels
from rota.planning.seat_panel import draw, rotas_with_state, seat_panel
from rota.store.models import Rota
from rota.store.seats import get_rota
from rota.store.snapshot import draft_board
from rota.views.blueprint import bp


@bp.get("/rota")
@requires(RotaPermission.PLAN)
def index() -> ResponseReturnValue:
    return render_template("rota/index.html", rotas=rotas_with_state(), channels=all_channels())


@bp.get("/rota/make")
@bp.post("/rota/make")
@requires(RotaPermission.PLAN)
def make() -> ResponseReturnValue:
    channels = all_channels()
    ids = [each.id for each in channels]
    monday = new_rota.next_free_day(ids, settings.current().zone, today=g.today)
    form = MakeRotaForm(starts_on=monday, ends_on=monday + timedelta(days=27), channels=ids)
    form.channels.choices = choices_of(channels)
    if form.validate_on_submit():
        first, last = form.starts_on.data, form.ends_on.data
        assert first is not None
        assert last is not None
        with showing_refusals(form):
            with db.writing():
                by, now = current_person().id, clock.now()
                rota = new_rota.make_rota(form.title.data or "", first, last, form.channels.data or (), by=by, now=now)
            flash("The rota is made. Nobody is on it yet.")
            return redirect(url_for("rota.show", rota_id=rota.id))
    return render_form("rota/make.html", form=form, channels=channels)


@bp.get("/rota/<int:rota_id>")
@requires(RotaPermission.PLAN)
def show(rota_id: int) -> ResponseReturnValue:
    return _planner(get_rota(rota_id), AssignForm(), request.args.get("seat", type=int))


@bp.get("/rota/<int:rota_id>/list")
@requires(RotaPermission.PLAN)
def show_list(rota_id: int) -> ResponseReturnValue:
    return _planner(get_rota(rota_id), AssignForm(), None, template="rota/list.html")


@bp.post("/rota/<int:rota_id>/seats/<int:seat_id>/assign")
@requires(RotaPermission.PLAN)
def assign(rota_id: int, seat_id: int) -> ResponseReturnValue:
    form = AssignForm()
    if form.validate_on_submit():
        person_id, reason = form.person_id.data or 0, form.reason.data or ""
        with showing_refusals(form):
            with db.writing():
                rota, by, now = get_rota(rota_id), current_person().id, clock.now()
                drafts.assign(rota, seat_id, person_id, by=by, now=now, reason=reason, seen=form.seen.data)
            flash("Saved in the draft. Nobody is told until you publish.")
            return _back_to(rota_id, seat_id)
    return _planner(get_rota(rota_id), form, seat_id)


@bp.post("/rota/<int:rota_id>/seats/<int:seat_id>/clear")
@requires(RotaPermission.PLAN)
def clear(rota_id: int, seat_id: int) -> ResponseReturnValue:
    form = ClearForm()
    if form.validate_on_submit():
        with showing_refusals(form):
            with db.writing():
                by, now = current_person().id, clock.now()
                drafts.clear(get_rota(rota_id), seat_id, by=by, now=now, seen=form.seen.data)
            flash("The seat is empty in the draft. Nobody is told until you publish.")
            return _back_to(rota_id, seat_id)
    return _planner(get_rota(rota_id), form, seat_id)


@bp.post("/rota/<int:rota_id>/seats/<int:seat_id>/leave")
@requires(RotaPermission.PLAN)
def leave_as_published(rota_id: int, seat_id: int) -> ResponseReturnValue:
    with db.writing():
        drafts.leave_as_published(get_rota(rota_id), seat_id, by=current_person().id, now=clock.now())
    flash("The draft leaves this seat as it is published.")
    return _back_to(rota_id, seat_id)


@bp.post("/rota/<int:rota_id>/discard")
@requires(RotaPermission.PLAN)
def discard(rota_id: int) -> ResponseReturnValue:
    with db.writing():
        drafts.discard(get_rota(rota_id), by=current_person().id, now=clock.now())
    flash("The draft is put away. What is published stays as it was.")
    return redirect(url_for("rota.show", rota_id=rota_id))


@bp.post("/rota/<int:rota_id>/propose")
@requires(RotaPermission.PLAN)
def propose(rota_id: int) -> ResponseReturnValue:
    with db.writing():
        proposals.ask(get_rota(rota_id), by=current_person().id, now=clock.now())
    return redirect(_same_page(rota_id))


@bp.post("/rota/<int:rota_id>/stop")
@requires(RotaPermission.PLAN)
def stop_proposal(rota_id: int) -> ResponseReturnValue:
    with db.writing():
        draft = draft_board(get_rota(rota_id)).draft
        if draft is not None and draft.task_id is not None:
            request_stop(draft.task_id)
    flash("We are stopping. What was found so far is kept.")
    return redirect(_same_page(rota_id))


@bp.get("/rota/<int:rota_id>/progress.json")
@requires(RotaPermission.PLAN)
def show_progress(rota_id: int) -> ResponseReturnValue:
    # Every planner may follow a proposal, not only the one who asked for it.
    task = proposals.task_of(rota_id)
    return jsonify(is_over=task is None or task.is_over, progress=proposals.progress_words(task) if task else {})


def _planner(
    rota: Rota, form: FlaskForm, seat_id: int | None, *, template: str = "rota/planner.html"
) -> ResponseReturnValue:
    zone = settings.current().zone
    board = draft_board(rota)
    chosen = next((seat for seat in board.seats if seat.id == seat_id), None)
    day = clock.on(chosen.starts_at, zone) if chosen else _day_asked_for(rota)
    monday = day - timedelta(days=day.weekday())
    everybody, with_fixes = "all" in request.args, "fixes" in request.args
    panel = seat_panel(board, chosen, now=g.now, everybody=everybody, with_fixes=with_fixes) if chosen else None

    drawing = draw(
        board,
        zone,
        panel,
        href=lambda seat: url_for("rota.show", rota_id=rota.id, seat=seat.id, _anchor="seat"),
        chosen=seat_id,
        monday=monday,
        now=g.now,
    )
    drawn = drawing.week(monday)
    this_page = "rota.show_list" if template == "rota/list.html" else "rota.show"
    return render_form(
        template,
        form=form,
        rota=rota,
        view=board,
        monday=monday,
        zone=zone,
        week=drawn,
        weeks=drawing.weeks(
            monday, lambda on: url_for(this_page, rota_id=rota.id, week=on.isoformat(), _anchor="week")
        ),
        task=board.task,
        proposal=proposals.progress_words(board.task) if board.task else None,
        proposed=proposals.proposed(board),
        reasons=drawing.short_times(drawn, proposals.reasons_for(board.task, monday)),
        is_over=proposals.rota_is_over(board, now=g.now),
        panel=panel,
        may_open_people=may(CorePermission.SEE_PEOPLE),
    )


def _day_asked_for(rota: Rota) -> date:
    """The day in ?week=, or today, or the nearest day of the rota."""
    try:
        asked = date.fromisoformat(request.args.get("week", ""))
    except ValueError:
        asked = g.today
    return min(max(asked, rota.starts_on), rota.ends_on)


def _back_to(rota_id: int, seat_id: int) -> ResponseReturnValue:
    return redirect(url_for("rota.show", rota_id=rota_id, seat=seat_id, _anchor="seat"))


def _same_page(rota_id: int) -> str:
    """Where the coordinator was: the table, or the list on a phone."""
    endpoint = "rota.show_list" if request.form.get("from") == "list" else "rota.show"
    return url_for(endpoint, rota_id=rota_id)
