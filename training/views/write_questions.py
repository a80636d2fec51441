"""Taking questions from a file into a quiz of a draft: first a look at what is taken and what is not, then taking."""

from __future__ import annotations

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue

from app import clock, db
from app.pages.forms import render_form, showing_refusals
from app.pages.incoming import LARGEST_BODY, takes_at_most
from app.permissions import current_person, requires
from app.wording import plural
from training import quiz as quizzes
from training.authoring import drafts, part_fields
from training.authoring.forms import QuestionFileForm
from training.authoring.models import PartKind
from training.authoring.taking_questions import quiz_numbered, take
from training.permissions import TrainingPermission
from training.question_files.found import LARGEST_FILE, ReadFile
from training.question_files.reading import read_file
from training.views.blueprint import authoring_bp

MOST_SHOWN = 300  # of each list, so that the page stays light; a quiz takes no more
MOST_WITH_ANSWERS = 80  # questions whose answers are in the page too, for the same reason


@authoring_bp.get("/<int:draft_id>/parts/<int:part_id>/questions-from-a-file")
@authoring_bp.post("/<int:draft_id>/parts/<int:part_id>/questions-from-a-file")
@takes_at_most(LARGEST_FILE + LARGEST_BODY, file="file")
@requires(TrainingPermission.WRITE)
def questions_from_file(draft_id: int, part_id: int) -> ResponseReturnValue:
    draft, quiz = drafts.draft_numbered(draft_id), quiz_numbered(draft_id, part_id)
    form, found = QuestionFileForm(), None
    form.offer(drafts.units_called(draft_id, PartKind.LESSON))
    # The file is read on the way, also where nothing is to be saved, so this view does not use save_form.
    if form.validate_on_submit():
        raw = form.content()
        with showing_refusals(form):
            found = read_file(raw)
            if form.take.data and form.was_seen(raw):
                added = _take(draft_id, part_id, found, form.lesson.data)
                flash(f"{plural(added, 'question is', 'questions are')} in the quiz now, at its end.")
                return redirect(url_for(".part", draft_id=draft_id, part_id=part_id, _anchor="within"))
        form.show_again(raw)
    return render_form(
        "training/authoring/questions_from_file.html",
        form=form,
        draft=draft,
        quiz=quiz,
        found=found,
        most_shown=MOST_SHOWN,
        most_with_answers=MOST_WITH_ANSWERS,
        wording=quizzes.wording,
        kinds=part_fields.QUESTION_KINDS,
    )


def _take(draft_id: int, part_id: int, found: ReadFile, lesson: str) -> int:
    with db.writing():
        quiz = quiz_numbered(draft_id, part_id)
        return take(draft_id, quiz, found.taken, lesson, by=current_person(), now=clock.now())
