"""The page that says what publishing a draft would change, and publishes it."""

from __future__ import annotations

from flask import flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app import clock, db
from app.permissions import current_person, requires
from training.authoring import publishing
from training.authoring.forms import SeenForm
from training.authoring.models import PartKind
from training.authoring.outline import outline_of
from training.permissions import TrainingPermission
from training.views.blueprint import authoring_bp


@authoring_bp.get("/<int:draft_id>/publish")
@requires(TrainingPermission.INSTALL)
def publish(draft_id: int) -> ResponseReturnValue:
    outline = outline_of(draft_id)
    if outline.read.pack is None:
        flash("Before it is published, what is listed here has to be mended.", "warning")
        return redirect(url_for(".show", draft_id=draft_id))
    return render_template(
        "training/authoring/publish.html",
        outline=outline,
        draft=outline.draft,
        pack=outline.read.pack,
        compared=publishing.compare(outline.draft, outline.read.pack, now=g.now),
        change_part=outline.part(PartKind.CHANGE),
    )


@authoring_bp.post("/<int:draft_id>/publish")
@requires(TrainingPermission.INSTALL)
def publish_now(draft_id: int) -> ResponseReturnValue:
    form, read = SeenForm(), outline_of(draft_id).read
    with db.writing():
        version = publishing.publish(draft_id, read, seen=form.seen.data or "", by=current_person(), now=clock.now())
        title, number = version.title, version.number
    flash(f"“{title}” is published as version {number}. It never changes: what comes next is another version.")
    return redirect(url_for(".index"))
