"""Branches of the pathway about one person: signing for one, ending one, and leaving one oneself."""

from __future__ import annotations

from collections.abc import Sequence

from flask import g, url_for
from flask.typing import ResponseReturnValue
from govuk_frontend_wtf.wtforms_widgets import GovTextArea
from wtforms import HiddenField, TextAreaField
from wtforms.validators import DataRequired, Length

from app import clock
from app.pages.forms import Done, render_form, save_form
from app.people.directory import find, names_of
from app.people.models import Person
from app.people.rights import Loss
from app.permissions import current_person, may, requires, signed_in
from app.trail.reads import record_reading
from progression.branches import joining
from progression.forms import KEEP_IT_SHORT, OnceForm
from progression.permissions import ProgressionPermission as May
from progression.views.blueprint import journey_bp, sign_offs_bp
from progression.views.sign_offs import EVIDENCE_READ


class SignBranchForm(OnceForm):
    """A signature for a branch, with its reason."""

    reason = TextAreaField(
        "Your reason",
        widget=GovTextArea(),
        validators=[DataRequired("Say what you saw, in a sentence or two."), KEEP_IT_SHORT],
        render_kw={"params": {"rows": 4}},
    )


class LeaveBranchForm(OnceForm):
    """Leaving a branch; one's own leaving needs no reason. `seen` is sent once what would follow was on the page."""

    seen = HiddenField(validators=[Length(max=3)])

    reason = TextAreaField(
        "Your reason", widget=GovTextArea(), validators=[KEEP_IT_SHORT], render_kw={"params": {"rows": 3}}
    )


class _SeeFirst(Exception):
    """What would follow is to be shown before anything is done."""

    def __init__(self, freed: Sequence[Loss]) -> None:
        self.freed = freed


@sign_offs_bp.get("/<int:person_id>/branches/<code>")
@sign_offs_bp.post("/<int:person_id>/branches/<code>")
@requires(May.SIGN_OFF)
def branch(person_id: int, code: str) -> ResponseReturnValue:
    about, by, form = find(person_id), current_person(), SignBranchForm()

    def sign() -> Done:
        joining.sign(about, code, by=by, reason=form.reason.data or "", now=clock.now(), once=form.once_by(by.id))
        progress = joining.branch_of(about, code, g.now)
        what = "is in it now, and is told" if progress.is_in else "needs another signature, by somebody else"
        return Done(f"Signed. {about.display_name} {what}.", url_for(".person", person_id=person_id))

    if (saved := save_form(form, sign)) is not None:
        return saved
    record_reading(EVIDENCE_READ, of=about.id, by=by.id, now=clock.now())
    progress = joining.branch_of(about, code, g.now)
    return render_form(
        "progression/branch.html",
        form=form,
        about=about,
        progress=progress,
        names=names_of({fact.by_person_id for fact in progress.signed if fact.by_person_id}),
        may_decide=may(May.SIGN_OFF),
        may_sign=progress.may_be_signed_by(by.id),
    )


@sign_offs_bp.get("/<int:person_id>/branches/<code>/end")
@sign_offs_bp.post("/<int:person_id>/branches/<code>/end")
@requires(May.SIGN_OFF)
def end_branch(person_id: int, code: str) -> ResponseReturnValue:
    about = find(person_id)
    done = f"{about.display_name} is out of it, and is told with your reason."
    return _leave(about, code, done, url_for(".person", person_id=person_id))


@journey_bp.get("/branches/<code>/leave")
@journey_bp.post("/branches/<code>/leave")
@signed_in
def leave_branch(code: str) -> ResponseReturnValue:
    return _leave(
        current_person(),
        code,
        "You have left it. Everything you learned stays yours. Sign in again if you are asked to.",
        url_for(".show"),
    )


def _leave(about: Person, code: str, done: str, back: str) -> ResponseReturnValue:
    by, form = current_person(), LeaveBranchForm()

    def leave() -> Done:
        if not form.seen.data:
            raise _SeeFirst(joining.would_follow(about, code, by=by, now=clock.now()))
        joining.leave(about, code, by=by, reason=form.reason.data or "", now=clock.now(), once=form.once_by(by.id))
        return Done(done, back)

    freed = None
    try:
        saved = save_form(form, leave)
    except _SeeFirst as first:
        saved, freed = None, first.freed
    if saved is not None:
        return saved
    return render_form(
        "progression/leave_branch.html",
        form=form,
        about=about,
        progress=joining.branch_of(about, code, g.now),
        freed=freed,
        back=back,
        is_own=about.id == by.id,
    )
