"""The coordinator's pages: the list of rotas, one week as a table or a list, and a seat's panel."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from flask import flash, g, jsonify, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm

from app import clock, day_bounds, db, settings
from app.jobs.models import Task
from app.jobs.tasks import request_stop
from app.pages import asked
from app.pages.forms import Done, render_form, save_form
from app.people.rights import CorePermission
from app.permissions import current_person, may, requires
from app.refusals import Conflict, Invalid, PageOutOfDate
from rota.forms import AssignForm, ClearForm, MakeRotaForm, choices_of
from rota.offering.asks import not_answered_in_time
from rota.permissions import RotaPermission
from rota.planning import drafts, new_rota, proposals, vacated_seats
from rota.planning.channels import open_channels
from rota.planning.planner_page import A_DAY, Asked, Links, planner_page, rotas_with_drafts
from rota.planning.proposal_scope import ProposalScope
from rota.planning.put_away_drafts import put_away_since_published
from rota.planning.week_table import A_WEEK
from rota.store.draft_board import get_board
from rota.store.seats import get_rota
from rota.views.blueprint import bp

TEMPLATES = {"rota.show": "rota/planner.html", "rota.show_list": "rota/list.html", "rota.show_day": "rota/day.html"}


@bp.get("/rota")
@requires(RotaPermission.PLAN)
def index() -> ResponseReturnValue:
    return render_template(
        "rota/index.html",
        rotas=rotas_with_drafts(),
        channels=open_channels(g.today),
        may_publish=may(RotaPermission.PUBLISH),
        not_answered=not_answered_in_time(zone=settings.current().zone, now=g.now),
        today=g.today,
    )


@bp.get("/rota/make")
@bp.post("/rota/make")
@requires(RotaPermission.PLAN)
def make() -> ResponseReturnValue:
    channels, by = open_channels(g.today), current_person().id
    ids = [each.id for each in channels]
    first, last = new_rota.next_free_period(ids, settings.current().zone, today=g.today)
    form = MakeRotaForm(starts_on=first, ends_on=last, channels=ids)
    form.channels.choices = choices_of(channels)

    def make_it() -> Done:
        title, chosen = form.title.data or "", form.channels.data or ()
        rota = new_rota.make_rota(title, *form.period(), chosen, by=by, now=clock.now())
        return Done("The rota is made. Nobody is on it yet.", url_for("rota.show", rota_id=rota.id))

    return save_form(form, make_it) or render_form("rota/make.html", form=form, channels=channels)


@bp.get("/rota/<int:rota_id>")
@requires(RotaPermission.PLAN)
def show(rota_id: int) -> ResponseReturnValue:
    return _planner(rota_id, AssignForm(), asked.whole_number("seat"))


@bp.get("/rota/<int:rota_id>/list")
@requires(RotaPermission.PLAN)
def show_list(rota_id: int) -> ResponseReturnValue:
    return _planner(rota_id, AssignForm(), None, endpoint="rota.show_list")


@bp.get("/rota/<int:rota_id>/day")
@requires(RotaPermission.PLAN)
def show_day(rota_id: int) -> ResponseReturnValue:
    return _planner(rota_id, AssignForm(), None, endpoint="rota.show_day")


@bp.post("/rota/<int:rota_id>/seats/<int:seat_id>/assign")
@requires(RotaPermission.PLAN)
def assign(rota_id: int, seat_id: int) -> ResponseReturnValue:
    form, by = AssignForm(), current_person().id

    def give() -> Done:
        person_id, reason, seen = form.person_id.data or 0, form.reason.data or "", form.seen.data
        drafts.assign(get_rota(rota_id), seat_id, person_id, by=by, now=clock.now(), reason=reason, seen=seen)
        return Done("Saved in the draft. Nobody is told until you publish.", _seat_page(rota_id, seat_id))

    return save_form(form, give) or _planner(rota_id, form, seat_id)


@bp.post("/rota/<int:rota_id>/seats/<int:seat_id>/clear")
@requires(RotaPermission.PLAN)
def clear(rota_id: int, seat_id: int) -> ResponseReturnValue:
    form, by = ClearForm(), current_person().id

    def empty() -> Done:
        drafts.clear(get_rota(rota_id), seat_id, by=by, now=clock.now(), seen=form.seen.data)
        return Done("The seat is empty in the draft. Nobody is told until you publish.", _seat_page(rota_id, seat_id))

    return save_form(form, empty) or _planner(rota_id, form, seat_id)


@bp.post("/rota/<int:rota_id>/seats/<int:seat_id>/leave")
@requires(RotaPermission.PLAN)
def leave_as_published(rota_id: int, seat_id: int) -> ResponseReturnValue:
    with db.writing():
        drafts.leave_as_published(get_rota(rota_id), seat_id, by=current_person().id, now=clock.now())
    flash("The draft leaves this seat as it is published.")
    return redirect(_seat_page(rota_id, seat_id))


@bp.post("/rota/<int:rota_id>/discard")
@requires(RotaPermission.PLAN)
def discard(rota_id: int) -> ResponseReturnValue:
    seen = asked.words_sent("seen")
    try:
        with db.writing():
            drafts.discard(get_rota(rota_id), by=current_person().id, now=clock.now(), seen=seen)
    except PageOutOfDate as refusal:
        db.session.rollback()
        flash(" ".join(refusal.sentences), "warning")
    else:
        flash("The draft is put away. You can bring it back here. What is published stays as it was.")
    return redirect(url_for("rota.show", rota_id=rota_id))


@bp.post("/rota/<int:rota_id>/propose")
@requires(RotaPermission.PLAN)
def propose(rota_id: int) -> ResponseReturnValue:
    kind = asked.words_sent("scope")
    first = last = None
    if kind.startswith("week") and (week := asked.day("week", day_bounds.PLANS)) is not None:
        first, last = clock.monday_of(week), clock.monday_of(week) + A_WEEK - A_DAY
    elif kind.startswith("day"):
        first = last = asked.day("day", day_bounds.PLANS)
    scope = ProposalScope(first, last, only_gaps=kind.endswith("gaps"))
    return _begin_work(rota_id, partial(proposals.ask, scope=scope))


@bp.post("/rota/<int:rota_id>/fill")
@requires(RotaPermission.PLAN)
def fill_vacated(rota_id: int) -> ResponseReturnValue:
    return _begin_work(rota_id, vacated_seats.ask_to_fill)


def _begin_work(rota_id: int, ask: Callable[..., Task]) -> ResponseReturnValue:
    """Ask for long work on the draft. If somebody else was quicker, the planner says so and shows theirs."""
    try:
        with db.writing():
            ask(get_rota(rota_id), by=current_person().id, now=clock.now())
    except (Conflict, Invalid) as refusal:
        db.session.rollback()
        flash(" ".join(refusal.sentences), "warning")
    return redirect(_same_page(rota_id))


@bp.post("/rota/<int:rota_id>/stop")
@requires(RotaPermission.PLAN)
def stop_proposal(rota_id: int) -> ResponseReturnValue:
    with db.writing():
        draft = get_board(rota_id).draft
        if draft is not None and draft.task_id is not None:
            request_stop(draft.task_id)
    flash("We are stopping. What was found so far is kept.")
    return redirect(_same_page(rota_id))


@bp.get("/rota/<int:rota_id>/progress.json")
@requires(RotaPermission.PLAN)
def show_progress(rota_id: int) -> ResponseReturnValue:
    # Every planner may follow a proposal, not only the one who asked for it.
    task = proposals.task_of(rota_id)
    return jsonify(is_over=task is None or task.is_over, progress=proposals.progress_figures(task) if task else {})


def _planner(rota_id: int, form: FlaskForm, seat_id: int | None, *, endpoint: str = "rota.show") -> ResponseReturnValue:
    board = get_board(rota_id)
    rota = board.rota
    day = asked.day("day", day_bounds.PLANS) or asked.day("week", day_bounds.PLANS) or g.today
    wanted = Asked(day, seat_id, everybody=asked.is_there("all"), with_fixes=asked.is_there("fixes"))
    of_rota = url_for("rota.show", rota_id=rota.id)  # once: a week has hundreds of seats
    links = Links(
        seat=lambda seat: f"{of_rota}?seat={seat.id}#seat",
        week=lambda monday: url_for(endpoint, rota_id=rota.id, week=monday.isoformat(), _anchor="week"),
    )
    page = planner_page(board, wanted, links, zone=settings.current().zone, now=g.now)
    return render_form(
        TEMPLATES[endpoint],
        form=form,
        rota=rota,
        view=board,
        task=board.task,
        put_away=put_away_since_published(rota.id)[:1] if board.draft is None else (),
        may_open_people=may(CorePermission.SEE_PEOPLE),
        now=g.now,
        earlier=page.earlier,
        later=page.later,
        day_before=page.day_before,
        day_after=page.day_after,
        **vars(page),  # templates read the page's fields by name
    )


def _seat_page(rota_id: int, seat_id: int) -> str:
    return url_for("rota.show", rota_id=rota_id, seat=seat_id, _anchor="seat")


def _same_page(rota_id: int) -> str:
    """Where the coordinator was: the table, the list on a phone, or one day."""
    if asked.is_sent("from", "day") and (day := asked.day("day", day_bounds.PLANS)) is not None:
        return url_for("rota.show_day", rota_id=rota_id, day=day.isoformat())
    endpoint = "rota.show_list" if asked.is_sent("from", "list") else "rota.show"
    week = asked.day("week", day_bounds.PLANS)
    return url_for(endpoint, rota_id=rota_id, week=week and week.isoformat())
