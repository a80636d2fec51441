"""Changing a policy on a form in words: compared with what holds, with a preview of what it would do, then kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import g
from flask.typing import ResponseReturnValue
from pydantic import BaseModel

from app.admin.forms import PolicyWordsForm
from app.admin.views.overview import bp
from app.admin.views.policies import Begins, begins_with, comparing, keeping
from app.pages import asked
from app.pages.forms import render_form
from app.pages.incoming import takes_at_most
from app.permissions import CorePermission, requires
from app.policies import documents, drafts, form_faults, versions
from app.policies.comparison import Comparison
from app.policies.documents import PolicyKind
from app.policies.fields import fields_of
from app.policies.form import PREFIX, Part, document_from, every_part, parts_of, with_faults
from app.policies.in_words import changes_in_words, page_of, places_in_words
from app.policies.plain_data import as_yaml, plain
from app.refusals import NotFound

MOST_FIELDS = 2000
LONGEST_TEXT = 4000  # characters of one box


@bp.get("/admin/policies/<name>/change")
@bp.post("/admin/policies/<name>/change")
@takes_at_most(drafts.LARGEST_BODY)
@requires(CorePermission.WRITE_POLICY)
def change_policy(name: str) -> ResponseReturnValue:
    kind = versions.kind_named(name)
    if not kind.has_form:
        raise NotFound("This policy is changed in its file.")
    latest, begins = versions.latest_id(kind), begins_with(kind)
    form = PolicyWordsForm(holds_from=begins.holds_from, seen=latest)
    if not form.is_submitted():
        data = plain(documents.on(kind.schema, begins.as_on))
        return _page(kind, form, begins, _Typed(data, parts_of(fields_of(kind.schema), data)))
    is_valid = form.validate()
    typed = _typed(kind, form)
    if not is_valid or typed.document is None:
        return _page(kind, form, begins, typed)
    draft = form.draft_of(as_yaml(plain(typed.document)), kind, g.today)
    comparison = comparing(form, draft)
    if comparison and form.keep.data and form.compared.data == draft.mark and (saved := keeping(form, draft)):
        return saved
    form.rebase(draft, latest)
    return _page(kind, form, begins, typed, comparison)


@dataclass(frozen=True)
class _Typed:
    """What was typed, as plain data and as parts; the document where it has no fault."""

    data: dict[str, Any]
    parts: tuple[Part, ...]
    document: BaseModel | None = None


def _typed(kind: PolicyKind, form: PolicyWordsForm) -> _Typed:
    """Read the parts that were sent; their faults become errors of the form."""
    fields = fields_of(kind.schema)
    sent = asked.lists_sent_under(f"{PREFIX}.", most=MOST_FIELDS, longest=LONGEST_TEXT)
    data = document_from(fields, sent)
    parts = parts_of(fields, data)
    document, faults = form_faults.read(kind, data, parts)
    parts, about_all = with_faults(parts, faults)
    form.faults = {part.id: part.faults for part in every_part(parts) if part.faults}
    form.form_errors = [*form.form_errors, *about_all]
    return _Typed(data, parts, document)


def _page(
    kind: PolicyKind, form: PolicyWordsForm, begins: Begins, typed: _Typed, comparison: Comparison | None = None
) -> ResponseReturnValue:
    return render_form(
        "home/change_policy.html",
        form=form,
        kind=kind,
        page=page_of(kind, typed.parts, versions.not_in_use_on(kind, begins.as_on)),
        begins=begins,
        today=g.today,
        last_day=versions.last_first_day(kind, g.today),
        is_other=comparison is not None and bool(form.keep.data) and not form.errors,
        **(_compared(kind, form, typed.document, comparison) if comparison and typed.document else {}),
    )


def _compared(kind: PolicyKind, form: PolicyWordsForm, document: BaseModel, comparison: Comparison) -> dict[str, Any]:
    """What the page says of the version before it is kept, in words."""
    first = form.holds_from.data or g.today
    before = documents.on(kind.schema, first)
    return {
        "comparison": comparison,
        "changes": changes_in_words(before, document),
        "places": places_in_words(before, document),
        "doubts": [form_faults.in_words(kind.schema, each) for each in comparison.doubts],
        "preview": kind.preview and kind.preview(document, first, comparison.takes_over, g.now, g.permissions),
    }
