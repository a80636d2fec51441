"""The pages of policies: what holds, what was written when and why, and writing a new version."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from pydantic import BaseModel

from app import clock, db
from app.admin.forms import PolicyForm
from app.admin.views.overview import bp
from app.pages.forms import render_form, showing_refusals
from app.permissions import CorePermission, current_person, may, requires
from app.policies import documents, drafts
from app.policies.documents import PolicyKind


@bp.get("/admin/policies/<name>")
@requires(CorePermission.ADMINISTER)
def policy(name: str) -> ResponseReturnValue:
    kind = drafts.kind_named(name)
    versions = drafts.versions_of(kind)
    return render_template(
        "home/policy.html",
        kind=kind,
        versions=versions,
        in_force=max((each for each in versions if each.holds_from <= g.today), key=_wins, default=None),
        text=drafts.text_on(kind, g.today),
        not_in_use=drafts.not_in_use_on(kind, g.today),
        today=g.today,
        day_before=lambda day: max(g.today, day - timedelta(days=1)),
        may_write=may(CorePermission.WRITE_POLICY),
    )


def _wins(version: drafts.Written) -> tuple[object, int]:
    return version.holds_from, version.id


@bp.get("/admin/policies/<name>/new")
@bp.post("/admin/policies/<name>/new")
@requires(CorePermission.WRITE_POLICY)
def write_policy(name: str) -> ResponseReturnValue:
    kind = drafts.kind_named(name)
    newest = drafts.newest(kind)
    begins = _begins(kind)
    form = PolicyForm(document=drafts.text_on(kind, begins.as_on), holds_from=begins.holds_from, seen=newest)
    comparison, is_other = None, False
    is_whole = form.validate_on_submit()
    text = (form.document.data or "").replace("\r\n", "\n")
    if form.is_submitted() and text and not is_whole:
        # Whoever left something else out still hears now what is wrong with the document.
        with showing_refusals(form):
            drafts.read(kind, text)
    if is_whole:
        day = form.holds_from.data or g.today
        with showing_refusals(form):
            document = drafts.read(kind, text)
            comparison = _compared(kind, document, day)
            seen = int(form.seen.data or 0)
            if form.keep.data and form.compared.data == drafts.mark_of(text, day, seen):
                with db.writing():
                    drafts.keep(
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
        form.compared.data = drafts.mark_of(text, day, newest)
    return render_form(
        "home/write_policy.html",
        form=form,
        kind=kind,
        begins=begins,
        not_in_use=drafts.not_in_use_on(kind, begins.as_on),
        today=g.today,
        last_day=drafts.last_day(kind, g.today),
        comparison=comparison,
        is_other=is_other,
    )


@dataclass(frozen=True)
class Begins:
    """Which version the text begins as: the one that holds on a day; and the first day that is put in already."""

    as_on: date
    holds_from: date | None


def _begins(kind: PolicyKind) -> Begins:
    """As the address asks; else as the last version to come, so that nothing already decided is undone unseen."""
    last = drafts.last_day(kind, g.today)
    as_on, holds_from = _day_asked("as_on"), _day_asked("holds_from")
    return Begins(as_on or last, holds_from or (last if as_on is None and last > g.today else None))


def _day_asked(name: str) -> date | None:
    try:
        day = date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return None
    today: date = g.today
    return max(day, today)


@dataclass(frozen=True)
class Comparison:
    """Everything that is said of a version before it is kept."""

    changes: list[drafts.ValueChange]
    doubts: list[str]
    undone: list[drafts.Undone]
    freed: drafts.Freed
    takes_over: date | None
    replaces: bool


def _compared(kind: PolicyKind, document: BaseModel, day: date) -> Comparison:
    return Comparison(
        changes=drafts.changes(kind, document, holds_from=day, today=g.today),
        doubts=kind.doubts(document, g.now),
        undone=drafts.undone(kind, document, holds_from=day, today=g.today),
        freed=drafts.would_free(kind, document, holds_from=day, now=g.now),
        takes_over=drafts.next_after(kind, day),
        replaces=documents.written_since(kind, day) == day,
    )
