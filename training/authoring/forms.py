"""The forms with which drafts are begun and published; those of their parts are in `part_forms`."""

from __future__ import annotations

import base64
import hashlib
import zlib
from collections.abc import Mapping

from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from govuk_frontend_wtf.wtforms_widgets import GovFileInput, GovSelect, GovSubmitInput, GovTextInput
from wtforms import HiddenField, SelectField, SelectMultipleField, StringField, SubmitField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # its stubs are a version behind
from wtforms.validators import DataRequired, InputRequired, Length, StopValidation

from app.pages.fields import AtMost
from app.people.forms import LONGEST_KEPT_FILE
from training.authoring.beginning import LONGEST_TITLE
from training.question_files.found import LARGEST_FILE
from training.typed_answers import LONGEST_ANSWER


class BeginForm(FlaskForm):
    """The title of a course that is new."""

    title = StringField(
        "What is it called?",
        widget=GovTextInput(),
        validators=[
            DataRequired("Give the course a title."),
            Length(max=LONGEST_TITLE, message=f"Please keep it under {LONGEST_TITLE} characters."),
        ],
    )


class SeenForm(FlaskForm):
    """A button about exactly the draft that its page showed."""

    seen = HiddenField(validators=[Length(max=32)])


class QuestionFileForm(FlaskForm):
    """A file with questions: it is read and shown first, then taken.

    A read file travels in the page, so that it need not be chosen twice; a large one does not, and has to be.
    """

    file = FileField(
        "File",
        widget=GovFileInput(),
        description="GIFT or Moodle XML, up to 1 MB. In Moodle: Question bank, Export.",
    )
    lesson = SelectField(
        "Which lesson are they about?",
        widget=GovSelect(),
        validators=[InputRequired("Choose a lesson."), Length(max=60)],
    )
    kept = HiddenField(validators=[Length(max=LONGEST_KEPT_FILE)])  # the file that was read, compressed
    seen = HiddenField(validators=[Length(max=64)])  # its hash
    look = SubmitField("Look at the file", widget=GovSubmitInput())
    take = SubmitField("Take these questions", widget=GovSubmitInput())

    def offer(self, lessons: Mapping[str, str]) -> None:
        """Offer these lessons: titles by slug."""
        self.lesson.choices = [SelectChoice(slug, title) for slug, title in lessons.items()]

    def validate_file(self, field: FileField) -> None:
        if not field.data and not self.kept.data:
            raise StopValidation("Please choose a file.")

    def content(self) -> bytes:
        """The file that was chosen, else the one that was read before; empty where that cannot be read."""
        if self.file.data:
            return bytes(self.file.data.read(LARGEST_FILE + 1))
        try:
            return zlib.decompressobj().decompress(base64.b64decode(self.kept.data or ""), LARGEST_FILE + 1)
        except (ValueError, zlib.error):
            return b""

    def was_seen(self, raw: bytes) -> bool:
        """Whether the page showed what taking this file would do."""
        return bool(self.seen.data == hashlib.sha256(raw).hexdigest())

    def show_again(self, raw: bytes) -> None:
        """Prepare the page that shows what was found in the file."""
        packed = base64.b64encode(zlib.compress(raw)).decode()
        self.kept.data = packed if len(packed) <= LONGEST_KEPT_FILE else ""
        self.seen.data = hashlib.sha256(raw).hexdigest()


class TryForm(FlaskForm):
    """An answer to a question that is tried: the positions picked, as they were shown, or one text."""

    picked = SelectMultipleField(validate_choice=False, validators=[AtMost(values=50, length=LONGEST_ANSWER)])


class PackForm(FlaskForm):
    """The pack to bring in."""

    file = FileField(
        "The pack",
        widget=GovFileInput(),
        description="A ZIP of the folder, up to 2 MB.",
        render_kw={"accept": ".zip"},
    )

    def validate_file(self, field: FileField) -> None:
        if not field.data:
            raise StopValidation("Please choose a file.")
