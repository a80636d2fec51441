"""What the working copy of the pathway would do from a day on, seen before it is kept as a version."""

from __future__ import annotations

from typing import Any

from flask import g, url_for
from flask.typing import ResponseReturnValue

from app import clock
from app.admin.views.policies import comparing
from app.pages.forms import Done, render_form, save_form
from app.permissions import CorePermission, current_person, requires
from app.policies import documents, versions
from app.policies.comparison import Comparison
from app.policies.in_words import places_in_words
from app.policies.plain_data import as_yaml, plain
from progression.changing import copies
from progression.changing.copies import Copy
from progression.changing.forms import KeepForm
from progression.changing.words import differences
from progression.labels import requirement_label
from progression.pathway import Pathway
from progression.views.blueprint import pathway_bp


@pathway_bp.get("/preview")
@pathway_bp.post("/preview")
@requires(CorePermission.WRITE_POLICY)
def preview() -> ResponseReturnValue:
    kind, copy = versions.kind_named(copies.PATHWAY), copies.shown()
    begins = versions.last_first_day(kind, g.today)
    form = KeepForm(holds_from=begins, revision=str(copy.revision), seen=str(copy.based_on))
    if not form.is_submitted() or not form.validate():
        return _page(form, copy)
    draft = form.draft_of(as_yaml(plain(copy.pathway)), kind, g.today)
    comparison = comparing(form, draft)

    def keep() -> Done:
        seen = int(form.revision.data or 0)
        copies.keep(draft, seen=seen, by=current_person(), today=g.today, now=clock.now())
        message = "The version is kept. Nothing that was decided before is changed by it."
        return Done(message, url_for("admin.policy", name=kind.name))

    if comparison and form.keep.data and form.compared.data == draft.mark:
        saved = save_form(form, keep)
        if saved is not None:
            return saved
    form.rebase(draft, versions.latest_id(kind))
    form.revision.data = str(copy.revision)
    return _page(form, copy, comparison)


def _page(form: KeepForm, copy: Copy, comparison: Comparison | None = None) -> ResponseReturnValue:
    return render_form(
        "progression/changing/preview.html",
        form=form,
        copy=copy,
        is_other=comparison is not None and bool(form.keep.data) and not form.errors,
        **(_compared(form, copy.pathway, comparison) if comparison else {}),
    )


def _compared(form: KeepForm, pathway: Pathway, comparison: Comparison) -> dict[str, Any]:
    """What the page says of the version before it is kept, in words."""
    kind, first = versions.kind_named(copies.PATHWAY), form.holds_from.data or g.today
    before = documents.on(Pathway, first)
    return {
        "comparison": comparison,
        "changes": differences(before, pathway, lambda need: requirement_label(need, g.now).title),
        "places": places_in_words(before, pathway),
        "doubts": comparison.doubts,
        "preview": kind.preview and kind.preview(pathway, first, comparison.takes_over, g.now, g.permissions),
    }
