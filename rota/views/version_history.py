"""What a rota comes to: how evenly it is shared, steps of the draft, versions, and putting one back."""

from __future__ import annotations

from flask import g, render_template, url_for
from flask.typing import ResponseReturnValue

from app import clock
from app.pages import asked
from app.pages.forms import Done, render_form, save_form
from app.permissions import current_person, requires
from app.wording import plural
from rota.forms import PutBackForm
from rota.permissions import RotaPermission
from rota.planning.put_away_drafts import put_away_since_published
from rota.planning.shares import KINDS, page_of_shares
from rota.planning.undoing import last_steps
from rota.planning.version_history import MOST_VERSIONS, compare, put_back, versions_of
from rota.store.draft_board import get_board
from rota.store.seats import get_rota
from rota.views.blueprint import bp


@bp.get("/rota/<int:rota_id>/shares")
@requires(RotaPermission.PLAN)
def show_shares(rota_id: int) -> ResponseReturnValue:
    board = get_board(rota_id)
    shown = page_of_shares(board, asked.whole_number("page") or 1, now=g.now)
    return render_template("rota/shares.html", rota=board.rota, shown=shown, kinds=KINDS)


@bp.get("/rota/<int:rota_id>/history")
@requires(RotaPermission.PLAN)
def show_history(rota_id: int) -> ResponseReturnValue:
    board = get_board(rota_id)
    versions = versions_of(board.rota, before=asked.whole_number("before"))
    return render_template(
        "rota/history.html",
        rota=board.rota,
        draft=board.draft,
        put_away=put_away_since_published(rota_id),
        steps=last_steps(board).steps,
        versions=versions,
        earlier=versions[-1].number if len(versions) == MOST_VERSIONS else None,
    )


@bp.get("/rota/<int:rota_id>/history/compare")
@requires(RotaPermission.PLAN)
def compare_versions(rota_id: int) -> ResponseReturnValue:
    rota = get_rota(rota_id)
    later = asked.whole_number("later")
    later = rota.version if later is None else later
    earlier = asked.whole_number("earlier")
    found = compare(rota, max(0, later - 1) if earlier is None else earlier, later)
    return render_template("rota/compare.html", rota=rota, found=found)


@bp.get("/rota/<int:rota_id>/history/<int:number>/put-back")
@bp.post("/rota/<int:rota_id>/history/<int:number>/put-back")
@requires(RotaPermission.PLAN)
def put_version_back(rota_id: int, number: int) -> ResponseReturnValue:
    form, by = PutBackForm(), current_person().id

    def reverse() -> Done:
        done = put_back(get_rota(rota_id), number, by=by, now=clock.now(), reason=form.reason.data or "")
        kept = f" {plural(len(done.kept), 'seat')} changed since or began, and stayed." if done.kept else ""
        words = (
            f"{plural(done.seats, 'seat')} put back in the draft.{kept} Review it, then publish it as a new version."
        )
        return Done(words, url_for("rota.show", rota_id=rota_id))

    if saved := save_form(form, reverse):
        return saved
    rota = get_rota(rota_id)
    found = compare(rota, max(0, number - 1), number)
    return render_form("rota/put_back.html", form=form, rota=rota, number=number, found=found)
