"""Who is kept apart and who together: a page for the few who decide that, closed to those who plan."""

from __future__ import annotations

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue

from app import audit, clock, db
from app.pages.forms import Done, render_form, save_form
from app.people import directory
from app.permissions import current_person, requires
from app.refusals import Invalid
from rota.permissions import RotaPermission
from rota.store import pairs as store
from rota.views.asked_forms import PairForm
from rota.views.blueprint import bp


@bp.get("/pairs")
@bp.post("/pairs")
@requires(RotaPermission.KEEP_PAIRS)
def pairs() -> ResponseReturnValue:
    form, by = PairForm(), current_person().id

    def keep() -> Done:
        first, last = form.days()
        store.keep_pair(
            (_named(form.first.data, "first"), _named(form.second.data, "second")),
            is_together=form.how.data == "together",
            from_on=first,
            until_on=last,
            reason=form.reason.data or "",
            by=by,
            now=clock.now(),
        )
        return Done("Saved. It holds for every shift that is given from now on.", url_for("rota.pairs"))

    if done := save_form(form, keep):
        return done
    if store.any_kept():
        with db.writing():
            audit.record("rota.pairs-read", by=by, subject=f"person:{by}", now=clock.now())
        db.start_read_cache()  # from here on the page only reads
    return render_form("rota/pairs.html", form=form, pairs=store.pairs_with_reasons())


@bp.post("/pairs/<int:pair_id>/end")
@requires(RotaPermission.KEEP_PAIRS)
def end_pair(pair_id: int) -> ResponseReturnValue:
    with db.writing():
        store.end_pair(pair_id, by=current_person().id, now=clock.now())
    flash("Ended. The entry and its reason are deleted.")
    return redirect(url_for("rota.pairs"))


@bp.post("/pairs/<int:pair_id>/erase-reason")
@requires(RotaPermission.KEEP_PAIRS)
def erase_pair_reason(pair_id: int) -> ResponseReturnValue:
    with db.writing():
        store.erase_reason(pair_id, by=current_person().id, now=clock.now())
    flash("The reason is erased. The entry stays.")
    return redirect(url_for("rota.pairs"))


def _named(display_name: str | None, field: str) -> int:
    """The id of the person of that name. Refuses a name that nobody has."""
    person = directory.person_id_named(display_name or "")
    if person is None:
        raise Invalid("Nobody has this display name. Write it as it stands in the list of people.", field=field)
    return person
