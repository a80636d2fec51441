"""The page of one part of a draft: its form, saved as it is typed, and what two people see who write it at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import flash, g, jsonify, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app import clock, db
from app.pages import asked
from app.pages.incoming import takes_at_most
from app.pages.times import clock_time
from app.people.models import Person
from app.permissions import current_person, requires
from app.refusals import Refusal
from training.authoring import drafts, part_fields, part_forms
from training.authoring.checking import KINDS_IN_WORDS
from training.authoring.drafts import SavedMeanwhile
from training.authoring.models import DraftPart, EarlierText
from training.authoring.outline import Outline, outline_of
from training.authoring.pack_text import LISTS, text_with, values_in
from training.authoring.word_differences import FieldDifference, fields_that_differ
from training.permissions import TrainingPermission
from training.views.blueprint import authoring_bp
from training.views.write_preview import preview_of


@dataclass(frozen=True)
class Overtaken:
    """What somebody else saved while this page was open, beside what was typed here."""

    saved_by: str
    revision: int
    differences: tuple[FieldDifference, ...]


@authoring_bp.get("/<int:draft_id>/parts/<int:part_id>")
@requires(TrainingPermission.WRITE)
def part(draft_id: int, part_id: int) -> ResponseReturnValue:
    row, wanted = drafts.part_numbered(draft_id, part_id), asked.whole_number("revision")
    earlier = drafts.earlier_text(part_id, wanted) if wanted else None
    return _page(draft_id, row, values_in(row.kind, earlier or row.text), seen=row.revision)


@authoring_bp.post("/<int:draft_id>/parts/<int:part_id>")
@takes_at_most(drafts.LARGEST_BODY)
@requires(TrainingPermission.WRITE)
def save_part(draft_id: int, part_id: int) -> ResponseReturnValue:
    row = drafts.part_numbered(draft_id, part_id)
    sent = asked.texts_sent(longest=drafts.LONGEST_TEXT)
    before = values_in(row.kind, row.text)
    shape = part_forms.shape_of(row.kind, before) or ()
    values = part_forms.do(shape, part_forms.read(shape, sent, before), sent.get("do", ""))
    seen = asked.whole_number_sent("seen") or 0
    is_quiet = asked.is_sent("quietly", "1")
    try:
        with db.writing():
            saved = drafts.save(
                draft_id, part_id, text_with(row.kind, values), seen=seen, by=current_person(), now=clock.now()
            )
            revision = saved.revision
    except SavedMeanwhile as meanwhile:
        if is_quiet:
            return jsonify(overtaken=meanwhile.saved_by), 409
        return _overtaken(draft_id, part_id, values, meanwhile.saved_by)
    except Refusal as refusal:
        if is_quiet:
            return jsonify(refused=" ".join(refusal.sentences)), refusal.status
        return _page(draft_id, row, values, seen=seen, refused=refusal)
    if is_quiet:
        return _kept(draft_id, part_id, revision)
    if not sent.get("do"):
        flash("Saved.")
    anchor = _anchor_after(sent.get("do", ""), shape, values)
    return redirect(url_for(".part", draft_id=draft_id, part_id=part_id, _anchor=anchor))


def _kept(draft_id: int, part_id: int, revision: int) -> ResponseReturnValue:
    """The answer to a part that was saved as it was typed: when, and the page's two parts that follow what is typed."""
    outline = outline_of(draft_id)
    row = drafts.part_numbered(draft_id, part_id)
    preview = preview_of(outline, row)
    return jsonify(
        revision=revision,
        saved=f"Saved at {clock_time(row.saved_at)}",
        preview=render_template(preview.template, preview=preview) if preview else "",
        faults=render_template("training/authoring/faults.html", outline=outline, here=part_id),
    )


def _anchor_after(done: str, shape: tuple[part_fields.Field, ...], values: dict[str, Any]) -> str | None:
    """Where on the page the button of a list led."""
    path = done.partition(":")[2]
    return path if path else None


def _overtaken(draft_id: int, part_id: int, mine: dict[str, Any], saved_by: str) -> ResponseReturnValue:
    row = drafts.part_numbered(draft_id, part_id)
    shape = part_forms.shape_of(row.kind, mine) or ()
    differences = fields_that_differ(shape, values_in(row.kind, row.text), mine)
    overtaken = Overtaken(saved_by, row.revision, tuple(differences))
    # The next press saves over what is now shown beside it.
    return _page(draft_id, row, mine, seen=row.revision, overtaken=overtaken)


def _saved_after(row: DraftPart, earlier: list[tuple[EarlierText, str]]) -> str | None:
    """Who saved this part after the reader did, if somebody did."""
    me = current_person().id
    if row.saved_by_id == me or not earlier or earlier[0][0].saved_by_id != me:
        return None
    return db.session.get_one(Person, row.saved_by_id).display_name


def _page(
    draft_id: int,
    row: DraftPart,
    values: dict[str, Any],
    *,
    seen: int,
    overtaken: Overtaken | None = None,
    refused: Refusal | None = None,
) -> ResponseReturnValue:
    outline: Outline = outline_of(draft_id)
    earlier = drafts.earlier_texts(row.id)
    page = render_template(
        "training/authoring/part.html",
        outline=outline,
        draft=outline.draft,
        part=row,
        parent=drafts.part_numbered(draft_id, row.parent_id) if row.parent_id else None,
        shape=part_forms.shape_of(row.kind, values) or (),
        values=values,
        offered=outline.offered(row),
        faults={fault.field: fault.sentence for fault in outline.faults(of=row.id)},
        lists=[(kind, name) for kind, (unit, name) in LISTS.items() if unit == row.kind],
        question_kinds=part_fields.QUESTION_KINDS,
        exercise_kinds=part_fields.EXERCISE_KINDS,
        earlier=earlier,
        after_me=_saved_after(row, earlier),
        preview=preview_of(outline, row),
        story_map=outline.story_map(row),
        kind_words=KINDS_IN_WORDS[row.kind],
        here=row.id,
        seen=seen,
        overtaken=overtaken,
        refused=refused,
        today=g.today,
    )
    status = refused.status if refused else 409 if overtaken else 200
    return make_response(page, status)
