"""Before publishing: what was, what is, why, and what stays empty; then it goes out."""

from __future__ import annotations

from flask import flash, g, redirect, url_for
from flask.typing import ResponseReturnValue

from app import clock, db
from app.pages.forms import render_form, showing_refusals
from app.permissions import current_person, requires
from rota.forms import PublishForm
from rota.permissions import RotaPermission
from rota.planning import publishing
from rota.store.models import ChangeReason
from rota.store.seats import get_rota
from rota.store.snapshot import draft_board
from rota.views.blueprint import bp

WHY_WORDS = {
    ChangeReason.PROPOSED: "Proposed: the fairest way to fill the rota",
    ChangeReason.BY_HAND: "Placed by hand",
    ChangeReason.CLEARED: "Taken off by hand",
}


@bp.get("/rota/<int:rota_id>/publish")
@bp.post("/rota/<int:rota_id>/publish")
@requires(RotaPermission.PUBLISH)
def publish(rota_id: int) -> ResponseReturnValue:
    rota = get_rota(rota_id)
    form = PublishForm()
    if form.validate_on_submit():
        seen, line = form.seen.data, form.line.data or ""
        gaps_read = bool(form.gaps_read.data)
        with showing_refusals(form):
            with db.writing():
                by, now = current_person().id, clock.now()
                version = publishing.publish(
                    rota_id, by=by, now=now, seen=seen, gaps_read=gaps_read, line_for_everyone=line
                )
                number = version.number
            flash(f"Version {number} is published. Everyone whose shifts change is being told.")
            return redirect(url_for("rota.show", rota_id=rota_id))
    board = draft_board(rota)
    if board.draft is None:
        flash("Nothing waits to be published: the draft was published or put away meanwhile.", "warning")
        return redirect(url_for("rota.show", rota_id=rota_id))
    review = publishing.review(board, now=g.now)
    form.seen.data = review.mark
    return render_form("rota/publish.html", form=form, rota=rota, draft=board.draft, review=review, why_words=WHY_WORDS)
