"""The pages on which administrators say who the organisation is, and whom people turn to in need."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask import url_for
from flask.typing import ResponseReturnValue

from app import clock
from app.admin.forms import IdentityForm, SupportTextsForm
from app.admin.views.overview import bp
from app.organisation import changing, in_force
from app.pages.forms import Done, render_form, save_form
from app.people import zones
from app.permissions import CorePermission, current_person, requires


@bp.get("/admin/organisation")
@bp.post("/admin/organisation")
@requires(CorePermission.ADMINISTER)
def organisation() -> ResponseReturnValue:
    in_force.look_again()
    form, by = IdentityForm(**_shown(changing.identity_now())), current_person().id

    def describe() -> Done:
        changing.describe(form.identity(), seen=form.version_seen, by=by, now=clock.now())
        return Done("That is who you are, on every page and in every e-mail.", url_for("admin.organisation"))

    return save_form(form, describe) or render_form(
        "home/organisation.html",
        form=form,
        zone_stays=changing.why_zone_stays(),
        zones=zones.by_region(),
        is_listed=zones.is_listed(form.zone_name.data or ""),
        changes=changing.changes(),
    )


@bp.get("/admin/organisation/support")
@bp.post("/admin/organisation/support")
@requires(CorePermission.ADMINISTER)
def support_texts() -> ResponseReturnValue:
    in_force.look_again()
    form, by = SupportTextsForm(**_shown(changing.texts_now())), current_person().id

    def write() -> Done:
        changing.write_texts(form.texts(), seen=form.version_seen, by=by, now=clock.now())
        return Done("Saved. Everybody finds it under Support for me.", url_for("admin.support_texts"))

    return save_form(form, write) or render_form("home/support_texts.html", form=form, changes=changing.changes())


def _shown(values: changing.Identity | changing.SupportTexts) -> dict[str, Any]:
    return {**asdict(values), "seen": str(in_force.details().version)}
