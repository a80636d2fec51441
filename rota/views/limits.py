"""How much somebody wants at most and at least: their own page, and the page on which who plans writes it for them."""

from __future__ import annotations

from flask import g, url_for
from flask.typing import ResponseReturnValue

from app import clock
from app.pages import asked
from app.pages.forms import Done, render_form, save_form
from app.people import directory
from app.people.directory import names_of
from app.people.models import Person
from app.permissions import current_person, requires, signed_in
from app.policies import documents
from progression.road.commitment import Level, chosen_of
from rota.forms import LimitsForm
from rota.permissions import RotaPermission
from rota.scheduling.rules.policy import RotaRules
from rota.store.limits import limits_of, set_limits
from rota.store.limits_in_words import groups
from rota.views.blueprint import bp

SHIFTS_A_MONTH = "most_shifts_a_month"


@bp.get("/shifts/limits")
@bp.post("/shifts/limits")
@signed_in
def say_limits() -> ResponseReturnValue:
    message = "Your limits are saved. Shifts you have already stay yours."
    return _page(current_person(), Done(message, url_for("rota.availability")), is_own=True)


@bp.get("/people/<int:person_id>/limits")
@bp.post("/people/<int:person_id>/limits")
@requires(RotaPermission.PLAN)
def limits_of_person(person_id: int) -> ResponseReturnValue:
    about = directory.find(person_id)
    message = f"The limits of {about.display_name} are saved."
    return _page(about, Done(message, url_for("people.show", person_id=person_id)), is_own=False)


def _page(about: Person, done: Done, *, is_own: bool) -> ResponseReturnValue:
    form, person_id, by = LimitsForm(), about.id, current_person().id

    def save() -> Done:
        set_limits(person_id, by=by, now=clock.now(), **form.figures())
        return done

    if saved := save_form(form, save):
        return saved
    kept, light = limits_of(person_id), _light_touch(person_id) if is_own else None
    if not form.is_submitted():
        form = LimitsForm.showing(kept)
        if light and asked.is_there("light"):
            form[SHIFTS_A_MONTH].data = light
    return render_form(
        "rota/limits.html",
        form=form,
        light=light if not kept or kept.most_shifts_a_month != light else None,
        about=about,
        is_own=is_own,
        groups=groups(documents.on(RotaRules, g.today)),
        kept=kept,
        set_by=names_of([kept.set_by_id])[kept.set_by_id] if kept else None,
    )


def _light_touch(person_id: int) -> int | None:
    """How many shifts a month the reader's choice of light touch asks for: offered as a limit, set by nobody else."""
    chosen = chosen_of(person_id, g.now)
    return chosen.asked.shifts if chosen is not None and chosen.level is Level.LIGHT else None
