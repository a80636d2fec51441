"""Trying a part of a draft as a learner would. Nothing of it is kept."""

from __future__ import annotations

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.pages import asked
from app.pages.forms import render_form, showing_refusals
from app.permissions import requires
from app.refusals import NotFound
from training import quiz
from training.authoring.forms import TryForm
from training.authoring.models import PartKind
from training.authoring.outline import Outline, outline_of
from training.authoring.pack_text import Written
from training.authoring.playing import play, question_in, story_in
from training.pack import Question
from training.permissions import TrainingPermission
from training.views.blueprint import authoring_bp


@authoring_bp.get("/<int:draft_id>/parts/<int:part_id>/try")
@authoring_bp.post("/<int:draft_id>/parts/<int:part_id>/try")
@requires(TrainingPermission.WRITE)
def try_part(draft_id: int, part_id: int) -> ResponseReturnValue:
    outline = outline_of(draft_id)
    part = next((each for each in outline.written if each.id == part_id), None)
    if part is None:
        raise NotFound("This draft has no such part. It may be listed among those that were removed.")
    if part.kind == PartKind.SCENARIO:
        return _story(outline, part)
    if part.kind == PartKind.QUESTION:
        return _question(outline, part)
    first = next((each for each in outline.written if each.parent_id == part.id), None)
    if part.kind == PartKind.QUIZ and first is not None:
        return redirect(url_for(".try_part", draft_id=draft_id, part_id=first.id))
    return redirect(url_for(".part", draft_id=draft_id, part_id=part_id))


def _story(outline: Outline, part: Written) -> ResponseReturnValue:
    story, way = story_in(part, outline.written), asked.words("way")
    if story is None:
        return _not_yet(outline, part)
    return render_template(
        "training/authoring/try_story.html",
        outline=outline,
        draft=outline.draft,
        part=part,
        story=story,
        way=way,
        played=play(story, way),
    )


def _question(outline: Outline, part: Written) -> ResponseReturnValue:
    question = question_in(part)
    if question is None:
        return _not_yet(outline, part)
    beside = [each for each in outline.written if each.parent_id == part.parent_id and each.kind == part.kind]
    number = beside.index(part) + 1
    form, drawn = TryForm(), quiz.shown(question, seed=str(part.id))
    mark = _marked(form, question, drawn)
    return render_form(
        "training/authoring/try_question.html",
        form=form,
        outline=outline,
        draft=outline.draft,
        part=part,
        question=question,
        drawn=drawn,
        wording=quiz.wording(question),
        answers=quiz.answers(question),
        mark=mark,
        number=number,
        following=beside[number] if number < len(beside) else None,
    )


def _marked(form: TryForm, question: Question, drawn: quiz.DrawnQuestion) -> quiz.Mark | None:
    mark = None
    if form.validate_on_submit():
        with showing_refusals(form):
            mark = quiz.mark(question, quiz.read_answer(question, drawn, form.picked.data or []))
    return mark


def _not_yet(outline: Outline, part: Written) -> ResponseReturnValue:
    return render_template("training/authoring/try_not_yet.html", outline=outline, draft=outline.draft, part=part)
