"""The pages of what happened: the audit trail, and the security events beside it."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from app import settings
from app.admin.forms import TrailSearchForm
from app.admin.views.overview import bp
from app.pages import asked
from app.people.directory import names_of
from app.permissions import CorePermission, requires
from app.security_events import EventKind
from app.trail import search, wording

ANYTHING = ("", "Anything")


@bp.get("/admin/audit")
@requires(CorePermission.ADMINISTER)
def audit() -> ResponseReturnValue:
    form = TrailSearchForm(asked.in_address())
    form.kind.choices = [ANYTHING, *((action, wording.label_of(action)) for action in wording.actions())]
    found = search.lines(form.wanted(), below=asked.whole_number("below"), zone=settings.current().zone)
    return render_template(
        "home/audit.html",
        form=form,
        found=found,
        lines=wording.in_words(found.lines),
        names=names_of({line.by_id for line in found.lines if line.by_id is not None}),
    )


@bp.get("/admin/security")
@requires(CorePermission.ADMINISTER)
def security() -> ResponseReturnValue:
    form = TrailSearchForm(asked.in_address())
    form.kind.choices = [ANYTHING, *((kind.value, kind.words) for kind in EventKind)]
    found = search.events(form.wanted(), below=asked.whole_number("below"), zone=settings.current().zone)
    return render_template(
        "home/security.html",
        form=form,
        found=found,
        names=names_of({event.person_id for event in found.events if event.person_id is not None}),
    )
