"""The pages of policies: what holds, what was written when and why, and writing a new version."""

from __future__ import annotations

from flask import flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app import clock, db, policy_drafts
from app.admin.forms import PolicyForm
from app.admin.views.house import bp
from app.pages.forms import render_form, showing_refusals
from app.permissions import CorePermission, current_person, may, requires


@bp.get("/admin/policies/<name>")
@requires(CorePermission.ADMINISTER)
def policy(name: str) -> ResponseReturnValue:
    kind = policy_drafts.kind_called(name)
    versions = policy_drafts.versions_of(kind)
    return render_template(
        "home/policy.html",
        kind=kind,
        versions=versions,
        in_force=max((each for each in versions if each.holds_from <= g.today), key=_wins, default=None),
        text=policy_drafts.text_on(kind, g.today),
        today=g.today,
        may_write=may(CorePermission.WRITE_POLICY),
    )


def _wins(version: policy_drafts.Written) -> tuple[object, int]:
    return version.holds_from, version.id


@bp.get("/admin/policies/<name>/new")
@bp.post("/admin/policies/<name>/new")
@requires(CorePermission.WRITE_POLICY)
def write_policy(name: str) -> ResponseReturnValue:
    kind = policy_drafts.kind_called(name)
    newest = policy_drafts.newest(kind)
    form = PolicyForm(document=policy_drafts.text_on(kind, g.today), seen=newest)
    changes, takes_over, doubts, is_other = None, None, list[str](), False
    if form.validate_on_submit():
        text = (form.document.data or "").replace("\r\n", "\n")
        day = form.holds_from.data or g.today
        with showing_refusals(form):
            document = policy_drafts.read(kind, text)
            changes = policy_drafts.changes(kind, document, holds_from=day, today=g.today)
            doubts = kind.doubts(document, g.now)
            takes_over = policy_drafts.next_after(kind, day)
            seen = int(form.seen.data or 0)
            if form.keep.data and form.compared.data == policy_drafts.mark_of(text, day, seen):
                with db.writing():
                    policy_drafts.keep(
                        kind,
                        text,
                        holds_from=day,
                        why=form.why.data or "",
                        seen=seen,
                        by=current_person().id,
                        today=g.today,
                        now=clock.now(),
                    )
                flash("The version is kept. Nothing that was decided before is changed by it.")
                return redirect(url_for("admin.policy", name=name))
        is_other = bool(form.keep.data) and not form.errors
        # Whoever sends it again has seen this comparison, against what stands now.
        form.seen.data = str(newest)
        form.compared.data = policy_drafts.mark_of(text, day, newest)
    return render_form(
        "home/write_policy.html",
        form=form,
        kind=kind,
        changes=changes,
        doubts=doubts,
        takes_over=takes_over,
        is_other=is_other,
    )
