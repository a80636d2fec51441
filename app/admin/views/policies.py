"""The pages of policies: the version in force, the history of versions, and writing a new version."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from flask import Response, g, render_template, url_for
from flask.typing import ResponseReturnValue

from app import clock, day_bounds
from app.admin.forms import NextVersionForm, PolicyForm
from app.admin.views.overview import bp
from app.first_steps import agreements
from app.pages import asked
from app.pages.forms import Done, render_form, save_form, showing_refusals
from app.pages.incoming import takes_at_most
from app.permissions import CorePermission, current_person, may, requires
from app.policies import drafts, versions
from app.policies.comparison import Comparison
from app.policies.documents import PolicyKind, Suggestion
from app.policies.drafts import PolicyDraft
from app.policies.form_faults import in_words
from app.policies.plain_data import as_yaml, plain
from app.policies.preview import Preview


@bp.get("/admin/policies/<name>")
@requires(CorePermission.ADMINISTER)
def policy(name: str) -> ResponseReturnValue:
    kind = versions.kind_named(name)
    written = versions.versions_of(kind)
    return render_template(
        "home/policy.html",
        kind=kind,
        versions=written,
        in_force=versions.in_force(written, g.today),
        text=versions.text_on(kind, g.today),
        not_in_use=[in_words(kind.schema, each) for each in versions.not_in_use_on(kind, g.today)],
        could_ask=versions.could_ask_on(kind, g.today),
        suggestions=versions.suggestions_on(kind, g.today, g.now) if may(CorePermission.WRITE_POLICY) else [],
        today=g.today,
        day_before=lambda day: max(g.today, day - timedelta(days=1)),
        may_write=may(CorePermission.WRITE_POLICY),
        agreement=agreements.agreement(kind, g.today),
        document_hash=agreements.hash_on(kind, g.today),
    )


@bp.get("/admin/policies/<name>/file")
@requires(CorePermission.ADMINISTER)
def policy_file(name: str) -> ResponseReturnValue:
    kind = versions.kind_named(name)
    headers = {"Content-Disposition": f'attachment; filename="{kind.name}-{g.today.isoformat()}.yaml"'}
    return Response(versions.text_on(kind, g.today), mimetype="application/yaml", headers=headers)


@bp.get("/admin/policies/<name>/new")
@bp.post("/admin/policies/<name>/new")
@takes_at_most(drafts.LARGEST_BODY, file="file")
@requires(CorePermission.WRITE_POLICY)
def write_policy(name: str) -> ResponseReturnValue:
    kind = versions.kind_named(name)
    latest, begins = versions.latest_id(kind), begins_with(kind)
    form = PolicyForm(document=versions.text_on(kind, begins.as_on), holds_from=begins.holds_from, seen=latest)
    if form.is_submitted() and (suggestion := _suggested(kind, begins)):
        return _page_of_suggestion(kind, suggestion, begins, latest)
    if form.is_submitted():
        form.take_file()
    if not form.validate_on_submit():
        _check_document(kind, form)
        return _page(kind, form, begins)
    draft = form.draft(kind, g.today)
    comparison = comparing(form, draft)
    if comparison and form.keep.data and form.compared.data == draft.mark and (saved := keeping(form, draft)):
        return saved
    form.rebase(draft, latest)
    return _page(kind, form, begins, comparison)


def _suggested(kind: PolicyKind, begins: Begins) -> Suggestion | None:
    """The suggestion whose button was pressed, for the version that the form begins with."""
    key = asked.words_sent("suggested")
    return next((each for each in versions.suggestions_on(kind, begins.as_on, g.now) if each.key == key), None)


def _page_of_suggestion(kind: PolicyKind, suggestion: Suggestion, begins: Begins, latest: int) -> ResponseReturnValue:
    """The page as after “Compare”: what the suggestion would change, and the button that keeps it."""
    form = PolicyForm(
        formdata=None,
        document=as_yaml(plain(suggestion.document)),
        holds_from=begins.holds_from or g.today,
        why=suggestion.why,
        seen=latest,
    )
    draft = form.draft(kind, g.today)
    comparison = comparing(form, draft)
    form.rebase(draft, latest)
    return _page(kind, form, begins, comparison)


def _check_document(kind: PolicyKind, form: PolicyForm) -> None:
    """Where another field is missing, report the faults of the document at the same time."""
    if form.is_submitted() and form.document.data and not form.document.errors:
        with showing_refusals(form):
            drafts.read(kind, form.document.data)


def comparing(form: NextVersionForm, draft: PolicyDraft) -> Comparison | None:
    """What the draft would change; None where it is refused, and the form says why."""
    comparison = None
    with showing_refusals(form):
        comparison = draft.compare(today=g.today, now=g.now)
    return comparison


def keeping(form: NextVersionForm, draft: PolicyDraft) -> ResponseReturnValue | None:
    """Keep the version and lead to the policy's page; None where it is refused, and the form says why."""

    def save() -> Done:
        drafts.save(draft, by=current_person().id, today=g.today, now=clock.now())
        message = "The version is kept. Nothing that was decided before is changed by it."
        return Done(message, url_for("admin.policy", name=draft.kind.name))

    return save_form(form, save)


@dataclass(frozen=True)
class Begins:
    """What the form starts with: the text of the version that holds on a day, and a first day, if any."""

    as_on: date
    holds_from: date | None


def begins_with(kind: PolicyKind) -> Begins:
    """As the URL asks; else the last version still to come, so that nothing already decided is undone unnoticed."""
    last = versions.last_first_day(kind, g.today)
    as_on, holds_from = _day_in_url("as_on"), _day_in_url("holds_from")
    return Begins(as_on or last, holds_from or (last if as_on is None and last > g.today else None))


def _day_in_url(name: str) -> date | None:
    day = asked.day(name, day_bounds.POLICIES)
    return max(day, g.today) if day is not None else None


def _preview(kind: PolicyKind, form: PolicyForm, comparison: Comparison) -> Preview | None:
    """What the document would do, as this reader may know it; None where its kind of policy looks at nothing."""
    if kind.preview is None or form.errors:
        return None
    document, first = drafts.read(kind, form.document.data or ""), form.holds_from.data or g.today
    return kind.preview(document, first, comparison.takes_over, g.now, g.permissions)


def _page(
    kind: PolicyKind, form: PolicyForm, begins: Begins, comparison: Comparison | None = None
) -> ResponseReturnValue:
    return render_form(
        "home/write_policy.html",
        form=form,
        kind=kind,
        begins=begins,
        not_in_use=versions.not_in_use_on(kind, begins.as_on),
        could_ask=versions.could_ask_on(kind, begins.as_on),
        suggestions=versions.suggestions_on(kind, begins.as_on, g.now),
        today=g.today,
        last_day=versions.last_first_day(kind, g.today),
        comparison=comparison,
        preview=comparison and _preview(kind, form, comparison),
        is_other=comparison is not None and bool(form.keep.data) and not form.errors,
    )
