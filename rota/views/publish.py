"""Reviewing a draft, what changes, why, and what stays empty, and publishing it."""

from __future__ import annotations

from flask import flash, g, redirect, url_for
from flask.typing import ResponseReturnValue

from app import clock
from app.pages import asked
from app.pages.forms import Done, render_form, save_form
from app.people.rights import CorePermission
from app.permissions import current_person, may, requires
from rota.forms import PublishForm
from rota.permissions import RotaPermission
from rota.planning import publishing, vacated_seats
from rota.planning.publishing import Told
from rota.store.draft_board import draft_board
from rota.store.models import ChangeReason
from rota.store.seats import get_rota
from rota.views.blueprint import bp

MOST_PEOPLE_UNASKED = 100
"""Up to how many people each one's hours are listed too. Beyond, a link leads there."""

MOST_SEATS_UNASKED = 100
"""Up to how many changes are listed seat by seat too. Beyond, a link leads there: the page would say all twice."""

WHY_WORDS = {
    ChangeReason.PROPOSED: "Proposed: the fairest way to fill the rota",
    ChangeReason.BY_HAND: "Placed by hand",
    ChangeReason.CLEARED: "Taken off by hand",
}
WHY_WORDS_WHEN_FILLED = WHY_WORDS | {ChangeReason.PROPOSED: "Proposed: to fill empty seats with the fewest moves"}


@bp.get("/rota/<int:rota_id>/publish")
@bp.post("/rota/<int:rota_id>/publish")
@requires(RotaPermission.PUBLISH)
def publish(rota_id: int) -> ResponseReturnValue:
    form, by, rota_page = PublishForm(), current_person().id, url_for("rota.show", rota_id=rota_id)

    def publish_it() -> Done:
        seen, gaps_read = form.seen.data, bool(form.gaps_read.data)
        told = Told(form.line.data or "", _reasons(), form.emergency.data or "")
        version = publishing.publish(rota_id, by=by, now=clock.now(), seen=seen, gaps_read=gaps_read, told=told)
        return Done(f"Version {version.number} is published. Everyone whose shifts change is being told.", rota_page)

    if saved := save_form(form, publish_it):
        return saved
    board = draft_board(get_rota(rota_id))
    if board.draft is None:
        flash("Nothing waits to be published: the draft was published or put away meanwhile.", "warning")
        return redirect(rota_page)
    review = publishing.review(board, now=g.now)
    form.seen.data = review.digest
    why_words = WHY_WORDS_WHEN_FILLED if vacated_seats.were_filled_last(board) else WHY_WORDS
    return render_form(
        "rota/publish.html",
        form=form,
        rota=board.rota,
        draft=board.draft,
        review=review,
        why_words=why_words,
        reasons=_reasons(),
        may_open_people=may(CorePermission.SEE_PEOPLE),
        is_seat_by_seat=asked.is_there("seats") or len(review.moves) <= MOST_SEATS_UNASKED,
        were_seats_asked=asked.is_there("seats"),
        are_hours_listed=asked.is_there("hours") or len(review.totals.people) <= MOST_PEOPLE_UNASKED,
        were_hours_asked=asked.is_there("hours"),
    )


def _reasons() -> dict[int, str]:
    """Why people lose shifts, as the form has it, by their id."""
    sent = asked.words_sent_under("reason-")
    return {int(key): words for key, words in sent.items() if asked.FIGURES.fullmatch(key)}
