"""The pages on which courses are written: the drafts, and the outline of one."""

from __future__ import annotations

from flask import flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app import clock, db
from app.pages import asked
from app.pages.forms import Done, render_form, save_form
from app.permissions import current_person, requires
from app.refusals import Invalid
from training import catalogue
from training.authoring import beginning, drafts, part_fields, part_forms
from training.authoring.checking import label_of
from training.authoring.forms import BeginForm
from training.authoring.models import PartKind
from training.authoring.outline import outline_of
from training.authoring.pack_text import LISTS, UNITS
from training.permissions import TrainingPermission
from training.views.blueprint import authoring_bp


@authoring_bp.get("")
@authoring_bp.post("")
@requires(TrainingPermission.WRITE)
def index() -> ResponseReturnValue:
    form = BeginForm()

    def begin() -> Done:
        draft = beginning.begin_new(form.title.data or "", by=current_person(), now=clock.now())
        return Done("The course is begun. Nobody but authors sees it yet.", url_for(".show", draft_id=draft.id))

    return save_form(form, begin) or render_form(
        "training/authoring/index.html",
        form=form,
        drafts=beginning.listed(),
        courses=catalogue.all_courses(),
        now=g.now,
    )


@authoring_bp.post("/from/<code>")
@requires(TrainingPermission.WRITE)
def begin_next(code: str) -> ResponseReturnValue:
    with db.writing():
        draft_id = beginning.begin_from_installed(code, by=current_person(), now=clock.now()).id
    flash("The next version is begun. People go on learning the present one until you publish.")
    return redirect(url_for(".show", draft_id=draft_id))


@authoring_bp.get("/<int:draft_id>")
@requires(TrainingPermission.WRITE)
def show(draft_id: int) -> ResponseReturnValue:
    outline, removed = outline_of(draft_id), drafts.removed_from(draft_id)
    return render_template(
        "training/authoring/outline.html",
        outline=outline,
        draft=outline.draft,
        removed=[(part, label_of(written)) for part, written in zip(removed, drafts.written(removed), strict=True)],
    )


@authoring_bp.post("/<int:draft_id>/parts")
@requires(TrainingPermission.WRITE)
def add(draft_id: int) -> ResponseReturnValue:
    kind, within = _kind_sent(), asked.whole_number_sent("within")
    values = part_forms.new_values(kind, _sub_kind_sent(kind))
    with db.writing():
        part_id = drafts.add(draft_id, kind, values, parent_id=within, by=current_person(), now=clock.now()).id
    return redirect(url_for(".part", draft_id=draft_id, part_id=part_id))


def _kind_sent() -> PartKind:
    word = asked.words_sent("kind")
    kinds = (*UNITS, *LISTS, PartKind.TO_KEEP)
    kind = next((kind for kind in kinds if kind == word), None)
    if kind is None:
        raise Invalid("Choose what to add from what the page offers.")
    return kind


def _sub_kind_sent(kind: PartKind) -> str:
    """Which kind of question or exercise."""
    known = {PartKind.QUESTION: part_fields.QUESTIONS, PartKind.EXERCISE: part_fields.EXERCISES}.get(kind)
    word = asked.words_sent("sub_kind")
    if known is not None and word not in known:
        raise Invalid("Choose what to add from what the page offers.")
    return word if known is not None else ""


@authoring_bp.post("/<int:draft_id>/parts/<int:part_id>/<word>")
@requires(TrainingPermission.WRITE)
def change(draft_id: int, part_id: int, word: str) -> ResponseReturnValue:
    by, now = current_person(), clock.now()
    with db.writing():
        part = drafts.part_numbered(draft_id, part_id)
        parent_id = part.parent_id
        if word in ("up", "down"):
            drafts.move(draft_id, part_id, up=word == "up", by=by, now=now)
        elif word == "remove":
            drafts.remove(draft_id, part_id, by=by, now=now)
        elif word == "bring-back":
            drafts.bring_back_part(draft_id, part_id, by=by, now=now)
        else:
            raise Invalid("That is not something a part can do.")
    if word == "remove":
        flash("It is taken out. You can bring it back from the end of the outline.")
    if parent_id is not None and word != "bring-back":
        return redirect(url_for(".part", draft_id=draft_id, part_id=parent_id, _anchor="within"))
    return redirect(url_for(".show", draft_id=draft_id, _anchor="units"))


@authoring_bp.post("/<int:draft_id>/put-away")
@requires(TrainingPermission.WRITE)
def put_away(draft_id: int) -> ResponseReturnValue:
    with db.writing():
        beginning.put_away(draft_id, by=current_person(), now=clock.now())
    flash("The draft is put away. You can bring it back from this page.")
    return redirect(url_for(".index", _anchor="away"))


@authoring_bp.post("/<int:draft_id>/bring-back")
@requires(TrainingPermission.WRITE)
def bring_back(draft_id: int) -> ResponseReturnValue:
    with db.writing():
        beginning.bring_back(draft_id, by=current_person(), now=clock.now())
    flash("The draft is back.")
    return redirect(url_for(".show", draft_id=draft_id))
