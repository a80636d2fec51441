"""The pages on which staff write the next edition of a document, look at it, publish it, and see who agreed."""

from __future__ import annotations

from dataclasses import asdict

from flask import flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app import clock, db, markdown
from app.pages import asked
from app.pages.forms import Done, render_form, save_form, showing_refusals
from app.pages.incoming import takes_at_most
from app.permissions import current_person, may, requires
from progression.documents import comparison, drafts, editions, publishing, who_agreed
from progression.documents.comparison import Difference
from progression.documents.drafts import Draft, SavedMeanwhile
from progression.documents.forms import PublishForm, SeenForm, WriteForm
from progression.documents.shipped import Document, document_called
from progression.permissions import ProgressionPermission as May
from progression.views.blueprint import documents_bp

PER_PAGE = 100


@documents_bp.get("/<key>/write")
@documents_bp.post("/<key>/write")
@takes_at_most(drafts.LARGEST_BODY)
@requires(May.WRITE_DOCUMENTS)
def write(key: str) -> ResponseReturnValue:
    document = document_called(key)
    newest, earlier = drafts.draft_of(document), asked.whole_number("revision")
    shown = drafts.revision_numbered(document, earlier).words if earlier else newest.words if newest else None
    form = WriteForm(**asdict(shown or drafts.first_words(document)), seen=newest.mark if newest else "")
    theirs: Draft | None = None
    if form.validate_on_submit():
        with showing_refusals(form):
            try:
                with db.writing():
                    saved = drafts.save(
                        document, form.words(), seen=form.seen.data or "", by=current_person(), now=clock.now()
                    )
            except SavedMeanwhile as meanwhile:
                # The next press saves over what is now shown beside it.
                theirs = meanwhile.theirs
                form.seen.data = theirs.mark if theirs else ""
                raise
            flash(f"Saved as revision {saved.revision}. Nobody but staff sees it yet.")
            return redirect(url_for(".preview" if form.preview.data else ".write", key=key))
    return render_form(
        "progression/documents/write.html",
        form=form,
        document=document,
        last=editions.editions_of(document)[-1],
        revisions=drafts.revisions_of(document),
        theirs=theirs,
        differences=comparison.differences(theirs.words.text, form.words().tidied().text) if theirs else [],
        may_publish=may(May.PUBLISH_DOCUMENTS),
    )


@documents_bp.get("/<key>/preview")
@requires(May.WRITE_DOCUMENTS)
def preview(key: str) -> ResponseReturnValue:
    document = document_called(key)
    draft = _draft_shown(document)
    if draft is None:
        return redirect(url_for(".write", key=key))
    return render_template(
        "progression/documents/preview.html",
        document=document,
        draft=draft,
        newest=drafts.draft_of(document),
        text=markdown.html(draft.words.text),
        faults=publishing.faults_of(draft),
        last=editions.editions_of(document)[-1],
        may_publish=may(May.PUBLISH_DOCUMENTS),
    )


@documents_bp.get("/<key>/changes")
@requires(May.WRITE_DOCUMENTS)
def changes(key: str) -> ResponseReturnValue:
    document = document_called(key)
    draft = _draft_shown(document)
    if draft is None:
        return redirect(url_for(".write", key=key))
    last = editions.editions_of(document)[-1]
    return render_template(
        "progression/documents/changes.html",
        document=document,
        draft=draft,
        last=last,
        differences=_differences(draft, last.text),
    )


def _draft_shown(document: Document) -> Draft | None:
    revision = asked.whole_number("revision")
    return drafts.revision_numbered(document, revision) if revision else drafts.draft_of(document)


def _differences(draft: Draft, before: str) -> list[Difference]:
    return comparison.differences(before, draft.words.text)


@documents_bp.post("/<key>/discard")
@requires(May.WRITE_DOCUMENTS)
def discard(key: str) -> ResponseReturnValue:
    document, form = document_called(key), SeenForm()
    with db.writing():
        drafts.discard(document, seen=form.seen.data or "", by=current_person(), now=clock.now())
    flash("The draft is discarded. The editions are as they were.")
    return redirect(url_for(".show", key=key))


@documents_bp.get("/<key>/publish")
@documents_bp.post("/<key>/publish")
@requires(May.PUBLISH_DOCUMENTS)
def publish(key: str) -> ResponseReturnValue:
    document = document_called(key)
    draft = drafts.draft_of(document)
    if draft is None:
        return redirect(url_for(".show", key=key))
    form, consequences = PublishForm(seen=draft.mark), None
    days = form.days() if form.validate_on_submit() else None
    if days is not None:
        with showing_refusals(form):
            try:
                with db.writing():
                    agreed, seen = form.agreed.data, form.seen.data or ""
                    edition = publishing.publish(
                        document, days, seen=seen, by=current_person(), now=clock.now(), agreed=agreed
                    )
                    number = edition.number
            except publishing.ConfirmationRequired as required:
                consequences = required.consequences
                if form.agreed.data:
                    form.form_errors = ["Whom it asks has changed since you looked. Here it is as it would be now."]
                form.agreed.data = consequences.mark
            else:
                flash(f"Edition {number} is published.")
                return redirect(url_for(".show", key=key))
    form.seen.data = draft.mark
    return render_form(
        "progression/documents/publish.html",
        form=form,
        document=document,
        draft=draft,
        days=days,
        consequences=consequences,
        last=editions.editions_of(document)[-1],
    )


@documents_bp.get("/<key>/<int:number>/take-back")
@documents_bp.post("/<key>/<int:number>/take-back")
@requires(May.PUBLISH_DOCUMENTS)
def take_back(key: str, number: int) -> ResponseReturnValue:
    document, form = document_called(key), SeenForm()
    edition = editions.edition_numbered(document, number)

    def take() -> Done:
        publishing.take_back(document, number, by=current_person(), now=clock.now())
        return Done(f"Edition {number} is taken back. It never held.", url_for(".show", key=key))

    return save_form(form, take) or render_form(
        "progression/documents/take_back.html", form=form, document=document, edition=edition
    )


@documents_bp.get("/<key>/agreements")
@requires(May.SEE_AGREEMENTS)
def agreements(key: str) -> ResponseReturnValue:
    document = document_called(key)
    present = editions.present_edition(document, g.today)
    lines, page = who_agreed.agreed_to(document), max(1, asked.whole_number("page") or 1)
    waiting = [line for line in lines if editions.asked_by(document, line.edition, g.today) is not None]
    shown = waiting if asked.words("who") == "waiting" else lines
    return render_template(
        "progression/documents/agreements.html",
        document=document,
        present=present,
        lines=shown[(page - 1) * PER_PAGE : page * PER_PAGE],
        in_all=len(lines),
        waiting=len(waiting),
        only_waiting=shown is waiting,
        page=page,
        pages=max(1, -(-len(shown) // PER_PAGE)),
        asked_by=lambda line: editions.asked_by(document, line.edition, g.today),
        today=g.today,
    )
