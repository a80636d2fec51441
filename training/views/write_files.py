"""Taking a draft away as a pack in a ZIP, and bringing one in."""

from __future__ import annotations

import io

from flask import flash, redirect, send_file, url_for
from flask.typing import ResponseReturnValue

from app import clock, db
from app.pages.forms import render_form, showing_refusals
from app.pages.incoming import LARGEST_BODY, takes_at_most
from app.people import rate_limits
from app.permissions import current_person, requires
from training.authoring import beginning, drafts, pack_file
from training.authoring.forms import PackForm
from training.permissions import TrainingPermission
from training.views.blueprint import authoring_bp


@authoring_bp.get("/<int:draft_id>/pack.zip")
@requires(TrainingPermission.WRITE)
def take_away(draft_id: int) -> ResponseReturnValue:
    draft = drafts.draft_numbered(draft_id)
    content = pack_file.archive_of(draft.code, drafts.files_of_draft(draft_id).files)
    return send_file(
        io.BytesIO(content), mimetype="application/zip", as_attachment=True, download_name=f"{draft.code}.zip"
    )


@authoring_bp.get("/bring-in")
@authoring_bp.post("/bring-in")
@takes_at_most(pack_file.LARGEST + LARGEST_BODY, file="file")
@requires(TrainingPermission.WRITE)
def bring_in() -> ResponseReturnValue:
    form, by = PackForm(), current_person()
    if form.validate_on_submit():
        with showing_refusals(form):
            rate_limits.enforce(rate_limits.UPLOADS, str(by.id), now=clock.now())
            pack = pack_file.read_archive(form.file.data.read(pack_file.LARGEST + 1))
            with db.writing():
                draft_id = beginning.begin_from_pack(pack, by=by, now=clock.now()).id
            flash("The pack is here as a draft. Publish it when you have looked at it.")
            return redirect(url_for(".show", draft_id=draft_id))
    return render_form("training/authoring/bring_in.html", form=form)
